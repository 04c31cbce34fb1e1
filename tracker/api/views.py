"""One view for all endpoints: reads what is asked, answers 304 where nothing changed, else asks the record."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass, replace
from typing import Any, ClassVar
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils import translation
from rest_framework.exceptions import AuthenticationFailed, NotFound
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from provisions.api import NOW, Asked, Endpoint, Head, read
from provisions.api.writing import Deed
from provisions.assessing import one_moment
from tracker.models import ApiKey

from .conditional import Question, asks_for_any, still_fits
from .forms import JSON, Form, parameters_of
from .keys import KeyAuthentication
from .limits import ANONYMOUS, KEYED, LIMITS, Spent, address_of
from .problems import Stop
from .shelf import Shelf
from .waiting import wait_while
from .writes import write

ROOT = "/api/v1/"
# The pages beside one of a list, by the names that they have in its body and in the header Link.
BESIDE = (("next", "next"), ("previous", "prev"))
# Under this name a request carries what its answer stands for, to whoever keeps answers.
TOLD = "tracker.told"


@dataclass(frozen=True, slots=True)
class Body:
    """A serialised answer, and the state of the record that it was made of."""

    state: str
    content: bytes
    link: str


@dataclass(frozen=True, slots=True)
class Told:
    """What an answer stands for: the question, and the state that it was made of or found unchanged at."""

    question: Question
    head: Head | None
    plan: str
    state: str


BODIES: Shelf[Body] = Shelf()


class DeedView(APIView):
    """An address at which something can be written. Who may is decided for each deed."""

    deeds: ClassVar[Mapping[str, Deed]] = {}
    authentication_classes = (KeyAuthentication,)
    permission_classes = (AllowAny,)

    spent: Spent | None = None

    def write(self, request: Request, **names: str) -> HttpResponse:
        self.spend()
        given = dict(request.query_params.lists())
        read((), given)
        return write(self.deeds[str(request.method)], request, self.asked(request, names, given, {}))

    def options(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Response:
        """Say which methods there are."""
        return Response(status=204, headers={"Allow": ", ".join(self.allowed_methods)})

    def spend(self) -> None:
        """Count the request. Raises Stop where there were too many."""
        key = self.request.auth
        policy, who = (KEYED, str(key.pk)) if isinstance(key, ApiKey) else (ANONYMOUS, address_of(self.request.META))
        self.spent = LIMITS.spend(policy, who)
        if self.spent is not None and self.spent.refused:
            raise Stop(
                "too-many-requests",
                f"More than {self.spent.allowed} requests a minute. Ask again in {self.spent.reset} seconds; an answer "
                "that nothing has changed costs nothing.",
            )

    def handle_exception(self, exc: Exception) -> Response:
        if self.spent is None and not isinstance(exc, AuthenticationFailed):
            try:
                self.spend()
            except Stop as stop:
                exc = stop
        return super().handle_exception(exc)

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        for name, value in (self.spent.headers if self.spent is not None else {}).items():
            response.headers[name] = value
        return super().finalize_response(request, response, *args, **kwargs)

    def asked(
        self, request: Request, names: Mapping[str, str], given: Mapping[str, list[str]], values: Mapping[str, Any]
    ) -> Asked:
        root, here = request.build_absolute_uri(ROOT), request.build_absolute_uri(request.path)
        return Asked(names=names, given=given, values=values, root=root, here=here)


class EndpointView(DeedView):
    """Reading is public: no session is opened, nobody is asked who they are."""

    endpoint: ClassVar[Endpoint]
    form: ClassVar[Form] = JSON

    def get(self, request: Request, **names: str) -> HttpResponse:
        given = dict(request.query_params.lists())
        asked = self.asked(request, names, given, read(parameters_of(self.endpoint, self.form), given))
        if waits := asked.values.get("wait"):
            asked = self._once_something_happened(asked, seconds=waits)
        values = {name: value for name, value in asked.values.items() if name != "wait"}
        question = Question.of(self.endpoint.name, names, values, asked.root, self.form.media_type)
        held = request.headers.get("If-None-Match", "")
        # The one query that an unchanged plan costs. `*` names no answer that was ever given, so it cannot be
        # known from this alone that there is one.
        if held and not asks_for_any(held):
            state = self._state(asked)
            if still_fits(question.tag(state), held):
                return self._not_modified(asked, question, state)
        self.spend()
        body = self._body(asked, question)
        if asks_for_any(held) or still_fits(question.tag(body.state), held):
            return self._not_modified(asked, question, body.state)
        self._note(asked, question, body.state)
        response = HttpResponse(body.content, content_type=self.form.content_type)
        response["ETag"] = f'"{question.tag(body.state)}"'
        if self.form.is_table:
            name = "-".join([*names.values(), self.endpoint.name]) + self.form.suffix
            response["Content-Disposition"] = f'attachment; filename="{name}"'
        if body.link:
            response["Link"] = body.link
        return response

    def _state(self, asked: Asked) -> str:
        return self.endpoint.rests_on.read(asked) if self.endpoint.rests_on else ""

    def _body(self, asked: Asked, question: Question) -> Body:
        """The kept answer where the record stands where it stood, else a new one, made once for all who wait."""
        kept = BODIES.get(question.key)
        if kept is not None and kept.state == self._state(asked):
            return kept
        with BODIES.one_at_a_time(question.key):
            other = BODIES.get(question.key)
            if other is not None and other is not kept and other.state == self._state(asked):
                return other
            # State and body are read in one snapshot: a tag never stands on a body that is older than it.
            moment = one_moment() if self.endpoint.rests_on else nullcontext()
            with moment, translation.override(settings.LANGUAGE_CODE):
                state = self._state(asked)
                told = self.endpoint.answer(asked)
            made = Body(state, self.form.write(told, self.endpoint.shape), _link(told, asked))
            BODIES.put(question.key, made, size=len(made.content))
            return made

    def _not_modified(self, asked: Asked, question: Question, state: str) -> HttpResponse:
        self._note(asked, question, state)
        return HttpResponseNotModified(headers={"ETag": f'"{question.tag(state)}"'})

    def _note(self, asked: Asked, question: Question, state: str) -> None:
        # Who waits is not answered before something happens, whatever was answered the last time.
        if not asked.values.get("wait"):
            self.request.META[TOLD] = Told(question, self.endpoint.rests_on, asked.names.get("plan", ""), state)

    def _once_something_happened(self, asked: Asked, *, seconds: int) -> Asked:
        """The same asking, after there is something to tell or nobody wants to wait any longer."""
        head, cursor = self.endpoint.rests_on, asked["since"]
        if head is None or cursor is None:
            return asked
        # A cursor is the head of the log as it was when the cursor was given.
        state = head.read(asked)
        if cursor in (NOW, state):
            asked = replace(asked, values={**asked.values, "since": state})
            wait_while(head, asked.names["plan"], state, seconds=seconds)
        return asked


class NothingHere(APIView):
    """Where no address is."""

    permission_classes = (AllowAny,)
    schema = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuse, whatever is asked and however."""
        raise NotFound


def _link(told: Mapping[str, Any], asked: Asked) -> str:
    """The pages beside this one, for those who do not read the body."""
    found = {rel: told[name] for name, rel in BESIDE if _is_address(told.get(name))}
    if told.get("has_more"):
        found["next"] = f"{asked.here}?{urlencode({**asked.given, 'since': told['next']}, doseq=True)}"
    return ", ".join(f'<{address}>; rel="{rel}"' for rel, address in found.items())


def _is_address(value: Any) -> bool:
    """Whether it leads to a page. What the feed calls next is a cursor."""
    return isinstance(value, str) and "://" in value
