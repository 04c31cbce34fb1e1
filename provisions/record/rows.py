"""How contents are kept: for each kind, the thing's own row and the rows that say what it says.

Nothing is saved here. A function yields rows that may name each other before they have ids; the pen saves them in the
order of `LAYERS`, so that what is named comes first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from functools import singledispatch
from typing import Any, TypedDict

from django.db import models

from parties.models import Party, Source
from provisions.contents import (
    CategoryContent,
    CompanionContent,
    Content,
    DisputeContent,
    EventContent,
    FigureContent,
    ImplementationContent,
    LookContent,
    PartyContent,
    PlanContent,
    PositionContent,
    ProvisionContent,
    RelationContent,
    RevisionContent,
    RulingContent,
    SilenceProcedureContent,
    SourceContent,
    TopicContent,
    WordingContent,
)
from provisions.models import (
    Category,
    Companion,
    Condition,
    Dispute,
    Event,
    EventStateVersion,
    Evidence,
    Figure,
    Implementation,
    ImplementationVersion,
    Look,
    Plan,
    PlanParty,
    PlanVersion,
    Position,
    Provision,
    ProvisionRole,
    ProvisionVersion,
    Relation,
    Removal,
    Resource,
    Revision,
    RevisionVersion,
    RivalClaim,
    Ruling,
    SilenceProcedure,
    Topic,
    Variant,
    Wording,
    WordingVersion,
)

from .additions import new
from .book import Book


class Stamp(TypedDict):
    """What every version row carries."""

    version: int
    recorded_at: datetime


# The models whose rows say what a thing says, each after those that it names.
LAYERS: tuple[type[models.Model], ...] = (
    PlanVersion,
    PlanParty,
    RevisionVersion,
    Removal,
    ProvisionVersion,
    ProvisionRole,
    WordingVersion,
    Variant,
    Figure,
    EventStateVersion,
    Evidence,
    Condition,
    SilenceProcedure,
    Ruling,
    ImplementationVersion,
    RivalClaim,
    RevisionVersion.sources.through,
    Removal.sources.through,
    WordingVersion.comes_from.through,
    WordingVersion.sources.through,
    Variant.sources.through,
    Event.revisions.through,
    Event.sources.through,
    SilenceProcedure.sources.through,
    Ruling.sources.through,
    ImplementationVersion.sources.through,
    Companion.provisions.through,
    Companion.sources.through,
    Dispute.provisions.through,
    RivalClaim.sources.through,
    Relation.sources.through,
)

# Where a kind keeps versions: the model, and the field that names the thing.
VERSIONS: dict[Resource, tuple[type[models.Model], str]] = {
    Resource.PLAN: (PlanVersion, "plan"),
    Resource.REVISION: (RevisionVersion, "revision"),
    Resource.PROVISION: (ProvisionVersion, "provision"),
    Resource.WORDING: (WordingVersion, "wording"),
    Resource.EVENT: (EventStateVersion, "event"),
    Resource.SILENCE_PROCEDURE: (SilenceProcedure, "wording"),
    Resource.RULING: (Ruling, "wording"),
    Resource.IMPLEMENTATION: (ImplementationVersion, "implementation"),
}

# Kinds that say something of a wording and have no row of their own besides.
OF_A_WORDING = {Resource.SILENCE_PROCEDURE, Resource.RULING}

# What a change of a thing replaces outright, because the log keeps what was there before.
REPLACED: dict[Resource, tuple[tuple[type[models.Model], str], ...]] = {
    Resource.PLAN: ((PlanParty, "plan"),),
    Resource.EVENT: ((Event.revisions.through, "event"), (Event.sources.through, "event")),
    Resource.COMPANION: (
        (Figure, "companion"),
        (Companion.provisions.through, "companion"),
        (Companion.sources.through, "companion"),
    ),
    Resource.DISPUTE: (
        (RivalClaim.sources.through, "rivalclaim__dispute"),
        (RivalClaim, "dispute"),
        (Dispute.provisions.through, "dispute"),
    ),
    Resource.RELATION: ((Relation.sources.through, "relation"),),
}


@singledispatch
def thing(content: Content, *, book: Book, version: int, now: datetime) -> models.Model:
    """The row of the thing itself, unsaved."""
    raise TypeError(type(content))


@thing.register
def _(content: PartyContent, *, book: Book, version: int, now: datetime) -> models.Model:
    return Party(slug=content.slug, name=content.name, short=content.short, note=content.note, version=version)


@thing.register
def _(content: SourceContent, *, book: Book, version: int, now: datetime) -> models.Model:
    return Source(
        slug=content.slug,
        title=content.title,
        publisher=content.publisher,
        url=content.url,
        published=content.published,
        published_basis=content.published_basis,
        accessed=content.accessed,
        kind=content.kind,
        relays=content.relays,
        note=content.note,
        version=version,
    )


@thing.register
def _(content: PlanContent, *, book: Book, version: int, now: datetime) -> models.Model:
    return Plan(slug=content.slug, version=version)


@thing.register
def _(content: CategoryContent, *, book: Book, version: int, now: datetime) -> models.Model:
    return Category(
        plan=book.plan,
        slug=content.slug,
        title=content.title,
        note=content.note,
        order=content.order,
        version=version,
    )


@thing.register
def _(content: TopicContent, *, book: Book, version: int, now: datetime) -> models.Model:
    return Topic(plan=book.plan, slug=content.slug, title=content.title, version=version)


@thing.register
def _(content: RevisionContent, *, book: Book, version: int, now: datetime) -> models.Model:
    return Revision(plan=book.plan, slug=content.slug, order=content.order, version=version)


@thing.register
def _(content: ProvisionContent, *, book: Book, version: int, now: datetime) -> models.Model:
    parent = book.maybe(Resource.PROVISION, content.parent)
    return new(
        Provision, plan_id=book.plan.pk, slug=content.slug, parent_id=parent, order=content.order, version=version
    )


@thing.register
def _(content: WordingContent, *, book: Book, version: int, now: datetime) -> models.Model:
    return new(
        Wording,
        provision_id=book.id(Resource.PROVISION, content.provision),
        revision_id=book.id(Resource.REVISION, content.revision),
        version=version,
    )


@thing.register
def _(content: EventContent, *, book: Book, version: int, now: datetime) -> models.Model:
    return Event(
        plan=book.plan,
        slug=content.slug,
        title=content.title,
        summary=content.summary,
        version=version,
        **_dated(content),
    )


@thing.register
def _(content: PositionContent, *, book: Book, version: int, now: datetime) -> models.Model:
    return _position(content, book=book, now=now)


@thing.register
def _(content: RulingContent, *, book: Book, version: int, now: datetime) -> models.Model:
    return Wording(pk=book.id(Resource.WORDING, content.key))


@thing.register
def _(content: SilenceProcedureContent, *, book: Book, version: int, now: datetime) -> models.Model:
    return Wording(pk=book.id(Resource.WORDING, content.key))


@thing.register
def _(content: LookContent, *, book: Book, version: int, now: datetime) -> models.Model:
    return Look(
        plan=book.plan,
        position_id=book.id(Resource.POSITION, content.position),
        provision_id=book.id(Resource.PROVISION, content.provision),
        looked_on=content.looked_on,
        version=version,
    )


@thing.register
def _(content: CompanionContent, *, book: Book, version: int, now: datetime) -> models.Model:
    return Companion(
        plan=book.plan,
        slug=content.slug,
        title=content.title,
        belongs_to_id=book.maybe(Resource.REVISION, content.belongs_to),
        parties=list(content.parties),
        status=content.status,
        summary=content.summary,
        version=version,
        **_dated(content),
    )


@thing.register
def _(content: DisputeContent, *, book: Book, version: int, now: datetime) -> models.Model:
    return Dispute(
        plan=book.plan,
        slug=content.slug,
        subject=content.subject,
        status=content.status,
        assessment=content.assessment,
        version=version,
    )


@thing.register
def _(content: RelationContent, *, book: Book, version: int, now: datetime) -> models.Model:
    return Relation(
        wording_id=book.id(Resource.WORDING, content.wording),
        other_id=book.id(Resource.WORDING, content.other),
        kind=content.kind,
        note=content.note,
        version=version,
    )


@thing.register
def _(content: ImplementationContent, *, book: Book, version: int, now: datetime) -> models.Model:
    return Implementation(
        plan=book.plan,
        provision_id=book.id(Resource.PROVISION, content.provision),
        since=content.since.day,
        precision=content.since.precision,
        version=version,
    )


@singledispatch
def sayings(content: Content, *, book: Book, of: Any, stamp: Stamp) -> Iterator[models.Model]:
    """The rows that say what the thing `of` says from the version in `stamp` on, unsaved. Some things say it all."""
    yield from ()


@sayings.register
def _(content: PlanContent, *, book: Book, of: Any, stamp: Stamp) -> Iterator[models.Model]:
    yield PlanVersion(
        plan=of,
        title=content.title,
        summary=content.summary,
        note=content.note,
        principals=list(content.principals),
        threshold=content.threshold,
        horizon_days=content.horizon_days,
        current_revision_id=book.maybe(Resource.REVISION, content.current_revision),
        **stamp,
    )
    for order, party in enumerate(content.parties, start=1):
        yield PlanParty(plan=of, party_id=book.id(Resource.PARTY, party), order=order)


@sayings.register
def _(content: ProvisionContent, *, book: Book, of: Any, stamp: Stamp) -> Iterator[models.Model]:
    row = new(
        ProvisionVersion,
        provision_id=of.pk,
        title=content.title,
        lead=content.lead,
        category_id=book.id(Resource.CATEGORY, content.category),
        category_basis=content.category_basis,
        kind=content.kind,
        topics=list(content.topics),
        roles_basis=content.roles_basis,
        essential=None if content.essential is None else list(content.essential),
        essential_reason=content.essential_reason,
        pax=list(content.pax),
        pam=list(content.pam),
        note=content.note,
        **stamp,
    )
    yield row
    for party, role in content.roles:
        yield ProvisionRole(provision_version=row, party_id=book.id(Resource.PARTY, party), role=role)


@sayings.register
def _(content: EventContent, *, book: Book, of: Any, stamp: Stamp) -> Iterator[models.Model]:
    for order, each in enumerate(content.states, start=1):
        yield EventStateVersion(event=of, order=order, state=each.state, stated_on=each.stated_on, **stamp)
    yield from _links(Event.revisions.through, "event", of, book, Resource.REVISION, content.revisions)
    yield from _links(Event.sources.through, "event", of, book, Resource.SOURCE, content.sources)


@sayings.register
def _(content: PositionContent, *, book: Book, of: Any, stamp: Stamp) -> Iterator[models.Model]:
    for proof in content.evidence:
        yield Evidence(position=of, source_id=book.id(Resource.SOURCE, proof.source), grade=proof.grade)
    for condition in content.conditions:
        yield Condition(
            position=of,
            kind=condition.kind,
            provision_id=book.maybe(Resource.PROVISION, condition.provision),
            level=condition.level,
            event_id=book.maybe(Resource.EVENT, condition.event),
        )


@sayings.register
def _(content: SilenceProcedureContent, *, book: Book, of: Any, stamp: Stamp) -> Iterator[models.Model]:
    procedure = SilenceProcedure(
        wording=of,
        addressees=list(content.addressees),
        deadline=content.deadline,
        broken_on=content.broken_on,
        broken_by_id=book.maybe(Resource.PARTY, content.broken_by),
        note=content.note,
        **stamp,
    )
    yield procedure
    through = SilenceProcedure.sources.through
    yield from _links(through, "silenceprocedure", procedure, book, Resource.SOURCE, content.sources)


@sayings.register
def _(content: RulingContent, *, book: Book, of: Any, stamp: Stamp) -> Iterator[models.Model]:
    ruling = Ruling(wording=of, level=content.level or "", reason=content.reason, **stamp)
    yield ruling
    yield from _links(Ruling.sources.through, "ruling", ruling, book, Resource.SOURCE, content.sources)


@sayings.register
def _(content: ImplementationContent, *, book: Book, of: Any, stamp: Stamp) -> Iterator[models.Model]:
    row = ImplementationVersion(
        implementation=of, approximate=content.since.approximate, level=content.level, note=content.note, **stamp
    )
    yield row
    through = ImplementationVersion.sources.through
    yield from _links(through, "implementationversion", row, book, Resource.SOURCE, content.sources)


@sayings.register
def _(content: CompanionContent, *, book: Book, of: Any, stamp: Stamp) -> Iterator[models.Model]:
    yield from _figures(content.figures, companion=of)
    yield from _links(Companion.provisions.through, "companion", of, book, Resource.PROVISION, content.provisions)
    yield from _links(Companion.sources.through, "companion", of, book, Resource.SOURCE, content.sources)


@sayings.register
def _(content: DisputeContent, *, book: Book, of: Any, stamp: Stamp) -> Iterator[models.Model]:
    yield from _links(Dispute.provisions.through, "dispute", of, book, Resource.PROVISION, content.provisions)
    for order, claim in enumerate(content.claims, start=1):
        rival = RivalClaim(dispute=of, order=order, value=claim.value, text=claim.text)
        yield rival
        yield from _links(RivalClaim.sources.through, "rivalclaim", rival, book, Resource.SOURCE, claim.sources)


@sayings.register
def _(content: RelationContent, *, book: Book, of: Any, stamp: Stamp) -> Iterator[models.Model]:
    yield from _links(Relation.sources.through, "relation", of, book, Resource.SOURCE, content.sources)


@sayings.register
def _(content: RevisionContent, *, book: Book, of: Any, stamp: Stamp) -> Iterator[models.Model]:
    row = RevisionVersion(
        revision=of,
        title=content.title,
        short=content.short,
        derives_from_id=book.maybe(Resource.REVISION, content.derives_from),
        provenance=content.provenance,
        published_on=content.published_on,
        authors=content.authors,
        circulated_to=content.circulated_to,
        made_public=content.made_public,
        point_count=content.point_count,
        summary=content.summary,
        note=content.note,
        **_dated(content),
        **stamp,
    )
    yield row
    yield from _links(RevisionVersion.sources.through, "revisionversion", row, book, Resource.SOURCE, content.sources)
    for each in content.removals:
        removal = Removal(
            revision_version=row,
            provision_id=book.id(Resource.PROVISION, each.provision),
            outcome=each.outcome,
            note=each.note,
        )
        yield removal
        yield from _links(Removal.sources.through, "removal", removal, book, Resource.SOURCE, each.sources)


@sayings.register
def _(content: WordingContent, *, book: Book, of: Any, stamp: Stamp) -> Iterator[models.Model]:
    row = new(
        WordingVersion,
        wording_id=of.pk,
        revision_id=book.id(Resource.REVISION, content.revision),
        number=content.number or "",
        heading=content.heading,
        gist=content.gist,
        text=content.text,
        seen=content.seen,
        change=content.change,
        change_reason=content.change_reason,
        note=content.note,
        **stamp,
    )
    yield row
    came = WordingVersion.comes_from.through
    yield from _links(came, "wordingversion", row, book, Resource.WORDING, content.comes_from)
    yield from _links(WordingVersion.sources.through, "wordingversion", row, book, Resource.SOURCE, content.sources)
    yield from _figures(content.figures, wording_version=row)
    for order, each in enumerate(content.variants, start=1):
        variant = Variant(wording_version=row, order=order, parties=list(each.parties), text=each.text)
        yield variant
        yield from _figures(each.figures, variant=variant)
        yield from _links(Variant.sources.through, "variant", variant, book, Resource.SOURCE, each.sources)


def _position(content: PositionContent, *, book: Book, now: datetime) -> Position:
    if content.provision is None:
        given_on = {"revision_id": book.id(Resource.REVISION, content.revision)}
    else:
        given_on = {"wording_id": book.id(Resource.WORDING, f"{content.revision}/{content.provision}")}
    return Position(
        plan=book.plan,
        key=content.key,
        party_id=book.id(Resource.PARTY, content.party),
        asserted_by_id=book.id(Resource.PARTY, content.asserted_by),
        stance=content.stance,
        authority=content.authority,
        stated_on=content.stated_on.day,
        precision=content.stated_on.precision,
        approximate=content.stated_on.approximate,
        speaker=content.speaker,
        speaker_role=content.speaker_role,
        summary=content.summary,
        thin=content.thin,
        follows_id=book.maybe(Resource.POSITION, content.follows),
        note=content.note,
        recorded_at=now,
        **given_on,
    )


def _dated(content: RevisionContent | EventContent | CompanionContent) -> dict[str, Any]:
    when = content.dated
    return {"dated": when.day, "dated_precision": when.precision, "dated_approximate": when.approximate}


def _figures(figures: Iterable[FigureContent], **text: models.Model) -> Iterator[models.Model]:
    for each in figures:
        yield Figure(name=each.name, label=each.label, value=each.value, unit=each.unit, note=each.note, **text)


_TARGET: dict[Resource, str] = {
    Resource.SOURCE: "source_id",
    Resource.REVISION: "revision_id",
    Resource.PROVISION: "provision_id",
    Resource.WORDING: "wording_id",
}


def _links(
    through: Callable[..., models.Model],
    field: str,
    of: models.Model,
    book: Book,
    resource: Resource,
    keys: Iterable[str],
) -> Iterator[models.Model]:
    for key in keys:
        yield through(**{field: of, _TARGET[resource]: book.id(resource, key)})
