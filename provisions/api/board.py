"""The board: where every line of a plan stands. The dashboards' main poll."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from typing_extensions import TypedDict

from provisions import board
from provisions.agreement.words import (
    Alarm,
    Carried,
    Gone,
    Kind,
    Level,
    Phase,
    Precision,
    Reading,
    ReadingClass,
    Stance,
)
from provisions.codebook import VOCABULARIES
from provisions.models import Plan

from .asking import Asked, BadValue, Choice, Name, one_of
from .endpoint import Endpoint, the_levels, unknown_plan
from .replay import REPLAY, replayed_day
from .shape import PartyRef, RevisionRef, documented, party_ref, revision_ref

FLAGS = tuple(str(each.value) for each in VOCABULARIES["flag"])


@documented
class Counts(TypedDict):
    """How many essential parties read in each class."""

    consent: int
    partial: int
    unknown: int
    reject: int


@documented
class Vector(TypedDict):
    """How many live operative lines stand at each level. Never turn it into a percentage of agreement."""

    rejected: int
    contested: int
    unaddressed: int
    open: int
    agreed_in_principle: int
    agreed_conditionally: int
    agreed_ad_referendum: int
    agreed: int


@documented
class CellShape(TypedDict):
    """How one party reads on one line, and the one position that decides it."""

    essential: bool
    """Whether the line needs the consent of this party."""
    reading: Reading
    reading_class: ReadingClass
    stance: Stance | None
    """Of the position that decides; null where there is none."""
    authority: int | None
    """From 0 to 4; see the code list `authority`."""
    position: str | None
    """Id of the position that decides."""
    stated_on: date | None
    """The day on which it was said; the first day of the period where only a month or a year is known."""
    stated_on_precision: Precision | None
    stated_on_approximate: bool | None
    given_on: str | None
    """The revision on whose words it was said."""
    carried: Carried
    """How what was said reaches the current words."""
    aged: bool
    """Whether it is older than the plan's horizon."""
    claimed_by: list[str]
    """Parties that say something about this party's stance; never counted."""
    flags: list[str]


@documented
class RulingShape(TypedDict):
    """An analyst's own status for the words of a line. It stands beside the computed level and counts nowhere."""

    level: Level
    reason: str
    wording: str
    """The words that it was made on: revision and line."""
    recorded_at: datetime


@documented
class RowShape(TypedDict):
    """One line of the plan."""

    provision: str
    """Slug of the line; it lives through renumbering."""
    number: str | None
    """Its number in the revision that is shown."""
    first_number: str | None
    """Its number in the first revision of the chain."""
    title: str
    lead: str
    """One sentence of what the line is about."""
    gist: str
    """Its words in a few words."""
    category: str
    kind: Kind
    level: Level | Gone | None
    """Where it stands, or what became of a line that is gone; null until it was worked out."""
    greatest: Level | None
    """Where it would stand if every package closed; null for a line that is gone."""
    provisional: bool
    """True until the plan is agreed."""
    ruling: RulingShape | None
    """What an analyst holds of it, while the words are those that it was said of."""
    counts: Counts | None
    """The readings of the essential parties by class; null for a line that is gone."""
    interval: list[str] | None
    """Support of the essential parties, at the least and at the most, as fractions."""
    flags: list[str]
    """Of the line and its readings; see the code list `flag`."""
    alarm: Alarm | None
    removal: str | None
    """What is known of why a line is gone."""
    change: str | None
    """What became of the words since the revision before; null where the line is gone."""
    change_since_first: str
    """What became of the words since the first revision of the chain: removed, or a word of the code list `change`."""
    updated: date | None
    """The latest day on which something was said of it that counts, or its words were dated."""
    updated_precision: Precision | None
    package: list[str]
    """Lines that close only together with it, itself included."""
    waits_on: list[list[str]]
    """Packages that it waits for."""
    moves: int | None
    """How many moves it would take to agreed; null where none are known."""
    keystone: bool
    """Whether it is the line that, taken as agreed, lifts the most others."""
    readings: dict[str, CellShape | None]
    """By slug of the party; null for a line that is gone. The same parties in every row."""


@documented
class CategoryShape(TypedDict):
    """A category: its lines are counted, never averaged."""

    slug: str
    title: str
    level: Level | None
    """The weakest level among its live operative lines; null if it has none."""
    vector: Vector
    closed: int
    """Live operative lines that are agreed ad referendum or better."""
    operative: int
    """Live operative lines."""
    succeeded: int
    """Lines whose words went into others."""
    withdrawn: int
    """Lines whose words are gone."""


@documented
class RefusalShape(TypedDict):
    """A party that refused the whole text."""

    party: str
    position: str
    stance: Stance
    stated_on: date
    stated_on_precision: Precision
    stated_on_approximate: bool


@documented
class BoardShape(TypedDict):
    """A plan with all its lines, as they stand, or stood on an earlier day."""

    plan: str
    title: str
    seq: int
    """Number of the latest change in the plan's log."""
    assessed_seq: int
    """The change up to which levels are worked out; behind `seq` for moments after a change."""
    assessed_on: date | None
    """The day as of which levels are worked out."""
    as_of: date | None
    """The past day that is shown; null for now."""
    known_at: datetime | None
    """Only what was on record at this moment is counted; null for everything."""
    revision: RevisionRef | None
    """The revision that is evaluated."""
    first: RevisionRef | None
    """The first revision of the chain that leads to it."""
    phase: Phase | None
    provisional: bool
    """True until the plan is agreed: nothing is agreed until everything is agreed."""
    level: Level | None
    """The weakest level among all live operative lines."""
    vector: Vector
    closed: int
    """Live operative lines that are agreed ad referendum or better."""
    operative: int
    """Live operative lines."""
    keystone: str | None
    packages: list[list[str]]
    """Lines that close only together."""
    refused_by: list[RefusalShape]
    parties: list[PartyRef]
    categories: list[CategoryShape]
    """All categories, whatever rows were asked for."""
    results: list[RowShape]
    """One row a line, category by category, in the order of the plan."""


def _board(asked: Asked) -> Mapping[str, Any]:
    slug = asked.names["plan"]
    plan = Plan.objects.filter(slug=slug, versions__superseded_at=None, versions__isnull=False).first()
    if plan is None:
        raise unknown_plan(slug)
    found = board.board(slug, as_of=replayed_day(plan, asked), known_at=asked["known_at"], revision=asked["revision"])
    shown = _shown_parties(found, asked)
    answer: BoardShape = {
        "plan": found.plan,
        "title": found.title,
        "seq": found.seq,
        "assessed_seq": found.assessed_seq,
        "assessed_on": found.assessed_on,
        "as_of": found.as_of,
        "known_at": found.known_at,
        "revision": revision_ref(found.current) if found.current else None,
        "first": revision_ref(found.first) if found.first else None,
        "phase": found.phase,
        "provisional": found.provisional,
        "level": found.level,
        "vector": _vector(found.vector),
        "closed": _closed(found.closed)[0],
        "operative": _closed(found.closed)[1],
        "keystone": found.keystone,
        "packages": [list(package) for package in found.packages],
        "refused_by": [_refusal(each) for each in found.refusals],
        "parties": [party_ref(head) for head in found.parties],
        "categories": [_category(each) for each in found.categories],
        "results": [_row(row, found, shown) for row in _rows(found, shown, asked)],
    }
    return answer


def _shown_parties(found: board.Board, asked: Asked) -> list[str]:
    parties = [head.slug for head in found.parties]
    _must_be_among(asked, "party", parties)
    return [slug for slug in parties if slug in asked["party"]] if asked["party"] else parties


def _rows(found: board.Board, shown: list[str], asked: Asked) -> list[board.Row]:
    _must_be_among(asked, "category", [category.slug for category in found.categories])
    return [row for row in found.rows if _is_asked_for(row, shown, asked)]


def _is_asked_for(row: board.Row, shown: list[str], asked: Asked) -> bool:
    stances = {cell.stance for cell in row.cells if cell.party.slug in shown}
    return (
        (not asked["category"] or row.category in asked["category"])
        and (not asked["level"] or row.level in asked["level"])
        and (not asked["stance"] or not stances.isdisjoint(asked["stance"]))
        and (not asked["flag"] or not set(row.flags).isdisjoint(asked["flag"]))
    )


def _must_be_among(asked: Asked, parameter: str, known: list[str]) -> None:
    for slug in asked[parameter]:
        if slug not in known:
            raise BadValue(parameter, f"{parameter}: '{slug}' is not in this plan; {one_of(known)}.")


def _row(row: board.Row, found: board.Board, shown: list[str]) -> RowShape:
    cells = {cell.party.slug: cell for cell in row.cells}
    return {
        "provision": row.slug,
        "number": row.number,
        "first_number": row.first_number,
        "title": row.title,
        "lead": row.lead,
        "gist": row.gist,
        "category": row.category,
        "kind": row.kind,
        "level": row.level,
        "greatest": row.greatest,
        "provisional": found.provisional,
        "ruling": _ruling(row.ruling) if row.ruling else None,
        "counts": _counts(row.counts) if row.counts else None,
        "interval": list(row.interval) or None,
        "flags": list(row.flags),
        "alarm": Alarm(row.alarm) if row.alarm else None,
        "removal": row.removal or None,
        "change": row.last_change,
        "change_since_first": row.change,
        "updated": row.updated.day if row.updated else None,
        "updated_precision": row.updated.precision if row.updated else None,
        "package": list(row.package),
        "waits_on": [list(package) for package in row.waits_on],
        "moves": row.moves,
        "keystone": row.keystone,
        "readings": {slug: _cell(cells[slug]) if slug in cells else None for slug in shown},
    }


def _cell(cell: board.Cell) -> CellShape:
    said = cell.stated_on
    return {
        "essential": cell.essential,
        "reading": cell.reading,
        "reading_class": ReadingClass(cell.reading_class),
        "stance": Stance(cell.stance) if cell.stance else None,
        "authority": cell.authority,
        "position": cell.position,
        "stated_on": said.day if said else None,
        "stated_on_precision": said.precision if said else None,
        "stated_on_approximate": said.approximate if said else None,
        "given_on": cell.given_on.slug if cell.given_on else None,
        "carried": cell.carried,
        "aged": cell.aged,
        "claimed_by": list(cell.claimed_by),
        "flags": list(cell.flags),
    }


def _ruling(mark: board.RulingMark) -> RulingShape:
    return {"level": mark.level, "reason": mark.reason, "wording": mark.wording, "recorded_at": mark.recorded_at}


def _category(category: board.CategoryBoard) -> CategoryShape:
    closed, operative = _closed(category.closed)
    return {
        "slug": category.slug,
        "title": category.title,
        "level": category.level,
        "vector": _vector(category.vector),
        "closed": closed,
        "operative": operative,
        "succeeded": category.gone.get(Gone.SUCCEEDED, 0),
        "withdrawn": category.gone.get(Gone.WITHDRAWN, 0),
    }


def _refusal(refusal: board.Refusal) -> RefusalShape:
    return {
        "party": refusal.party.slug,
        "position": refusal.position,
        "stance": Stance(refusal.stance),
        "stated_on": refusal.stated_on.day,
        "stated_on_precision": refusal.stated_on.precision,
        "stated_on_approximate": refusal.stated_on.approximate,
    }


def _counts(counts: Mapping[str, int]) -> Counts:
    consent, partial, unknown, reject = (counts.get(name, 0) for name in ReadingClass)
    return {"consent": consent, "partial": partial, "unknown": unknown, "reject": reject}


def _vector(vector: Mapping[str, int]) -> Vector:
    whole: Any = {str(level): vector.get(level, 0) for level in Level}
    vector_: Vector = whole
    return vector_


def _closed(share: str) -> tuple[int, int]:
    closed, _, operative = share.partition("/")
    return int(closed), int(operative)


BOARD = Endpoint(
    name="board",
    path="plans/<slug:plan>/board",
    about="board",
    summary="Where every line stands",
    description=(
        "One row a line, with each party's reading; the vectors by category and of the whole. This is what to poll. "
        "Filters choose rows; vectors and categories are always those of the whole plan."
    ),
    shape=BoardShape,
    answer=_board,
    rests_on=the_levels,
    parameters=(
        *REPLAY,
        Name(name="category", does="Only lines of this category. May be repeated.", repeats=True),
        Choice(
            name="level",
            does="Only lines at this level, or that are gone in this way. May be repeated.",
            among=(*Level, *Gone),
            repeats=True,
        ),
        Name(
            name="party",
            does="Show only the readings of this party, and let `stance` look at it alone. May be repeated.",
            repeats=True,
        ),
        Choice(
            name="stance",
            does="Only lines on which a party that is shown has this stance. May be repeated.",
            among=tuple(Stance),
            repeats=True,
        ),
        Choice(name="flag", does="Only lines with this flag. May be repeated.", among=FLAGS, repeats=True),
    ),
)
