"""What the board looks like as data."""

from __future__ import annotations

from datetime import date, datetime

from typing_extensions import TypedDict

from provisions.agreement.words import (
    Alarm,
    Carried,
    Gone,
    Kind,
    Level,
    Phase,
    Precision,
    Reading,
    ReadingClass,
    Stance,
)

from .shape import PartyRef, RevisionRef, documented


@documented
class Counts(TypedDict):
    """How many essential parties read in each class."""

    consent: int
    partial: int
    unknown: int
    reject: int


@documented
class Vector(TypedDict):
    """How many live operative lines stand at each level. Never turn it into a percentage of agreement."""

    rejected: int
    contested: int
    unaddressed: int
    open: int
    agreed_in_principle: int
    agreed_conditionally: int
    agreed_ad_referendum: int
    agreed: int


@documented
class CellShape(TypedDict):
    """How one party reads on one line, and the one position that decides it."""

    essential: bool
    """Whether the line needs the consent of this party."""
    reading: Reading
    reading_class: ReadingClass
    stance: Stance | None
    """Of the position that decides; null where there is none."""
    authority: int | None
    """From 0 to 4; see the code list `authority`."""
    position: str | None
    """Id of the position that decides."""
    stated_on: date | None
    """The day on which it was said; the first day of the period where only a month or a year is known."""
    stated_on_precision: Precision | None
    stated_on_approximate: bool | None
    given_on: str | None
    """The revision on whose words it was said."""
    carried: Carried
    """How what was said reaches the current words."""
    aged: bool
    """Whether it is older than the plan's horizon."""
    claimed_by: list[str]
    """Parties that say something about this party's stance; never counted."""
    flags: list[str]


@documented
class RulingShape(TypedDict):
    """An analyst's own status for the words of a line. It stands beside the computed level and counts nowhere."""

    level: Level
    reason: str
    wording: str
    """The words that it was made on: revision and line."""
    recorded_at: datetime


@documented
class RowShape(TypedDict):
    """One line of the plan."""

    provision: str
    """Slug of the line; it lives through renumbering."""
    number: str | None
    """Its number in the revision that is shown."""
    first_number: str | None
    """Its number in the first revision of the chain."""
    title: str
    lead: str | None
    """One sentence of what the line is about."""
    gist: str | None
    """Its words in a few words."""
    category: str
    kind: Kind
    level: Level | Gone | None
    """Where it stands, or what became of a line that is gone; null until it was worked out."""
    greatest: Level | None
    """Where it would stand if every package closed; null for a line that is gone."""
    last_level: Level | None
    """Where a line that is gone stands in the last revision that had it; null for all others."""
    provisional: bool
    """True until the plan is agreed."""
    ruling: RulingShape | None
    """What an analyst holds of it, while the words are those that it was said of."""
    counts: Counts | None
    """The readings of the essential parties by class; null for a line that is gone."""
    interval: list[str] | None
    """Support of the essential parties, at the least and at the most, as fractions."""
    flags: list[str]
    """Of the line and its readings; see the code list `flag`."""
    alarm: Alarm | None
    removal: str | None
    """What is known of why a line is gone."""
    change: str | None
    """What became of the words since the revision before; null where the line is gone."""
    change_since_first: str
    """What became of the words since the first revision of the chain: removed, or a word of the code list `change`."""
    updated: date | None
    """The latest day on which something was said of it that counts, or its words were dated."""
    updated_precision: Precision | None
    package: list[str]
    """Lines that close only together with it, itself included."""
    waits_on: list[list[str]]
    """Packages that it waits for."""
    moves: int | None
    """How many moves it would take to agreed; null where none are known."""
    keystone: bool
    """Whether it is the line that, taken as agreed, lifts the most others."""
    readings: dict[str, CellShape | None]
    """By slug of the party; null for a line that is gone. The same parties in every row."""


@documented
class CategoryShape(TypedDict):
    """A category: its lines are counted, never averaged."""

    slug: str
    title: str
    level: Level | None
    """The weakest level among its live operative lines; null if it has none."""
    vector: Vector
    closed: int
    """Live operative lines that are agreed ad referendum or better."""
    operative: int
    """Live operative lines."""
    succeeded: int
    """Lines whose words went into others."""
    withdrawn: int
    """Lines whose words are gone."""


@documented
class RefusalShape(TypedDict):
    """A party that refused the whole text."""

    party: str
    position: str
    stance: Stance
    stated_on: date
    stated_on_precision: Precision
    stated_on_approximate: bool


@documented
class BoardShape(TypedDict):
    """A plan with all its lines, as they stand, or stood on an earlier day."""

    plan: str
    title: str
    seq: int
    """Number of the latest change in the plan's log."""
    assessed_seq: int
    """The change up to which levels are worked out; behind `seq` for moments after a change."""
    assessed_on: date | None
    """The day as of which levels are worked out."""
    as_of: date | None
    """The past day that is shown; null for now."""
    known_at: datetime | None
    """Only what was on record at this moment is counted; null for everything."""
    revision: RevisionRef | None
    """The revision that is evaluated."""
    first: RevisionRef | None
    """The first revision of the chain that leads to it."""
    phase: Phase | None
    provisional: bool
    """True until the plan is agreed: nothing is agreed until everything is agreed."""
    level: Level | None
    """The weakest level among all live operative lines."""
    vector: Vector
    closed: int
    """Live operative lines that are agreed ad referendum or better."""
    operative: int
    """Live operative lines."""
    keystone: str | None
    packages: list[list[str]]
    """Lines that close only together."""
    refused_by: list[RefusalShape]
    parties: list[PartyRef]
    categories: list[CategoryShape]
    """All categories, whatever rows were asked for."""
    results: list[RowShape]
    """One row a line, category by category, in the order of the plan."""
