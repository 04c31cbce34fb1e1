"""What can be written through the API: by the same writers as on the pages, in the words in which it is read.

A body has the keys of the thing's own shape. Nothing here speaks HTTP.
"""

from __future__ import annotations

import dataclasses
import secrets
import types
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from django.contrib.auth.models import User
from pydantic import TypeAdapter, ValidationError
from typing_extensions import TypedDict

from provisions.agreement.words import Precision
from provisions.contents import (
    Content,
    EventContent,
    PositionContent,
    ProvisionContent,
    RulingContent,
    When,
    WordingContent,
    as_json,
    from_json,
)
from provisions.held import held
from provisions.models import Change, Plan, Proposal, ProposalStatus, Resource
from provisions.policy import Act
from provisions.proposals import propose, propose_retraction
from provisions.record import Author, Stale, change, retract_position

from .asking import Asked, NotOnRecord, Refused
from .beside import EVENTS
from .entries import Kind, the_plan
from .said import POSITIONS, RULINGS
from .shape import documented
from .texts import PROVISIONS, WORDINGS

Json = dict[str, Any]
POST, PATCH = "POST", "PATCH"

# Keys that a body may have beside those of the thing.
REASON, VERSION = "reason", "version"
# As a content calls it, and as answers do.
OTHER_NAMES = {"key": "id"}


class BadBody(Refused):
    """A body that cannot be read. `errors` are pairs of a key, or several with slashes, and a sentence."""

    def __init__(self, errors: list[tuple[str, str]]) -> None:
        super().__init__("; ".join(f"{key}: {sentence}" if key else sentence for key, sentence in errors))
        self.errors = errors


class VersionMissing(Refused):
    """An edit that does not say on which version it was made."""


class EditConflict(Refused):
    """Somebody changed the thing after the caller read it; with what each side holds of it."""

    def __init__(self, stale: Stale, *, told: Json) -> None:
        super().__init__(f"{str(stale)[:1].upper()}{str(stale)[1:]}.")
        self.told = told


@documented
class ProposalShape(TypedDict):
    """A change that waits for somebody else to approve it, on the pages."""

    proposal: int
    """Its number in the plan."""
    status: ProposalStatus
    resource: Resource
    id: str
    base_version: int
    """The version that it was made on; 0 for a new thing."""


@dataclass(frozen=True, slots=True)
class Written:
    """What a deed did: the thing as it is told now and the number of the change; without one it is proposed."""

    told: Mapping[str, Any]
    seq: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Hand:
    """Who writes, what version they have seen, and whether they propose it rather than do it."""

    by: Author
    seen: int
    proposing: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """One thing that can be written at one address."""

    name: str
    method: Literal["POST", "PATCH"]
    path: str
    summary: str
    description: str
    kind: Kind
    act: Act
    # The keys that a body may have, with their JSON Schema, and those that it must have.
    properties: Mapping[str, Json]
    required: tuple[str, ...]
    do: Callable[[Asked, Json, Hand], Written]

    @property
    def versioned(self) -> bool:
        """Whether it states the version that it was made on."""
        return self.method == PATCH


def _schema(content: type) -> dict[str, Json]:
    """The keys of a content as bodies have them."""
    found: dict[str, Json] = {}
    hints = get_type_hints(content)
    for each in dataclasses.fields(content):
        hint = _without_none(hints[each.name])
        name = OTHER_NAMES.get(each.name, each.name)
        if hint is When:
            found |= {
                name: {"type": "string", "description": "2026-01-15, 2026-01 or 2026."},
                f"{name}_precision": {"type": "string", "enum": [str(word) for word in Precision]},
                f"{name}_approximate": {"type": "boolean"},
            }
        elif each.name == "roles":
            found[name] = {"type": "array", "items": {"type": "object", "required": ["party", "role"]}}
        else:
            found[name] = _loosely(TypeAdapter(hint).json_schema())
    return found


def _loosely(schema: Json) -> Json:
    """A schema that stands by itself: what is nested is told by the shape of answers."""
    if "$defs" not in schema and "$ref" not in schema:
        return {key: value for key, value in schema.items() if key != "title"}
    return {"type": "array", "items": {}} if schema.get("type") == "array" else {}


def _without_none(hint: Any) -> Any:
    if get_origin(hint) in (Union, types.UnionType):
        others = [each for each in get_args(hint) if each is not type(None)]
        return others[0] if len(others) == 1 else hint
    return hint


def _required(content: type) -> tuple[str, ...]:
    return tuple(
        OTHER_NAMES.get(each.name, each.name)
        for each in dataclasses.fields(content)
        if each.default is dataclasses.MISSING and each.default_factory is dataclasses.MISSING
    )


# ---- From bodies to contents ----


def read_body(content: type, body: Json) -> Any:
    """The content that a body says. Raises BadBody."""
    try:
        return TypeAdapter(content).validate_python(_fields(content, body))
    except ValidationError as error:
        raise BadBody([(_pointer(each["loc"]), each["msg"]) for each in error.errors()]) from None


def _pointer(loc: tuple[int | str, ...]) -> str:
    return "/".join(str(OTHER_NAMES.get(str(part), part)) for part in loc)


def _fields(content: type, body: Mapping[str, Any]) -> Json:
    """What a body says, under the names and in the forms of the content."""
    hints, found = get_type_hints(content), dict(body)
    for each in dataclasses.fields(content):
        hint, name = hints[each.name], OTHER_NAMES.get(each.name, each.name)
        if name not in found:
            continue
        value = found.pop(name)
        if _without_none(hint) is When:
            value = _when(name, value, found)
        elif value is None and hint is str:
            # What is missing is null in answers and nothing on record.
            value = ""
        elif each.name == "roles" and isinstance(value, list):
            value = [(role.get("party"), role.get("role")) if isinstance(role, dict) else role for role in value]
        elif (nested := _nested(hint)) and isinstance(value, list):
            value = [_fields(nested, item) if isinstance(item, dict) else item for item in value]
        found[each.name] = value
    return found


def _nested(hint: Any) -> Any:
    """What a tuple is of, where that has keys of its own."""
    parts = get_args(hint)
    return parts[0] if get_origin(hint) is tuple and parts and dataclasses.is_dataclass(parts[0]) else None


def _when(name: str, value: Any, body: Json) -> When:
    precision, approximate = body.pop(f"{name}_precision", None), body.pop(f"{name}_approximate", None)
    lengths = {Precision.DAY: 10, Precision.MONTH: 7, Precision.YEAR: 4}
    try:
        text = str(value)
        return When.parse(text[: lengths[Precision(precision)]] if precision else text, approximate=approximate is True)
    except ValueError as error:
        raise BadBody([(name, str(error))]) from None


def _checked(deed_keys: Mapping[str, Json], body: Json, *, versioned: bool) -> tuple[Json, str]:
    """The body without what belongs to the edit, and its reason. Raises BadBody."""
    known = [*deed_keys, REASON, *([VERSION] if versioned else [])]
    if unknown := [name for name in body if name not in known]:
        raise BadBody([(name, f"is not a key of it; known are: {', '.join(known)}") for name in unknown])
    reason = body.get(REASON) or ""
    if not isinstance(reason, str):
        raise BadBody([(REASON, "write a text")])
    return {name: value for name, value in body.items() if name not in (REASON, VERSION)}, reason


# ---- What is done ----


def _told(kind: Kind, asked: Asked, key: str) -> Mapping[str, Any]:
    """The thing as answers tell it."""
    names = [part.partition(":")[2].rstrip(">") for part in kind.address.split("/")]
    here = dataclasses.replace(
        asked, names={"plan": asked.names["plan"], **dict(zip(names, key.split("/"), strict=True))}
    )
    return kind.told_one(here)


def _add_position(asked: Asked, body: Json, hand: Hand) -> Written:
    party = body.get("party")
    filled = {"id": f"{party}-{secrets.token_hex(4)}", "asserted_by": party, **body}
    return _put(POSITIONS, asked, read_body(PositionContent, filled), hand)


def _retract(asked: Asked, body: Json, hand: Hand) -> Written:
    plan, key = asked.names["plan"], asked.names["position"]
    _told(POSITIONS, asked, key)
    if hand.proposing:
        return _proposed(propose_retraction(plan, key, reason=hand.by.reason, author=_person(hand)))
    seq = retract_position(plan, key, by=hand.by)
    return Written(_told(POSITIONS, asked, key), seq)


def _adding(kind: Kind, content: type) -> Callable[[Asked, Json, Hand], Written]:
    def add(asked: Asked, body: Json, hand: Hand) -> Written:
        return _put(kind, asked, read_body(content, body), hand)

    return add


def _editing(kind: Kind, content: type) -> Callable[[Asked, Json, Hand], Written]:
    def edit(asked: Asked, body: Json, hand: Hand) -> Written:
        key = "/".join(value for name, value in asked.names.items() if name != "plan")
        base = _at(the_plan(asked), kind, key, hand.seen)
        return _put(kind, asked, _overlaid(content, base, body), hand, base=base)

    return edit


def _put(kind: Kind, asked: Asked, said: Any, hand: Hand, *, base: Content | None = None) -> Written:
    """Put it on record, or propose it. Raises EditConflict where it was made on what is no longer there."""
    plan = asked.names["plan"]
    try:
        if hand.proposing:
            return _proposed(propose(plan, said, seen=hand.seen, reason=hand.by.reason, author=_person(hand)))
        seq = change(plan, said, seen=hand.seen, by=hand.by)
    except Stale as stale:
        raise EditConflict(stale, told=_conflict(kind, asked, stale, said, base)) from None
    return Written(_told(kind, asked, said.key), seq)


def _person(hand: Hand) -> User:
    if hand.by.actor is None:
        raise TypeError("somebody proposes")
    return hand.by.actor


def _proposed(made: Proposal) -> Written:
    told: ProposalShape = {
        "proposal": made.number,
        "status": ProposalStatus(made.status),
        "resource": Resource(made.resource),
        "id": made.key,
        "base_version": made.base_version,
    }
    return Written(told, None)


def _at(plan: Plan, kind: Kind, key: str, version: int) -> Content:
    """The thing as it was at a version. Raises NotOnRecord."""
    found = held(plan, kind.resource, keys=[key]).get(key)
    if found is None:
        raise NotOnRecord(f"There is no {kind.name} '{key}' in this plan.")
    if found.version == version:
        content: Content = found.content
        return content
    then = Change.objects.filter(plan=plan, resource=kind.resource, key=key, version=version).first()
    if then is None or then.after is None:
        raise BadBody([(VERSION, f"it never had a version {version}; it is at {found.version}")])
    return from_json(kind.resource, then.after)


def _overlaid(content: type, base: Content, body: Json) -> Any:
    """What the thing would say with the changes of a body. Raises BadBody."""
    fields = {each.name: getattr(base, each.name) for each in dataclasses.fields(content)}
    given = dict(body)
    for name in list(fields):
        # A new precision alone is of the day that is there.
        if isinstance(fields[name], When) and name not in given:
            for part in ("precision", "approximate"):
                given.pop(f"{name}_{part}", None)
    try:
        return TypeAdapter(content).validate_python({**fields, **_fields(content, given)})
    except ValidationError as error:
        raise BadBody([(_pointer(each["loc"]), each["msg"]) for each in error.errors()]) from None


def _conflict(kind: Kind, asked: Asked, stale: Stale, yours: Any, base: Content | None) -> Json:
    plan = the_plan(asked)
    now = stale.held
    latest = (
        Change.objects.filter(plan=plan, resource=kind.resource, key=stale.key)
        .select_related("actor")
        .order_by("-seq")
        .first()
    )
    sides = [as_json(side) if side is not None else {} for side in (base, now.content if now else None, yours)]
    before, theirs, own = sides
    return {
        "current": _told(kind, asked, stale.key) if now else None,
        "changed_by": latest.actor.get_username() if latest and latest.actor else None,
        "changed_at": latest.recorded_at if latest else None,
        "changed_seq": latest.seq if latest else None,
        "differences": [
            {"field": OTHER_NAMES.get(name, name), "base": before.get(name), "theirs": theirs.get(name), "yours": value}
            for name, value in own.items()
            if not before.get(name) == theirs.get(name) == value
        ],
    }


_EVENT, _POSITION, _RULING = _schema(EventContent), _schema(PositionContent), _schema(RulingContent)
_WORDING, _PROVISION = _schema(WordingContent), _schema(ProvisionContent)


def _but(schema: Mapping[str, Json], *names: str) -> dict[str, Json]:
    return {name: value for name, value in schema.items() if name not in names}


DEEDS = (
    Deed(
        name="add_position",
        method="POST",
        path="plans/<slug:plan>/positions",
        summary="Put a position on record",
        description="What a party said of the words of a line, or of a whole revision, with where it was read. "
        "Without an id it gets one; without `asserted_by` the party speaks for itself.",
        kind=POSITIONS,
        act=Act.RECORD,
        properties=_POSITION,
        required=tuple(name for name in _required(PositionContent) if name not in ("id", "asserted_by")),
        do=_add_position,
    ),
    Deed(
        name="retract_position",
        method="POST",
        path="plans/<slug:plan>/positions/<str:position>/retraction",
        summary="Retract a position",
        description="It stays readable and counts nowhere from now on.",
        kind=POSITIONS,
        act=Act.RECORD,
        properties={},
        required=(REASON,),
        do=_retract,
    ),
    Deed(
        name="rule",
        method="POST",
        path="plans/<slug:plan>/rulings",
        summary="Say an own status on words",
        description="An analyst's ruling. Where there is one already, `version` says which one was read; without a "
        "level it is withdrawn.",
        kind=RULINGS,
        act=Act.RECORD,
        properties=_but(_RULING, REASON),
        required=("provision", "revision", "level", REASON),
        do=_adding(RULINGS, RulingContent),
    ),
    Deed(
        name="add_event",
        method="POST",
        path="plans/<slug:plan>/events",
        summary="Put an event on record",
        description="A dated happening, with its states where a condition names it.",
        kind=EVENTS,
        act=Act.RECORD,
        properties=_EVENT,
        required=_required(EventContent),
        do=_adding(EVENTS, EventContent),
    ),
    Deed(
        name="edit_event",
        method="PATCH",
        path="plans/<slug:plan>/events/<slug:event>",
        summary="Change an event",
        description="The keys that are given are changed, all others stay.",
        kind=EVENTS,
        act=Act.RECORD,
        properties=_but(_EVENT, "slug"),
        required=(),
        do=_editing(EVENTS, EventContent),
    ),
    Deed(
        name="edit_wording",
        method="PATCH",
        path="plans/<slug:plan>/wordings/<slug:revision>/<slug:provision>",
        summary="Change words",
        description="The keys that are given are changed, all others stay.",
        kind=WORDINGS,
        act=Act.RECORD,
        properties=_but(_WORDING, "provision", "revision"),
        required=(),
        do=_editing(WORDINGS, WordingContent),
    ),
    Deed(
        name="edit_provision",
        method="PATCH",
        path="plans/<slug:plan>/provisions/<slug:provision>",
        summary="Change a line",
        description="Title, category, roles, whose consent it needs. The keys that are given are changed.",
        kind=PROVISIONS,
        act=Act.RECORD,
        properties=_but(_PROVISION, "slug", "parent"),
        required=(),
        do=_editing(PROVISIONS, ProvisionContent),
    ),
)


def perform(
    deed: Deed, asked: Asked, body: Any, *, by: Callable[[str], Author], seen: int | None, proposing: bool
) -> Written:
    """Do it, or propose it. `seen` is the version that a header named, if one did.

    Raises BadBody, VersionMissing, EditConflict, NotOnRecord, and what the record refuses.
    """
    the_plan(asked)
    if not isinstance(body, dict):
        raise BadBody([("", "Send a JSON object.")])
    given = body.get(VERSION)
    if given is not None and (not isinstance(given, int) or isinstance(given, bool)):
        raise BadBody([(VERSION, "write the version that you have read, a whole number")])
    said, reason = _checked(deed.properties, body, versioned=deed.versioned or deed.kind is RULINGS)
    if missing := [name for name in deed.required if name not in body]:
        raise BadBody([(name, "is missing") for name in missing])
    version = seen if seen is not None else given
    if deed.versioned and version is None:
        raise VersionMissing(
            "Say which version you have read: as `version` in the body, or by If-Match with the ETag that came with it."
        )
    if deed.kind is RULINGS:
        # A ruling keeps its reason itself; the log has it, too.
        said[REASON] = reason
    return deed.do(asked, said, Hand(by=by(reason), seen=version or 0, proposing=proposing))
