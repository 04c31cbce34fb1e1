"""What is proposed: revisions of a plan, its lines, and the words of each line in each revision."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _

from parties.models import Party, Source
from parties.naming import Named
from provisions.agreement.words import Kind, Provenance, Role, WordingChange

from .base import (
    SLUG_LENGTH,
    DatedMixin,
    Version,
    append_only,
    choices,
    slugs,
    superseded_only,
    values,
    version_constraints,
)
from .plan import Category, Plan


class Basis(models.TextChoices):
    """Who says so: the text or its sources, or the coder."""

    STATED = "stated", _("stated in the text")
    REPORTED = "reported", _("reported by a source")
    ASSIGNED = "assigned", _("assigned by the coder")


class Seen(models.TextChoices):
    """How much of the words a source shows."""

    SEEN = "seen", _("seen in a source")
    PARTIAL = "partial", _("seen in part")
    UNSEEN = "unseen", _("words not seen, only what is reported of them")


class Outcome(models.TextChoices):
    """What became of a line that a revision no longer has."""

    REMOVED = "removed", _("removed")
    MOVED = "moved", _("moved to another text")
    MERGED = "merged", _("merged into other lines")
    UNCLEAR = "unclear", _("not known")


class Revision(Named):
    """A dated draft of a plan, or a counter-proposal beside the chain."""

    NAMED_BY = ("plan__slug", "slug")

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="revisions")
    slug = models.SlugField(max_length=SLUG_LENGTH)
    order = models.PositiveSmallIntegerField()
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["order"]
        constraints = [UniqueConstraint(fields=["plan", "slug"], name="revision_slug_once_in_a_plan")]

    def __str__(self) -> str:
        return self.slug


class RevisionVersion(DatedMixin, Version):
    """What is known of a draft: its day, what it continues, and how we came to know it."""

    NAMED_BY = ("revision__plan__slug", "revision__slug", "version")

    revision = models.ForeignKey(Revision, models.PROTECT, related_name="versions")
    title = models.CharField(max_length=200)
    short = models.CharField(max_length=20)
    derives_from = models.ForeignKey(Revision, models.PROTECT, null=True, blank=True, related_name="+")
    provenance = models.CharField(max_length=10, choices=choices(Provenance))
    published_on = models.DateField(null=True, blank=True)
    authors = models.TextField(blank=True)
    circulated_to = models.TextField(blank=True)
    made_public = models.TextField(blank=True)
    point_count = models.PositiveSmallIntegerField(null=True, blank=True)
    summary = models.TextField(blank=True)
    note = models.TextField(blank=True)
    sources = models.ManyToManyField(Source, related_name="revision_versions")

    class Meta:
        constraints = [
            *version_constraints("revision"),
            *DatedMixin.Meta.constraints,
            CheckConstraint(condition=Q(provenance__in=values(Provenance)), name="revision_provenance_is_known"),
            CheckConstraint(
                condition=Q(derives_from=None) | ~Q(derives_from=models.F("revision")),
                name="revision_derives_from_another",
            ),
        ]
        triggers = superseded_only()

    def __str__(self) -> str:
        return self.title


class Provision(Named):
    """A line of the plan that lives through renumbering. A lettered part is a provision with a parent."""

    NAMED_BY = ("plan__slug", "slug")

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="provisions")
    slug = models.SlugField(max_length=SLUG_LENGTH)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="parts")
    order = models.PositiveSmallIntegerField()
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["order"]
        constraints = [
            UniqueConstraint(fields=["plan", "slug"], name="provision_slug_once_in_a_plan"),
            CheckConstraint(condition=Q(parent=None) | ~Q(parent=models.F("pk")), name="provision_is_not_its_own_part"),
        ]

    def __str__(self) -> str:
        return self.slug


class ProvisionVersion(Version):
    """What a line is about, where it is placed, and whose consent it needs."""

    NAMED_BY = ("provision__plan__slug", "provision__slug", "version")

    provision = models.ForeignKey(Provision, models.PROTECT, related_name="versions")
    title = models.CharField(max_length=200)
    lead = models.TextField(blank=True, help_text=_("One sentence of what the line is about."))
    category = models.ForeignKey(Category, models.PROTECT, related_name="+")
    category_basis = models.CharField(max_length=8, choices=Basis, default=Basis.ASSIGNED)
    kind = models.CharField(max_length=10, choices=choices(Kind), default=Kind.OPERATIVE)
    topics = slugs(default=list, blank=True)
    roles_basis = models.CharField(max_length=8, choices=Basis, default=Basis.ASSIGNED)
    essential = slugs(null=True, blank=True, help_text=_("Overrides the essential parties of the rule."))
    essential_reason = models.TextField(blank=True)
    pax = slugs(default=list, db_default=[], blank=True, help_text=_("Issue codes of the Peace Agreements Database."))
    pam = slugs(default=list, db_default=[], blank=True, help_text=_("Provision types of the Peace Accords Matrix."))
    note = models.TextField(blank=True)

    class Meta:
        constraints = [
            *version_constraints("provision"),
            CheckConstraint(condition=Q(kind__in=values(Kind)), name="provision_kind_is_known"),
            CheckConstraint(condition=Q(category_basis__in=Basis.values), name="category_basis_is_known"),
            CheckConstraint(condition=Q(roles_basis__in=Basis.values), name="roles_basis_is_known"),
            CheckConstraint(
                condition=Q(essential=None) | Q(essential__len__gt=0) & ~Q(essential_reason=""),
                name="essential_override_names_parties_and_reason",
            ),
        ]
        triggers = superseded_only()

    def __str__(self) -> str:
        return self.title


class ProvisionRole(models.Model):
    """A party's role at a line, in one version of that line."""

    provision_version = models.ForeignKey(ProvisionVersion, models.PROTECT, related_name="roles")
    party = models.ForeignKey(Party, models.PROTECT, related_name="+")
    role = models.CharField(max_length=11, choices=choices(Role))

    class Meta:
        ordering = ["pk"]
        constraints = [
            UniqueConstraint(fields=["provision_version", "party", "role"], name="a_role_once_for_a_party"),
            CheckConstraint(condition=Q(role__in=values(Role)), name="role_is_known"),
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.party}: {self.role}"


class Wording(Named):
    """The words of a provision in one revision: what a position is given on."""

    NAMED_BY = ("revision__plan__slug", "revision__slug", "provision__slug")

    provision = models.ForeignKey(Provision, models.PROTECT, related_name="wordings")
    revision = models.ForeignKey(Revision, models.PROTECT, related_name="wordings")
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["pk"]
        constraints = [
            UniqueConstraint(fields=["provision", "revision"], name="one_wording_per_provision_and_revision")
        ]

    def __str__(self) -> str:
        return f"{self.revision}/{self.provision}"


class WordingVersion(Version):
    """Number, heading and text as we hold them, and how they relate to the words that they come from."""

    NAMED_BY = (*(f"wording__{column}" for column in Wording.NAMED_BY), "version")

    wording = models.ForeignKey(Wording, models.PROTECT, related_name="versions")
    revision = models.ForeignKey(
        Revision,
        models.PROTECT,
        related_name="+",
        help_text=_("That of the wording; here so that numbers stay unique."),
    )
    number = models.CharField(max_length=12, blank=True, help_text=_("Missing where a draft was not seen."))
    heading = models.CharField(max_length=200, blank=True)
    gist = models.CharField(max_length=40, blank=True)
    text = models.TextField()
    seen = models.CharField(max_length=7, choices=Seen, default=Seen.SEEN)
    change = models.CharField(max_length=11, choices=choices(WordingChange))
    change_reason = models.TextField(blank=True)
    comes_from = models.ManyToManyField(Wording, related_name="continued_by")
    sources = models.ManyToManyField(Source, related_name="wording_versions")
    note = models.TextField(blank=True)

    class Meta:
        constraints = [
            *version_constraints("wording"),
            UniqueConstraint(
                fields=["revision", "number"],
                condition=Q(superseded_at=None) & ~Q(number=""),
                name="one_provision_of_each_number",
            ),
            CheckConstraint(condition=~Q(text=""), name="wording_has_text"),
            CheckConstraint(condition=Q(seen__in=Seen.values), name="wording_seen_is_known"),
            CheckConstraint(condition=Q(change__in=values(WordingChange)), name="wording_change_is_known"),
            CheckConstraint(
                condition=~Q(change=WordingChange.EDITORIAL) | ~Q(change_reason=""),
                name="editorial_ruling_has_a_reason",
            ),
        ]
        triggers = [
            *superseded_only(),
            pgtrigger.Trigger(
                name="revision_of_its_wording",
                level=pgtrigger.Statement,
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                referencing=pgtrigger.Referencing(new="written"),
                func="""
                    IF EXISTS (
                        SELECT FROM written JOIN provisions_wording AS words ON words.id = written.wording_id
                        WHERE words.revision_id <> written.revision_id
                    ) THEN
                        RAISE EXCEPTION 'a wording version carries the revision of its wording';
                    END IF;
                    RETURN NULL;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number or '–'} {self.text[:60]}"


class Variant(Named):
    """Rival words inside a line, and whose they are."""

    NAMED_BY = (*(f"wording_version__{column}" for column in WordingVersion.NAMED_BY), "order")

    wording_version = models.ForeignKey(WordingVersion, models.PROTECT, related_name="variants")
    order = models.PositiveSmallIntegerField()
    parties = slugs()
    text = models.TextField()
    sources = models.ManyToManyField(Source, related_name="+")

    class Meta:
        ordering = ["order"]
        constraints = [
            UniqueConstraint(fields=["wording_version", "order"], name="variants_are_in_order"),
            CheckConstraint(condition=Q(parties__len__gt=0), name="variant_has_a_party"),
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return self.text[:60]


class Removal(models.Model):
    """A line that a revision no longer has, and what became of it."""

    revision_version = models.ForeignKey(RevisionVersion, models.PROTECT, related_name="removals")
    provision = models.ForeignKey(Provision, models.PROTECT, related_name="removals")
    outcome = models.CharField(max_length=8, choices=Outcome)
    note = models.TextField(blank=True)
    sources = models.ManyToManyField(Source, related_name="+")

    class Meta:
        ordering = ["pk"]
        constraints = [
            UniqueConstraint(fields=["revision_version", "provision"], name="a_line_is_removed_once"),
            CheckConstraint(condition=Q(outcome__in=Outcome.values), name="removal_outcome_is_known"),
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.provision}: {self.outcome}"
