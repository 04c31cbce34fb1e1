"""What stands beside the numbered text: events, companions, and facts on which sources differ."""

from __future__ import annotations

from datetime import date
from typing import NotRequired, cast

from django.db.models import Q
from typing_extensions import TypedDict

from provisions.agreement.words import EventState, Precision
from provisions.contents import CompanionContent, DisputeContent, EventContent
from provisions.held import Held
from provisions.models import Companion, Dispute, DisputeStatus, Event, Resource

from .asking import Asked, Choice, Name
from .entries import Filter, Kind, lines_of, parties_of, revisions_of
from .expanding import Row
from .paging import Field, Order, day
from .places import place_of
from .shape import Listing, documented
from .sources import IN_SOURCES, PartyShape, SourceShape, parties_in
from .texts import FigureShape, ProvisionShape, RevisionShape, figures, in_provisions, in_revisions


@documented
class EventStateShape(TypedDict):
    """How an event stood from a day on."""

    state: EventState
    stated_on: date


@documented
class EventExpanded(TypedDict, total=False):
    """What an event names, in full."""

    revisions: list[RevisionShape]
    sources: list[SourceShape]


@documented
class EventShape(TypedDict):
    """A dated happening that a condition can name."""

    slug: str
    title: str
    dated: date
    """The first day of the period where only a month or a year is known."""
    dated_precision: Precision
    dated_approximate: bool
    summary: str | None
    revisions: list[str]
    """The revisions that it has to do with."""
    sources: list[str]
    states: list[EventStateShape]
    """In the order in which they were stated; the last one holds."""
    version: int
    url: str | None
    expanded: NotRequired[EventExpanded]
    """Only where `expand` asks for something."""


@documented
class EventList(Listing):
    """Events."""

    results: list[EventShape]


@documented
class CompanionExpanded(TypedDict, total=False):
    """What a companion names, in full."""

    belongs_to: RevisionShape | None
    parties: list[PartyShape]
    provisions: list[ProvisionShape]
    sources: list[SourceShape]


@documented
class CompanionShape(TypedDict):
    """A document beside the numbered text: an annex, a bilateral guarantee, a declaration."""

    slug: str
    title: str
    belongs_to: str | None
    """The revision that it goes with."""
    dated: date
    """The first day of the period where only a month or a year is known."""
    dated_precision: Precision
    dated_approximate: bool
    parties: list[str]
    status: str | None
    summary: str | None
    provisions: list[str]
    """The lines that it is about, or lettered parts of them."""
    figures: list[FigureShape]
    sources: list[str]
    version: int
    url: str | None
    expanded: NotRequired[CompanionExpanded]
    """Only where `expand` asks for something."""


@documented
class CompanionList(Listing):
    """Companions."""

    results: list[CompanionShape]


@documented
class RivalClaimShape(TypedDict):
    """One of several claims that do not fit together."""

    value: str | None
    text: str
    sources: list[str]


@documented
class DisputeExpanded(TypedDict, total=False):
    """What a disputed fact names, in full."""

    provisions: list[ProvisionShape]
    sources: list[SourceShape]
    """Those of all claims, by id."""


@documented
class DisputeShape(TypedDict):
    """A fact on which sources differ, and our reading of it."""

    slug: str
    subject: str
    status: DisputeStatus
    assessment: str | None
    provisions: list[str]
    claims: list[RivalClaimShape]
    version: int
    url: str | None
    expanded: NotRequired[DisputeExpanded]
    """Only where `expand` asks for something."""


@documented
class DisputeList(Listing):
    """Facts on which sources differ."""

    results: list[DisputeShape]


def _event(thing: Held, row: Row, asked: Asked) -> EventShape:
    said = cast("EventContent", thing.content)
    return {
        "slug": said.slug,
        "title": said.title,
        "dated": said.dated.day,
        "dated_precision": said.dated.precision,
        "dated_approximate": said.dated.approximate,
        "summary": said.summary or None,
        "revisions": list(said.revisions),
        "sources": list(said.sources),
        "states": [{"state": each.state, "stated_on": each.stated_on} for each in said.states],
        "version": thing.version,
        "url": place_of(Resource.EVENT, said.key, asked),
    }


def _companion(thing: Held, row: Row, asked: Asked) -> CompanionShape:
    said = cast("CompanionContent", thing.content)
    return {
        "slug": said.slug,
        "title": said.title,
        "belongs_to": said.belongs_to,
        "dated": said.dated.day,
        "dated_precision": said.dated.precision,
        "dated_approximate": said.dated.approximate,
        "parties": list(said.parties),
        "status": said.status or None,
        "summary": said.summary or None,
        "provisions": list(said.provisions),
        "figures": figures(said.figures),
        "sources": list(said.sources),
        "version": thing.version,
        "url": place_of(Resource.COMPANION, said.key, asked),
    }


def _dispute(thing: Held, row: Row, asked: Asked) -> DisputeShape:
    said = cast("DisputeContent", thing.content)
    return {
        "slug": said.slug,
        "subject": said.subject,
        "status": said.status,
        "assessment": said.assessment or None,
        "provisions": list(said.provisions),
        "claims": [
            {"value": each.value or None, "text": each.text, "sources": list(each.sources)} for each in said.claims
        ],
        "version": thing.version,
        "url": place_of(Resource.DISPUTE, said.key, asked),
    }


BY_DAY = {
    "dated": Order((day("dated"), Field("slug"))),
    "-dated": Order((day("dated"), Field("slug")), descending=True),
}

EVENTS = Kind(
    resource=Resource.EVENT,
    name="event",
    plural="events",
    address="<slug:event>",
    description="What happened, and how those events stand that conditions name.",
    shape=EventShape,
    listing=EventList,
    rows=lambda plan: Event.objects.filter(plan=plan),
    key=("slug",),
    tell=_event,
    orders=BY_DAY,
    expansions=(in_revisions("revisions"), IN_SOURCES),
)

COMPANIONS = Kind(
    resource=Resource.COMPANION,
    name="companion",
    plural="companions",
    address="<slug:companion>",
    description="Documents beside the numbered text.",
    shape=CompanionShape,
    listing=CompanionList,
    rows=lambda plan: Companion.objects.filter(plan=plan),
    key=("slug",),
    tell=_companion,
    orders=BY_DAY,
    filters=(
        Filter(
            parameter=Name(name="party", does="Only of this party.", repeats=True),
            chooses=lambda slugs: Q(parties__overlap=list(slugs)),
            among=parties_of,
        ),
        Filter(
            parameter=Name(name="revision", does="Only those that go with this revision.", repeats=True),
            chooses=lambda slugs: Q(belongs_to__slug__in=slugs),
            among=revisions_of,
        ),
        Filter(
            parameter=Name(name="provision", does="Only about this line.", repeats=False),
            chooses=lambda slug: Q(provisions__slug=slug),
            among=lines_of,
        ),
    ),
    expansions=(in_revisions("belongs_to"), parties_in("parties"), in_provisions("provisions"), IN_SOURCES),
)

DISPUTES = Kind(
    resource=Resource.DISPUTE,
    name="dispute",
    plural="disputes",
    address="<slug:dispute>",
    description="Facts on which sources differ, with each claim and our reading.",
    shape=DisputeShape,
    listing=DisputeList,
    rows=lambda plan: Dispute.objects.filter(plan=plan),
    key=("slug",),
    tell=_dispute,
    orders={"slug": Order((Field("slug"),))},
    filters=(
        Filter(
            parameter=Name(name="provision", does="Only about this line.", repeats=False),
            chooses=lambda slug: Q(provisions__slug=slug),
            among=lines_of,
        ),
        Filter(
            parameter=Choice(name="status", does="Only of this status.", among=tuple(DisputeStatus), repeats=True),
            chooses=lambda words: Q(status__in=words),
        ),
    ),
    expansions=(in_provisions("provisions"), IN_SOURCES),
)
