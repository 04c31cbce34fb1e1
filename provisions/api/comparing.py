"""What changed between two texts of a plan, as data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from typing_extensions import TypedDict

from provisions.agreement.words import Gone, Level, Precision, Stance
from provisions.concordance import Absence, Comparison, Fate, comparison, ends_of_chain
from provisions.models import Plan, Relation, RelationKind
from provisions.redline import Edit

from .asking import Asked, Name, NotOnRecord
from .endpoint import Endpoint, the_levels
from .entries import must_be_among, revisions_of, the_plan
from .shape import Listing, RevisionRef, documented, revision_ref
from .texts import plain

# Words are named by their revision and their line.
WORDING_KEY = "{revision}/{provision}"


@documented
class PieceShape(TypedDict):
    """Words that share one fate. `gap` is the white space after them; joined, all pieces are the text."""

    edit: Edit
    text: str
    gap: str


@documented
class SideShape(TypedDict):
    """The words of a line in one of the two texts."""

    provision: str
    number: str | None
    text: str
    pieces: list[PieceShape]
    """What the other text does not have is `deleted` here if this is the earlier text, else `inserted`."""


@documented
class AbsenceShape(TypedDict):
    """Why a text has no words of a line."""

    why: Absence
    note: str | None


@documented
class DemandShape(TypedDict):
    """A party whose consent to the last words of a line that vanished still stands."""

    party: str
    stance: Stance
    position: str
    stated_on: date
    stated_on_precision: Precision


@documented
class PartShape(TypedDict):
    """What became of one line."""

    provision: str
    title: str
    category: str
    fate: Fate
    level: Level | Gone | None
    """Only where the later text is the one on the table."""
    missing_before: AbsenceShape | None
    missing_after: AbsenceShape | None
    demands: list[DemandShape]


@documented
class RedlineRow(TypedDict):
    """One line in both texts, or the several lines that were split or merged."""

    parts: list[PartShape]
    before: list[SideShape]
    after: list[SideShape]


@documented
class AmountShape(TypedDict):
    """A figure as one text has it."""

    value: int | float | None
    unit: str
    note: str | None
    parties: list[str]
    """Short names of the parties in whose rival words it stands; empty for the words of the text itself."""


@documented
class FigureMoveShape(TypedDict):
    """A named quantity that differs."""

    name: str
    label: str
    provision: str
    before: list[AmountShape]
    after: list[AmountShape]


@documented
class RedlineShape(Listing):
    """Two texts, line by line and word by word."""

    before: RevisionRef
    after: RevisionRef
    results: list[RedlineRow]
    figures: list[FigureMoveShape]


@documented
class TieShape(TypedDict):
    """Which words of one text answer to which of the other. Words are named revision/line."""

    fate: Fate
    before: list[str]
    after: list[str]


@documented
class RelationShape(TypedDict):
    """What an analyst called words of two texts."""

    wording: str
    other: str
    kind: RelationKind
    """What `wording` is to `other`."""
    note: str | None
    sources: list[str]
    version: int


@documented
class ConcordanceShape(Listing):
    """How the words of two texts answer to each other."""

    before: RevisionRef
    after: RevisionRef
    results: list[TieShape]
    relations: list[RelationShape]
    """What analysts said beside the lineage."""


def _compared(asked: Asked) -> tuple[Plan, Comparison]:
    """The two texts that are asked for; without them the first and the current one. Raises NotOnRecord, BadValue."""
    plan = the_plan(asked)
    ends = ends_of_chain(plan.slug) or ("", "")
    if "" in ends:
        raise NotOnRecord("The plan has no text yet.")
    for name in ("from", "to"):
        if asked[name] is not None:
            must_be_among(asked, name, revisions_of(plan))
    return plan, comparison(plan.slug, asked["from"] or ends[0], asked["to"] or ends[1])


def _frame(plan: Plan) -> Listing:
    return {"next": None, "previous": None, "count": None, "seq": plan.seq}


def _redline(asked: Asked) -> Mapping[str, Any]:
    plan, found = _compared(asked)
    rows = found.rows
    if wanted := asked["provision"]:
        must_be_among(asked, "provision", {part.line.slug for row in rows for part in row.parts})
        rows = tuple(row for row in rows if any(part.line.slug in wanted for part in row.parts))
    lines = {part.line.slug for row in rows for part in row.parts}
    return {
        "before": revision_ref(found.before.head),
        "after": revision_ref(found.after.head),
        "results": [
            {
                "parts": [_part(part) for part in row.parts],
                "before": [_side(side) for side in row.before],
                "after": [_side(side) for side in row.after],
            }
            for row in rows
        ],
        "figures": [
            {
                "name": move.name,
                "label": move.label,
                "provision": move.line,
                "before": _amounts(move.before),
                "after": _amounts(move.after),
            }
            for move in found.figures
            if move.line in lines
        ],
        **_frame(plan),
    }


def _part(part: Any) -> PartShape:
    return {
        "provision": part.line.slug,
        "title": part.line.title,
        "category": part.line.category,
        "fate": part.fate,
        "level": part.level,
        "missing_before": _absence(part.before),
        "missing_after": _absence(part.after),
        "demands": [
            {
                "party": each.party.slug,
                "stance": each.stance,
                "position": each.key,
                "stated_on": each.stated_on.day,
                "stated_on_precision": each.stated_on.precision,
            }
            for each in part.demands
        ],
    }


def _absence(missing: Any) -> AbsenceShape | None:
    return {"why": missing.why, "note": missing.note or None} if missing else None


def _side(side: Any) -> SideShape:
    return {
        "provision": side.line.slug,
        "number": side.words.number or None,
        "text": side.text,
        "pieces": [{"edit": piece.edit, "text": piece.text, "gap": piece.gap} for piece in side.pieces],
    }


def _amounts(amounts: Iterable[Any]) -> list[AmountShape]:
    return [
        {
            "value": plain(each.figure.value),
            "unit": each.figure.unit,
            "note": each.figure.note or None,
            "parties": list(each.parties),
        }
        for each in amounts
    ]


def _concordance(asked: Asked) -> Mapping[str, Any]:
    plan, found = _compared(asked)
    return {
        "before": revision_ref(found.before.head),
        "after": revision_ref(found.after.head),
        "results": [_tie(row) for row in found.rows],
        "relations": _relations(plan, found.before.slug, found.after.slug),
        **_frame(plan),
    }


def _tie(row: Any) -> TieShape:
    before, after = (
        [WORDING_KEY.format(revision=side.words.revision, provision=side.words.line) for side in sides]
        for sides in (row.before, row.after)
    )
    # Lines that were split or merged share a row, and that is what became of them all.
    shared = (Fate.SPLIT, Fate.MERGED, *Fate)
    return {"fate": next(fate for fate in shared if fate in row.fates), "before": before, "after": after}


def _relations(plan: Plan, before: str, after: str) -> list[RelationShape]:
    rows = (
        Relation.objects.filter(
            wording__revision__plan=plan,
            other__revision__plan=plan,
            wording__revision__slug__in=(before, after),
            other__revision__slug__in=(before, after),
        )
        .select_related("wording__revision", "wording__provision", "other__revision", "other__provision")
        .prefetch_related("sources")
        .order_by("wording__revision__order", "wording__provision__order", "pk")
    )
    return [
        {
            "wording": f"{row.wording.revision.slug}/{row.wording.provision.slug}",
            "other": f"{row.other.revision.slug}/{row.other.provision.slug}",
            "kind": RelationKind(row.kind),
            "note": row.note or None,
            "sources": sorted(source.slug for source in row.sources.all()),
            "version": row.version,
        }
        for row in rows
    ]


TEXTS = (
    Name(name="from", does="The earlier text, by the slug of its revision; the first of the chain without it."),
    Name(name="to", does="The later text; the current one without it."),
)

REDLINE = Endpoint(
    name="redline",
    path="plans/<slug:plan>/redline",
    about="record",
    summary="What changed between two texts",
    description="Operations on words, figures that moved, lines that were split, merged, added or left out.",
    shape=RedlineShape,
    answer=_redline,
    rests_on=the_levels,
    parameters=(*TEXTS, Name(name="provision", does="Only the rows with this line.", repeats=True)),
)

CONCORDANCE = Endpoint(
    name="concordance",
    path="plans/<slug:plan>/concordance",
    about="record",
    summary="Which words answer to which",
    description="The lineage of the words of two texts, and what analysts called them beside it.",
    shape=ConcordanceShape,
    answer=_concordance,
    rests_on=the_levels,
    parameters=TEXTS,
)
