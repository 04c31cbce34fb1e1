"""What a board is made of, as plain values."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from provisions.agreement.words import Authority, Carried, Gone, Kind, Level, Phase, Provenance, Reading, Stance
from provisions.contents import When

from .state import State


@dataclass(frozen=True, slots=True)
class PartyHead:
    """A party in the plan's own order."""

    slug: str
    name: str
    short: str
    principal: bool


@dataclass(frozen=True, slots=True)
class RevisionHead:
    """A draft, as a column head or a tag shows it."""

    slug: str
    title: str
    short: str
    dated: When
    provenance: Provenance


@dataclass(frozen=True, slots=True)
class Cell:
    """How one party reads on one line, and the one position that decides it."""

    party: PartyHead
    essential: bool
    reading: Reading
    reading_class: str
    stance: str | None = None
    authority: int | None = None
    position: str | None = None
    stated_on: When | None = None
    given_on: RevisionHead | None = None
    carried: Carried = Carried.NONE
    aged: bool = False
    looked_on: date | None = None
    """When somebody last looked for a newer word and found none, unless that is long ago, too."""
    claimed_by: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LastWord:
    """What a party last said of a line that is gone, in its own voice. It is read as nothing any more."""

    party: PartyHead
    stance: Stance
    stated_on: When
    given_on: RevisionHead
    of_the_whole: bool


@dataclass(frozen=True, slots=True)
class RulingMark:
    """An analyst's own status that still holds for the words: beside the computed level, counts nowhere."""

    level: Level
    reason: str
    wording: str
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class Row:
    """One line. `level` is None until it was worked out.

    A line that is gone has no cells and no counts, but the last words that were said of it, and the level at which it
    stands in the last text that had it.
    """

    slug: str
    title: str
    lead: str
    gist: str
    category: str
    kind: Kind
    first_number: str | None
    number: str | None
    level: Level | Gone | None
    greatest: Level | None
    last_level: Level | None
    change: str
    last_change: str | None
    updated: When | None
    cells: tuple[Cell, ...] = ()
    last_words: tuple[LastWord, ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict)
    interval: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    alarm: str | None = None
    removal: str = ""
    package: tuple[str, ...] = ()
    waits_on: tuple[tuple[str, ...], ...] = ()
    moves: int | None = None
    keystone: bool = False
    ruling: RulingMark | None = None
    proof: Mapping[str, Any] = field(default_factory=dict)
    # What doors have written of the row, which holds as long as the row is the same.
    written: dict[Any, bytes] = field(default_factory=dict, compare=False, repr=False)

    @property
    def live(self) -> bool:
        """Whether the line has words in the text that is shown."""
        return not isinstance(self.level, Gone)

    @property
    def blockers(self) -> list[Cell]:
        """The essential readings that keep the line where it is: the worst class among them, never consent."""
        order = ("reject", "unknown", "partial")
        essential = [cell for cell in self.cells if cell.essential]
        worst = next((name for name in order if any(cell.reading_class == name for cell in essential)), None)
        return [cell for cell in essential if cell.reading_class == worst]


@dataclass(frozen=True, slots=True)
class CategoryBoard:
    """A category: the vector of its live operative lines, never a mean."""

    slug: str
    title: str
    level: Level | None
    vector: Mapping[str, int]
    closed: str
    rows: tuple[Row, ...]

    @property
    def live(self) -> int:
        return sum(row.live for row in self.rows)

    @property
    def gone(self) -> Mapping[str, int]:
        """Lines that are gone, by what became of them."""
        found = Counter(row.level for row in self.rows)
        return {state: found[state] for state in Gone if state in found}


@dataclass(frozen=True, slots=True)
class Refusal:
    """A party that refused a whole text, which one, and when."""

    party: PartyHead
    position: str
    stance: str
    stated_on: When
    given_on: RevisionHead


@dataclass(frozen=True, slots=True)
class Board:
    """A plan with all its lines, as they stand or stood.

    `as_of` and `known_at` are None for "now", `asked_revision` for the text on the table.
    """

    plan: str
    title: str
    summary: str
    state: State
    as_of: date | None
    known_at: datetime | None
    asked_revision: str | None
    phase: Phase | None
    provisional: bool
    current: RevisionHead | None
    first: RevisionHead | None
    chain: tuple[RevisionHead, ...]
    parties: tuple[PartyHead, ...]
    categories: tuple[CategoryBoard, ...]
    refusals: tuple[Refusal, ...]
    packages: tuple[tuple[str, ...], ...]
    keystone: str | None
    threshold: Authority
    vector: Mapping[str, int]
    closed: str
    level: Level | None

    @property
    def seq(self) -> int:
        return self.state.seq

    @property
    def assessed_seq(self) -> int:
        return self.state.assessed_seq

    @property
    def assessed_on(self) -> date | None:
        return self.state.assessed_on

    @property
    def replayed(self) -> bool:
        """Whether it was worked out for this reading, and not as the levels stand."""
        return self.as_of is not None or self.known_at is not None or self.asked_revision is not None

    @property
    def day(self) -> date | None:
        """The day as of which the lines are shown."""
        return self.as_of or (self.known_at.date() if self.known_at else self.assessed_on)

    @property
    def rows(self) -> list[Row]:
        """All lines, category by category."""
        return [row for category in self.categories for row in category.rows]

    @property
    def settling(self) -> bool:
        """Whether a recomputation is due, so that levels may lag behind the record."""
        return not self.replayed and self.assessed_seq < self.seq
