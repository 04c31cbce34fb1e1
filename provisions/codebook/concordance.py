"""The words for how texts stand to each other, line by line."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from provisions.models import RelationKind

from .code import Code

RELATIONS = (
    Code(RelationKind.SAME, _("Same in substance"), _("Says the same in other words."), _("same"), "c-same"),
    Code(
        RelationKind.BROADER,
        _("Broader"),
        _("Says all that the other words say, and more."),
        _("broader"),
        "r-broad",
    ),
    Code(
        RelationKind.NARROWER,
        _("Narrower"),
        _("Says only a part of what the other words say."),
        _("narrower"),
        "r-narrow",
    ),
    Code(
        RelationKind.CONTRADICTS,
        _("Contradicts"),
        _("The two cannot both be carried out."),
        _("contradicts"),
        "c-contra",
    ),
    Code(
        RelationKind.RELATED,
        _("On the same matter"),
        _("Treats the same matter in another way."),
        _("other words"),
        "c-mod",
    ),
    Code(
        RelationKind.UNRELATED,
        _("Not on the same matter"),
        _("Was looked at, and treats another matter."),
        _("unrelated"),
    ),
)
