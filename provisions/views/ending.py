"""Deleting a plan, its tombstone, and bringing it back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from provisions.ending import MovedOn, bring_back, delete, ending
from provisions.exporting import CannotExport
from provisions.forms.ending import BringBackForm, DeleteForm
from provisions.models import Plan
from provisions.policy import Act
from provisions.record import NeedsApproval
from provisions.tombstones import tombstone

from .asking import Request, allowed, author

# What a page with a form fetches by itself: reloading it would lose what somebody typed.
BESIDE_A_FORM = ("opened",)


class Tombstones:
    """Middleware: where a page of a plan finds nothing because the plan was deleted, its tombstone, with a 410."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: Request, exception: Exception) -> HttpResponse | None:
        match = request.resolver_match
        slug = match.kwargs.get("plan") if match else None
        if slug is None or not isinstance(exception, Http404 | ObjectDoesNotExist):
            return None
        found = tombstone(slug)
        if found is None:
            return None
        answer = render(request, "provisions/tombstone.html", {"tombstone": found}, status=410)
        answer["Cache-Control"] = "no-cache"
        if request.htmx and request.method == "GET" and match and match.url_name not in BESIDE_A_FORM:
            # A page of the plan that stays open shows by itself that the plan is gone.
            answer["HX-Refresh"] = "true"
        return answer


@require_http_methods(["GET", "POST"])
@never_cache
@allowed(Act.DELETE)
def delete_plan(request: Request, plan: str) -> HttpResponse:
    """What deleting the plan takes out of sight; and with its name typed, deleting it."""
    try:
        found = ending(plan)
    except Plan.DoesNotExist:
        raise Http404 from None
    form = DeleteForm(request.POST) if request.method == "POST" else DeleteForm(seen=found.seq)
    status = 200
    if form.is_bound and form.is_valid():
        by = author(request, reason=form.cleaned_data["reason"])
        try:
            delete(plan, name=form.cleaned_data["name"], seen=form.cleaned_data["seen"], by=by)
        except MovedOn:
            status = 409
            words = _("The plan was changed after you opened this page. Download its files anew, then confirm again.")
            form = _again(form, seen=found.seq)
            form.add_error(None, words)
        except NeedsApproval:
            words = _(
                "Changes of this plan take two people, and nobody can propose to delete it. Switch that off first."
            )
            form.add_error(None, words)
        except CannotExport as error:
            form.add_error(None, str(error))
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("Deleted: %(plan)s.") % {"plan": found.title})
            return redirect("board", plan=plan)
    if form.is_bound and form.errors and status == 200:
        status = 422
    context: dict[str, Any] = {
        "ending": found,
        "form": form,
        "problems": form.problems if form.is_bound else [],
    }
    return render(request, "provisions/delete_plan.html", context, status=status)


def _again(form: DeleteForm, *, seen: int) -> DeleteForm:
    """The form as it was filled in, of the plan as it is now; the files have to be downloaded again."""
    given = {**form.data.dict(), "seen": seen}  # type: ignore[attr-defined]
    given.pop("kept", None)
    return DeleteForm(given)


@require_http_methods(["GET", "POST"])
@never_cache
@allowed(Act.DELETE, deleted=True)
def bring_back_plan(request: Request, plan: str) -> HttpResponse:
    """The tombstone of a plan with the way to have it stand again."""
    found = tombstone(plan)
    if found is None:
        if not Plan.objects.filter(slug=plan).exists():
            raise Http404
        return redirect("board", plan=plan)
    form = BringBackForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            bring_back(plan, by=author(request, reason=form.cleaned_data["reason"]))
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(
                request, _("%(plan)s stands again. Its levels are being worked out.") % {"plan": found.title}
            )
            return redirect("board", plan=plan)
    context = {"tombstone": found, "form": form, "problems": form.problems if form.is_bound else []}
    return render(request, "provisions/bring_back.html", context, status=422 if form.is_bound else 200)
