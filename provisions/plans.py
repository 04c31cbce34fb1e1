"""All plans on record, each in a few lines: what it is, which text is on the table, and how far it is agreed."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Max

from provisions.agreement.words import Level, Phase, Precision
from provisions.contents import When
from provisions.models import Change, PlanAssessment, PlanParty, PlanVersion, RevisionVersion

CLOSED = (Level.AGREED, Level.AGREED_AD_REFERENDUM)


@dataclass(frozen=True, slots=True)
class PlanCard:
    """A plan as the list of plans shows it; `vector` counts its live operative lines by level."""

    slug: str
    title: str
    summary: str
    parties: tuple[str, ...]
    text: str | None
    dated: When | None
    phase: Phase | None
    vector: Mapping[Level, int]
    changed_at: datetime | None

    @property
    def lines(self) -> int:
        return sum(self.vector.values())

    @property
    def closed(self) -> str:
        """How many lines are agreed at least ad referendum, of how many."""
        return f"{sum(self.vector.get(level, 0) for level in CLOSED)}/{self.lines}"


def plans() -> list[PlanCard]:
    """Every plan, by title, in five queries."""
    versions = list(PlanVersion.objects.standing().select_related("plan").order_by("title", "plan__slug"))
    current = {row.current_revision_id for row in versions if row.current_revision_id}
    texts = {row.revision_id: row for row in RevisionVersion.objects.standing().filter(revision__in=current)}
    whole = {row.plan_id: row for row in PlanAssessment.objects.standing()}
    latest = dict(Change.objects.values_list("plan").annotate(Max("recorded_at")))
    parties: dict[int, list[str]] = defaultdict(list)
    for plan, short in PlanParty.objects.order_by("plan", "order").values_list("plan", "party__short"):
        parties[plan].append(short)
    return [
        _card(row, parties[row.plan_id], texts.get(row.current_revision_id or 0), whole, latest) for row in versions
    ]


def _card(
    row: PlanVersion,
    parties: Iterable[str],
    text: RevisionVersion | None,
    whole: Mapping[int, PlanAssessment],
    latest: Mapping[int, datetime],
) -> PlanCard:
    assessed = whole.get(row.plan_id)
    return PlanCard(
        slug=row.plan.slug,
        title=row.title,
        summary=row.summary,
        parties=tuple(parties),
        text=text.title if text else None,
        dated=When(text.dated, Precision(text.dated_precision), text.dated_approximate) if text else None,
        phase=Phase(assessed.phase) if assessed else None,
        vector=_vector(assessed.body["categories"]) if assessed else {},
        changed_at=latest.get(row.plan_id),
    )


def _vector(categories: Mapping[str, Any]) -> dict[Level, int]:
    counts: Counter[str] = Counter()
    for roll in categories.values():
        counts.update(roll["vector"])
    return {level: counts[level] for level in Level if counts[level]}
