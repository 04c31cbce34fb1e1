"""Has a page changed since a reader loaded it? A 304 when nothing did, and never when something did.

Only for readers without a session: their page is made of the state of the plan, the address, the language and the
program, and of nothing else.
"""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from django.conf import settings
from django.http import HttpResponse
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.translation import get_language
from django.views.decorators.vary import vary_on_headers

from provisions.board import State, plan_state
from provisions.models import Plan

from .asking import Request

PROGRAM = ("*.py", "*.html", "*.css", "*.js", "*.svg", "*.mo")

# What else than the address a page depends on.
varies = vary_on_headers("Cookie", "HX-Request", "HX-History-Restore-Request", "Accept-Language")


def unchanged(request: Request, plan: str) -> HttpResponse | None:
    """A 304 for a reader who holds the page of this plan as it is. Costs one query, or none where nothing is held."""
    if "If-None-Match" not in request.headers or _is_somebodys(request):
        return None
    try:
        tag = _tag(request, plan_state(plan))
    except Plan.DoesNotExist:
        return None
    answer = get_conditional_response(request, etag=tag)
    return None if answer is None else _with(answer, tag)


def tagged(response: HttpResponse, request: Request, state: State) -> HttpResponse:
    """The response with the tag of the state that it was made of, if the next one can be compared with it."""
    return response if _is_somebodys(request) else _with(response, _tag(request, state))


def _with(response: HttpResponse, tag: str) -> HttpResponse:
    response["ETag"] = tag
    patch_cache_control(response, no_cache=True)
    return response


def _is_somebodys(request: Request) -> bool:
    """Whether the page may show who reads it, or what that person just did."""
    return settings.SESSION_COOKIE_NAME in request.COOKIES or settings.MESSAGE_COOKIE_NAME in request.COOKIES


def _tag(request: Request, state: State) -> str:
    parts = (
        program(),
        state,
        timezone.now().date(),
        get_language(),
        request.get_full_path(),
        bool(request.htmx),
        bool(request.htmx.history_restore_request),
    )
    return f'"{hashlib.blake2b(repr(parts).encode(), digest_size=12).hexdigest()}"'


def program() -> str:
    """A fingerprint of the code, templates, styles and translations that make a page."""
    # On a developer's machine templates change under a server that runs.
    return fingerprint(settings.BASE_DIR) if settings.DEBUG else _program()


@cache
def _program() -> str:
    return fingerprint(settings.BASE_DIR)


def fingerprint(root: Path) -> str:
    """The same only while all that makes a page is the same."""
    digest = hashlib.blake2b(digest_size=8)
    for folder in ("parties", "provisions", "tracker", "templates", "static", "locale"):
        for pattern in PROGRAM:
            for file in sorted((root / folder).rglob(pattern)):
                digest.update(file.relative_to(root).as_posix().encode())
                digest.update(file.read_bytes())
    return digest.hexdigest()
