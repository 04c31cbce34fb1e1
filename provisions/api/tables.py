"""Answers as tables, for spreadsheets: a row a result, the same columns always, also where there is no result."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from typing_extensions import is_typeddict

from .shape import EXPANDED

Row = Mapping[str, Any]
Value = str | int | float | bool | date | datetime | None

BETWEEN = "; "
# Spreadsheets take what begins so for a formula.
FORMULAS = ("=", "+", "-", "@", "\t", "\r")
BYTE_ORDER_MARK = "\ufeff"


def columns(body: Mapping[str, Any], shape: type) -> list[str]:
    """The names of the columns of an answer of this shape: what is nested is named by all that leads to it."""
    (row,) = get_args(get_type_hints(shape)["results"])
    parties = [party["slug"] for party in body.get("parties", ())]
    return [name for name, _ in _columns(row, parties)]


def table(body: Mapping[str, Any], shape: type) -> Iterator[list[Value]]:
    """The values of each result, in the order of the columns."""
    (row,) = get_args(get_type_hints(shape)["results"])
    parties = [party["slug"] for party in body.get("parties", ())]
    found = _columns(row, parties)
    for result in body["results"]:
        yield [value(result) for _, value in found]


def as_csv(body: Mapping[str, Any], shape: type) -> bytes:
    """UTF-8 with the mark by which Excel knows it; no cell is taken for a formula."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(columns(body, shape))
    writer.writerows([_cell(value) for value in row] for row in table(body, shape))
    return (BYTE_ORDER_MARK + text.getvalue()).encode()


def as_xlsx(body: Mapping[str, Any], shape: type) -> bytes:
    """A workbook of one sheet. Texts are written as texts, so nothing in them is ever worked out."""
    import xlsxwriter

    kept = io.BytesIO()
    with xlsxwriter.Workbook(kept, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        # The same answer is the same bytes, whenever it is made.
        book.set_properties({"created": datetime(2026, 1, 1)})  # noqa: DTZ001
        sheet = book.add_worksheet("results")
        days = book.add_format({"num_format": "yyyy-mm-dd"})
        bold = book.add_format({"bold": True})
        sheet.write_row(0, 0, columns(body, shape), bold)
        for n, row in enumerate(table(body, shape), start=1):
            for m, value in enumerate(row):
                if isinstance(value, date) and not isinstance(value, datetime):
                    sheet.write_datetime(n, m, value, days)
                elif isinstance(value, bool | int | float):
                    sheet.write(n, m, value)
                elif value is not None:
                    sheet.write_string(n, m, _text(value))
        sheet.freeze_panes(1, 0)
    return kept.getvalue()


def _cell(value: Value) -> str:
    text = _text(value)
    return f"'{text}" if isinstance(value, str) and text.startswith(FORMULAS) else text


def _text(value: Value) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case datetime():
            return value.isoformat().replace("+00:00", "Z")
        case date():
            return value.isoformat()
        case _:
            return str(value)


Column = tuple[str, Callable[[Row], Value]]


def _columns(shape: type, parties: Iterable[str]) -> list[Column]:
    found: list[Column] = []
    for name, hint in get_type_hints(shape).items():
        if name == EXPANDED:
            # It is never asked for in a table.
            continue
        inner = _without_none(hint)
        if is_typeddict(inner):
            found += [_within(name, column) for column in _columns(inner, parties)]
        elif get_origin(inner) is dict:
            cell = _without_none(get_args(inner)[1])
            own = _columns(cell, ())
            found += [_within(name, _within(party, column), named=party) for party in parties for column in own]
        elif get_origin(inner) is list:
            found.append((name, lambda row, name=name: _joined(row[name])))  # type: ignore[misc]
        else:
            found.append((name, lambda row, name=name: row[name]))  # type: ignore[misc]
    return found


def _within(name: str, column: Column, *, named: str = "") -> Column:
    """A column of what is nested under a name; all are empty where nothing is."""
    inner, value = column

    def found(row: Row) -> Value:
        # A party that is not asked for has no readings.
        part = row.get(name)
        return None if part is None else value(part)

    return (inner if named else f"{name}_{inner}"), found


def _without_none(hint: Any) -> Any:
    if get_origin(hint) not in (Union, UnionType):
        return hint
    others = [each for each in get_args(hint) if each is not NoneType]
    # One of several vocabularies is a word all the same.
    return others[0] if len(others) == 1 else str


def _joined(values: Iterable[Any] | None) -> str | None:
    """A list in one cell; of what is nested in it, the values."""
    if values is None:
        return None
    return BETWEEN.join(
        " ".join(_text(value) for value in each.values() if value not in (None, ""))
        if isinstance(each, Mapping)
        else BETWEEN.join(map(str, each))
        if isinstance(each, list)
        else _text(each)
        for each in values
    )
