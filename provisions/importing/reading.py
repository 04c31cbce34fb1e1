"""Reads the files of one plan: all that they say, or all that is wrong in them."""

from __future__ import annotations

import hashlib
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
from .places import BadPlan, Faults, Place
from .schema import FileEntry
from .tree import Block, tree

# What stands in one place only. Any other list may be spread over files.
ONCE = {"plan": "one folder holds one plan", "parties": "their order is that of one list"}


def read_plan(path: Path, *, today: date) -> PlanFile:
    """What the files at `path`, a folder or one file, say of one plan. Raises BadPlan with every fault in them."""
    faults = Faults()
    digest = hashlib.sha256()
    blocks = []
    for file, text in texts(path, faults=faults):
        digest.update(f"{Path(file).relative_to(path)}\0{text}\0".encode())
        blocks.append(tree(text, file=file, faults=faults))
    entries = _union([block for block in blocks if block is not None], faults=faults)
    if faults.whole:
        if not any(block is not None and "plan" in block for block in blocks):
            faults.note(Place(str(path)), "no file has the key 'plan', with a slug, a title and the principals")
        index = Index(entries, faults=faults)
        check(entries, index=index, faults=faults, today=today)
        wordings = settle(index, faults=faults)
        if entries.plan is not None and not faults.found:
            sha256 = digest.hexdigest()
            return build(entries, plan=entries.plan, index=index, wordings=wordings, sha256=sha256)
    raise BadPlan(faults.found)


def _union(blocks: list[Block], *, faults: Faults) -> FileEntry:
    """The entries of all files as one. What is read in part is noted as not whole."""
    gathered: dict[str, Any] = {}
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
        gathered[name] = [*gathered.get(name, []), *value] if isinstance(value, list) else value
