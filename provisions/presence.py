"""Who else has a form open. It informs, and never locks."""

from __future__ import annotations

from datetime import timedelta

from django.contrib.auth.models import User
from django.utils import timezone

from provisions.models import Opened, Resource

# An open page says every half minute that it is open.
LASTS = timedelta(minutes=2)


def note(plan: str, resource: Resource, key: str, *, user: User) -> None:
    """Somebody has the form of a thing open. One who comes back after a while opens it anew."""
    now = timezone.now()
    mine = Opened.objects.filter(plan=plan, resource=resource, key=key, user=user)
    if not mine.filter(seen_at__gte=now - LASTS).update(seen_at=now):
        Opened.objects.update_or_create(
            plan=plan, resource=resource, key=key, user=user, defaults={"opened_at": now, "seen_at": now}
        )


def others(plan: str, resource: Resource, key: str, *, user: User) -> list[Opened]:
    """Who else has it open at the moment, the one who opened it first before the others."""
    rows = Opened.objects.filter(plan=plan, resource=resource, key=key, seen_at__gte=timezone.now() - LASTS)
    return list(rows.exclude(user=user).select_related("user").order_by("opened_at"))


def forget(plan: str, resource: Resource, key: str, *, user: User) -> None:
    """Somebody is done with it."""
    Opened.objects.filter(plan=plan, resource=resource, key=key, user=user).delete()
