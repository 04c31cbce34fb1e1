"""How did the lines come to their levels? The small chart at the head of a board."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate, groupby, pairwise, zip_longest

from django.utils.translation import gettext as _

from provisions.drawing import Block
from provisions.telling import counted
from provisions.timeline import Span
from provisions.words import day_in_words

WIDTH, FLOOR, TOP = 300.0, 84.0, 6.0
# A stretch of more days than these is drawn as if it had no more, and is marked.
LONG = timedelta(days=45)
# A label stands in a field that has the room for it.
LETTER, LINE = 6.4, 14.0


@dataclass(frozen=True, slots=True)
class Blank:
    """The points of a text without words on record, over a stretch of days."""

    x: float
    y: float
    width: float
    height: float

    @property
    def middle(self) -> tuple[float, float]:
        return round(self.x + self.width / 2, 1), round(self.y + self.height / 2, 1)

    @property
    def roomy(self) -> bool:
        """Whether a label of two short lines has room in it."""
        return self.width > LETTER * max(len(_("no words")), len(_("on record"))) and self.height > 2 * LINE


@dataclass(frozen=True, slots=True)
class Course:
    """A chart from a plan's first text on; `dates` are its day marks from left to right."""

    spans: tuple[Span, ...]
    blocks: tuple[Block, ...]
    voids: tuple[Blank, ...]
    breaks: tuple[float, ...]
    dates: tuple[tuple[float, str], ...]


def course(spans: Sequence[Span], *, until: date) -> Course | None:
    """The chart of these stretches; None where no text had a line."""
    most = max((max(span.lines, span.draft.points or 0) for span in spans), default=0)
    if not most:
        return None
    places = _places([*(span.first for span in spans), until + timedelta(days=1)])
    scale = (FLOOR - TOP) / most
    stretches = [(span, *sides) for span, sides in zip(spans, pairwise(places), strict=True)]
    return Course(
        spans=tuple(spans),
        blocks=tuple(block for stretch in stretches for block in _blocks(*stretch, scale=scale)),
        voids=tuple(_voids(stretches, scale)),
        breaks=tuple(_breaks(stretches, until)),
        dates=tuple(_dates(stretches, until)),
    )


def _places(days: Sequence[date]) -> list[float]:
    """Where the days stand, the first on the left and the last on the right."""
    drawn = [min(after - day, LONG).days for day, after in pairwise(days)]
    unit = WIDTH / sum(drawn)
    return [round(unit * so_far, 1) for so_far in accumulate(drawn, initial=0)]


def _blocks(span: Span, left: float, right: float, *, scale: float) -> Iterator[Block]:
    """The levels of a stretch, the closest on top."""
    y = FLOOR - scale * span.lines
    for level, lines in counted(span.vector):
        height = scale * lines
        yield Block(left, round(y, 1), round(max(right - left, 1.0), 1), round(max(height - 0.9, 0.6), 1), level)
        y += height


def _voids(stretches: Sequence[tuple[Span, float, float]], scale: float) -> Iterator[Blank]:
    """One field for each text whose points are not all on record, over all the days that it was on the table."""
    for _draft, group in groupby(stretches, key=lambda stretch: stretch[0].draft.key):
        of_text = list(group)
        missing = max(span.without_words for span, _left, _right in of_text)
        if missing:
            span, left, _right = of_text[0]
            top = FLOOR - scale * (span.lines + missing)
            yield Blank(left, round(top, 1), round(of_text[-1][2] - left, 1), round(scale * missing, 1))


def _breaks(stretches: Sequence[tuple[Span, float, float]], until: date) -> Iterator[float]:
    """The middles of the stretches that are drawn shorter than they were."""
    for (span, left, right), following in zip_longest(stretches, stretches[1:]):
        end = following[0].first if following else until + timedelta(days=1)
        if end - span.first > LONG:
            yield round((left + right) / 2, 1)


def _dates(stretches: Sequence[tuple[Span, float, float]], until: date) -> Iterator[tuple[float, str]]:
    """The first day, the day of the text that is on the table, if there is room, and the last day."""
    first, last = stretches[0][0], stretches[-1][0]
    yield 0.0, day_in_words(first.first)
    came, x, _right = next(stretch for stretch in stretches if stretch[0].draft.key == last.draft.key)
    if WIDTH / 3 <= x <= WIDTH * 2 / 3:
        yield x, day_in_words(came.first)
    yield WIDTH, day_in_words(until)
