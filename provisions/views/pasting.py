"""A list of statements that is pasted, read, and kept row by row as drafts of positions. Nothing of it is on record."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from provisions.codebook import VOCABULARIES
from provisions.drafts import Begun, NoRoom, drafts_of, keep
from provisions.forms.pasting import PasteForm, as_typed
from provisions.models import PlanVersion
from provisions.pasting import Pasted, TooMuch, read
from provisions.policy import Act

from .asking import Request, allowed
from .keeping import kept

# In no language: what stands in a list is read in any.
EXAMPLE = """\
day; party; line; stance; summary; source; speaker
2026-01-15; Arden; 1; accept; Would keep to it from noon on.; https://record.example/15; The president
16 січня 2026; Brevia; 1; reserve; Asks who watches it.; S1; The foreign minister
"""


@require_http_methods(["GET", "POST"])
@allowed(Act.PROPOSE)
def paste_list(request: Request, plan: str) -> HttpResponse:
    """The box for a list; what was read of it; or the drafts of what was, with the rest in the box."""
    head = get_object_or_404(PlanVersion.objects.standing().select_related("plan"), plan__slug=plan)
    form = PasteForm(request.POST) if request.method == "POST" else PasteForm(typed=kept(request))
    pasted = _read(plan, form) if form.is_bound and form.is_valid() else None
    if pasted and "keep" in request.POST and _kept(request, plan, form, pasted):
        if not pasted.rest:
            return redirect("drafts", plan=plan)
        form = PasteForm(typed={"statements": pasted.rest, "reason": form.cleaned_data["reason"]})
        pasted = read(plan, pasted.rest)
    context = {
        "plan": head,
        "form": form,
        "pasted": pasted,
        "problems": form.problems if form.is_bound else [],
        "stances": VOCABULARIES["stance"],
        "example": EXAMPLE,
    }
    return render(request, "provisions/paste.html", context, status=422 if context["problems"] else 200)


def _read(plan: str, form: PasteForm) -> Pasted | None:
    try:
        return read(plan, form.cleaned_data["statements"])
    except TooMuch as problem:
        form.add_error("statements", str(problem))
        return None


def _kept(request: Request, plan: str, form: PasteForm, pasted: Pasted) -> bool:
    """Keep what was read as drafts, each row once however often it is pasted; whether there was room, and anything."""
    user, reason = cast("User", request.user), form.cleaned_data["reason"]
    begun = {
        place: Begun(place=place, typed=as_typed(each, reason=reason), pasted=each.row.raw.strip())
        for each in pasted.placed
        if (place := reverse("add-position", args=[plan, each.line, each.party], query={"pasted": each.mark}))
    }
    if not begun:
        form.add_error("statements", _("No row could be read so far; the table says what to mend in each."))
        return False
    # What somebody has gone on with is not read anew.
    before = set(drafts_of(user, plan).filter(place__in=begun).values_list("place", flat=True))
    new = [each for place, each in begun.items() if place not in before]
    try:
        keep(user, plan, new)
    except NoRoom as full:
        form.add_error(None, str(full))
        return False
    messages.success(request, " ".join(_told(new=len(new), before=len(before), left=len(pasted.left))))
    return True


def _told(*, new: int, before: int, left: int) -> Iterator[str]:
    """What became of the rows."""
    if new:
        yield ngettext("%(n)s row is kept as a draft.", "%(n)s rows are kept as drafts.", new) % {"n": new}
    if before:
        yield ngettext("%(n)s row was a draft already.", "%(n)s rows were drafts already.", before) % {"n": before}
    if left:
        yield _("The others are left in the box, to be mended.")
