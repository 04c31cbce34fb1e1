"""Two texts of a plan side by side, and all of them at a glance."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import NoReverseMatch
from django.views.decorators.http import require_GET
from django.views.decorators.vary import vary_on_headers

from provisions.concordance import Comparison, Fate, NoSuchText, comparison, concordance, ends_of_chain
from provisions.models import Plan, PlanVersion

from .asking import Request

# What the buttons offer besides a single fate.
CHANGED = "changed"
CHANGES = (Fate.MODIFIED, Fate.SPLIT, Fate.MERGED, Fate.ADDED)
CLEAN = "clean"


@require_GET
def choose_texts(request: Request, plan: str) -> HttpResponse:
    """Leads to the two texts that a form asked for; without any, to the first and the current text of the chain."""
    try:
        before, after = request.GET.get("from", ""), request.GET.get("to", "")
        ends = (before, after) if before and after else ends_of_chain(plan)
        if ends is not None:
            return redirect("compare", plan, *ends)
    except (Plan.DoesNotExist, PlanVersion.DoesNotExist, NoReverseMatch):
        raise Http404 from None
    return render(request, "provisions/compare_none.html", {"plan": get_object_or_404(Plan.objects, slug=plan)})


@require_GET
@vary_on_headers("HX-Request")
def compare_page(request: Request, plan: str, before: str, after: str) -> HttpResponse:
    try:
        found = comparison(plan, before, after)
    except (Plan.DoesNotExist, PlanVersion.DoesNotExist, NoSuchText):
        raise Http404 from None
    context = {
        "found": found,
        **_narrowed(found, request.GET.get("show", "")),
        "clean": request.GET.get("text") == CLEAN,
    }
    whole = not request.htmx or request.htmx.history_restore_request
    template = "provisions/compare.html" if whole else "provisions/compare.html#list"
    return render(request, template, {**context, "swapped": not whole})


@require_GET
def concordance_page(request: Request, plan: str) -> HttpResponse:
    try:
        found = concordance(plan)
    except (Plan.DoesNotExist, PlanVersion.DoesNotExist):
        raise Http404 from None
    return render(request, "provisions/concordance.html", {"found": found})


def _narrowed(found: Comparison, show: str) -> dict[str, Any]:
    """The rows in which a line met the fate that is asked for. What is not offered narrows nothing."""
    tally = found.tally
    asked = set(CHANGES) if show == CHANGED else {fate for fate in tally if fate == show}
    rows = [row for row in found.rows if row.fates & asked] if asked else found.rows
    return {
        "rows": rows,
        "show": show if asked else "",
        "counts": {
            "all": found.lines,
            "changed": sum(tally[fate] for fate in CHANGES),
            "removed": tally[Fate.REMOVED],
            "shown": sum(tally[fate] for fate in asked) if asked else found.lines,
        },
    }
