"""Plan files that an administrator uploaded, and how far their import is. Not on record: the log has what it wrote."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, Q


class ImportState(models.TextChoices):
    """How far an import is."""

    READING = "reading", "being read"
    FAULTY = "faulty", "faulty"
    READY = "ready", "to be looked at"
    WAITING = "waiting", "being applied"
    DONE = "done", "applied"
    REFUSED = "refused", "refused"
    STOPPED = "stopped", "stopped"
    UNDONE = "undone", "undone"

    @property
    def moving(self) -> bool:
        """Whether a job is at it, or should be."""
        return self in (ImportState.READING, ImportState.WAITING)


class Import(models.Model):
    """One upload on its way to the record."""

    name = models.CharField(max_length=200, help_text="What was uploaded, as it was called.")
    files = models.BinaryField(help_text="A zip of the plan files.")
    plan = models.CharField(max_length=60, blank=True, help_text="The plan that the files name, once they are read.")
    reason = models.CharField(max_length=500)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=ImportState, default=ImportState.READING)
    decisions = models.JSONField(default=dict, help_text="By wording where it comes from; nothing if it begins here.")
    let_vanish = models.BooleanField(default=False)
    report = models.JSONField(default=dict, help_text="The preview, the outcome, or what is wrong.")
    tries = models.PositiveSmallIntegerField(default=0, help_text="How often a job took up the present step.")
    stop_asked = models.BooleanField(default=False)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [CheckConstraint(condition=Q(state__in=ImportState.values), name="import_state_is_known")]

    def __str__(self) -> str:
        return f"{self.pk}: {self.name}"
