"""One view for all endpoints: reads what is asked, answers 304 where nothing changed, else asks the record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from rest_framework.exceptions import AuthenticationFailed, NotFound
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from provisions.api import NOW, Asked, Endpoint, read
from provisions.api.writing import Deed
from tracker.models import ApiKey

from .conditional import asks_for_any, still_fits
from .forms import JSON, Form, parameters_of
from .keys import KeyAuthentication
from .limits import ANONYMOUS, KEYED, LIMITS, Spent, address_of
from .problems import Stop
from .telling import TOLD, Telling, Told
from .waiting import wait_while
from .writes import write

ROOT = "/api/v1/"


class CountedView(APIView):
    """An address at which each asker is counted."""

    authentication_classes = (KeyAuthentication,)
    permission_classes = (AllowAny,)

    spent: Spent | None = None

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


class DeedView(CountedView):
    """An address at which something can be written. Who may is decided for each deed."""

    deeds: ClassVar[Mapping[str, Deed]] = {}

    def write(self, request: Request, **names: str) -> HttpResponse:
        self.spend()
        given = dict(request.query_params.lists())
        read((), given)
        return write(self.deeds[str(request.method)], request, self.asked(request, names, given, {}))


class EndpointView(DeedView):
    """Reading is public: no session is opened, nobody is asked who they are."""

    endpoint: ClassVar[Endpoint]
    form: ClassVar[Form] = JSON

    def get(self, request: Request, **names: str) -> HttpResponse:
        given = dict(request.query_params.lists())
        asked = self.asked(request, names, given, read(parameters_of(self.endpoint, self.form), given))
        if waits := asked.values.get("wait"):
            asked = self._once_something_happened(asked, seconds=waits)
        telling = Telling.of(self.endpoint, self.form, asked)
        held = request.headers.get("If-None-Match", "")
        # The one query that an unchanged plan costs. `*` names no answer that was ever given, so it cannot be
        # known from this alone that there is one.
        if held and not asks_for_any(held):
            state = telling.state()
            if still_fits(telling.tag(state), held):
                return self._not_modified(telling, state)
        self.spend()
        body = telling.body()
        if asks_for_any(held) or still_fits(telling.tag(body.state), held):
            return self._not_modified(telling, body.state)
        self._note(telling, body.state)
        return telling.response(body, request.headers.get("Accept-Encoding", ""))

    def _not_modified(self, telling: Telling, state: str) -> HttpResponse:
        self._note(telling, state)
        return HttpResponseNotModified(headers={"ETag": f'"{telling.tag(state)}"'})

    def _note(self, telling: Telling, state: str) -> None:
        # Who waits is not answered before something happens, whatever was answered the last time.
        if not telling.asked.values.get("wait"):
            self.request.META[TOLD] = Told(telling, state)

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
