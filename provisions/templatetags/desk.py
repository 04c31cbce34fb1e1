"""What the pages of the desk need besides."""

from __future__ import annotations

from collections.abc import Mapping

from django import template

from provisions.agreement.words import Gone, Level

register = template.Library()


@register.filter
def named(slug: str, names: Mapping[str, str]) -> str:
    """What a thing is called; its slug where nobody has named it."""
    return names.get(slug, slug)


@register.filter
def level_word(value: str) -> Level | Gone:
    """A level as it is kept, or what became of a line that is gone."""
    return Gone(value) if value in set(Gone) else Level(value)
