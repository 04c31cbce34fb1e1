"""One view for all endpoints: reads what is asked, answers 304 where nothing changed, else asks the record."""

from __future__ import annotations

from typing import Any, ClassVar

from django.http import HttpRequest
from rest_framework.exceptions import NotFound
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from provisions.api import Asked, Endpoint, State, read
from provisions.assessing import one_moment

from .conditional import asks_for_any, still_fits, tag_of

ROOT = "/api/v1/"
# The pages beside one of a list, by the names that they have in its body and in the header Link.
BESIDE = (("next", "next"), ("previous", "prev"))


class EndpointView(APIView):
    """Reading is public: no session is opened, nobody is asked who they are."""

    endpoint: ClassVar[Endpoint]
    authentication_classes = ()
    permission_classes = (AllowAny,)

    def get(self, request: Request, **names: str) -> Response:
        given = dict(request.query_params.lists())
        asked = Asked(
            names=names,
            given=given,
            values=read(self.endpoint.parameters, given),
            root=request.build_absolute_uri(ROOT),
            here=request.build_absolute_uri(request.path),
        )
        held = request.headers.get("If-None-Match", "")
        if self.endpoint.rests_on is None:
            body = self.endpoint.answer(asked)
            return self._answer(self._tag(asked, body), body, held=held)
        # The one query that an unchanged plan costs. `*` names no answer that was ever given, so it cannot be
        # known from this alone that there is one.
        if held and not asks_for_any(held):
            tag = self._tag(asked, self.endpoint.rests_on(asked))
            if still_fits(tag, held):
                return _not_modified(tag)
        # State and body are read in one snapshot: a tag never stands on a body that is older than it.
        with one_moment():
            tag = self._tag(asked, self.endpoint.rests_on(asked))
            body = self.endpoint.answer(asked)
        return self._answer(tag, body, held=held)

    def options(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Response:
        """Say which methods there are."""
        return Response(status=204, headers={"Allow": ", ".join(self.allowed_methods)})

    def _tag(self, asked: Asked, state: State | Any) -> str:
        return tag_of(
            state, self.endpoint.name, asked.names, asked.values, asked.root, self.request.accepted_media_type
        )

    def _answer(self, tag: str, body: Any, *, held: str) -> Response:
        if asks_for_any(held) or still_fits(tag, held):
            return _not_modified(tag)
        response = Response(body, headers={"ETag": f'"{tag}"'})
        if beside := [f'<{body[name]}>; rel="{rel}"' for name, rel in BESIDE if _is_address(body.get(name))]:
            response["Link"] = ", ".join(beside)
        return response


class NothingHere(APIView):
    """Where no address is."""

    permission_classes = (AllowAny,)
    schema = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuse, whatever is asked and however."""
        raise NotFound


def _is_address(value: Any) -> bool:
    """Whether it leads to a page. What the feed calls next is a cursor."""
    return isinstance(value, str) and "://" in value


def _not_modified(tag: str) -> Response:
    return Response(status=304, headers={"ETag": f'"{tag}"'})
