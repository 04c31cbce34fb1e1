"""Section 1: the record, and what of it counts on a day as known at a moment.

`Record` holds every version of everything; `Record.at` selects. Nothing here knows of JSON: see parsing.py.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Generic, NamedTuple, TypeVar

from provisions.agreement.words import (
    ConditionKind,
    EventState,
    Level,
    Provenance,
    Role,
    Stance,
    WordingChange,
)

# Grades of evidence, the letter before the figure; a higher number is a better grade, and none is 0.
GRADES = {letter + figure: 6 * i + j for i, letter in enumerate("FEDCBA") for j, figure in enumerate("654321", 1)}

Thing = TypeVar("Thing")
Name = TypeVar("Name")


class BadRecord(ValueError):
    """What is wrong with a record, and where."""


class Version(NamedTuple, Generic[Thing]):
    """One state of one thing, and how long the record held it."""

    recorded_at: datetime
    superseded_at: datetime | None
    thing: Thing

    def stood(self, known_at: datetime) -> bool:
        """Whether the record held this version at that moment."""
        return self.recorded_at <= known_at and (self.superseded_at is None or self.superseded_at > known_at)


class Plan(NamedTuple):
    """The settlement text as a work: who must consent, and how loud a word must be to count."""

    slug: str
    principals: tuple[str, ...]
    threshold: int
    horizon_days: int
    revision: str | None


class Revision(NamedTuple):
    """A dated draft; the chain follows `derives_from`."""

    slug: str
    derives_from: str | None
    provenance: Provenance


class Line(NamedTuple):
    """A provision: a line that lives through renumbering."""

    slug: str
    category: str
    operative: bool
    roles: tuple[tuple[str, Role], ...]
    override: tuple[str, ...]

    def roles_of(self, party: str) -> set[Role]:
        """What the party is to this line."""
        return {role for who, role in self.roles if who == party}


class Wording(NamedTuple):
    """The words of a line in one revision, and the wordings that they come from."""

    id: str
    line: str
    revision: str
    change: WordingChange
    came_from: tuple[str, ...]
    fingerprint: str


class Condition(NamedTuple):
    """What a conditional position waits for: a line (at a level, or gone) or an event."""

    kind: ConditionKind
    target: str
    level: Level | None


class Evidence(NamedTuple):
    """Where a position was read, and how well it is graded (A1 to F6, empty where it is not)."""

    source: str
    grade: str


class Position(NamedTuple):
    """What a party said of a wording, or of a whole revision; a lapsed silence has no id.

    `day` is the one on which it counts as said, `in_time_from` the first day on which it counts at all.
    """

    id: str
    party: str
    wording: str | None
    revision: str | None
    stance: Stance
    authority: int
    own: bool
    day: date
    in_time_from: date
    conditions: tuple[Condition, ...]
    evidence: tuple[Evidence, ...]
    grade: int


class Silence(NamedTuple):
    """A silence procedure: words that stand unless an addressee objects in time."""

    wording: str
    addressees: tuple[str, ...]
    deadline: date
    broken_on: date | None
    broken_by: str | None

    def lapsed(self, as_of: date) -> bool:
        """Whether the deadline day is over and nobody has broken the silence, as of that day."""
        broken = self.broken_on <= as_of if self.broken_on is not None else self.broken_by is not None
        return self.deadline < as_of and not broken


class EventReport(NamedTuple):
    """How an event stood from a day on."""

    event: str
    state: EventState
    stated_on: date


@dataclass(frozen=True, slots=True)
class Facts:
    """The record on one day, as known at one moment: what stood, and what had been said in time."""

    as_of: date
    plan: Plan
    parties: tuple[str, ...]
    categories: tuple[str, ...]
    revisions: dict[str, Revision]
    lines: dict[str, Line]
    wordings: dict[str, Wording]
    said: dict[str, list[Position]]
    said_of_all: dict[str, list[Position]]
    claimed: dict[str, list[Position]]
    claimed_of_all: dict[str, list[Position]]
    silences: dict[str, list[Silence]]
    events: dict[str, EventState]

    def essential(self, line: Line) -> frozenset[str]:
        """The parties whose consent a line needs."""
        if line.override:
            return frozenset(line.override)
        bound = (party for party, role in line.roles if role in (Role.OBLIGOR, Role.GUARANTOR))
        return frozenset((*self.plan.principals, *bound))


@dataclass(frozen=True, slots=True)
class Record:
    """Everything that a record holds, in all its versions."""

    as_of: date
    known_at: datetime
    parties: tuple[str, ...]
    categories: tuple[str, ...]
    plans: list[Version[Plan]]
    revisions: list[Version[Revision]]
    lines: list[Version[Line]]
    wordings: list[Version[Wording]]
    positions: list[Version[Position]]
    silences: list[Version[Silence]]
    events: list[Version[EventReport]]

    def at(self, *, as_of: date, known_at: datetime) -> Facts:
        """The record as it was on a day, as it was known at a moment."""
        plan = self._plan(known_at)
        revisions = _latest(self.revisions, known_at, lambda revision: revision.slug)
        lines = _latest(self.lines, known_at, lambda line: line.slug)
        wordings = {
            key: wording
            for key, wording in _latest(self.wordings, known_at, lambda wording: wording.id).items()
            if wording.revision in revisions and wording.line in lines
        }
        facts = Facts(
            as_of=as_of, plan=plan, parties=self.parties, categories=self.categories,
            revisions=revisions, lines=lines, wordings=wordings,
            said={}, said_of_all={}, claimed={}, claimed_of_all={}, silences={}, events=self._events(as_of, known_at),
        )  # fmt: skip
        for position in _latest(self.positions, known_at, lambda position: position.id).values():
            if position.in_time_from <= as_of:
                _file(position, facts)
        for silence in _latest(self.silences, known_at, lambda silence: (silence.wording, silence.addressees)).values():
            facts.silences.setdefault(silence.wording, []).append(silence)
        return facts

    def evaluated(self, revision: str | None, *, known_at: datetime) -> str | None:
        """The revision itself if it was known by then, else the nearest known one that it derives from."""
        seen: set[str] = set()
        while revision is not None and not any(
            version.thing.slug == revision and version.stood(known_at) for version in self.revisions
        ):
            if revision in seen:
                raise BadRecord(f"revisions: {revision!r} derives from itself")
            seen.add(revision)
            revision = _as_first_known(
                (version for version in self.revisions if version.thing.slug == revision), known_at
            ).derives_from
        return revision

    def _plan(self, known_at: datetime) -> Plan:
        standing = _latest(self.plans, known_at, lambda _: None)
        return standing[None] if standing else _as_first_known(self.plans, known_at)

    def _events(self, as_of: date, known_at: datetime) -> dict[str, EventState]:
        """The latest state of each event: latest stated, then latest recorded, then the worse."""
        reports = (version for version in self.events if version.stood(known_at) and version.thing.stated_on <= as_of)
        in_order = sorted(reports, key=lambda v: (v.thing.stated_on, v.recorded_at, -v.thing.state.rank))
        return {version.thing.event: version.thing.state for version in in_order}


def _file(position: Position, facts: Facts) -> None:
    """Lay a position where the rule looks for it: under its words, apart from what does not count."""
    counts = position.own and position.authority >= facts.plan.threshold
    if position.wording is not None:
        said = facts.said if counts else facts.claimed
        said.setdefault(position.wording, []).append(position)
    elif position.revision is not None:
        said = facts.said_of_all if counts else facts.claimed_of_all
        said.setdefault(position.revision, []).append(position)


def _latest(versions: Iterable[Version[Thing]], known_at: datetime, key: Callable[[Thing], Name]) -> dict[Name, Thing]:
    """Of each thing the version that stood at the moment; of several, the one recorded last."""
    latest: dict[Name, Version[Thing]] = {}
    for version in versions:
        if version.stood(known_at):
            name = key(version.thing)
            held = latest.get(name)
            if held is None or _rank(version, held) > _rank(held, version):
                latest[name] = version
    return {name: version.thing for name, version in latest.items()}


def _rank(version: Version[Thing], other: Version[Thing]) -> tuple[datetime, int, str]:
    """Later recorded counts; of two that were recorded together the less consenting, then any, but always the same."""
    if version.recorded_at != other.recorded_at:
        return (version.recorded_at, 0, "")
    consent = version.thing.stance.rank if isinstance(version.thing, Position) else 0
    return (version.recorded_at, -consent, repr(version.thing))


def _as_first_known(versions: Iterable[Version[Thing]], known_at: datetime) -> Thing:
    """Of a thing that does not stand at the moment: its last version from before, else its first from after."""
    in_order = sorted(versions, key=lambda version: (version.recorded_at, repr(version.thing)))
    before = [version for version in in_order if version.recorded_at <= known_at]
    return (before[-1] if before else in_order[0]).thing
