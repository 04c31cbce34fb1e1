"""The rows of a pasted list, and what each of their columns is."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

MOST_ROWS = 500
MOST_CHARS = 100_000
SEPARATORS = "\t;|,"


class TooMuch(ValueError):
    """More was pasted than is read at once. Says so in a sentence."""


class Column(StrEnum):
    """What a column of a list can say of a statement, in the order in which they stand where none is named."""

    DAY = "day"
    PARTY = "party"
    LINE = "line"
    STANCE = "stance"
    TEXT = "text"
    SUMMARY = "summary"
    SOURCE = "source"
    SPEAKER = "speaker"
    OFFICE = "office"
    AUTHORITY = "authority"

    @property
    def label(self) -> str:
        return str(LABELS[self])


LABELS: Mapping[Column, str | Promise] = {
    Column.DAY: gettext_lazy("Day"),
    Column.PARTY: gettext_lazy("Party"),
    Column.LINE: gettext_lazy("Line"),
    Column.STANCE: gettext_lazy("Stance"),
    Column.TEXT: gettext_lazy("Text"),
    Column.SUMMARY: gettext_lazy("Summary"),
    Column.SOURCE: gettext_lazy("Source"),
    Column.SPEAKER: gettext_lazy("Speaker"),
    Column.OFFICE: gettext_lazy("Office"),
    Column.AUTHORITY: gettext_lazy("Authority"),
}

# What a head may be called, in whichever language the list was made.
HEADS: Mapping[str, Column] = {
    name: column
    for column, names in {
        Column.DAY: "day, date, said on, день, дата, сказано",
        Column.PARTY: "party, сторона",
        Column.LINE: "line, point, number, no, no., provision, положення, пункт, номер, №",
        Column.STANCE: "stance, position, ставлення, позиція",
        Column.TEXT: "text, wording, revision, draft, текст, формулювання, редакція",
        Column.SUMMARY: "summary, paraphrase, statement, зміст, переказ, заява, висловлювання",
        Column.SOURCE: "source, sources, url, link, address, джерело, джерела, посилання, адреса",
        Column.SPEAKER: "speaker, who, хто, хто говорив, промовець",
        Column.OFFICE: "office, role, посада",
        Column.AUTHORITY: "authority, повноваження",
    }.items()
    for name in names.split(", ")
}


@dataclass(frozen=True, slots=True)
class Row:
    """A row as it was pasted: the number of its line, all of it, and what stands in its cells."""

    number: int
    raw: str
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """What was pasted, in rows. `head` is the row that names the columns, if one does; no column is none we know."""

    head: Row | None
    columns: tuple[Column | None, ...]
    rows: tuple[Row, ...]

    @property
    def unknown(self) -> tuple[str, ...]:
        """The heads that we do not know."""
        cells = self.head.cells if self.head else ()
        return tuple(cell for cell, column in zip(cells, self.columns, strict=False) if cell and column is None)

    def told(self, row: Row) -> dict[Column, str]:
        """What a row says, by column."""
        return {column: cell for column, cell in zip(self.columns, row.cells, strict=False) if column and cell}


def table(text: str) -> Table:
    """Read what was pasted into rows. Raises TooMuch."""
    if len(text) > MOST_CHARS:
        raise TooMuch(_("Paste at most %(most)s characters at once.") % {"most": MOST_CHARS})
    lines = [(number, line) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    if len(lines) > MOST_ROWS + 1:
        raise TooMuch(_("Paste at most %(most)s rows at once.") % {"most": MOST_ROWS})
    rows = tuple(_rows(lines, separator=_separator([line for _number, line in lines])))
    if rows and (columns := _named_columns(rows[0])):
        return Table(rows[0], columns, rows[1:])
    return Table(None, tuple(Column), rows)


def _separator(lines: list[str]) -> str:
    """The sign that parts the cells: a tab where there is one, else what most lines have."""
    counted = {sign: sum(sign in line for line in lines) for sign in SEPARATORS}
    if counted["\t"]:
        return "\t"
    # Of two that as many lines have, the one that is no sign of a sentence.
    return max(SEPARATORS, key=lambda sign: (counted[sign], -SEPARATORS.index(sign)))


def _rows(lines: list[tuple[int, str]], *, separator: str) -> Iterator[Row]:
    for number, line in lines:
        # Each line by itself: a quotation mark that is never closed spoils one row and not all that follow.
        cells = next(csv.reader([line], delimiter=separator), [])
        yield Row(number, line, tuple(_clean(cell) for cell in cells))


def _clean(cell: str) -> str:
    """Single spaces, and nothing that cannot be seen."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in cell).split())


def _named_columns(row: Row) -> tuple[Column | None, ...] | None:
    """The columns that a row names, if it is a head: two of them, or more, are names that we know."""
    columns = tuple(HEADS.get(cell.casefold()) for cell in row.cells)
    return columns if sum(column is not None for column in columns) > 1 else None
