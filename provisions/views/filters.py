"""Saved filters: everybody's own, under names of their own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from provisions.filters import NameInUse, filters_of, rename_filter, save_filter
from provisions.models import FilteredPage, PlanVersion, SavedFilter
from provisions.policy import Act

from .asking import Request, allowed
from .keeping import kept


@require_http_methods(["GET", "POST"])
@allowed(Act.KEEP)
def filters_page(request: Request, plan: str) -> HttpResponse:
    """All of somebody's filters in a plan; and saving one more."""
    get_object_or_404(PlanVersion.objects.standing(), plan__slug=plan)
    if request.method == "GET":
        return _page(request, plan, asked=kept(request))
    sent = request.POST
    page = _page_named(sent.get("page", ""))
    replacing = sent.get("replace") == "yes"
    name, query = sent.get("name", ""), sent.get("query", "")
    user = cast("User", request.user)
    try:
        saved = save_filter(user, plan, page, name=name, query=query, replacing=replacing)
    except NameInUse as error:
        return _page(request, plan, asked=sent, in_use=error.theirs, status=409)
    except ValidationError as error:
        return _page(request, plan, asked=sent, problems=_problems(error, "filter-name"), status=422)
    messages.success(request, _("Saved: the filter “%(name)s”.") % {"name": saved.name}, extra_tags="saved-filters-s")
    return redirect(address(saved))


@require_POST
@allowed(Act.KEEP)
def change_filter(request: Request, plan: str, number: int) -> HttpResponse:
    """Rename one of one's own filters, or delete it."""
    saved = get_object_or_404(filters_of(cast("User", request.user), plan), pk=number)
    if request.POST.get("do") == "delete":
        saved.delete()
        told = _("Deleted: the filter “%(name)s”.") % {"name": saved.name}
        messages.success(request, told, extra_tags="filters-h")
        return redirect("filters", plan=plan)
    name = request.POST.get("name", "")
    control = f"name-{number}"
    try:
        rename_filter(saved, name)
    except NameInUse as error:
        told = _("Another filter of this list is called “%(name)s” already.") % {"name": error.theirs.name}
        return _page(request, plan, problems=[(control, told)], typed={number: name}, status=409)
    except ValidationError as error:
        return _page(request, plan, problems=_problems(error, control), typed={number: name}, status=422)
    told = _("Renamed: the filter is called “%(name)s” now.") % {"name": saved.name}
    messages.success(request, told, extra_tags=control)
    return redirect("filters", plan=plan)


def address(saved: SavedFilter) -> str:
    """The list, filtered."""
    return f"{reverse(saved.page, args=[saved.plan])}?{saved.query}"


def _page_named(page: str) -> FilteredPage:
    if page not in FilteredPage.values:
        raise Http404
    return FilteredPage(page)


def _problems(error: ValidationError, control: str) -> list[tuple[str, str]]:
    told = error.message_dict
    return [(control if name == "name" else "", message) for name in told for message in told[name]]


def _page(
    request: Request,
    plan: str,
    *,
    asked: QueryDict | None = None,
    in_use: SavedFilter | None = None,
    problems: list[tuple[str, str]] | None = None,
    typed: Mapping[int, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    mine = list(filters_of(cast("User", request.user), plan))
    shelves = [
        (page, [(each, address(each), (typed or {}).get(each.pk, each.name)) for each in mine if each.page == page])
        for page in FilteredPage
    ]
    context: dict[str, Any] = {
        "plan": get_object_or_404(PlanVersion.objects.standing().select_related("plan"), plan__slug=plan),
        "shelves": [(page, filters) for page, filters in shelves if filters],
        "asked": asked,
        "page": _page_named(asked.get("page", "")) if asked else None,
        "in_use": in_use,
        "problems": problems or [],
    }
    return render(request, "provisions/filters.html", context, status=status)
