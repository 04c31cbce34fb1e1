"""Where things on record are found in the API."""

from __future__ import annotations

from provisions.models import Resource

from .asking import Asked

# What has an address of its own below its plan; what is not here has none.
_PLACES: dict[Resource, tuple[str, ...]] = {
    Resource.PLAN: (),
    Resource.ASSESSMENT: ("board",),
}


def place_of(resource: Resource, key: str, asked: Asked) -> str | None:
    """The address of a thing of the plan that is asked about, or None where it has none."""
    path = _PLACES.get(resource)
    return None if path is None else asked.url("plans", asked.names["plan"], *path)
