"""How far the lines of a signed text were carried out, and from which day on."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _

from parties.models import Source
from parties.naming import Named
from provisions.agreement.words import Precision

from .base import Version, choices, superseded_only, values, version_constraints
from .plan import Plan
from .text import Provision


class ImplementationLevel(models.IntegerChoices):
    """How much of what a line provides for was done: four steps, after the Peace Accords Matrix."""

    NONE = 0, _("not implemented")
    MINIMUM = 1, _("minimum")
    INTERMEDIATE = 2, _("intermediate")
    FULL = 3, _("full")


class Implementation(Named):
    """That a line of a signed text was assessed from a day on: what of it was carried out. Agreement is not its matter.

    Several of them are the history of the line; a reversal is worked out from it and kept nowhere.
    """

    NAMED_BY = ("provision__plan__slug", "provision__slug", "since", "precision")

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="implementations")
    provision = models.ForeignKey(Provision, models.PROTECT, related_name="implementations")
    since = models.DateField(help_text=_("The first day of the period that is known."))
    precision = models.CharField(max_length=5, choices=choices(Precision), default=Precision.DAY)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["since", "pk"]
        constraints = [
            UniqueConstraint(
                fields=["provision", "since", "precision"], name="one_implementation_of_a_line_from_a_day"
            ),
            CheckConstraint(condition=Q(precision__in=values(Precision)), name="implementation_precision_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.provision} from {self.since}"


class ImplementationVersion(Version):
    """How much was carried out from that day on, and what shows it. Without a level it is withdrawn."""

    NAMED_BY = (*(f"implementation__{column}" for column in Implementation.NAMED_BY), "version")

    implementation = models.ForeignKey(Implementation, models.PROTECT, related_name="versions")
    approximate = models.BooleanField(default=False)
    level = models.PositiveSmallIntegerField(choices=ImplementationLevel, null=True, blank=True)
    note = models.TextField(help_text=_("What was done, and what was not."))
    sources = models.ManyToManyField(Source, related_name="implementations")

    class Meta:
        constraints = [
            *version_constraints("implementation"),
            CheckConstraint(
                condition=Q(level=None) | Q(level__in=ImplementationLevel.values),
                name="implementation_level_is_known",
            ),
            CheckConstraint(condition=~Q(note=""), name="implementation_has_a_note"),
        ]
        triggers = [
            *superseded_only(),
            pgtrigger.Trigger(
                name="evidence_required",
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                timing=pgtrigger.Deferred,
                condition=pgtrigger.Q(new__level__isnull=False),
                func="""
                    IF NOT EXISTS (
                        SELECT FROM provisions_implementationversion_sources WHERE implementationversion_id = NEW.id
                    ) THEN
                        RAISE EXCEPTION 'an implementation level has no evidence' USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NULL;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.implementation}: {'withdrawn' if self.level is None else self.level}"
