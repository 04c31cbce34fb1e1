"""What the pages share: who may write, and what a request carries besides."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import structlog
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import AnonymousUser, User
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django_htmx.middleware import HtmxDetails

from provisions.models import Via
from provisions.record import Author

WRITERS = ("admin", "analyst")

View = Callable[..., HttpResponse]


class Request(HttpRequest):
    """A request as our middleware leaves it."""

    htmx: HtmxDetails


def may_write(user: User | AnonymousUser) -> bool:
    """Whether somebody may add to the record: analysts and administrators."""
    return user.is_superuser or (user.is_authenticated and user.groups.filter(name__in=WRITERS).exists())


def may_try_to_write(user: User | AnonymousUser) -> bool:
    """Whether to offer the forms: to writers, and to readers who may turn out to be writers once they sign in."""
    return not user.is_authenticated or may_write(user)


def for_writers(view: View) -> View:
    """Sends the signed-out to sign in, and refuses those who may only read."""

    @wraps(view)
    @login_required
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not may_write(request.user):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return guarded


def author(request: HttpRequest, *, reason: str) -> Author:
    """Who writes by this request, and why."""
    bound = structlog.contextvars.get_contextvars()
    user = request.user if isinstance(request.user, User) else None
    return Author(actor=user, via=Via.PAGE, reason=reason, request_id=bound.get("request_id", ""))
