"""Reads the files of one plan: all that they say, or all that is wrong in them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from .building import PlanFile, build
from .checks import check
from .entries import take
from .files import texts
from .index import Index
from .lineage import settle
from .places import BadPlan, Fault, Faults, Place
from .schema import FileEntry
from .tree import Block, tree

# What stands in one place only. Any other list may be spread over files.
ONCE = {"plan": "one folder holds one plan", "parties": "their order is that of one list"}


@dataclass(frozen=True, slots=True)
class Files:
    """The files of a plan as they lie at a path, by name and text; what they say is not looked at yet.

    `sha256` is that of all files. `faults` are those for which a file, or some of a folder, could not be taken in.
    """

    path: Path
    texts: tuple[tuple[str, str], ...]
    sha256: str
    faults: tuple[Fault, ...]


def opened(path: Path) -> Files:
    """The files at `path`, a folder or one file. What is wrong is said when they are read."""
    faults = Faults()
    found = tuple(texts(path, faults=faults))
    digest = hashlib.sha256()
    for file, text in found:
        # By its suffix a file is YAML or JSON.
        name = path.suffix.lower() if Path(file) == path else Path(file).relative_to(path)
        digest.update(f"{name}\0{text}\0".encode())
    return Files(path, found, digest.hexdigest(), tuple(faults.found))


def read_plan(path: Path, *, today: date) -> PlanFile:
    """What the files at `path`, a folder or one file, say of one plan. Raises BadPlan with every fault in them."""
    return read(opened(path), today=today)


def read(files: Files, *, today: date) -> PlanFile:
    """What the files say of one plan. Raises BadPlan with every fault in them."""
    faults = Faults(files.faults, whole=not files.faults)
    blocks = [tree(text, file=file, faults=faults) for file, text in files.texts]
    entries = _union([block for block in blocks if block is not None], faults=faults)
    if faults.whole:
        if not any(block is not None and "plan" in block for block in blocks):
            faults.note(Place(str(files.path)), "no file has the key 'plan', with a slug, a title and the principals")
        index = Index(entries, faults=faults)
        check(entries, index=index, faults=faults, today=today)
        wordings = settle(index, faults=faults)
        if entries.plan is not None and not faults.found:
            return build(entries, plan=entries.plan, index=index, wordings=wordings, sha256=files.sha256, read_on=today)
    raise BadPlan(faults.found)


def _union(blocks: list[Block], *, faults: Faults) -> FileEntry:
    """The entries of all files as one. What is read in part is noted as not whole."""
    gathered: dict[str, Any] = {name: None if name == "plan" else [] for name in FileEntry.model_fields}
    first: dict[str, Place] = {}
    for block in blocks:
        for key in block:
            place = block.key_at(key)
            if key in ONCE and first.setdefault(key, place) != place:
                faults.note(place, f"'{key}' stands at {first[key].spot} already; {ONCE[key]}")
            try:
                entry = FileEntry.model_validate(block.only(key), context=faults)
            except ValidationError as error:
                take(error, block, faults=faults)
                faults.whole = faults.whole and key == "plan"
                continue
            _add(entry, gathered)
    return FileEntry.model_construct(**gathered)


def _add(entry: FileEntry, gathered: dict[str, Any]) -> None:
    for name in entry.model_fields_set:
        value = getattr(entry, name)
        gathered[name] = [*gathered[name], *value] if isinstance(value, list) else value
