"""Plans that were deleted: what is left to say of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import OuterRef, QuerySet, Subquery

from provisions.models import Change, ChangeKind, Resource


@dataclass(frozen=True, slots=True)
class Tombstone:
    """What a plan was called, who deleted it, when and why; the head of its log, and the hash of the files taken."""

    plan: str
    title: str
    deleted_at: datetime
    deleted_by: str
    reason: str
    seq: int
    sha256: str


def tombstone(slug: str) -> Tombstone | None:
    """That of one plan, or nothing where it stands or never was. One query."""
    # PostgreSQL has no such character to look for.
    rows = Change.objects.none() if "\0" in slug else _last_words().filter(plan__slug=slug)
    return next(map(_told, rows), None)


def tombstones() -> list[Tombstone]:
    """Those of all plans, the latest first. One query."""
    return list(map(_told, _last_words().order_by("-recorded_at")))


def _last_words() -> QuerySet[Change]:
    """The changes by which plans were deleted that nobody brought back since."""
    of_the_plan = Change.objects.filter(plan=OuterRef("plan"), resource=Resource.PLAN).order_by("-seq")
    rows = Change.objects.filter(resource=Resource.PLAN, kind=ChangeKind.RETRACTED)
    return rows.filter(seq=Subquery(of_the_plan.values("seq")[:1])).select_related("plan", "actor")


def _told(change: Change) -> Tombstone:
    return Tombstone(
        plan=change.plan.slug,
        title=(change.before or {})["title"],
        deleted_at=change.recorded_at,
        deleted_by=change.actor.get_username() if change.actor else "",
        reason=change.reason,
        seq=change.plan.seq,
        sha256=(change.after or {})["export"]["sha256"],
    )
