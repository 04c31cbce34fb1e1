"""The figures of a line, drawn text by text. Plain values in, places in pixels out; no query."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from django.utils.translation import gettext as _

from provisions.board import RevisionHead
from provisions.contents import FigureContent
from provisions.words import day_in_words, quantity_in_words

WIDTH, HEIGHT = 900, 236
LEFT, RIGHT = 200.0, 70.0
TOP, BOTTOM = 62.0, 152.0
MOST_TICKS = 4
LABEL_GAP = 12.0


@dataclass(frozen=True, slots=True)
class Quantity:
    """A figure in one text, with the parties whose rival words it stands in.

    Without a figure the words of the text do not have it. `sure` says whether these words were seen whole.
    """

    text: RevisionHead
    figure: FigureContent | None
    parties: tuple[str, ...]
    sure: bool


@dataclass(frozen=True, slots=True)
class Level:
    """A value that occurs, as a line across the chart."""

    y: float
    label: str


@dataclass(frozen=True, slots=True)
class Point:
    """What one text says. Hollow where no number is known, or where the words were not seen whole."""

    x: float
    y: float
    label: str
    hollow: bool

    @property
    def label_y(self) -> float:
        return self.y - LABEL_GAP


@dataclass(frozen=True, slots=True)
class Stop:
    """A text on the axis; `lacks` says so where it has no such figure."""

    x: float
    name: str
    day: str
    lacks: str


@dataclass(frozen=True, slots=True)
class Path:
    """A step from one text to the next; dashed where what lies between is not sure."""

    d: str
    dashed: bool


@dataclass(frozen=True, slots=True)
class Chart:
    """One figure of a line in all texts that have words of it, the earliest first; `told` says the same in words."""

    name: str
    label: str
    told: str
    levels: tuple[Level, ...]
    stops: tuple[Stop, ...]
    points: tuple[Point, ...]
    paths: tuple[Path, ...]

    width, height = WIDTH, HEIGHT


def charts(quantities: Sequence[Quantity]) -> list[Chart]:
    """A chart for each figure that moved: that has different numbers in two texts at least. The rest is for a table.

    `quantities` has an entry without a figure for each text that has words of the line, so that gaps are seen.
    """
    texts = list(dict.fromkeys(each.text for each in quantities))
    sure = {each.text: each.sure for each in quantities}
    names = dict.fromkeys(each.figure.name for each in quantities if each.figure)
    found = []
    for name in names:
        mine = [each for each in quantities if each.figure and each.figure.name == name]
        if _moved(mine):
            found.append(_chart(name, mine, texts, sure))
    return found


def _moved(mine: Iterable[Quantity]) -> bool:
    known = [(each.text, each.figure.value) for each in mine if each.figure and each.figure.value is not None]
    return len({text for text, _value in known}) > 1 and len({value for _text, value in known}) > 1


def _chart(name: str, mine: list[Quantity], texts: list[RevisionHead], sure: dict[RevisionHead, bool]) -> Chart:
    scale = _Scale([each.figure.value for each in mine if each.figure and each.figure.value is not None])
    xs = {text: round(LEFT + (WIDTH - LEFT - RIGHT) * n / (len(texts) - 1), 1) for n, text in enumerate(texts)}
    last = mine[-1].figure
    return Chart(
        name=name,
        label=last.label if last else "",
        told="; ".join(_told(text, mine, sure=sure[text]) for text in texts),
        levels=tuple(_levels(mine, scale)),
        stops=tuple(
            Stop(xs[text], text.short, day_in_words(text.dated), _lacks(text, mine, sure=sure[text])) for text in texts
        ),
        points=tuple(_points(mine, xs, scale)),
        paths=tuple(_paths(mine, texts, xs, scale)),
    )


class _Scale:
    """From values to pixels, the greatest on top."""

    def __init__(self, values: Sequence[Decimal]) -> None:
        self.least, self.greatest = min(values), max(values)

    def y(self, value: Decimal) -> float:
        return round(BOTTOM - (BOTTOM - TOP) * float((value - self.least) / (self.greatest - self.least)), 1)


def _levels(mine: Iterable[Quantity], scale: _Scale) -> Iterator[Level]:
    by_value = {each.figure.value: each.figure for each in mine if each.figure and each.figure.value is not None}
    values = sorted(by_value) if len(by_value) <= MOST_TICKS else [min(by_value), max(by_value)]
    for value in values:
        yield Level(scale.y(value), quantity_in_words(by_value[value]))


def _points(mine: Sequence[Quantity], xs: dict[RevisionHead, float], scale: _Scale) -> Iterator[Point]:
    height: float | None = None
    for each in mine:
        figure = each.figure
        if figure is None:
            continue
        if figure.value is None:
            # Without a number it stands where the last one stood.
            y, label = height if height is not None else (TOP + BOTTOM) / 2, _("no number")
        else:
            y, label = scale.y(figure.value), quantity_in_words(figure)
            height = y if not each.parties else height
        who = f" ({', '.join(each.parties)})" if each.parties else ""
        yield Point(xs[each.text], y, label + who, hollow=figure.value is None or not each.sure)


def _paths(
    mine: Sequence[Quantity], texts: Sequence[RevisionHead], xs: dict[RevisionHead, float], scale: _Scale
) -> Iterator[Path]:
    """Steps between numbers of the agreed words; those of rival words stand alone."""
    known = [
        (each.text, scale.y(each.figure.value), each.sure)
        for each in mine
        if each.figure and each.figure.value is not None and not each.parties
    ]
    for (one, start, seen), (other, end, seen_too) in pairwise(known):
        gap = texts.index(other) - texts.index(one) > 1
        yield Path(f"M{xs[one]},{start} H{xs[other]} V{end}", dashed=gap or not (seen and seen_too))


def _lacks(text: RevisionHead, mine: Iterable[Quantity], *, sure: bool) -> str:
    if any(each.text == text for each in mine):
        return ""
    return _("not in the text") if sure else _("not seen")


def _told(text: RevisionHead, mine: Sequence[Quantity], *, sure: bool) -> str:
    values = (
        quantity_in_words(each.figure) + (f" ({', '.join(each.parties)})" if each.parties else "")
        for each in mine
        if each.text == text and each.figure
    )
    return f"{text.short}: {', '.join(values) or _lacks(text, mine, sure=sure)}"
