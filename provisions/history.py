"""How did it come about? The levels of a line as they were kept, and of all lines day by day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from django.db.models import Q
from django.utils import timezone

from provisions.agreement.replay import stands
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
    """How the lines of the text on the table stood on a day; `vector` counts the operative ones."""

    day: date
    revision: str | None
    levels: Mapping[str, Level]
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
    """Each day until today; days between two stands are like the first of them."""
    if not record["plan"]:
        return
    operative = {line["slug"] for line in record["provisions"] if line["kind"] == Kind.OPERATIVE}
    found = list(stands(dict(record), until=today))
    if not found:
        return
    ends = [stand.day for stand in found[1:]] + [today + timedelta(days=1)]
    for stand, end in zip(found, ends, strict=True):
        at = Counter(level for line, level in stand.levels.items() if line in operative)
        vector: dict[str, int] = {level: at[level] for level in Level if at[level]}
        for n in range((end - stand.day).days):
            yield Day(stand.day + timedelta(days=n), stand.revision, stand.levels, vector)
