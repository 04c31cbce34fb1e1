"""The board of a plan, its rows, and the news of it."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_GET, require_safe
from django.views.decorators.vary import vary_on_headers
from django_htmx.http import push_url

from provisions.board import Board, board, plan_state
from provisions.course import course
from provisions.details import details, lines_with_words
from provisions.dossier import dossier
from provisions.models import Plan, PlanVersion
from provisions.news import levels_that_moved, state_of
from provisions.plans import plans
from provisions.queue import doubts
from provisions.timeline import spans

from .asking import Request
from .past import Past, asked_past, before_the_record
from .sifting import sift
from .unchanged import tagged, unchanged, varies


@require_GET
def home(request: Request) -> HttpResponse:
    """The only plan, the list of plans, or how to begin."""
    found = plans()
    if len(found) == 1:
        return redirect("board", plan=found[0].slug)
    return render(request, "provisions/home.html", {"plans": found})


@require_safe
@varies
def board_page(request: Request, plan: str) -> HttpResponse:
    if answer := unchanged(request, plan):
        return answer
    past = asked_past(request.GET, plan=plan)
    try:
        context = board_context(request, plan, past)
    except Plan.DoesNotExist:
        raise Http404 from None
    except PlanVersion.DoesNotExist:
        return before_the_record(request, plan, past)
    if not request.htmx or request.htmx.history_restore_request:
        response = render(request, "provisions/board.html", context)
    else:
        asked = {**context["sifted"].asked, **past.asked}
        response = render(request, "provisions/board.html#matrix", context)
        push_url(response, reverse("board", args=[plan], query=asked or None))
    return tagged(response, request, context["board"].state)


@require_GET
def board_news(request: Request, plan: str) -> HttpResponse:
    """Nothing while the board is as the page has it; else the pieces of the page that moved."""
    seen = request.GET.get("seen", "")
    if state_of(get_object_or_404(Plan.objects, slug=plan)) == seen:
        return HttpResponse(status=204)
    context = board_context(request, plan, Past())
    return render(
        request,
        "provisions/_board_news.html",
        {**context, "news": True, "moved": levels_that_moved(context["board"], since=seen)},
    )


@require_safe
@varies
def dossier_page(request: Request, plan: str) -> HttpResponse:
    """The plan in full, to print or to save as PDF."""
    if answer := unchanged(request, plan):
        return answer
    past = asked_past(request.GET, plan=plan)
    try:
        found = dossier(plan, as_of=past.as_of, known_at=past.known_at, revision=past.revision)
    except Plan.DoesNotExist:
        raise Http404 from None
    except PlanVersion.DoesNotExist:
        return before_the_record(request, plan, past)
    response = render(request, "provisions/dossier.html", {"dossier": found, "past": past})
    return tagged(response, request, found.board.state)


@require_safe
@varies
def levels_so_far(request: Request, plan: str) -> HttpResponse:
    """The chart in the head of the board. It takes a replay of the record, for which the board does not wait."""
    if answer := unchanged(request, plan):
        return answer
    past = asked_past(request.GET, plan=plan)
    if not request.htmx:
        return redirect(reverse("timeline", args=[plan], fragment="levels"))
    try:
        state = plan_state(plan)
        found = spans(plan, as_of=past.as_of, known_at=past.known_at)
    except (Plan.DoesNotExist, PlanVersion.DoesNotExist):
        raise Http404 from None
    until = past.as_of or (past.known_at or timezone.now()).date()
    response = render(request, "provisions/_course.html", {"course": course(found, until=until), "plan": plan})
    return tagged(response, request, state)


@require_GET
@vary_on_headers("HX-Request")
def row(request: Request, plan: str, line: str) -> HttpResponse:
    """What a row opens to. Opened directly, the board with that row open."""
    past = asked_past(request.GET, plan=plan)
    if not request.htmx:
        asked = {**past.asked, "open": line}
        return redirect(reverse("board", args=[plan], query=asked, fragment=f"row-{line}"))
    try:
        found = the_board(plan, past)
    except (Plan.DoesNotExist, PlanVersion.DoesNotExist):
        raise Http404 from None
    asked_row = next((each for each in found.rows if each.slug == line), None)
    if asked_row is None:
        raise Http404
    context = {"board": found, "past": past, "row": asked_row, "detail": details(found, [line])[line]}
    return render(request, "provisions/_detail.html", context)


def the_board(plan: str, past: Past) -> Board:
    """The board of now or then. Raises Plan.DoesNotExist, PlanVersion.DoesNotExist."""
    return board(plan, as_of=past.as_of, known_at=past.known_at, revision=past.revision)


def board_context(request: Request, plan: str, past: Past) -> dict[str, Any]:
    """What the board page shows: the rows that were asked for, some of them open."""
    found = the_board(plan, past)
    known = {each.slug for each in found.rows}
    opened = details(found, [slug for slug in request.GET.getlist("open") if slug in known])
    words = request.GET.get("q", "").strip()
    sifted = sift(found, request.GET, worded=lines_with_words(found, words) if words else set(), details=opened)
    return {
        "board": found,
        "past": past,
        "sifted": sifted,
        "doubts": sum(not doubt.settled for doubt in doubts(found)),
        # Number, title, level, updated and details, the parties, and the change where there is an earlier text.
        "columns": 5 + len(found.parties) + (found.first != found.current),
        # Rows are written once for each state of the plan.
        "kept_under": f"{found.state} {past.query} {timezone.now().date()} {get_language()}",
        "news_url": "" if found.replayed else reverse("board-news", args=[plan], query={"seen": state_of(found)}),
    }
