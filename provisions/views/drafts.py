"""Drafts on the server: kept while a form is filled in, listed, resumed, and thrown away."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import unquote

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import Resolver404, ResolverMatch, resolve, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from provisions.codebook import code
from provisions.drafts import Begun, NoRoom, discard, drafts_of, keep
from provisions.forms.desk import FORMS, Shelf
from provisions.models import Draft, PlanVersion
from provisions.models.drafts import PLACE_LENGTH
from provisions.policy import Act

from .asking import Request, allowed
from .keeping import bare

# The forms that a draft can be of.
FORMS_OF_DRAFTS = {"add-position", "add-thing", "edit-thing", "new-text"}
# The fields whose words say best what a draft is about.
TELLING = ("summary", "text", "title", "subject", "name", "note", "reason")


@dataclass(frozen=True, slots=True)
class Listed:
    """A draft as it is listed: what it is of, and how it begins."""

    draft: Draft
    title: str
    begins: str


@require_GET
@allowed(Act.PROPOSE)
def drafts_page(request: Request, plan: str) -> HttpResponse:
    """One's own drafts in a plan."""
    head = get_object_or_404(PlanVersion.objects.standing().select_related("plan"), plan__slug=plan)
    drafts = list(drafts_of(cast("User", request.user), plan))
    context = {
        "plan": head,
        "drafts": listed(plan, drafts),
        "pasted": any(each.pasted for each in drafts),
    }
    return render(request, "provisions/drafts.html", context)


def _back(request: HttpRequest) -> str:
    """Where who was signed out goes on: the form itself."""
    plan = str(getattr(request.resolver_match, "kwargs", {}).get("plan", ""))
    place = request.GET.get("place", "")
    return place if _form_at(place, plan=plan) else reverse("desk", args=[plan])


@require_POST
@allowed(Act.PROPOSE, back=_back)
def keep_draft(request: Request, plan: str) -> HttpResponse:
    """Keep what stands in a form. Who asks for JSON stays on the page; who does not is led back to the form."""
    place = request.GET.get("place", "")
    if _form_at(place, plan=plan) is None:
        raise Http404
    quietly = request.headers.get("Accept") == "application/json"
    try:
        keep(cast("User", request.user), plan, [Begun(place=place, typed=bare(request.POST))])
    except NoRoom as full:
        if quietly:
            return JsonResponse({"error": str(full)}, status=422)
        messages.error(request, str(full))
        # The form is sent on as it is, and shown with all that is in it.
        return HttpResponseRedirect(place, preserve_request=True)
    if quietly:
        return JsonResponse({"kept": _("Draft kept at %(time)s UTC") % {"time": timezone.now().strftime("%H:%M:%S")}})
    messages.success(request, _("Kept as a draft. It is not on record; you find it on the desk, under “My drafts”."))
    return redirect(place)


@require_POST
@allowed(Act.PROPOSE)
def discard_drafts(request: Request, plan: str) -> HttpResponse:
    """Throw away the draft of a form, those that are ticked, or all of pasted rows."""
    mine = drafts_of(cast("User", request.user), plan)
    place = request.POST.get("place", "")
    form = _form_at(place, plan=plan)
    if place:
        mine = mine.filter(place=place) if form else mine.none()
    elif request.POST.get("all") == "pasted":
        mine = mine.exclude(pasted="")
    else:
        mine = mine.filter(pk__in=[int(number) for number in request.POST.getlist("draft") if _is_id(number)])
    gone = discard(mine)
    told = ngettext("%(n)s draft was discarded.", "%(n)s drafts were discarded.", gone) % {"n": gone}
    messages.info(request, told)
    return redirect(place if form else reverse("drafts", args=[plan]))


def _is_id(number: str) -> bool:
    return number.isascii() and number.isdecimal() and len(number) <= 18


def _form_at(place: str, *, plan: str) -> ResolverMatch | None:
    """The form of this plan that is at an address of ours, if one is."""
    path, _mark, _query = place.partition("?")
    if not path.startswith("/") or path.startswith("//") or not place.isprintable() or len(place) > PLACE_LENGTH:
        return None
    try:
        match = resolve(unquote(path))
    except Resolver404:
        return None
    return match if match.url_name in FORMS_OF_DRAFTS and match.kwargs.get("plan") == plan else None


# ---- What drafts are called ----


def listed(plan: str, drafts: Iterable[Draft]) -> list[Listed]:
    """Drafts with what they are of. The names of lines and parties are fetched once, however many drafts there are."""
    shelf = Shelf(plan)
    return [Listed(each, _title(shelf, each), _begins(each)) for each in drafts]


def _title(shelf: Shelf, draft: Draft) -> str:
    match = _form_at(draft.place, plan=draft.plan)
    names: dict[str, Any] = match.kwargs if match else {}
    match match and match.url_name:
        case "add-position":
            line, party = names["line"], names["party"]
            told = {"party": dict(shelf.parties).get(party, party), "line": dict(shelf.lines).get(line, line)}
            return _("Position of %(party)s: %(line)s") % told
        case "add-thing" if names["resource"] in FORMS:
            return _("Add: %(kind)s") % {"kind": _kind(names["resource"]).lower()}
        case "edit-thing" if names["resource"] in FORMS:
            lines = dict(shelf.lines)
            # The line is the last part of the key of words, and the first of that of what was carried out.
            named = next((lines[part] for part in names["key"].split("/")[::-1] if part in lines), names["key"])
            return f"{_kind(names['resource'])}: {named}"
        case "new-text":
            return _("A new text")
    return draft.place


def _kind(resource: str) -> str:
    return str(code(resource, vocabulary="resource").label).capitalize()


def _begins(draft: Draft) -> str:
    typed = QueryDict(draft.typed)
    return next((said for name in TELLING if (said := str(typed.get(name, "")).strip())), "")
