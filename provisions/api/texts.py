"""What is proposed: revisions, lines, and the words of each line in each revision."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import NotRequired, cast

from django.db.models import OuterRef, Q, QuerySet, Subquery
from typing_extensions import TypedDict

from provisions.agreement.words import Gone, Kind, Level, Precision, Provenance, Role, WordingChange
from provisions.contents import FigureContent, ProvisionContent, RevisionContent, WordingContent
from provisions.held import Held
from provisions.models import (
    Basis,
    LineAssessment,
    Outcome,
    Plan,
    ProvisionVersion,
    Resource,
    RevisionVersion,
    Seen,
    WordingVersion,
)

from . import entries
from .asking import Asked, Choice, Name
from .endpoint import the_levels, the_log
from .entries import Filter, categories_of, lines_of, revisions_of, updated_since, with_words_in
from .expanding import Expansion, Names, Row
from .groups import IN_CATEGORY, IN_TOPICS, CategoryEntry, TopicEntry
from .paging import Field, Order, day, number
from .places import place_of
from .shape import Listing, documented
from .sources import IN_SOURCES, PartyShape, SourceShape, parties_in


@documented
class RemovalShape(TypedDict):
    """What became of a line that a revision no longer has."""

    provision: str
    outcome: Outcome
    note: str | None
    sources: list[str]


@documented
class RevisionExpanded(TypedDict, total=False):
    """What a draft names, in full."""

    derives_from: RevisionShape | None
    sources: list[SourceShape]
    """All that it names, by id."""


@documented
class RevisionShape(TypedDict):
    """A dated draft of the plan, or a counter-proposal beside the chain."""

    slug: str
    order: int
    title: str
    short: str
    dated: date
    """The first day of the period where only a month or a year is known."""
    dated_precision: Precision
    dated_approximate: bool
    derives_from: str | None
    """The revision that it continues; null for one that stands on its own."""
    provenance: Provenance
    published_on: date | None
    authors: str | None
    circulated_to: str | None
    made_public: str | None
    point_count: int | None
    summary: str | None
    note: str | None
    sources: list[str]
    removals: list[RemovalShape]
    recorded_at: datetime
    version: int
    url: str | None
    expanded: NotRequired[RevisionExpanded]
    """Only where `expand` asks for something."""


@documented
class RevisionList(Listing):
    """Revisions, in the order of the plan."""

    results: list[RevisionShape]


@documented
class RoleShape(TypedDict):
    """A party's role at a line."""

    party: str
    role: Role


@documented
class ProvisionExpanded(TypedDict, total=False):
    """What a line names, in full."""

    parent: ProvisionShape | None
    category: CategoryEntry
    topics: list[TopicEntry]
    parties: list[PartyShape]
    """Those that have a role."""


@documented
class ProvisionShape(TypedDict):
    """A line of the plan that lives through renumbering, or with a parent a lettered part of one."""

    slug: str
    order: int
    parent: str | None
    title: str
    lead: str | None
    """One sentence of what the line is about."""
    category: str
    category_basis: Basis
    kind: Kind
    topics: list[str]
    roles: list[RoleShape]
    roles_basis: Basis
    essential: list[str] | None
    """Overrides the essential parties of the rule; null where it does not."""
    essential_reason: str | None
    pax: list[str]
    """Issue codes of the Peace Agreements Database that the line falls under; see the code list `pax`."""
    pam: list[str]
    """Types of provisions of the Peace Accords Matrix; see the code list `pam`."""
    level: Level | Gone | None
    """Where it stands, or what became of it; null for a part, and until it was worked out."""
    note: str | None
    recorded_at: datetime
    version: int
    url: str | None
    expanded: NotRequired[ProvisionExpanded]
    """Only where `expand` asks for something."""


@documented
class ProvisionList(Listing):
    """Lines and their lettered parts, in the order of the plan."""

    results: list[ProvisionShape]


@documented
class FigureShape(TypedDict):
    """A named quantity. The name is the same from draft to draft."""

    name: str
    label: str
    value: int | float | None
    """Null where it is not known."""
    unit: str
    note: str | None


@documented
class VariantShape(TypedDict):
    """Rival words inside a line."""

    parties: list[str]
    text: str
    figures: list[FigureShape]
    sources: list[str]


@documented
class WordingExpanded(TypedDict, total=False):
    """What words name, in full."""

    revision: RevisionShape
    provision: ProvisionShape
    comes_from: list[WordingShape]
    sources: list[SourceShape]
    """All that they name, by id; those of rival words, too."""


@documented
class WordingShape(TypedDict):
    """The words of a line in one revision: our own paraphrase."""

    provision: str
    revision: str
    number: str | None
    heading: str | None
    gist: str | None
    text: str
    seen: Seen
    change: WordingChange
    """What these words are to those that they come from."""
    change_reason: str | None
    comes_from: list[str]
    """The words before, as revision/provision."""
    figures: list[FigureShape]
    variants: list[VariantShape]
    sources: list[str]
    note: str | None
    recorded_at: datetime
    version: int
    url: str | None
    expanded: NotRequired[WordingExpanded]
    """Only where `expand` asks for something."""


@documented
class WordingList(Listing):
    """Words, by revision and line."""

    results: list[WordingShape]


def _revision(thing: Held, row: Row, asked: Asked) -> RevisionShape:
    said = cast("RevisionContent", thing.content)
    return {
        "slug": said.slug,
        "order": said.order,
        "title": said.title,
        "short": said.short,
        "dated": said.dated.day,
        "dated_precision": said.dated.precision,
        "dated_approximate": said.dated.approximate,
        "derives_from": said.derives_from,
        "provenance": said.provenance,
        "published_on": said.published_on,
        "authors": said.authors or None,
        "circulated_to": said.circulated_to or None,
        "made_public": said.made_public or None,
        "point_count": said.point_count,
        "summary": said.summary or None,
        "note": said.note or None,
        "sources": list(said.sources),
        "removals": [
            {
                "provision": each.provision,
                "outcome": each.outcome,
                "note": each.note or None,
                "sources": list(each.sources),
            }
            for each in said.removals
        ],
        "recorded_at": thing.recorded_at,
        "version": thing.version,
        "url": place_of(Resource.REVISION, said.key, asked),
    }


def _provision(thing: Held, row: Row, asked: Asked) -> ProvisionShape:
    said = cast("ProvisionContent", thing.content)
    return {
        "slug": said.slug,
        "order": said.order,
        "parent": said.parent,
        "title": said.title,
        "lead": said.lead or None,
        "category": said.category,
        "category_basis": said.category_basis,
        "kind": said.kind,
        "topics": list(said.topics),
        "roles": [{"party": party, "role": role} for party, role in said.roles],
        "roles_basis": said.roles_basis,
        "essential": None if said.essential is None else list(said.essential),
        "essential_reason": said.essential_reason or None,
        "pax": list(said.pax),
        "pam": list(said.pam),
        "level": row["level"],
        "note": said.note or None,
        "recorded_at": thing.recorded_at,
        "version": thing.version,
        "url": place_of(Resource.PROVISION, said.key, asked),
    }


def _wording(thing: Held, row: Row, asked: Asked) -> WordingShape:
    said = cast("WordingContent", thing.content)
    return {
        "provision": said.provision,
        "revision": said.revision,
        "number": said.number,
        "heading": said.heading or None,
        "gist": said.gist or None,
        "text": said.text,
        "seen": said.seen,
        "change": said.change,
        "change_reason": said.change_reason or None,
        "comes_from": list(said.comes_from),
        "figures": figures(said.figures),
        "variants": [
            {
                "parties": list(each.parties),
                "text": each.text,
                "figures": figures(each.figures),
                "sources": list(each.sources),
            }
            for each in said.variants
        ],
        "sources": list(said.sources),
        "note": said.note or None,
        "recorded_at": thing.recorded_at,
        "version": thing.version,
        "url": place_of(Resource.WORDING, said.key, asked),
    }


def figures(found: Iterable[FigureContent]) -> list[FigureShape]:
    """Figures, as texts and companions have them."""
    return [
        {
            "name": each.name,
            "label": each.label,
            "value": plain(each.value),
            "unit": each.unit,
            "note": each.note or None,
        }
        for each in found
    ]


def plain(value: Decimal | None) -> int | float | None:
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else float(value)


def _lines(plan: Plan) -> QuerySet[ProvisionVersion]:
    standing = LineAssessment.objects.standing().filter(provision=OuterRef("provision"))
    lines = ProvisionVersion.objects.standing().filter(provision__plan=plan)
    return lines.annotate(level=Subquery(standing.values("level")[:1]))


def _revisions_named(plan: Plan, keys: Collection[str], asked: Asked) -> Mapping[str, Row]:
    return REVISIONS.some_of(plan, keys, asked)


def _provisions_named(plan: Plan, keys: Collection[str], asked: Asked) -> Mapping[str, Row]:
    return PROVISIONS.some_of(plan, keys, asked)


def _wordings_named(plan: Plan, keys: Collection[str], asked: Asked) -> Mapping[str, Row]:
    return WORDINGS.some_of(plan, keys, asked)


def in_revisions(word: str = "revision") -> Expansion:
    """A draft, or several, in full."""
    return Expansion(word=word, reading=_revisions_named, rests_on=the_log)


def in_provisions(word: str = "provision") -> Expansion:
    """A line, or several, in full, with its level."""
    return Expansion(word=word, reading=_provisions_named, rests_on=the_levels)


def in_wordings(word: str, named: Callable[[Row], Names] | None = None) -> Expansion:
    """Words in full."""
    return Expansion(word=word, reading=_wordings_named, rests_on=the_log, named=named)


REVISIONS = entries.Kind(
    resource=Resource.REVISION,
    name="revision",
    plural="revisions",
    address="<slug:revision>",
    description="The drafts of the plan and the counter-proposals, with how each came to be known.",
    shape=RevisionShape,
    listing=RevisionList,
    rows=lambda plan: RevisionVersion.objects.standing().filter(revision__plan=plan),
    key=("revision__slug",),
    tell=_revision,
    orders={
        "order": Order((number("revision__order"), Field("revision__slug"))),
        "-dated": Order((day("dated"), Field("revision__slug")), descending=True),
        "dated": Order((day("dated"), Field("revision__slug"))),
    },
    filters=(
        Filter(
            parameter=Choice(
                name="provenance",
                does="Only of this provenance.",
                among=tuple(Provenance),
                repeats=True,
            ),
            chooses=lambda words: Q(provenance__in=words),
        ),
        with_words_in("title", "summary"),
        updated_since("recorded_at"),
    ),
    expansions=(in_revisions("derives_from"), IN_SOURCES),
)

PROVISIONS = entries.Kind(
    resource=Resource.PROVISION,
    name="provision",
    plural="provisions",
    tabular=True,
    address="<slug:provision>",
    description="The lines of the plan: what each is about, in which category, whose consent it needs, its level.",
    shape=ProvisionShape,
    listing=ProvisionList,
    rows=_lines,
    key=("provision__slug",),
    more=("level",),
    tell=_provision,
    orders={"order": Order((number("provision__order"), Field("provision__slug")))},
    filters=(
        Filter(
            parameter=Name(name="category", does="Only of this category.", repeats=True),
            chooses=lambda slugs: Q(category__slug__in=slugs),
            among=categories_of,
        ),
        Filter(
            parameter=Choice(
                name="level",
                does="Only at this level, or gone in this way.",
                among=(*Level, *Gone),
                repeats=True,
            ),
            chooses=lambda levels: Q(level__in=levels),
        ),
        with_words_in("title", "lead"),
        updated_since("recorded_at"),
    ),
    expansions=(
        in_provisions("parent"),
        IN_CATEGORY,
        IN_TOPICS,
        parties_in("parties", lambda row: list(dict.fromkeys(role["party"] for role in row["roles"]))),
    ),
    rests_on=the_levels,
)

WORDINGS = entries.Kind(
    resource=Resource.WORDING,
    name="wording",
    plural="wordings",
    address="<slug:revision>/<slug:provision>",
    description="The words of each line in each revision, and how they relate to the words before.",
    shape=WordingShape,
    listing=WordingList,
    rows=lambda plan: WordingVersion.objects.standing().filter(wording__revision__plan=plan),
    key=("wording__revision__slug", "wording__provision__slug"),
    tell=_wording,
    orders={"wording": Order(entries.BY_WORDING)},
    filters=(
        Filter(
            parameter=Name(name="revision", does="Only of this revision.", repeats=True),
            chooses=lambda slugs: Q(wording__revision__slug__in=slugs),
            among=revisions_of,
        ),
        Filter(
            parameter=Name(name="provision", does="Only of this line.", repeats=True),
            chooses=lambda slugs: Q(wording__provision__slug__in=slugs),
            among=lines_of,
        ),
        Filter(
            parameter=Choice(name="change", does="Only with this change.", among=tuple(WordingChange), repeats=True),
            chooses=lambda words: Q(change__in=words),
        ),
        with_words_in("text", "gist"),
        updated_since("recorded_at"),
    ),
    expansions=(in_revisions(), in_provisions(), in_wordings("comes_from"), IN_SOURCES),
)
