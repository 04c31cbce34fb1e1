"""Middleware around everything under /api/: headers for caches and browsers, and one shape for every problem."""

from __future__ import annotations

import json
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from . import problems

READING = ("GET", "HEAD")
PREFIX = "/api/"
# A page for people, who are sent on to https as on every other page.
GUIDE = "/api/v1/docs"
VARY = "Accept, Accept-Encoding, Authorization, Origin"
POLL_SECONDS = "10"
# Reading is public. What an editor saves is seen through a shared cache five seconds later at the most.
CACHE_CONTROL = "public, max-age=5, stale-while-revalidate=60, stale-if-error=86400"
EXPOSED = "ETag, Link, Retry-After, RateLimit, RateLimit-Policy, X-Poll-Interval, X-Request-ID"
SENT = "Accept, Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match"
DAY_SECONDS = "86400"

GetResponse = Callable[[HttpRequest], HttpResponse]


class ApiDoor:
    """Stands outside compression and sessions, so what it sets is what readers get."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(PREFIX):
            return self.get_response(request)
        if request.method == "OPTIONS" and "Access-Control-Request-Method" in request.headers:
            return _preflight()
        response = _refusal(request) or self.get_response(request)
        if _is_told_as_a_page(response):
            response = _as_problem(request, response)
        if not _is_for_people(response):
            _finish(request, response)
        return response


def _preflight() -> HttpResponse:
    """A browser asks whether a page from elsewhere may read here."""
    response = HttpResponse(status=204)
    response["Access-Control-Allow-Origin"] = "*"
    response["Access-Control-Allow-Methods"] = "GET, HEAD, OPTIONS, POST, PATCH, DELETE"
    response["Access-Control-Allow-Headers"] = SENT
    response["Access-Control-Max-Age"] = DAY_SECONDS
    response["Vary"] = VARY
    return response


def _refusal(request: HttpRequest) -> HttpResponse | None:
    """By plain http nothing is sent on to https: a program that sends its key so should find out."""
    if not settings.HTTPS or request.is_secure() or request.path.startswith(GUIDE):
        return None
    told = problems.problem(problems.CATALOGUE["https-only"], instance=request.path)
    return HttpResponse(json.dumps(told), status=told["status"], content_type=problems.MEDIA_TYPE)


def _is_told_as_a_page(response: HttpResponse) -> bool:
    """Whether something failed outside the API's views, where Django answers with a page."""
    return response.status_code >= 400 and response.get("Content-Type") != problems.MEDIA_TYPE


def _is_for_people(response: HttpResponse) -> bool:
    """Whether it is the page about the API, and not an answer of it."""
    return response.get("Content-Type", "").startswith("text/html")


def _as_problem(request: HttpRequest, page: HttpResponse) -> HttpResponse:
    told = problems.problem(problems.of_status(page.status_code), instance=request.path)
    told["status"] = page.status_code
    response = HttpResponse(json.dumps(told), status=page.status_code, content_type=problems.MEDIA_TYPE)
    for name in ("Allow", "Retry-After"):
        if name in page:
            response[name] = page[name]
    return response


def _finish(request: HttpRequest, response: HttpResponse) -> None:
    response["Access-Control-Allow-Origin"] = "*"
    response["Access-Control-Expose-Headers"] = EXPOSED
    response["Vary"] = VARY
    # Whatever languages the pages have: readers of the API compare words.
    response["Content-Language"] = settings.LANGUAGE_CODE
    if response.status_code == 304:
        # It would be taken for the length of the answer that did not change.
        del response["Content-Length"]
    if tag := response.get("ETag"):
        # Compression has made the tag weak, but it names a state of the record, whatever the encoding.
        response["ETag"] = tag.removeprefix("W/")
    if response.status_code >= 400 or request.method not in READING:
        # It carries the id of one request, which is no use to anybody else.
        response["Cache-Control"] = "no-store"
    elif tag and "Cache-Control" not in response:
        response["Cache-Control"] = CACHE_CONTROL
        response["X-Poll-Interval"] = POLL_SECONDS
