"""What an endpoint is: where it is found, what may be asked there, what its answer rests on, and the answer.

Nothing here speaks HTTP. `tracker.api` makes views, addresses and OpenAPI of these declarations.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Sum

from provisions.models import Plan

from .asking import Asked, NotOnRecord, Parameter

State = tuple[Any, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """One address of the API.

    `rests_on` reads, in one query, all that can change the answer to the same asking; the ETag is made of it, so
    what it leaves out is hidden behind a 304. Without it the answer rests on the program alone.
    """

    name: str
    path: str
    about: str
    summary: str
    description: str
    shape: type
    answer: Callable[[Asked], Mapping[str, Any]]
    rests_on: Callable[[Asked], State] | None = None
    parameters: tuple[Parameter, ...] = ()
    # What it refuses beside the parameters that it does not know.
    starts_again: bool = False


def the_log(asked: Asked) -> State:
    """The log of the plan in the address, for answers that tell what is on record. Raises NotOnRecord."""
    return _plan(asked, "epoch", "seq")


def the_levels(asked: Asked) -> State:
    """The log of the plan, how far and for what day levels are worked out, and what its parties are called.

    A recomputation that moves nothing leaves `seq` alone, and a party that several plans share is renamed in the log
    of one of them; an answer that shows either must not be taken for unchanged. Raises NotOnRecord.
    """
    # Versions only grow, and a party that joins or leaves moves seq: the sum is never the same again.
    return _plan(asked, "epoch", "seq", "assessed_seq", "assessed_on", Sum("places__party__version"))


def every_log(asked: Asked) -> State:
    """The logs of all plans, and how far their levels are worked out.

    Whatever is changed anywhere, parties and sources too, is written in the log of some plan.
    """
    return tuple(Plan.objects.order_by("slug").values_list("slug", "epoch", "seq", "assessed_seq", "assessed_on"))


def _plan(asked: Asked, *fields: Any) -> State:
    slug = asked.names["plan"]
    found = Plan.objects.filter(slug=slug).values_list(*fields).first()
    if found is None:
        raise unknown_plan(slug)
    return tuple(found)


def unknown_plan(slug: str) -> NotOnRecord:
    return NotOnRecord(f"There is no plan '{slug}'.")
