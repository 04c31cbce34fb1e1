"""OpenAPI 3.1, made of the endpoints' own declarations: nothing is described twice."""

from __future__ import annotations

from functools import cache
from typing import Any, cast

from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ResolvedComponent
from pydantic import TypeAdapter

from provisions.api import Endpoint, Parameter

from . import door, problems
from .views import EndpointView

Json = dict[str, Any]

REF = "#/components/schemas/{model}"
# What the names in addresses stand for, with one that is there.
NAMES = {
    "plan": ("Slug of the plan.", "28-point-framework"),
    "name": ("Name of the code list.", "level"),
}
HEADERS: Json = {
    "ETag": {"description": "Names the state of the record that this answer was made of; send it as If-None-Match."},
    "Cache-Control": {"description": f"Always `{door.CACHE_CONTROL}`."},
    "X-Poll-Interval": {"description": "Seconds to wait before asking again.", "schema": {"type": "integer"}},
    "X-Request-ID": {"description": "Name of this request, to be quoted when something is wrong with it."},
}


class EndpointSchema(AutoSchema):
    """Describes one endpoint. For views that are no endpoint there is nothing to describe."""

    def get_operation(self, path: str, path_regex: str, path_prefix: str, method: str, registry: Any) -> Json:
        self.registry = registry
        endpoint = cast("EndpointView", self.view).endpoint
        return {
            "operationId": endpoint.name,
            "summary": endpoint.summary,
            "description": endpoint.description,
            "tags": [endpoint.about],
            "parameters": [
                *(_in_path(name) for name in _names(endpoint)),
                *(_in_query(parameter) for parameter in endpoint.parameters),
                _IF_NONE_MATCH,
            ],
            # Reading is public.
            "security": [{}],
            "responses": {
                "200": {
                    "description": "The answer.",
                    "headers": _headers(*HEADERS),
                    "content": {"application/json": {"schema": self._schema(endpoint.shape)}},
                },
                "304": self._shared(
                    "NotModified",
                    ResolvedComponent.RESPONSE,
                    {
                        "description": "Nothing changed since the answer whose ETag was sent.",
                        "headers": _headers(*HEADERS),
                    },
                ),
                **{str(status): self._problem(status) for status in _refusals(endpoint)},
            },
        }

    def _problem(self, status: int) -> Json:
        entries = [entry for entry in problems.CATALOGUE.values() if entry.status == status]
        headers = _headers("X-Request-ID")
        shape: type = problems.ProblemShape
        if status == problems.CATALOGUE["start-again"].status:
            shape = problems.StartAgainShape
            headers["Link"] = {"description": 'Where to begin again, as rel="start".', "schema": {"type": "string"}}
        if status == problems.CATALOGUE["unavailable"].status:
            headers["Retry-After"] = {"description": "Seconds to wait.", "schema": {"type": "integer"}}
        told = {
            "description": " ".join(f"`{entry.code}`: {entry.title}." for entry in entries),
            "headers": headers,
            "content": {problems.MEDIA_TYPE: {"schema": self._schema(shape)}},
        }
        return self._shared(f"Problem{status}", ResolvedComponent.RESPONSE, told)

    def _schema(self, shape: type) -> Json:
        """A reference to the shape, which is put among the components with all that it names."""
        schema = TypeAdapter(shape).json_schema(mode="serialization", ref_template=REF)
        for name, part in {**schema.pop("$defs", {}), shape.__name__: schema}.items():
            self._shared(name, ResolvedComponent.SCHEMA, _without_titles(part))
        return {"$ref": REF.format(model=shape.__name__)}

    def _shared(self, name: str, kind: str, part: Json) -> Json:
        """A reference to what is described once among the components."""
        component = ResolvedComponent(name, kind, schema=part, object=name)  # type: ignore[no-untyped-call]
        self.registry.register_on_missing(component)
        return component.ref


@cache
def openapi() -> Json:
    """The whole description."""
    schema: Json = SchemaGenerator().get_schema(public=True)  # type: ignore[no-untyped-call]
    return schema


def _names(endpoint: Endpoint) -> list[str]:
    return [part.partition(":")[2].rstrip(">") for part in endpoint.path.split("/") if part.startswith("<")]


def _in_path(name: str) -> Json:
    description, example = NAMES[name]
    return {
        "name": name,
        "in": "path",
        "required": True,
        "description": description,
        "schema": {"type": "string"},
        "example": example,
    }


def _in_query(parameter: Parameter) -> Json:
    schema = parameter.schema()
    if parameter.repeats:
        schema = {"type": "array", "items": schema}
    return {"name": parameter.name, "in": "query", "description": parameter.does, "schema": schema}


_IF_NONE_MATCH: Json = {
    "name": "If-None-Match",
    "in": "header",
    "description": "The ETag of the answer that you hold. With or without W/; several with commas.",
    "schema": {"type": "string"},
}


def _headers(*names: str) -> Json:
    return {name: {"schema": {"type": "string"}, **HEADERS[name]} for name in names}


def _refusals(endpoint: Endpoint) -> list[int]:
    """The statuses of the problems that an endpoint can answer with."""
    named = {404} if "<" in endpoint.path else set()
    again = {410} if endpoint.starts_again else set()
    return sorted({400, 405, 406, 500, 503} | named | again)


def _without_titles(schema: Any) -> Any:
    """Without the titles that are the names of keys said again."""
    match schema:
        case dict():
            return {
                key: _without_titles(value)
                for key, value in schema.items()
                if not (key == "title" and isinstance(value, str))
            }
        case list():
            return [_without_titles(item) for item in schema]
        case _:
            return schema
