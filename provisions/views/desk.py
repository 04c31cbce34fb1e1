"""The desk: everything on the record, edited in forms that lose nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import OperationalError
from django.forms import ChoiceField
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_htmx.http import HttpResponseClientRedirect
from psycopg.errors import LockNotAvailable

from parties.models import Source
from provisions import presence
from provisions.codebook import code
from provisions.contents import Content, WordingContent, from_json
from provisions.desk import Shelves, implementations, relations, shelves
from provisions.drafts import drafts_of
from provisions.foresight import Foresight, foresee
from provisions.forms.desk import ADDED, FORMS, SAID_OF_WORDS, Merged, Raw, Shelf, Thing, ThingForm, pairs, standing
from provisions.held import Held, held
from provisions.models import (
    Change,
    PlanVersion,
    Proposal,
    ProposalStatus,
    Provision,
    ProvisionVersion,
    Resource,
    Wording,
)
from provisions.policy import Act, may
from provisions.proposals import must_propose, propose, rebase
from provisions.record import Stale, Unknown, writing
from provisions.redline import Piece, redline

from .asking import Request, allowed, author, line_named
from .drafts import listed
from .keeping import kept, put_away

# A list to choose from, not the whole register; any other source is named by its number or address.
SOURCES_OFFERED = 300
DRAFTS_SHOWN = 5
# The kinds of things that a plan lead arranges.
ARRANGED = {resource for resource, form in FORMS.items() if form.act == Act.ARRANGE}


@dataclass(frozen=True, slots=True)
class Desk:
    """A thing that somebody has on the desk, what it is called, and where they go when they are done."""

    plan: str
    head: PlanVersion
    resource: Resource
    thing: Thing
    name: str
    back: str

    @property
    def form(self) -> type[ThingForm]:
        return FORMS[self.resource]

    @property
    def kind(self) -> str:
        return str(code(self.resource, vocabulary="resource").label)


@require_GET
@allowed(Act.PROPOSE)
def desk_page(request: Request, plan: str) -> HttpResponse:
    """What can be edited, and the way to each form."""
    try:
        found: Shelves = shelves(plan)
    except PlanVersion.DoesNotExist:
        raise Http404 from None
    drafts = drafts_of(cast("User", request.user), plan)
    context = {
        "plan": found.plan,
        "shelves": found,
        "arranged": ARRANGED,
        "drafts": listed(plan, drafts[:DRAFTS_SHOWN]),
        "number": drafts.count(),
    }
    return render(request, "provisions/desk.html", context)


@require_http_methods(["GET", "POST"])
@allowed(Act.PROPOSE)
def edit_thing(request: Request, plan: str, resource: str, key: str) -> HttpResponse:
    """The form of a thing, the form with one more row, what saving would do, or saving."""
    desk = _desk(plan, resource, key)
    _check_may(request, desk.form, plan)
    return _answer(request, desk)


@require_http_methods(["GET", "POST"])
@allowed(Act.PROPOSE)
def add_thing(request: Request, plan: str, resource: str) -> HttpResponse:
    """The form of a thing that is not on record yet."""
    if resource not in ADDED:
        raise Http404
    kind = Resource(resource)
    _check_may(request, FORMS[kind], plan)
    desk = Desk(plan, _head(plan), kind, Thing(""), "", _whence(request, plan))
    return _answer(request, desk)


def _whence(request: Request, plan: str) -> str:
    """The page of the line for which something is added, if the address names one; else the desk."""
    line = line_named(request, plan, by="provision")
    return reverse("provision", args=[plan, line]) if line else reverse("desk", args=[plan])


def _check_may(request: Request, form: type[ThingForm], plan: str) -> None:
    """What may be recorded may be proposed; what arranges the plan may not. Raises PermissionDenied."""
    if form.act != Act.RECORD and not may(request.user, form.act, plan):
        raise PermissionDenied


@require_POST
@allowed(Act.PROPOSE)
def opened(request: Request, plan: str, resource: str, key: str) -> HttpResponse:
    """An open form says that it is open, and hears who else has it."""
    if resource not in FORMS:
        raise Http404
    kind = Resource(resource)
    presence.note(plan, kind, key, user=request.user)  # type: ignore[arg-type]
    return render(request, "provisions/_presence.html", _presence(request, plan, kind, key))


def _presence(request: Request, plan: str, resource: Resource, key: str) -> dict[str, Any]:
    since = Change.objects.filter(plan__slug=plan, resource=resource, key=key).order_by("-version")
    began = request.POST.get("version", "")
    later = since.filter(version__gt=int(began)).select_related("actor").first() if began.isdecimal() else None
    return {
        "others": presence.others(plan, resource, key, user=request.user),  # type: ignore[arg-type]
        "later": later,
    }


# ---- What is on the desk ----


def _head(plan: str) -> PlanVersion:
    found = PlanVersion.objects.standing().select_related("plan").filter(plan__slug=plan).first()
    if found is None:
        raise Http404
    return found


def _desk(plan: str, resource: str, key: str) -> Desk:
    """The thing in an address. Raises Http404 where there is no such thing, and nothing that could be said of it."""
    head = _head(plan)
    if resource not in FORMS:
        raise Http404
    kind = Resource(resource)
    found = held(head.plan, kind, keys=[key]).get(key)
    if found is None and not (kind in SAID_OF_WORDS and _worded(plan, key)):
        raise Http404
    thing = Thing(key, found.content, found.version) if found else Thing(key)
    name, back = _name(plan, kind, key, found)
    return Desk(plan, head, kind, thing, name, back)


def _worded(plan: str, key: str) -> bool:
    revision, _slash, line = key.partition("/")
    return Wording.objects.filter(
        revision__plan__slug=plan, revision__slug=revision, provision__slug=line, provision__parent=None
    ).exists()


def _name(plan: str, resource: Resource, key: str, found: Held | None) -> tuple[str, str]:
    """What a thing is called, and the page that shows it."""
    line = key.partition("/")[2] if resource in (Resource.WORDING, *SAID_OF_WORDS) else key
    if resource in (Resource.WORDING, Resource.PROVISION, *SAID_OF_WORDS):
        of = Provision.objects.filter(plan__slug=plan, slug=line).select_related("parent").first()
        title = ProvisionVersion.objects.standing().get(provision=of).title
        whole = of.parent.slug if of and of.parent else line
        return title, reverse("provision", args=[plan, whole])
    content = found.content if found else None
    title = getattr(content, "title", "") or getattr(content, "subject", "") or getattr(content, "name", key)
    match resource:
        case Resource.SOURCE:
            return title, reverse("source", args=[key])
        case Resource.PLAN:
            return title, reverse("board", args=[plan])
        case Resource.PARTY:
            return title, reverse("party", args=[plan, key])
        case Resource.RELATION:
            named = relations(plan, key=key)
            return named[0][1] if named else key, reverse("texts", args=[plan])
        case Resource.IMPLEMENTATION:
            named = implementations(plan, key=key)
            return named[0][1] if named else key, reverse("provision", args=[plan, key.partition("/")[0]])
        case Resource.EVENT | Resource.COMPANION:
            return title, reverse("events", args=[plan])
    return title, reverse("desk", args=[plan])


# ---- Answers ----


def _answer(request: Request, desk: Desk) -> HttpResponse:
    asked = request.POST.get("more", "")
    shelf = Shelf(desk.plan)
    if request.method == "GET":
        typed = kept(request)
        if typed is None and not desk.thing.key and "provision" in request.GET:
            # The line for which something is added stands in the form.
            typed = request.GET
        if typed is None and (proposal := _proposal(request, desk)) and proposal.content:
            typed = _told(desk, from_json(desk.resource, proposal.content), proposal)
            if proposal.base_version != desk.thing.version:
                return _conflict(request, desk, sent=typed)
        return _page(request, desk, desk.form(shelf, desk.thing, typed=typed))
    if asked == "effect":
        return _effect(request, desk, shelf)
    if asked.startswith("take:"):
        return _conflict(request, desk, take=asked.partition(":")[2])
    if asked:
        return _page(request, desk, desk.form(shelf, desk.thing, typed=request.POST, more=asked), more=asked)
    return _save(request, desk, desk.form(shelf, desk.thing, data=request.POST))


def _effect(request: Request, desk: Desk, shelf: Shelf) -> HttpResponse:
    """What saving would do: a piece of the page, or the page with all that was typed."""
    form = desk.form(shelf, desk.thing, data=_with_reason(request.POST))
    foreseen = _foreseen(desk, form) if form.is_valid() else None
    if request.htmx:
        return render(request, "provisions/_foreseen.html", {"foreseen": foreseen, "asked": True, "desk": desk})
    return _page(request, desk, desk.form(shelf, desk.thing, typed=request.POST), foreseen=foreseen, asked=True)


def _save(request: Request, desk: Desk, form: ThingForm) -> HttpResponse:
    """Save, or say what is in the way, with all that was typed."""
    if not form.is_valid():
        # Somebody else's version goes before a mistake of one's own: what is to be mended may be another thing now.
        began = form.data.get("version", "")
        if began.isdecimal() and int(began) != desk.thing.version:
            return _conflict(request, desk)
        return _page(request, desk, form, status=422)
    try:
        return _saved(request, desk, form)
    except Stale:
        return _conflict(request, _anew(desk, form))
    except (ValidationError, Unknown) as error:
        form.refuse(error)
        return _page(request, desk, form, status=422)
    except OperationalError as error:
        if not isinstance(error.__cause__, LockNotAvailable):
            raise
        form.add_error(None, _("Many are saving to this plan at the moment. Nothing is lost: press Save again."))
        return _page(request, desk, form, status=503)


def _anew(desk: Desk, form: ThingForm) -> Desk:
    """The same desk with the version that somebody else has saved meanwhile."""
    key = form.key()
    found = held(desk.head.plan, desk.resource, keys=[key]).get(key)
    thing = Thing(key, found.content, found.version) if found else Thing(key)
    return Desk(desk.plan, desk.head, desk.resource, thing, desk.name or form.key(), desk.back)


def _saved(request: Request, desk: Desk, form: ThingForm) -> HttpResponse:
    """Put it on record. Raises Stale, ValidationError, Unknown."""
    key, seen = form.key(), form.began_from
    if must_propose(request.user, desk.plan):
        return _proposed(request, desk, form)
    by = author(request, reason=form.cleaned_data["reason"])
    with writing(desk.plan, by=by) as pen:
        pen.put_source(form.new_source)
        moved = pen.put([form.content(key)], seen={key: seen})
        if also := form.also():
            pen.put(also)
    presence.forget(desk.plan, desk.resource, key, user=request.user)  # type: ignore[arg-type]
    put_away(request)
    if moved:
        messages.success(
            request, _("Saved: %(thing)s. The earlier version is in the log.") % {"thing": desk.kind.lower()}
        )
    else:
        messages.success(request, _("Nothing was different from what is on record, so nothing was saved."))
    return HttpResponseClientRedirect(desk.back) if request.htmx else redirect(desk.back)


def _proposed(request: Request, desk: Desk, form: ThingForm) -> HttpResponse:
    """Propose it, or bring the proposal that the form is of up to date. Raises Stale, ValidationError."""
    content, seen = form.content(form.key()), form.began_from
    user = cast("User", request.user)
    proposal = _proposal(request, desk)
    if proposal:
        rebase(desk.plan, proposal.number, content, seen=seen, by=user)
    else:
        reason = form.cleaned_data["reason"]
        proposal = propose(desk.plan, content, seen=seen, reason=reason, author=user, source=form.new_source)
    put_away(request)
    messages.success(request, _("Proposed. Somebody else has to approve it before it is on record."))
    where = reverse("proposal", args=[desk.plan, proposal.number])
    return HttpResponseClientRedirect(where) if request.htmx else redirect(where)


def _proposal(request: Request, desk: Desk) -> Proposal | None:
    """The reader's own open proposal that the address names, if it is about this thing."""
    number = request.GET.get("proposal", "")
    if not number.isdecimal():
        return None
    mine = Proposal.objects.filter(plan=desk.head.plan, author=cast("User", request.user), status=ProposalStatus.OPEN)
    return mine.filter(number=int(number), resource=desk.resource, key=desk.thing.key).first()


def _told(desk: Desk, content: Content, proposal: Proposal) -> QueryDict:
    """A proposal as if it had just been typed on the version that it was made on."""
    form = desk.form(Shelf(desk.plan), desk.thing)
    sent = QueryDict(mutable=True)
    for name, raw in form.told(content).items():
        for field, value in pairs(form.fields[name], name, raw):
            sent.appendlist(field, value)
    sent["version"], sent["reason"] = str(proposal.base_version), proposal.reason
    return sent


def _page(
    request: Request,
    desk: Desk,
    form: ThingForm,
    *,
    status: int = 200,
    more: str = "",
    foreseen: Foresight | None = None,
    asked: bool = False,
) -> HttpResponse:
    there = {}
    if desk.thing.key:
        presence.note(desk.plan, desk.resource, desk.thing.key, user=request.user)  # type: ignore[arg-type]
        there = _presence(request, desk.plan, desk.resource, desk.thing.key)
    context = {
        "desk": desk,
        "form": form,
        "plan": desk.head,
        "problems": form.problems if form.is_bound else [],
        "more": more,
        "dirty": status != 200 or bool(more) or asked or "version" in request.POST,
        "foreseen": foreseen,
        "asked": asked,
        "pieces": _pieces(desk, request.POST),
        "proposes": must_propose(request.user, desk.plan),
        "sources": Source.objects.order_by("-pk")[:SOURCES_OFFERED],
        "others": there.get("others", []),
        "later": there.get("later"),
    }
    return render(request, "provisions/edit_thing.html", context, status=status)


def _pieces(desk: Desk, sent: QueryDict) -> list[Piece]:
    """The words as they are and as they were typed, marked."""
    words = desk.thing.content
    if not isinstance(words, WordingContent) or "text" not in sent or str(sent["text"]) == words.text:
        return []
    return redline(words.text, str(sent["text"]))


def _with_reason(sent: QueryDict) -> QueryDict:
    """As if a reason had been given, which the rule does not read."""
    filled = sent.copy()
    for name in ("reason", "why"):
        filled[name] = sent.get(name) or "…"
    return filled


def _foreseen(desk: Desk, form: ThingForm) -> Foresight:
    contents: list[Content] = [form.content(form.key()), *form.also()]
    return foresee(desk.plan, contents)


# ---- Two people at once ----


def _conflict(request: Request, desk: Desk, *, take: str = "", sent: QueryDict | None = None) -> HttpResponse:
    """Somebody saved it first: base, theirs and yours, field by field, and a form that saves the choice.

    `take` names the field and whose version of it is to be saved, where the page asks again.
    """
    sent = request.POST if sent is None else sent
    began = sent.get("began" if take else "version", "")
    form = desk.form(Shelf(desk.plan), desk.thing)
    base = _at_version(desk, int(began)) if began.isdecimal() else None
    fields = form.merged(base=base, theirs=desk.thing.content, yours=form.yours(sent))
    which, _colon, how = take.partition(":")
    changes = Change.objects.filter(resource=desk.resource, key=desk.thing.key, version=desk.thing.version)
    context = {
        "desk": desk,
        "plan": desk.head,
        "form": form,
        "choices": [
            _choice(each, sent=sent if take else None, take=how if each.name == which else "") for each in fields
        ],
        "clashes": sum(each.clashes for each in fields),
        "taken": which,
        "began": began,
        "reason": sent.get("reason", ""),
        "latest": changes.select_related("actor").order_by("-recorded_at").first(),
    }
    return render(request, "provisions/conflict.html", context, status=409 if request.method == "POST" else 200)


@dataclass(frozen=True, slots=True)
class _Choice:
    """A field of a conflict, and what would be saved of it."""

    merged: Merged
    raw: Raw

    @property
    def typed(self) -> bool:
        """Whether what is saved can be typed over."""
        return isinstance(self.raw, str) and not isinstance(self.merged.bound.field, ChoiceField)

    @property
    def whose(self) -> str:
        """Whose version it is, where it is one person's."""
        versions = {"theirs": self.merged.theirs, "yours": self.merged.yours, "both": _both(self.merged)}
        return next((who for who, raw in versions.items() if raw == self.raw), "")

    @property
    def pairs(self) -> list[tuple[str, str]]:
        return pairs(self.merged.bound.field, self.merged.name, self.raw)

    @property
    def words(self) -> list[str]:
        return self.merged.words(self.raw)

    @property
    def their_pieces(self) -> list[Piece]:
        """What they changed in the words that both began from."""
        return redline(str(self.merged.base), str(self.merged.theirs))

    @property
    def your_pieces(self) -> list[Piece]:
        return redline(str(self.merged.base), str(self.merged.yours))


def _both(merged: Merged) -> str:
    return f"{merged.theirs}\n{merged.yours}"


def _choice(merged: Merged, *, sent: QueryDict | None, take: str) -> _Choice:
    """What would be saved of a field: the version that is asked for, what stood there before, else what was merged."""
    if take and merged.clashes:
        versions: dict[str, Raw] = {"yours": merged.yours, "both": _both(merged)}
        return _Choice(merged, versions.get(take, merged.theirs))
    if sent is not None and merged.clashes:
        return _Choice(merged, standing(merged.bound.field, merged.name, sent))
    return _Choice(merged, merged.raw)


def _at_version(desk: Desk, version: int) -> Any:
    """A thing as it was at a version, by the log; none where it was not there."""
    changes = Change.objects.filter(resource=desk.resource, key=desk.thing.key, version=version)
    if desk.resource != Resource.SOURCE:
        changes = changes.filter(plan__slug=desk.plan)
    found = changes.first()
    return from_json(desk.resource, found.after) if found and found.after else None
