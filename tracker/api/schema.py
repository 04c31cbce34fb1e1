"""OpenAPI 3.1, made of the endpoints' own declarations: nothing is described twice."""

from __future__ import annotations

from functools import cache
from typing import Any, Literal, cast

from django.urls.converters import SlugConverter
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ResolvedComponent
from pydantic import TypeAdapter

from provisions.api import Endpoint, Parameter
from provisions.api.asking import CHECKED_FURTHER, Words
from provisions.api.writing import Deed, ProposalShape

from . import door, problems
from .forms import Form, parameters_of
from .subscriptions import MAY_BE_LEFT_OUT, Operation
from .views import DeedView, EndpointView
from .writes import IDEMPOTENCY_KEY

Json = dict[str, Any]
CREATED = 201
Mode = Literal["validation", "serialization"]

REF = "#/components/schemas/{model}"
# What the names in addresses stand for, with one that is there.
NAMES = {
    "plan": ("Slug of the plan.", "28-point-framework"),
    "name": ("Name of the code list.", "level"),
    "revision": ("Slug of the revision.", "us-ua-20"),
    "provision": ("Slug of the line.", "ceasefire"),
    "position": ("Id of the position.", "ru-032"),
    "since": ("The day from which the level held, as exactly as it is known.", "2026-03"),
    "event": ("Slug of the event.", "us-28-becomes-known"),
    "companion": ("Slug of the companion.", "us-ua-guarantees"),
    "dispute": ("Slug of the disputed fact.", "amnesty-geneva"),
    "category": ("Slug of the category.", "achieving-peace"),
    "topic": ("Slug of the topic.", "amnesty"),
    "party": ("Slug of the party.", "ua"),
    "source": ("Id of the source.", "S001"),
    "subscription": ("Id of the subscription.", "6f1c3b0a9d2e4f5a7b"),
}


def _text(description: str) -> Json:
    return {"description": description, "schema": {"type": "string"}}


def _count(description: str) -> Json:
    return {"description": description, "schema": {"type": "integer"}}


HEADERS: Json = {
    "ETag": _text("Names the state of the record that this answer was made of; send it as If-None-Match."),
    "Cache-Control": _text(f"Always `{door.CACHE_CONTROL}`."),
    "X-Poll-Interval": _count("Seconds to wait before asking again."),
    "X-Request-ID": _text("Name of this request, to be quoted when something is wrong with it."),
    "Link": _text('The pages beside, as rel="next" and rel="prev"; with a 410 where to begin again, as rel="start".'),
    "RateLimit": _text('What is left in this minute, as `"anonymous";r=119;t=37`.'),
    "RateLimit-Policy": _text('How often one may ask, as `"anonymous";q=120;w=60`.'),
    "Retry-After": _count("Seconds to wait."),
    "Location": _text("The address of what was put on record."),
    "WWW-Authenticate": _text("How a key is sent."),
}
# What "nothing new" has not, because it costs nothing.
OF_LIMITS = ("RateLimit", "RateLimit-Policy")
OF_ANSWERS = ("ETag", "Cache-Control", "X-Poll-Interval", "X-Request-ID")


class EndpointSchema(AutoSchema):
    """Describes one endpoint. For views that are no endpoint there is nothing to describe."""

    def get_operation(self, path: str, path_regex: str, path_prefix: str, method: str, registry: Any) -> Json:
        self.registry = registry
        if (operation := getattr(self.view, "operations", {}).get(method)) is not None:
            return self._operation(operation, path)
        if (deed := cast("DeedView", self.view).deeds.get(method)) is not None:
            return self._deed(deed)
        view = cast("EndpointView", self.view)
        endpoint, form = view.endpoint, view.form
        return {
            "operationId": f"{endpoint.name}_{form.name}" if form.is_table else endpoint.name,
            "summary": f"{endpoint.summary}, as {form.name.upper()}" if form.is_table else endpoint.summary,
            "description": endpoint.description,
            "tags": [endpoint.about],
            "parameters": [
                *_in_path(endpoint.path),
                *(_in_query(parameter) for parameter in parameters_of(endpoint, form)),
                _IF_NONE_MATCH,
            ],
            # Reading is public.
            "security": [{}],
            "responses": {
                "200": {
                    "description": "The answer.",
                    "headers": self._headers(*OF_ANSWERS, *OF_LIMITS, *_more_headers(endpoint)),
                    "content": {form.media_type: {"schema": self._told(endpoint, form)}},
                },
                "304": self._shared(
                    "NotModified",
                    ResolvedComponent.RESPONSE,
                    {
                        "description": "Nothing changed since the answer whose ETag was sent.",
                        "headers": self._headers(*OF_ANSWERS),
                    },
                ),
                **{str(status): self._problem(status) for status in _refusals(endpoint)},
            },
        }

    def _deed(self, deed: Deed) -> Json:
        body = {"schema": self._schema(deed.body, mode="validation"), "example": deed.example}
        headers = [_IF_MATCH] if deed.versioned else [_IDEMPOTENCY_KEY]
        told = {
            "allOf": [
                self._schema(deed.kind.shape),
                {"type": "object", "properties": {"seq": {"type": "integer"}}, "required": ["seq"]},
            ]
        }
        more = ("ETag", "X-Request-ID") if deed.versioned else ("ETag", "X-Request-ID", "Location")
        done = {
            "description": "It is on record. `seq` is the number of the change.",
            "headers": self._headers(*more),
            "content": {"application/json": {"schema": told}},
        }
        return {
            "operationId": deed.name,
            "summary": deed.summary,
            "description": deed.description,
            "tags": ["writing"],
            "parameters": [*_in_path(deed.path), *headers],
            "requestBody": {"required": True, "content": {"application/json": body}},
            "security": [{"bearer": []}, {"basic": []}],
            "responses": {
                "201" if deed.method == "POST" else "200": done,
                "202": {
                    "description": "It is proposed: somebody else has to approve it.",
                    "headers": self._headers("X-Request-ID"),
                    "content": {"application/json": {"schema": self._schema(ProposalShape)}},
                },
                **{str(status): self._problem(status) for status in _refusals_to_write(deed)},
            },
        }

    def _operation(self, operation: Operation, path: str) -> Json:
        headers = [_IF_MATCH] if operation.versioned else [_IDEMPOTENCY_KEY] if operation.status == CREATED else []
        done: Json = {"description": "Done.", "headers": self._headers("X-Request-ID", *OF_LIMITS)}
        if operation.shape:
            done["content"] = {"application/json": {"schema": self._schema(operation.shape)}}
        if operation.shape and "{" in path:
            done["headers"] |= self._headers("ETag")
        if operation.status == CREATED:
            done["headers"] |= self._headers("Location")
        described: Json = {
            "operationId": operation.name,
            "summary": operation.summary,
            "description": operation.description,
            "tags": ["webhooks"],
            "parameters": [*([_name("subscription", "slug")] if "{" in path else []), *headers],
            "security": [{"bearer": []}, {"basic": []}],
            "responses": {
                str(operation.status): done,
                **{str(status): self._problem(status) for status in _refusals_of(operation, path)},
            },
        }
        if operation.body:
            schema = self._schema(operation.body, mode="validation")
            content = {"application/json": {"schema": schema, "example": operation.example}}
            described["requestBody"] = {"required": operation.body not in MAY_BE_LEFT_OUT, "content": content}
        return described

    def _told(self, endpoint: Endpoint, form: Form) -> Json:
        if not form.is_table:
            whole = self._schema(endpoint.shape)
            narrowed = {
                "type": "object",
                "description": "The same, with the keys of each result that `fields` names.",
            }
            return {"anyOf": [whole, narrowed]} if _can_be_narrowed(endpoint) else whole
        told = "A row a result; the same columns always."
        return {"type": "string", "description": told, **({} if form.name == "csv" else {"format": "binary"})}

    def _problem(self, status: int) -> Json:
        entries = [entry for entry in problems.CATALOGUE.values() if entry.status == status]
        shape, more = _OF_PROBLEMS.get(status, (problems.ProblemShape, ()))
        told = {
            "description": " ".join(f"`{entry.code}`: {entry.title}." for entry in entries),
            "headers": self._headers("X-Request-ID", *more),
            "content": {problems.MEDIA_TYPE: {"schema": self._schema(shape)}},
        }
        return self._shared(f"Problem{status}", ResolvedComponent.RESPONSE, told)

    def _headers(self, *names: str) -> Json:
        return {name: self._shared(name, ResolvedComponent.HEADER, HEADERS[name]) for name in names}

    def _schema(self, shape: type, *, mode: Mode = "serialization") -> Json:
        """A reference to the shape, which is put among the components with all that it names."""
        for name, part in _described(shape, mode).items():
            self._shared(name, ResolvedComponent.SCHEMA, part)
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


@cache
def _described(shape: type, mode: Mode) -> Json:
    """The JSON Schema of a shape and of those that it names, by name."""
    schema = TypeAdapter(shape).json_schema(mode=mode, ref_template=REF)
    parts = schema.pop("$defs", {})
    if "$ref" not in schema:
        # One that names itself, by way of others, is among them already.
        parts[shape.__name__] = schema
    return {name: _without_titles(part) for name, part in parts.items()}


def _in_path(path: str) -> list[Json]:
    """The names in an address."""
    parts = [part.strip("<>").partition(":") for part in path.split("/") if part.startswith("<")]
    return [_name(name, converter) for converter, _, name in parts]


def _name(name: str, converter: str) -> Json:
    description, example = NAMES[name]
    schema = {"type": "string", "pattern": f"^{SlugConverter.regex}$"} if converter == "slug" else {"type": "string"}
    return {
        "name": name,
        "in": "path",
        "required": True,
        "description": description,
        "schema": schema,
        "example": example,
    }


def _in_query(parameter: Parameter) -> Json:
    schema, does = parameter.schema(), parameter.does
    if parameter.checked_further:
        schema[CHECKED_FURTHER] = True
    if parameter.repeats:
        schema, does = {"type": "array", "items": schema}, f"{does} May be repeated."
    told = {"name": parameter.name, "in": "query", "description": does, "schema": schema}
    return {**told, "explode": False} if isinstance(parameter, Words) else told


_IF_NONE_MATCH: Json = {
    "name": "If-None-Match",
    "in": "header",
    "description": "The ETag of the answer that you hold. With or without W/; several with commas.",
    "schema": {"type": "string"},
}


_IF_MATCH: Json = {
    "name": "If-Match",
    "in": "header",
    "description": "The ETag that came with the thing. Any change of the plan's record makes it stale.",
    "schema": {"type": "string"},
}
_IDEMPOTENCY_KEY: Json = {
    "name": "Idempotency-Key",
    "in": "header",
    "description": "A text of your own for this request: the same again is done once, and has the same answer.",
    "schema": {"type": "string", "pattern": f"^{IDEMPOTENCY_KEY.pattern}$"},
}
_OF_PROBLEMS: dict[int, tuple[type, tuple[str, ...]]] = {
    401: (problems.ProblemShape, ("WWW-Authenticate",)),
    409: (problems.ConflictShape, ()),
    412: (problems.PreconditionShape, ()),
    429: (problems.ProblemShape, ("Retry-After", *OF_LIMITS)),
    410: (problems.GoneShape, ("Link",)),
    503: (problems.ProblemShape, ("Retry-After",)),
}


def _can_be_narrowed(endpoint: Endpoint) -> bool:
    return any(parameter.name == "fields" for parameter in endpoint.parameters)


def _more_headers(endpoint: Endpoint) -> tuple[str, ...]:
    is_paged = endpoint.starts_again or any(parameter.name == "cursor" for parameter in endpoint.parameters)
    return ("Link",) if is_paged else ()


def _refusals(endpoint: Endpoint) -> list[int]:
    """The statuses of the problems that an endpoint can answer with."""
    named = {404} if "<" in endpoint.path else set()
    again = {410} if endpoint.starts_again or "<slug:plan>" in endpoint.path else set()
    return sorted({400, 401, 405, 406, 429, 500, 503} | named | again)


def _refusals_of(operation: Operation, path: str) -> list[int]:
    named = {404} if "{" in path else set()
    said = {415, 422} if operation.body else set()
    versioned = {409, 412, 428} if operation.versioned else set()
    return sorted({400, 401, 403, 405, 406, 429, 500, 503} | named | said | versioned)


def _refusals_to_write(deed: Deed) -> list[int]:
    versioned = {412, 428} if deed.versioned else set()
    return sorted({400, 401, 403, 404, 405, 406, 409, 410, 415, 422, 429, 500, 503} | versioned)


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
