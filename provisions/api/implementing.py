"""What was carried out of signed lines: the levels on record one by one, and the history of lines with reversals.

What follows from several levels together, which one holds and which is a reversal, is told by the history alone: a row
of the record says nothing that changes when another thing does.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from itertools import groupby
from typing import Any, NotRequired, cast

from django.db.models import Case, CharField, F, Func, Q, QuerySet, Value
from django.db.models import When as If
from typing_extensions import TypedDict

from provisions.agreement.words import Precision
from provisions.contents import ImplementationContent
from provisions.held import Held, held, held_then
from provisions.implementing import Step, current, history_of
from provisions.models import ImplementationLevel, ImplementationVersion, Plan, Resource

from .asking import Asked, Choice, Day, Moment, Name
from .endpoint import Endpoint, the_log
from .entries import Filter, Kind, lines_of, must_be_among, the_plan, updated_since
from .expanding import Row
from .paging import Field, Order, day, number
from .places import place_of
from .shape import Listing, documented
from .sources import IN_SOURCES, SourceShape
from .texts import ProvisionShape, in_provisions


@documented
class ImplementationExpanded(TypedDict, total=False):
    """What a level of implementation names, in full."""

    provision: ProvisionShape
    sources: list[SourceShape]


@documented
class ImplementationShape(TypedDict):
    """How far a line of a signed text was carried out from a day on. No level of agreement moves by it."""

    provision: str
    since: date
    """The first day of the period where only a month or a year is known."""
    since_precision: Precision
    since_approximate: bool
    level: ImplementationLevel | None
    """From 0 to 3, see the code list `implementation`; null where it was withdrawn."""
    note: str
    """What was done and what was not; of one that was withdrawn, why."""
    sources: list[str]
    recorded_at: datetime
    version: int
    url: str | None
    expanded: NotRequired[ImplementationExpanded]
    """Only where `expand` asks for something."""


@documented
class ImplementationList(Listing):
    """Levels of implementation, by line and day."""

    results: list[ImplementationShape]


@documented
class FallShape(TypedDict):
    """What a reversal fell from."""

    level: ImplementationLevel
    since: date
    """The day from which that level had held; the first day of the period where only a month or a year is known."""
    since_precision: Precision
    since_approximate: bool


@documented
class StepShape(TypedDict):
    """A step in the history of a line."""

    provision: str
    since: date
    """The first day of the period where only a month or a year is known."""
    since_precision: Precision
    since_approximate: bool
    level: ImplementationLevel
    stands: bool
    """Whether it is the level from that day on: not where another of the same day is lower."""
    latest: bool
    """Whether it is the level that holds at the end."""
    reversal: bool
    """Whether the level that held until then was higher. Worked out from the history; nobody enters it."""
    fell_from: FallShape | None
    """Of a reversal, the level that held until then."""
    note: str
    sources: list[str]
    url: str | None


@documented
class ImplementationHistory(Listing):
    """The history of lines, in the order of the lines, the earliest step first; what was withdrawn is left out."""

    results: list[StepShape]


def _implementation(thing: Held, row: Row, asked: Asked) -> ImplementationShape:
    said = cast("ImplementationContent", thing.content)
    return {
        "provision": said.provision,
        "since": said.since.day,
        "since_precision": said.since.precision,
        "since_approximate": said.since.approximate,
        "level": said.level,
        "note": said.note,
        "sources": list(said.sources),
        "recorded_at": thing.recorded_at,
        "version": thing.version,
        "url": place_of(Resource.IMPLEMENTATION, said.key, asked),
    }


def _rows(plan: Plan) -> QuerySet[Any]:
    """Those that stand on record, with the day as keys have it."""
    form = Case(
        If(implementation__precision=Precision.YEAR, then=Value("YYYY")),
        If(implementation__precision=Precision.MONTH, then=Value("YYYY-MM")),
        default=Value("YYYY-MM-DD"),
    )
    written = Func(F("implementation__since"), form, function="to_char", output_field=CharField())
    return ImplementationVersion.objects.standing().filter(implementation__plan=plan).annotate(written=written)


BY_LINE = (number("implementation__provision__order"), Field("implementation__provision__slug"))
BY_DAY = (day("implementation__since"), Field("implementation__provision__slug"), Field("written"))

IMPLEMENTATIONS = Kind(
    resource=Resource.IMPLEMENTATION,
    name="implementation",
    plural="implementations",
    tabular=True,
    address="<slug:provision>/<str:since>",
    description=(
        "How far lines of a signed text were carried out, from 0 to 3 after the Peace Accords Matrix, each from a day "
        "on. It says nothing of agreement."
    ),
    shape=ImplementationShape,
    listing=ImplementationList,
    rows=_rows,
    key=("implementation__provision__slug", "written"),
    tell=_implementation,
    orders={
        "provision": Order((*BY_LINE, day("implementation__since"), Field("written"))),
        "-since": Order(BY_DAY, descending=True),
        "since": Order(BY_DAY),
    },
    filters=(
        Filter(
            parameter=Name(name="provision", does="Only of this line.", repeats=True),
            chooses=lambda slugs: Q(implementation__provision__slug__in=slugs),
            among=lines_of,
        ),
        Filter(
            parameter=Choice(
                name="level",
                does="Only of this level.",
                among=tuple(str(level.value) for level in ImplementationLevel),
                repeats=True,
            ),
            chooses=lambda levels: Q(level__in=[int(level) for level in levels]),
        ),
        updated_since("recorded_at"),
    ),
    expansions=(in_provisions(), IN_SOURCES),
)


def _history(asked: Asked) -> Mapping[str, Any]:
    plan = the_plan(asked)
    if asked["provision"]:
        must_be_among(asked, "provision", lines_of(plan))
    frame: Listing = {"next": None, "previous": None, "count": None, "seq": plan.seq}
    return {"results": list(_steps(plan, asked)), **frame}


def _steps(plan: Plan, asked: Asked) -> Iterator[StepShape]:
    moment = asked["known_at"]
    found = (
        held_then(plan, Resource.IMPLEMENTATION, keys=None, known_at=moment)
        if moment
        else held(plan, Resource.IMPLEMENTATION)
    )
    chosen = [
        each.content
        for each in found.values()
        if (not asked["provision"] or each.content.provision in asked["provision"])
        and each.content.since.day <= (asked["as_of"] or date.max)
    ]
    for _line, assessed in groupby(chosen, key=lambda each: each.provision):
        steps = history_of(assessed)
        latest = current(steps)
        yield from (_step(step, asked, latest=step is latest) for step in steps)


def _step(step: Step, asked: Asked, *, latest: bool) -> StepShape:
    said, before = step.said, step.fell_from
    return {
        "provision": said.provision,
        "since": said.since.day,
        "since_precision": said.since.precision,
        "since_approximate": said.since.approximate,
        "level": cast("ImplementationLevel", said.level),
        "stands": step.stands,
        "latest": latest,
        "reversal": before is not None,
        "fell_from": {
            "level": cast("ImplementationLevel", before.level),
            "since": before.since.day,
            "since_precision": before.since.precision,
            "since_approximate": before.since.approximate,
        }
        if before
        else None,
        "note": said.note,
        "sources": list(said.sources),
        "url": place_of(Resource.IMPLEMENTATION, said.key, asked),
    }


IMPLEMENTATION_HISTORY = Endpoint(
    name="implementation-history",
    path="plans/<slug:plan>/implementation-history",
    about="record",
    summary="What was carried out, with reversals",
    description=(
        "The levels of implementation of each line as its history: which one holds from its day on, which one at the "
        "end, and which is a reversal, a later level that is lower than the one that held until then."
    ),
    shape=ImplementationHistory,
    answer=_history,
    rests_on=the_log,
    parameters=(
        Name(name="provision", does="Only of this line.", repeats=True),
        Day(name="as_of", does="Only what had come by this day, by all that is on record now."),
        Moment(name="known_at", does="Count only what was on record at this moment.", checked_further=True),
    ),
    tabular=True,
)
