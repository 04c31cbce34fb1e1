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
        _("Covers more than the other words, or goes further."),
        _("broader"),
        "r-broad",
    ),
    Code(
        RelationKind.NARROWER,
        _("Narrower"),
        _("Covers less than the other words, or does not go as far."),
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

# What became of a line from one text to another.
FATES = (
    Code(
        "same", _("Same in substance"), _("The same words, or words that are ruled to mean the same."), symbol="c-same"
    ),
    Code("modified", _("Modified"), _("The words changed in substance."), symbol="c-mod"),
    Code("split", _("Split"), _("Made out of a part of an earlier line."), symbol="c-split"),
    Code("merged", _("Merged"), _("Made out of several earlier lines, or gone into another."), symbol="c-merge"),
    Code("removed", _("Removed"), _("Not in the later text."), symbol="c-rem"),
    Code("added", _("Added"), _("Not in the earlier text."), symbol="c-add"),
    Code("unseen", _("Not seen"), _("One of the two texts was not seen there, so nothing is known."), symbol="g-u"),
)

# Why a text has no words of a line.
ABSENCES = (
    Code("removed", _("Taken out"), symbol="c-rem"),
    Code("moved", _("Moved elsewhere"), symbol="r-track"),
    Code("merged", _("Gone into other lines"), symbol="c-merge"),
    Code("unclear", _("Not known"), _("Sources differ, or none says what became of it.")),
    Code("unreported", _("Not reported"), _("The text itself was not seen, and nothing is reported of the line.")),
    Code("unseen", _("Not seen"), _("The text was seen in part, and this point was not.")),
    Code("none_seen", _("No counterpart seen"), _("The text was seen in part; nothing of it is on this matter.")),
    Code("none", _("No counterpart"), _("The text has nothing on this matter.")),
)

# What a concordance says of words that are compared with none.
PLACES = (
    Code("first", _("First words"), _("The earliest words of the line on record."), symbol="i-doc"),
    Code("only_here", _("Only here"), _("No other text has the line."), symbol="c-add"),
)
