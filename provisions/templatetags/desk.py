"""What the pages of the desk need besides."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template
from django.http import QueryDict

from provisions.agreement.words import Gone, Level
from provisions.drafts import draft_at
from provisions.filters import filter_in, filters_of
from provisions.models import FilteredPage

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


@register.inclusion_tag("components/_saved_filters.html", takes_context=True)
def saved_filters(context: Mapping[str, Any], page: str, plan: str) -> dict[str, Any]:
    """The reader's own filters of a list, and the way to save the present one."""
    request, of = context["request"], FilteredPage(page)
    mine = list(filters_of(request.user, plan, of)) if request.user.is_authenticated else []
    return {
        "filters": mine,
        "page": page,
        "plan": plan,
        "query": filter_in(of, request.GET.urlencode()),
        "signed_in": request.user.is_authenticated,
    }


@register.filter
def level_word(value: str) -> Level | Gone:
    """A level as it is kept, or what became of a line that is gone."""
    return Gone(value) if value in set(Gone) else Level(value)


@register.filter
def asks(query: str) -> str:
    """What a filter asks, as plain words: `party=ua&level=open` reads as party: ua, level: open."""
    return ", ".join(f"{name}: {value}" for name, value in QueryDict(query).items())
