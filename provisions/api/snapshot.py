"""Everything at once: a mirror is a snapshot, and from then on the feed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from typing_extensions import TypedDict

from parties.models import Party, Source

from .asking import Asked
from .beside import COMPANIONS, DISPUTES, EVENTS, CompanionShape, DisputeShape, EventShape
from .endpoint import Endpoint, every_log
from .entries import the_plan
from .groups import CATEGORIES, TOPICS, CategoryEntry, TopicEntry
from .implementing import IMPLEMENTATIONS, ImplementationShape
from .plans import PlanShape, plan_row
from .said import POSITIONS, RULINGS, SILENCE_PROCEDURES, PositionShape, RulingEntry, SilenceShape
from .shape import documented
from .sources import PartyShape, SourceShape, party_row, source_row, sources_of
from .texts import PROVISIONS, REVISIONS, WORDINGS, ProvisionShape, RevisionShape, WordingShape


@documented
class SnapshotShape(TypedDict):
    """A plan's record at one moment. Each list has the rows of the resource of that name."""

    seq: int
    """The change up to which this is told."""
    next: str
    """The cursor to go on with: send it to the plan's changes as `since`."""
    plan: PlanShape
    parties: list[PartyShape]
    sources: list[SourceShape]
    """The sources that the rest names."""
    categories: list[CategoryEntry]
    topics: list[TopicEntry]
    revisions: list[RevisionShape]
    provisions: list[ProvisionShape]
    wordings: list[WordingShape]
    positions: list[PositionShape]
    """Those that were retracted, too."""
    rulings: list[RulingEntry]
    silence_procedures: list[SilenceShape]
    implementations: list[ImplementationShape]
    events: list[EventShape]
    companions: list[CompanionShape]
    disputes: list[DisputeShape]


KINDS = (
    CATEGORIES,
    TOPICS,
    REVISIONS,
    PROVISIONS,
    WORDINGS,
    POSITIONS,
    RULINGS,
    SILENCE_PROCEDURES,
    IMPLEMENTATIONS,
    EVENTS,
    COMPANIONS,
    DISPUTES,
)


def _snapshot(asked: Asked) -> Mapping[str, Any]:
    plan = the_plan(asked)
    parts = {kind.plural.replace("-", "_"): kind.all_of(plan, asked) for kind in KINDS}
    parties = Party.objects.filter(places__plan=plan).order_by("places__order")
    sources = Source.objects.filter(slug__in=sources_of(parts)).order_by("slug")
    return {
        "seq": plan.seq,
        "next": f"{plan.epoch}.{plan.seq}",
        "plan": plan_row(asked),
        "parties": [party_row(row, asked) for row in parties],
        "sources": [source_row(row, asked) for row in sources],
        **parts,
    }


SNAPSHOT = Endpoint(
    name="snapshot",
    path="plans/<slug:plan>/snapshot",
    about="changes",
    summary="Everything at once",
    description=(
        "The whole record of a plan at one moment, with the cursor from which the feed goes on. To keep a mirror: take "
        "a snapshot, then follow the changes and read again what they name."
    ),
    shape=SnapshotShape,
    answer=_snapshot,
    # It tells sources and parties in full, which other plans may change as well.
    rests_on=every_log,
)
