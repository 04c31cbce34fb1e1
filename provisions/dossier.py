"""A plan as one document to print: every line with its words, its level and why, and what each party said, sourced."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from parties.models import Source
from provisions.assessing import one_moment
from provisions.board import Board, Cell, Row, board_of_the_moment
from provisions.details import Detail, details
from provisions.implementing import Step, current, histories
from provisions.models import Plan, Position
from provisions.proof import Proof, events_named


@dataclass(frozen=True, slots=True)
class Word:
    """How a party reads on a line, and the position that decides it, if one does."""

    cell: Cell
    said: Position | None


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the dossier. One that is gone has no proof and no words of the parties.

    `steps` are what is on record of how far it was carried out, the earliest first.
    """

    row: Row
    detail: Detail
    proof: Proof | None
    words: tuple[Word, ...]
    steps: tuple[Step, ...]

    @property
    def carried_out(self) -> Step | None:
        """The step that holds."""
        return current(self.steps)


@dataclass(frozen=True, slots=True)
class Chapter:
    """A category with its lines, in the order of the board."""

    slug: str
    title: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Dossier:
    """A plan in full, and the sources that it names, by slug in the order of the alphabet."""

    board: Board
    chapters: tuple[Chapter, ...]
    sources: Mapping[str, Source]


def dossier(
    plan: str, *, as_of: date | None = None, known_at: datetime | None = None, revision: str | None = None
) -> Dossier:
    """The dossier of now; or of a past day, as it was known at a moment, or of another text, like the board.

    Raises Plan.DoesNotExist, PlanVersion.DoesNotExist. The number of queries does not grow with the record.
    """
    with one_moment():
        found = board_of_the_moment(plan, as_of=as_of, known_at=known_at, revision=revision)
        shown = details(found, [row.slug for row in found.rows])
        titles = events_named(found)
        deciding = {cell.position for row in found.rows for cell in row.cells if cell.position}
        positions = Position.objects.filter(plan__slug=plan, key__in=deciding).prefetch_related("evidence__source")
        said = {position.key: position for position in positions}
        steps = histories(Plan.objects.get(slug=plan), until=as_of, known_at=known_at)
        read_in = {slug for history in steps.values() for step in history for slug in step.said.sources}
        sources = {source.slug: source for source in (Source.objects.filter(slug__in=read_in) if read_in else ())}
    sources |= {
        evidence.source.slug: evidence.source for position in said.values() for evidence in position.evidence.all()
    }

    def entry(row: Row) -> Entry:
        return Entry(
            row=row,
            detail=shown[row.slug],
            proof=Proof(row, board=found, events=titles) if row.cells else None,
            words=tuple(Word(cell, said.get(cell.position or "")) for cell in row.cells),
            steps=steps.get(row.slug, ()),
        )

    chapters = (
        Chapter(each.slug, each.title, tuple(entry(row) for row in each.rows)) for each in found.categories if each.rows
    )
    return Dossier(found, tuple(chapters), dict(sorted(sources.items())))
