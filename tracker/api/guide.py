"""The API describes itself: OpenAPI for machines, a page for people."""

from __future__ import annotations

import json
from functools import cache

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from .conditional import Question, still_fits
from .schema import openapi


@require_safe
def openapi_json(request: HttpRequest) -> HttpResponse:
    """OpenAPI 3.1."""
    text, tag = _told()
    if still_fits(tag, request.headers.get("If-None-Match", "")):
        response = HttpResponse(status=304)
    else:
        response = HttpResponse(text, content_type="application/json")
    response["ETag"] = f'"{tag}"'
    return response


@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    """A page to read what there is, and to try it."""
    return render(request, "api/docs.html")


@cache
def _told() -> tuple[str, str]:
    text = json.dumps(openapi(), ensure_ascii=False)
    return text, Question.of(text).tag("")
