"""How words of one text stand to words of another, where no lineage says it."""

from __future__ import annotations

from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _

from parties.models import Source

from .text import Wording


class RelationKind(models.TextChoices):
    """What words are to other words on the same matter."""

    SAME = "same", _("same in substance")
    BROADER = "broader", _("broader")
    NARROWER = "narrower", _("narrower")
    CONTRADICTS = "contradicts", _("contradicts")
    RELATED = "related", _("on the same matter")
    UNRELATED = "unrelated", _("not on the same matter")

    @property
    def inverse(self) -> RelationKind:
        """What the other words are to these."""
        return {RelationKind.BROADER: RelationKind.NARROWER, RelationKind.NARROWER: RelationKind.BROADER}.get(
            self, self
        )


class Relation(models.Model):
    """How the words of a line stand to those of a line in another text, of this plan or another: an analyst's reading.

    It belongs to the plan of its own words. Lineage is not said here; that stands with the words themselves.
    """

    wording = models.ForeignKey(Wording, models.PROTECT, related_name="relations")
    other = models.ForeignKey(Wording, models.PROTECT, related_name="related_from")
    kind = models.CharField(max_length=11, choices=RelationKind)
    note = models.TextField(blank=True)
    sources = models.ManyToManyField(Source, related_name="relations")
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["pk"]
        constraints = [
            UniqueConstraint(fields=["wording", "other"], name="one_relation_of_two_wordings"),
            CheckConstraint(condition=~Q(wording=F("other")), name="relation_is_to_other_words"),
            CheckConstraint(condition=Q(kind__in=RelationKind.values), name="relation_kind_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.wording} {self.kind} {self.other}"
