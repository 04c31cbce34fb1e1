"""Adding a position to a line, and retracting one. Positions are never edited."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import OperationalError
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods
from django_htmx.http import HttpResponseClientRedirect
from psycopg.errors import LockNotAvailable

from parties.models import Source
from provisions.agreement.words import Authority
from provisions.contents import PositionContent
from provisions.foresight import Effect, effect
from provisions.forms import PositionForm, RetractionForm
from provisions.models import Event, Plan, PlanVersion, Position
from provisions.policy import Act
from provisions.proposals import must_propose, propose, propose_retraction
from provisions.queue import KINDS, following
from provisions.record import Stale, Unknown, retract_position, writing
from provisions.sheet import NoSuchLine, Sheet, Voice, sheet

from .asking import Request, allowed, author, line_named
from .keeping import kept, put_away

# A list to choose from, not the whole register; any other source is named by its number or address.
SOURCES_OFFERED = 300
PROPOSED = gettext_lazy("Proposed. Somebody else has to approve it before it is on record.")


@require_GET
@allowed(Act.PROPOSE)
def whose_position(request: Request, plan: str, line: str) -> HttpResponse:
    """Which party spoke?"""
    found = sheet_of(plan, line)
    return render(request, "provisions/whose_position.html", {"sheet": found, "board": found.board, "row": found.row})


@require_http_methods(["GET", "POST"])
@allowed(Act.PROPOSE)
def add_position(request: Request, plan: str, line: str, party: str) -> HttpResponse:
    """The form, the form with one more row, what saving would do, or saving."""
    found = sheet_of(plan, line)
    voice = next((voice for voice in found.voices if voice.party.slug == party), None)
    if voice is None:
        raise Http404
    asked, before = request.POST.get("more", ""), followed(request, voice)
    if request.method == "GET":
        form = position_form(found, voice, typed=kept(request), followed=before)
    elif asked:
        form = position_form(found, voice, typed=request.POST, more=asked, followed=before)
    else:
        form = position_form(found, voice, data=request.POST, followed=before)
        if form.is_valid() and save(request, form):
            put_away(request)
            told = PROPOSED if must_propose(request.user, plan) else saved(found, voice)
            where, focus = _next_in_queue(request, found, voice) or (
                reverse("provision", args=[plan, line]),
                f"add-{voice.party.slug}",
            )
            messages.success(request, told, extra_tags=focus)
            return _onward(request, where)
    context = {
        "form": form,
        "problems": form.problems if form.is_bound else [],
        "more": asked,
        "effect": foreseen(found, voice, request.POST) if asked == "effect" else None,
        "sheet": found,
        "board": found.board,
        "row": found.row,
        "voice": voice,
        "sources": Source.objects.order_by("-pk")[:SOURCES_OFFERED],
    }
    template = "provisions/_effect.html" if request.htmx and asked == "effect" else "provisions/add_position.html"
    return render(request, template, context, status=422 if context["problems"] else 200)


def _onward(request: Request, where: str) -> HttpResponse:
    return HttpResponseClientRedirect(where) if request.htmx else redirect(where)


def _next_in_queue(request: Request, found: Sheet, voice: Voice) -> tuple[str, str] | None:
    """Where who came from the queue goes on, and where focus goes there: the next doubt of its kind, or the queue.

    The filter is kept. The queue is read as it was before saving: levels are worked out later.
    """
    kind, plan = request.GET.get("queue", ""), found.board.plan
    if kind not in KINDS:
        return None
    narrowed = {name: value for name in ("party", "only", "since") if (value := request.GET.get(name, ""))}
    place = f"{found.row.slug}.{voice.party.slug}"
    doubt = following(found.board, place, kind=kind, party=narrowed.get("party", ""))
    if doubt is None:
        return reverse("queue", args=[plan], query=narrowed or None), f"qh-{kind}"
    where = [plan, doubt.row.slug, doubt.cell.party.slug]
    return reverse("add-position", args=where, query={**narrowed, "queue": kind}), "ed-h"


def foreseen(found: Sheet, voice: Voice, typed: QueryDict) -> Effect | None:
    """What saving would do, as soon as enough is filled in for the rule; what it does not read may be missing."""
    filled = typed.copy()
    for name in ("speaker", "summary", "reason"):
        filled[name] = typed.get(name) or "…"
    form = position_form(found, voice, data=filled)
    if not form.is_valid():
        return None
    return effect(found.board.plan, form.position("not-saved-yet"), line=found.row.slug)


def sheet_of(plan: str, line: str) -> Sheet:
    """The sheet of a line that can be spoken to."""
    try:
        found = sheet(plan, line)
    except (Plan.DoesNotExist, PlanVersion.DoesNotExist, NoSuchLine):
        raise Http404 from None
    if not found.worded:
        raise Http404
    return found


def followed(request: Request, voice: Voice) -> PositionContent | None:
    """The position that the new one follows: one of the same party on the same line that was not retracted."""
    key = request.POST.get("follows") or request.GET.get("follows")
    said = [voice.standing, *voice.claims, *voice.earlier]
    known = {each.content.key: each.content for each in said if each and not each.retracted}
    if key and key not in known:
        raise Http404
    return known.get(key or "")


def position_form(found: Sheet, voice: Voice, **filled: Any) -> PositionForm:
    plan = PlanVersion.objects.standing().get(plan__slug=found.board.plan)
    events = Event.objects.filter(plan=plan.plan_id).order_by("title").values_list("slug", "title")
    return PositionForm(
        sheet=found, party=voice.party, threshold=Authority(plan.threshold), events=list(events), **filled
    )


def save(request: Request, form: PositionForm) -> bool:
    """Put the position on record, with the source that came with it. What the writer refuses is shown in the form."""
    plan, by = form.sheet.board.plan, author(request, reason=form.cleaned_data["reason"])
    position = form.position(free_key(plan, form))
    if is_on_record(plan, position):
        form.add_error(None, _("The same position is on record already: same day, speaker, stance and summary."))
        return False
    try:
        if must_propose(request.user, plan):
            user = cast("User", request.user)
            propose(plan, position, seen=0, reason=by.reason, author=user, source=form.new_source)
        else:
            with writing(plan, by=by) as pen:
                pen.put_source(form.new_source)
                pen.put([position], seen={position.key: 0})
    except (ValidationError, Unknown, Stale) as error:
        form.refuse(error)
        return False
    except OperationalError as error:
        if not isinstance(error.__cause__, LockNotAvailable):
            raise
        form.add_error(None, _("Many are saving to this plan at the moment. Nothing is lost: press Save again."))
        return False
    return True


def free_key(plan: str, form: PositionForm) -> str:
    """A readable key that no position has: `ua-2026-02-15.armed-forces`, or `ua-2026-02-15-2.armed-forces`."""
    draft = form.position("")
    said, line = f"{draft.party}-{draft.stated_on}", f".{draft.provision}" if draft.provision else ""
    taken = set(Position.objects.filter(plan__slug=plan, key__startswith=said).values_list("key", flat=True))
    number = 1
    while (key := f"{said}{f'-{number}' if number > 1 else ''}{line}") in taken:
        number += 1
    return key


def is_on_record(plan: str, position: PositionContent) -> bool:
    """Whether the party is on record with the same statement, so that a form that is sent twice is saved once."""
    rows = Position.objects.filter(
        plan__slug=plan,
        party__slug=position.party,
        asserted_by__slug=position.asserted_by,
        stance=position.stance,
        stated_on=position.stated_on.day,
        speaker=position.speaker,
        summary=position.summary,
        retraction=None,
    )
    if position.provision is None:
        return rows.filter(revision__slug=position.revision).exists()
    return rows.filter(wording__revision__slug=position.revision, wording__provision__slug=position.provision).exists()


def saved(found: Sheet, voice: Voice) -> str:
    """What was saved, and what happens now."""
    point = _("point %(number)s") % {"number": found.row.number} if found.row.number else found.row.title
    told = _("Saved: a position of %(party)s on %(point)s. The level is being worked out again.")
    return told % {"party": voice.party.name, "point": point}


@require_http_methods(["GET", "POST"])
@allowed(Act.PROPOSE)
def retract(request: Request, plan: str, key: str) -> HttpResponse:
    """Ask for the reason, then withdraw a position from the record."""
    rows = Position.objects.select_related("party", "wording__provision", "wording__revision", "revision")
    position = get_object_or_404(rows, plan__slug=plan, key=key, retraction=None)
    # A position on a whole text stands on the pages of all lines.
    line = position.wording.provision.slug if position.wording else line_named(request, plan, by="line")
    form = RetractionForm(request.POST if request.method == "POST" else None, typed=kept(request))
    if form.is_bound and form.is_valid():
        try:
            reason = form.cleaned_data["reason"]
            if proposed := must_propose(request.user, plan):
                propose_retraction(plan, key, reason=reason, author=cast("User", request.user))
            else:
                retract_position(plan, key, by=author(request, reason=reason))
        except ValidationError as error:
            form.add_error(None, error.messages)
        else:
            told = _("Retracted: what %(speaker)s said. The level is being worked out again.")
            if proposed:
                told = _("Proposed: to retract what %(speaker)s said. Somebody else has to approve it.")
            messages.success(request, told % {"speaker": position.speaker})
            where = reverse("provision", args=[plan, line]) if line else reverse("board", args=[plan])
            return _onward(request, where)
    context = {
        "form": form,
        "problems": form.problems if form.is_bound else [],
        "position": position,
        "plan": plan,
        "line": line,
    }
    return render(request, "provisions/retract_position.html", context, status=422 if context["problems"] else 200)
