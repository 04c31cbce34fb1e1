"""In front of Django: what was asked before is answered here, as long as the record stands where it stood.

Most requests of dashboards are the same question again, and most answers are "nothing new". Django, with its middleware
and views, takes milliseconds to say so. Here the record's head is read, which is one row, and compared. Whatever is
not known here to the letter goes to Django: a first question, any problem, a changed record.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from django.db import close_old_connections
from rest_framework.exceptions import AuthenticationFailed

from tracker.models import digest

from .conditional import ANY, still_fits
from .heads import Away, Heads
from .keys import key_in
from .limits import ANONYMOUS, KEYED, LIMITS, address_of
from .shelf import Shelf
from .telling import TOLD, Telling, Told
from .views import ROOT

Environ = dict[str, Any]
Header = tuple[str, str]
Headers = list[Header]
Application = Callable[..., Iterable[bytes]]

# What Django made the whole answer of. The rest of the question is the address.
ASKED_BY = (
    "SCRIPT_NAME",
    "PATH_INFO",
    "QUERY_STRING",
    "HTTP_HOST",
    "SERVER_NAME",
    "SERVER_PORT",
    "wsgi.url_scheme",
    "HTTP_X_FORWARDED_PROTO",
    "HTTP_ACCEPT",
)
# Of one body, or of the encoding in which it is sent.
OF_THE_BODY = ("etag", "content-length", "content-encoding", "link", "x-noise")
NOT_OF_304 = ("content-type", "content-disposition")
OF_THE_REQUEST = ("x-request-id", "set-cookie", "ratelimit", "ratelimit-policy")


class Unknown(Exception):
    """It cannot be answered here."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What is known of a question: how it is answered, and the headers that are the same each time.

    `found` are those beside a body, or None before one was told. `ready` are whole answers as they are sent, by the
    encodings asked for; they are of one `state`, and have its `tag`.
    """

    telling: Telling
    unchanged: Headers
    found: Headers | None
    state: str | None = None
    tag: str = ""
    ready: dict[str, tuple[Headers, bytes]] = field(default_factory=dict)


class QuickAnswers:
    """The WSGI application that the web server serves."""

    def __init__(self, django: Application) -> None:
        self.django = django
        self.heads = Heads()
        self.answers: Shelf[Answer] = Shelf()

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        if not _is_simple(environ):
            return self.django(environ, start_response)
        question = tuple(map(environ.get, ASKED_BY))
        if (answer := self.answers.get(question)) is None:
            return self._ask_django(question, environ, start_response)
        try:
            return self._told(question, answer, environ, start_response)
        except Unknown:
            return self._ask_django(question, environ, start_response)

    def _told(
        self, question: tuple[Any, ...], answer: Answer, environ: Environ, start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        """The answer, given from here. Raises Unknown."""
        telling = answer.telling
        key = self._key(environ)
        state = self._state(telling)
        tag = answer.tag if answer.state == state else telling.tag(state)
        held = environ.get("HTTP_IF_NONE_MATCH", "")
        if held and (held == f'"{tag}"' or still_fits(tag, held)):
            start_response("304 Not Modified", [("ETag", f'"{tag}"'), _request_id(), *answer.unchanged])
            return ()
        if answer.found is None:
            raise Unknown
        spent = LIMITS.spend(KEYED, key) if key else LIMITS.spend(ANONYMOUS, address_of(environ))
        if spent is not None and spent.refused:
            raise Unknown
        encoding = environ.get("HTTP_ACCEPT_ENCODING", "")
        if answer.state != state or (kept := answer.ready.get(encoding)) is None:
            kept = self._made(question, answer, state, encoding)
        headers, body = kept
        start_response("200 OK", [_request_id(), *headers, *(spent.headers.items() if spent else ())])
        return (body,)

    def _key(self, environ: Environ) -> str:
        """The key that asks, if one does. Reading is public, so it decides about limits only. Raises Unknown."""
        header = environ.get("HTTP_AUTHORIZATION")
        if not header:
            return ""
        try:
            found = self.heads.key(digest(key_in(header)))
        except (Away, AuthenticationFailed):
            raise Unknown from None
        if found is None:
            raise Unknown
        return found

    def _state(self, telling: Telling) -> str:
        head = telling.head
        try:
            state = self.heads.now(head, telling.plan) if head is not None else ""
        except Away:
            raise Unknown from None
        if state is None:
            raise Unknown
        return state

    def _made(self, question: tuple[Any, ...], answer: Answer, state: str, encoding: str) -> tuple[Headers, bytes]:
        """The whole answer, made here of this state of the record or a later one. Raises Unknown."""
        telling = answer.telling
        try:
            body = telling.body(lambda: self._state(telling), self.heads.news, known=state)
        except Unknown:
            raise
        except Exception:  # noqa: BLE001
            # Whatever is wrong, Django finds it as well, and has words for it.
            raise Unknown from None
        finally:
            close_old_connections()
        told, content = body.headers(encoding)
        tag = telling.tag(body.state)
        told |= {"ETag": f'"{tag}"', "Content-Length": str(len(content))}
        kept = ([*(answer.found or ()), *told.items()], content)
        ready = {**answer.ready, encoding: kept} if answer.state == body.state else {encoding: kept}
        self._keep(question, replace(answer, state=body.state, tag=tag, ready=ready))
        return kept

    def _ask_django(
        self, question: tuple[Any, ...], environ: Environ, start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        seen: list[Any] = []

        def noting(status: str, headers: Headers, *more: Any) -> Any:
            seen[:] = status, headers
            return start_response(status, headers, *more)

        response = self.django(environ, noting)
        told: Told | None = environ.pop(TOLD, None)
        if told is not None and seen:
            status, headers = seen
            before = self.answers.get(question)
            found = before.found if before else None
            if status.startswith("200"):
                found = _without(headers, *OF_THE_REQUEST, *OF_THE_BODY)
            unchanged = _without(headers, *OF_THE_REQUEST, *OF_THE_BODY, *NOT_OF_304)
            self._keep(question, Answer(told.telling, unchanged, found))
        return response

    def _keep(self, question: tuple[Any, ...], answer: Answer) -> None:
        self.answers.put(question, answer, size=sum(len(body) for _, body in answer.ready.values()))


def _is_simple(environ: Environ) -> bool:
    """Whether it is a reader's question, to which the answer depends on the record and the question alone."""
    return (
        environ["REQUEST_METHOD"] == "GET"
        and environ.get("PATH_INFO", "").startswith(ROOT)
        and ANY not in environ.get("HTTP_IF_NONE_MATCH", "")
        and "HTTP_TRANSFER_ENCODING" not in environ
        and "HTTP_X_HTTP_METHOD_OVERRIDE" not in environ
    )


def _without(headers: Headers, *names: str) -> Headers:
    return [(name, value) for name, value in headers if name.lower() not in names]


def _request_id() -> Header:
    # As uuid4 does it, in a third of the time.
    told = os.urandom(16).hex()
    return ("X-Request-ID", f"{told[:8]}-{told[8:12]}-4{told[13:16]}-a{told[17:20]}-{told[20:]}")
