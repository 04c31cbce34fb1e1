"""Who works on a plan: roles given, changed and taken back. What was is kept, with who did it."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from provisions.models import DeskRole, Membership, Plan
from provisions.policy import may_appoint


def members(plan: str) -> list[Membership]:
    """The people who have a role in a plan, by name."""
    rows = Membership.objects.standing().filter(plan__slug=plan).select_related("user", "given_by")
    return list(rows.order_by("user__username"))


@transaction.atomic
def appoint(plan: str, user: User, role: DeskRole | None, *, by: User) -> None:
    """Give somebody a role in a plan, instead of the one they had; none takes it back. Raises PermissionDenied."""
    # Two who appoint the same person at once: the second sees what the first did.
    locked = User.objects.select_for_update().get(pk=user.pk)
    standing = Membership.objects.standing().filter(plan__slug=plan, user=locked).first()
    held = DeskRole(standing.role) if standing else None
    if role == held:
        return
    if not may_appoint(by, role or DeskRole.VIEWER, plan=plan, instead_of=held):
        raise PermissionDenied
    now = timezone.now()
    if standing:
        Membership.objects.filter(pk=standing.pk).update(superseded_at=now)
    if role:
        Membership.objects.create(
            plan=Plan.objects.get(slug=plan), user=locked, role=role, given_by=by, recorded_at=now
        )
