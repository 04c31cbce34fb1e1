"""Entries as YAML that diffs well: keys in the order of the format, one thing a line, none that goes without saying."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import Any

import yaml

from provisions.agreement.words import Authority
from provisions.contents import When
from provisions.importing import schema
from provisions.importing.entries import Entry

from .entries import entries
from .whole import Whole

WIDTH = 110
LONG = 100

# Small blocks that are read at a glance stand on one line.
ON_ONE_LINE = (
    schema.ConditionEntry,
    schema.EvidenceEntry,
    schema.FigureEntry,
    schema.ReachesEntry,
    schema.RolesEntry,
    schema.StateEntry,
)

# What stands in which file; revisions have one each, positions one a party.
TOGETHER = {
    "plan.yaml": ("plan", "parties", "categories", "topics"),
    "sources.yaml": ("sources",),
    "provisions.yaml": ("provisions",),
    "events.yaml": ("events",),
    "silence-procedures.yaml": ("silence_procedures",),
    "companions.yaml": ("companions",),
    "disputes.yaml": ("disputes",),
    "relations.yaml": ("relations",),
    "rulings.yaml": ("rulings",),
    "implementations.yaml": ("implementations",),
}


class _Line(dict[str, Any]):
    """A block on one line."""


class _Writer(yaml.SafeDumper):
    """Writes no anchors, indents lists, and folds long texts."""

    def ignore_aliases(self, data: Any) -> bool:
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)


def _text(writer: yaml.SafeDumper, value: str) -> yaml.Node:
    style = "|" if "\n" in value else ">" if len(value) > LONG else None
    return writer.represent_scalar("tag:yaml.org,2002:str", value, style=style)


def _list(writer: yaml.SafeDumper, value: list[Any]) -> yaml.Node:
    names = not any(isinstance(each, (dict, list)) for each in value)
    return writer.represent_sequence("tag:yaml.org,2002:seq", value, flow_style=names)


def _number(writer: yaml.SafeDumper, value: Decimal) -> yaml.Node:
    written = format(value, "f")
    kind = "float" if "." in written else "int"
    return writer.represent_scalar(f"tag:yaml.org,2002:{kind}", written)


_Writer.add_representer(str, _text)
_Writer.add_representer(list, _list)
_Writer.add_representer(Decimal, _number)
_Writer.add_representer(
    _Line, lambda writer, value: writer.represent_mapping("tag:yaml.org,2002:map", value.items(), flow_style=True)
)


def plan_files(found: Whole) -> dict[str, str]:
    """The files of a plan by name, byte for byte the same wherever the record says the same."""
    whole = entries(found)
    files = dict(_together(whole))
    width = max(2, len(str(len(whole.revisions))))
    for place, revision in enumerate(whole.revisions, start=1):
        files[f"revisions/{place:0{width}}-{revision.slug}.yaml"] = written({"revisions": [plain(revision)]})
    said: dict[str, list[Any]] = defaultdict(list)
    for position in whole.positions:
        said[position.party].append(plain(position))
    for party, positions in said.items():
        files[f"positions/{party}.yaml"] = written({"positions": positions})
    return dict(sorted(files.items()))


def _together(whole: schema.FileEntry) -> Iterator[tuple[str, str]]:
    all_of_it = plain(whole)
    for name, keys in TOGETHER.items():
        if held := {key: all_of_it[key] for key in keys if key in all_of_it}:
            yield name, written(held)


def plain(value: Any) -> Any:
    """An entry, or a value in one, as YAML has it; what is as the format would have it by itself is left out."""
    match value:
        case Entry():
            block: dict[str, Any] = _Line() if isinstance(value, ON_ONE_LINE) else {}
            for name, field in type(value).model_fields.items():
                given = getattr(value, name)
                if field.is_required() or given != _left_out(type(value))[name]:
                    block[field.alias or name] = plain(given)
            return block
        case list():
            return [plain(each) for each in value]
        case When():
            # A year alone would be a number, and a whole day is a date.
            text = str(value)
            return value.day if len(text) == len("2025-11-20") else text
        case Authority():
            return value.word
        case Enum():
            return value.value
        case bool() | date() | Decimal() | int():
            return value
        case _:
            return str(value)


@cache
def _left_out(kind: type[Entry]) -> dict[str, Any]:
    """By field what a block means that leaves it out."""
    fields = kind.model_fields.items()
    return {name: each.get_default(call_default_factory=True, validated_data={}) for name, each in fields}


def written(block: dict[str, Any]) -> str:
    """A file's text; lists at the top have an empty line between their items where these take several lines."""
    parts = []
    for key, value in block.items():
        text = yaml.dump({key: value}, Dumper=_Writer, sort_keys=False, allow_unicode=True, width=WIDTH)
        if isinstance(value, list) and not all(isinstance(each, _Line) for each in value):
            first, *rest = text.split("\n  - ")
            text = "\n\n  - ".join(["\n  - ".join([first, rest[0]]), *rest[1:]]) if rest else text
        parts.append(text)
    return "\n".join(parts)
