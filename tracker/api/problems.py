"""Problems: everything that can go wrong, in one shape (RFC 9457) and one catalogue."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, NotRequired

import structlog
from django.db import InterfaceError, OperationalError
from django.http import Http404
from rest_framework import exceptions
from rest_framework.response import Response
from typing_extensions import TypedDict

from provisions.api import BadValue, NotOnRecord, Refused, StartAgain, UnknownParameter, documented
from provisions.api.bodies import BadBody
from provisions.api.writing import EditConflict, VersionMissing
from provisions.models import Plan
from provisions.tombstones import Tombstone, tombstone

log = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"
RETRY_SECONDS = 5
CHALLENGE = 'Bearer realm="api"'


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
class GoneShape(ProblemShape):
    """A cursor that this log never gave, or a plan that was deleted."""

    start: NotRequired[str]
    """Where to begin again; the header Link has it too, as rel="start"."""
    plan: NotRequired[str]
    """Slug of the plan that was deleted."""
    plan_title: NotRequired[str]
    deleted_at: NotRequired[str]
    deleted_by: NotRequired[str | None]
    reason: NotRequired[str]
    """Why it was deleted."""
    seq: NotRequired[int]
    """Number of the last change in its log, which can still be read as a feed."""
    export_sha256: NotRequired[str]
    """Hash of the plan files that were taken out before."""


@documented
class DifferenceShape(TypedDict):
    """A field in which sides differ: as it was when you read it, as it is now, and as you sent it."""

    field: str
    base: Any
    theirs: Any
    yours: Any


@documented
class ConflictShape(ProblemShape):
    """Somebody changed the thing after you read it."""

    current: dict[str, Any] | None
    """The thing as it is now; null where it is not there."""
    changed_by: str | None
    changed_at: str | None
    changed_seq: int | None
    differences: list[DifferenceShape]


@documented
class PreconditionShape(ProblemShape):
    """The record has changed since the answer whose ETag was sent."""

    current: NotRequired[dict[str, Any]]
    """The thing as it is now."""


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
        Problem("bad-body", 400, "The body cannot be read so", "See the errors."),
        Problem("unauthorized", 401, "No usable key", "Send a key as `Authorization: Bearer …`."),
        Problem("forbidden", 403, "Not allowed", "The key or its owner may not do that here."),
        Problem("https-only", 403, "The API is for https alone", "Take a new key: what was sent could be read."),
        Problem("not-found", 404, "Nothing is here", "There is no such address. They are listed in /api/v1/docs/."),
        Problem("method-not-allowed", 405, "This address does not take that method", "See the header Allow."),
        Problem("not-acceptable", 406, "No such format", "Answers are given as application/json."),
        Problem("edit-conflict", 409, "Somebody changed it meanwhile", "Look at both sides and send it again."),
        Problem("deleted", 410, "The plan was deleted", "Its log can still be read as a feed."),
        Problem("start-again", 410, "The cursor is of a log that was replaced", "Read everything again."),
        Problem("precondition-failed", 412, "The record has changed", "Read it again."),
        Problem("unsupported-media-type", 415, "No such kind of body", "Send application/json."),
        Problem("not-valid", 422, "The record does not take it", "See the errors."),
        Problem(
            "idempotency-mismatch", 422, "The same Idempotency-Key for something else", "Make up another key for it."
        ),
        Problem("version-missing", 428, "On which version was it made?", "Say which version you have read."),
        Problem("too-many-requests", 429, "Too many requests", "Wait as long as Retry-After says."),
        Problem("server-error", 500, "Something broke here", "It was noted under the request id."),
        Problem("unavailable", 503, "The record cannot be read at the moment", "Try again in a few seconds."),
    )
}


class Stop(Exception):
    """An entry of the catalogue, with what is particular. `errors` are pairs of a key of the body and a sentence."""

    def __init__(
        self,
        code: str,
        detail: str,
        *,
        errors: Sequence[tuple[str, str]] = (),
        headers: Mapping[str, str] | None = None,
        **more: Any,
    ) -> None:
        super().__init__(detail)
        self.entry = CATALOGUE[code]
        self.detail = detail
        self.errors = errors
        self.headers = headers or {}
        self.more = more


_BY_STATUS = {problem.status: problem for problem in reversed(CATALOGUE.values())}


def problem(
    entry: Problem, *, instance: str, detail: str = "", errors: Sequence[ProblemError] = (), **more: Any
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
    if isinstance(error, NotOnRecord | Http404 | exceptions.NotFound | Plan.DoesNotExist):
        found = tombstone(context["kwargs"].get("plan", ""))
        if found is not None:
            return _of_the_deleted(found, instance=request.path)
    match error:
        case Refused():
            told = _refused(error, request.path)
        case Stop():
            errors = _in_body(error.entry.code, error.errors)
            told = problem(error.entry, instance=request.path, detail=error.detail, errors=errors, **error.more)
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
    if told["status"] in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
        # Who asks is known by now, if it can be.
        log.warning("the API refused user %s at %s: %s", getattr(request.user, "pk", None), request.path, told["code"])
    return Response(told, status=told["status"], headers=_headers(error), content_type=MEDIA_TYPE)


def _of_the_deleted(found: Tombstone, *, instance: str) -> Response:
    day = found.deleted_at.date().isoformat()
    told = problem(
        CATALOGUE["deleted"],
        instance=instance,
        detail=f"The plan '{found.plan}' was deleted on {day}: {found.reason}",
        plan=found.plan,
        plan_title=found.title,
        deleted_at=found.deleted_at.isoformat().replace("+00:00", "Z"),
        deleted_by=found.deleted_by or None,
        reason=found.reason,
        seq=found.seq,
        export_sha256=found.sha256,
    )
    return Response(told, status=told["status"], content_type=MEDIA_TYPE)


def _headers(error: Exception) -> Mapping[str, str]:
    """What a problem says in headers, too."""
    match error:
        case StartAgain():
            return {"Link": f'<{error.at}>; rel="start"'}
        case OperationalError() | InterfaceError():
            return {"Retry-After": str(RETRY_SECONDS)}
        case Stop():
            return error.headers
        case exceptions.NotAuthenticated() | exceptions.AuthenticationFailed():
            return {"WWW-Authenticate": CHALLENGE}
        case _:
            return {}


def _in_body(code: str, errors: Sequence[tuple[str, str]]) -> list[ProblemError]:
    return [
        {"pointer": f"/body/{key}" if key else "/body", "code": code, "detail": sentence} for key, sentence in errors
    ]


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
        case BadBody():
            entry = CATALOGUE["bad-body"]
            errors = _in_body(entry.code, error.errors)
            return problem(entry, instance=path, detail=str(error), errors=errors)
        case VersionMissing():
            return problem(CATALOGUE["version-missing"], instance=path, detail=str(error))
        case EditConflict():
            return problem(CATALOGUE["edit-conflict"], instance=path, detail=str(error), **error.told)
        case NotOnRecord():
            return problem(CATALOGUE["not-found"], instance=path, detail=str(error))
        case _:
            raise TypeError(type(error))
