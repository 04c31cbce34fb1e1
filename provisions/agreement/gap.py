"""Section 7: what it would take to lift a line, how much that is, and which line would lift the most others.

The moves to a level come in stages, each of which opens the way to the next: objections, then whatever keeps a line
open, then words and agreement in principle, then conditions, then authority.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from provisions.agreement.conditions import Demand, Fixpoints, Hearing, Levels, Packages, Term, components
from provisions.agreement.facts import Condition
from provisions.agreement.reading import Word
from provisions.agreement.words import Authority, ConditionKind, ConditionState, Level, Move, Reading, Stance

OBJECTIONS, UNKNOWNS, PRINCIPLES, CONDITIONS, AUTHORITIES = range(5)

# The stage that lifts a line from each level, which is also how many stages come before it.
_STAGE = {
    Level.REJECTED: OBJECTIONS,
    Level.CONTESTED: OBJECTIONS,
    Level.UNADDRESSED: UNKNOWNS,
    Level.OPEN: UNKNOWNS,
    Level.AGREED_IN_PRINCIPLE: PRINCIPLES,
    Level.AGREED_CONDITIONALLY: CONDITIONS,
    Level.AGREED_AD_REFERENDUM: AUTHORITIES,
    Level.AGREED: AUTHORITIES + 1,
}


class Step(NamedTuple):
    """One move, with the party, line, event or revision that it names."""

    move: Move
    party: str | None = None
    line: str | None = None
    level: Level | None = None
    event: str | None = None
    revision: str | None = None
    condition: Condition | None = None
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Gap:
    """The moves that lift a line to a higher level and to `agreed`, and how many these are with all they lead to."""

    next: tuple[Step, ...]
    agreed: tuple[Step, ...]
    next_count: int
    agreed_count: int


class _Stages(NamedTuple):
    """The moves of a line, stage by stage."""

    steps: tuple[tuple[Step, ...], ...]

    def to(self, level: Level) -> list[Step]:
        """All the moves that it takes to that level."""
        return [step for stage in self.steps[: _STAGE[level]] for step in stage]

    def above(self, level: Level) -> tuple[Step, ...]:
        """The fewest moves that lift the line from that level: one is enough where all object or all are silent."""
        if level is Level.AGREED:
            return ()
        stage = self.steps[_STAGE[level]]
        return stage[:1] if level in (Level.REJECTED, Level.UNADDRESSED) else stage


def gaps(heard: Mapping[str, Hearing], levels: Fixpoints, packages: Packages, revision: str | None) -> dict[str, Gap]:
    """What each line lacks."""
    unmet = {line: set(_unmet(hearing, levels)) for line, hearing in heard.items()}
    graph = {
        line: sorted({demand.line for demand in demands}.union(packages.package.get(line, ())))
        for line, demands in unmet.items()
    }
    targets = {demand.line for demands in unmet.values() for demand in demands}
    count = _Count()
    found: dict[str, Gap] = {}
    for part in components(graph):
        circle = part if len(part) > 1 or part[0] in graph[part[0]] else ()
        stages = {line: _stages(heard[line], unmet[line], circle, revision) for line in part}
        if circle:
            count.close(circle, stages, [demand for line in circle for demand in unmet[line]])
        for line in part:
            if line in targets:
                count.remember(line, stages[line])
        for line in part:
            above, agreed = stages[line].above(levels.least[line]), tuple(stages[line].to(Level.AGREED))
            found[line] = Gap(above, agreed, count.of(line, above), count.of(line, agreed))
    return found


def keystone(heard: Mapping[str, Hearing], levels: Fixpoints, found: Mapping[str, Gap]) -> str | None:
    """The line that, taken as agreed, lifts the most others; ties by fewest moves, then by slug."""
    unmet = {
        line: set(_unmet(hearing, levels)) if levels.high[line] is not levels.least[line] else set()
        for line, hearing in heard.items()
    }
    missing = {line: len(demands) for line, demands in unmet.items()}
    waiting: dict[str, list[tuple[Demand, str]]] = {}
    for line, demands in unmet.items():
        for demand in demands:
            waiting.setdefault(demand.line, []).append((demand, line))
    lifts: dict[str, int] = {}
    outdone: set[str] = set()
    for part in components({line: sorted({demand.line for demand in demands}) for line, demands in unmet.items()}):
        for line in waiting.keys() & set(part) - outdone:
            risen = _lifted(line, waiting, missing, levels)
            lifts[line] = len(risen) - 1
            # What rises as far as anything asks of it lifts no more than what lifted it, and not the latter.
            outdone |= {
                other
                for other in risen.keys() - set(part)
                if all(demand.met(risen) for demand, _ in waiting.get(other, ()))
            }
    best = min(lifts, key=lambda line: (-lifts[line], found[line].agreed_count, line), default=None)
    return best if best is not None and lifts[best] else None


def _lifted(
    line: str, waiting: Mapping[str, list[tuple[Demand, str]]], missing: Mapping[str, int], levels: Fixpoints
) -> Levels:
    """The line itself, taken as agreed, and all that rise with it."""
    risen = {line: Level.AGREED}
    left: dict[str, int] = {}
    ahead = [line]
    while ahead:
        reached = ahead.pop()
        for demand, other in waiting.get(reached, ()):
            if other not in risen and demand.met(risen):
                left[other] = left.get(other, missing[other]) - 1
                if not left[other]:
                    risen[other] = levels.high[other]
                    ahead.append(other)
    return risen


def _unmet(hearing: Hearing, levels: Fixpoints) -> Iterator[Demand]:
    """What is demanded of lines and not yet reached."""
    return (demand for demand in hearing.demands() if not demand.met(levels.least))


def _stages(
    hearing: Hearing, unmet: Collection[Demand], circle: Collection[str], revision: str | None | None
) -> _Stages:
    """All the moves that a line lacks, of the parties first, then those on conditions that lead to other lines."""
    stages: tuple[dict[Step, None], ...] = ({}, {}, {}, {}, {})
    if hearing.unseen:
        stages[PRINCIPLES][Step(Move.SETTLE_WORDS, revision=revision)] = None
    for party in hearing.essential:
        for stage, step in _steps(party, hearing.words[party], hearing.terms.get(party, ())):
            stages[stage][step] = None
    reach = {demand.line: demand.level for demand in sorted(unmet, key=lambda demand: (demand.line, demand.level.rank))}
    if not reach.keys().isdisjoint(circle):
        stages[CONDITIONS][Step(Move.CLOSE_TOGETHER, lines=tuple(circle))] = None
    for line, level in reach.items():
        if line not in circle:
            stages[CONDITIONS][Step(Move.REACH, line=line, level=level)] = None
    return _Stages(tuple(map(tuple, stages)))


def _steps(party: str, word: Word, terms: Sequence[Term]) -> Iterator[tuple[int, Step]]:
    """The moves of one party, each with its stage."""
    match word.reading:
        case Reading.REJECT:
            yield OBJECTIONS, Step(Move.WITHDRAW_OBJECTION, party)
        case Reading.IN_PRINCIPLE:
            yield PRINCIPLES, Step(Move.STATE, party)
        case Reading.CONDITIONAL if not terms:
            yield CONDITIONS, Step(Move.STATE, party)
        case Reading.CONDITIONAL | Reading.ACCEPT | Reading.NO_OBJECTION:
            for term in terms:
                yield from _steps_on(party, term)
            if word.authority is not None and word.authority < Authority.AUTHORITATIVE:
                yield AUTHORITIES, Step(Move.RAISE_AUTHORITY, party)
        case Reading.SILENT | Reading.CLAIMED | Reading.STALE | Reading.RESERVE:
            yield UNKNOWNS, Step(_answer(word), party)


def _answer(word: Word) -> Move:
    """What brings a party out of the unknown: it speaks, says again what it said, or takes back a reserve."""
    stance = word.standing.position.stance if word.standing else None
    if word.reading is Reading.STALE and stance in (Stance.ACCEPT, Stance.NO_OBJECTION):
        return Move.RECONFIRM
    return Move.WITHDRAW_OBJECTION if stance is Stance.RESERVE else Move.STATE


def _steps_on(party: str, term: Term) -> Iterator[tuple[int, Step]]:
    """The move on a condition that no other line can meet."""
    if term.settled is ConditionState.FAILED:
        yield UNKNOWNS, Step(Move.DROP_CONDITION, party, condition=term.condition)
    elif term.settled is ConditionState.UNMET and term.condition.kind is ConditionKind.EVENT_MET:
        yield CONDITIONS, Step(Move.AWAIT_EVENT, event=term.condition.target)
    elif term.settled is ConditionState.UNMET:
        yield CONDITIONS, Step(Move.DROP_CONDITION, party, condition=term.condition)


class _Count:
    """Counts moves with all that they lead to, each once, however many ways lead to it. A set of moves is a bitmap."""

    def __init__(self) -> None:
        self._moves: dict[tuple[str | None, Step], int] = {}
        self._to: dict[tuple[str, Level], int] = {}
        self._circles: dict[tuple[str, ...], int] = {}

    def of(self, line: str, steps: Collection[Step]) -> int:
        """How many moves these steps of a line come to."""
        if any(step.move in (Move.REACH, Move.CLOSE_TOGETHER) for step in steps):
            return self._set(line, steps).bit_count()
        return len(steps)

    def remember(self, line: str, stages: _Stages) -> None:
        """Keep the moves to each level that another line can ask for."""
        for level in (level for level in Level if level.rank >= Level.AGREED_IN_PRINCIPLE.rank):
            self._to[line, level] = self._set(line, stages.to(level))

    def close(self, circle: tuple[str, ...], stages: Mapping[str, _Stages], demands: Iterable[Demand]) -> None:
        """Keep the moves by which a circle closes: each line's own up to what the circle asks of it, then together."""
        moves = self._one(None, Step(Move.CLOSE_TOGETHER, lines=circle))
        asked: dict[str, Level] = {}
        for demand in sorted(demands, key=lambda demand: demand.level.rank):
            if demand.line in circle:
                asked[demand.line] = demand.level
        for line, level in asked.items():
            moves |= self._set(line, [step for step in stages[line].to(level) if step.move is not Move.CLOSE_TOGETHER])
        self._circles[circle] = moves

    def _set(self, line: str, steps: Iterable[Step]) -> int:
        moves = 0
        for step in steps:
            if step.move is Move.REACH and step.line is not None and step.level is not None:
                moves |= self._to[step.line, step.level]
            elif step.move is Move.CLOSE_TOGETHER:
                moves |= self._circles[step.lines]
            else:
                moves |= self._one(line if step.party else None, step)
        return moves

    def _one(self, line: str | None, step: Step) -> int:
        return 1 << self._moves.setdefault((line, step), len(self._moves))
