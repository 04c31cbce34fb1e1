"""Changes that wait for a second pair of eyes."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint

from .log import Resource
from .plan import Plan


class FourEyes(models.Model):
    """A plan on which what people change takes two of them. Without such a row one is enough."""

    plan = models.OneToOneField(Plan, models.PROTECT, related_name="four_eyes")
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    set_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.plan}: four eyes"


class ProposalStatus(models.TextChoices):
    """How a proposal stands."""

    OPEN = "open", "open"
    APPROVED = "approved", "approved"
    REJECTED = "rejected", "rejected"
    WITHDRAWN = "withdrawn", "withdrawn"


class Proposal(models.Model):
    """A change that somebody would make to a thing at the version that they saw; without a content, its retraction.

    Several changes that stand or fall together are in `several`; the thing is then the one that they are about.
    """

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="proposals")
    number = models.PositiveIntegerField()
    resource = models.CharField(max_length=17, choices=Resource)
    key = models.CharField(max_length=310)
    base_version = models.PositiveIntegerField()
    content = models.JSONField(null=True)
    source = models.JSONField(null=True, help_text="A new source that the change names.")
    several = models.JSONField(null=True, help_text="Changes that are put on record together.")
    reason = models.TextField()
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="proposals")
    proposed_at = models.DateTimeField()
    status = models.CharField(max_length=9, choices=ProposalStatus, default=ProposalStatus.OPEN)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decision = models.TextField(blank=True, help_text="Why it was decided so.")
    seq = models.PositiveBigIntegerField(null=True, help_text="The change that it became.")

    class Meta:
        ordering = ["plan", "-number"]
        constraints = [
            UniqueConstraint(fields=["plan", "number"], name="one_proposal_of_each_number"),
            CheckConstraint(condition=Q(status__in=ProposalStatus.values), name="proposal_status_is_known"),
            CheckConstraint(condition=~Q(reason=""), name="proposal_has_a_reason"),
            CheckConstraint(
                condition=Q(status=ProposalStatus.OPEN, decided_by=None)
                | (~Q(status=ProposalStatus.OPEN) & Q(decided_by__isnull=False) & ~Q(decision="")),
                name="a_decision_has_somebody_and_a_reason",
            ),
            CheckConstraint(
                condition=~Q(status__in=[ProposalStatus.APPROVED, ProposalStatus.REJECTED])
                | ~Q(decided_by=F("author")),
                name="nobody_decides_their_own_proposal",
            ),
            CheckConstraint(
                condition=Q(status=ProposalStatus.APPROVED, seq__isnull=False)
                | (~Q(status=ProposalStatus.APPROVED) & Q(seq=None)),
                name="an_approved_proposal_became_a_change",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plan} {self.number}: {self.resource} {self.key}"
