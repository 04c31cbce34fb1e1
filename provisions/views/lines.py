"""The page of a line, and the news of it."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from provisions.models import Plan, PlanVersion, Provision, WordingVersion
from provisions.news import state_of
from provisions.sheet import NoSuchLine, Sheet, sheet

from .asking import Request


@require_GET
def line_page(request: Request, plan: str, line: str) -> HttpResponse:
    try:
        found = sheet(plan, line, compare=request.GET.get("compare"))
    except (Plan.DoesNotExist, PlanVersion.DoesNotExist):
        raise Http404 from None
    except NoSuchLine:
        return _elsewhere(plan, line, text=request.GET.get("text"))
    return render(request, "provisions/provision.html", _context(found))


@require_GET
def line_news(request: Request, plan: str, line: str) -> HttpResponse:
    """Nothing while the page is up to date; else the pieces of it that moved."""
    if state_of(get_object_or_404(Plan, slug=plan)) == request.GET.get("seen"):
        return HttpResponse(status=204)
    try:
        found = sheet(plan, line)
    except NoSuchLine:
        raise Http404 from None
    return render(request, "provisions/_provision_news.html", {**_context(found), "news": True})


def _context(found: Sheet) -> dict[str, Any]:
    board = found.board
    return {
        "sheet": found,
        "board": board,
        "news_url": reverse("line-news", args=[board.plan, found.row.slug], query={"seen": state_of(board)}),
    }


def _elsewhere(plan: str, name: str, *, text: str | None) -> HttpResponse:
    """A lettered part is shown with its line; a number, with the line that has it in the current text or one named."""
    part = Provision.objects.filter(plan__slug=plan, slug=name, parent__isnull=False).select_related("parent").first()
    if part is not None and part.parent is not None:
        return redirect(reverse("provision", args=[plan, part.parent.slug], fragment=f"part-{name}"))
    wordings = WordingVersion.objects.standing().filter(
        revision__plan__slug=plan, number=name, wording__provision__parent=None
    )
    if text:
        wordings = wordings.filter(revision__slug=text)
    else:
        current = PlanVersion.objects.standing().filter(plan__slug=plan).values("current_revision")
        wordings = wordings.filter(revision__in=current)
    found = wordings.values_list("wording__provision__slug", flat=True).first()
    if found is None:
        raise Http404
    return redirect("provision", plan=plan, line=found)
