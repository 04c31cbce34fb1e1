"""What the pages on comparing texts need to speak of them."""

from __future__ import annotations

from django import template

from provisions.agreement.words import WordingChange
from provisions.codebook import Code
from provisions.codebook import code as code_of
from provisions.concordance.texts import Words
from provisions.models import RelationKind

register = template.Library()

# In a concordance the word for a change is the one that a relation of the same weight has.
_AS_RELATION = {
    WordingChange.IDENTICAL: RelationKind.SAME,
    WordingChange.EDITORIAL: RelationKind.SAME,
    WordingChange.SUBSTANTIVE: RelationKind.RELATED,
}


@register.filter
def tie_code(tie: WordingChange | RelationKind | str) -> Code:
    """The words for what an entry of a concordance is to the line's first words."""
    if isinstance(tie, WordingChange):
        return code_of(_AS_RELATION.get(tie, tie))
    return code_of(tie) if isinstance(tie, RelationKind) else code_of(tie, vocabulary="place")


@register.filter
def numbered(words: Words) -> str:
    """The number of words to stand before their title, or nothing where they have none."""
    return f"{words.number} " if words.number else ""


@register.simple_tag
def legend() -> list[Code]:
    """The symbols of a concordance, in the order in which a reader meets them."""
    return [
        code_of("first", vocabulary="place"),
        *(code_of(kind) for kind in RelationKind if kind != RelationKind.UNRELATED),
        code_of(WordingChange.SPLIT),
        code_of(WordingChange.MERGED),
        code_of("removed", vocabulary="absence"),
        code_of("moved", vocabulary="absence"),
        code_of("only_here", vocabulary="place"),
    ]
