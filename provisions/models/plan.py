"""The plan: a settlement text under negotiation, as a work; who takes part, and how its lines are grouped."""

from __future__ import annotations

import secrets
from typing import Any, ClassVar

from django.db import models
from django.db.models import CheckConstraint, Exists, F, OuterRef, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _

from parties.models import Party
from parties.naming import Named, NamedManager
from provisions.agreement.words import Authority

from .base import SLUG_LENGTH, Version, choices, slugs, superseded_only, values, version_constraints


def new_epoch() -> str:
    """A name for the time in which seq only grows."""
    return secrets.token_hex(6)


class PlansThatStand(NamedManager["Plan"]):
    """The plans that were not deleted: all that readers, writers and jobs look at."""

    def get_queryset(self) -> models.QuerySet[Plan]:
        versions = PlanVersion.objects.filter(plan=OuterRef("pk"))
        return super().get_queryset().filter(Exists(versions.standing()) | ~Exists(versions))


class Plan(Named):
    """A plan and the head of its log. Writers take this row's lock; readers compare `seq`.

    One that was deleted keeps its row and its log, and has no version that stands.
    """

    slug = models.SlugField(max_length=SLUG_LENGTH, unique=True)
    version = models.PositiveIntegerField(default=1)
    epoch = models.CharField(
        max_length=16, default=new_epoch, help_text=_("Drawn anew by a restore, so that no reader trusts an old seq.")
    )
    seq = models.PositiveBigIntegerField(default=0, help_text=_("Number of the latest change in the log."))
    assessed_seq = models.PositiveBigIntegerField(
        default=0, help_text=_("The change up to which levels are worked out.")
    )
    assessed_on = models.DateField(null=True, blank=True, help_text=_("The day as of which levels are worked out."))
    parties = models.ManyToManyField(Party, through="PlanParty", related_name="plans")

    # The first is what Django itself uses, as for a dump of all rows.
    every = NamedManager["Plan"]()
    objects: ClassVar[PlansThatStand] = PlansThatStand()

    class Meta:
        ordering = ["slug"]
        constraints = [
            CheckConstraint(condition=Q(assessed_seq__lte=F("seq")), name="plan_assessed_no_further_than_its_log"),
        ]

    def __str__(self) -> str:
        return self.slug


class PlanVersion(Version):
    """What a plan is called, whose consent constitutes it, and which of its revisions is on the table."""

    NAMED_BY = ("plan__slug", "version")

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="versions")
    title = models.CharField(max_length=200)
    summary = models.TextField(blank=True)
    note = models.TextField(blank=True)
    principals = slugs(help_text=_("Parties whose consent is constitutive."))
    threshold = models.PositiveSmallIntegerField(choices=choices(Authority), default=Authority.NEGOTIATOR)
    horizon_days = models.PositiveSmallIntegerField(default=60)
    current_revision = models.ForeignKey("Revision", models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            *version_constraints("plan"),
            CheckConstraint(condition=Q(principals__len__gt=0), name="plan_has_principals"),
            CheckConstraint(condition=Q(threshold__in=values(Authority)), name="plan_threshold_is_known"),
            CheckConstraint(condition=Q(horizon_days__gt=0), name="plan_horizon_is_positive"),
        ]
        triggers = superseded_only()

    def __str__(self) -> str:
        return self.title


class PlanParty(Named):
    """A party's place in a plan. The order is that of the plan file, and ranks nobody."""

    NAMED_BY = ("plan__slug", "party__slug")

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="places")
    party = models.ForeignKey(Party, models.PROTECT, related_name="places")
    order = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["order"]
        constraints = [UniqueConstraint(fields=["plan", "party"], name="a_party_once_in_a_plan")]

    def natural_key(self) -> tuple[Any, ...]:
        return super().natural_key()

    # A place belongs to the version that gave it, and PostgreSQL takes it after that one only.
    natural_key.dependencies = ["provisions.planversion"]  # type: ignore[attr-defined]

    def __str__(self) -> str:
        return f"{self.plan}: {self.party}"


class Category(Named):
    """A group of lines, as the plan itself or its sources group them."""

    NAMED_BY = ("plan__slug", "slug")

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="categories")
    slug = models.SlugField(max_length=SLUG_LENGTH)
    title = models.CharField(max_length=200)
    note = models.TextField(blank=True)
    order = models.PositiveSmallIntegerField()
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["order"]
        verbose_name_plural = _("categories")
        constraints = [UniqueConstraint(fields=["plan", "slug"], name="category_slug_once_in_a_plan")]

    def __str__(self) -> str:
        return self.title


class Topic(Named):
    """A subject that lines are tagged with: a code list of the plan, decides nothing."""

    NAMED_BY = ("plan__slug", "slug")

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="topics")
    slug = models.SlugField(max_length=SLUG_LENGTH)
    title = models.CharField(max_length=200)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["slug"]
        constraints = [UniqueConstraint(fields=["plan", "slug"], name="topic_slug_once_in_a_plan")]

    def __str__(self) -> str:
        return self.title
