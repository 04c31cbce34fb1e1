"""Problems: everything that can go wrong, in one shape (RFC 9457) and one catalogue."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import structlog
from django.db import InterfaceError, OperationalError
from django.http import Http404
from rest_framework import exceptions
from rest_framework.response import Response
from typing_extensions import TypedDict

from provisions.api import BadValue, NotOnRecord, Refused, StartAgain, UnknownParameter, documented

log = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"
RETRY_SECONDS = 5


@documented
class ProblemError(TypedDict):
    """One thing that is wrong with the request."""

    pointer: str
    """What is at fault: `/query/level` is the parameter `level`."""
    code: str
    detail: str


@documented
class ProblemShape(TypedDict):
    """What went wrong (RFC 9457)."""

    type: str
    """`/problems/` and the code."""
    title: str
    status: int
    detail: str
    instance: str
    """The path that was asked for."""
    code: str
    """The same for the same problem for good: this is what programs should look at."""
    request_id: str
    """To be quoted when reporting it; the header X-Request-ID has it too."""
    errors: list[ProblemError]
    """Empty where there is nothing more to tell."""


@documented
class StartAgainShape(ProblemShape):
    """A cursor that this log never gave."""

    start: str
    """Where to begin again; the header Link has it too, as rel="start"."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One entry of the catalogue. `detail` is said where there is nothing more particular to say."""

    code: str
    status: int
    title: str
    detail: str


CATALOGUE = {
    problem.code: problem
    for problem in (
        Problem("bad-request", 400, "The request cannot be understood", "Something in the request is malformed."),
        Problem("unknown-parameter", 400, "Unknown parameter", "The address does not take such a parameter."),
        Problem("bad-value", 400, "A parameter has a value that it cannot have", "See the errors."),
        Problem("not-found", 404, "Nothing is here", "There is no such address. They are listed in /api/v1/docs/."),
        Problem("method-not-allowed", 405, "This address does not take that method", "It can only be read."),
        Problem("not-acceptable", 406, "No such format", "Answers are given as application/json."),
        Problem("start-again", 410, "The cursor is of a log that was replaced", "Read everything again."),
        Problem("server-error", 500, "Something broke here", "It was noted under the request id."),
        Problem("unavailable", 503, "The record cannot be read at the moment", "Try again in a few seconds."),
    )
}
_BY_STATUS = {problem.status: problem for problem in reversed(CATALOGUE.values())}


def problem(
    entry: Problem, *, instance: str, detail: str = "", errors: Sequence[ProblemError] = (), **more: str
) -> dict[str, Any]:
    """A problem as JSON."""
    shape: ProblemShape = {
        "type": f"/problems/{entry.code}",
        "title": entry.title,
        "status": entry.status,
        "detail": detail or entry.detail,
        "instance": instance,
        "code": entry.code,
        "request_id": str(structlog.contextvars.get_contextvars().get("request_id", "")),
        "errors": list(errors),
    }
    return {**shape, **more}


def of_status(status: int) -> Problem:
    """The most general problem of a status."""
    return _BY_STATUS.get(status) or CATALOGUE["server-error" if status >= 500 else "bad-request"]


def answer(error: Exception, context: dict[str, Any]) -> Response:
    """The exception handler of all views."""
    request = context["request"]
    match error:
        case Refused():
            told = _refused(error, request.path)
        case Http404() | exceptions.NotFound():
            told = problem(CATALOGUE["not-found"], instance=request.path)
        case OperationalError() | InterfaceError():
            log.warning("the database did not answer", exc_info=error)
            told = problem(CATALOGUE["unavailable"], instance=request.path)
        case exceptions.APIException():
            told = problem(of_status(error.status_code), instance=request.path, detail=str(error.detail))
        case _:
            log.error("an answer of the API failed", exc_info=error)
            told = problem(CATALOGUE["server-error"], instance=request.path)
    response = Response(told, status=told["status"], content_type=MEDIA_TYPE)
    match error:
        case StartAgain():
            response["Link"] = f'<{error.at}>; rel="start"'
        case OperationalError() | InterfaceError():
            response["Retry-After"] = str(RETRY_SECONDS)
    return response


def _refused(error: Refused, path: str) -> dict[str, Any]:
    match error:
        case UnknownParameter() | BadValue():
            entry = CATALOGUE["bad-value" if isinstance(error, BadValue) else "unknown-parameter"]
            at_fault: ProblemError = {
                "pointer": f"/query/{error.parameter}",
                "code": entry.code,
                "detail": str(error),
            }
            return problem(entry, instance=path, detail=str(error), errors=[at_fault])
        case StartAgain():
            return problem(CATALOGUE["start-again"], instance=path, detail=str(error), start=error.at)
        case NotOnRecord():
            return problem(CATALOGUE["not-found"], instance=path, detail=str(error))
        case _:
            raise TypeError(type(error))
