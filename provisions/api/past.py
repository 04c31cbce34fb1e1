"""How it came about: lines by level day by day, and the turns of one line."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from typing_extensions import TypedDict

from provisions import history
from provisions.agreement.words import Gone, Level
from provisions.models import ChangeKind, Provision, Resource

from .asking import Asked, Choice, Day, NotOnRecord
from .board import vector
from .board_shape import Vector
from .endpoint import Endpoint, the_levels
from .entries import the_plan
from .places import place_of
from .shape import Listing, documented


@documented
class DayShape(TypedDict):
    """How the lines of the text on the table stood on a day, as it is known now."""

    day: date
    revision: str | None
    vector: Vector


@documented
class SeriesShape(Listing):
    """Day by day, from the first text of the chain to the day as of which levels are worked out."""

    interval: str
    results: list[DayShape]


@documented
class CauseShape(TypedDict):
    """A change of the record that was new to the rule."""

    seq: int
    kind: ChangeKind
    resource: Resource
    id: str
    url: str | None


@documented
class TurnShape(TypedDict):
    """A line came to a level."""

    level: Level | Gone
    before: Level | Gone | None
    as_of: date
    """The day as of which it was worked out."""
    recorded_at: datetime
    seq: int
    """The change up to which the log was known."""
    because: list[CauseShape]
    """The changes that were new to the rule and can have to do with the line."""


@documented
class HistoryShape(Listing):
    """The turns of one line as they were kept, the earliest first."""

    provision: str
    results: list[TurnShape]


INTERVALS = (DAY, WEEK, MONTH) = ("day", "week", "month")


def _series(asked: Asked) -> Mapping[str, Any]:
    plan = the_plan(asked)
    days = history.series(plan)
    # Never the clock's today: the same asking has the same answer until the plan changes.
    last = plan.assessed_on or (days[-1].day if days else date.min)
    chosen = [
        day
        for day in days
        if (asked["since"] or date.min) <= day.day <= min(asked["until"] or date.max, last)
        and _ends_an_interval(day.day, asked["interval"], last)
    ]
    return {
        "interval": asked["interval"],
        "results": [{"day": each.day, "revision": each.revision, "vector": vector(each.vector)} for each in chosen],
        **_frame(plan.seq),
    }


def _ends_an_interval(day: date, interval: str, last: date) -> bool:
    following = day + timedelta(days=1)
    return (
        day == last
        or interval == DAY
        or (interval == WEEK and following.weekday() == 0)
        or (interval == MONTH and following.day == 1)
    )


def _history(asked: Asked) -> Mapping[str, Any]:
    plan = the_plan(asked)
    slug = asked.names["provision"]
    if not Provision.objects.filter(plan=plan, slug=slug).exists():
        raise NotOnRecord(f"There is no provision '{slug}' in this plan.")
    return {
        "provision": slug,
        "results": [_turn(turn, asked) for turn in history.turns(plan, line=slug)],
        **_frame(plan.seq),
    }


def _turn(turn: history.Turn, asked: Asked) -> Mapping[str, Any]:
    return {
        "level": turn.level,
        "before": turn.before,
        "as_of": turn.as_of,
        "recorded_at": turn.recorded_at,
        "seq": turn.seq,
        "because": [
            {
                "seq": change.seq,
                "kind": change.kind,
                "resource": change.resource,
                "id": change.key,
                "url": place_of(Resource(change.resource), change.key, asked),
            }
            for change in turn.because
        ],
    }


def _frame(seq: int) -> Listing:
    return {"next": None, "previous": None, "count": None, "seq": seq}


SERIES = Endpoint(
    name="series",
    path="plans/<slug:plan>/series",
    about="board",
    summary="Levels day by day",
    description=(
        "How many lines stood at each level, day by day, worked out by all that is known now. A week or a month is "
        "shown by its last day, the running one by the latest."
    ),
    shape=SeriesShape,
    answer=_series,
    rests_on=the_levels,
    parameters=(
        Choice(
            name="interval", does="A row a day, or the last day of each week or month.", among=INTERVALS, default=DAY
        ),
        Day(name="since", does="From this day on."),
        Day(name="until", does="Up to this day."),
    ),
)

HISTORY = Endpoint(
    name="history",
    path="plans/<slug:plan>/provisions/<slug:provision>/history",
    about="board",
    summary="The turns of one line",
    description="Every level that was kept of a line, and the changes of the record that were behind it.",
    shape=HistoryShape,
    answer=_history,
    rests_on=the_levels,
)
