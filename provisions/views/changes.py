"""The log of a plan as people read it, and taking a change back."""

from __future__ import annotations

from collections.abc import Container, Iterable
from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from provisions.agreement.words import Gone, Level
from provisions.chronicle import Names, Shift, Wanted, authors, chronicle, names_in, told
from provisions.codebook import VOCABULARIES, Code, code
from provisions.foresight import Move, undoing, undoing_together
from provisions.forms import UndoForm
from provisions.models import Change, ChangeKind, PlanVersion, Resource, Via
from provisions.policy import Act, Powers
from provisions.proposals import must_propose, propose_several
from provisions.record import Stale, Unknown, revert, revert_all, saved_together
from provisions.several import Several

from .asking import Request, allowed, author

# What it takes to undo a change is what it took to make it.
ARRANGED = (Resource.PLAN, Resource.CATEGORY, Resource.REVISION)


def undone_by(powers: Powers) -> Container[str]:
    """The kinds of thing of which somebody may undo changes."""
    return [each for each in Resource if powers[Act.ARRANGE if each in ARRANGED else Act.RECORD]]


@require_GET
def changes_page(request: Request, plan: str) -> HttpResponse:
    head = PlanVersion.objects.standing().filter(plan__slug=plan).select_related("plan").first()
    if head is None:
        raise Http404
    names = names_in(plan)
    people = authors(plan)

    def asked(name: str, among: Container[str]) -> str:
        return value if (value := request.GET.get(name, "")) in among else ""

    wanted = Wanted(
        resource=asked("resource", Resource.values),
        who=asked("who", people),
        via=asked("via", Via.values),
        line=asked("line", names.lines),
        party=asked("party", names.parties),
    )
    before = request.GET.get("before", "")
    powers = Powers(request.user, plan)
    context = {
        "plan": head,
        # The navigation asks too.
        "may": powers,
        "page": chronicle(
            plan,
            before=int(before) if before.isdecimal() else None,
            wanted=wanted,
            undo=undone_by(powers),
            names=names,
        ),
        "wanted": wanted,
        "resources": VOCABULARIES["resource"],
        "doors": VOCABULARIES["via"],
        "people": people,
        "names": names,
        "before": before,
        "feed": reverse("api:changes-atom", args=[plan], query=wanted.asked or None),
    }
    return render(request, "provisions/changes.html", context)


@require_http_methods(["GET", "POST"])
@allowed(Act.RECORD)
def undo(request: Request, plan: str, seq: int) -> HttpResponse:
    """What the change did, what undoing it would do, and why not; with a reason, undoing it."""
    change = get_object_or_404(Change.objects.select_related("plan", "actor"), plan__slug=plan, seq=seq)
    if change.resource not in undone_by(Powers(request.user, plan)):
        raise PermissionDenied
    form = UndoForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            if must_propose(request.user, plan):
                return _proposed(request, change, reason=form.cleaned_data["reason"])
            done = revert(plan, seq, by=author(request, reason=form.cleaned_data["reason"]))
        except (ValidationError, Stale, Unknown, ValueError):
            # It could be undone when the form was shown; what is in the way now is said below.
            pass
        else:
            words = _("Undone: change %(seq)s. Levels are being worked out again.")
            messages.success(request, words % {"seq": seq}, extra_tags=f"change-{done}")
            return redirect(f"{reverse('changes', args=[plan])}#change-{done}")
    found = undoing(change)
    names = names_in(plan)
    context: dict[str, Any] = {
        "plan": plan,
        "change": change,
        "entry": told(change, names=names),
        "together": len(_set_of(request, change)),
        "undoing": found,
        "shifts": shifts_of(found.moves, names=names),
        "form": form,
        "problems": form.problems if form.is_bound else [],
        "title": PlanVersion.objects.standing().get(plan__slug=plan).title,
        "proposes": must_propose(request.user, plan),
    }
    return render(request, "provisions/undo.html", context)


def _proposed(request: Request, change: Change, *, reason: str) -> HttpResponse:
    """Propose to undo a change. Raises ValidationError where it cannot be undone."""
    proposal = propose_several(
        change.plan.slug,
        Several(undone=change.seq),
        about=(Resource(change.resource), change.key),
        reason=reason,
        author=cast("User", request.user),
    )
    messages.success(request, _("Proposed. Somebody else has to approve it."))
    return redirect("proposal", plan=change.plan.slug, number=proposal.number)


def shifts_of(moves: Iterable[Move], *, names: Names) -> list[Shift]:
    """Levels that would move, in words."""
    return [
        Shift(move.line, names.lines.get(move.line, move.line), code_of(move.before), code_of(move.after))
        for move in moves
    ]


@require_http_methods(["GET", "POST"])
@allowed(Act.RECORD)
def undo_together(request: Request, plan: str, seq: int) -> HttpResponse:
    """The same for all changes that were saved together with one."""
    change = get_object_or_404(Change.objects.select_related("plan", "actor"), plan__slug=plan, seq=seq)
    changes = _set_of(request, change)
    if not changes:
        return redirect("undo", plan=plan, seq=seq)
    first, last = changes[0].seq, changes[-1].seq
    form = UndoForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            by = author(request, reason=form.cleaned_data["reason"])
            done = revert_all(plan, after=first - 1, up_to=last, by=by)
        except (ValidationError, Stale, Unknown, ValueError):
            pass
        else:
            words = _("Undone: changes %(first)s to %(last)s. Levels are being worked out again.")
            messages.success(request, words % {"first": first, "last": last}, extra_tags=f"change-{done.seq}")
            return redirect(f"{reverse('changes', args=[plan])}#change-{done.seq}")
    found = undoing_together(changes)
    names = names_in(plan)
    context: dict[str, Any] = {
        "plan": plan,
        "first": first,
        "last": last,
        "entries": [told(each, names=names) for each in changes],
        "undoing": found,
        "staying": [(each.label, keys) for each, keys in found.back.staying.items()] if found.back else [],
        "shifts": shifts_of(found.moves, names=names),
        "form": form,
        "problems": form.problems if form.is_bound else [],
        "title": PlanVersion.objects.standing().get(plan__slug=plan).title,
    }
    return render(request, "provisions/undo_together.html", context)


def _set_of(request: Request, change: Change) -> list[Change]:
    """The several changes that a person saved together with one, if the reader may undo all of them."""
    if change.via not in (Via.PAGE, Via.API) or change.kind == ChangeKind.ASSESSED:
        return []
    changes = saved_together(change)
    theirs = undone_by(Powers(request.user, change.plan.slug))
    return changes if len(changes) > 1 and all(each.resource in theirs for each in changes) else []


def code_of(level: Level | Gone | None) -> Code | None:
    return code(level) if level else None
