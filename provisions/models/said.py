"""What parties said of the words, on what condition, and where we read it."""

from __future__ import annotations

import pgtrigger
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _

from parties.models import Party, Source
from parties.naming import Named
from provisions.agreement.words import Authority, EventState, Level, Precision, Stance

from .base import (
    SLUG_LENGTH,
    DatedMixin,
    Version,
    append_only,
    choices,
    slugs,
    superseded_only,
    values,
)
from .plan import Plan
from .text import Provision, Revision, Wording

GRADE_PATTERN = r"^[A-F][1-6]$"
GRADE = RegexValidator(GRADE_PATTERN, "A grade is a letter A to F and a digit 1 to 6, such as B2.")


class ConditionKind(models.TextChoices):
    """What a conditional stance can hang on."""

    PROVISION_REACHES = "provision_reaches", _("another line reaches a level")
    EVENT_MET = "event_met", _("an event has happened")
    PROVISION_ABSENT = "provision_absent", _("a line is absent from the text")


class Event(DatedMixin, Named):
    """A dated happening that the timeline shows and a condition can name."""

    NAMED_BY = ("plan__slug", "slug")

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="events")
    slug = models.SlugField(max_length=SLUG_LENGTH)
    title = models.CharField(max_length=200)
    summary = models.TextField(blank=True)
    revisions = models.ManyToManyField(Revision, related_name="events")
    sources = models.ManyToManyField(Source, related_name="events")
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["dated", "slug"]
        constraints = [
            UniqueConstraint(fields=["plan", "slug"], name="event_slug_once_in_a_plan"),
            *DatedMixin.Meta.constraints,
        ]

    def __str__(self) -> str:
        return self.title


class EventStateVersion(Version):
    """How an event stood from a day in the world on; a correction supersedes it."""

    NAMED_BY = ("event__plan__slug", "event__slug", "version", "order")

    event = models.ForeignKey(Event, models.PROTECT, related_name="states")
    order = models.PositiveSmallIntegerField(help_text=_("Several states may stand together, one after the other."))
    state = models.CharField(max_length=7, choices=choices(EventState))
    stated_on = models.DateField()

    class Meta:
        ordering = ["stated_on", "version", "order"]
        constraints = [
            UniqueConstraint(fields=["event", "version", "order"], name="event_states_are_in_order"),
            CheckConstraint(condition=Q(state__in=values(EventState)), name="event_state_is_known"),
            CheckConstraint(
                condition=Q(superseded_at=None) | Q(superseded_at__gte=F("recorded_at")),
                name="event_state_superseded_after_recorded",
            ),
        ]
        triggers = superseded_only()

    def __str__(self) -> str:
        return f"{self.event}: {self.state}"


class Position(Named):
    """What a party said of a wording, or of a whole revision. Added, followed or retracted; never edited."""

    NAMED_BY = ("plan__slug", "key")

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="positions")
    key = models.CharField(max_length=130, help_text=_("A stable id within the plan."))
    party = models.ForeignKey(Party, models.PROTECT, related_name="positions")
    asserted_by = models.ForeignKey(Party, models.PROTECT, related_name="claims_made")
    wording = models.ForeignKey(Wording, models.PROTECT, null=True, blank=True, related_name="positions")
    revision = models.ForeignKey(Revision, models.PROTECT, null=True, blank=True, related_name="positions")
    stance = models.CharField(max_length=12, choices=choices(Stance))
    authority = models.PositiveSmallIntegerField(choices=choices(Authority))
    stated_on = models.DateField(help_text=_("The first day of the period that is known."))
    precision = models.CharField(max_length=5, choices=choices(Precision), default=Precision.DAY)
    approximate = models.BooleanField(default=False)
    speaker = models.CharField(max_length=200)
    speaker_role = models.CharField(max_length=200, blank=True)
    summary = models.TextField()
    thin = models.BooleanField(default=False, help_text=_("The source shows only part of it, or little."))
    follows = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="followed_by")
    note = models.TextField(blank=True)
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["-stated_on", "key"]
        constraints = [
            UniqueConstraint(fields=["plan", "key"], name="position_key_once_in_a_plan"),
            CheckConstraint(
                condition=Q(wording=None, revision__isnull=False) | Q(wording__isnull=False, revision=None),
                name="position_is_on_a_wording_or_a_revision",
            ),
            CheckConstraint(condition=Q(stance__in=values(Stance)), name="stance_is_known"),
            CheckConstraint(condition=Q(authority__in=values(Authority)), name="authority_is_known"),
            CheckConstraint(condition=Q(precision__in=values(Precision)), name="position_precision_is_known"),
            CheckConstraint(
                condition=Q(asserted_by=F("party")) | Q(authority=Authority.ATTRIBUTED),
                name="claim_about_another_is_attributed",
            ),
            CheckConstraint(condition=~Q(speaker="") & ~Q(summary=""), name="position_has_speaker_and_summary"),
        ]
        triggers = [
            *append_only(),
            pgtrigger.Trigger(
                name="evidence_required",
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                timing=pgtrigger.Deferred,
                condition=pgtrigger.Q(new__authority__gte=Authority.REPORTED),
                func="""
                    IF NOT EXISTS (SELECT FROM provisions_evidence WHERE position_id = NEW.id) THEN
                        RAISE EXCEPTION 'position % has no evidence', NEW.key USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NULL;
                """,
            ),
            pgtrigger.Trigger(
                name="said_in_the_past",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="""
                    IF NEW.stated_on > (NEW.recorded_at AT TIME ZONE 'UTC')::date THEN
                        RAISE EXCEPTION 'position % is dated in the future', NEW.key USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return self.key


class Evidence(models.Model):
    """Where a position was read, and how good that is: reliability of the source, credibility of the report."""

    position = models.ForeignKey(Position, models.PROTECT, related_name="evidence")
    source = models.ForeignKey(Source, models.PROTECT, related_name="evidence")
    grade = models.CharField(max_length=2, blank=True, validators=[GRADE])

    class Meta:
        ordering = ["pk"]
        verbose_name_plural = "evidence"
        constraints = [
            UniqueConstraint(fields=["position", "source"], name="a_source_once_for_a_position"),
            CheckConstraint(condition=Q(grade="") | Q(grade__regex=GRADE_PATTERN), name="grade_is_well_formed"),
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.source} {self.grade}".strip()


class Condition(models.Model):
    """What a conditional position hangs on."""

    position = models.ForeignKey(Position, models.PROTECT, related_name="conditions")
    kind = models.CharField(max_length=17, choices=ConditionKind)
    provision = models.ForeignKey(Provision, models.PROTECT, null=True, blank=True, related_name="conditions")
    level = models.CharField(max_length=20, choices=choices(Level), blank=True)
    event = models.ForeignKey(Event, models.PROTECT, null=True, blank=True, related_name="conditions")

    class Meta:
        ordering = ["pk"]
        constraints = [
            CheckConstraint(
                condition=Q(kind=ConditionKind.PROVISION_REACHES, provision__isnull=False, event=None) & ~Q(level="")
                | Q(kind=ConditionKind.EVENT_MET, provision=None, event__isnull=False, level="")
                | Q(kind=ConditionKind.PROVISION_ABSENT, provision__isnull=False, event=None, level=""),
                name="condition_names_what_its_kind_needs",
            ),
            CheckConstraint(condition=Q(level="") | Q(level__in=values(Level)), name="condition_level_is_known"),
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return self.kind


class Retraction(models.Model):
    """A position that should not have been recorded is withdrawn from the record, with a reason, and stays readable."""

    position = models.OneToOneField(Position, models.PROTECT, related_name="retraction")
    reason = models.TextField()
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [CheckConstraint(condition=~Q(reason=""), name="retraction_has_a_reason")]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.position}: {self.reason}"


class SilenceProcedure(Version):
    """A deadline after which a party that said nothing is taken to have no objection, unless somebody breaks it."""

    NAMED_BY = (*(f"wording__{column}" for column in Wording.NAMED_BY), "version")

    wording = models.ForeignKey(Wording, models.PROTECT, related_name="silence_procedures")
    addressees = slugs()
    deadline = models.DateField()
    broken_on = models.DateField(null=True, blank=True)
    broken_by = models.ForeignKey(Party, models.PROTECT, null=True, blank=True, related_name="+")
    sources = models.ManyToManyField(Source, related_name="+")
    note = models.TextField(blank=True)

    class Meta:
        constraints = [
            UniqueConstraint(fields=["wording", "version"], name="one_silence_procedure_of_each_version"),
            UniqueConstraint(
                fields=["wording"], condition=Q(superseded_at=None), name="one_standing_silence_procedure"
            ),
            CheckConstraint(condition=Q(addressees__len__gt=0), name="silence_procedure_has_addressees"),
            CheckConstraint(
                condition=Q(broken_on=None, broken_by=None) | Q(broken_on__isnull=False, broken_by__isnull=False),
                name="silence_is_broken_on_a_day_by_a_party",
            ),
        ]
        triggers = superseded_only()

    def __str__(self) -> str:
        return f"{self.wording} until {self.deadline}"


class Ruling(Version):
    """An analyst's own status on the words of a line: shown beside the computed level, never instead of it.

    It holds for the words that it was made on, and lapses when they change in substance. Without a level it is
    withdrawn.
    """

    NAMED_BY = (*(f"wording__{column}" for column in Wording.NAMED_BY), "version")

    wording = models.ForeignKey(Wording, models.PROTECT, related_name="rulings")
    level = models.CharField(max_length=20, choices=choices(Level), blank=True)
    reason = models.TextField()
    sources = models.ManyToManyField(Source, related_name="rulings")

    class Meta:
        constraints = [
            UniqueConstraint(fields=["wording", "version"], name="one_ruling_of_each_version"),
            UniqueConstraint(fields=["wording"], condition=Q(superseded_at=None), name="one_standing_ruling"),
            CheckConstraint(condition=Q(level="") | Q(level__in=values(Level)), name="ruling_level_is_known"),
            CheckConstraint(condition=~Q(reason=""), name="ruling_has_a_reason"),
        ]
        triggers = [
            *superseded_only(),
            pgtrigger.Trigger(
                name="evidence_required",
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                timing=pgtrigger.Deferred,
                condition=~pgtrigger.Q(new__level=""),
                func="""
                    IF NOT EXISTS (SELECT FROM provisions_ruling_sources WHERE ruling_id = NEW.id) THEN
                        RAISE EXCEPTION 'a ruling has no evidence' USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NULL;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.wording}: {self.level or 'withdrawn'}"


class Look(models.Model):
    """Somebody looked for a newer word than this position on a line, and found none. It says nothing of the party."""

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="looks")
    position = models.ForeignKey(Position, models.PROTECT, related_name="looks")
    provision = models.ForeignKey(Provision, models.PROTECT, related_name="looks")
    looked_on = models.DateField()
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["pk"]
        constraints = [UniqueConstraint(fields=["position", "provision"], name="one_look_at_a_position_on_a_line")]

    def __str__(self) -> str:
        return f"{self.position} on {self.provision}: nothing new on {self.looked_on}"
