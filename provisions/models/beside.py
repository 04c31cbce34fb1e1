"""What stands beside the numbered text: companions, figures, and facts on which sources differ."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _

from parties.models import Source
from parties.naming import Named

from .base import SLUG_LENGTH, DatedMixin, slugs
from .plan import Plan
from .text import Provision, Revision, Variant, WordingVersion


class DisputeStatus(models.TextChoices):
    """How far conflicting claims about one fact are cleared up."""

    OPEN = "open", _("open")
    EXPLAINED = "explained", _("explained")
    UNSUPPORTED = "unsupported", _("not supported by the record")


class Companion(DatedMixin, Named):
    """A document beside the numbered text: an annex, a bilateral guarantee, a declaration."""

    NAMED_BY = ("plan__slug", "slug")

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="companions")
    slug = models.SlugField(max_length=SLUG_LENGTH)
    title = models.CharField(max_length=200)
    belongs_to = models.ForeignKey(Revision, models.PROTECT, null=True, blank=True, related_name="companions")
    parties = slugs(default=list, blank=True)
    status = models.CharField(max_length=200, blank=True)
    summary = models.TextField(blank=True)
    provisions = models.ManyToManyField(Provision, related_name="companions", help_text="The lines that it is about.")
    sources = models.ManyToManyField(Source, related_name="companions")
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["dated", "slug"]
        constraints = [
            UniqueConstraint(fields=["plan", "slug"], name="companion_slug_once_in_a_plan"),
            *DatedMixin.Meta.constraints,
        ]

    def __str__(self) -> str:
        return self.title


class Figure(models.Model):
    """A named quantity in a wording, in one of its variants, or in a companion. The value may be unknown."""

    wording_version = models.ForeignKey(WordingVersion, models.PROTECT, null=True, blank=True, related_name="figures")
    variant = models.ForeignKey(Variant, models.PROTECT, null=True, blank=True, related_name="figures")
    companion = models.ForeignKey(Companion, models.PROTECT, null=True, blank=True, related_name="figures")
    name = models.SlugField(max_length=SLUG_LENGTH, help_text="The same from draft to draft, so that it can be drawn.")
    label = models.CharField(max_length=120)
    value = models.DecimalField(max_digits=20, decimal_places=4, null=True, blank=True)
    unit = models.CharField(max_length=20)
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            CheckConstraint(
                condition=Q(wording_version__isnull=False, variant=None, companion=None)
                | Q(wording_version=None, variant__isnull=False, companion=None)
                | Q(wording_version=None, variant=None, companion__isnull=False),
                name="figure_stands_in_one_text",
            )
        ]
        triggers = [
            # Those of a companion are replaced with it; the log keeps what was there before.
            pgtrigger.Protect(
                name="no_edit_in_a_wording",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__companion__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.label}: {self.value} {self.unit}"


class Dispute(Named):
    """A fact on which sources differ, and our reading of it."""

    NAMED_BY = ("plan__slug", "slug")

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="disputes")
    slug = models.SlugField(max_length=SLUG_LENGTH)
    subject = models.CharField(max_length=200)
    status = models.CharField(max_length=11, choices=DisputeStatus)
    assessment = models.TextField(blank=True)
    provisions = models.ManyToManyField(Provision, related_name="disputes")
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["slug"]
        constraints = [
            UniqueConstraint(fields=["plan", "slug"], name="dispute_slug_once_in_a_plan"),
            CheckConstraint(condition=Q(status__in=DisputeStatus.values), name="dispute_status_is_known"),
        ]

    def __str__(self) -> str:
        return self.subject


class RivalClaim(models.Model):
    """One of the conflicting claims, with its sources."""

    dispute = models.ForeignKey(Dispute, models.PROTECT, related_name="claims")
    order = models.PositiveSmallIntegerField()
    value = models.CharField(max_length=120, blank=True)
    text = models.TextField()
    sources = models.ManyToManyField(Source, related_name="rival_claims")

    class Meta:
        ordering = ["order"]
        constraints = [UniqueConstraint(fields=["dispute", "order"], name="rival_claims_are_in_order")]

    def __str__(self) -> str:
        return self.text[:60]
