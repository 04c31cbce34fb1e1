"""The page for what went wrong on our side."""

from __future__ import annotations

import sys

import structlog
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

RETRY_AFTER_SECONDS = 5


def server_error(request: HttpRequest) -> HttpResponse:
    """Made without the request: what failed may be what the request would ask for, such as the database."""
    reference = structlog.contextvars.get_contextvars().get("request_id", "")
    # Django asks for this page while it handles what failed.
    away = isinstance(sys.exc_info()[1], OperationalError | InterfaceError)
    status = 503 if away else 500
    answer = HttpResponse(render_to_string("500.html", {"number": status, "reference": reference}), status=status)
    if away:
        answer["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return answer
