"""Where things on record are found in the API."""

from __future__ import annotations

from urllib.parse import quote

from provisions.models import Resource

from .asking import Asked

# Below the plan: where things of a kind are, each under its key.
_OF_A_PLAN: dict[Resource, str] = {
    Resource.CATEGORY: "categories",
    Resource.TOPIC: "topics",
    Resource.REVISION: "revisions",
    Resource.PROVISION: "provisions",
    Resource.WORDING: "wordings",
    Resource.POSITION: "positions",
    Resource.RULING: "rulings",
    Resource.SILENCE_PROCEDURE: "silence-procedures",
    Resource.IMPLEMENTATION: "implementations",
    Resource.EVENT: "events",
    Resource.COMPANION: "companions",
    Resource.DISPUTE: "disputes",
}
# Whose key has two parts, as has the end of their address: revision/provision, or provision/day.
_OF_TWO_PARTS = {Resource.WORDING, Resource.RULING, Resource.SILENCE_PROCEDURE, Resource.IMPLEMENTATION}
# Shared by all plans.
_OF_ALL: dict[Resource, str] = {Resource.PARTY: "parties", Resource.SOURCE: "sources"}


def place_of(resource: Resource, key: str, asked: Asked) -> str | None:
    """The address of a thing of the plan that is asked about, or None where it has none."""
    plan = asked.names["plan"]
    if resource == Resource.PLAN:
        return asked.url("plans", plan)
    if resource == Resource.ASSESSMENT:
        return asked.url("plans", plan, "assessment")
    if resource in _OF_ALL:
        return asked.url(_OF_ALL[resource], quote(key))
    if resource in _OF_A_PLAN:
        return asked.url("plans", plan, _OF_A_PLAN[resource], quote(key, safe="/" if resource in _OF_TWO_PARTS else ""))
    return None
