"""What the pages of the desk need besides."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template

from provisions.agreement.words import Gone, Level
from provisions.drafts import draft_at

register = template.Library()


@register.filter
def named(slug: str, names: Mapping[str, str]) -> str:
    """What a thing is called; its slug where nobody has named it."""
    return names.get(slug, slug)


@register.inclusion_tag("components/_draft.html", takes_context=True)
def kept_draft(context: Mapping[str, Any]) -> dict[str, Any]:
    """What the reader has begun at the form of this address and not saved."""
    request = context["request"]
    place = request.get_full_path()
    return {"draft": draft_at(request.user, place), "place": place}


@register.filter
def level_word(value: str) -> Level | Gone:
    """A level as it is kept, or what became of a line that is gone."""
    return Gone(value) if value in set(Gone) else Level(value)
