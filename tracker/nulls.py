"""No text of ours has the character NUL: PostgreSQL keeps none, and nobody types one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, QueryDict

NUL = "\0"


class WithoutNulls:
    """Drops NUL from what an address or a form brings along; it comes with texts that were copied out of some files.

    The API is told of it by its own description, and refuses it in its own words.
    """

    def __init__(self, answer: Callable[[HttpRequest], HttpResponse]) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.answer(request)

    def process_view(self, request: HttpRequest, *_: Any) -> None:
        # Here the safety mark was looked for already, so that reading a form reads nothing more than that did.
        if request.path.startswith("/api/"):
            return
        if _has_nul(request.GET):
            request.GET = _without(request.GET)  # type: ignore[assignment]
        if request.method == "POST" and _has_nul(request.POST):
            request.POST = _without(request.POST)  # type: ignore[assignment]


def _has_nul(sent: QueryDict) -> bool:
    return any(NUL in word for name, values in sent.lists() for word in (name, *values))


def _without(sent: QueryDict) -> QueryDict:
    pairs = [(name.replace(NUL, ""), value.replace(NUL, "")) for name, values in sent.lists() for value in values]
    return QueryDict(urlencode(pairs))
