"""Turns the entries of a plan's files, once they are found sound, into the contents that the record takes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

from provisions.agreement.words import Kind
from provisions.contents import (
    CategoryContent,
    CompanionContent,
    ConditionContent,
    DisputeContent,
    EventContent,
    EventStateContent,
    EvidenceContent,
    ImplementationContent,
    PartyContent,
    PlanContent,
    PlanContents,
    PositionContent,
    ProvisionContent,
    RelationContent,
    RemovalContent,
    RevisionContent,
    RivalClaimContent,
    RulingContent,
    SilenceProcedureContent,
    SourceContent,
    TopicContent,
    When,
    WordingContent,
)
from provisions.models import Basis, ConditionKind, ImplementationLevel, Resource

from .entries import Entry
from .index import Index
from .lineage import figures
from .places import Place
from .schema import (
    ConditionEntry,
    FileEntry,
    ImplementationEntry,
    PartEntry,
    PlanEntry,
    PositionEntry,
    ProvisionEntry,
    RelationEntry,
    RevisionEntry,
    RulingEntry,
)


class Places:
    """Where the files speak of what, by kind and key. A place is made of its entry when somebody asks."""

    def __init__(self, entries: Iterable[tuple[tuple[Resource, str], tuple[Entry, str]]]) -> None:
        self._entries = dict(entries)

    def __getitem__(self, thing: tuple[Resource, str]) -> Place:
        entry, key = self._entries[thing]
        return entry.at(key)


@dataclass(frozen=True, slots=True)
class PlanFile:
    """A plan as its files have it, and where they speak of what.

    `retracted` holds why positions are withdrawn, by key; `decided` the words of which the files say where they come
    from; `sha256` is that of all files. `as_given`: nothing was decided that they do not say themselves.
    """

    contents: PlanContents
    retracted: Mapping[str, str]
    decided: frozenset[str]
    places: Places
    sha256: str
    read_on: date
    as_given: bool = True


def build(
    entries: FileEntry,
    *,
    plan: PlanEntry,
    index: Index,
    wordings: Mapping[str, WordingContent],
    sha256: str,
    read_on: date,
) -> PlanFile:
    """The contents in the order of the files."""
    contents = PlanContents(
        plan=_plan(plan, parties=tuple(party.slug for party in entries.parties)),
        parties=tuple(
            PartyContent(slug=each.slug, name=each.name, short=each.short, note=each.note) for each in entries.parties
        ),
        categories=tuple(
            CategoryContent(slug=each.slug, title=each.title, note=each.note, order=each.order or order)
            for order, each in enumerate(entries.categories, start=1)
        ),
        topics=tuple(TopicContent(slug=each.slug, title=each.title) for each in entries.topics),
        sources=tuple(_sources(entries)),
        provisions=tuple(
            replace(content, order=content.order or order)
            for order, content in enumerate(_provisions(entries.provisions), start=1)
        ),
        revisions=tuple(_revision(each, order=order) for order, each in enumerate(entries.revisions, start=1)),
        wordings=tuple(wordings.values()),
        events=tuple(_events(entries)),
        positions=tuple(content for each in entries.positions for content in _positions(each, index=index)),
        silence_procedures=tuple(_silences(entries)),
        companions=tuple(_companions(entries)),
        disputes=tuple(_disputes(entries)),
        relations=tuple(_relation(each) for each in entries.relations),
        rulings=tuple(_ruling(each) for each in entries.rulings),
        implementations=tuple(_implementation(each) for each in entries.implementations),
    )
    retracted = {key: each.retracted for each in entries.positions if each.retracted for key in each.keys.values()}
    decided = frozenset(key for key, words in index.wordings.items() if words.entry.origins is not None)
    return PlanFile(contents, retracted, decided, Places(_places(entries, index=index)), sha256, read_on)


def _places(entries: FileEntry, *, index: Index) -> Iterator[tuple[tuple[Resource, str], tuple[Entry, str]]]:
    """The entry of each thing, and the key under which a place is shown."""
    for party in entries.parties:
        yield (Resource.PARTY, party.slug), (party, "slug")
    for source in entries.sources:
        yield (Resource.SOURCE, source.id), (source, "id")
    for key, words in index.wordings.items():
        yield (Resource.WORDING, key), (words.entry, "number")
    for position in entries.positions:
        for key in position.keys.values():
            yield (Resource.POSITION, key), (position, "id")
    for relation in entries.relations:
        yield (Resource.RELATION, _relation(relation).key), (relation, "to")
    for each in entries.implementations:
        yield (Resource.IMPLEMENTATION, _implementation(each).key), (each, "provision")


def _when(entry: object) -> When:
    return replace(entry.dated, approximate=entry.approximate)  # type: ignore[attr-defined]


def _plan(plan: PlanEntry, *, parties: tuple[str, ...]) -> PlanContent:
    return PlanContent(
        slug=plan.slug,
        title=plan.title,
        summary=plan.summary,
        note=plan.note,
        parties=parties,
        principals=tuple(plan.principals),
        threshold=plan.threshold,
        horizon_days=plan.horizon_days,
        current_revision=plan.current_revision,
    )


def _sources(entries: FileEntry) -> Iterator[SourceContent]:
    for each in entries.sources:
        yield SourceContent(
            slug=each.id,
            title=each.title,
            publisher=each.publisher,
            url=each.url,
            published=each.published,
            published_basis=each.published_basis,
            accessed=each.accessed,
            kind=each.kind,
            relays=each.relays,
            note=each.note,
        )


def _provisions(lines: list[ProvisionEntry]) -> Iterator[ProvisionContent]:
    for line in lines:
        whole = _provision(line, line=line, parent=None)
        yield whole
        for part in line.parts:
            yield _provision(part, line=line, parent=line.slug)


def _provision(entry: PartEntry, *, line: ProvisionEntry, parent: str | None) -> ProvisionContent:
    return ProvisionContent(
        slug=entry.slug,
        order=entry.order or 0,
        parent=parent,
        title=entry.title,
        lead=entry.lead,
        category=entry.category or line.category,
        category_basis=entry.category_basis or line.category_basis or Basis.ASSIGNED,
        kind=entry.kind or line.kind or Kind.OPERATIVE,
        topics=tuple(entry.topics),
        roles=entry.roles.pairs() if entry.roles else (),
        roles_basis=entry.roles_basis,
        essential=tuple(entry.essential.parties) if entry.essential else None,
        essential_reason=entry.essential.reason if entry.essential else "",
        pax=tuple(entry.pax),
        pam=tuple(entry.pam),
        note=entry.note,
    )


def _revision(entry: RevisionEntry, *, order: int) -> RevisionContent:
    return RevisionContent(
        slug=entry.slug,
        order=entry.order or order,
        title=entry.title,
        short=entry.short,
        dated=_when(entry),
        derives_from=entry.derives_from,
        provenance=entry.provenance,
        published_on=entry.published_on,
        authors=entry.authors,
        circulated_to=entry.circulated_to,
        made_public=entry.made_public,
        point_count=entry.point_count,
        summary=entry.summary,
        note=entry.note,
        sources=tuple(entry.sources),
        removals=tuple(
            RemovalContent(provision=each.provision, outcome=each.outcome, note=each.note, sources=tuple(each.sources))
            for each in entry.removals
        ),
    )


def _events(entries: FileEntry) -> Iterator[EventContent]:
    for each in entries.events:
        states = [EventStateContent(state.state, state.stated_on) for state in each.states]
        yield EventContent(
            slug=each.slug,
            title=each.title,
            dated=_when(each),
            summary=each.summary,
            revisions=tuple(each.revisions),
            sources=tuple(each.sources),
            states=tuple(sorted(states, key=lambda state: state.stated_on)),
        )


def _positions(entry: PositionEntry, *, index: Index) -> Iterator[PositionContent]:
    for line, key in entry.keys.items():
        yield PositionContent(
            key=key,
            party=entry.party,
            asserted_by=entry.asserted_by or entry.party,
            revision=entry.revision,
            provision=line,
            stance=entry.stance,
            authority=entry.authority,
            stated_on=replace(entry.stated_on, approximate=entry.approximate),
            speaker=entry.speaker,
            speaker_role=entry.speaker_role,
            summary=entry.summary,
            thin=entry.thin,
            conditions=tuple(_condition(each) for each in entry.conditions),
            evidence=tuple(EvidenceContent(source=each.source, grade=each.grade) for each in entry.evidence),
            follows=index.positions[entry.follows].key_on(line) if entry.follows else None,
            note=entry.note,
        )


def _condition(entry: ConditionEntry) -> ConditionContent:
    if entry.reaches:
        return ConditionContent(
            kind=ConditionKind.PROVISION_REACHES, provision=entry.reaches.provision, level=entry.reaches.level
        )
    if entry.event:
        return ConditionContent(kind=ConditionKind.EVENT_MET, event=entry.event)
    return ConditionContent(kind=ConditionKind.PROVISION_ABSENT, provision=entry.absent)


def _silences(entries: FileEntry) -> Iterator[SilenceProcedureContent]:
    for each in entries.silence_procedures:
        yield SilenceProcedureContent(
            provision=each.provision,
            revision=each.revision,
            addressees=tuple(each.addressees),
            deadline=each.deadline,
            broken_on=each.broken_on,
            broken_by=each.broken_by,
            sources=tuple(each.sources),
            note=each.note,
        )


def _companions(entries: FileEntry) -> Iterator[CompanionContent]:
    for each in entries.companions:
        yield CompanionContent(
            slug=each.slug,
            title=each.title,
            belongs_to=each.belongs_to,
            dated=_when(each),
            parties=tuple(each.parties),
            status=each.status,
            summary=each.summary,
            provisions=tuple(each.provisions),
            figures=figures(each.figures),
            sources=tuple(each.sources),
        )


def _disputes(entries: FileEntry) -> Iterator[DisputeContent]:
    for each in entries.disputes:
        yield DisputeContent(
            slug=each.slug,
            subject=each.subject,
            status=each.status,
            assessment=each.assessment,
            provisions=tuple(each.provisions),
            claims=tuple(
                RivalClaimContent(value=claim.value, text=claim.text, sources=tuple(claim.sources))
                for claim in each.claims
            ),
        )


def _relation(entry: RelationEntry) -> RelationContent:
    revision, _, provision = entry.words.partition("/")
    return RelationContent(
        provision=provision,
        revision=revision,
        other=entry.other,
        kind=entry.kind,
        note=entry.note,
        sources=tuple(entry.sources),
    )


def _ruling(entry: RulingEntry) -> RulingContent:
    return RulingContent(
        provision=entry.provision,
        revision=entry.revision,
        level=entry.level,
        reason=entry.reason,
        sources=tuple(entry.sources),
    )


def _implementation(entry: ImplementationEntry) -> ImplementationContent:
    return ImplementationContent(
        provision=entry.provision,
        since=replace(entry.since, approximate=entry.approximate),
        level=ImplementationLevel(entry.level),
        note=entry.note,
        sources=tuple(entry.sources),
    )
