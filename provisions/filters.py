"""Filters that somebody keeps: saved under a name, chosen again, renamed, deleted. Each sees their own alone."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _

from provisions.models import FilteredPage, SavedFilter
from provisions.models.filters import NAME_LENGTH, QUERY_LENGTH

# What filters each list. Where in a long list somebody is, and what they opened, is no filter.
ASKED: dict[FilteredPage, tuple[str, ...]] = {
    FilteredPage.BOARD: ("q", "level", "party", "stance", "change", "flag", "since", "sort", "rows"),
    FilteredPage.TIMELINE: ("kind", "party"),
    FilteredPage.QUEUE: ("party", "only"),
    FilteredPage.POSITIONS: ("q", "party", "line", "stance", "source", "doubt"),
    FilteredPage.CHANGES: ("resource", "line", "party", "who", "via"),
}
# A short list to choose from.
MOST = 20


class NameInUse(Exception):
    """Somebody has a filter of this name already."""

    def __init__(self, theirs: SavedFilter) -> None:
        super().__init__(f"the name '{theirs.name}' is in use")
        self.theirs = theirs


def filters_of(user: User, plan: str, page: str = "") -> QuerySet[SavedFilter]:
    """Somebody's filters in a plan, or for one list of it, by name."""
    mine = SavedFilter.objects.filter(user=user, plan=plan)
    return mine.filter(page=page) if page else mine


def filter_in(page: FilteredPage, query: str) -> str:
    """What filters a list in the query of its address, always written alike."""
    sent = QueryDict(query)
    return urlencode([(name, value) for name in ASKED[page] if (value := sent.get(name, "").strip())])


def save_filter(
    user: User, plan: str, page: FilteredPage, *, name: str, query: str, replacing: bool = False
) -> SavedFilter:
    """Keep a filter under a name. Raises ValidationError, and NameInUse unless it is to replace the other."""
    name, query = _named(name), filter_in(page, query)
    if not query:
        raise ValidationError({"query": _("Nothing is filtered. Choose something in the list first, then save it.")})
    if len(query) > QUERY_LENGTH:
        raise ValidationError({"query": _("That is more than can be kept. Search for fewer words.")})
    there = filters_of(user, plan, page)
    if theirs := there.filter(name__iexact=name).first():
        if not replacing:
            raise NameInUse(theirs)
        theirs.name, theirs.query = name, query
        theirs.save(update_fields=["name", "query"])
        return theirs
    if there.count() >= MOST:
        raise ValidationError(
            {"name": _("You keep %(most)s for this list already. Delete one first.") % {"most": MOST}}
        )
    return _unless_taken(SavedFilter(user=user, plan=plan, page=page, name=name, query=query))


def rename_filter(saved: SavedFilter, name: str) -> None:
    """Call a filter something else. Raises ValidationError, NameInUse."""
    name = _named(name)
    others = filters_of(saved.user, saved.plan, saved.page).exclude(pk=saved.pk)
    if theirs := others.filter(name__iexact=name).first():
        raise NameInUse(theirs)
    saved.name = name
    _unless_taken(saved)


def _unless_taken(saved: SavedFilter) -> SavedFilter:
    """Save it, unless the same person gave the name to another one at this very moment."""
    try:
        with transaction.atomic():
            saved.save()
    except IntegrityError:
        mine = filters_of(saved.user, saved.plan, saved.page).exclude(pk=saved.pk)
        raise NameInUse(mine.get(name__iexact=saved.name)) from None
    return saved


def _named(name: str) -> str:
    name = " ".join(name.split())
    if not name:
        raise ValidationError({"name": _("Give it a name.")})
    if len(name) > NAME_LENGTH:
        raise ValidationError({"name": _("At most %(most)s characters.") % {"most": NAME_LENGTH}})
    return name
