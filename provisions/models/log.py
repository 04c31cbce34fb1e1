"""The log of a plan, and the assessments worked out from it."""

from __future__ import annotations

from datetime import datetime

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from parties.naming import Named
from provisions.agreement.words import Gone, Level, Phase

from .base import Version, append_only, choices, superseded_only, values
from .plan import Plan
from .text import Provision, Revision


class Via(models.TextChoices):
    """By which door a change came in."""

    PAGE = "page", _("page")
    API = "api", _("API")
    IMPORT = "import", _("import")
    JOB = "job", _("job")
    SHELL = "shell", _("shell")


class ChangeKind(models.TextChoices):
    """What happened to the thing."""

    ADDED = "added", _("added")
    CHANGED = "changed", _("changed")
    RETRACTED = "retracted", _("retracted")
    ASSESSED = "assessed", _("levels worked out")


class Resource(models.TextChoices):
    """The kinds of thing that the log speaks of."""

    PLAN = "plan", _("plan")
    PARTY = "party", _("party")
    SOURCE = "source", _("source")
    CATEGORY = "category", _("category")
    TOPIC = "topic", _("topic")
    REVISION = "revision", _("revision")
    PROVISION = "provision", _("provision")
    WORDING = "wording", _("wording")
    EVENT = "event", _("event")
    POSITION = "position", _("position")
    LOOK = "look", _("look for news")
    RULING = "ruling", _("ruling")
    SILENCE_PROCEDURE = "silence_procedure", _("silence procedure")
    COMPANION = "companion", _("companion")
    DISPUTE = "dispute", _("disputed fact")
    RELATION = "relation", _("relation of words")
    IMPLEMENTATION = "implementation", _("implementation of a line")
    ASSESSMENT = "assessment", _("assessment")


class Change(Named):
    """One entry of a plan's log: numbered without a gap in the order of commit, and never touched again."""

    NAMED_BY = ("plan__slug", "seq")

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="changes")
    seq = models.PositiveBigIntegerField()
    kind = models.CharField(max_length=9, choices=ChangeKind)
    resource = models.CharField(max_length=17, choices=Resource)
    key = models.CharField(max_length=310, help_text=_("The thing's slug or stable id within the plan."))
    version = models.PositiveIntegerField(help_text=_("The version that the thing has from now on."))
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="changes")
    via = models.CharField(max_length=6, choices=Via)
    reason = models.TextField(blank=True)
    before = models.JSONField(null=True, blank=True)
    after = models.JSONField(null=True, blank=True)
    reverts = models.PositiveBigIntegerField(
        null=True, blank=True, help_text=_("The seq of the change that it undoes.")
    )
    recorded_at = models.DateTimeField()
    request_id = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ["plan", "seq"]
        constraints = [
            UniqueConstraint(fields=["plan", "seq"], name="one_change_of_each_seq"),
            UniqueConstraint(fields=["plan", "resource", "key", "version"], name="one_change_for_each_version"),
            CheckConstraint(condition=Q(kind__in=ChangeKind.values), name="change_kind_is_known"),
            CheckConstraint(condition=Q(resource__in=Resource.values), name="change_resource_is_known"),
            CheckConstraint(condition=Q(via__in=Via.values), name="change_via_is_known"),
        ]
        triggers = [
            *append_only(),
            pgtrigger.Trigger(
                name="seq_without_gaps",
                level=pgtrigger.Statement,
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                referencing=pgtrigger.Referencing(new="written"),
                declare=[("stray", "record")],
                func="""
                    SELECT * INTO stray FROM (
                        SELECT plan_id, min(seq) AS first, max(seq) AS last, count(*) AS entries
                        FROM written GROUP BY plan_id
                    ) AS added
                    WHERE entries <> last - first + 1
                        OR last <> (SELECT max(seq) FROM provisions_change AS entry WHERE entry.plan_id = added.plan_id)
                        OR first <> 1 + COALESCE(
                            (SELECT max(seq) FROM provisions_change AS entry
                            WHERE entry.plan_id = added.plan_id AND entry.seq < added.first), 0)
                    LIMIT 1;
                    IF FOUND THEN
                        RAISE EXCEPTION 'change % of plan % leaves a gap', stray.first, stray.plan_id
                            USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NULL;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plan} {self.seq}: {self.resource} {self.key} {self.kind}"


class PlanAssessment(Version):
    """What rule AS-1 says of a plan as a whole, knowing the log up to `seq`: phase, categories, packages."""

    NAMED_BY = ("plan__slug", "version")

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="assessments")
    revision = models.ForeignKey(Revision, models.PROTECT, related_name="+")
    as_of = models.DateField()
    seq = models.PositiveBigIntegerField()
    phase = models.CharField(max_length=20, choices=choices(Phase))
    body = models.JSONField(help_text=_("The assessment of section 10 without its lines."))

    class Meta:
        constraints = [
            UniqueConstraint(fields=["plan", "version"], name="one_plan_assessment_of_each_version"),
            UniqueConstraint(fields=["plan"], condition=Q(superseded_at=None), name="one_standing_plan_assessment"),
            CheckConstraint(condition=Q(phase__in=values(Phase)), name="phase_is_known"),
        ]
        triggers = superseded_only()

    def __str__(self) -> str:
        return f"{self.plan}: {self.phase}"


class LineAssessment(Version):
    """The level of a line with its whole proof, or what became of a line that is gone."""

    NAMED_BY = ("provision__plan__slug", "provision__slug", "version")

    provision = models.ForeignKey(Provision, models.PROTECT, related_name="assessments")
    as_of = models.DateField()
    seq = models.PositiveBigIntegerField()
    level = models.CharField(max_length=20, choices=choices([*Level, *Gone]))
    body = models.JSONField(help_text=_("The entry of section 10, under `provisions` or `gone`."))
    speaks = ArrayField(
        models.CharField(max_length=130),
        default=list,
        help_text=_("The wordings that the current words still say, so that a ruling on them has not lapsed."),
    )

    class Meta:
        constraints = [
            UniqueConstraint(fields=["provision", "version"], name="one_line_assessment_of_each_version"),
            UniqueConstraint(
                fields=["provision"], condition=Q(superseded_at=None), name="one_standing_line_assessment"
            ),
            CheckConstraint(condition=Q(level__in=values([*Level, *Gone])), name="level_is_known"),
        ]
        triggers = superseded_only()

    def __str__(self) -> str:
        return f"{self.provision}: {self.level}"


def moment_after_the_log(plan: Plan) -> datetime:
    """Now; or the moment of the plan's latest change, where this machine's clock lags behind the one that wrote it.

    So what is recorded next never lies before it, and who reads what is known at that moment reads the change, too.
    """
    now = timezone.now()
    if not plan.seq:
        return now
    latest = Change.objects.filter(plan=plan).order_by("-seq").values_list("recorded_at", flat=True).first()
    return max(now, latest) if latest else now
