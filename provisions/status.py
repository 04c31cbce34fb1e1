"""How do the jobs fare? For the staff's page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import F, Min, Q
from django.utils import timezone

from provisions.models import Heartbeat, Plan, Setback

SWEEP = "sweep"


@dataclass(frozen=True, slots=True)
class Waiting:
    """A plan whose levels lag behind its log: by how many changes, since when."""

    plan: str
    behind: int
    since: datetime


@dataclass(frozen=True, slots=True)
class Status:
    """What waits, what failed, and whether anybody sweeps. `swept_at` is None if nobody ever did."""

    waiting: tuple[Waiting, ...]
    setbacks: tuple[Setback, ...]
    swept_at: datetime | None
    now: datetime

    @property
    def asleep(self) -> bool:
        """Whether the sweep is overdue, so that what was missed stays missed."""
        late = timedelta(seconds=10 * settings.SWEEP_SECONDS)
        return self.swept_at is None or self.now - self.swept_at > late


def note_sweep() -> None:
    """The sweep came round."""
    Heartbeat.objects.update_or_create(name=SWEEP, defaults={"beat_at": timezone.now()})


def status() -> Status:
    """The state of the jobs, in three queries."""
    news = Q(changes__seq__gt=F("assessed_seq"))
    lagging = (
        Plan.objects.filter(assessed_seq__lt=F("seq"))
        .annotate(since=Min("changes__recorded_at", filter=news))
        .order_by("since")
    )
    heartbeat = Heartbeat.objects.filter(name=SWEEP).first()
    return Status(
        waiting=tuple(Waiting(plan.slug, plan.seq - plan.assessed_seq, plan.since) for plan in lagging),
        setbacks=tuple(Setback.objects.select_related("plan").order_by("plan__slug")),
        swept_at=heartbeat.beat_at if heartbeat else None,
        now=timezone.now(),
    )
