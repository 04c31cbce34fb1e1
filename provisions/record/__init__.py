"""THE writer. Everything that pages, API, imports and jobs put on a plan's record goes through here.

One lock (the plan's row), one transaction, one `Change` for each thing that changes, numbered in the order of commit.
`writing` is for several things together; the functions below are for one.
"""

from __future__ import annotations

from dataclasses import replace

from provisions.contents import Content, LookContent, PositionContent

from .book import Unknown
from .epochs import draw_new_epochs
from .levels import keep_assessment, note_setback
from .pen import Author, Deleted, NeedsApproval, Pen, Stale, writing
from .tombstones import bring_back, entomb
from .undo import TakenBack, revert, revert_all, saved_together, take_back, undoable, why_not

__all__ = [
    "Author",
    "Deleted",
    "NeedsApproval",
    "Pen",
    "Stale",
    "TakenBack",
    "Unknown",
    "bring_back",
    "change",
    "draw_new_epochs",
    "entomb",
    "keep_assessment",
    "note_look",
    "note_setback",
    "record_position",
    "retract_position",
    "revert",
    "revert_all",
    "saved_together",
    "take_back",
    "undoable",
    "why_not",
    "writing",
]


def record_position(plan: str, position: PositionContent, *, by: Author) -> int:
    """Put a new position on record; the seq of the change. Raises ValidationError, Unknown, Stale (the id is taken)."""
    with writing(plan, by=by) as pen:
        pen.put([position], seen={position.key: 0})
        return pen.seq


def retract_position(plan: str, key: str, *, by: Author) -> int:
    """Withdraw a position, for the author's reason; the seq of the change. Raises ValidationError."""
    with writing(plan, by=by) as pen:
        pen.retract(key, reason=by.reason)
        return pen.seq


def note_look(plan: str, look: LookContent, *, by: Author) -> int:
    """Note that somebody looked for news of a position and found none; the seq of the change. Raises Unknown.

    It says when the record was last looked after, and nothing of any party: also where a plan takes two people for a
    change, one is enough.
    """
    with writing(plan, by=replace(by, approved=True)) as pen:
        pen.put([look])
        return pen.seq


def change(plan: str, content: Content, *, seen: int, by: Author) -> int:
    """Change a thing that was read at version `seen`; the seq. Raises Stale, ValidationError, Unknown."""
    with writing(plan, by=by) as pen:
        pen.put([content], seen={content.key: seen})
        return pen.seq
