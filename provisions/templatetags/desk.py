"""What the pages of the desk need besides."""

from __future__ import annotations

from collections.abc import Mapping

from django import template

register = template.Library()


@register.filter
def named(slug: str, names: Mapping[str, str]) -> str:
    """What a thing is called; its slug where nobody has named it."""
    return names.get(slug, slug)
