"""Finds the rows that contents name by slug, a query a kind and not one a name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import singledispatch
from typing import Any

from parties.models import Party, Source
from provisions.contents import (
    CompanionContent,
    Content,
    DisputeContent,
    EventContent,
    ImplementationContent,
    LookContent,
    PlanContent,
    PositionContent,
    ProvisionContent,
    RelationContent,
    RevisionContent,
    RulingContent,
    SilenceProcedureContent,
    WordingContent,
)
from provisions.held import held
from provisions.models import Category, Event, Plan, Position, Provision, Resource, Revision, Topic, Wording

Reference = tuple[Resource, str]

# What plans have in common.
SHARED: Mapping[Resource, type[Party | Source]] = {Resource.PARTY: Party, Resource.SOURCE: Source}

# So many names has a wording that may be another plan's: plan, revision, provision.
OF_ANY_PLAN = 3


class Unknown(ValueError):
    """A content names something that is not on record."""

    def __init__(self, resource: Resource, key: str) -> None:
        super().__init__(f"{resource.label} '{key}' is not on record")
        self.resource = resource
        self.key = key


class Book:
    """The ids behind slugs and keys, for one plan."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self._ids: dict[Resource, dict[str, int]] = defaultdict(dict)
        self._words: dict[str, WordingContent] = {}

    def look_up(self, contents: Iterable[Content]) -> None:
        """Find everything that these contents name and that is not known yet."""
        wanted: dict[Resource, set[str]] = defaultdict(set)
        for content in contents:
            for resource, key in references(content):
                if key not in self._ids[resource] and self._may_stand(resource, key):
                    wanted[resource].add(key)
        for resource, keys in wanted.items():
            self._ids[resource].update(self._find(resource, keys))

    def note(self, resource: Resource, key: str, pk: int) -> None:
        """A thing that was just added."""
        self._ids[resource][key] = pk

    def note_words(self, contents: Iterable[Content]) -> None:
        """Words as they stand, because they were just read or written under the lock."""
        self._words.update((each.key, each) for each in contents if isinstance(each, WordingContent))

    def words(self, keys: set[str]) -> dict[str, WordingContent]:
        """Words that stand, by key; those are read that were not yet."""
        unread = {key for key in keys - self._words.keys() if self._may_stand(Resource.WORDING, key)}
        if unread:
            self.note_words(each.content for each in held(self.plan, Resource.WORDING, keys=unread).values())
        return {key: self._words[key] for key in keys if key in self._words}

    def id(self, resource: Resource, key: str) -> int:
        """The id of a thing that was looked up. Raises Unknown."""
        try:
            return self._ids[resource][key]
        except KeyError:
            raise Unknown(resource, key) from None

    def maybe(self, resource: Resource, key: str | None) -> int | None:
        return None if key is None else self.id(resource, key)

    def knows(self, resource: Resource, key: str) -> bool:
        return key in self._ids[resource]

    def may_have(self, resource: Resource) -> bool:
        """Whether there may be things of the plan of this kind; of a plan that begins only those that were noted."""
        return self.plan.seq > 0 or bool(self._ids[resource])

    def _may_stand(self, resource: Resource, key: str) -> bool:
        """Whether it may be on record without having been noted; of a plan that begins nothing is."""
        return self.plan.seq > 0 or resource in SHARED or _is_of_any_plan(key)

    def _find(self, resource: Resource, keys: set[str]) -> Iterable[tuple[str, int]]:
        match resource:
            case Resource.PARTY | Resource.SOURCE:
                return SHARED[resource].objects.filter(slug__in=keys).values_list("slug", "pk")
            case Resource.POSITION:
                return Position.objects.filter(plan=self.plan, key__in=keys).values_list("key", "pk")
            case Resource.WORDING:
                return self._words_of_any(keys)
        model: Any = {
            Resource.CATEGORY: Category,
            Resource.TOPIC: Topic,
            Resource.REVISION: Revision,
            Resource.PROVISION: Provision,
            Resource.EVENT: Event,
        }[resource]
        return model._base_manager.filter(plan=self.plan, slug__in=keys).values_list("slug", "pk")

    def _words_of_any(self, keys: set[str]) -> Iterable[tuple[str, int]]:
        """Words of this plan by `revision/provision`, those of any plan by `plan/revision/provision`."""
        paths = [key.split("/") for key in keys]
        plans = {self.plan.slug, *(path[-3] for path in paths if len(path) == OF_ANY_PLAN)}
        found = Wording.objects.filter(revision__plan__slug__in=plans, provision__slug__in={path[-1] for path in paths})
        for plan, revision, line, pk in found.values_list(
            "revision__plan__slug", "revision__slug", "provision__slug", "pk"
        ):
            yield f"{plan}/{revision}/{line}", pk
            if plan == self.plan.slug:
                yield f"{revision}/{line}", pk


def _is_of_any_plan(key: str) -> bool:
    return key.count("/") == OF_ANY_PLAN - 1


Named = Iterable[tuple[Resource, str | None]]


def references(content: Content) -> set[Reference]:
    """The things that a content names."""
    return {(resource, key) for resource, key in _named(content) if key is not None}


@singledispatch
def _named(content: Content) -> Named:
    return ()


@_named.register
def _(content: PlanContent) -> Named:
    yield from _each(Resource.PARTY, content.parties, content.principals)
    yield Resource.REVISION, content.current_revision


@_named.register
def _(content: RevisionContent) -> Named:
    yield Resource.REVISION, content.derives_from
    yield from _each(Resource.SOURCE, content.sources, *(removal.sources for removal in content.removals))
    yield from _each(Resource.PROVISION, [removal.provision for removal in content.removals])


@_named.register
def _(content: ProvisionContent) -> Named:
    yield Resource.PROVISION, content.parent
    yield Resource.CATEGORY, content.category
    yield from _each(Resource.TOPIC, content.topics)
    yield from _each(Resource.PARTY, [party for party, _ in content.roles], content.essential or ())


@_named.register
def _(content: WordingContent) -> Named:
    yield Resource.PROVISION, content.provision
    yield Resource.REVISION, content.revision
    yield from _each(Resource.WORDING, content.comes_from)
    yield from _each(Resource.PARTY, *(variant.parties for variant in content.variants))
    yield from _each(Resource.SOURCE, content.sources, *(variant.sources for variant in content.variants))


@_named.register
def _(content: EventContent) -> Named:
    yield from _each(Resource.REVISION, content.revisions)
    yield from _each(Resource.SOURCE, content.sources)


@_named.register
def _(content: PositionContent) -> Named:
    yield from _each(Resource.PARTY, [content.party, content.asserted_by])
    yield Resource.REVISION, content.revision
    yield Resource.PROVISION, content.provision
    yield Resource.WORDING, content.provision and f"{content.revision}/{content.provision}"
    yield Resource.POSITION, content.follows
    yield from _each(Resource.SOURCE, [proof.source for proof in content.evidence])
    for condition in content.conditions:
        yield Resource.PROVISION, condition.provision
        yield Resource.EVENT, condition.event


@_named.register
def _(content: SilenceProcedureContent) -> Named:
    yield Resource.WORDING, content.key
    yield from _each(Resource.PARTY, content.addressees)
    yield Resource.PARTY, content.broken_by
    yield from _each(Resource.SOURCE, content.sources)


@_named.register
def _(content: RulingContent) -> Named:
    yield Resource.WORDING, content.key
    yield from _each(Resource.SOURCE, content.sources)


@_named.register
def _(content: LookContent) -> Named:
    yield Resource.POSITION, content.position
    yield Resource.PROVISION, content.provision


@_named.register
def _(content: CompanionContent) -> Named:
    yield Resource.REVISION, content.belongs_to
    yield from _each(Resource.PARTY, content.parties)
    yield from _each(Resource.PROVISION, content.provisions)
    yield from _each(Resource.SOURCE, content.sources)


@_named.register
def _(content: DisputeContent) -> Named:
    yield from _each(Resource.PROVISION, content.provisions)
    yield from _each(Resource.SOURCE, *(claim.sources for claim in content.claims))


@_named.register
def _(content: RelationContent) -> Named:
    yield from _each(Resource.WORDING, [content.wording, content.other])
    yield from _each(Resource.SOURCE, content.sources)


@_named.register
def _(content: ImplementationContent) -> Named:
    yield Resource.PROVISION, content.provision
    yield from _each(Resource.SOURCE, content.sources)


def _each(resource: Resource, *keys: Iterable[str]) -> Named:
    return ((resource, key) for several in keys for key in several)
