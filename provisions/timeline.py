"""What happened when? Texts, statements, happenings and changes of level of a plan on one line of time."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from itertools import pairwise
from typing import Any

from django.db.models import Exists, OuterRef
from django.utils import timezone

from provisions.agreement.words import Level, Precision, Stance
from provisions.assessing import one_moment
from provisions.board import PartyHead, RevisionHead, revision_head
from provisions.codebook import VOCABULARIES
from provisions.contents import When
from provisions.history import Day, series
from provisions.implementing import Step, histories
from provisions.models import (
    Change,
    ChangeKind,
    Event,
    EventStateVersion,
    Plan,
    PlanVersion,
    Position,
    ProvisionVersion,
    Resource,
    RevisionVersion,
    WordingVersion,
)


@dataclass(frozen=True, slots=True)
class Line:
    """A line as a timeline names it; `numbers` are its numbers by text."""

    slug: str
    title: str
    numbers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Draft:
    """A text, how many points it is said to have, and how many lines of it have words on record."""

    key: str
    revision: RevisionHead
    when: When
    points: int | None
    worded: int
    on_chain: bool

    @property
    def unseen(self) -> bool:
        return self.revision.provenance.unseen


@dataclass(frozen=True, slots=True)
class Statement:
    """What a party said of a line, or of a whole text. Claims and voices below the threshold are not counted."""

    key: str
    when: When
    party: PartyHead
    claimed_by: PartyHead | None
    stance: Stance
    counted: bool
    line: Line | None
    revision: RevisionHead


@dataclass(frozen=True, slots=True)
class Happening:
    """A dated event. One that is `awaited` is not reported: a condition of some party names it."""

    key: str
    when: When
    title: str
    awaited: bool


@dataclass(frozen=True, slots=True)
class Move:
    """A line that came to another level than it last had, and what was said of it on that day."""

    key: str
    when: When
    line: Line
    number: str
    before: Level | None
    after: Level
    said: tuple[Statement, ...]
    draft: RevisionHead | None


@dataclass(frozen=True, slots=True)
class Carried:
    """How far a line was carried out from a day on, once its text was signed."""

    key: str
    when: When
    line: Line
    step: Step


Entry = Draft | Statement | Happening | Move | Carried


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of days on which no line moved: the text on the table, and its lines by level."""

    first: date
    draft: Draft
    vector: Mapping[str, int]

    @property
    def lines(self) -> int:
        return sum(self.vector.values())

    @property
    def by_level(self) -> list[int]:
        """How many lines at each level, in the order of the codebook."""
        return [self.vector.get(each.value, 0) for each in VOCABULARIES["level"]]

    @property
    def without_words(self) -> int:
        """Points that the text is said to have and that no line stands for."""
        return max(0, (self.draft.points or 0) - self.lines)


@dataclass(frozen=True, slots=True)
class Timeline:
    """Everything dated of a plan, each kind the earliest first; `today` is the day that it ends with."""

    plan: Plan
    title: str
    today: date
    known_at: datetime | None
    parties: tuple[PartyHead, ...]
    drafts: tuple[Draft, ...]
    statements: tuple[Statement, ...]
    happenings: tuple[Happening, ...]
    moves: tuple[Move, ...]
    carried: tuple[Carried, ...]
    spans: tuple[Span, ...]

    def entries(self) -> Iterator[Entry]:
        """All of it, in no order."""
        yield from self.drafts
        yield from self.statements
        yield from self.happenings
        yield from self.moves
        yield from self.carried


def timeline(plan: str, *, known_at: datetime | None = None) -> Timeline:
    """Everything dated of a plan, as it is known now or was at a moment.

    Raises Plan.DoesNotExist, and PlanVersion.DoesNotExist where nothing of it was known. The number of queries does not
    grow with the record.
    """
    with one_moment():
        return _Reading(Plan.objects.get(slug=plan), known_at).timeline()


def spans(plan: str, *, as_of: date | None = None, known_at: datetime | None = None) -> tuple[Span, ...]:
    """How the lines stood over time, until a day, as it is known now or was at a moment.

    Raises what `timeline` raises, and costs fewer queries.
    """
    with one_moment():
        found = _Reading(Plan.objects.get(slug=plan), known_at).spans()
        return tuple(span for span in found if as_of is None or span.first <= as_of)


class _Reading:
    """What is fetched once for a timeline."""

    def __init__(self, plan: Plan, known_at: datetime | None) -> None:
        self.plan, self.known_at = plan, known_at
        self.moment = known_at or timezone.now()
        self.version = PlanVersion.objects.known_at(self.moment).get(plan=plan)
        self.parties = self._parties()
        self.days = series(plan, known_at=known_at)
        self.lines, worded = self._lines()
        self.drafts = self._drafts(worded)

    def timeline(self) -> Timeline:
        return Timeline(
            plan=self.plan,
            title=self.version.title,
            today=self.moment.date(),
            known_at=self.known_at,
            parties=tuple(self.parties.values()),
            drafts=tuple(self.drafts.values()),
            statements=tuple(self.statements),
            happenings=tuple(self._happenings()),
            moves=tuple(self._moves()),
            carried=tuple(self._carried()),
            spans=tuple(self.spans()),
        )

    def _parties(self) -> dict[str, PartyHead]:
        places = self.plan.places.select_related("party").order_by("order")
        principals = self.version.principals
        return {
            (party := place.party).slug: PartyHead(party.slug, party.name, party.short, party.slug in principals)
            for place in places
        }

    def _lines(self) -> tuple[dict[str, Line], Counter[str]]:
        """The lines by slug, parts left out, and how many of them each text has words for."""
        numbers: dict[str, dict[str, str]] = {}
        worded: Counter[str] = Counter()
        rows = WordingVersion.objects.known_at(self.moment).filter(
            revision__plan=self.plan, wording__provision__parent=None
        )
        for line, revision, number in rows.values_list("wording__provision__slug", "revision__slug", "number"):
            numbers.setdefault(line, {})[revision] = number
            worded[revision] += 1
        titles = ProvisionVersion.objects.known_at(self.moment).filter(provision__plan=self.plan)
        lines = {
            slug: Line(parent or slug, title, numbers.get(slug, {}))
            for slug, parent, title in titles.values_list("provision__slug", "provision__parent__slug", "title")
        }
        return lines, worded

    def _drafts(self, worded: Counter[str]) -> dict[str, Draft]:
        rows = RevisionVersion.objects.known_at(self.moment).filter(revision__plan=self.plan)
        on_table = {day.revision for day in self.days}
        drafts = (
            Draft(
                key=row.revision.slug,
                revision=(head := revision_head(row)),
                when=head.dated,
                points=row.point_count,
                worded=worded[row.revision.slug],
                on_chain=row.revision.slug in on_table,
            )
            for row in rows.select_related("revision").order_by("dated", "revision__order")
        )
        return {draft.key: draft for draft in drafts}

    @cached_property
    def statements(self) -> list[Statement]:
        rows = Position.objects.filter(plan=self.plan, recorded_at__lte=self.moment)
        rows = rows.exclude(retraction__recorded_at__lte=self.moment).order_by("stated_on", "pk")
        columns = (
            "key", "party__slug", "asserted_by__slug", "stance", "authority", "stated_on", "precision", "approximate",
            "wording__provision__slug", "wording__revision__slug", "revision__slug",
        )  # fmt: skip
        return [self._statement(row) for row in rows.values_list(*columns, named=True)]

    def _statement(self, row: Any) -> Statement:
        own = row.party__slug == row.asserted_by__slug
        return Statement(
            key=row.key,
            when=When(row.stated_on, Precision(row.precision), row.approximate),
            party=self.parties[row.party__slug],
            claimed_by=None if own else self.parties[row.asserted_by__slug],
            stance=Stance(row.stance),
            counted=own and row.authority >= self.version.threshold,
            line=self.lines.get(row.wording__provision__slug or ""),
            revision=self.drafts[row.wording__revision__slug or row.revision__slug].revision,
        )

    def _happenings(self) -> Iterator[Happening]:
        rows = Event.objects.filter(plan=self.plan).annotate(
            awaited=Exists(EventStateVersion.objects.filter(event=OuterRef("pk")))
        )
        if self.known_at is not None:
            # Events have no versions; the log knows when each was put on record.
            later = Change.objects.filter(plan=self.plan, resource=Resource.EVENT, kind=ChangeKind.ADDED)
            rows = rows.exclude(slug__in=later.filter(recorded_at__gt=self.known_at).values("key"))
        for row in rows.order_by("dated", "slug"):
            when = When(row.dated, Precision(row.dated_precision), row.dated_approximate)
            yield Happening(row.slug, when, row.title, row.awaited)

    def _moves(self) -> Iterator[Move]:
        """Each time that a line of the text on the table stands elsewhere than when it last stood in one."""
        said: dict[date, list[Statement]] = {}
        for statement in self.statements:
            if statement.counted:
                said.setdefault(statement.when.day, []).append(statement)
        last: dict[str, Level] = {}
        for eve, day in pairwise([None, *self.days]):
            if day is None or (eve is not None and eve.levels is day.levels):
                continue
            fresh = eve is None or eve.revision != day.revision
            for slug, level in day.levels.items():
                before, last[slug] = last.get(slug), level
                if level != before and not (before is None and level == Level.UNADDRESSED):
                    yield self._move(day, slug, before, level, said.get(day.day, ()), fresh=fresh)

    def _move(
        self, day: Day, slug: str, before: Level | None, after: Level, said: Iterable[Statement], *, fresh: bool
    ) -> Move:
        line = self.lines[slug]
        revision = day.revision or ""
        return Move(
            key=slug,
            when=When(day.day),
            line=line,
            number=line.numbers.get(revision, ""),
            before=before,
            after=after,
            said=tuple(each for each in said if each.line is None or each.line.slug == slug),
            draft=self.drafts[revision].revision if fresh else None,
        )

    def _carried(self) -> Iterator[Carried]:
        for slug, steps in histories(self.plan, known_at=self.known_at).items():
            for step in steps:
                yield Carried(step.said.key, step.said.since, self.lines[slug], step)

    def spans(self) -> Iterator[Span]:
        for eve, day in pairwise([None, *self.days]):
            if day is None or day.revision is None:
                continue
            if eve is None or (eve.revision, eve.vector) != (day.revision, day.vector):
                yield Span(day.day, self.drafts[day.revision], day.vector)


# ---- The list, page by page ----

KINDS: dict[str, Callable[[Entry], bool]] = {
    "text": lambda entry: isinstance(entry, Draft),
    "statement": lambda entry: isinstance(entry, Statement),
    "event": lambda entry: isinstance(entry, Happening) and not entry.awaited,
    "awaited": lambda entry: isinstance(entry, Happening) and entry.awaited,
    "level": lambda entry: isinstance(entry, Move),
    "implementation": lambda entry: isinstance(entry, Carried),
}
# What follows from something stands above it, since the latest comes first.
ORDER = {Move: 0, Carried: 1, Statement: 2, Happening: 3, Draft: 4}
PAGE = 50

Place = tuple[int, int, str]


@dataclass(frozen=True, slots=True)
class Listed:
    """An entry of the list, with what it says where it says something."""

    entry: Entry
    summary: str = ""
    speaker: str = ""

    @property
    def kind(self) -> str:
        return next(kind for kind, fits in KINDS.items() if fits(self.entry))


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a timeline's list, the latest first; `older` is where the next one begins (empty at the end)."""

    entries: tuple[Listed, ...]
    total: int
    older: str


def listing(found: Timeline, *, kind: str = "", party: str = "", since: str = "") -> Page:
    """Those of one kind or of one party, from the place `since` on; what they say takes two queries."""
    entries = sorted((entry for entry in found.entries() if _fits(entry, kind, party)), key=_place)
    start = bisect_left(entries, _read_place(since), key=_place)
    shown, older = entries[start : start + PAGE], entries[start + PAGE : start + PAGE + 1]
    return Page(tuple(_told(found.plan, shown)), len(entries), _name_of(older[0]) if older else "")


def _fits(entry: Entry, kind: str, party: str) -> bool:
    if kind and not KINDS[kind](entry):
        return False
    return not party or (isinstance(entry, Statement) and entry.party.slug == party)


def _place(entry: Entry) -> Place:
    return -entry.when.day.toordinal(), ORDER[type(entry)], entry.key


def _name_of(entry: Entry) -> str:
    """The place of an entry, as an address names it."""
    return f"{entry.when.day}.{ORDER[type(entry)]}.{entry.key}"


def _read_place(name: str) -> Place:
    """The place that an address names; the beginning where it names none."""
    day, _, rest = name.partition(".")
    order, _, key = rest.partition(".")
    try:
        return -date.fromisoformat(day).toordinal(), int(order), key
    except ValueError:
        return -date.max.toordinal(), 0, ""


def _told(plan: Plan, entries: list[Entry]) -> Iterator[Listed]:
    said = [entry.key for entry in entries if isinstance(entry, Statement)]
    positions = Position.objects.filter(plan=plan, key__in=said).values_list("key", "summary", "speaker")
    summaries = {key: (summary, speaker) for key, summary, speaker in positions}
    happened = [entry.key for entry in entries if isinstance(entry, Happening)]
    events = dict(Event.objects.filter(plan=plan, slug__in=happened).values_list("slug", "summary"))
    for entry in entries:
        match entry:
            case Statement():
                yield Listed(entry, *summaries[entry.key])
            case Happening():
                yield Listed(entry, events[entry.key])
            case _:
                yield Listed(entry)
