"""How do the jobs fare? For the staff's page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import F, Min, Q
from django.utils import timezone

from provisions.models import Heartbeat, Plan, Setback

SWEEP, BACKUP = "sweep", "backup"


@dataclass(frozen=True, slots=True)
class Waiting:
    """A plan whose levels lag behind its log: by how many changes, since when."""

    plan: str
    behind: int
    since: datetime


@dataclass(frozen=True, slots=True)
class Status:
    """What waits, what failed, whether anybody sweeps, and the last backup. A time is None if it never was."""

    waiting: tuple[Waiting, ...]
    setbacks: tuple[Setback, ...]
    swept_at: datetime | None
    backed_up_at: datetime | None
    now: datetime

    @property
    def asleep(self) -> bool:
        """Whether the sweep is overdue, so that what was missed stays missed."""
        late = timedelta(seconds=10 * settings.SWEEP_SECONDS)
        return self.swept_at is None or self.now - self.swept_at > late


def note_sweep() -> None:
    """The sweep came round."""
    _note(SWEEP)


def note_backup() -> None:
    """A backup was written."""
    _note(BACKUP)


def _note(name: str) -> None:
    Heartbeat.objects.update_or_create(name=name, defaults={"beat_at": timezone.now()})


def status() -> Status:
    """The state of the jobs, in three queries."""
    news = Q(changes__seq__gt=F("assessed_seq"))
    lagging = (
        Plan.objects.filter(assessed_seq__lt=F("seq"))
        .annotate(since=Min("changes__recorded_at", filter=news))
        .order_by("since")
    )
    beats = dict(Heartbeat.objects.values_list("name", "beat_at"))
    return Status(
        waiting=tuple(Waiting(plan.slug, plan.seq - plan.assessed_seq, plan.since) for plan in lagging),
        setbacks=tuple(
            Setback.objects.filter(plan__in=Plan.objects.all()).select_related("plan").order_by("plan__slug")
        ),
        swept_at=beats.get(SWEEP),
        backed_up_at=beats.get(BACKUP),
        now=timezone.now(),
    )
