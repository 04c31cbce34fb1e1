"""What was said of the words: positions, rulings, and deadlines after which silence speaks."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import NotRequired, cast

from django.db.models import Q
from typing_extensions import TypedDict

from provisions.agreement.words import Level, Precision, Stance
from provisions.contents import PositionContent, RulingContent, SilenceProcedureContent
from provisions.held import Held
from provisions.models import ConditionKind, Plan, Position, Resource, Ruling, SilenceProcedure

from .asking import Asked, Choice, Moment, Name
from .endpoint import the_log
from .entries import BY_WORDING, Filter, Kind, lines_of, parties_of, revisions_of, updated_since, with_words_in
from .expanding import Expansion, Row
from .paging import Field, Order, day, moment
from .places import place_of
from .shape import Listing, documented
from .sources import IN_SOURCES, PartyShape, SourceShape, parties_in
from .texts import ProvisionShape, RevisionShape, WordingShape, in_provisions, in_revisions, in_wordings


@documented
class ConditionShape(TypedDict):
    """What a conditional stance hangs on."""

    kind: ConditionKind
    provision: str | None
    level: Level | None
    event: str | None


@documented
class EvidenceShape(TypedDict):
    """Where it was read."""

    source: str
    grade: str | None
    """Reliability of the source and credibility of the report, A1 best."""


@documented
class PositionExpanded(TypedDict, total=False):
    """What a position names, in full."""

    party: PartyShape
    asserted_by: PartyShape
    revision: RevisionShape
    provision: ProvisionShape | None
    wording: WordingShape | None
    """The words that it was said of; null where it is of the whole revision."""
    follows: PositionShape | None
    sources: list[SourceShape]
    """Those of its evidence, by id."""


@documented
class PositionShape(TypedDict):
    """What a party said of the words of a line, or of a whole revision. Never edited: followed, or retracted."""

    id: str
    party: str
    asserted_by: str
    """Who says so. Where it is another party, it is a claim and counts nowhere."""
    revision: str
    provision: str | None
    """The line whose words in the revision it was said of; null where it is of the whole revision."""
    stance: Stance
    authority: int
    """From 0 to 4; see the code list `authority`."""
    stated_on: date
    """The first day of the period where only a month or a year is known."""
    stated_on_precision: Precision
    stated_on_approximate: bool
    speaker: str
    speaker_role: str | None
    summary: str
    thin: bool
    """Whether the source shows only part of it, or little."""
    conditions: list[ConditionShape]
    evidence: list[EvidenceShape]
    follows: str | None
    """Id of the position that it follows."""
    note: str | None
    retracted: bool
    """Whether it was withdrawn from the record: then it counts nowhere."""
    recorded_at: datetime
    url: str | None
    expanded: NotRequired[PositionExpanded]
    """Only where `expand` asks for something."""


@documented
class PositionList(Listing):
    """Positions, the latest statement first."""

    results: list[PositionShape]


@documented
class WordsExpanded(TypedDict, total=False):
    """The words that something is about, and other things that it names, in full."""

    revision: RevisionShape
    provision: ProvisionShape
    wording: WordingShape
    sources: list[SourceShape]
    """All that it names, by id."""


@documented
class SilenceExpanded(WordsExpanded, total=False):
    """What a silence procedure names, in full."""

    addressees: list[PartyShape]
    broken_by: PartyShape | None


@documented
class RulingEntry(TypedDict):
    """An analyst's own status on the words of a line in one revision. It counts nowhere in the rule."""

    provision: str
    revision: str
    level: Level | None
    """Null where it was withdrawn."""
    reason: str
    sources: list[str]
    recorded_at: datetime
    version: int
    url: str | None
    expanded: NotRequired[WordsExpanded]
    """Only where `expand` asks for something."""


@documented
class RulingList(Listing):
    """Rulings, by revision and line."""

    results: list[RulingEntry]


@documented
class SilenceShape(TypedDict):
    """A deadline after which silence is taken for no objection, unless somebody breaks it."""

    provision: str
    revision: str
    addressees: list[str]
    deadline: date
    broken_on: date | None
    broken_by: str | None
    sources: list[str]
    note: str | None
    recorded_at: datetime
    version: int
    url: str | None
    expanded: NotRequired[SilenceExpanded]
    """Only where `expand` asks for something."""


@documented
class SilenceList(Listing):
    """Silence procedures, by revision and line."""

    results: list[SilenceShape]


YES_NO = (YES, NO) = ("yes", "no")


def _position(thing: Held, row: Row, asked: Asked) -> PositionShape:
    said = cast("PositionContent", thing.content)
    return {
        "id": said.key,
        "party": said.party,
        "asserted_by": said.asserted_by,
        "revision": said.revision,
        "provision": said.provision,
        "stance": said.stance,
        "authority": int(said.authority),
        "stated_on": said.stated_on.day,
        "stated_on_precision": said.stated_on.precision,
        "stated_on_approximate": said.stated_on.approximate,
        "speaker": said.speaker,
        "speaker_role": said.speaker_role or None,
        "summary": said.summary,
        "thin": said.thin,
        "conditions": [
            {
                "kind": each.kind,
                "provision": each.provision,
                "level": Level(each.level) if each.level else None,
                "event": each.event,
            }
            for each in said.conditions
        ],
        "evidence": [{"source": each.source, "grade": each.grade or None} for each in said.evidence],
        "follows": said.follows,
        "note": said.note or None,
        "retracted": thing.retracted,
        "recorded_at": thing.recorded_at,
        "url": place_of(Resource.POSITION, said.key, asked),
    }


def _ruling(thing: Held, row: Row, asked: Asked) -> RulingEntry:
    said = cast("RulingContent", thing.content)
    return {
        "provision": said.provision,
        "revision": said.revision,
        "level": said.level,
        "reason": said.reason,
        "sources": list(said.sources),
        "recorded_at": thing.recorded_at,
        "version": thing.version,
        "url": place_of(Resource.RULING, said.key, asked),
    }


def _silence(thing: Held, row: Row, asked: Asked) -> SilenceShape:
    said = cast("SilenceProcedureContent", thing.content)
    return {
        "provision": said.provision,
        "revision": said.revision,
        "addressees": list(said.addressees),
        "deadline": said.deadline,
        "broken_on": said.broken_on,
        "broken_by": said.broken_by,
        "sources": list(said.sources),
        "note": said.note or None,
        "recorded_at": thing.recorded_at,
        "version": thing.version,
        "url": place_of(Resource.SILENCE_PROCEDURE, said.key, asked),
    }


def _words_of(row: Row) -> str | None:
    return row["provision"] and f"{row['revision']}/{row['provision']}"


def _positions_named(plan: Plan, keys: Collection[str], asked: Asked) -> Mapping[str, Row]:
    return POSITIONS.some_of(plan, keys, asked)


OF_WORDS = (in_revisions(), in_provisions(), in_wordings("wording", _words_of), IN_SOURCES)

POSITIONS = Kind(
    resource=Resource.POSITION,
    name="position",
    plural="positions",
    tabular=True,
    address="<str:position>",
    description="What parties said of the words, when and with what authority, and where it was read.",
    shape=PositionShape,
    listing=PositionList,
    rows=lambda plan: Position.objects.filter(plan=plan),
    key=("key",),
    tell=_position,
    orders={
        "-stated_on": Order((day("stated_on"), Field("key")), descending=True),
        "stated_on": Order((day("stated_on"), Field("key"))),
        "-recorded_at": Order((moment("recorded_at"), Field("key")), descending=True),
        "recorded_at": Order((moment("recorded_at"), Field("key"))),
        "id": Order((Field("key"),)),
    },
    filters=(
        Filter(
            parameter=Name(name="party", does="Only of this party.", repeats=True),
            chooses=lambda slugs: Q(party__slug__in=slugs),
            among=parties_of,
        ),
        Filter(
            parameter=Name(name="provision", does="Only on the words of this line.", repeats=True),
            chooses=lambda slugs: Q(wording__provision__slug__in=slugs),
            among=lines_of,
        ),
        Filter(
            parameter=Name(
                name="revision",
                does="Only on this revision, as a whole or on its words.",
                repeats=True,
            ),
            chooses=lambda slugs: Q(revision__slug__in=slugs) | Q(wording__revision__slug__in=slugs),
            among=revisions_of,
        ),
        Filter(
            parameter=Choice(name="stance", does="Only of this stance.", among=tuple(Stance), repeats=True),
            chooses=lambda stances: Q(stance__in=stances),
        ),
        Filter(
            parameter=Moment(name="recorded_since", does="Only what was recorded at this moment or later."),
            chooses=lambda since: Q(recorded_at__gte=since),
        ),
        Filter(
            parameter=Choice(name="retracted", does="Only those that were retracted, or only others.", among=YES_NO),
            chooses=lambda word: Q(retraction__isnull=word == NO),
        ),
        with_words_in("summary", "speaker"),
        updated_since("recorded_at", "retraction__recorded_at"),
    ),
    expansions=(
        parties_in("party"),
        parties_in("asserted_by"),
        *OF_WORDS,
        Expansion(word="follows", reading=_positions_named, rests_on=the_log),
    ),
)

RULINGS = Kind(
    resource=Resource.RULING,
    name="ruling",
    plural="rulings",
    address="<slug:revision>/<slug:provision>",
    description="An analyst's own status on the words of a line. It stands beside the computed level.",
    shape=RulingEntry,
    listing=RulingList,
    rows=lambda plan: Ruling.objects.standing().filter(wording__revision__plan=plan),
    key=("wording__revision__slug", "wording__provision__slug"),
    tell=_ruling,
    orders={"wording": Order(BY_WORDING)},
    filters=(updated_since("recorded_at"),),
    expansions=OF_WORDS,
)

SILENCE_PROCEDURES = Kind(
    resource=Resource.SILENCE_PROCEDURE,
    name="silence-procedure",
    plural="silence-procedures",
    address="<slug:revision>/<slug:provision>",
    description="Deadlines after which silence is taken for no objection.",
    shape=SilenceShape,
    listing=SilenceList,
    rows=lambda plan: SilenceProcedure.objects.standing().filter(wording__revision__plan=plan),
    key=("wording__revision__slug", "wording__provision__slug"),
    tell=_silence,
    orders={"wording": Order(BY_WORDING)},
    filters=(updated_since("recorded_at"),),
    expansions=(*OF_WORDS, parties_in("addressees"), parties_in("broken_by")),
)
