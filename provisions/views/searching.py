"""The search over everything on record."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from provisions.models import Plan
from provisions.search import KINDS, LONGEST, PAGE, search

from .asking import Request
from .sources import plan_of_the_page, plans

KIND_NAMES = {
    "party": _("Parties"),
    "provision": _("Provisions"),
    "wording": _("Wordings"),
    "position": _("Positions"),
    "revision": _("Texts"),
    "dispute": _("Conflicting claims"),
    "event": _("Events"),
    "companion": _("Companions"),
    "source": _("Sources"),
    "past": _("Replaced or retracted"),
}
# Far more pages than any kind can have.
LAST_PAGE = 1000


@require_GET
def search_page(request: Request) -> HttpResponse:
    known = plans()
    slug = asked if (asked := request.GET.get("plan", "")) in known else ""
    kind = asked if (asked := request.GET.get("kind", "")) in KINDS else ""
    words = request.GET.get("q", "").strip()[:LONGEST]
    page = _number(request.GET.get("page", ""))
    found = search(words, plan=Plan.objects.get(slug=slug) if slug else None, kind=kind, page=page)
    context = {
        "findings": found,
        "words": words,
        "kind": kind,
        "page": page,
        "has_next": any(section.kind == kind and section.total > PAGE * page for section in found.sections),
        "names": KIND_NAMES,
        "plans": known,
        "plan": plan_of_the_page(known, slug),
        "asked_plan": slug,
    }
    return render(request, "provisions/search.html", context)


def _number(asked: str) -> int:
    """The number of a page, or 1."""
    return min(max(int(asked), 1), LAST_PAGE) if asked.isascii() and asked.isdigit() and len(asked) < LONGEST else 1
