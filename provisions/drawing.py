"""A timeline as a chart: where every mark stands, in pixels. Plain values in, plain values out; no query."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from itertools import groupby, pairwise, zip_longest
from typing import TypeVar

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from provisions.codebook import VOCABULARIES, Code, code
from provisions.numbering import counting
from provisions.telling import counted
from provisions.timeline import Draft, Happening, Move, Span, Statement, Timeline
from provisions.words import day_in_words

# The axis: a day is as wide as the room allows; a stretch of more than QUIET days is drawn as a BREAK instead.
LEFT, RIGHT = 28.0, 24.0
WIDEST_DAY, NARROWEST_DAY = 48.0, 6.0
ROOM, MOST = 1200.0, 6000.0
QUIET, BREAK = 14, 38.0
LONG, YEAR = 1000, 365.25
TICK_ROOM, TICK_GAP, LABEL_ROOM = 64.0, 10.0, 150.0
# The lanes, from top to bottom.
TOP, STACK = 14.0, 176.0
ROW, LANE_GAP = 20.0, 14.0
MARK, LEVEL_MARK, SQUARE = 17.0, 27.0, 12.0
LETTER, BOLD, LINE = 6.6, 7.4, 16.0
# Beside the lanes at least so much room; more where their names need it.
HEAD = 76.0
NUMBERS = 4
MIDDLE = 15

Thing = TypeVar("Thing", Draft, Statement, Happening, Move)


@dataclass(frozen=True, slots=True)
class Tick:
    x: float
    label: str


@dataclass(frozen=True, slots=True)
class Break:
    """A quiet stretch that is drawn shorter than it was."""

    x: float
    days: int

    @property
    def label(self) -> str:
        """How long it was: in years where the days would take more room than it has."""
        if self.days < LONG:
            return _("%(days)s d") % {"days": self.days}
        return pgettext("so many years, as short as can be", "%(years)s y") % {"years": round(self.days / YEAR)}


@dataclass(frozen=True, slots=True)
class Block:
    """Lines at one level over a stretch of days."""

    x: float
    y: float
    width: float
    height: float
    code: Code


@dataclass(frozen=True, slots=True)
class Void:
    """Points of a text that no words are on record for."""

    x: float
    y: float
    width: float
    height: float
    label: tuple[str, ...]

    @property
    def middle(self) -> float:
        return round(self.x + self.width / 2, 1)

    @property
    def lines(self) -> list[tuple[float, str]]:
        """The lines of the label, each with its height."""
        top = self.y + self.height / 2 + 4 - LINE / 2 * (len(self.label) - 1)
        return [(round(top + LINE * n, 1), words) for n, words in enumerate(self.label)]


@dataclass(frozen=True, slots=True)
class Mark:
    """A symbol, or where it has no code a square or a disc, with words beside it; `told` is what it stands for."""

    x: float
    y: float
    label: str
    told: str
    code: Code | None = None
    disc: bool = False
    hollow: bool = False

    @property
    def size(self) -> tuple[float, float]:
        """Its width and height: levels are drawn half as wide again as they are high, all else square."""
        if self.code is None:
            return SQUARE, SQUARE
        return (LEVEL_MARK, LEVEL_MARK * 2 / 3) if self.code.symbol.startswith("t-") else (MARK, MARK)

    @property
    def corner(self) -> tuple[float, float]:
        """Its upper left corner."""
        width, height = self.size
        return round(self.x - width / 2, 1), round(self.y - height / 2, 1)

    @property
    def label_x(self) -> float:
        return round(self.x + self.size[0] / 2 + 4, 1)

    @property
    def end(self) -> float:
        """Where its label ends."""
        return self.label_x + len(self.label) * BOLD


@dataclass(frozen=True, slots=True)
class Lane:
    """A row of marks that do not overlap, with its name."""

    name: str
    y: float
    height: float
    marks: tuple[Mark, ...]

    @property
    def middle(self) -> float:
        """Where the first row has its line."""
        return self.y + ROW / 2

    @property
    def baseline(self) -> float:
        """Where the name is written."""
        return self.middle + 4


@dataclass(frozen=True, slots=True)
class Stop:
    """A day that a replay can go to, and what happened on it."""

    day: date
    label: str
    x: float


@dataclass(frozen=True, slots=True)
class Drawing:
    """The chart of a timeline from its `first` day on; what is up and down is counted in pixels from the top."""

    first: date
    width: float
    height: float
    bottom: float
    ticks: tuple[Tick, ...]
    breaks: tuple[Break, ...]
    scale: tuple[Tick, ...]
    blocks: tuple[Block, ...]
    voids: tuple[Void, ...]
    lanes: tuple[Lane, ...]
    stops: tuple[Stop, ...]
    now: Tick

    @property
    def head(self) -> float:
        """How wide the names of the lanes are."""
        return max([HEAD, *(round(len(lane.name) * BOLD + 4, 1) for lane in self.lanes)])

    @property
    def scale_x(self) -> float:
        """Where the numbers of the scale end."""
        return self.head - 2

    @property
    def right(self) -> float:
        """Where the lines of the lanes end: today."""
        return self.now.x

    @property
    def floor(self) -> float:
        """Where the stack of levels stands."""
        return TOP + STACK

    @property
    def stack_name_y(self) -> float:
        return TOP + STACK / 2


class Axis:
    """From days to pixels. Where nothing is dated for long, the days in between share less room."""

    def __init__(self, days: Iterable[date]) -> None:
        self.days = sorted(set(days))
        gaps = [(day - eve).days for eve, day in pairwise(self.days)]
        busy = sum(gap for gap in gaps if gap <= QUIET) or 1
        breaks = sum(gap > QUIET for gap in gaps) or 1
        a_break = min(BREAK, MOST / breaks)
        fitting = (ROOM - breaks * a_break) / busy
        self.unit = min(MOST / busy, max(NARROWEST_DAY, min(WIDEST_DAY, fitting)))
        places = [LEFT + 10]
        for gap in gaps:
            places.append(places[-1] + (a_break if gap > QUIET else gap * self.unit))
        self.places = dict(zip(self.days, places, strict=True))
        self.width = places[-1] + RIGHT

    def x(self, day: date) -> float:
        """Where a day of the timeline stands."""
        return self.places[day]

    def ticks(self) -> Iterator[Tick]:
        """The first of each month and the middle, where there is room, with the year where it changes."""
        end, year = 0.0, 0
        for eve, day in pairwise(self.days):
            for n in range((day - eve).days):
                at = eve + timedelta(days=n)
                if at.day != 1 and (at.day != MIDDLE or self.unit * MIDDLE < TICK_ROOM):
                    continue
                form = pgettext("form of a day", "j M Y") if at.year != year else pgettext("form of a day", "j M")
                x, label = self.x(eve) + (self.x(day) - self.x(eve)) * n / (day - eve).days, date_format(at, form)
                half = max(TICK_ROOM - TICK_GAP, len(label) * LETTER) / 2
                if x - half >= end and self.width - RIGHT - x >= LABEL_ROOM:
                    yield Tick(round(x, 1), label)
                    end, year = x + half + TICK_GAP, at.year

    def breaks(self) -> Iterator[Break]:
        for eve, day in pairwise(self.days):
            if (days := (day - eve).days) > QUIET:
                yield Break(round((self.x(eve) + self.x(day)) / 2, 1), days)


def drawing(found: Timeline) -> Drawing | None:
    """The chart of a timeline; None where nothing is dated."""
    dated = {entry.when.day for entry in found.entries()}
    if not dated:
        return None
    axis = Axis(day for day in {*dated, *(span.first for span in found.spans), found.today} if day <= found.today)
    most = max((max(span.lines, span.draft.points or 0) for span in found.spans), default=0)
    lanes = list(_lanes(found, axis))
    bottom = lanes[-1].y + lanes[-1].height
    return Drawing(
        first=axis.days[0],
        # What is said beside the last marks may need more room than there is after today.
        width=round(max([axis.width, *(mark.end for lane in lanes for mark in lane.marks)]), 1),
        height=round(bottom + 24, 1),
        bottom=round(bottom, 1),
        ticks=tuple(axis.ticks()),
        breaks=tuple(axis.breaks()),
        scale=tuple(_scale(most)),
        blocks=tuple(_blocks(found, axis, most)),
        voids=tuple(_voids(found, axis, most)),
        lanes=tuple(lanes),
        stops=tuple(_stops(found, axis)),
        now=Tick(round(axis.x(found.today), 1), day_in_words(found.today)),
    )


# ---- The stack of levels ----


def _scale(most: int) -> Iterator[Tick]:
    """Some round numbers of lines, and the greatest; a tick's x is its height."""
    if not most:
        return
    step = next(step for size in (1, 10, 100, 1000, 10_000) for step in (size, 2 * size, 5 * size) if most / step <= 4)
    for lines in (*(n for n in range(step, most, step) if most - n >= step / 2), most):
        yield Tick(round(TOP + STACK - STACK * lines / most, 1), str(lines))


def _stretches(spans: Sequence[Span], axis: Axis, today: date) -> Iterator[tuple[Span, float, float]]:
    for span, following in zip_longest(spans, spans[1:]):
        end = following.first if following else today
        yield span, axis.x(span.first), max(axis.x(end) - axis.x(span.first), 1.0)


def _blocks(found: Timeline, axis: Axis, most: int) -> Iterator[Block]:
    for span, x, width in _stretches(found.spans, axis, found.today) if most else ():
        y = TOP + STACK - STACK * span.lines / most
        for each, lines in counted(span.vector):
            height = STACK * lines / most
            yield Block(round(x, 1), round(y, 1), round(width, 1), round(max(height - 0.9, 0.6), 1), each)
            y += height


def _voids(found: Timeline, axis: Axis, most: int) -> Iterator[Void]:
    """One for each text whose points are not all on record, over all the days that it was on the table."""
    for _draft, group in groupby(_stretches(found.spans, axis, found.today), key=lambda each: each[0].draft.key):
        stretches = list(group)
        span, x, _width = stretches[0]
        missing = max(span.without_words for span, _x, _width in stretches)
        if missing:
            width = stretches[-1][1] + stretches[-1][2] - x
            height = STACK * missing / most
            y = TOP + STACK - STACK * (span.lines + missing) / most
            points = _("%(missing)s of %(points)s points") % {"missing": missing, "points": span.draft.points}
            label = (points, _("without words on record"))
            fits = max(map(len, label)) * LETTER < width and height > LINE * len(label)
            yield Void(round(x, 1), round(y, 1), round(width, 1), round(height, 1), label if fits else ())


# ---- The lanes ----


class Packer:
    """Puts marks into the first row in which they have room."""

    def __init__(self, top: float) -> None:
        self.top = top
        self.ends: list[float] = []

    def row(self, start: float, end: float) -> float:
        """The middle of the row for a mark from here to there."""
        n = next((n for n, taken in enumerate(self.ends) if taken <= start), len(self.ends))
        self.ends[n:] = [end + 3, *self.ends[n + 1 :]]
        return self.top + ROW * n + ROW / 2

    @property
    def height(self) -> float:
        return ROW * max(1, len(self.ends))


def _lanes(found: Timeline, axis: Axis) -> Iterator[Lane]:
    def past(things: Iterable[Thing]) -> list[Thing]:
        return [each for each in things if each.when.day <= found.today]

    said = {party.slug: [each for each in found.statements if each.party == party] for party in found.parties}
    named: list[tuple[str, Callable[[Packer], Iterator[Mark]]]] = [
        (_("Texts"), partial(_texts, past(found.drafts), axis)),
        *((party.short, partial(_said, past(said[party.slug]), axis)) for party in found.parties),
        (_("Events"), partial(_happened, past(found.happenings), axis)),
        (_("Changes"), partial(_moved, past(found.moves), axis)),
    ]
    y = TOP + STACK + 2 * LANE_GAP
    for name, marks in named:
        packer = Packer(y)
        drawn = tuple(marks(packer))
        yield Lane(name, round(y, 1), packer.height, drawn)
        y += packer.height + LANE_GAP


def _texts(drafts: Iterable[Draft], axis: Axis, packer: Packer) -> Iterator[Mark]:
    for draft in drafts:
        x, label = axis.x(draft.when.day), draft.revision.short
        y = packer.row(x - SQUARE / 2, x + SQUARE + len(label) * BOLD)
        told = f"{draft.revision.title}, {day_in_words(draft.when)}: {code(draft.revision.provenance).label}"
        yield Mark(round(x, 1), y, label, told, hollow=draft.unseen)


def _said(statements: Iterable[Statement], axis: Axis, packer: Packer) -> Iterator[Mark]:
    """One mark for what a party said alike on a day."""
    claim = code("claimed", vocabulary="reading")
    order = [each.value for each in VOCABULARIES["stance"]]

    def alike(said: Statement) -> tuple[date, bool, int]:
        return said.when.day, not said.counted, order.index(said.stance) if said.counted else 0

    for (day, not_counted, _stance), group in groupby(sorted(statements, key=alike), key=alike):
        said = list(group)
        shown = claim if not_counted else code(said[0].stance)
        label = str(len(said)) if len(said) > 1 else ""
        x = axis.x(day)
        y = packer.row(x - MARK / 2, x + MARK / 2 + len(label) * LETTER + 2)
        about = ngettext("%(n)s statement", "%(n)s statements", len(said)) % {"n": len(said)}
        told = f"{said[0].party.name}, {day_in_words(said[0].when)}: {shown.label} ({about})"
        yield Mark(round(x, 1), y, label, told, shown)


def _happened(happenings: Iterable[Happening], axis: Axis, packer: Packer) -> Iterator[Mark]:
    for each in happenings:
        x = axis.x(each.when.day)
        y = packer.row(x - SQUARE / 2, x + SQUARE / 2)
        what = _("%(title)s (named in a condition)") % {"title": each.title} if each.awaited else each.title
        yield Mark(round(x, 1), y, "", f"{day_in_words(each.when)}: {what}", disc=True, hollow=each.awaited)


def _moved(moves: Iterable[Move], axis: Axis, packer: Packer) -> Iterator[Mark]:
    """One mark for the lines that came to a level on a day."""
    order = [each.value for each in VOCABULARIES["level"]]

    def alike(move: Move) -> tuple[date, int]:
        return move.when.day, order.index(move.after)

    for (day, _level), group in groupby(sorted(moves, key=alike), key=alike):
        lines = list(group)
        label = _numbers([move.number for move in sorted(lines, key=lambda move: counting(move.number))])
        x = axis.x(day)
        y = packer.row(x - LEVEL_MARK / 2, x + LEVEL_MARK / 2 + 3 + len(label) * LETTER)
        titles = ", ".join(move.line.title for move in lines)
        told = f"{day_in_words(day)}: {code(lines[0].after).label}: {titles}"
        yield Mark(round(x, 1), y, label, told, code(lines[0].after))


def _numbers(lines: Sequence[str | None]) -> str:
    """The first of them, and how many there are besides; where none has a number, how many there are."""
    shown = [number for number in lines if number][:NUMBERS]
    if not shown:
        return ngettext("%(n)s line", "%(n)s lines", len(lines)) % {"n": len(lines)}
    return ", ".join(shown) + (f" +{len(lines) - len(shown)}" if len(lines) > len(shown) else "")


# ---- The replay ----


def _stops(found: Timeline, axis: Axis) -> Iterator[Stop]:
    """The days on which a text came, something happened or a line moved; the last one is today."""
    words: dict[date, list[str]] = {}
    entries: list[Draft | Happening | Move] = [*found.drafts, *found.happenings, *found.moves]
    for entry in entries:
        if entry.when.day <= found.today:
            words.setdefault(entry.when.day, []).append(_in_short(entry))
    for day in sorted(words):
        first, more = words[day][0], len(words[day]) - 1
        label = ngettext("%(first)s, and one more", "%(first)s, and %(more)s more", more) if more else "%(first)s"
        yield Stop(day, label % {"first": first, "more": more}, round(axis.x(day), 1))
    if found.today not in words:
        label = _("State %(seq)s of the record") % {"seq": found.plan.seq}
        yield Stop(found.today, label, round(axis.x(found.today), 1))


def _in_short(entry: Draft | Happening | Move) -> str:
    match entry:
        case Draft():
            return entry.revision.title
        case Move():
            return f"{entry.line.title}: {code(entry.after).label}"
        case Happening():
            return entry.title
