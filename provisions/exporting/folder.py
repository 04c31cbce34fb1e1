"""A plan written to a folder: read back before it is put there, so that what is there can be imported."""

from __future__ import annotations

import tempfile
from datetime import date
from pathlib import Path
from typing import NamedTuple

from provisions.importing import BadPlan, read_plan
from provisions.importing.files import SUFFIXES

from .entries import CannotExport
from .whole import Whole
from .yaml import plan_files


class NotEmpty(Exception):
    """The folder holds plan files already."""


class Exported(NamedTuple):
    """The names of the files that were written, and the hash that an import of them has."""

    files: list[str]
    sha256: str


def export(found: Whole, folder: Path, *, today: date, replace: bool = False) -> Exported:
    """Write the files of a plan into a folder. Raises CannotExport, NotEmpty, OSError.

    With `replace` the plan files that are there give way; anything else in the folder is left alone.
    """
    old = sorted(path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES and _read(path, folder))
    if old and not replace:
        raise NotEmpty(f"{folder} holds plan files, such as {old[0].relative_to(folder)}")
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".export-", dir=folder) as made:
        made_of = proven(found, Path(made), today=today)
        for path in old:
            path.unlink()
        for name in made_of.files:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (Path(made) / name).replace(folder / name)
    return made_of


def _read(path: Path, folder: Path) -> bool:
    """Whether an import of the folder would read the file."""
    return path.is_file() and not any(part.startswith(".") for part in path.relative_to(folder).parts)


def proven(found: Whole, folder: Path, *, today: date) -> Exported:
    """Write the files into an empty folder and read them back. Raises CannotExport if they would say another thing."""
    files = plan_files(found)
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8", newline="")
    try:
        back = read_plan(folder, today=today)
    except BadPlan as bad:
        faults = "\n".join(str(fault).removeprefix(f"{folder}/") for fault in bad.faults)
        raise CannotExport(f"The record holds what plan files have no way to say:\n{faults}") from bad
    if different := sorted(_different(found, back.contents)) or found.retracted != back.retracted:
        raise CannotExport(f"Read back, the files would say something else of: {different}.")
    return Exported(list(files), back.sha256)


def _different(found: Whole, back: object) -> set[str]:
    """The kinds of which the files say something else than the record."""
    kinds = type(found.contents).__dataclass_fields__
    return {name for name in kinds if _by_key(getattr(found.contents, name)) != _by_key(getattr(back, name))}


def _by_key(contents: object) -> object:
    return {each.key: each for each in contents} if isinstance(contents, tuple) else contents
