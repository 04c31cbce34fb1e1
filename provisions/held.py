"""What the record holds, read back as contents: for the writer to compare with, for imports and exports.

One function a kind; each takes a plan and, optionally, the keys that are asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Prefetch, QuerySet, TextField, Value
from django.db.models.functions import Cast, Concat, JSONObject

from parties.models import Party, Source
from provisions import contents
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
from provisions.contents import When
from provisions.models import (
    Basis,
    Category,
    Companion,
    Condition,
    ConditionKind,
    Dispute,
    DisputeStatus,
    Event,
    EventStateVersion,
    Evidence,
    Figure,
    ImplementationLevel,
    ImplementationVersion,
    Look,
    Outcome,
    Plan,
    PlanVersion,
    Position,
    ProvisionRole,
    ProvisionVersion,
    Relation,
    RelationKind,
    Removal,
    Resource,
    RevisionVersion,
    RivalClaim,
    Ruling,
    Seen,
    SilenceProcedure,
    Topic,
    Variant,
    Wording,
    WordingVersion,
)

# The keys that are asked for, a query for them, or None for all.
Keys = Collection[str] | QuerySet[Any, Any] | None


@dataclass(frozen=True, slots=True)
class Held:
    """A thing on the record: its row, its version, and what it says. A position that was retracted says so.

    When it came there as it is now is told of those kinds that are kept version by version.
    """

    pk: int
    version: int
    content: Any  # of the kind that was asked for
    retracted: bool = False
    recorded_at: Any = None


def held(plan: Plan, resource: Resource, *, keys: Keys = None) -> dict[str, Held]:
    """The standing things of one kind, by key; of parties and sources, which plans share, only those asked for."""
    if keys is not None and not isinstance(keys, QuerySet) and not keys:
        return {}
    return {each.content.key: each for each in _READERS[resource](plan, keys)}


def held_then(plan: Plan, resource: Resource, *, keys: Keys, known_at: datetime) -> dict[str, Held]:
    """Lines, wordings or implementations as they stood on record at a moment, by key."""
    return {each.content.key: each for each in _PAST_READERS[resource](plan, keys, known_at)}


def _narrowed(queryset: Any, keys: Keys, *, field: str) -> Any:
    return queryset if keys is None else queryset.filter(**{f"{field}__in": keys})


def _slugs(related: Any) -> tuple[str, ...]:
    return tuple(each.slug for each in related.all())


KEY_OF_WORDS = Concat("revision__slug", Value("/"), "provision__slug", output_field=TextField())


def _named(links: Any, thing: str, *, by: str = "slug") -> ArraySubquery:
    """The slugs of what the rows of a query are linked to, in their order: in the query for the rows themselves."""
    through = links.through._base_manager
    return ArraySubquery(
        through.filter(**{links.field.m2m_field_name(): OuterRef("pk")})
        .order_by(f"{thing}__{by}")
        .values(f"{thing}__slug")
    )


def _when(row: Any) -> When:
    return When(row.dated, Precision(row.dated_precision), row.dated_approximate)


def _figures_of(text: str) -> ArraySubquery:
    """The figures in a text of this kind, in the query for the texts themselves."""
    rows = Figure.objects.filter(**{text: OuterRef("pk")}).order_by("pk")
    # A number of JSON would be read as one that is not exact.
    value = Cast("value", TextField())
    return ArraySubquery(
        rows.values(json=JSONObject(name="name", label="label", value=value, unit="unit", note="note"))
    )


def _figures(rows: Iterable[Any]) -> tuple[contents.FigureContent, ...]:
    return tuple(_figure(each) for each in rows)


def _figure(row: Any) -> contents.FigureContent:
    value = None if row["value"] is None else Decimal(row["value"]).normalize()
    return contents.FigureContent(name=row["name"], label=row["label"], value=value, unit=row["unit"], note=row["note"])


def _parties(plan: Plan, keys: Keys) -> Iterable[Held]:
    rows = Party.objects.filter(places__plan=plan) if keys is None else Party.objects.filter(slug__in=keys)
    for row in rows:
        yield Held(
            row.pk,
            row.version,
            contents.PartyContent(slug=row.slug, name=row.name, short=row.short, note=row.note),
        )


def _sources(plan: Plan, keys: Keys) -> Iterable[Held]:
    for row in Source.objects.none() if keys is None else Source.objects.filter(slug__in=keys):
        yield Held(
            row.pk,
            row.version,
            contents.SourceContent(
                slug=row.slug,
                title=row.title,
                publisher=row.publisher,
                url=row.url,
                published=row.published,
                published_basis=row.published_basis,
                accessed=row.accessed,
                kind=row.kind,
                relays=row.relays,
                note=row.note,
            ),
        )


def _plan(plan: Plan, keys: Keys) -> Iterable[Held]:
    for row in PlanVersion.objects.standing().filter(plan=plan).select_related("current_revision"):
        yield Held(
            plan.pk,
            row.version,
            contents.PlanContent(
                slug=plan.slug,
                title=row.title,
                summary=row.summary,
                note=row.note,
                parties=tuple(plan.places.order_by("order").values_list("party__slug", flat=True)),
                principals=tuple(row.principals),
                threshold=Authority(row.threshold),
                horizon_days=row.horizon_days,
                current_revision=row.current_revision.slug if row.current_revision else None,
            ),
        )


def _categories(plan: Plan, keys: Keys) -> Iterable[Held]:
    for row in _narrowed(Category.objects.filter(plan=plan), keys, field="slug"):
        yield Held(
            row.pk,
            row.version,
            contents.CategoryContent(slug=row.slug, title=row.title, note=row.note, order=row.order),
        )


def _topics(plan: Plan, keys: Keys) -> Iterable[Held]:
    for row in _narrowed(Topic.objects.filter(plan=plan), keys, field="slug"):
        yield Held(row.pk, row.version, contents.TopicContent(slug=row.slug, title=row.title))


def _revisions(plan: Plan, keys: Keys) -> Iterable[Held]:
    removals = Removal.objects.filter(revision_version=OuterRef("pk")).order_by("pk")
    removal = JSONObject(
        provision="provision__slug", outcome="outcome", note="note", sources=_named(Removal.sources, "source")
    )
    rows = (
        RevisionVersion.objects.standing()
        .filter(revision__plan=plan)
        .select_related("revision", "derives_from")
        .annotate(
            read_in=_named(RevisionVersion.sources, "source"), removed=ArraySubquery(removals.values(json=removal))
        )
        .order_by("revision__order")
    )
    for row in _narrowed(rows, keys, field="revision__slug"):
        yield Held(
            row.revision_id,
            row.version,
            contents.RevisionContent(
                slug=row.revision.slug,
                order=row.revision.order,
                title=row.title,
                short=row.short,
                dated=_when(row),
                derives_from=row.derives_from.slug if row.derives_from else None,
                provenance=Provenance(row.provenance),
                published_on=row.published_on,
                authors=row.authors,
                circulated_to=row.circulated_to,
                made_public=row.made_public,
                point_count=row.point_count,
                summary=row.summary,
                note=row.note,
                sources=tuple(row.read_in),
                removals=tuple(
                    contents.RemovalContent(
                        provision=each["provision"],
                        outcome=Outcome(each["outcome"]),
                        note=each["note"],
                        sources=tuple(each["sources"]),
                    )
                    for each in row.removed
                ),
            ),
            recorded_at=row.recorded_at,
        )


def _provisions(plan: Plan, keys: Keys, known_at: datetime | None = None) -> Iterable[Held]:
    versions = ProvisionVersion.objects
    roles = ProvisionRole.objects.filter(provision_version=OuterRef("pk")).order_by("pk")
    rows = (
        (versions.known_at(known_at) if known_at else versions.standing())
        .filter(provision__plan=plan)
        .select_related("provision__parent", "category")
        .annotate(played=ArraySubquery(roles.values(json=JSONObject(party="party__slug", role="role"))))
        .order_by("provision__order")
    )
    for row in _narrowed(rows, keys, field="provision__slug"):
        line = row.provision
        yield Held(
            line.pk,
            row.version,
            contents.ProvisionContent(
                slug=line.slug,
                order=line.order,
                parent=line.parent.slug if line.parent else None,
                title=row.title,
                lead=row.lead,
                category=row.category.slug,
                category_basis=Basis(row.category_basis),
                kind=Kind(row.kind),
                topics=tuple(row.topics),
                roles=tuple((each["party"], Role(each["role"])) for each in row.played),
                roles_basis=Basis(row.roles_basis),
                essential=None if row.essential is None else tuple(row.essential),
                essential_reason=row.essential_reason,
                pax=tuple(row.pax),
                pam=tuple(row.pam),
                note=row.note,
            ),
            recorded_at=row.recorded_at,
        )


def _wordings(plan: Plan, keys: Keys, known_at: datetime | None = None) -> Iterable[Held]:
    versions = WordingVersion.objects
    origins = Wording.objects.filter(continued_by=OuterRef("pk")).order_by("pk")
    variants = Variant.objects.filter(wording_version=OuterRef("pk")).order_by("order")
    variant = JSONObject(
        parties="parties", text="text", figures=_figures_of("variant"), sources=_named(Variant.sources, "source")
    )
    rows = (
        (versions.known_at(known_at) if known_at else versions.standing())
        .filter(wording__revision__plan=plan)
        .select_related("wording__revision", "wording__provision")
        .annotate(
            origins=ArraySubquery(origins.values(key=KEY_OF_WORDS)),
            read_in=_named(WordingVersion.sources, "source"),
            counted=_figures_of("wording_version"),
            rivals=ArraySubquery(variants.values(json=variant)),
        )
        .order_by("wording__revision__order", "wording__pk")
    )
    if keys is not None:
        rows = rows.filter(wording__provision__slug__in={key.partition("/")[2] for key in keys})
    for row in rows:
        content = contents.WordingContent(
            provision=row.wording.provision.slug,
            revision=row.wording.revision.slug,
            number=row.number or None,
            heading=row.heading,
            gist=row.gist,
            text=row.text,
            seen=Seen(row.seen),
            change=WordingChange(row.change),
            change_reason=row.change_reason,
            comes_from=tuple(row.origins),
            figures=_figures(row.counted),
            variants=tuple(_variant(each) for each in row.rivals),
            sources=tuple(row.read_in),
            note=row.note,
        )
        if keys is None or content.key in keys:
            yield Held(row.wording_id, row.version, content, recorded_at=row.recorded_at)


def _variant(row: Any) -> contents.VariantContent:
    return contents.VariantContent(
        parties=tuple(row["parties"]),
        text=row["text"],
        figures=_figures(row["figures"]),
        sources=tuple(row["sources"]),
    )


def _events(plan: Plan, keys: Keys) -> Iterable[Held]:
    standing = Prefetch("states", EventStateVersion.objects.standing())
    rows = (
        Event.objects.filter(plan=plan)
        .annotate(about=_named(Event.revisions, "revision", by="order"), read_in=_named(Event.sources, "source"))
        .prefetch_related(standing)
    )
    for row in _narrowed(rows, keys, field="slug"):
        yield Held(
            row.pk,
            row.version,
            contents.EventContent(
                slug=row.slug,
                title=row.title,
                dated=_when(row),
                summary=row.summary,
                revisions=tuple(row.about),
                sources=tuple(row.read_in),
                states=tuple(
                    contents.EventStateContent(EventState(each.state), each.stated_on) for each in row.states.all()
                ),
            ),
        )


def _positions(plan: Plan, keys: Keys) -> Iterable[Held]:
    rows = (
        Position.objects.filter(plan=plan)
        .select_related("party", "asserted_by", "wording__provision", "wording__revision", "revision", "follows")
        .select_related("retraction")
        .annotate(**beside_positions())
        .order_by("pk")
    )
    for row in _narrowed(rows, keys, field="key"):
        retracted = hasattr(row, "retraction")
        yield Held(row.pk, 2 if retracted else 1, position_content(row), retracted, row.recorded_at)


def beside_positions() -> dict[str, ArraySubquery]:
    """What positions are to be annotated with for `position_content`, beside their own relations."""
    conditions = Condition.objects.filter(position=OuterRef("pk")).order_by("pk")
    condition = JSONObject(kind="kind", provision="provision__slug", level="level", event="event__slug")
    evidence = Evidence.objects.filter(position=OuterRef("pk")).order_by("pk")
    return {
        "hanging_on": ArraySubquery(conditions.values(json=condition)),
        "read_in": ArraySubquery(evidence.values(json=JSONObject(source="source__slug", grade="grade"))),
    }


def position_content(row: Any) -> contents.PositionContent:
    """A position as a content; its relations should have been fetched with it."""
    return contents.PositionContent(
        key=row.key,
        party=row.party.slug,
        asserted_by=row.asserted_by.slug,
        revision=(row.wording.revision if row.wording else row.revision).slug,
        provision=row.wording.provision.slug if row.wording else None,
        stance=Stance(row.stance),
        authority=Authority(row.authority),
        stated_on=When(row.stated_on, Precision(row.precision), row.approximate),
        speaker=row.speaker,
        speaker_role=row.speaker_role,
        summary=row.summary,
        thin=row.thin,
        conditions=tuple(
            contents.ConditionContent(
                kind=ConditionKind(each["kind"]),
                provision=each["provision"],
                level=each["level"],
                event=each["event"],
            )
            for each in row.hanging_on
        ),
        evidence=tuple(contents.EvidenceContent(source=each["source"], grade=each["grade"]) for each in row.read_in),
        follows=row.follows.key if row.follows else None,
        note=row.note,
    )


def _silence_procedures(plan: Plan, keys: Keys) -> Iterable[Held]:
    rows = (
        SilenceProcedure.objects.standing()
        .filter(wording__revision__plan=plan)
        .select_related("wording__revision", "wording__provision", "broken_by")
        .prefetch_related("sources")
    )
    for row in rows:
        content = contents.SilenceProcedureContent(
            provision=row.wording.provision.slug,
            revision=row.wording.revision.slug,
            addressees=tuple(row.addressees),
            deadline=row.deadline,
            broken_on=row.broken_on,
            broken_by=row.broken_by.slug if row.broken_by else None,
            sources=_slugs(row.sources),
            note=row.note,
        )
        if keys is None or content.key in keys:
            yield Held(row.wording_id, row.version, content, recorded_at=row.recorded_at)


def _rulings(plan: Plan, keys: Keys) -> Iterable[Held]:
    rows = (
        Ruling.objects.standing()
        .filter(wording__revision__plan=plan)
        .select_related("wording__revision", "wording__provision")
        .prefetch_related("sources")
    )
    for row in rows:
        content = contents.RulingContent(
            provision=row.wording.provision.slug,
            revision=row.wording.revision.slug,
            level=Level(row.level) if row.level else None,
            reason=row.reason,
            sources=_slugs(row.sources),
        )
        if keys is None or content.key in keys:
            yield Held(row.wording_id, row.version, content, recorded_at=row.recorded_at)


def _companions(plan: Plan, keys: Keys) -> Iterable[Held]:
    rows = (
        Companion.objects.filter(plan=plan)
        .select_related("belongs_to")
        .annotate(
            about=_named(Companion.provisions, "provision"),
            read_in=_named(Companion.sources, "source"),
            counted=_figures_of("companion"),
        )
    )
    for row in _narrowed(rows, keys, field="slug"):
        yield Held(
            row.pk,
            row.version,
            contents.CompanionContent(
                slug=row.slug,
                title=row.title,
                belongs_to=row.belongs_to.slug if row.belongs_to else None,
                dated=_when(row),
                parties=tuple(row.parties),
                status=row.status,
                summary=row.summary,
                provisions=tuple(row.about),
                figures=_figures(row.counted),
                sources=tuple(row.read_in),
            ),
        )


def _disputes(plan: Plan, keys: Keys) -> Iterable[Held]:
    claims = RivalClaim.objects.annotate(read_in=_named(RivalClaim.sources, "source"))
    rows = (
        Dispute.objects.filter(plan=plan)
        .annotate(about=_named(Dispute.provisions, "provision"))
        .prefetch_related(Prefetch("claims", claims))
    )
    for row in _narrowed(rows, keys, field="slug"):
        yield Held(
            row.pk,
            row.version,
            contents.DisputeContent(
                slug=row.slug,
                subject=row.subject,
                status=DisputeStatus(row.status),
                assessment=row.assessment,
                provisions=tuple(row.about),
                claims=tuple(_claim(each) for each in row.claims.all()),
            ),
        )


def _looks(plan: Plan, keys: Keys) -> Iterable[Held]:
    for row in Look.objects.filter(plan=plan).select_related("position", "provision"):
        content = contents.LookContent(position=row.position.key, provision=row.provision.slug, looked_on=row.looked_on)
        if keys is None or content.key in keys:
            yield Held(row.pk, row.version, content)


def _claim(row: Any) -> contents.RivalClaimContent:
    return contents.RivalClaimContent(value=row.value, text=row.text, sources=tuple(row.read_in))


def _relations(plan: Plan, keys: Keys) -> Iterable[Held]:
    rows = (
        Relation.objects.filter(wording__revision__plan=plan)
        .select_related("wording__revision", "wording__provision", "other__revision__plan", "other__provision")
        .prefetch_related("sources")
    )
    for row in rows:
        there = row.other.revision
        content = contents.RelationContent(
            provision=row.wording.provision.slug,
            revision=row.wording.revision.slug,
            other=f"{there.plan.slug}/{there.slug}/{row.other.provision.slug}",
            kind=RelationKind(row.kind),
            note=row.note,
            sources=_slugs(row.sources),
        )
        if keys is None or content.key in keys:
            yield Held(row.pk, row.version, content)


def _implementations(plan: Plan, keys: Keys, known_at: datetime | None = None) -> Iterable[Held]:
    versions = ImplementationVersion.objects
    rows = (
        (versions.known_at(known_at) if known_at else versions.standing())
        .filter(implementation__plan=plan)
        .select_related("implementation__provision")
        .annotate(read_in=_named(ImplementationVersion.sources, "source"))
        .order_by("implementation__provision__order", "implementation__since", "implementation__pk")
    )
    if isinstance(keys, QuerySet):
        rows, keys = rows.filter(implementation__in=keys), None
    elif keys is not None:
        rows = rows.filter(implementation__provision__slug__in={key.partition("/")[0] for key in keys})
    for row in rows:
        assessed = row.implementation
        content = contents.ImplementationContent(
            provision=assessed.provision.slug,
            since=When(assessed.since, Precision(assessed.precision), row.approximate),
            level=None if row.level is None else ImplementationLevel(row.level),
            note=row.note,
            sources=tuple(row.read_in),
        )
        if keys is None or content.key in keys:
            yield Held(assessed.pk, row.version, content, recorded_at=row.recorded_at)


_READERS: dict[Resource, Callable[[Plan, Keys], Iterable[Held]]] = {
    Resource.PARTY: _parties,
    Resource.SOURCE: _sources,
    Resource.PLAN: _plan,
    Resource.CATEGORY: _categories,
    Resource.TOPIC: _topics,
    Resource.REVISION: _revisions,
    Resource.PROVISION: _provisions,
    Resource.WORDING: _wordings,
    Resource.EVENT: _events,
    Resource.POSITION: _positions,
    Resource.SILENCE_PROCEDURE: _silence_procedures,
    Resource.RULING: _rulings,
    Resource.LOOK: _looks,
    Resource.COMPANION: _companions,
    Resource.DISPUTE: _disputes,
    Resource.RELATION: _relations,
    Resource.IMPLEMENTATION: _implementations,
}

_PAST_READERS: dict[Resource, Callable[[Plan, Keys, datetime], Iterable[Held]]] = {
    Resource.PROVISION: _provisions,
    Resource.WORDING: _wordings,
    Resource.IMPLEMENTATION: _implementations,
}
