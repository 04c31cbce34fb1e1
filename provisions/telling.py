"""What the record and the rule say, told in short sentences for people. Plain values in, words out; no query."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from django.utils.translation import gettext as _

from provisions.agreement.words import Gone, Level, Reading
from provisions.board import Board, Cell, RevisionHead, Row
from provisions.codebook import VOCABULARIES, Code, code


class Counted(NamedTuple):
    """A level, and how many lines stand at it."""

    code: Code
    lines: int


class Segment(NamedTuple):
    """A stretch of a distribution bar."""

    code: Code
    x: float
    width: float


GAP = 2.0


def counted(vector: Mapping[str, int]) -> list[Counted]:
    """The levels that occur, the closest to agreement first."""
    return [Counted(each, vector[each.value]) for each in VOCABULARIES["level"] if vector.get(each.value)]


def segments(vector: Mapping[str, int], *, width: float) -> list[Segment]:
    """A bar of that width, with a gap between its stretches."""
    levels = counted(vector)
    lines = sum(vector.values())
    room = width - GAP * (len(levels) - 1)
    found, x = [], 0.0
    for each, count in levels:
        stretch = room * count / lines
        found.append(Segment(each, round(x, 1), round(stretch, 1)))
        x += stretch + GAP
    return found


def vector_in_words(vector: Mapping[str, int]) -> str:
    """3 agreed conditionally, 12 open."""
    return ", ".join(f"{lines} {str(each.label).lower()}" for each, lines in counted(vector)) or _("no lines")


def holding_back(cells: Iterable[Cell]) -> str:
    """Who keeps a line where it is, and how: `Russia reserves; US, Ukraine stale`."""
    by_word: dict[str, list[str]] = {}
    for cell in cells:
        word = _(": condition unmet") if cell.reading == Reading.CONDITIONAL else f" {_reading_word(cell.reading)}"
        by_word.setdefault(word, []).append(cell.party.short)
    return "; ".join(", ".join(parties) + word for word, parties in by_word.items())


def _reading_word(reading: Reading) -> str:
    return str(code(reading).brief).lower()


@dataclass(frozen=True, slots=True)
class RowFlags:
    """What a row of the board says of its flags: the first in words, and how many more there are."""

    first: Code | None
    more: int


def row_flags(row: Row) -> RowFlags:
    """Only those flags that a reader of the board must not miss; the filter finds all."""
    said = [each for each in VOCABULARIES["flag"] if each.short and each.value in row.flags]
    return RowFlags(said[0] if said else None, max(len(said) - 1, 0))


def after_the_last_words(row: Row, board: Board) -> str:
    """What became of a line that is gone, and at what level it last stood."""
    last = last_words(row, board)
    if row.level != Gone.SUCCEEDED:
        return last
    numbers = {each.slug: each for each in board.rows}
    successors = [numbers[slug] for slug in row.proof.get("successors", ()) if slug in numbers]
    points = ", ".join(each.number or each.title for each in successors)
    onward = _("words go on in point %(points)s") % {"points": points} if points else _("words go on in other lines")
    return f"{onward}; {last}" if last else onward


def last_words(row: Row, board: Board) -> str:
    """The last text that had a line that is gone, and its level there."""
    text = last_text(row, board)
    if text is None:
        return ""
    if row.last_level is None:
        return _("last words: %(text)s") % {"text": text.short}
    return _("last words: %(text)s, %(level)s") % {"text": text.short, "level": in_a_sentence(row.last_level)}


def last_text(row: Row, board: Board) -> RevisionHead | None:
    """The last text that had a line that is gone."""
    revision = str(row.proof.get("last_wording") or "").partition("/")[0]
    return next((each for each in board.chain if each.slug == revision), None)


def support_in_words(row: Row) -> str:
    """1 of 2 now, 2 of 2 at most."""
    if not row.interval:
        return ""
    now, most = (each.replace("/", " of ") for each in row.interval)
    return _("%(now)s now, %(most)s at most") % {"now": now, "most": most}


def in_a_sentence(level: Level | None) -> str:
    """A level in the middle of a sentence."""
    return str(code(level).label).lower() if level else ""


def closed_of(share: str) -> str:
    """0 of 20, for the rule's 0/20."""
    return share.replace("/", _(" of "))


class Slot(NamedTuple):
    """A slot in the picture of support."""

    reading_class: str
    x: int


SLOT = 22


def support_slots(row: Row) -> list[Slot]:
    """One slot an essential party: consents first, then those that may still, then those that reject."""
    order = ("consent", "partial", "unknown", "reject")
    classes = [each for each in order for _n in range(row.counts.get(each, 0))]
    return [Slot(each, 1 + SLOT * n) for n, each in enumerate(classes)]
