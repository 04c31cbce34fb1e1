"""Everything that stands on record of one plan, read at one moment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Any

from provisions.assessing import one_moment
from provisions.contents import PlanContents
from provisions.held import held
from provisions.models import Change, Plan, Resource, Retraction
from provisions.record.book import references

KINDS = {
    "categories": Resource.CATEGORY,
    "topics": Resource.TOPIC,
    "provisions": Resource.PROVISION,
    "revisions": Resource.REVISION,
    "wordings": Resource.WORDING,
    "events": Resource.EVENT,
    "positions": Resource.POSITION,
    "silence_procedures": Resource.SILENCE_PROCEDURE,
    "companions": Resource.COMPANION,
    "disputes": Resource.DISPUTE,
    "relations": Resource.RELATION,
    "rulings": Resource.RULING,
    "implementations": Resource.IMPLEMENTATION,
}
# What was withdrawn without a level stands in no file.
WITHDRAWN_WITHOUT_A_LEVEL = {Resource.RULING, Resource.IMPLEMENTATION}
# What has a place in a list; anything else is sorted by key.
ORDERED = {Resource.CATEGORY, Resource.PROVISION, Resource.REVISION}


@dataclass(frozen=True, slots=True)
class Whole:
    """The contents of a plan, why positions were retracted, by key, and the seq up to which this is what stood."""

    contents: PlanContents
    retracted: Mapping[str, str]
    seq: int


def whole(slug: str) -> Whole:
    """What stands on record of a plan. Raises Plan.DoesNotExist."""
    with one_moment():
        plan = Plan.objects.get(slug=slug)
        retracted = Retraction.objects.filter(position__plan=plan).values_list("position__key", "reason")
        return Whole(_contents(plan), dict(retracted), plan.seq)


def _contents(plan: Plan) -> PlanContents:
    head = _one(plan, Resource.PLAN, plan.slug)
    kinds = {name: _standing(plan, resource) for name, resource in KINDS.items()}
    named = {key for each in chain.from_iterable(kinds.values()) for kind, key in references(each) if kind == "source"}
    noted = Change.objects.filter(plan=plan, resource=Resource.SOURCE).values_list("key", flat=True)
    parties = held(plan, Resource.PARTY)
    return PlanContents(
        plan=head,
        parties=tuple(parties[slug].content for slug in head.parties),
        sources=_standing(plan, Resource.SOURCE, keys=named.union(noted)),
        **kinds,
    )


def _one(plan: Plan, resource: Resource, key: str) -> Any:
    found = held(plan, resource).get(key)
    if found is None:
        raise Plan.DoesNotExist
    return found.content


def _standing(plan: Plan, resource: Resource, *, keys: set[str] | None = None) -> Any:
    contents = [each.content for each in held(plan, resource, keys=keys).values()]
    if resource in WITHDRAWN_WITHOUT_A_LEVEL:
        contents = [each for each in contents if each.level is not None]
    if resource in ORDERED:
        return tuple(sorted(contents, key=lambda each: (each.order, each.slug)))
    return tuple(sorted(contents, key=lambda each: each.key))
