"""Finds the rows that contents name by slug, a query a kind and not one a name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from parties.models import Party, Source
from provisions.contents import (
    CompanionContent,
    Content,
    DisputeContent,
    EventContent,
    PlanContent,
    PositionContent,
    ProvisionContent,
    RevisionContent,
    SilenceProcedureContent,
    WordingContent,
)
from provisions.models import Category, Event, Plan, Position, Provision, Resource, Revision, Topic, Wording

Reference = tuple[Resource, str]


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

    def look_up(self, contents: Iterable[Content]) -> None:
        """Find everything that these contents name and that is not known yet."""
        wanted: dict[Resource, set[str]] = defaultdict(set)
        for content in contents:
            for resource, key in references(content):
                if key not in self._ids[resource]:
                    wanted[resource].add(key)
        for resource, keys in wanted.items():
            self._ids[resource].update(self._find(resource, keys))

    def note(self, resource: Resource, key: str, pk: int) -> None:
        """A thing that was just added."""
        self._ids[resource][key] = pk

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

    def _find(self, resource: Resource, keys: set[str]) -> Iterable[tuple[str, int]]:
        match resource:
            case Resource.PARTY:
                return Party.objects.filter(slug__in=keys).values_list("slug", "pk")
            case Resource.SOURCE:
                return Source.objects.filter(slug__in=keys).values_list("slug", "pk")
            case Resource.POSITION:
                return Position.objects.filter(plan=self.plan, key__in=keys).values_list("key", "pk")
            case Resource.WORDING:
                lines = {key.partition("/")[2] for key in keys}
                found = Wording.objects.filter(revision__plan=self.plan, provision__slug__in=lines)
                return [
                    (f"{revision}/{provision}", pk)
                    for revision, provision, pk in found.values_list("revision__slug", "provision__slug", "pk")
                ]
        model = {
            Resource.CATEGORY: Category,
            Resource.TOPIC: Topic,
            Resource.REVISION: Revision,
            Resource.PROVISION: Provision,
            Resource.EVENT: Event,
        }[resource]
        return model.objects.filter(plan=self.plan, slug__in=keys).values_list("slug", "pk")


def references(content: Content) -> set[Reference]:
    """The things that a content names."""
    found: set[Reference | tuple[Resource, None]] = set()

    def names(resource: Resource, *keys: str | None) -> None:
        found.update((resource, key) for key in keys)  # type: ignore[misc]

    match content:
        case PlanContent():
            names(Resource.PARTY, *content.parties, *content.principals)
            names(Resource.REVISION, content.current_revision)
        case RevisionContent():
            names(Resource.REVISION, content.derives_from)
            names(Resource.SOURCE, *content.sources)
            for removal in content.removals:
                names(Resource.PROVISION, removal.provision)
                names(Resource.SOURCE, *removal.sources)
        case ProvisionContent():
            names(Resource.PROVISION, content.parent)
            names(Resource.CATEGORY, content.category)
            names(Resource.TOPIC, *content.topics)
            names(Resource.PARTY, *(party for party, _ in content.roles), *(content.essential or ()))
        case WordingContent():
            names(Resource.PROVISION, content.provision)
            names(Resource.REVISION, content.revision)
            names(Resource.WORDING, *content.comes_from)
            names(Resource.SOURCE, *content.sources)
            for variant in content.variants:
                names(Resource.PARTY, *variant.parties)
                names(Resource.SOURCE, *variant.sources)
        case EventContent():
            names(Resource.REVISION, *content.revisions)
            names(Resource.SOURCE, *content.sources)
        case PositionContent():
            names(Resource.PARTY, content.party, content.asserted_by)
            names(Resource.REVISION, content.revision)
            names(Resource.PROVISION, content.provision)
            names(Resource.WORDING, content.provision and f"{content.revision}/{content.provision}")
            names(Resource.SOURCE, *(each.source for each in content.evidence))
            names(Resource.PROVISION, *(each.provision for each in content.conditions))
            names(Resource.EVENT, *(each.event for each in content.conditions))
            names(Resource.POSITION, content.follows)
        case SilenceProcedureContent():
            names(Resource.WORDING, content.key)
            names(Resource.PARTY, *content.addressees, content.broken_by)
            names(Resource.SOURCE, *content.sources)
        case CompanionContent():
            names(Resource.REVISION, content.belongs_to)
            names(Resource.PARTY, *content.parties)
            names(Resource.SOURCE, *content.sources)
        case DisputeContent():
            names(Resource.PROVISION, *content.provisions)
            for claim in content.claims:
                names(Resource.SOURCE, *claim.sources)
    return {(resource, key) for resource, key in found if key is not None}
