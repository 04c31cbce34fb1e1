"""The board of a plan, its rows, and the news of it."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET
from django.views.decorators.vary import vary_on_headers
from django_htmx.http import push_url

from provisions.board import Board, board
from provisions.details import details, lines_with_words
from provisions.models import Plan, PlanVersion
from provisions.news import levels_that_moved, state_of

from .sifting import sift


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """The only plan, the list of plans, or how to begin."""
    plans = list(PlanVersion.objects.standing().select_related("plan").order_by("plan__slug"))
    if len(plans) == 1:
        return redirect("board", plan=plans[0].plan.slug)
    return render(request, "provisions/home.html", {"plans": plans})


@require_GET
@vary_on_headers("HX-Request")
def board_page(request: HttpRequest, plan: str) -> HttpResponse:
    context = board_context(request, plan)
    if not request.htmx or request.htmx.history_restore_request:  # type: ignore[attr-defined]
        return render(request, "provisions/board.html", context)
    asked = context["sifted"].asked
    response = render(request, "provisions/board.html#matrix", context)
    return push_url(response, reverse("board", args=[plan], query=asked or None))


@require_GET
def board_news(request: HttpRequest, plan: str) -> HttpResponse:
    """Nothing while the board is as the page has it; else the pieces of the page that moved."""
    seen = request.GET.get("seen", "")
    if state_of(get_object_or_404(Plan, slug=plan)) == seen:
        return HttpResponse(status=204)
    context = board_context(request, plan)
    return render(
        request,
        "provisions/_board_news.html",
        {**context, "news": True, "moved": levels_that_moved(context["board"], since=seen)},
    )


@require_GET
@vary_on_headers("HX-Request")
def row(request: HttpRequest, plan: str, line: str) -> HttpResponse:
    """What a row opens to. Opened directly, the board with that row open."""
    if not request.htmx:  # type: ignore[attr-defined]
        return redirect(reverse("board", args=[plan], query={"open": line}, fragment=f"row-{line}"))
    found = the_board(plan)
    asked = next((each for each in found.rows if each.slug == line), None)
    if asked is None:
        raise Http404
    context = {"board": found, "row": asked, "detail": details(found, [line])[line]}
    return render(request, "provisions/_detail.html", context)


def the_board(plan: str) -> Board:
    try:
        return board(plan)
    except (Plan.DoesNotExist, PlanVersion.DoesNotExist):
        raise Http404 from None


def board_context(request: HttpRequest, plan: str) -> dict[str, Any]:
    """What the board page shows: the rows that were asked for, some of them open."""
    found = the_board(plan)
    known = {each.slug for each in found.rows}
    opened = details(found, [slug for slug in request.GET.getlist("open") if slug in known])
    words = request.GET.get("q", "").strip()
    sifted = sift(found, request.GET, worded=lines_with_words(found, words) if words else set(), details=opened)
    return {
        "board": found,
        "sifted": sifted,
        # Number, title, level, updated and details, the parties, and the change where there is an earlier text.
        "columns": 5 + len(found.parties) + (found.first != found.current),
        "news_url": reverse("board-news", args=[plan], query={"seen": state_of(found)}),
    }
