"""What people upload, as plan files: several files or a zip, and nothing that reaches elsewhere or swells."""

from __future__ import annotations

import io
import stat
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath

from .files import LARGEST, MOST_FILES, SUFFIXES

MOST_BYTES = 10_000_000
# Unpacked; text shrinks to a fifth or so, and what shrinks to far less is no text.
MOST_UNPACKED = 50_000_000
ENCRYPTED = 0x1
LONGEST_NAME = 200


class BadUpload(ValueError):
    """What was uploaded is not taken, in a sentence that says why."""


def unpacked(uploads: Iterable[tuple[str, bytes]]) -> dict[str, bytes]:
    """The plan files in what was uploaded, by name, in the order of their names. Raises BadUpload."""
    files: dict[str, bytes] = {}
    size = 0
    for name, raw in uploads:
        size += len(raw)
        if size > MOST_BYTES:
            raise BadUpload(f"More than {MOST_BYTES // 1_000_000} MB were uploaded; use manage.py import_plan instead.")
        found = _members(name, raw) if name.lower().endswith(".zip") else {_safe(name): raw}
        for inner, text in found.items():
            if inner in files:
                raise BadUpload(f"Two files are called '{inner}'; put them into folders of one zip.")
            if _is_plan_file(inner):
                files[inner] = text
    if not files:
        raise BadUpload("There is no plan file (.yaml, .yml or .json) among what was uploaded.")
    if len(files) > MOST_FILES:
        raise BadUpload(f"There are more than {MOST_FILES} plan files.")
    return dict(sorted(files.items()))


def _is_plan_file(name: str) -> bool:
    """Hidden files, and what systems put beside them, are passed over as in a folder."""
    path = PurePosixPath(name)
    return path.suffix.lower() in SUFFIXES and not any(part.startswith((".", "__MACOSX")) for part in path.parts)


def _safe(name: str) -> str:
    """A name that stays inside the folder that it is put in. Raises BadUpload."""
    path = PurePosixPath(name)
    odd = "\\" in name or "\0" in name or ":" in name or not path.parts or path.is_absolute() or ".." in path.parts
    if odd or len(name) > LONGEST_NAME:
        raise BadUpload(f"'{name[:80]}' is no name of a file inside the upload; pack the folder anew.")
    return str(path)


def _members(name: str, raw: bytes) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as packed:
            return _read(packed)
    except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError, RuntimeError) as error:
        raise BadUpload(f"'{name}' cannot be unpacked; pack it anew, without a password.") from error


def _read(packed: zipfile.ZipFile) -> dict[str, bytes]:
    """The members, never more of them than is allowed, whatever the zip says of itself."""
    members = [member for member in packed.infolist() if not member.is_dir()]
    if len(members) > MOST_FILES:
        raise BadUpload(f"The zip holds more than {MOST_FILES} files.")
    files: dict[str, bytes] = {}
    left = MOST_UNPACKED
    for member in members:
        name = _safe(member.filename)
        if stat.S_ISLNK(member.external_attr >> 16):
            raise BadUpload(f"'{name}' is a link; put the file itself into the zip.")
        if member.flag_bits & ENCRYPTED:
            raise BadUpload(f"'{name}' has a password; pack it anew without one.")
        if not _is_plan_file(name):
            continue
        if name in files:
            raise BadUpload(f"'{name}' is twice in the zip; keep one.")
        with packed.open(member) as opened:
            # One byte more than a plan file may have, so that reading finds it too large.
            files[name] = opened.read(min(LARGEST, left) + 1)
        left -= len(files[name])
        if left < 0:
            raise BadUpload(f"Unpacked, the zip has more than {MOST_UNPACKED // 1_000_000} MB.")
    return files


def packed(files: Mapping[str, bytes]) -> bytes:
    """A zip of these files, the same to the byte for the same files."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, raw in sorted(files.items()):
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), raw, zipfile.ZIP_DEFLATED)
    return made.getvalue()


def laid_out(archive: bytes, folder: Path) -> None:
    """Put a zip that `packed` made into a folder."""
    with zipfile.ZipFile(io.BytesIO(archive)) as made:
        for member in made.infolist():
            (folder / member.filename).parent.mkdir(parents=True, exist_ok=True)
            (folder / member.filename).write_bytes(made.read(member))
