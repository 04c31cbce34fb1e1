"""The page for what went wrong on our side."""

from __future__ import annotations

import structlog
from django.http import HttpRequest, HttpResponseServerError
from django.template.loader import render_to_string


def server_error(request: HttpRequest) -> HttpResponseServerError:
    """Made without the request: what failed may be what the request would ask for, such as the database."""
    reference = structlog.contextvars.get_contextvars().get("request_id", "")
    return HttpResponseServerError(render_to_string("500.html", {"reference": reference}))
