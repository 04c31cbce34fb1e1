"""Which files make up a plan, and their text. Nothing is read that is too large, elsewhere or no plain file."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from .places import Faults, Place

SUFFIXES = {".yaml", ".yml", ".json"}
LARGEST = 5_000_000
MOST_FILES = 1000

# What YAML does not allow in a text, and a byte order mark that is not at the beginning.
_UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
_FOREIGN_MARKS = {
    codecs.BOM_UTF32_LE: "UTF-32",
    codecs.BOM_UTF32_BE: "UTF-32",
    codecs.BOM_UTF16_LE: "UTF-16",
    codecs.BOM_UTF16_BE: "UTF-16",
}


def texts(path: Path, *, faults: Faults) -> Iterator[tuple[str, str]]:
    """The plan files at `path`, a folder or one file, by name and text, in the order of their names."""
    if path.is_dir():
        found = list(islice(_files_below(path, root=path.resolve(), faults=faults), MOST_FILES + 1))
        if not found and faults.whole:
            faults.unreadable(Place(str(path)), "there is no plan file (.yaml, .yml or .json) in this folder")
        if len(found) > MOST_FILES:
            faults.unreadable(Place(str(path)), f"there are more than {MOST_FILES} plan files; is it the right folder?")
            return
    elif path.exists():
        found = [path]
    else:
        faults.unreadable(Place(str(path)), "there is no such file or folder")
        return
    for file in found:
        text = _text(file, faults=faults)
        if text is not None:
            yield str(file), text


def _files_below(folder: Path, *, root: Path, faults: Faults) -> Iterator[Path]:
    """Hidden files, and files that are of no kind that holds a plan, are passed over."""
    try:
        entries = sorted(folder.iterdir())
    except OSError as error:
        faults.unreadable(Place(str(folder)), f"cannot be read: {error.strerror}")
        return
    for entry in entries:
        if entry.name.startswith("."):
            continue
        named_as_plan = entry.suffix.lower() in SUFFIXES
        if entry.is_symlink():
            if (named_as_plan or entry.is_dir()) and _leads_to_a_file(entry, root=root, faults=faults):
                yield entry
        elif entry.is_dir():
            yield from _files_below(entry, root=root, faults=faults)
        elif named_as_plan:
            yield entry


def _leads_to_a_file(link: Path, *, root: Path, faults: Faults) -> bool:
    """Whether a link leads to a file inside the folder; if not, that is noted."""
    place = Place(str(link))
    try:
        target = link.resolve(strict=True)
    except (OSError, RuntimeError):
        faults.unreadable(place, "is a link that leads nowhere; remove it")
        return False
    if not target.is_relative_to(root):
        faults.unreadable(place, "is a link that leads out of the folder; put the file itself here")
        return False
    if target.is_dir():
        faults.unreadable(place, "is a link to a folder; remove it, the folder itself is read")
        return False
    return True


def _text(file: Path, *, faults: Faults) -> str | None:
    place = Place(str(file))
    try:
        if not file.is_file():
            faults.unreadable(place, "is no plain file")
            return None
        with file.open("rb") as opened:
            # The size that a file says it has, and the size that it turns out to have.
            size = file.stat().st_size
            raw = opened.read(LARGEST + 1) if size <= LARGEST else b""
    except OSError as error:
        faults.unreadable(place, f"cannot be read: {error.strerror}")
        return None
    if max(size, len(raw)) > LARGEST:
        megabytes = f"{max(size, len(raw)) / 1e6:.1f} MB"
        faults.unreadable(place, f"has {megabytes}; a plan file has at most {LARGEST // 1_000_000} MB, so split it")
        return None
    return _decoded(raw, place=place, faults=faults)


def _decoded(raw: bytes, *, place: Place, faults: Faults) -> str | None:
    for mark, name in _FOREIGN_MARKS.items():
        if raw.startswith(mark):
            faults.unreadable(place, f"is written in {name}; save it as UTF-8")
            return None
    raw = raw.removeprefix(codecs.BOM_UTF8)
    try:
        text = raw.decode()
    except UnicodeDecodeError as error:
        spot = _spot(place.file, raw[: error.start].decode())
        faults.unreadable(spot, f"byte 0x{raw[error.start]:02x} is not UTF-8; save the file as UTF-8")
        return None
    if odd := _UNPRINTABLE.search(text):
        spot = _spot(place.file, text[: odd.start()])
        faults.unreadable(spot, f"the character U+{ord(odd[0]):04X} cannot stand in a plan file; delete it")
        return None
    return text


def _spot(file: str, before: str) -> Place:
    lines = before.split("\n")
    return Place(file, len(lines), len(lines[-1]) + 1)
