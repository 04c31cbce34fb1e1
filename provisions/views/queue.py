"""The re-confirmation queue of a plan."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from provisions.models import Plan, PlanVersion
from provisions.queue import KINDS, queue

from .asking import Request

# A few of each kind, or a page of one.
FEW, PAGE = 10, 50


@require_GET
def queue_page(request: Request, plan: str) -> HttpResponse:
    party = request.GET.get("party", "")
    only = asked if (asked := request.GET.get("only", "")) in KINDS else ""
    since = request.GET.get("since", "") if only else ""
    try:
        found = queue(plan, party=party, only=only, since=since, limit=PAGE if only else FEW)
    except (Plan.DoesNotExist, PlanVersion.DoesNotExist):
        raise Http404 from None
    context = {
        "queue": found,
        "board": found.board,
        "party": party,
        "only": only,
        "since": since,
    }
    return render(request, "provisions/queue.html", context)
