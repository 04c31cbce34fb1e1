"""What people have begun to fill in and not saved. No part of the record."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import UniqueConstraint

from .base import SLUG_LENGTH

PLACE_LENGTH = 600


class Draft(models.Model):
    """What somebody typed into the form at an address. It is theirs alone, and nobody else's to see."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="drafts")
    # No key to the plan's row, which whoever writes to the record has locked.
    plan = models.CharField(max_length=SLUG_LENGTH)
    place = models.CharField(max_length=PLACE_LENGTH, help_text="The address of the form.")
    typed = models.TextField(help_text="The fields as a browser sends them.")
    pasted = models.TextField(blank=True, help_text="The row of a pasted list that it was made of.")
    kept_at = models.DateTimeField()

    class Meta:
        ordering = ["-kept_at", "-pk"]
        constraints = [UniqueConstraint(fields=["user", "place"], name="one_draft_of_a_person_at_a_form")]

    def __str__(self) -> str:
        return f"{self.user}: {self.place}"
