"""What a thing on the record says, as plain values: the one form in which plan files, forms and the API hand it to the
record, in which the log keeps it before and after, and in which two states of it are compared.

Things are named by slug or stable key, never by database id. Absent text is "", an absent thing is None.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any, ClassVar, get_args

from pydantic import TypeAdapter

from provisions.agreement.words import (
    Authority,
    EventState,
    Kind,
    Level,
    Precision,
    Provenance,
    Role,
    Stance,
    WordingChange,
)
from provisions.models import (
    Basis,
    ConditionKind,
    DisputeStatus,
    ImplementationLevel,
    Outcome,
    RelationKind,
    Resource,
    Seen,
)


@dataclass(frozen=True, slots=True)
class When:
    """A day in the world as exactly as it is known: the first day of the period, and how long the period is."""

    day: date
    precision: Precision = Precision.DAY
    approximate: bool = False

    @classmethod
    def parse(cls, text: str, *, approximate: bool = False) -> When:
        """Read `2025-11-20`, `2025-11` or `2025`. Raises ValueError."""
        precision = {10: Precision.DAY, 7: Precision.MONTH, 4: Precision.YEAR}.get(len(text))
        if precision is None:
            raise ValueError(f"{text!r} is not a day; write 2025-11-20, 2025-11 or 2025")
        try:
            return cls(date.fromisoformat((text + "-01-01")[:10]), precision, approximate)
        except ValueError:
            raise ValueError(f"{text!r} is not a day; write 2025-11-20, 2025-11 or 2025") from None

    def __str__(self) -> str:
        return self.day.isoformat()[: {Precision.DAY: 10, Precision.MONTH: 7, Precision.YEAR: 4}[self.precision]]


def _in_order(content: Any, *names: str) -> None:
    """Sort what the record keeps as a set, so that two contents that say the same are equal."""
    for name in names:
        object.__setattr__(content, name, tuple(sorted(set(getattr(content, name)))))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Slugged:
    """A thing that its slug names within the plan."""

    slug: str

    @property
    def key(self) -> str:
        return self.slug


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyContent(_Slugged):
    """A party, as it is called."""

    resource: ClassVar = Resource.PARTY
    name: str
    short: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceContent(_Slugged):
    """A publication."""

    resource: ClassVar = Resource.SOURCE
    title: str
    publisher: str = ""
    url: str = ""
    published: date | None = None
    published_basis: str = "none"
    accessed: date | None = None
    kind: str
    relays: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanContent(_Slugged):
    """The plan itself. `parties` is the order in which they are shown."""

    resource: ClassVar = Resource.PLAN
    title: str
    summary: str = ""
    note: str = ""
    parties: tuple[str, ...]
    principals: tuple[str, ...]
    threshold: Authority = Authority.NEGOTIATOR
    horizon_days: int = 60
    current_revision: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CategoryContent(_Slugged):
    """A group of lines; `order` counts from 1."""

    resource: ClassVar = Resource.CATEGORY
    title: str
    note: str = ""
    order: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicContent(_Slugged):
    """A subject that lines are tagged with."""

    resource: ClassVar = Resource.TOPIC
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RemovalContent:
    """What became of a line that a revision no longer has."""

    provision: str
    outcome: Outcome
    note: str = ""
    sources: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        _in_order(self, "sources")


@dataclass(frozen=True, slots=True, kw_only=True)
class RevisionContent(_Slugged):
    """A dated draft; `order` counts from 1 in the order in which drafts are listed."""

    resource: ClassVar = Resource.REVISION
    order: int
    title: str
    short: str
    dated: When
    derives_from: str | None = None
    provenance: Provenance
    published_on: date | None = None
    authors: str = ""
    circulated_to: str = ""
    made_public: str = ""
    point_count: int | None = None
    summary: str = ""
    note: str = ""
    sources: tuple[str, ...] = ()
    removals: tuple[RemovalContent, ...] = ()

    def __post_init__(self) -> None:
        _in_order(self, "sources")


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvisionContent(_Slugged):
    """A line, or with a `parent` a lettered part of one. `essential` overrides the rule's essential parties."""

    resource: ClassVar = Resource.PROVISION
    order: int
    parent: str | None = None
    title: str
    lead: str = ""
    category: str
    category_basis: Basis = Basis.ASSIGNED
    kind: Kind = Kind.OPERATIVE
    topics: tuple[str, ...] = ()
    roles: tuple[tuple[str, Role], ...] = ()
    roles_basis: Basis = Basis.ASSIGNED
    essential: tuple[str, ...] | None = None
    essential_reason: str = ""
    pax: tuple[str, ...] = ()
    pam: tuple[str, ...] = ()
    note: str = ""

    def __post_init__(self) -> None:
        _in_order(self, "roles", "pax", "pam")


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureContent:
    """A named quantity with its unit; the value may be unknown."""

    name: str
    label: str
    value: Decimal | None = None
    unit: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class VariantContent:
    """Rival words inside a line."""

    parties: tuple[str, ...]
    text: str
    figures: tuple[FigureContent, ...] = ()
    sources: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        _in_order(self, "sources")


@dataclass(frozen=True, slots=True, kw_only=True)
class WordingContent:
    """The words of a line in one revision. `comes_from` holds keys `revision/provision` of the words before."""

    resource: ClassVar = Resource.WORDING
    provision: str
    revision: str
    number: str | None = None
    heading: str = ""
    gist: str = ""
    text: str
    seen: Seen = Seen.SEEN
    change: WordingChange
    change_reason: str = ""
    comes_from: tuple[str, ...] = ()
    figures: tuple[FigureContent, ...] = ()
    variants: tuple[VariantContent, ...] = ()
    sources: tuple[str, ...] = ()
    note: str = ""

    def __post_init__(self) -> None:
        _in_order(self, "comes_from", "sources")

    @property
    def key(self) -> str:
        return f"{self.revision}/{self.provision}"


@dataclass(frozen=True, slots=True)
class EventStateContent:
    """How an event stood from a day on."""

    state: EventState
    stated_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class EventContent(_Slugged):
    """A dated happening; `states` in the order in which they were stated."""

    resource: ClassVar = Resource.EVENT
    title: str
    dated: When
    summary: str = ""
    revisions: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    states: tuple[EventStateContent, ...] = ()

    def __post_init__(self) -> None:
        _in_order(self, "revisions", "sources")
        # Those of one day stand as they are given: the last one holds.
        object.__setattr__(self, "states", tuple(sorted(self.states, key=lambda each: each.stated_on)))


@dataclass(frozen=True, slots=True, kw_only=True)
class ConditionContent:
    """What a conditional stance hangs on: `provision` and `level`, `event`, or an absent `provision`."""

    kind: ConditionKind
    provision: str | None = None
    level: str = ""
    event: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceContent:
    """A source and its grade, such as B2, or ""."""

    source: str
    grade: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PositionContent:
    """What a party said of the words of `provision` in `revision`; without a `provision`, of the whole revision."""

    resource: ClassVar = Resource.POSITION
    key: str
    party: str
    asserted_by: str
    revision: str
    provision: str | None = None
    stance: Stance
    authority: Authority
    stated_on: When
    speaker: str
    speaker_role: str = ""
    summary: str
    thin: bool = False
    conditions: tuple[ConditionContent, ...] = ()
    evidence: tuple[EvidenceContent, ...] = ()
    follows: str | None = None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SilenceProcedureContent:
    """A deadline on the words of a line after which silence is taken for no objection."""

    resource: ClassVar = Resource.SILENCE_PROCEDURE
    provision: str
    revision: str
    addressees: tuple[str, ...]
    deadline: date
    broken_on: date | None = None
    broken_by: str | None = None
    sources: tuple[str, ...] = ()
    note: str = ""

    def __post_init__(self) -> None:
        _in_order(self, "sources")

    @property
    def key(self) -> str:
        return f"{self.revision}/{self.provision}"


@dataclass(frozen=True, slots=True, kw_only=True)
class RulingContent:
    """An analyst's own status on the words of a line in one revision. Without a level it is withdrawn."""

    resource: ClassVar = Resource.RULING
    provision: str
    revision: str
    level: Level | None
    reason: str
    sources: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        _in_order(self, "sources")

    @property
    def key(self) -> str:
        return f"{self.revision}/{self.provision}"


@dataclass(frozen=True, slots=True, kw_only=True)
class LookContent:
    """That somebody looked for a newer word than a position on a line, and found none."""

    resource: ClassVar = Resource.LOOK
    position: str
    provision: str
    looked_on: date

    @property
    def key(self) -> str:
        return f"{self.position} on {self.provision}"


@dataclass(frozen=True, slots=True, kw_only=True)
class CompanionContent(_Slugged):
    """A document beside the numbered text."""

    resource: ClassVar = Resource.COMPANION
    title: str
    belongs_to: str | None = None
    dated: When
    parties: tuple[str, ...] = ()
    status: str = ""
    summary: str = ""
    provisions: tuple[str, ...] = ()
    figures: tuple[FigureContent, ...] = ()
    sources: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        _in_order(self, "provisions", "sources")


@dataclass(frozen=True, slots=True, kw_only=True)
class RivalClaimContent:
    """One of several conflicting claims."""

    value: str = ""
    text: str
    sources: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        _in_order(self, "sources")


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputeContent(_Slugged):
    """A fact on which sources differ."""

    resource: ClassVar = Resource.DISPUTE
    subject: str
    status: DisputeStatus
    assessment: str = ""
    provisions: tuple[str, ...] = ()
    claims: tuple[RivalClaimContent, ...] = ()

    def __post_init__(self) -> None:
        _in_order(self, "provisions")


@dataclass(frozen=True, slots=True, kw_only=True)
class RelationContent:
    """How the words of a line in one revision stand to others, named `plan/revision/provision`."""

    resource: ClassVar = Resource.RELATION
    provision: str
    revision: str
    other: str
    kind: RelationKind
    note: str = ""
    sources: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        _in_order(self, "sources")

    @property
    def wording(self) -> str:
        """The words that the relation is of."""
        return f"{self.revision}/{self.provision}"

    @property
    def key(self) -> str:
        return f"{self.wording} to {self.other}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ImplementationContent:
    """How far a line of a signed text was carried out from a day on. Without a level it is withdrawn."""

    resource: ClassVar = Resource.IMPLEMENTATION
    provision: str
    since: When
    level: ImplementationLevel | None
    note: str
    sources: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        _in_order(self, "sources")

    @property
    def key(self) -> str:
        return f"{self.provision}/{self.since}"


Content = (
    PartyContent
    | SourceContent
    | PlanContent
    | CategoryContent
    | TopicContent
    | RevisionContent
    | ProvisionContent
    | WordingContent
    | EventContent
    | PositionContent
    | SilenceProcedureContent
    | RulingContent
    | LookContent
    | CompanionContent
    | DisputeContent
    | RelationContent
    | ImplementationContent
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanContents:
    """Everything that a plan file or the record says of one plan, each kind in its own order."""

    plan: PlanContent
    parties: tuple[PartyContent, ...] = ()
    categories: tuple[CategoryContent, ...] = ()
    topics: tuple[TopicContent, ...] = ()
    sources: tuple[SourceContent, ...] = ()
    provisions: tuple[ProvisionContent, ...] = ()
    revisions: tuple[RevisionContent, ...] = ()
    wordings: tuple[WordingContent, ...] = ()
    events: tuple[EventContent, ...] = ()
    positions: tuple[PositionContent, ...] = ()
    silence_procedures: tuple[SilenceProcedureContent, ...] = ()
    companions: tuple[CompanionContent, ...] = ()
    disputes: tuple[DisputeContent, ...] = ()
    relations: tuple[RelationContent, ...] = ()
    rulings: tuple[RulingContent, ...] = ()
    implementations: tuple[ImplementationContent, ...] = ()


def as_json(value: Any) -> Any:
    """A content as JSON has it: dates as ISO 8601, numbers as text where exactness matters, enums as their values."""
    match value:
        # By far the most, so they are asked for first. A word of a vocabulary is one of them.
        case str() | int() | None:
            return value
        case When():
            return {"day": str(value), "approximate": value.approximate}
        case Decimal():
            return format(value.normalize(), "f")
        case date():
            return value.isoformat()
        case tuple():
            return [as_json(item) for item in value]
        case _ if names := _fields(value.__class__):
            return {name: as_json(getattr(value, name)) for name in names}
        case _:
            return value


@cache
def _fields(kind: type[Any]) -> tuple[str, ...]:
    """What a content of this kind says; nothing if it is no content."""
    return tuple(field.name for field in dataclasses.fields(kind)) if dataclasses.is_dataclass(kind) else ()


def from_json(resource: Resource, value: Mapping[str, Any]) -> Content:
    """The content that `as_json` wrote, as the log keeps it. Raises ValueError where it no longer fits."""
    return TypeAdapter(_KINDS[resource]).validate_python(_with_days(value))


def _with_days(value: Any) -> Any:
    match value:
        case {"day": day, "approximate": approximate}:
            return When.parse(day, approximate=approximate)
        case dict():
            return {name: _with_days(item) for name, item in value.items()}
        case list():
            return tuple(_with_days(item) for item in value)
        case _:
            return value


_KINDS: dict[Resource, Any] = {kind.resource: kind for kind in get_args(Content)}
