"""What the pages share: who may write, and what a request carries besides."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import structlog
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django_htmx.middleware import HtmxDetails

from provisions.models import Plan, Provision, Via
from provisions.policy import Act, Powers, may
from provisions.record import Author

from .keeping import sign_in_first

log = structlog.get_logger(__name__)

View = Callable[..., HttpResponse]


class Request(HttpRequest):
    """A request as our middleware leaves it."""

    htmx: HtmxDetails


def allowed(
    act: Act, *, back: Callable[[HttpRequest], str] | None = None, deleted: bool = False
) -> Callable[[View], View]:
    """Sends the signed-out to sign in, and refuses those whose role on the plan does not allow it.

    `back` says where they go on once they are signed in, if that is not here. A view finds no plan that was deleted,
    unless it is made for `deleted` ones.
    """

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.user.is_authenticated:
                return sign_in_first(request, where=back(request) if back else "")
            if not may(request.user, act, kwargs.get("plan")):
                log.warning("not_allowed", user=request.user.pk, act=act, plan=kwargs.get("plan"))
                raise PermissionDenied
            if "plan" in kwargs and not deleted and not Plan.objects.filter(slug=kwargs["plan"]).exists():
                raise Http404
            return view(request, *args, **kwargs)

        guarded.act = act  # type: ignore[attr-defined]
        return guarded

    return guard


def act_of(view: Any) -> Act:
    """What one has to be allowed to do to use a view."""
    return getattr(view, "act", Act.READ)


def powers(request: HttpRequest) -> dict[str, Powers]:
    """For every template: what the reader may do to the plan of this page, and what to offer.

    A page that plans share may be looked at from one of them, which `?plan=` names.
    """
    match = request.resolver_match
    plan = (match.kwargs.get("plan") if match else None) or request.GET.get("plan")
    return {"may": Powers(request.user, plan), "offer": Powers(request.user, plan, offering=True)}


def author(request: HttpRequest, *, reason: str) -> Author:
    """Who writes by this request, and why."""
    bound = structlog.contextvars.get_contextvars()
    user = request.user if isinstance(request.user, User) else None
    return Author(actor=user, via=Via.PAGE, reason=reason, request_id=bound.get("request_id", ""))


def line_named(request: HttpRequest, plan: str, *, by: str) -> str:
    """The line whose page led here, if the address names one of the plan by this parameter; else nothing."""
    line = request.GET.get(by, "")
    return line if line and Provision.objects.filter(plan__slug=plan, slug=line, parent=None).exists() else ""
