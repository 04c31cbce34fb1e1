"""Who speaks, and where we read it."""

from django.db import models
from django.db.models import CheckConstraint, Q
from django.utils.translation import gettext_lazy as _

from .naming import Named


class PublishedBasis(models.TextChoices):
    """How the day of publication is known."""

    STATED = "stated", _("stated on the page")
    URL = "url", _("read off the address")
    NONE = "none", _("no date visible")


class SourceKind(models.TextChoices):
    """What kind of publisher a source is."""

    PRIMARY_OFFICIAL = "primary_official", _("official, first hand")
    NEWS = "news", _("news")
    ANALYSIS = "analysis", _("analysis")
    STATE_MEDIA = "state_media", _("state media")
    AGGREGATOR = "aggregator", _("aggregator")
    OVERVIEW = "overview", _("overview article")


class Party(Named):
    """One who takes part in a negotiation: a state, a union, a movement. The order of showing belongs to each plan."""

    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=120)
    short = models.CharField(max_length=20, help_text=_("For column heads."))
    note = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["slug"]
        verbose_name_plural = _("parties")

    def __str__(self) -> str:
        return self.name


class Source(Named):
    """A publication in which a statement, a wording or an event was read."""

    slug = models.SlugField(_("id"), max_length=60, unique=True, help_text=_("A stable id, such as S001."))
    title = models.CharField(max_length=400)
    publisher = models.CharField(max_length=200, blank=True)
    url = models.URLField(max_length=1000, blank=True)
    published = models.DateField(null=True, blank=True)
    published_basis = models.CharField(max_length=6, choices=PublishedBasis, default=PublishedBasis.NONE)
    accessed = models.DateField(null=True, blank=True)
    kind = models.CharField(max_length=20, choices=SourceKind)
    relays = models.CharField(
        _("passes on"), max_length=200, blank=True, help_text=_("The outlet whose report this is.")
    )
    note = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["slug"]
        constraints = [
            CheckConstraint(condition=Q(kind__in=SourceKind.values), name="source_kind_is_known"),
            CheckConstraint(condition=Q(published_basis__in=PublishedBasis.values), name="source_basis_is_known"),
            CheckConstraint(condition=~Q(title=""), name="source_has_title"),
        ]

    def __str__(self) -> str:
        return f"{self.publisher}: {self.title}" if self.publisher else self.title
