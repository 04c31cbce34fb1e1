"""Who works on a plan."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _

from .base import SLUG_LENGTH, superseded_only
from .log import Resource
from .plan import Plan


class DeskRole(models.TextChoices):
    """The roles at the desk, each of which may do more than those before it."""

    VIEWER = "viewer", _("viewer")
    CONTRIBUTOR = "contributor", _("contributor")
    ANALYST = "analyst", _("analyst")
    REVIEWER = "reviewer", _("reviewer")
    LEAD = "lead", _("plan lead")
    ADMINISTRATOR = "administrator", _("administrator")


class MembershipQuerySet(models.QuerySet["Membership"]):
    def standing(self) -> Self:
        """The roles that people have now."""
        return self.filter(superseded_at=None)


class Membership(models.Model):
    """A role that somebody has in a plan, from when on, given by whom. Superseded by another one, never edited."""

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=13, choices=DeskRole)
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    recorded_at = models.DateTimeField()
    superseded_at = models.DateTimeField(null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        constraints = [
            UniqueConstraint(
                fields=["plan", "user"], condition=Q(superseded_at=None), name="one_standing_role_of_a_person_in_a_plan"
            ),
            CheckConstraint(condition=Q(role__in=DeskRole.values), name="desk_role_is_known"),
        ]
        triggers = superseded_only()

    def __str__(self) -> str:
        return f"{self.user}: {self.role} of {self.plan}"


class Opened(models.Model):
    """Somebody has a form of the desk open. It informs the others and locks nothing; it is no part of the record."""

    # No key to the plan's row, which whoever writes to the record has locked.
    plan = models.SlugField(max_length=SLUG_LENGTH)
    resource = models.CharField(max_length=17, choices=Resource)
    key = models.CharField(max_length=310)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    opened_at = models.DateTimeField()
    seen_at = models.DateTimeField()

    class Meta:
        constraints = [
            UniqueConstraint(fields=["plan", "resource", "key", "user"], name="a_form_is_opened_once_by_a_person")
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.resource} {self.key}"
