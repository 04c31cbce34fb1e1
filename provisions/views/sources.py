"""The sources of all plans, and one of them with what rests on it."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from parties.models import Source, SourceKind
from provisions.codebook import VOCABULARIES
from provisions.models import PlanVersion
from provisions.sources import source_sheet, sources

from .asking import Request


def plans() -> dict[str, str]:
    """The titles of all plans, by slug."""
    rows = PlanVersion.objects.standing().order_by("plan__slug")
    return dict(rows.values_list("plan__slug", "title"))


def plan_of_the_page(known: dict[str, str], asked: str) -> str:
    """The plan whose pages the head of a page leads to: the one that was asked for, or the only one."""
    return asked if asked in known else next(iter(known), "") if len(known) == 1 else ""


@require_GET
def sources_page(request: Request) -> HttpResponse:
    known = plans()
    plan = asked if (asked := request.GET.get("plan", "")) in known else ""
    words = request.GET.get("q", "").strip()
    kind = asked if (asked := request.GET.get("kind", "")) in SourceKind.values else ""
    after = request.GET.get("after", "")
    context = {
        "page": sources(words=words, kind=kind, plan=plan, after=after),
        "kinds": VOCABULARIES["source_kind"],
        "plans": known,
        "plan": plan_of_the_page(known, plan),
        "asked": {"q": words, "kind": kind, "plan": plan, "after": after},
    }
    return render(request, "provisions/sources.html", context)


@require_GET
def source_page(request: Request, source: str) -> HttpResponse:
    after = request.GET.get("after", "")
    try:
        found = source_sheet(source, after=after)
    except Source.DoesNotExist:
        raise Http404 from None
    context = {"sheet": found, "plan": plan_of_the_page(plans(), request.GET.get("plan", "")), "after": after}
    return render(request, "provisions/source.html", context)
