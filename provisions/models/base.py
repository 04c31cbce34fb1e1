"""What all parts of the record share: two times, versions that supersede each other, rows that are never edited."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Self

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint

from parties.naming import Nameable
from provisions.agreement.words import Precision

SLUG_LENGTH = 60


def choices(enum: Any) -> list[tuple[Any, str]]:
    """The values of an enum of the rule as choices of a field; labels for people are in the codebook."""
    return [(member.value, member.name.lower().replace("_", " ")) for member in enum]


def values(enum: Any) -> list[Any]:
    """The values of an enum, for a constraint."""
    return [member.value for member in enum]


def slugs(**options: Any) -> ArrayField:
    """A short list of slugs that makes sense only as a whole, kept with the version that it belongs to."""
    return ArrayField(models.SlugField(max_length=SLUG_LENGTH), **options)


class DatedMixin(models.Model):
    """A day in the world, as exactly as it is known: the first day of the period, and how long the period is."""

    dated = models.DateField()
    dated_precision = models.CharField(max_length=5, choices=choices(Precision), default=Precision.DAY)
    dated_approximate = models.BooleanField(default=False)

    class Meta:
        abstract = True
        constraints = [
            CheckConstraint(condition=Q(dated_precision__in=values(Precision)), name="%(class)s_precision_is_known"),
        ]


class VersionQuerySet(models.QuerySet[Any]):
    """Versions of things on the record, by the day on which they were known."""

    def standing(self) -> Self:
        """The versions that nothing has replaced."""
        return self.filter(superseded_at=None)

    def get_by_natural_key(self, *name: Any) -> Any:
        return self.get(**self.model.having(name))

    def known_at(self, moment: datetime) -> Self:
        """The versions that stood on record at `moment`."""
        return self.filter(recorded_at__lte=moment).exclude(superseded_at__lte=moment)


class Version(Nameable):
    """What was held of a thing from `recorded_at` until `superseded_at`; replaced by a new version, never edited."""

    version = models.PositiveIntegerField()
    recorded_at = models.DateTimeField()
    superseded_at = models.DateTimeField(null=True, blank=True)

    objects = VersionQuerySet.as_manager()

    class Meta:
        abstract = True


def version_constraints(thing: str) -> list[UniqueConstraint | CheckConstraint]:
    """What holds for the versions of every `thing`: numbered once each, one standing, times in order."""
    return [
        UniqueConstraint(fields=[thing, "version"], name=f"one_{thing}_of_each_version"),
        UniqueConstraint(fields=[thing], condition=Q(superseded_at=None), name=f"one_standing_{thing}_version"),
        CheckConstraint(
            condition=Q(superseded_at=None) | Q(superseded_at__gte=F("recorded_at")),
            name=f"{thing}_superseded_after_recorded",
        ),
    ]


def superseded_only() -> list[pgtrigger.Trigger]:
    """A version row may be closed once, by setting `superseded_at`; any other change, and deletion, is refused."""
    return [
        pgtrigger.Protect(
            name="no_edit", operation=pgtrigger.Update, condition=pgtrigger.AnyChange(exclude=["superseded_at"])
        ),
        pgtrigger.Protect(
            name="no_second_close",
            operation=pgtrigger.Update,
            condition=pgtrigger.Q(old__superseded_at__isnull=False),
        ),
        pgtrigger.Protect(name="no_delete", operation=pgtrigger.Delete),
        _no_truncate(),
    ]


def append_only() -> list[pgtrigger.Trigger]:
    """Rows that are added and then stay as they are: PostgreSQL refuses update, delete and truncate."""
    return [
        pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        _no_truncate(),
    ]


def _no_truncate() -> pgtrigger.Trigger:
    return pgtrigger.Trigger(
        name="no_truncate",
        when=pgtrigger.Before,
        operation=pgtrigger.Truncate,
        level=pgtrigger.Statement,
        func="RAISE EXCEPTION 'Cannot truncate %: it is part of the record', TG_TABLE_NAME;",
    )
