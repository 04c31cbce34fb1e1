"""The format of plan files, as docs/plan-files.md tells it: one class for each kind of block."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from pydantic import Field

from parties.models import PublishedBasis, SourceKind
from provisions.agreement.words import (
    Authority,
    EventState,
    Kind,
    Level,
    Provenance,
    Role,
    Stance,
    WordingChange,
)
from provisions.codebook import VOCABULARIES
from provisions.contents import When
from provisions.models import Basis, DisputeStatus, ImplementationLevel, Outcome, RelationKind, Resource, Seen

from .entries import Entry, Many, Names, Once
from .fields import (
    AUTHORITIES,
    DAY,
    FLAG,
    ID,
    MAYBE_ADDRESS,
    MAYBE_AMOUNT,
    MAYBE_DAY,
    MAYBE_GRADE,
    MAYBE_POSITION_ID,
    MAYBE_SLUG,
    ORIGIN,
    PERIOD,
    POSITION_ID,
    SLUG,
    WORDS_OF_ANY_PLAN,
    maybe_number,
    maybe_one_of,
    maybe_text,
    maybe_whole,
    one_of,
    text,
    whole,
)

# Levels that a condition can ask for (section 4 of the rule).
REACHABLE = {level.value: level for level in Level if level.rank >= Level.AGREED_IN_PRINCIPLE.rank}
SMALL = 32_767


def _nothing() -> list[Any]:
    return []


# A list that is left out. Of one that stood here itself pydantic would make a deep copy each time, and of what takes no
# data it is quick to see only if it is written in Python.
NOTHING: Any = Field(default_factory=_nothing, json_schema_extra={"default": []})

Slug = Annotated[str, SLUG]
Note = Annotated[str, maybe_text()]
Title = Annotated[str, text(200)]
Order = Annotated[int | None, maybe_whole(1, SMALL)]

PartyName = Annotated[str, SLUG, Names(Resource.PARTY)]
CategoryName = Annotated[str, SLUG, Names(Resource.CATEGORY)]
TopicName = Annotated[str, SLUG, Names(Resource.TOPIC)]
PaxCode = Annotated[str, one_of({each.name: each.name for each in VOCABULARIES["pax"]})]
PamCode = Annotated[str, one_of({each.name: each.name for each in VOCABULARIES["pam"]})]
SourceName = Annotated[str, ID, Names(Resource.SOURCE)]
ProvisionName = Annotated[str, SLUG, Names(Resource.PROVISION)]
RevisionName = Annotated[str, SLUG, Names(Resource.REVISION)]
EventName = Annotated[str, SLUG, Names(Resource.EVENT)]

Parties = Annotated[Once[PartyName], Field(min_length=1)]
Sources = Once[SourceName]


class PlanEntry(Entry):
    """The plan itself."""

    slug: Slug
    title: Title
    summary: Note = ""
    principals: Parties
    threshold: Annotated[Authority, one_of(AUTHORITIES)] = Authority.NEGOTIATOR
    horizon_days: Annotated[int, whole(1, SMALL)] = 60
    current_revision: Annotated[str | None, MAYBE_SLUG, Names(Resource.REVISION)] = None
    note: Note = ""


class PartyEntry(Entry):
    """One who takes part."""

    slug: Slug
    name: Annotated[str, text(120)]
    short: Annotated[str, text(20)]
    note: Note = ""


class CategoryEntry(Entry):
    """A group of lines."""

    slug: Slug
    order: Order = None
    title: Title
    note: Note = ""


class TopicEntry(Entry):
    """A subject that lines are tagged with."""

    slug: Slug
    title: Title


class SourceEntry(Entry):
    """A publication."""

    id: Annotated[str, ID]
    title: Annotated[str, text(400)]
    publisher: Annotated[str, maybe_text(200)] = ""
    url: Annotated[str, MAYBE_ADDRESS] = ""
    published: Annotated[date | None, MAYBE_DAY] = None
    published_basis: Annotated[PublishedBasis, one_of(PublishedBasis)] = PublishedBasis.NONE
    accessed: Annotated[date | None, MAYBE_DAY] = None
    kind: Annotated[SourceKind, one_of(SourceKind)]
    relays: Annotated[str, maybe_text(200)] = ""
    note: Note = ""


class RolesEntry(Entry):
    """Who is what to a line."""

    obligor: Once[PartyName] = NOTHING
    beneficiary: Once[PartyName] = NOTHING
    guarantor: Once[PartyName] = NOTHING
    verifier: Once[PartyName] = NOTHING
    affected: Once[PartyName] = NOTHING
    observer: Once[PartyName] = NOTHING

    def pairs(self) -> tuple[tuple[str, Role], ...]:
        """Each party with each of its roles."""
        return tuple((party, role) for role in Role for party in getattr(self, role))


class EssentialEntry(Entry):
    """An override of the parties whose consent a line needs."""

    parties: Parties
    reason: Annotated[str, text()]


class PartEntry(Entry):
    """A lettered part of a line; what it does not say is as in the line."""

    slug: Slug
    order: Order = None
    title: Title
    lead: Note = ""
    category: Annotated[str | None, MAYBE_SLUG, Names(Resource.CATEGORY)] = None
    category_basis: Annotated[Basis | None, maybe_one_of(Basis)] = None
    kind: Annotated[Kind | None, maybe_one_of(Kind)] = None
    topics: Once[TopicName] = NOTHING
    roles: RolesEntry | None = None
    roles_basis: Annotated[Basis, one_of(Basis)] = Basis.ASSIGNED
    essential: EssentialEntry | None = None
    pax: Once[PaxCode] = NOTHING
    pam: Once[PamCode] = NOTHING
    note: Note = ""


class ProvisionEntry(PartEntry):
    """A line, with its parts."""

    category: CategoryName
    parts: Many[PartEntry] = NOTHING


class FigureEntry(Entry):
    """A named quantity."""

    name: Slug
    label: Annotated[str, text(120)]
    value: Annotated[Decimal | None, MAYBE_AMOUNT] = None
    unit: Annotated[str, text(20)]
    note: Annotated[str, maybe_text(300)] = ""


class VariantEntry(Entry):
    """Rival words inside a line."""

    parties: Parties
    text: Annotated[str, text()]
    figures: Many[FigureEntry] = NOTHING
    sources: Sources = NOTHING


class PartWordingEntry(Entry):
    """The words of a part of a line in one revision."""

    provision: ProvisionName
    number: Annotated[str | None, maybe_number(12)] = None
    heading: Annotated[str, maybe_text(200)] = ""
    gist: Annotated[str, maybe_text(40)] = ""
    text: Annotated[str, text()]
    evidence: Annotated[Seen, one_of(Seen)] = Seen.SEEN
    change: Annotated[WordingChange | None, maybe_one_of(WordingChange)] = None
    origins: Annotated[Once[Annotated[str, ORIGIN, Names(Resource.WORDING)]] | None, Field(alias="from")] = None
    reason: Note = ""
    figures: Many[FigureEntry] = NOTHING
    variants: Many[VariantEntry] | None = None
    sources: Sources = NOTHING
    note: Note = ""


class WordingEntry(PartWordingEntry):
    """The words of a line in one revision, with those of its parts."""

    parts: Many[PartWordingEntry] = NOTHING


class RemovalEntry(Entry):
    """A line that a revision no longer has."""

    provision: ProvisionName
    outcome: Annotated[Outcome, one_of(Outcome)]
    note: Note = ""
    sources: Sources = NOTHING


class RevisionEntry(Entry):
    """A dated draft with its words."""

    slug: Slug
    order: Order = None
    title: Title
    short: Annotated[str, text(20)]
    dated: Annotated[When, PERIOD]
    approximate: Annotated[bool, FLAG] = False
    derives_from: Annotated[str | None, MAYBE_SLUG, Names(Resource.REVISION)] = None
    provenance: Annotated[Provenance, one_of(Provenance)]
    published_on: Annotated[date | None, MAYBE_DAY] = None
    authors: Note = ""
    circulated_to: Note = ""
    made_public: Note = ""
    point_count: Annotated[int | None, maybe_whole(1, SMALL)] = None
    summary: Note = ""
    note: Note = ""
    sources: Sources = NOTHING
    rest_unchanged: Annotated[bool, FLAG] = False
    wordings: Many[WordingEntry] = NOTHING
    removals: Many[RemovalEntry] = NOTHING


class ReachesEntry(Entry):
    """A line that has to reach a level."""

    provision: ProvisionName
    level: Annotated[Level, one_of(REACHABLE)]


class ConditionEntry(Entry):
    """One of three things on which a conditional stance can hang."""

    reaches: ReachesEntry | None = None
    event: Annotated[str | None, MAYBE_SLUG, Names(Resource.EVENT)] = None
    absent: Annotated[str | None, MAYBE_SLUG, Names(Resource.PROVISION)] = None


class EvidenceEntry(Entry):
    """A source and its grade."""

    source: SourceName
    grade: Annotated[str, MAYBE_GRADE] = ""


class PositionEntry(Entry):
    """What a party said, of the words of some lines or of a whole revision."""

    id: Annotated[str, POSITION_ID]
    party: PartyName
    asserted_by: Annotated[str | None, MAYBE_SLUG, Names(Resource.PARTY)] = None
    speaker: Annotated[str, text(200)]
    speaker_role: Annotated[str, maybe_text(200)] = ""
    stated_on: Annotated[When, PERIOD]
    approximate: Annotated[bool, FLAG] = False
    revision: RevisionName
    provisions: Once[ProvisionName] = NOTHING
    line: Annotated[str | None, MAYBE_SLUG, Names(Resource.PROVISION)] = None
    stance: Annotated[Stance, one_of(Stance)]
    authority: Annotated[Authority, one_of(AUTHORITIES)]
    conditions: Many[ConditionEntry] = NOTHING
    summary: Annotated[str, text()]
    evidence: Many[EvidenceEntry] = NOTHING
    thin: Annotated[bool, FLAG] = False
    follows: Annotated[str | None, MAYBE_POSITION_ID, Names(Resource.POSITION)] = None
    note: Note = ""
    retracted: Note = ""

    @property
    def keys(self) -> dict[str | None, str]:
        """By line the stable key of what is said of it; of the whole revision, or of one `line`, it is the id."""
        if self.line:
            return {self.line: self.id}
        return {line: f"{self.id}.{line}" for line in self.provisions} or {None: self.id}

    def key_on(self, line: str | None) -> str | None:
        """What it says of a line, else of the whole revision, else the one thing that it says."""
        only = next(iter(self.keys.values())) if len(self.keys) == 1 else None
        return self.keys.get(line) or self.keys.get(None) or only


class StateEntry(Entry):
    """How an event stood from a day on."""

    state: Annotated[EventState, one_of(EventState)]
    stated_on: Annotated[date, DAY]


class EventEntry(Entry):
    """A dated happening."""

    slug: Slug
    title: Title
    dated: Annotated[When, PERIOD]
    approximate: Annotated[bool, FLAG] = False
    summary: Note = ""
    revisions: Once[RevisionName] = NOTHING
    sources: Sources = NOTHING
    states: Many[StateEntry] = NOTHING


class SilenceEntry(Entry):
    """A deadline after which silence is taken for no objection."""

    provision: ProvisionName
    revision: RevisionName
    addressees: Parties
    deadline: Annotated[date, DAY]
    broken_on: Annotated[date | None, MAYBE_DAY] = None
    broken_by: Annotated[str | None, MAYBE_SLUG, Names(Resource.PARTY)] = None
    sources: Sources = NOTHING
    note: Note = ""


class RulingEntry(Entry):
    """An analyst's own status on the words of a line."""

    provision: ProvisionName
    revision: RevisionName
    level: Annotated[Level, one_of(Level)]
    reason: Annotated[str, text()]
    sources: Annotated[Sources, Field(min_length=1)]


class CompanionEntry(Entry):
    """A document beside the numbered text."""

    slug: Slug
    title: Title
    belongs_to: Annotated[str | None, MAYBE_SLUG, Names(Resource.REVISION)] = None
    dated: Annotated[When, PERIOD]
    approximate: Annotated[bool, FLAG] = False
    parties: Once[PartyName] = NOTHING
    status: Annotated[str, maybe_text(200)] = ""
    summary: Note = ""
    provisions: Once[ProvisionName] = NOTHING
    figures: Many[FigureEntry] = NOTHING
    sources: Sources = NOTHING


class ClaimEntry(Entry):
    """One of several claims about one fact."""

    value: Annotated[str, maybe_text(120)] = ""
    text: Annotated[str, text()]
    sources: Sources = NOTHING


class DisputeEntry(Entry):
    """A fact on which sources differ."""

    slug: Slug
    subject: Title
    provisions: Once[ProvisionName] = NOTHING
    status: Annotated[DisputeStatus, one_of(DisputeStatus)]
    assessment: Note = ""
    claims: Many[ClaimEntry] = NOTHING


class RelationEntry(Entry):
    """How the words of a line stand to words of another text, of this plan or another."""

    words: Annotated[str, ORIGIN, Names(Resource.WORDING), Field(alias="from")]
    other: Annotated[str, WORDS_OF_ANY_PLAN, Field(alias="to")]
    kind: Annotated[RelationKind, one_of(RelationKind)]
    note: Note = ""
    sources: Sources = NOTHING


class ImplementationEntry(Entry):
    """How far a line of a signed text was carried out from a day on."""

    provision: ProvisionName
    since: Annotated[When, PERIOD]
    approximate: Annotated[bool, FLAG] = False
    level: Annotated[int, whole(ImplementationLevel.NONE, ImplementationLevel.FULL)]
    note: Annotated[str, text()]
    sources: Annotated[Sources, Field(min_length=1)]


class FileEntry(Entry):
    """What a plan file may hold; the plan is the union of its files."""

    plan: PlanEntry | None = None
    parties: Many[PartyEntry] = NOTHING
    categories: Many[CategoryEntry] = NOTHING
    topics: Many[TopicEntry] = NOTHING
    sources: Many[SourceEntry] = NOTHING
    provisions: Many[ProvisionEntry] = NOTHING
    revisions: Many[RevisionEntry] = NOTHING
    positions: Many[PositionEntry] = NOTHING
    silence_procedures: Many[SilenceEntry] = NOTHING
    companions: Many[CompanionEntry] = NOTHING
    events: Many[EventEntry] = NOTHING
    disputes: Many[DisputeEntry] = NOTHING
    relations: Many[RelationEntry] = NOTHING
    rulings: Many[RulingEntry] = NOTHING
    implementations: Many[ImplementationEntry] = NOTHING
