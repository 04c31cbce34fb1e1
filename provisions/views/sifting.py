"""Which lines the reader of a board asked for, and in what order. Everything that was asked stands in the address."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from provisions.agreement.words import Gone, Level, Reading
from provisions.board import Board, CategoryBoard, Row
from provisions.codebook import VOCABULARIES
from provisions.details import Detail
from provisions.telling import counted

SAME = ("identical", "editorial")
# Asks for changes since the words before the current ones, and not since the first text of the chain.
LAST_WORDS = "last"
RANKS: list[str] = [*(level.value for level in Level), *(state.value for state in Gone)]
READING_RANKS = [reading.value for reading in Reading]
LAST = len(RANKS)


class BoardFilter(forms.Form):
    """The controls above the matrix. A value that is not offered filters nothing."""

    q = forms.CharField(required=False, max_length=200)
    level = forms.ChoiceField(required=False)
    party = forms.ChoiceField(required=False)
    stance = forms.ChoiceField(required=False)
    change = forms.ChoiceField(required=False)
    flag = forms.ChoiceField(required=False)
    sort = forms.ChoiceField(required=False)
    since = forms.ChoiceField(required=False, choices=[(LAST_WORDS, _("since the words before"))])
    rows = forms.ChoiceField(required=False, choices=[("current", "current")])

    def __init__(self, data: Mapping[str, Any], *, board: Board) -> None:
        super().__init__(data)
        self.board = board
        at_level = {each.code.value: each.lines for each in counted(board.vector)}
        at_level |= {state: sum(row.level == state for row in board.rows) for state in Gone}
        self._offer(
            level=[
                (each.value, f"{each.label} ({at_level.get(each.value, 0)})")
                for each in (*VOCABULARIES["level"], *VOCABULARIES["gone"])
            ],
            party=[(party.slug, party.name) for party in board.parties],
            stance=[(each.value, each.brief) for each in VOCABULARIES["reading"]],
            change=[(each.value, each.brief) for each in VOCABULARIES["change"] if each.value != "editorial"],
            flag=[
                *((each.value, each.label) for each in VOCABULARIES["flag"]),
                *((each.value, each.label) for each in VOCABULARIES["alarm"]),
            ],
            sort=[
                ("title", _("by title")),
                ("level", _("by level, furthest first")),
                ("change", _("by change")),
                ("updated", _("by last update")),
                ("moves", _("by fewest moves to agreed")),
                *((party.slug, _("by reading of %(party)s") % {"party": party.short}) for party in board.parties),
            ],
        )

    def _offer(self, **choices: list[tuple[Any, Any]]) -> None:
        for name, offered in choices.items():
            self.fields[name].choices = offered  # type: ignore[attr-defined]

    @cached_property
    def asked(self) -> dict[str, str]:
        """What was asked, and is offered."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


@dataclass(frozen=True, slots=True)
class Shown:
    """A row that is shown, what became of its words since the text that was asked for, and what it opens to."""

    row: Row
    change: str
    detail: Detail | None


@dataclass(frozen=True, slots=True)
class Group:
    """Rows under one head: those of a category, or all where the board is sorted in another way."""

    category: CategoryBoard | None
    rows: tuple[Shown, ...]


@dataclass(frozen=True, slots=True)
class Sifted:
    """The rows that fit, with what was asked."""

    form: BoardFilter
    asked: Mapping[str, str]
    groups: tuple[Group, ...]
    shown: int
    total: int
    live: int

    @property
    def words(self) -> str:
        """What was searched for."""
        return self.asked.get("q", "")

    @property
    def gone(self) -> Mapping[str, int]:
        """Lines that are gone from the text, by what became of them."""
        rows = self.form.board.rows
        return {state: lines for state in Gone if (lines := sum(row.level == state for row in rows))}


def sift(board: Board, query: Mapping[str, Any], *, worded: Collection[str], details: Mapping[str, Detail]) -> Sifted:
    """The rows of a board that fit. `worded` holds the lines whose words contain what was searched for."""
    form = BoardFilter(query, board=board)
    asked = form.asked
    rows = [row for row in board.rows if _fits(row, asked, worded)]
    return Sifted(
        form=form,
        asked=asked,
        groups=tuple(_groups(board, rows, asked, details)),
        shown=len(rows),
        total=len(board.rows),
        live=sum(row.live for row in board.rows),
    )


def _fits(row: Row, asked: Mapping[str, str], worded: Collection[str]) -> bool:
    return all(TESTS[name](row, asked) for name in asked if name in TESTS) and (
        "q" not in asked or row.slug in worded or _mentions(row, asked["q"])
    )


def _mentions(row: Row, words: str) -> bool:
    if words.isdigit():
        return words in (row.number, row.first_number)
    return words.casefold() in f"{row.title} {row.lead} {row.gist}".casefold()


def _party(row: Row, asked: Mapping[str, str]) -> bool:
    """Alone, a party asks for the lines that need its consent; with a reading, for those where it reads so."""
    if "stance" in asked:
        return True
    return any(cell.party.slug == asked["party"] and cell.essential for cell in row.cells)


def _stance(row: Row, asked: Mapping[str, str]) -> bool:
    party = asked.get("party")
    return any(cell.reading == asked["stance"] and (party is None or cell.party.slug == party) for cell in row.cells)


TESTS: dict[str, Callable[[Row, Mapping[str, str]], bool]] = {
    "level": lambda row, asked: row.level == asked["level"],
    "party": _party,
    "stance": _stance,
    "change": lambda row, asked: (
        _change(row, asked) == asked["change"] or {_change(row, asked), asked["change"]} == set(SAME)
    ),
    "flag": lambda row, asked: asked["flag"] in (*row.flags, row.alarm),
    "rows": lambda row, asked: asked["rows"] != "current" or row.live,
}


def _change(row: Row, asked: Mapping[str, str]) -> str:
    """What became of the words; of a line that is gone, that it is."""
    return str(row.last_change or row.change) if asked.get("since") else row.change


def _groups(board: Board, rows: list[Row], asked: Mapping[str, str], details: Mapping[str, Detail]) -> Iterable[Group]:
    def shown(rows: Iterable[Row]) -> tuple[Shown, ...]:
        return tuple(Shown(row, _change(row, asked), details.get(row.slug)) for row in rows)

    if "sort" in asked:
        yield Group(None, shown(sorted(rows, key=_key(asked))))
        return
    for category in board.categories:
        mine = [row for row in rows if row.category == category.slug]
        if mine:
            yield Group(category, shown(mine))


def _key(asked: Mapping[str, str]) -> Callable[[Row], Any]:
    match asked["sort"]:
        case "title":
            return lambda row: row.title.casefold()
        case "level":
            return lambda row: RANKS.index(row.level) if row.level else LAST
        case "change":
            order = [each.value for each in VOCABULARIES["change"]]
            return lambda row: order.index(_change(row, asked))
        case "updated":
            return lambda row: -(row.updated.day if row.updated else date.min).toordinal()
        case "moves":
            return lambda row: (row.moves is None, row.moves)
        case party:
            return lambda row: _reading_rank(row, party)


def _reading_rank(row: Row, party: str) -> int:
    return next((READING_RANKS.index(cell.reading) for cell in row.cells if cell.party.slug == party), LAST)
