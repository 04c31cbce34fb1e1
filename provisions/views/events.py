"""What stands beside a plan: events and companions."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from provisions.beside import beside
from provisions.models import Plan, PlanVersion

from .asking import Request


@require_GET
def events_page(request: Request, plan: str) -> HttpResponse:
    year = request.GET.get("year", "")
    try:
        found = beside(plan, year=int(year) if year.isdecimal() else None)
    except (Plan.DoesNotExist, PlanVersion.DoesNotExist):
        raise Http404 from None
    return render(request, "provisions/events.html", {"beside": found})
