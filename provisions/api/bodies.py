"""What bodies may say: the keys of the things that are written, in the forms in which answers have them.

Read strictly: what the description of a body does not allow is refused, and never understood as something else.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, ClassVar, TypeVar, get_type_hints

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, WithJsonSchema, create_model
from pydantic_core import PydanticCustomError

from provisions.agreement.words import Authority, EventState, Kind, Level, Precision, Role, Stance, WordingChange
from provisions.contents import (
    ConditionContent,
    EventContent,
    EventStateContent,
    EvidenceContent,
    FigureContent,
    ImplementationContent,
    PositionContent,
    ProvisionContent,
    RulingContent,
    VariantContent,
    When,
    WordingContent,
)
from provisions.models import Basis, ConditionKind, ImplementationLevel, Seen
from provisions.models.base import SLUG_LENGTH

from .asking import CHECKED_FURTHER, Refused

Json = dict[str, Any]
Read = TypeVar("Read", bound="Part")

# As a content calls it, and as answers do.
OTHER_NAMES = {"key": "id"}
VERSION = "version"
KEY_LENGTH = 130
SMALL, LARGE = 32_767, 2_147_483_647
MOST_AMOUNT = 10**15

# PostgreSQL keeps no NUL; and what has to say something has a character above the blank.
_ANY = r"^[^\u0000]*$"
SAID = r"^[^\u0000]*[^\u0000-\u0020][^\u0000]*$"
_NAME = rf"[-a-zA-Z0-9_]{{1,{SLUG_LENGTH}}}"
_PERIOD = r"^[12][0-9]{3}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?$"


def _checked_further(**more: Any) -> Any:
    """A value of which the record, or the calendar, knows more than a form can say."""
    return Field(**more, json_schema_extra={CHECKED_FURTHER: True})


def _number(value: Any) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise PydanticCustomError("number", "Input should be a number")
    return Decimal(str(value))


Text = Annotated[str, Field(pattern=_ANY)]
MaybeText = Text | None
Title = Annotated[str, Field(pattern=SAID, max_length=200)]
Heading = Annotated[str, Field(pattern=_ANY, max_length=200)]
Name = Annotated[str, _checked_further(pattern=f"^{_NAME}$")]
PrecedentCode = Annotated[str, _checked_further(pattern="^[A-Za-z]{1,20}$")]
WordsName = Annotated[str, _checked_further(pattern=f"^{_NAME}/{_NAME}$")]
PositionName = Annotated[str, _checked_further(pattern=rf"^[-a-zA-Z0-9_.]{{1,{KEY_LENGTH}}}$")]
Slug = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=SLUG_LENGTH)]
NewPosition = Annotated[str, Field(pattern=r"^[A-Za-z0-9]+([.-][A-Za-z0-9]+)*$", max_length=KEY_LENGTH)]
Period = Annotated[str, _checked_further(pattern=_PERIOD, description="2026-01-15, 2026-01 or 2026.")]
Amount = Annotated[
    Decimal,
    BeforeValidator(_number),
    Field(ge=-MOST_AMOUNT, le=MOST_AMOUNT, decimal_places=4),
    WithJsonSchema({"type": "number", "description": "Four decimals at the most.", CHECKED_FURTHER: True}),
]
Version = Annotated[int, _checked_further(ge=0, le=LARGE)]


class BadBody(Refused):
    """A body that cannot be read. `errors` are pairs of a key, or several with slashes, and a sentence."""

    def __init__(self, errors: list[tuple[str, str]]) -> None:
        super().__init__("; ".join(f"{key}: {sentence}" if key else sentence for key, sentence in errors))
        self.errors = errors


class Part(BaseModel):
    """Something that a body says. `says` makes of its keys what the record takes."""

    model_config = ConfigDict(extra="forbid", strict=True, use_attribute_docstrings=True)
    says: ClassVar[Any] = None


class Body(Part):
    """A whole body."""

    reason: Text = ""
    """Why it is done; the log keeps it."""


class RoleBody(Part):
    """A party's role at a line."""

    says = staticmethod(lambda party, role: (party, role))
    party: Name
    role: Role


class FigureBody(Part):
    """A named quantity."""

    says = FigureContent
    name: Slug
    label: Annotated[str, Field(pattern=SAID, max_length=120)]
    value: Amount | None = None
    unit: Annotated[str, Field(pattern=SAID, max_length=20)]
    note: Annotated[str, Field(pattern=_ANY, max_length=300)] | None = None


class VariantBody(Part):
    """Rival words inside a line."""

    says = VariantContent
    parties: Annotated[list[Name], Field(min_length=1)]
    text: Annotated[str, Field(pattern=SAID)]
    figures: list[FigureBody] = []
    sources: list[Name] = []


class EventStateBody(Part):
    """How an event stood from a day on."""

    says = EventStateContent
    state: EventState
    stated_on: date


class ConditionBody(Part):
    """What a conditional stance hangs on."""

    says = ConditionContent
    kind: ConditionKind
    provision: Name | None = None
    level: Level | None = None
    event: Name | None = None


class EvidenceBody(Part):
    """Where it was read."""

    says = EvidenceContent
    source: Name
    grade: Annotated[str, Field(pattern="^[A-F][1-6]$")] | None = None


class PositionBody(Body):
    """A position to be put on record."""

    says = PositionContent
    id: NewPosition | None = None
    """Left out, one is made up."""
    party: Name
    asserted_by: Name | None = None
    """Left out, the party speaks for itself."""
    revision: Name
    provision: Name | None = None
    stance: Stance
    authority: Authority
    stated_on: Period
    stated_on_precision: Precision | None = None
    stated_on_approximate: bool = False
    speaker: Heading
    speaker_role: Heading | None = None
    summary: Text
    thin: bool = False
    conditions: list[ConditionBody] = []
    evidence: list[EvidenceBody] = []
    follows: PositionName | None = None
    note: MaybeText = None


class RetractionBody(Body):
    """Why a position is taken back."""

    reason: Text


class RulingBody(Body):
    """An own status on words."""

    says = RulingContent
    provision: Name
    revision: Name
    level: Level | None
    """Null withdraws it."""
    reason: Text
    sources: list[Name] = []
    version: Version | None = None
    """Where there is a ruling already, the version that you have read."""


class ImplementationBody(Body):
    """How far a line of a signed text was carried out from a day on."""

    says = ImplementationContent
    provision: Name
    since: Period
    since_precision: Precision | None = None
    since_approximate: bool = False
    level: ImplementationLevel | None
    """From 0 to 3; null withdraws it."""
    note: Text
    """What was done and what was not; of one that is withdrawn, why."""
    sources: list[Name] = []
    reason: Annotated[str, Field(pattern=SAID)]
    version: Version | None = None
    """Where the line has a level from that day already, the version that you have read."""


class EventBody(Body):
    """An event."""

    says = EventContent
    slug: Slug
    title: Title
    dated: Period
    dated_precision: Precision | None = None
    dated_approximate: bool = False
    summary: MaybeText = None
    revisions: list[Name] = []
    sources: list[Name] = []
    states: list[EventStateBody] = []


class WordingBody(Body):
    """The words of a line in one revision."""

    says = WordingContent
    number: Annotated[str, Field(pattern=SAID, max_length=12)] | None
    heading: Heading | None
    gist: Annotated[str, Field(pattern=_ANY, max_length=40)] | None
    text: Text
    seen: Seen
    change: WordingChange
    change_reason: MaybeText
    comes_from: list[WordsName]
    figures: list[FigureBody]
    variants: list[VariantBody]
    sources: list[Name]
    note: MaybeText


class ProvisionBody(Body):
    """A line."""

    says = ProvisionContent
    order: Annotated[int, Field(ge=1, le=SMALL)]
    title: Title
    lead: MaybeText
    category: Name
    category_basis: Basis
    kind: Kind
    topics: list[Name]
    roles: list[RoleBody]
    roles_basis: Basis
    essential: Annotated[list[Name], Field(min_length=1)] | None
    essential_reason: MaybeText
    pax: list[PrecedentCode]
    pam: list[PrecedentCode]
    note: MaybeText


def patch_of(body: type[Body], *, but: tuple[str, ...] = ()) -> type[Body]:
    """A body that says of the same thing what is to be changed. What is left out stays as it is."""
    hints = get_type_hints(body, include_extras=True)
    own = [name for name in body.model_fields if name not in but and name not in Body.model_fields]
    keys: Json = {name: (hints[name], Field(default_factory=lambda: None)) for name in own}
    keys[VERSION] = (Version | None, Field(default=None, description="The one that you read, unless If-Match is sent."))
    name = body.__name__.replace("Body", "Patch")
    made: type[Body] = create_model(name, __base__=Body, __doc__="What is to be changed.", **keys)
    made.says = body.says
    return made


def read_body(body: type[Read], given: Any) -> Read:
    """What was sent, as the body that is asked for. Raises BadBody."""
    if not isinstance(given, dict):
        raise BadBody([("", "Send a JSON object.")])
    try:
        return body.model_validate_json(json.dumps(_with_whole_numbers(given)))
    except ValidationError as error:
        known = ", ".join(body.model_fields)
        raise BadBody([(_pointer(each["loc"]), _sentence(each, known)) for each in error.errors()]) from None


def _with_whole_numbers(value: Any) -> Any:
    """The same, where JSON has one number in two ways: 5.0 is 5."""
    match value:
        case float():
            return int(value) if value.is_integer() else value
        case dict():
            return {name: _with_whole_numbers(each) for name, each in value.items()}
        case list():
            return [_with_whole_numbers(each) for each in value]
        case _:
            return value


def _pointer(loc: tuple[int | str, ...]) -> str:
    return "/".join(map(str, loc))


def _sentence(error: Mapping[str, Any], known: str) -> str:
    match error["type"]:
        case "missing":
            return "is missing"
        case "extra_forbidden" if len(error["loc"]) == 1:
            return f"is not a key of it; known are: {known}"
        case "extra_forbidden":
            return "is not a key of it"
        case _:
            return str(error["msg"])


def fields_of(body: Body, *, base: Any = None) -> Json:
    """The fields of the content of which a body says something; of days it names only in part, the rest is of `base`.

    Raises BadBody.
    """
    hints = get_type_hints(body.says)
    given = {name: getattr(body, name) for name in body.model_fields_set}
    found: Json = {}
    for each in dataclasses.fields(body.says):
        name = OTHER_NAMES.get(each.name, each.name)
        if hints[each.name] is When:
            if (when := _when(name, given, base and getattr(base, each.name))) is not None:
                found[each.name] = when
        elif name in given:
            # What is missing is null in answers and nothing on record.
            empty = given[name] is None and hints[each.name] is str
            found[each.name] = "" if empty else _plain(given[name])
    return found


def _plain(value: Any) -> Any:
    match value:
        case Part():
            hints = get_type_hints(value.says) if dataclasses.is_dataclass(value.says) else {}
            given = {name: getattr(value, name) for name in value.model_fields_set}
            return value.says(
                **{name: "" if each is None and hints[name] is str else _plain(each) for name, each in given.items()}
            )
        case list():
            return tuple(map(_plain, value))
        case _:
            return value


def _when(name: str, given: Json, base: When | None) -> When | None:
    """The day that a body names, or one that it names more exactly. Raises BadBody."""
    precision, approximate = f"{name}_precision", f"{name}_approximate"
    if not {name, precision, approximate} & given.keys():
        return None
    if name in given:
        base = None
    length = {Precision.DAY: 10, Precision.MONTH: 7, Precision.YEAR: 4}
    text = given[name] if base is None else base.day.isoformat()
    exact = given.get(precision) or (base and base.precision)
    try:
        when = When.parse(text[: length[exact]] if exact else text)
    except ValueError as error:
        raise BadBody([(name, str(error))]) from None
    return dataclasses.replace(when, approximate=given.get(approximate, base.approximate if base else False))
