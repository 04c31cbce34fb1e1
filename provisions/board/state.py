"""The state of a plan: while it is the same, so is all that can be read of the plan as it stands."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from django.db.models import Sum

from provisions.models import Plan


class State(NamedTuple):
    """The head of the log, how far and for which day levels are worked out, and what the parties are called.

    A recomputation that moves nothing leaves `seq` alone, and a party that several plans share is renamed in the log
    of one of them. Versions only grow, so that their sum is never the same again.
    """

    pk: int
    plan: str
    epoch: str
    seq: int
    assessed_seq: int
    assessed_on: date | None
    names: int | None

    @property
    def head(self) -> str:
        """All of it as one short text."""
        day = f"{self.assessed_on:%Y%m%d}" if self.assessed_on else "-"
        parts = (self.epoch, self.seq, self.assessed_seq, day, self.names)
        return ".".join(str(part) for part in parts if part is not None)


def plan_state(plan: str) -> State:
    """The state of a plan, in one query. Raises Plan.DoesNotExist."""
    columns = ("pk", "slug", "epoch", "seq", "assessed_seq", "assessed_on", "names")
    found = Plan.objects.filter(slug=plan).annotate(names=Sum("places__party__version")).values_list(*columns).first()
    if found is None:
        raise Plan.DoesNotExist(plan)
    return State(*found)
