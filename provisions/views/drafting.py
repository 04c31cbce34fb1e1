"""A new text, made from one on record line by line."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from django_htmx.http import HttpResponseClientRedirect

from provisions.contents import Content
from provisions.drafting import drafted, made_current, old_lines
from provisions.foresight import Foresight, foresee
from provisions.forms.desk import Shelf
from provisions.forms.desk.drafting import DraftForms
from provisions.held import Held, held
from provisions.models import Plan, Resource, RevisionVersion
from provisions.policy import Act
from provisions.proposals import must_propose, propose_several
from provisions.record import Stale, Unknown, writing
from provisions.several import Several

from .asking import Request, allowed, author
from .keeping import kept, put_away


@require_http_methods(["GET", "POST"])
@allowed(Act.ARRANGE)
def new_text(request: Request, plan: str, base: str) -> HttpResponse:
    """The form of a new text, the form with one more line, what it would move, or saving it."""
    found = Plan.objects.filter(slug=plan).first()
    head = held(found, Resource.PLAN).get(plan) if found else None
    old = old_lines(found, base) if found else []
    if found is None or head is None or not old:
        raise Http404
    asked = request.POST.get("more", "")

    def forms(**filled: Any) -> DraftForms:
        return DraftForms(Shelf(plan), old, base=base, plan_version=head.version, **filled)

    if request.method == "GET":
        return _page(request, head, forms(typed=kept(request)))
    if asked == "effect":
        draft = forms(data=_with_reason(request.POST))
        foreseen = _foreseen(head, draft) if draft.is_valid() else None
        return _page(request, head, forms(typed=request.POST), foreseen=foreseen, asked=True)
    if asked:
        return _page(request, head, forms(typed=request.POST, more=asked), dirty=True)
    draft = forms(data=request.POST)
    if draft.is_valid():
        try:
            where = _saved(request, head, draft)
        except (ValidationError, Unknown) as error:
            draft.head.refuse(error)
        except Stale:
            remedy = _(
                "Somebody changed the plan or made the same text meanwhile. Nothing is lost: look, and save again."
            )
            sent = request.POST.copy()
            sent["plan_version"] = str(held(found, Resource.PLAN)[plan].version)
            draft = forms(data=sent)
            draft.head.add_error(None, remedy)
        else:
            put_away(request)
            return HttpResponseClientRedirect(where) if request.htmx else redirect(where)
    return _page(request, head, draft, status=422)


def _text(draft: DraftForms) -> list[Content]:
    """Lines, head and words of the text, in the order in which they are written."""
    groups = drafted(draft.head.revision(), draft.old, draft.decisions(), draft.new_lines())
    return [content for group in groups for content in group]


def _saved(request: Request, head: Held, draft: DraftForms) -> str:
    """Put all of it on record, or propose it; where that is seen. Raises Stale, Unknown, ValidationError."""
    plan, told = draft.shelf.plan, draft.head.cleaned_data
    named = {"title": told["title"]}
    text = Several(added=tuple(_text(draft)), current=told["slug"] if told["current"] else "")
    if must_propose(request.user, plan):
        proposal = propose_several(
            plan,
            text,
            about=(Resource.REVISION, told["slug"]),
            reason=told["reason"],
            author=cast("User", request.user),
            source=draft.head.new_source,
        )
        messages.success(request, _("Proposed: the text “%(title)s”. Somebody else has to approve it.") % named)
        return reverse("proposal", args=[plan, proposal.number])
    with writing(plan, by=author(request, reason=told["reason"])) as pen:
        # The new text was made of the plan as it was seen.
        if (now := held(pen.plan, Resource.PLAN)[plan]).version != told["plan_version"]:
            raise Stale(Resource.PLAN, plan, seen=told["plan_version"], held=now)
        text.write(pen, reason=told["reason"], source=draft.head.new_source)
    messages.success(request, _("Saved: the text “%(title)s”.") % named)
    return reverse("compare", args=[plan, draft.base, told["slug"]])


def _foreseen(head: Held, draft: DraftForms) -> Foresight:
    """What it moves, once it is on the table."""
    return foresee(draft.shelf.plan, [*_text(draft), made_current(head.content, draft.head.cleaned_data["slug"])])


def _with_reason(sent: QueryDict) -> QueryDict:
    filled = sent.copy()
    filled["reason"] = sent.get("reason") or "…"
    return filled


def _page(
    request: Request,
    head: Held,
    draft: DraftForms,
    *,
    status: int = 200,
    dirty: bool = False,
    foreseen: Foresight | None = None,
    asked: bool = False,
) -> HttpResponse:
    texts = RevisionVersion.objects.standing().filter(revision__plan__slug=draft.shelf.plan)
    context = {
        "plan": head.content,
        "base": texts.values_list("title", flat=True).get(revision__slug=draft.base),
        "draft": draft,
        "form": draft.head,
        "problems": draft.problems if draft.head.is_bound else [],
        "dirty": dirty or asked or draft.head.is_bound,
        "foreseen": foreseen,
        "asked": asked,
        "proposes": must_propose(request.user, draft.shelf.plan),
    }
    return render(request, "provisions/new_text.html", context, status=status)
