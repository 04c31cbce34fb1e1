"""The timeline of a plan."""

from __future__ import annotations

import json

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from provisions.drawing import Drawing, drawing
from provisions.models import Plan, PlanVersion
from provisions.timeline import KINDS, listing, timeline
from provisions.words import day_in_words

from .asking import Request
from .past import asked_past, before_the_record

KIND_NAMES = {
    "text": _("Texts"),
    "statement": _("Statements"),
    "event": _("Events"),
    "awaited": _("Named in conditions"),
    "level": _("Changes of level"),
    "implementation": _("Implementation"),
}


@require_GET
def timeline_page(request: Request, plan: str) -> HttpResponse:
    past = asked_past(request.GET)
    try:
        found = timeline(plan, known_at=past.known_at)
    except Plan.DoesNotExist:
        raise Http404 from None
    except PlanVersion.DoesNotExist:
        return before_the_record(request, plan, past)
    kind = asked if (asked := request.GET.get("kind", "")) in KINDS else ""
    party = asked if (asked := request.GET.get("party", "")) in {each.slug for each in found.parties} else ""
    since = request.GET.get("since", "")
    drawn = drawing(found)
    context = {
        "timeline": found,
        "past": past,
        "drawing": drawn,
        "stops": json.dumps(stops(drawn)) if drawn else "",
        "page": listing(found, kind=kind, party=party, since=since),
        "kinds": KIND_NAMES,
        "kind": kind,
        "party": party,
        "since": since,
    }
    return render(request, "provisions/timeline.html", context)


def stops(drawn: Drawing) -> list[list[str | float]]:
    """What the replay steps through: the day for an address and for people, what happened, and where it stands."""
    return [[stop.day.isoformat(), day_in_words(stop.day), stop.label, stop.x] for stop in drawn.stops]
