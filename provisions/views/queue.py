"""The re-confirmation queue of a plan, and what can be noted right there."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from provisions.agreement.words import WordingChange
from provisions.contents import LookContent, WordingContent
from provisions.held import held
from provisions.models import Plan, PlanVersion, Position, Resource
from provisions.policy import Act
from provisions.proposals import must_propose, propose
from provisions.queue import KINDS, queue
from provisions.record import Stale, Unknown, change, note_look

from .asking import Request, allowed, author

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


@require_POST
@allowed(Act.RECORD)
def nothing_new(request: Request, plan: str) -> HttpResponse:
    """Note that somebody looked for a newer word than a position on a line today, and found none."""
    position = get_object_or_404(Position, plan__slug=plan, key=request.POST.get("position", ""), retraction=None)
    line = request.POST.get("line", "")
    look = LookContent(position=position.key, provision=line, looked_on=timezone.now().date())
    try:
        note_look(plan, look, by=author(request, reason=_("Looked, nothing new")))
    except Unknown:
        raise Http404 from None
    told = _("Noted: nothing new by today. What is on record stands as it was.")
    # The row has moved to the end of its part of the queue; who works through it goes on at the top.
    kind = request.POST.get("kind", "")
    messages.success(request, told, extra_tags=f"qh-{kind}" if kind in KINDS else "")
    return _back(request, plan)


@require_POST
@allowed(Act.PROPOSE)
def only_editorial(request: Request, plan: str) -> HttpResponse:
    """Rule that words say the same in substance as those that they come from, so that consent to these still holds."""
    key, reason = request.POST.get("wording", ""), request.POST.get("reason", "").strip()
    found = held(get_object_or_404(Plan.objects, slug=plan), Resource.WORDING, keys=[key]).get(key)
    seen = request.POST.get("version", "")
    if found is None or not seen.isdecimal():
        raise Http404
    # What the rule for wordings says of a missing reason is said by the writer.
    ruled = replace(cast("WordingContent", found.content), change=WordingChange.EDITORIAL, change_reason=reason)
    try:
        told = _rule(request, plan, ruled, seen=int(seen), reason=reason)
    except (ValidationError, Stale) as error:
        context: dict[str, Any] = {"plan": plan, "wording": key, "reason": reason, "back": _address(request, plan)}
        context["stale"] = isinstance(error, Stale)
        context["problems"] = error.messages if isinstance(error, ValidationError) else []
        return render(request, "provisions/not_ruled.html", context, status=409 if context["stale"] else 422)
    messages.success(request, told)
    return _back(request, plan)


def _rule(request: Request, plan: str, ruled: WordingContent, *, seen: int, reason: str) -> str:
    """Put the ruling on record, or propose it; what was done. Raises Stale, ValidationError."""
    if not reason:
        raise ValidationError(_("Say why the change altered no meaning."))
    if must_propose(request.user, plan):
        propose(plan, ruled, seen=seen, reason=reason, author=cast("User", request.user))
        return _("Proposed. Somebody else has to approve it before it is on record.")
    change(plan, ruled, seen=seen, by=author(request, reason=reason))
    return _("Ruled editorial. Levels are being worked out again.")


def _address(request: Request, plan: str) -> str:
    """The queue as it was filtered."""
    asked = {name: value for name in ("party", "only", "since") if (value := request.GET.get(name, ""))}
    return reverse("queue", args=[plan], query=asked or None)


def _back(request: Request, plan: str) -> HttpResponse:
    return redirect(_address(request, plan))
