"""How the jobs fare. None of this is on record: it can be lost without harm."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from .plan import Plan


class Setback(models.Model):
    """A recomputation that failed: how often for this state of the log, why, and when to try again. Not on record."""

    plan = models.OneToOneField(Plan, models.CASCADE, related_name="setback")
    seq = models.PositiveBigIntegerField(help_text=_("The head of the log that could not be worked out."))
    tries = models.PositiveSmallIntegerField(default=0)
    reason = models.TextField()
    failed_at = models.DateTimeField()
    retry_at = models.DateTimeField(null=True, help_text=_("Missing once it is given up until the plan changes."))

    def __str__(self) -> str:
        return f"{self.plan} at {self.seq}: {self.reason}"


class Heartbeat(models.Model):
    """When a job that comes round by itself last did."""

    name = models.CharField(max_length=40, primary_key=True)
    beat_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name}: {self.beat_at:%Y-%m-%d %H:%M:%S}"
