"""Plans: the list, and one with the head of its log."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.db.models import QuerySet
from typing_extensions import TypedDict

from provisions.agreement.words import Phase
from provisions.models import Plan, PlanAssessment, PlanParty, PlanVersion

from .asking import Asked
from .endpoint import Endpoint, every_log, the_levels, unknown_plan
from .shape import Listing, documented


@documented
class PlanShape(TypedDict):
    """A settlement text under negotiation, and the head of its log."""

    slug: str
    title: str
    summary: str | None
    note: str | None
    parties: list[str]
    """Slugs of the parties, in the plan's own order, which ranks nobody."""
    principals: list[str]
    """Parties whose consent is constitutive."""
    threshold: int
    """The least authority that counts, from 0 to 4; see the code list `authority`."""
    horizon_days: int
    """After so many days a party's last word is marked as old."""
    current_revision: str | None
    """The draft on the table."""
    phase: Phase | None
    """Null until levels have been worked out for the first time."""
    provisional: bool
    """True until the plan is agreed: nothing is agreed until everything is agreed."""
    seq: int
    """Number of the latest change in the plan's log. It only grows."""
    assessed_seq: int
    """The change up to which levels are worked out; behind `seq` for moments after a change."""
    assessed_on: date | None
    """The day as of which levels are worked out."""
    version: int
    """Version of the plan's own entry."""
    url: str


@documented
class PlanList(Listing):
    """All plans, by slug."""

    results: list[PlanShape]


def plan_row(asked: Asked) -> PlanShape:
    """The plan that the address names. Raises NotOnRecord."""
    slug = asked.names["plan"]
    rows = _rows(_versions().filter(plan__slug=slug), asked)
    if not rows:
        raise unknown_plan(slug)
    return rows[0]


def _plans(asked: Asked) -> Mapping[str, Any]:
    rows = _rows(_versions().order_by("plan__slug"), asked)
    listing: PlanList = {"results": rows, "next": None, "previous": None, "count": None, "seq": None}
    return listing


def _versions() -> QuerySet[PlanVersion]:
    return PlanVersion.objects.standing().select_related("plan", "current_revision")


def _rows(versions: Iterable[PlanVersion], asked: Asked) -> list[PlanShape]:
    found = list(versions)
    plans = [row.plan_id for row in found]
    whole = {row.plan_id: row for row in PlanAssessment.objects.standing().filter(plan__in=plans).only("plan", "phase")}
    places: dict[int, list[str]] = {}
    order = PlanParty.objects.filter(plan__in=plans).order_by("order")
    for plan, party in order.values_list("plan", "party__slug"):
        places.setdefault(plan, []).append(party)
    return [_row(row, places.get(row.plan_id, []), whole.get(row.plan_id), asked) for row in found]


def _row(row: PlanVersion, parties: list[str], whole: PlanAssessment | None, asked: Asked) -> PlanShape:
    plan: Plan = row.plan
    phase = Phase(whole.phase) if whole else None
    return {
        "slug": plan.slug,
        "title": row.title,
        "summary": row.summary or None,
        "note": row.note or None,
        "parties": parties,
        "principals": row.principals,
        "threshold": row.threshold,
        "horizon_days": row.horizon_days,
        "current_revision": row.current_revision.slug if row.current_revision else None,
        "phase": phase,
        "provisional": phase != Phase.AGREED,
        "seq": plan.seq,
        "assessed_seq": plan.assessed_seq,
        "assessed_on": plan.assessed_on,
        "version": row.version,
        "url": asked.url("plans", plan.slug),
    }


PLANS = Endpoint(
    name="plans",
    path="plans",
    about="plans",
    summary="All plans",
    description="Every plan with the head of its log. There are few of them: the list has one page.",
    shape=PlanList,
    answer=_plans,
    rests_on=every_log,
)

PLAN = Endpoint(
    name="plan",
    path="plans/<slug:plan>",
    about="plans",
    summary="One plan",
    description="What it is called, where it stands, and how far its log and its levels go.",
    shape=PlanShape,
    answer=plan_row,
    rests_on=the_levels,
)
