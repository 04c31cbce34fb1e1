"""A reader at the web server: asks the WSGI application, as Granian does, with what stands in front of Django."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.wsgi import get_wsgi_application
from django.test import RequestFactory

from tracker.api.quick import QuickAnswers


@dataclass(frozen=True)
class WireAnswer:
    """Status, headers and bytes as they leave the application."""

    status_code: int
    headers: Mapping[str, str]
    content: bytes

    def __getitem__(self, header: str) -> str:
        return self.headers[header.lower()]

    def json(self) -> Any:
        return json.loads(self.content)


class Web:
    """One web process."""

    def __init__(self) -> None:
        self.to_django = 0
        self.django = get_wsgi_application()
        self.application = QuickAnswers(self._noting)

    def _noting(self, environ: Any, start_response: Any) -> Any:
        self.to_django += 1
        return self.django(environ, start_response)

    def get(self, path: str, *, holding: str | None = None, method: str = "GET", **headers: str) -> WireAnswer:
        if holding is not None:
            headers["if_none_match"] = holding
        given = {f"HTTP_{name.upper()}": value for name, value in headers.items()}
        environ = RequestFactory().generic(method, path, headers={}, **given).META  # type: ignore[arg-type]
        told: list[Any] = []
        response = self.application(environ, lambda status, sent, *_: told.extend((status, sent)))
        content = b"".join(response)
        if hasattr(response, "close"):
            response.close()
        status, sent = told
        return WireAnswer(int(status.split()[0]), {name.lower(): value for name, value in sent}, content)

    def end(self) -> None:
        self.application.heads.close()
