"""Writing: who may, on which version, once only; the deed itself is `provisions.api.writing`."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import structlog
from django.core.exceptions import ValidationError
from django.db import DataError, IntegrityError, transaction
from django.http import HttpResponse
from rest_framework.exceptions import NotAuthenticated, UnsupportedMediaType
from rest_framework.request import Request

from provisions.api import ENDPOINTS, Asked, read
from provisions.api.bodies import BadBody
from provisions.api.endpoint import unknown_plan
from provisions.api.writing import Deed, Written, perform
from provisions.models import Plan, Via
from provisions.policy import Act, may
from provisions.proposals import must_propose
from provisions.record import Author, NeedsApproval, Unknown
from tracker.models import Answered, ApiKey, Scope

from .conditional import ANY, still_fits
from .forms import JSON, as_json, parameters_of
from .problems import Stop
from .telling import Telling

log = structlog.get_logger(__name__)

IDEMPOTENCY_KEY = re.compile(r"[\x21-\x7e]{1,255}")
BY_PATH = {endpoint.path: endpoint for endpoint in ENDPOINTS}


def write(deed: Deed, request: Request, asked: Asked) -> HttpResponse:
    """Do what is asked and tell how the thing stands now. Raises Stop, Refused and what REST framework raises."""
    key = _allowed(deed, request, asked)
    return once(key, request, lambda: _done(deed, request, asked, key))


def key_of(request: Request) -> ApiKey:
    """The key by which somebody asks. Raises NotAuthenticated."""
    if not isinstance(request.auth, ApiKey):
        raise NotAuthenticated("This needs a key.")
    return request.auth


def must_be_json(request: Request) -> None:
    if request.content_type != "application/json":
        raise UnsupportedMediaType(request.content_type or "nothing")


def _allowed(deed: Deed, request: Request, asked: Asked) -> ApiKey:
    must_be_json(request)
    key = key_of(request)
    if not {Scope.EDIT, Scope.PROPOSE} & set(key.scopes):
        raise Stop("forbidden", "The key is not for writing: its scopes are " + ", ".join(key.scopes) + ".")
    act = Act.PROPOSE if _proposes(key, asked) else deed.act
    if not may(key.user, act, asked.names["plan"]):
        raise Stop("forbidden", f"{key.user.get_username()} may not do that in this plan.")
    return key


def _proposes(key: ApiKey, asked: Asked) -> bool:
    """Whether what the key's owner writes waits for somebody else's approval: by the plan, the owner or the key."""
    if Scope.PROPOSE not in key.scopes:
        return False
    return Scope.EDIT not in key.scopes or must_propose(key.user, asked.names["plan"])


def _done(deed: Deed, request: Request, asked: Asked, key: ApiKey) -> HttpResponse:
    body = request.data
    try:
        # Under the plan's lock nothing moves between the comparison and the writing.
        if not Plan.objects.select_for_update().filter(slug=asked.names["plan"]):
            raise unknown_plan(asked.names["plan"])
        seen = _version_held(deed, request, asked)
        proposing = _proposes(key, asked)
        written = perform(deed, asked, body, by=lambda reason: _author(key, reason), seen=seen, proposing=proposing)
    except NeedsApproval as needed:
        raise Stop("forbidden", f"{needed.messages[0]} A key with the scope propose does so.") from None
    except Unknown as unknown:
        raise BadBody([("", f"{unknown}.")]) from None
    except ValidationError as error:
        raise _refused_by_the_record(error) from None
    except (DataError, IntegrityError) as error:
        log.warning("refused_by_the_database", deed=deed.name, exc_info=error)
        raise Stop("not-valid", _promise(error)) from None
    return _answer(deed, asked, written)


def _promise(error: Exception) -> str:
    """Which promise of the database does not hold, by the name that it has there."""
    name = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None)
    return f"It cannot be on record so: {name.replace('_', ' ')}." if name else "It cannot be on record so."


def _author(key: ApiKey, reason: str) -> Author:
    bound = structlog.contextvars.get_contextvars()
    return Author(actor=key.user, via=Via.API, reason=reason, request_id=str(bound.get("request_id", "")))


def _version_held(deed: Deed, request: Request, asked: Asked) -> int | None:
    """The version that If-Match stands for; None where it is not sent. Raises Stop where it is stale."""
    held = request.headers.get("If-Match")
    if held is None or not deed.versioned:
        return None
    current = deed.kind.told_one(asked)
    if held.strip() != ANY and not still_fits(_tag(deed, asked), held):
        raise Stop(
            "precondition-failed",
            "The record has changed since the answer whose ETag was sent. Read it again, or send `version` instead: "
            "that one looks at this thing alone.",
            current=json.loads(as_json(current, dict)),
        )
    return int(current["version"])


def _tag(deed: Deed, asked: Asked) -> str:
    """The tag that an answer at this thing's own address has now."""
    endpoint = BY_PATH[f"plans/<slug:plan>/{deed.kind.plural}/{deed.kind.address}"]
    telling = Telling.of(endpoint, JSON, replace(asked, values=read(parameters_of(endpoint, JSON), {})))
    return telling.tag(telling.state())


def _answer(deed: Deed, asked: Asked, written: Written) -> HttpResponse:
    if written.seq is None:
        return HttpResponse(as_json(written.told, dict), status=202, content_type=JSON.media_type)
    told = {**written.told, "seq": written.seq}
    response = HttpResponse(
        as_json(told, dict), status=201 if deed.method == "POST" else 200, content_type=JSON.media_type
    )
    address = written.told["url"]
    names = [part.partition(":")[2].rstrip(">") for part in deed.kind.address.split("/")]
    parts = address.rpartition(f"/{deed.kind.plural}/")[2].split("/")
    here = Asked({"plan": asked.names["plan"], **dict(zip(names, parts, strict=True))}, {}, {}, asked.root, address)
    response["ETag"] = f'"{_tag(deed, here)}"'
    if deed.method == "POST":
        response["Location"] = address
    return response


def _refused_by_the_record(error: ValidationError) -> Stop:
    if hasattr(error, "error_dict"):
        errors = [(field, message) for field, messages in error.message_dict.items() for message in messages]
    else:
        errors = [("", message) for message in error.messages]
    return Stop("not-valid", " ".join(message for _, message in errors), errors=errors)


# ---- Once only ----


def once(key: ApiKey, request: Request, do: Callable[[], HttpResponse], *, hiding: str = "") -> HttpResponse:
    """The answer to what is asked, done in one transaction; a POST under an Idempotency-Key the first time only.

    What is `hiding` in the answer is neither kept nor told again.
    """
    name = request.headers.get("Idempotency-Key")
    # An empty one, too: whoever sends it takes itself for safe.
    if name is not None and not IDEMPOTENCY_KEY.fullmatch(name):
        raise Stop("bad-request", "Idempotency-Key: send up to 255 visible characters.")
    if name is None or request.method != "POST":
        with transaction.atomic():
            return do()
    text = f"{request.method} {request.path}\n".encode() + json.dumps(request.data, sort_keys=True).encode()
    asked = hashlib.sha256(text).hexdigest()
    if (before := Answered.objects.filter(key=key, name=name).first()) is not None:
        return _again(before, asked)
    try:
        with transaction.atomic():
            # Whoever sends the same at the same time waits here for us.
            row = Answered.objects.create(key=key, name=name, request=asked)
            response = do()
            headers = {header: response[header] for header in ("ETag", "Location") if header in response}
            row.status, row.headers, row.body = response.status_code, headers, _kept(response, hiding)
            row.save()
            return response
    except IntegrityError:
        if (before := Answered.objects.filter(key=key, name=name).first()) is None:
            raise
        return _again(before, asked)


def _kept(response: HttpResponse, hiding: str) -> str:
    told = response.content.decode()
    return json.dumps({**json.loads(told), hiding: None}) if hiding else told


def _again(before: Answered, asked: str) -> HttpResponse:
    if before.request != asked:
        raise Stop("idempotency-mismatch", "Under this Idempotency-Key something else was sent before.")
    response = HttpResponse(before.body, status=before.status, content_type=JSON.media_type)
    headers: Mapping[str, Any] = before.headers
    for header, value in headers.items():
        response[header] = value
    response["Idempotency-Replayed"] = "true"
    return response
