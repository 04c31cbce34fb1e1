"""Filters of lists that people keep for themselves. No part of the record."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from .base import SLUG_LENGTH

NAME_LENGTH = 60
QUERY_LENGTH = 1000


class FilteredPage(models.TextChoices):
    """The lists of a plan that are filtered by their address."""

    BOARD = "board", _("Board")
    TIMELINE = "timeline", _("Timeline")
    QUEUE = "queue", _("Queue")
    POSITIONS = "positions", _("Positions")
    CHANGES = "changes", _("Changes")


class SavedFilter(models.Model):
    """What somebody asks of a list again and again, under a name of their own, for nobody else."""

    # No key to the plan's row, which whoever writes to the record has locked.
    plan = models.SlugField(max_length=SLUG_LENGTH)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="saved_filters")
    page = models.CharField(max_length=9, choices=FilteredPage)
    name = models.CharField(max_length=NAME_LENGTH)
    query = models.CharField(max_length=QUERY_LENGTH)

    class Meta:
        ordering = ["page", "name"]
        constraints = [
            UniqueConstraint("user", "plan", "page", Lower("name"), name="a_name_of_a_filter_once_for_a_person"),
            CheckConstraint(condition=Q(page__in=FilteredPage.values), name="filtered_page_is_known"),
            CheckConstraint(condition=~Q(name="") & ~Q(query=""), name="saved_filter_has_name_and_query"),
        ]

    def __str__(self) -> str:
        return self.name
