"""What can the record no longer lean on? Disputed records, consent to earlier words, and words that have grown old."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from provisions.agreement.words import Flag, Precision, Reading, WordingChange
from provisions.assessing import one_moment
from provisions.board import Board, Cell, RevisionHead, Row, board
from provisions.contents import When
from provisions.models import PlanVersion, Position, WordingVersion
from provisions.numbering import counting

DISPUTED, STALE, AGED = "disputed", "stale", "aged"
KINDS: dict[str, Callable[[Cell], bool]] = {
    DISPUTED: lambda cell: Flag.DISPUTED_RECORD in cell.flags,
    STALE: lambda cell: cell.reading == Reading.STALE,
    AGED: lambda cell: cell.aged,
}


@dataclass(frozen=True, slots=True)
class Doubt:
    """A party's word on a line that somebody should ask about again; in one kind only, the most pressing one."""

    kind: str
    row: Row
    cell: Cell

    @property
    def deciding(self) -> bool:
        """Whether the level of the line needs this party."""
        return self.cell.essential

    @property
    def settled(self) -> bool:
        """Whether somebody looked within the horizon, and found nothing new."""
        return self.cell.looked_on is not None

    @property
    def place(self) -> str:
        """How an address names it."""
        return f"{self.row.slug}.{self.cell.party.slug}"


def doubts(board: Board) -> list[Doubt]:
    """All of them: those that nobody looked after first, of these the deciding ones, by the number of the line.

    No query.
    """
    found = [
        Doubt(kind, row, cell)
        for row in sorted(board.rows, key=lambda row: counting(row.number))
        for cell in row.cells
        if (kind := next((kind for kind, fits in KINDS.items() if fits(cell)), ""))
    ]
    return sorted(found, key=lambda doubt: (doubt.settled, not doubt.deciding))


def following(board: Board, place: str, *, kind: str, party: str = "") -> Doubt | None:
    """The doubt of a kind that comes after the one at a place, among those that nobody looked after. No query."""
    found = [each for each in doubts(board) if each.kind == kind and (not party or each.cell.party.slug == party)]
    here = next((n for n, doubt in enumerate(found) if doubt.place == place), len(found))
    return next((doubt for doubt in found[here + 1 :] if not doubt.settled), None)


@dataclass(frozen=True, slots=True)
class OnRecord:
    """The words that a doubt is about; `age` is in days."""

    when: When
    summary: str
    speaker: str
    age: int | None


@dataclass(frozen=True, slots=True)
class Changed:
    """Words that changed in substance, in a text, at the version that was read: who looks may rule otherwise."""

    key: str
    version: int
    text: RevisionHead


@dataclass(frozen=True, slots=True)
class Asked:
    """A doubt with the words that it is about, and for consent on earlier words what changed since."""

    doubt: Doubt
    said: OnRecord
    changes: tuple[Changed, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """Doubts of one kind: how many there are, of how many somebody looked and found nothing new, those that are shown,
    and where the rest begins (empty at the end)."""

    kind: str
    total: int
    settled: int
    shown: tuple[Asked, ...]
    more: str


@dataclass(frozen=True, slots=True)
class Queue:
    """The queue of a plan, kind by kind."""

    board: Board
    horizon: int
    sections: tuple[Section, ...]

    @property
    def total(self) -> int:
        return sum(section.total for section in self.sections)


def queue(plan: str, *, party: str = "", only: str = "", since: str = "", limit: int = 10) -> Queue:
    """The queue, or that of one party; `only` one kind of it from the place `since` on.

    Raises Plan.DoesNotExist, PlanVersion.DoesNotExist. The number of queries does not grow with the record.
    """
    with one_moment():
        found = board(plan)
        horizon = PlanVersion.objects.standing().get(plan__slug=plan).horizon_days
        doubted = [doubt for doubt in doubts(found) if not party or doubt.cell.party.slug == party]
        cut = {
            kind: _cut([doubt for doubt in doubted if doubt.kind == kind], since=since, limit=limit)
            for kind in KINDS
            if not only or kind == only
        }
        words = _words(found, [doubt for _total, shown, _more in cut.values() for doubt in shown])
        stale = {doubt.row.slug for _total, shown, _more in cut.values() for doubt in shown if doubt.kind == STALE}
        changed = _changed(found, stale)
    return Queue(
        board=found,
        horizon=horizon,
        sections=tuple(
            Section(
                kind=kind,
                total=total,
                settled=sum(doubt.settled for doubt in doubted if doubt.kind == kind),
                shown=tuple(
                    Asked(doubt, words[doubt.cell.position or ""], tuple(_since(doubt, changed, found)))
                    for doubt in shown
                ),
                more=more,
            )
            for kind, (total, shown, more) in cut.items()
        ),
    )


def _cut(doubted: list[Doubt], *, since: str, limit: int) -> tuple[int, list[Doubt], str]:
    start = next((n for n, doubt in enumerate(doubted) if doubt.place == since), 0)
    rest = doubted[start + limit : start + limit + 1]
    return len(doubted), doubted[start : start + limit], rest[0].place if rest else ""


def _words(found: Board, doubted: list[Doubt]) -> dict[str, OnRecord]:
    keys = {doubt.cell.position for doubt in doubted}
    rows = Position.objects.filter(plan__slug=found.plan, key__in=keys)
    columns = ("key", "stated_on", "precision", "approximate", "summary", "speaker")
    return {row.key: _on_record(row, found) for row in rows.values_list(*columns, named=True)}


def _changed(found: Board, lines: set[str]) -> dict[str, dict[str, Changed]]:
    """By line and text, the words that changed in substance from those of one line."""
    heads = {head.slug: head for head in found.chain}
    rows = WordingVersion.objects.standing().filter(
        revision__plan__slug=found.plan,
        revision__slug__in=heads,
        wording__provision__slug__in=lines,
        change=WordingChange.SUBSTANTIVE,
    )
    changed: dict[str, dict[str, Changed]] = {}
    for line, text, version in rows.values_list("wording__provision__slug", "revision__slug", "version"):
        changed.setdefault(line, {})[text] = Changed(f"{text}/{line}", version, heads[text])
    return changed


def _since(doubt: Doubt, changed: dict[str, dict[str, Changed]], found: Board) -> Iterator[Changed]:
    """What changed in substance after the text that the party spoke of, the earliest first."""
    chain = [head.slug for head in found.chain]
    given_on = doubt.cell.given_on
    if doubt.kind == STALE and given_on and given_on.slug in chain:
        texts = changed.get(doubt.row.slug, {})
        yield from (texts[text] for text in chain[chain.index(given_on.slug) + 1 :] if text in texts)


def _on_record(row: Position, found: Board) -> OnRecord:
    age = (found.assessed_on - row.stated_on).days if found.assessed_on else None
    return OnRecord(When(row.stated_on, Precision(row.precision), row.approximate), row.summary, row.speaker, age)
