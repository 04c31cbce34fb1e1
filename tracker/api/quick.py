"""In front of Django: what was asked before is answered here, as long as the record stands where it stood.

Most requests of dashboards are the same question again, and most answers are "nothing new". Django, with its middleware
and views, takes milliseconds to say so. Here the record's head is read, which is one row, and compared. Whatever is
not known here to the letter goes to Django: a first question, any problem, a changed record.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse

from .conditional import ANY, still_fits
from .heads import Away, Heads
from .limits import ANONYMOUS, LIMITS, address_of
from .shelf import Shelf
from .views import ROOT, TOLD, Told

Environ = dict[str, Any]
Header = tuple[str, str]
Headers = list[Header]
Application = Callable[..., Iterable[bytes]]

# With these, an answer depends on more than its question.
TO_DJANGO = ("HTTP_AUTHORIZATION", "HTTP_TRANSFER_ENCODING", "HTTP_X_HTTP_METHOD_OVERRIDE")
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
OF_THE_BODY = (
    "content-type",
    "content-length",
    "content-encoding",
    "content-disposition",
    "link",
    "x-noise",
)
OF_THE_REQUEST = ("x-request-id", "set-cookie", "ratelimit", "ratelimit-policy")


@dataclass(frozen=True, slots=True)
class Answer:
    """What is known of a question: what its answer rests on, and the latest answer, by the encoding asked for."""

    told: Told
    unchanged: Headers
    bodies: dict[str, tuple[Headers, bytes]]

    @property
    def state(self) -> str:
        return self.told.state


class QuickAnswers:
    """The WSGI application that the web server serves."""

    def __init__(self, django: Application) -> None:
        self.django = django
        self.heads = Heads()
        self.answers: Shelf[Answer] = Shelf()

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        if not _is_simple(environ):
            return self.django(environ, start_response)
        question = tuple(environ.get(name) for name in ASKED_BY)
        answer = self.answers.get(question)
        if answer is None:
            return self._ask_django(question, environ, start_response)
        if (known := self._known(answer, environ, start_response)) is not None:
            return known
        # Whoever asks the same meanwhile waits, and finds what this one got.
        with self.answers.one_at_a_time(question):
            answer = self.answers.get(question) or answer
            if (known := self._known(answer, environ, start_response)) is not None:
                return known
            return self._ask_django(question, environ, start_response)

    def _known(self, answer: Answer, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes] | None:
        """The answer, where it can be given from here."""
        told = answer.told
        try:
            state = self.heads.now(told.head, told.plan) if told.head is not None else ""
        except Away:
            return None
        if state is None:
            return None
        tag = told.question.tag(state)
        held = environ.get("HTTP_IF_NONE_MATCH", "")
        if held == f'"{tag}"' or (held and still_fits(tag, held)):
            start_response("304 Not Modified", [("ETag", f'"{tag}"'), _request_id(), *answer.unchanged])
            return ()
        bodies = answer.bodies
        if answer.state != state or (kept := bodies.get(environ.get("HTTP_ACCEPT_ENCODING", ""))) is None:
            return None
        spent = LIMITS.spend(ANONYMOUS, address_of(environ))
        if spent is not None and spent.refused:
            # Django says so.
            return None
        headers, body = kept
        start_response("200 OK", [_request_id(), *headers, *(spent.headers.items() if spent else ())])
        return (body,)

    def _ask_django(
        self, question: tuple[Any, ...], environ: Environ, start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        seen: list[Any] = []

        def noting(status: str, headers: Headers, *more: Any) -> Any:
            seen[:] = status, headers
            return start_response(status, headers, *more)

        response = self.django(environ, noting)
        told: Told | None = environ.pop(TOLD, None)
        if told is not None and seen and isinstance(response, HttpResponse):
            status, headers = seen
            self._keep(question, told, environ, status, headers, response)
        return response

    def _keep(
        self,
        question: tuple[Any, ...],
        told: Told,
        environ: Environ,
        status: str,
        headers: Headers,
        response: HttpResponse,
    ) -> None:
        before = self.answers.get(question)
        if before is not None and before.state != told.state:
            before = None
        if status.startswith("200"):
            own = (_without(headers, *OF_THE_REQUEST), response.content)
            bodies = {**(before.bodies if before else {}), environ.get("HTTP_ACCEPT_ENCODING", ""): own}
        elif before is None:
            bodies = {}
        else:
            return
        answer = Answer(told, _without(headers, "etag", *OF_THE_REQUEST, *OF_THE_BODY), bodies)
        self.answers.put(question, answer, size=sum(len(body) for _, body in bodies.values()))


def _is_simple(environ: Environ) -> bool:
    """Whether it is a reader's question, to which the answer depends on the record and the question alone."""
    return (
        environ["REQUEST_METHOD"] == "GET"
        and environ.get("PATH_INFO", "").startswith(ROOT)
        and not any(name in environ for name in TO_DJANGO)
        and ANY not in environ.get("HTTP_IF_NONE_MATCH", "")
    )


def _without(headers: Headers, *names: str) -> Headers:
    return [(name, value) for name, value in headers if name.lower() not in names]


def _request_id() -> Header:
    return ("X-Request-ID", str(uuid.uuid4()))
