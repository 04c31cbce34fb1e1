"""What was typed outlives an expired session, a form whose safety mark is too old, and the machine it was typed on."""

from __future__ import annotations

from typing import cast
from urllib.parse import urlsplit

from django.contrib import messages
from django.contrib.auth.models import User
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect

from provisions.drafts import discard, draft_at
from provisions.models import Draft

KEPT = "typed"
# More than any form of ours; who sends more is not typing.
MOST_BYTES = 700_000
SAFETY_MARK = "csrfmiddlewaretoken"


def sign_in_first(request: HttpRequest, *, where: str = "") -> HttpResponse:
    """Leads to the sign-in and back, or on to `where`. What was sent is kept in the session meanwhile."""
    where = where or request.get_full_path()
    typed = bare(request.POST)
    if request.method == "POST" and typed and len(typed) <= MOST_BYTES:
        request.session[KEPT] = {"where": where, "typed": typed}
    answer = redirect_to_login(where)
    # A piece of a page cannot be a sign-in page.
    return HttpResponseClientRedirect(answer["Location"]) if request.headers.get("HX-Request") else answer


def kept(request: HttpRequest) -> QueryDict | None:
    """What was typed into this form and not saved: before the session expired, once; else the draft of it."""
    if request.method != "GET":
        return None
    found = request.session.get(KEPT)
    if found and found["where"] == request.get_full_path():
        del request.session[KEPT]
        messages.info(request, _("You were signed out. What you typed is here again; it is not saved yet."))
        return QueryDict(found["typed"])
    draft = draft_at(cast("User", request.user), request.get_full_path())
    return QueryDict(draft.typed) if draft else None


def put_away(request: HttpRequest) -> None:
    """What stood in this form is saved, so that there is no draft of it any more."""
    user = cast("User", request.user)
    discard(Draft.objects.filter(user=user, place=request.get_full_path()))


def too_old_to_be_sent(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form's safety mark is missing or too old. What was typed is shown, and can be sent again with a new mark.

    Only what was sent from our own pages: who lures somebody here with a form of theirs gets nothing sent again.
    """
    typed: list[tuple[str, str]] = []
    if _is_ours(request) and _may_be_shown(request):
        typed = [
            (name, value) for name, values in request.POST.lists() for value in values if name != SAFETY_MARK
        ]  # fmt: skip
    context = {"typed": typed, "told": [(name, value) for name, value in typed if value.strip()]}
    return render(request, "403_csrf.html", context, status=403)


def _is_ours(request: HttpRequest) -> bool:
    come_from = request.headers.get("Origin") or request.headers.get("Referer") or ""
    return urlsplit(come_from).netloc == request.get_host()


def _may_be_shown(request: HttpRequest) -> bool:
    """Not a file, not a book, and no password."""
    size = int(request.META.get("CONTENT_LENGTH") or 0)
    return size <= MOST_BYTES and not request.FILES and not any("password" in name for name in request.POST)


def bare(posted: QueryDict) -> str:
    """What was typed, without what the page itself added."""
    left = posted.copy()
    for name in (SAFETY_MARK, "more"):
        left.pop(name, None)
    return left.urlencode()
