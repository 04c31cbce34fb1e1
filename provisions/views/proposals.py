"""Proposals: what waits for a second pair of eyes, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from provisions import proposals
from provisions.agreement.words import WordingChange
from provisions.chronicle import names_in, told
from provisions.contents import ProvisionContent, WordingContent
from provisions.drafting import made_current
from provisions.foresight import Foresight, foresee, undoing
from provisions.forms.desk import FORMS, Merged, Shelf, Thing
from provisions.held import held
from provisions.models import Change, Plan, PlanVersion, Proposal, ProposalStatus, Resource
from provisions.policy import Act, may
from provisions.proposals import several_of
from provisions.record import Stale, Unknown
from provisions.redline import Piece, redline
from provisions.several import Several

from .asking import Request, allowed
from .changes import shifts_of

# The latest of those that are decided; the log has all that became of them.
DECIDED = 50


@dataclass(frozen=True, slots=True)
class ProposedWords:
    """The words of a line in a proposed text, marked against the words that they come from."""

    content: WordingContent
    title: str
    pieces: tuple[Piece, ...]


@require_GET
@allowed(Act.PROPOSE)
def proposals_page(request: Request, plan: str) -> HttpResponse:
    head = get_object_or_404(PlanVersion.objects.standing().select_related("plan"), plan__slug=plan)
    rows = Proposal.objects.filter(plan=head.plan).select_related("author", "decided_by", "plan").order_by("-number")
    context = {
        "plan": head,
        "open": list(rows.filter(status=ProposalStatus.OPEN)),
        "decided": list(rows.exclude(status=ProposalStatus.OPEN)[:DECIDED]),
        "takes_two": proposals.takes_two(plan),
    }
    return render(request, "provisions/proposals.html", context)


@require_POST
@allowed(Act.ARRANGE)
def set_four_eyes(request: Request, plan: str) -> HttpResponse:
    get_object_or_404(PlanVersion.objects.standing(), plan__slug=plan)
    proposals.set_four_eyes(plan, on=request.POST.get("on") == "yes", by=cast("User", request.user))
    return redirect("proposals", plan=plan)


@require_http_methods(["GET", "POST"])
@allowed(Act.PROPOSE)
def proposal_page(request: Request, plan: str, number: int) -> HttpResponse:
    """What is proposed, what it would move, and the decision."""
    rows = Proposal.objects.select_related("author", "decided_by", "plan")
    proposal = get_object_or_404(rows, plan__slug=plan, number=number)
    problem = ""
    if request.method == "POST":
        try:
            _decide(request, plan, number)
        except Stale:
            if proposal.several:
                problem = _("The record has moved on, so this was not applied. Its author may make it anew.")
            else:
                problem = _("The thing has moved on, so this was not applied. Its author has to bring it up to date.")
        except (ValidationError, Unknown) as error:
            problem = " ".join(error.messages) if isinstance(error, ValidationError) else str(error)
        else:
            return redirect("proposal", plan=plan, number=number)
    mine = proposal.author_id == request.user.pk
    several = several_of(proposal)
    words = _words(proposal.plan, several) if several else []
    context: dict[str, Any] = {
        "plan": get_object_or_404(PlanVersion.objects.standing().select_related("plan"), plan__slug=plan),
        "proposal": proposal,
        "fields": _fields(proposal),
        "stale": proposals.is_stale(proposal),
        "foreseen": _foreseen(proposal),
        "several": several,
        "changed": [each for each in words if each.content.change != WordingChange.IDENTICAL],
        "carried": [each for each in words if each.content.change == WordingChange.IDENTICAL],
        "others": [each for each in several.added if not isinstance(each, WordingContent)] if several else [],
        "undone": _undone(proposal),
        "mine": mine,
        "may_decide": not mine and may(request.user, Act.APPROVE, plan),
        "problem": problem,
        "reason": request.POST.get("reason", ""),
        # What is not on record yet has no form of its own to open.
        "editable": proposal.resource in FORMS and bool(proposal.content) and proposal.base_version > 0,
    }
    return render(request, "provisions/proposal.html", context, status=409 if problem else 200)


def _decide(request: Request, plan: str, number: int) -> None:
    user, reason = cast("User", request.user), request.POST.get("reason", "")
    match request.POST.get("decision"):
        case "approve":
            proposals.approve(plan, number, by=user, reason=reason)
            messages.success(request, _("Approved, and on record."))
        case "reject":
            proposals.reject(plan, number, by=user, reason=reason)
            messages.success(request, _("Rejected."))
        case "withdraw":
            proposals.withdraw(plan, number, by=user, reason=reason)
            messages.success(request, _("Withdrawn."))
        case _:
            raise Http404


def _fields(proposal: Proposal) -> list[Merged]:
    """What it would change, field by field; of a kind without a form, nothing."""
    resource = Resource(proposal.resource)
    content = proposals.content_of(proposal)
    if resource not in FORMS or content is None:
        return []
    found = held(proposal.plan, resource, keys=[proposal.key]).get(proposal.key)
    thing = Thing(proposal.key, found.content if found else content, found.version if found else 0)
    form = FORMS[resource](Shelf(proposal.plan.slug), thing)
    base = found.content if found else None
    merged = form.merged(base=base, theirs=base, yours=form.told(content))
    return [each for each in merged if each.base != each.yours]


def _foreseen(proposal: Proposal) -> Foresight | None:
    if proposal.status != ProposalStatus.OPEN:
        return None
    if (several := several_of(proposal)) is not None:
        return _foreseen_of(proposal.plan, several)
    content = proposals.content_of(proposal)
    if content is None:
        return foresee(proposal.plan.slug, [], without=[proposal.key])
    return foresee(proposal.plan.slug, [content])


def _foreseen_of(plan: Plan, several: Several) -> Foresight | None:
    if several.undone is not None:
        return None
    contents = list(several.added)
    if several.current:
        contents.append(made_current(held(plan, Resource.PLAN)[plan.slug].content, several.current))
    return foresee(plan.slug, contents, without=several.retracted)


def _words(plan: Plan, several: Several) -> list[ProposedWords]:
    wordings = [each for each in several.added if isinstance(each, WordingContent)]
    if not wordings:
        return []
    contents = {key: each.content for key, each in held(plan, Resource.PROVISION).items()}
    contents |= {each.key: each for each in several.added}
    titles = {key: each.title for key, each in contents.items() if isinstance(each, ProvisionContent)}
    keys = [key for each in wordings for key in each.comes_from]
    before = {key: each.content.text for key, each in held(plan, Resource.WORDING, keys=keys).items()}
    told = []
    for each in wordings:
        old = "\n".join(before[key] for key in each.comes_from if key in before)
        told.append(ProposedWords(each, titles[each.provision], tuple(redline(old, each.text))))
    return told


def _undone(proposal: Proposal) -> dict[str, Any] | None:
    """The change that would be undone, and the levels that this would move."""
    if proposal.several is None or (seq := proposal.several["undone"]) is None:
        return None
    plan = proposal.plan.slug
    change = Change.objects.select_related("plan", "actor").get(plan=proposal.plan, seq=seq)
    names = names_in(plan)
    # What was decided is history: undoing it now would do something else.
    moves = undoing(change).moves if proposal.status == ProposalStatus.OPEN else ()
    return {"entry": told(change, names=names), "shifts": shifts_of(moves, names=names)}
