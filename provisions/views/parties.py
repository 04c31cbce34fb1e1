"""The sheet of a party: the same page for every one."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET

from provisions.models import Plan, PlanVersion
from provisions.viewpoint import NoSuchParty, viewpoint

from .asking import Request


@require_GET
def parties_page(request: Request, plan: str) -> HttpResponse:
    """The first party of the plan's own order."""
    first = get_object_or_404(Plan.objects, slug=plan).places.select_related("party").order_by("order").first()
    if first is None:
        raise Http404
    return redirect("party", plan=plan, party=first.party.slug)


@require_GET
def party_page(request: Request, plan: str, party: str) -> HttpResponse:
    try:
        found = viewpoint(plan, party)
    except (Plan.DoesNotExist, PlanVersion.DoesNotExist, NoSuchParty):
        raise Http404 from None
    return render(request, "provisions/party.html", {"view": found, "board": found.board})
