"""Plan files that came in: how far an upload is, and which files have nothing new. Not on record: the log has that."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, Index, Q

from .base import SLUG_LENGTH


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


class ImportedFiles(models.Model):
    """The files that a plan was imported from last, and the state of the record in which they change nothing."""

    # No key to the plan's row: what is known of its files goes with it and with its epoch, and holds nothing back.
    plan = models.SlugField(max_length=SLUG_LENGTH, primary_key=True)
    epoch = models.CharField(max_length=16)
    seq = models.PositiveBigIntegerField(help_text="The plan's seq once they were on record.")
    sha256 = models.CharField(max_length=64)
    code = models.CharField(max_length=64, help_text="The hash of the code that read them.")
    read_on = models.DateField(help_text="The day on which none of their days lay ahead.")
    shared = models.JSONField(help_text="The versions of what other plans may change, by kind and key.")
    things = models.JSONField(help_text="How many things of each kind they have, in the order of writing.")
    kept = models.JSONField(help_text="What the record has of each kind and they do not mention.")

    class Meta:
        indexes = [Index(fields=["sha256"], name="imported_files_by_hash")]

    def __str__(self) -> str:
        return f"{self.plan}: {self.sha256[:8]}"
