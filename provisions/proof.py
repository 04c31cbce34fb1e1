"""Why a line stands where it stands, and what would lift it: the proof that came with its level, in sentences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from provisions.agreement.words import Authority, Carried, Level, Move, Precision, Reading, ReadingClass
from provisions.board import Board, Cell, Row
from provisions.codebook import VOCABULARIES, Code, code
from provisions.models import Event
from provisions.words import day_in_words, listed


@dataclass(frozen=True, slots=True)
class Reason:
    """One reading that decides, or does not."""

    symbol: str
    tone: str
    text: str


@dataclass(frozen=True, slots=True)
class Step:
    """One move, and the other line that it leads to."""

    text: str
    line: Row | None = None
    level: Level | None = None


@dataclass(frozen=True, slots=True)
class Raised:
    """A flag of the line, and whom it is about."""

    code: Code
    text: str


@dataclass(frozen=True, slots=True)
class Tie:
    """A condition that binds this line to another, or another to this; `row` is the other line."""

    row: Row
    text: str


class Proof:
    """Tells the proof of one line of a board. `events` holds the titles of events that conditions name."""

    def __init__(self, row: Row, *, board: Board, events: Mapping[str, str]) -> None:
        self.row, self.board, self.events = row, board, events
        self.body = row.proof
        self.lines = {each.slug: each for each in board.rows}
        self.essential = [cell for cell in row.cells if cell.essential]
        self.others = [cell for cell in row.cells if not cell.essential]

    # ---- Why ----

    def reasons(self) -> Iterator[Reason]:
        """The readings of the essential parties, the worst class first, then a word on the others."""
        order = [ReadingClass.REJECT, ReadingClass.UNKNOWN, ReadingClass.PARTIAL, ReadingClass.CONSENT]
        for cell in sorted(self.essential, key=lambda cell: order.index(ReadingClass(cell.reading_class))):
            told = code(cell.reading)
            yield Reason(told.symbol, told.tone, self._reading(cell))
        if self.others:
            names = listed(cell.party.name for cell in self.others)
            yield Reason(
                "c-same",
                "k5",
                ngettext("%(names)s is not essential here.", "%(names)s are not essential here.", len(self.others))
                % {"names": names},
            )

    def _reading(self, cell: Cell) -> str:
        party = cell.party.name
        match cell.reading:
            case Reading.SILENT:
                return _("Nothing of %(party)s is on record for this line.") % {"party": party}
            case Reading.CLAIMED:
                return _("Only others say where %(party)s stands: %(who)s. Not counted.") % {
                    "party": party,
                    "who": listed(self._claimants(cell)),
                }
            case Reading.PRESUMED:
                return _("%(party)s is a beneficiary only and said nothing: it is taken to consent.") % {"party": party}
            case Reading.STALE:
                return _("The word of %(party)s, %(when)s, was on the %(text)s. It lapsed when the words changed.") % {
                    "party": party,
                    "when": self._when(cell),
                    "text": cell.given_on.short if cell.given_on else _("earlier text"),
                }
        said = self._said(cell)
        tail = [self._when(cell), *self._authority(cell)]
        return f"{party} {said}, {', '.join(tail)}.{self._afterthought(cell)}"

    def _said(self, cell: Cell) -> str:
        words = _these_words(cell)
        match cell.reading:
            case Reading.REJECT:
                return _("rejects %(words)s") % {"words": words}
            case Reading.RESERVE:
                return _("holds its position back on %(words)s") % {"words": words}
            case Reading.ABSTAIN:
                return _("abstains on %(words)s") % {"words": words}
            case Reading.IN_PRINCIPLE:
                return _("accepts the idea, not yet the words")
            case Reading.CONDITIONAL:
                conditions = [self.condition(each) for each in self._conditions(cell)]
                return _("accepts on a condition: %(conditions)s") % {
                    "conditions": listed(conditions) or _("which one is not on record")
                }
            case Reading.NO_OBJECTION:
                return _("does not object to %(words)s") % {"words": words}
        return _("accepts %(words)s") % {"words": words}

    def _when(self, cell: Cell) -> str:
        return day_in_words(cell.stated_on) if cell.stated_on else _("by a silence procedure")

    def _authority(self, cell: Cell) -> list[str]:
        return [str(code(Authority(cell.authority)).label).lower()] if cell.authority is not None else []

    def _afterthought(self, cell: Cell) -> str:
        """What a reader would wonder about."""
        if cell.carried == Carried.EARLIER and cell.reading_class in (ReadingClass.REJECT, ReadingClass.UNKNOWN):
            return _(" The words have changed since; an objection stands until it is taken back.")
        if cell.stated_on and cell.stated_on.precision != Precision.DAY and cell.reading_class == ReadingClass.REJECT:
            return _(" The day is not known; an objection counts from the first day of its period.")
        if cell.stated_on and cell.stated_on.precision != Precision.DAY:
            return _(" The day is not known; consent counts once its period is over.")
        return ""

    def _claimants(self, cell: Cell) -> list[str]:
        names = {party.slug: party.name for party in self.board.parties}
        return [_("the press") if slug == cell.party.slug else names.get(slug, slug) for slug in cell.claimed_by]

    def _conditions(self, cell: Cell) -> list[Mapping[str, Any]]:
        return list(self.body["readings"][cell.party.slug].get("conditions", ()))

    def condition(self, condition: Mapping[str, Any]) -> str:
        """A condition of the proof, with its state where it has one."""
        state = condition.get("state")
        tail = f" ({code(state, vocabulary='condition_state').label})" if state else ""
        match condition["kind"]:
            case "provision_reaches":
                return (
                    _("%(line)s reaches %(level)s")
                    % {"line": self._named(condition["provision"]), "level": _level_word(condition["level"])}
                    + tail
                )
            case "event_met":
                return self.events.get(condition["event"], condition["event"]) + tail
            case _:
                return _("%(line)s is not in the text") % {"line": self._named(condition["provision"])} + tail

    def _named(self, slug: str) -> str:
        row = self.lines.get(slug)
        if row is None:
            return slug
        return f"{row.number} {row.title}" if row.number else row.title

    # ---- The whole proof ----

    def whole(self) -> Iterator[tuple[str, str]]:
        """The proof as terms and descriptions."""
        counts = self.body["counts"]
        yield _("Essential"), listed(cell.party.name for cell in self.essential)
        yield _("Classes"), ", ".join(f"{counts[each.value]} {each.label}" for each in VOCABULARIES["reading_class"])
        for cell in (*self.essential, *self.others):
            yield cell.party.name, self._cell(cell)
        yield _("Package"), listed(map(self._named, self.row.package)) or _("none")
        if self.row.waits_on:
            packages = (listed(map(self._named, package)) for package in self.row.waits_on)
            yield _("Waits on"), "; ".join(packages)
        greatest = self.row.greatest
        same = greatest == self.row.level
        yield _("Greatest"), str(code(greatest).label) + (_(", the same") if same else "")

    def _cell(self, cell: Cell) -> str:
        evidence = self.body["readings"][cell.party.slug].get("evidence", ())
        sources = ", ".join(f"{each['source']} {each['grade'] or ''}".strip() for each in evidence)
        parts = [
            str(code(cell.reading).brief),
            _("authority %(number)s") % {"number": cell.authority} if cell.authority is not None else "",
            str(code(cell.carried).label),
            self._when(cell) if cell.position else "",
        ]
        return ", ".join(part for part in parts if part) + (f"; {sources}" if sources else "")

    @property
    def confidence(self) -> Code:
        return code(self.body["confidence"]["level"], vocabulary="confidence")

    def doubts(self) -> list[Code]:
        return [code(each, vocabulary="doubt") for each in self.body["confidence"]["reasons"]]

    # ---- Moves ----

    def next_moves(self) -> list[Step]:
        """The moves that lift the line to a higher level; none where these are all that it takes to agree."""
        moves = self.body["would_take"]
        return [] if moves["next"] == moves["agreed"] else [self._step(move) for move in moves["next"]]

    def agreed_moves(self) -> list[Step]:
        """The moves that lift the line to agreed."""
        return [self._step(move) for move in self.body["would_take"]["agreed"]]

    def _step(self, move: Mapping[str, Any]) -> Step:
        names = {party.slug: party.name for party in self.board.parties}
        party = names.get(move.get("party", ""), move.get("party", ""))
        match move["move"]:
            case Move.WITHDRAW_OBJECTION:
                rejects = any(cell.party.name == party and cell.reading == Reading.REJECT for cell in self.row.cells)
                words = _("%(party)s withdraws its objection") if rejects else _("%(party)s lifts its reserve")
                return Step(words % {"party": party})
            case Move.RECONFIRM:
                return Step(_("%(party)s re-confirms on the current wording") % {"party": party})
            case Move.RAISE_AUTHORITY:
                return Step(
                    _("%(party)s says so by a head of state or government, a minister or an official text")
                    % {"party": party}
                )
            case Move.DROP_CONDITION:
                condition = self.condition(move["condition"])
                return Step(
                    _("%(party)s drops its condition: %(condition)s") % {"party": party, "condition": condition}
                )
            case Move.AWAIT_EVENT:
                return Step(_("It happens: %(event)s") % {"event": self.events.get(move["event"], move["event"])})
            case Move.SETTLE_WORDS:
                return Step(_("The words are settled and can be seen"))
            case Move.CLOSE_TOGETHER:
                return Step(_("%(lines)s close together") % {"lines": listed(map(self._named, move["lines"]))})
            case Move.REACH:
                level = Level(move["level"])
                row = self.lines.get(move["line"])
                return Step(_("reaches %(level)s") % {"level": _level_word(level)}, row, level)
        return Step(_("%(party)s accepts the current wording") % {"party": party})

    # ---- Flags and conditions ----

    def flags(self) -> Iterator[Raised]:
        """The flags of the line, each with the parties that it is about."""
        for each in VOCABULARIES["flag"]:
            if each.value in self.row.flags:
                names = listed(cell.party.name for cell in self.row.cells if _raises(cell, str(each.value)))
                yield Raised(each, f"{names}. {each.definition}" if names else str(each.definition))

    def ties(self) -> Iterator[Tie]:
        """The lines that a party ties this one to, and those that are tied to this one."""
        for other in self.board.rows:
            for cell in self.row.cells:
                for condition in self._conditions(cell):
                    if condition.get("provision") == other.slug:
                        yield Tie(other, self._tie(cell, condition, _("this line")))
            for cell in other.cells if other.slug != self.row.slug else ():
                for condition in other.proof["readings"][cell.party.slug].get("conditions", ()):
                    if condition.get("provision") == self.row.slug:
                        yield Tie(other, self._tie(cell, condition, _("that line")))

    def _tie(self, cell: Cell, condition: Mapping[str, Any], which: str) -> str:
        weight = "" if cell.essential else _(" It is not essential there.")
        return (
            _("%(party)s ties %(which)s to this: %(condition)s.")
            % {"party": cell.party.name, "which": which, "condition": self.condition(condition)}
            + weight
        )


def _these_words(cell: Cell) -> str:
    match cell.carried:
        case Carried.SAME:
            return _("these words")
        case Carried.IDENTICAL:
            return _("the same words, in the %(text)s") % {"text": cell.given_on.short if cell.given_on else ""}
        case Carried.EDITORIAL:
            return _("words that are ruled the same in substance")
        case Carried.REVISION:
            return _("this text as a whole")
        case _:
            return _("the words of the %(text)s") % {"text": cell.given_on.short} if cell.given_on else _("the words")


def _level_word(level: str) -> str:
    return str(code(level, vocabulary="level").label).lower()


def _raises(cell: Cell, flag: str) -> bool:
    match flag:
        case "stale":
            return cell.reading == Reading.STALE
        case "claimed":
            return bool(cell.claimed_by)
        case "older_than_horizon":
            return cell.aged
        case "carried_by_ruling":
            return cell.carried == Carried.EDITORIAL
        case "objection_by_non_essential":
            return not cell.essential and cell.reading in (Reading.REJECT, Reading.RESERVE)
    return flag in cell.flags


def events_named(board: Board) -> dict[str, str]:
    """The titles of the events that conditions and moves of a board's lines name, by slug: one query."""
    named: set[str] = set()
    for row in board.rows:
        for reading in row.proof.get("readings", {}).values():
            named |= {each["event"] for each in reading.get("conditions", ()) if "event" in each}
    return dict(Event.objects.filter(plan__slug=board.plan, slug__in=named).values_list("slug", "title"))
