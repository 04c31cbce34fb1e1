"""Has anything changed since a page was made? A page carries a state, and asks for news with it."""

from __future__ import annotations

from typing import NamedTuple

from provisions.agreement.words import Gone, Level
from provisions.board import Board, Row
from provisions.models import Change, ChangeKind, Plan


def state_of(plan: Plan | Board) -> str:
    """The state that a page was made of: the head of the log, how far levels are worked out, and for which day."""
    return f"{plan.seq}.{plan.assessed_seq}.{plan.assessed_on or ''}"


class Moved(NamedTuple):
    """A line whose level was worked out anew, and how it stands now."""

    row: Row
    level: Level | Gone | None


def levels_that_moved(board: Board, *, since: str) -> list[Moved]:
    """The lines whose level changed after a state, in the order of the board."""
    seq = since.partition(".")[0]
    if not seq.isdecimal():
        return []
    changes = Change.objects.filter(plan__slug=board.plan, kind=ChangeKind.ASSESSED, seq__gt=int(seq))
    moved: set[str] = set()
    for before, after in changes.values_list("before__levels", "after__levels"):
        moved |= {line for line, level in after.items() if (before or {}).get(line) != level}
    return [Moved(row, row.level) for row in board.rows if row.slug in moved]
