"""The page of a line, and the news of it."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from provisions.models import Plan, PlanVersion, Provision, WordingVersion
from provisions.news import state_of
from provisions.sheet import NoSuchLine, Sheet, sheet
from provisions.words import day_in_words

from .asking import Request
from .past import Past, asked_past, before_the_record


@require_GET
def line_page(request: Request, plan: str, line: str) -> HttpResponse:
    past = asked_past(request.GET, plan=plan)
    try:
        found = sheet(
            plan,
            line,
            compare=request.GET.get("compare"),
            as_of=past.as_of,
            known_at=past.known_at,
            revision=past.revision,
        )
    except Plan.DoesNotExist:
        raise Http404 from None
    except PlanVersion.DoesNotExist:
        return before_the_record(request, plan, past)
    except NoSuchLine:
        return _elsewhere(request, plan, line, past=past)
    link = permalink(request, found, past)
    context = {**_context(found, past), "permalink": link, "citation": citation(found, link)}
    return render(request, "provisions/provision.html", context)


@require_GET
def line_news(request: Request, plan: str, line: str) -> HttpResponse:
    """Nothing while the page is up to date; else the pieces of it that moved."""
    if state_of(get_object_or_404(Plan.objects, slug=plan)) == request.GET.get("seen"):
        return HttpResponse(status=204)
    try:
        found = sheet(plan, line)
    except NoSuchLine:
        raise Http404 from None
    return render(request, "provisions/_provision_news.html", {**_context(found, Past()), "news": True})


def _context(found: Sheet, past: Past) -> dict[str, Any]:
    board = found.board
    news = reverse("line-news", args=[board.plan, found.row.slug], query={"seen": state_of(board)})
    return {
        "sheet": found,
        "board": board,
        "past": past,
        # Nothing is added to the past.
        "open": found.row.live and not board.replayed,
        "news_url": "" if board.replayed else news,
    }


def permalink(request: Request, found: Sheet, past: Past) -> str:
    """An address that shows what the page shows now, whatever is added to the record later."""
    board = found.board
    day = board.assessed_on
    pinned = past.asked or {**({"as_of": day.isoformat()} if day else {}), "seq": str(board.seq)}
    compare = {"compare": request.GET["compare"]} if request.GET.get("compare") else {}
    return request.build_absolute_uri(
        reverse("provision", args=[board.plan, found.row.slug], query={**pinned, **compare})
    )


def citation(found: Sheet, link: str) -> str:
    """How to cite the page: the plan, the line, the day, the state of the record, the rule, the address."""
    row, board = found.row, found.board
    parts = [
        _("Provision Tracker"),
        board.title,
        _("point %(number)s (%(title)s)") % {"number": row.number, "title": row.title} if row.number else row.title,
        _("as of %(day)s") % {"day": day_in_words(board.day)} if board.day else "",
        _("state %(seq)s") % {"seq": board.seq},
        _("rule AS-1"),
    ]
    return f"{', '.join(part for part in parts if part)}. {link}"


def _elsewhere(request: Request, plan: str, name: str, *, past: Past) -> HttpResponse:
    """A lettered part is shown with its line; a number, with the line that has it in the current text or one named."""
    text = request.GET.get("text")
    line = Provision.objects.filter(plan__slug=plan, slug=name).select_related("parent").first()
    if line is not None and line.parent is not None:
        return redirect(
            reverse("provision", args=[plan, line.parent.slug], query=past.asked or None, fragment=f"part-{name}")
        )
    if line is not None and past:
        return render(request, "provisions/not_then.html", {"plan": plan, "line": name, "past": past}, status=404)
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
    return redirect(reverse("provision", args=[plan, found], query=past.asked or None))
