"""A plan in one flat object, for tiles."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from typing_extensions import TypedDict

from provisions.agreement.words import Gone, Level, Phase
from provisions.board import Board

from .asking import Asked
from .board import board_of, closed, updated, vector
from .endpoint import Endpoint, the_levels
from .replay import REPLAY
from .shape import documented


@documented
class SummaryShape(TypedDict):
    """Where a plan stands, without nesting. Show the eight counts beside each other, never one percentage."""

    plan: str
    title: str
    seq: int
    """Number of the latest change in the plan's log."""
    assessed_seq: int
    """The change up to which levels are worked out."""
    assessed_on: date | None
    as_of: date | None
    """The past day that is shown; null for now."""
    known_at: datetime | None
    revision: str | None
    """The revision that is evaluated."""
    revision_dated: date | None
    phase: Phase | None
    provisional: bool
    """True until the plan is agreed: nothing is agreed until everything is agreed."""
    level: Level | None
    """The weakest level among the live operative lines."""
    operative: int
    """Live operative lines; the eight counts add up to it once levels are worked out."""
    closed: int
    """Those that are agreed ad referendum or better."""
    rejected: int
    contested: int
    unaddressed: int
    open: int
    agreed_in_principle: int
    agreed_conditionally: int
    agreed_ad_referendum: int
    agreed: int
    succeeded: int
    """Lines whose words went into others."""
    withdrawn: int
    """Lines whose words are gone."""
    stale: int
    """Lines on which some consent lapsed when the words changed."""
    alarms: int
    """Lines that were agreed and then dropped."""
    refusals: int
    """Parties that refused the whole text."""
    packages: int
    """Groups of lines that close only together."""
    keystone: str | None
    """The line that, taken as agreed, lifts the most others."""
    updated: date | None
    """The latest day on which something was said that counts, or words were dated."""


def _summary(asked: Asked) -> Mapping[str, Any]:
    return _told(board_of(asked), asked)


def _told(found: Board, asked: Asked) -> Mapping[str, Any]:
    counts = vector(found.vector)
    states = [row.level for row in found.rows]
    closed_lines, operative = closed(found.closed)
    summary: SummaryShape = {
        "plan": found.plan,
        "title": found.title,
        "seq": found.seq,
        "assessed_seq": found.assessed_seq,
        "assessed_on": found.assessed_on,
        "as_of": found.as_of,
        "known_at": found.known_at,
        "revision": found.current.slug if found.current else None,
        "revision_dated": found.current.dated.day if found.current else None,
        "phase": found.phase,
        "provisional": found.provisional,
        "level": found.level,
        "operative": operative,
        "closed": closed_lines,
        **counts,
        "succeeded": states.count(Gone.SUCCEEDED),
        "withdrawn": states.count(Gone.WITHDRAWN),
        "stale": sum("stale" in row.flags for row in found.rows),
        "alarms": sum(row.alarm is not None for row in found.rows),
        "refusals": len(found.refusals),
        "packages": len(found.packages),
        "keystone": found.keystone,
        "updated": max((row.updated.day for row in found.rows if row.updated), default=None),
    }
    return summary


SUMMARY = Endpoint(
    name="summary",
    path="plans/<slug:plan>/summary",
    about="board",
    summary="One flat object for tiles",
    description="Counts and dates of the whole plan, the same keys always, nothing nested.",
    shape=SummaryShape,
    answer=_summary,
    rests_on=the_levels,
    update=updated(_told),
    parameters=REPLAY,
)
