"""Where does one party stand? What it said of every line, what the text asks of it, what it asks, where it moved."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from provisions.agreement.words import Precision, Reading, ReadingClass, Role, Stance
from provisions.assessing import one_moment
from provisions.board import Board, Cell, PartyHead, Refusal, RevisionHead, Row, board, revision_head
from provisions.codebook import VOCABULARIES, Code
from provisions.contents import When
from provisions.models import Plan, PlanVersion, Position, ProvisionRole, ProvisionVersion, RevisionVersion
from provisions.numbering import counting
from provisions.proof import Proof, events_named

ASKING = (Role.OBLIGOR, Role.GUARANTOR, Role.VERIFIER)
HOLDING_BACK = (Reading.REJECT, Reading.RESERVE, Reading.CONDITIONAL)


@dataclass(frozen=True, slots=True)
class Said:
    """What was said, by whom and of which text. Not counted: what others say, and voices below the threshold."""

    key: str
    when: When
    stance: Stance
    summary: str
    speaker: str
    claimed_by: PartyHead | None
    counted: bool
    line: str
    title: str
    text: RevisionHead


@dataclass(frozen=True, slots=True)
class Standing:
    """A line of the text, how the party reads on it, by which words, and with which roles."""

    row: Row
    cell: Cell
    said: Said | None
    roles: tuple[Role, ...]

    @property
    def asked(self) -> tuple[Role, ...]:
        """The roles by which the line asks something of the party."""
        return tuple(role for role in ASKING if role in self.roles)


@dataclass(frozen=True, slots=True)
class Ask:
    """A line on which the party holds back, and the conditions that it names."""

    standing: Standing
    conditions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Shift:
    """The party spoke otherwise than before, of the same line or of whole texts."""

    before: Said
    after: Said


@dataclass(frozen=True, slots=True)
class Viewpoint:
    """A party and the record: `lines` has every live line, the rest is the latest first."""

    board: Board
    party: PartyHead
    note: str
    lines: tuple[Standing, ...]
    of_the_whole: tuple[Said, ...]
    asks: tuple[Ask, ...]
    shifts: tuple[Shift, ...]
    claims: tuple[Said, ...]

    @property
    def tally(self) -> list[tuple[Code, int]]:
        """How many lines it reads in which way."""
        count = Counter(each.cell.reading for each in self.lines)
        return [(each, count[each.value]) for each in VOCABULARIES["reading"] if count[each.value]]

    @property
    def essential(self) -> list[Standing]:
        return [each for each in self.lines if each.cell.essential]

    @property
    def consents(self) -> int:
        """On how many of the lines that need it, it consents."""
        return sum(each.cell.reading_class == ReadingClass.CONSENT for each in self.essential)

    @property
    def waiting(self) -> list[Standing]:
        """The lines to which every other essential party consents already."""
        return [
            each
            for each in self.essential
            if each.cell.reading_class != ReadingClass.CONSENT
            and len([cell for cell in each.row.cells if cell.essential]) > 1
            and all(
                cell.reading_class == ReadingClass.CONSENT
                for cell in each.row.cells
                if cell.essential and cell.party != self.party
            )
        ]

    @property
    def duties(self) -> list[Standing]:
        """The lines that ask something of it."""
        return [each for each in self.lines if each.asked]

    @property
    def touched(self) -> list[Standing]:
        """The lines in which it has a part that asks nothing of it."""
        return [each for each in self.lines if each.roles and not each.asked]

    @property
    def refusal(self) -> Refusal | None:
        return next((each for each in self.board.refusals if each.party == self.party), None)


class NoSuchParty(LookupError):
    """The party takes no part in the plan."""


def viewpoint(plan: str, party: str) -> Viewpoint:
    """All that is on record of a party in a plan, in a fixed number of queries.

    Raises Plan.DoesNotExist, PlanVersion.DoesNotExist, NoSuchParty.
    """
    with one_moment():
        return _Reading(plan, party).viewpoint()


class _Reading:
    """What is fetched once for a viewpoint."""

    def __init__(self, plan: str, party: str) -> None:
        self.board = board(plan)
        self.parties = {each.slug: each for each in self.board.parties}
        if party not in self.parties:
            raise NoSuchParty(party)
        self.party = self.parties[party]
        self.plan = Plan.objects.get(slug=plan)
        self.threshold = PlanVersion.objects.standing().get(plan=self.plan).threshold
        self.said = list(self._said())
        self.by_key = {each.key: each for each in self.said}

    def viewpoint(self) -> Viewpoint:
        roles = self._roles()
        lines = tuple(
            Standing(row, cell, self.by_key.get(cell.position or ""), roles.get(row.slug, ()))
            for row in sorted(self.board.rows, key=lambda row: counting(row.number))
            if row.live
            for cell in row.cells
            if cell.party == self.party
        )
        counted = [each for each in self.said if each.counted]
        return Viewpoint(
            board=self.board,
            party=self.party,
            note=self.plan.parties.get(slug=self.party.slug).note,
            lines=lines,
            of_the_whole=tuple(each for each in reversed(counted) if not each.line),
            asks=tuple(self._asks(lines)),
            shifts=tuple(reversed(list(_shifts(counted)))),
            claims=tuple(each for each in reversed(self.said) if not each.counted),
        )

    def _said(self) -> Iterator[Said]:
        """Everything about the party that was not retracted, the earliest first."""
        heads = {
            row.revision.slug: revision_head(row)
            for row in RevisionVersion.objects.standing().filter(revision__plan=self.plan).select_related("revision")
        }
        titles = {
            slug: (parent or slug, title)
            for slug, parent, title in ProvisionVersion.objects.standing()
            .filter(provision__plan=self.plan)
            .values_list("provision__slug", "provision__parent__slug", "title")
        }
        rows = Position.objects.filter(plan=self.plan, party__slug=self.party.slug, retraction=None)
        columns = (
            "key", "stated_on", "precision", "approximate", "stance", "authority", "summary", "speaker",
            "asserted_by__slug", "wording__provision__slug", "wording__revision__slug", "revision__slug",
        )  # fmt: skip
        for row in rows.order_by("stated_on", "pk").values_list(*columns, named=True):
            line, title = titles.get(row.wording__provision__slug, ("", ""))
            yield self._one(row, line, title, heads[row.wording__revision__slug or row.revision__slug])

    def _one(self, row: Any, line: str, title: str, text: RevisionHead) -> Said:
        own = row.asserted_by__slug == self.party.slug
        return Said(
            key=row.key,
            when=When(row.stated_on, Precision(row.precision), row.approximate),
            stance=Stance(row.stance),
            summary=row.summary,
            speaker=row.speaker,
            claimed_by=None if own else self.parties[row.asserted_by__slug],
            counted=own and row.authority >= self.threshold,
            line=line,
            title=title,
            text=text,
        )

    def _roles(self) -> dict[str, tuple[Role, ...]]:
        rows = ProvisionRole.objects.filter(
            party__slug=self.party.slug,
            provision_version__provision__plan=self.plan,
            provision_version__provision__parent=None,
            provision_version__superseded_at=None,
        )
        roles: dict[str, tuple[Role, ...]] = {}
        for line, role in rows.values_list("provision_version__provision__slug", "role"):
            roles[line] = (*roles.get(line, ()), Role(role))
        return roles

    def _asks(self, lines: Sequence[Standing]) -> list[Ask]:
        events = events_named(self.board)
        asks = []
        for each in lines:
            if each.said is not None and each.cell.reading in HOLDING_BACK:
                proof = Proof(each.row, board=self.board, events=events)
                conditions = each.row.proof["readings"][self.party.slug]["conditions"]
                asks.append(Ask(each, tuple(proof.condition(condition) for condition in conditions)))
        return sorted(asks, key=lambda ask: ask.standing.said.when.day, reverse=True)  # type: ignore[union-attr]


def _shifts(said: Sequence[Said]) -> Iterator[Shift]:
    """Each time that what was said of a line, or of whole texts, differs from what was said before."""
    last: dict[str, Said] = {}
    for each in said:
        before = last.get(each.line)
        if before is not None and before.stance != each.stance:
            yield Shift(before, each)
        last[each.line] = each
