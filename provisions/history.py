"""How did it come about? The levels of a line as they were kept, and of all lines day by day."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from django.db.models import Q
from django.utils import timezone

from provisions.agreement import assess
from provisions.agreement.replay import revision_on
from provisions.agreement.words import Kind, Level
from provisions.assessing import one_moment, record_of
from provisions.models import Change, LineAssessment, Plan, Resource


@dataclass(frozen=True, slots=True)
class Turn:
    """A line came to a level: when that was kept, as of which day, and which changes were new to the rule then."""

    line: str
    level: str
    before: str | None
    recorded_at: datetime
    as_of: date
    seq: int
    because: tuple[Change, ...]


def turns(plan: Plan, *, line: str | None = None) -> list[Turn]:
    """Every change of level of one line, or of all, the earliest first, with the changes that were behind it."""
    rows = LineAssessment.objects.filter(provision__plan=plan).select_related("provision")
    if line is not None:
        rows = rows.filter(provision__slug=line)
    latest: dict[str, LineAssessment] = {}
    found: list[tuple[LineAssessment, LineAssessment | None]] = []
    for row in rows.order_by("recorded_at", "provision__order", "version"):
        before = latest.get(row.provision.slug)
        if before is None or before.level != row.level:
            found.append((row, before))
        latest[row.provision.slug] = row
    changes = _changes(plan, found)
    return [
        Turn(
            line=row.provision.slug,
            level=row.level,
            before=before.level if before else None,
            recorded_at=row.recorded_at,
            as_of=row.as_of,
            seq=row.seq,
            because=tuple(
                change
                for change in changes
                if (before.seq if before else 0) < change.seq <= row.seq and _touches(change, row.provision.slug)
            ),
        )
        for row, before in found
    ]


def _changes(plan: Plan, found: list[tuple[LineAssessment, LineAssessment | None]]) -> list[Change]:
    """What the rule reads and what was written between one level and the next."""
    spans = Q(pk=None)
    for seq, since in {(row.seq, before.seq if before else 0) for row, before in found}:
        spans |= Q(seq__gt=since, seq__lte=seq)
    read = (
        Resource.PLAN,
        Resource.REVISION,
        Resource.PROVISION,
        Resource.WORDING,
        Resource.POSITION,
        Resource.SILENCE_PROCEDURE,
        Resource.EVENT,
    )
    rows = Change.objects.filter(spans, plan=plan, resource__in=read).select_related("actor").order_by("seq")
    return list(rows)


def _touches(change: Change, line: str) -> bool:
    """Whether a change can have to do with the line: it speaks of it, or of something that all lines share."""
    content: Mapping[str, Any] = change.after or change.before or {}
    match change.resource:
        case Resource.PROVISION:
            return change.key == line
        case Resource.WORDING | Resource.SILENCE_PROCEDURE:
            return content.get("provision") == line
        case Resource.POSITION:
            return content.get("provision") in (line, None)
        case _:
            return True


@dataclass(frozen=True, slots=True)
class Day:
    """How many live operative lines stood at each level on a day; `revision` is the text that was on the table."""

    day: date
    revision: str | None
    vector: Mapping[str, int]


def series(plan: Plan, *, known_at: datetime | None = None) -> list[Day]:
    """Day by day, from the first draft of the chain until now: the text on the table, and its lines by level.

    Worked out anew for each day on which something was dated, as it is known now or was at `known_at`.
    """
    today = (known_at or timezone.now()).date()
    return list(_series(plan.pk, plan.epoch, plan.seq, known_at, today))


@lru_cache(maxsize=64)
def _series(pk: int, _epoch: str, _seq: int, known_at: datetime | None, today: date) -> tuple[Day, ...]:
    """Kept under the head of the log: the same log gives the same days."""
    with one_moment():
        record = record_of(Plan.objects.get(pk=pk), known_at=known_at or timezone.now())
    return tuple(_days(record, today))


def _days(record: Mapping[str, Any], today: date) -> Iterator[Day]:
    if not record["plan"] or record["plan"][0]["revision"] is None:
        return
    drafted = _chain_days(record)
    moments = sorted(day for day in {*drafted, *_dated(record)} if min(drafted) <= day <= today)
    now: Day | None = None
    day = moments[0] if moments else today
    while day <= today:
        if now is None or day in moments:
            now = _on(record, day)
        yield Day(day, now.revision, now.vector)
        day += timedelta(days=1)


def _on(record: Mapping[str, Any], day: date) -> Day:
    revision = revision_on(dict(record), as_of=day)
    lines = assess(dict(record), as_of=day, revision=revision)["provisions"]
    operative = {line["slug"] for line in record["provisions"] if line["kind"] == Kind.OPERATIVE}
    counts = dict.fromkeys(Level, 0)
    for slug, body in lines.items():
        if slug in operative:
            counts[Level(body["level"])] += 1
    return Day(day, revision, {level: n for level, n in counts.items() if n})


def _chain_days(record: Mapping[str, Any]) -> set[date]:
    """The days of the current text and of those that it derives from."""
    by_slug = {revision["slug"]: revision for revision in record["revisions"]}
    days, slug = set(), record["plan"][0]["revision"]
    while slug is not None:
        days.add(date.fromisoformat(by_slug[slug]["dated"]))
        slug = by_slug[slug]["derives_from"]
    return days


def _dated(record: Mapping[str, Any]) -> Iterator[date]:
    """Every day on which the rule may read something else than on the day before."""
    for position in record["positions"]:
        first = date.fromisoformat(position["stated_on"])
        yield first
        yield _last_of(first, position["precision"])
    for procedure in record["silence_procedures"]:
        yield date.fromisoformat(procedure["deadline"]) + timedelta(days=1)
        if procedure["broken_on"]:
            yield date.fromisoformat(procedure["broken_on"])
    for event in record["events"]:
        yield date.fromisoformat(event["stated_on"])


def _last_of(first: date, precision: str) -> date:
    match precision:
        case "month":
            return (first.replace(day=1) + timedelta(days=31)).replace(day=1) - timedelta(days=1)
        case "year":
            return first.replace(month=12, day=31)
        case _:
            return first
