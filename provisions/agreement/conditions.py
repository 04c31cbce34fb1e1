"""Section 4: conditions, the levels that follow from them, and what closes only together.

A condition on another line can only turn a conditional party from partial into consent, so a line has at most two
levels: a low one while some such condition is unmet, and a high one once all are met.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from provisions.agreement.facts import Condition, Line
from provisions.agreement.level import Heard, level
from provisions.agreement.lineage import GoneLine, Text
from provisions.agreement.reading import Whole, Word, outcome, words
from provisions.agreement.words import ConditionKind, ConditionState, EventState, Level

_EVENTS = {EventState.MET: ConditionState.MET, EventState.FAILED: ConditionState.FAILED}

Levels = dict[str, Level]
Graph = Mapping[str, Collection[str]]


class Demand(NamedTuple):
    """That a line has reached a level."""

    line: str
    level: Level

    def met(self, levels: Mapping[str, Level]) -> bool:
        """Whether it has, at these levels."""
        return levels[self.line].rank >= self.level.rank


class Term(NamedTuple):
    """A condition, with its state where that is settled, else with all that it demands of lines."""

    condition: Condition
    settled: ConditionState | None
    demands: tuple[Demand, ...]

    def state(self, levels: Mapping[str, Level]) -> ConditionState:
        """How the condition stands at these levels."""
        if self.settled is not None:
            return self.settled
        return ConditionState.MET if all(demand.met(levels) for demand in self.demands) else ConditionState.UNMET


@dataclass(frozen=True, slots=True)
class Hearing:
    """A line with the word of every party and the terms of its conditions."""

    line: Line
    essential: tuple[str, ...]
    words: dict[str, Word]
    terms: dict[str, tuple[Term, ...]]
    unseen: bool

    def heard(self, party: str, states: Sequence[ConditionState]) -> Heard:
        """How a party reads if its conditions stand like this."""
        word = self.words[party]
        return Heard(*outcome(word, states, unseen=self.unseen), word.authority)

    def level(self, *, demands_are: ConditionState) -> Level:
        """The level of the line if all that is demanded of other lines stands like this."""
        return level(
            [
                self.heard(party, [term.settled or demands_are for term in self.terms.get(party, ())])
                for party in self.essential
            ]
        )

    def demands(self) -> Iterator[Demand]:
        """All that the essential parties demand of lines."""
        for party in self.essential:
            for term in self.terms.get(party, ()):
                yield from term.demands


class Fixpoints(NamedTuple):
    """The levels of all lines: the least fixpoint, which counts, the greatest, and if all demands were met."""

    least: Levels
    greatest: Levels
    high: Levels


class Packages(NamedTuple):
    """By line: the package that it closes with, and the packages that it waits on."""

    package: dict[str, tuple[str, ...]]
    waits_on: dict[str, list[tuple[str, ...]]]


def hearings(text: Text, whole: Whole, gone: Mapping[str, GoneLine], lines: Iterable[str]) -> dict[str, Hearing]:
    """Hear the parties on these lines, and on every line that a condition leads to."""
    heard: dict[str, Hearing] = {}
    ahead = sorted(lines, reverse=True)
    while ahead:
        slug = ahead.pop()
        if slug in heard:
            continue
        line = text.facts.lines[slug]
        said = words(text, whole, line)
        terms = {
            party: tuple(_term(text, gone, condition) for condition in word.conditions)
            for party, word in said.items()
            if word.conditions
        }
        heard[slug] = Hearing(line, tuple(sorted(text.facts.essential(line))), said, terms, text.unseen)
        ahead += [demand.line for parts in terms.values() for term in parts for demand in term.demands]
    return heard


def _term(text: Text, gone: Mapping[str, GoneLine], condition: Condition) -> Term:
    kind, target, demanded = condition
    if kind is ConditionKind.EVENT_MET:
        event = text.facts.events.get(target, EventState.UNKNOWN)
        return Term(condition, _EVENTS.get(event, ConditionState.UNMET), ())
    if demanded is None:
        return Term(condition, ConditionState.UNMET if target in text.current else ConditionState.MET, ())
    if target in text.current:
        return Term(condition, None, (Demand(target, demanded),))
    if target not in gone:
        return Term(condition, ConditionState.UNMET, ())
    successors = gone[target].successors
    if successors is None:
        return Term(condition, ConditionState.FAILED, ())
    return Term(condition, None, tuple(Demand(line, demanded) for line in successors))


def fixpoints(heard: Mapping[str, Hearing]) -> Fixpoints:
    """The least and the greatest levels that fit all conditions."""
    low = {line: hearing.level(demands_are=ConditionState.UNMET) for line, hearing in heard.items()}
    demands = {line: asked for line, hearing in heard.items() if (asked := set(hearing.demands()))}
    high = low | {line: heard[line].level(demands_are=ConditionState.MET) for line in demands}
    movable = {line: asked for line, asked in demands.items() if low[line] is not high[line]}
    least = _lifted(low, high, movable)
    greatest = dict(high)
    waiting = _waiting(movable)
    falling = [line for line, asked in movable.items() if not all(demand.met(high) for demand in asked)]
    while falling:
        line = falling.pop()
        if greatest[line] is low[line]:
            continue
        greatest[line] = low[line]
        falling += [other for demand, other in waiting.get(line, ()) if not demand.met(greatest)]
    return Fixpoints(least, greatest, high)


def _lifted(low: Levels, high: Levels, movable: Mapping[str, Collection[Demand]]) -> Levels:
    """The least levels: lines rise from low to high as what they demand is reached."""
    levels = dict(low)
    waiting = _waiting(movable)
    missing = {line: sum(not demand.met(low) for demand in demands) for line, demands in movable.items()}
    rising = [line for line, count in missing.items() if not count]
    while rising:
        line = rising.pop()
        levels[line] = high[line]
        for demand, other in waiting.get(line, ()):
            if demand.met(levels) and not demand.met(low):
                missing[other] -= 1
                if not missing[other]:
                    rising.append(other)
    return levels


def _waiting(movable: Mapping[str, Collection[Demand]]) -> dict[str, list[tuple[Demand, str]]]:
    """By line: what is demanded of it, and for which line."""
    waiting: dict[str, list[tuple[Demand, str]]] = {}
    for line, demands in movable.items():
        for demand in demands:
            waiting.setdefault(demand.line, []).append((demand, line))
    return waiting


def packages(heard: Mapping[str, Hearing], levels: Fixpoints) -> Packages:
    """Which lines close only together, and which wait on them."""
    differing = {line for line in heard if levels.least[line] is not levels.greatest[line]}
    graph = {line: sorted({demand.line for demand in heard[line].demands()} & differing) for line in sorted(differing)}
    package: dict[str, tuple[str, ...]] = {}
    waits_on: dict[str, list[tuple[str, ...]]] = {}
    leads_to: dict[str, set[tuple[str, ...]]] = {}
    for part in components(graph):
        further: set[tuple[str, ...]] = set()
        for line in part:
            for target in graph[line]:
                further |= leads_to.get(target, set())
        if len(part) > 1 or part[0] in graph[part[0]]:
            package |= dict.fromkeys(part, part)
            further = further | {part}
        else:
            waits_on[part[0]] = sorted(further)
        leads_to |= dict.fromkeys(part, further)
    return Packages(package, waits_on)


def components(graph: Graph) -> Iterator[tuple[str, ...]]:
    """The strongly connected components (Tarjan's), each after those that it leads to."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    trail: list[str] = []
    on_trail: set[str] = set()
    for root in graph:
        if root in index:
            continue
        path = [(root, iter(graph[root]))]
        while path:
            node, targets = path[-1]
            if node not in index:
                index[node] = low[node] = len(index)
                trail.append(node)
                on_trail.add(node)
            for target in targets:
                if target not in index:
                    path.append((target, iter(graph[target])))
                    break
                if target in on_trail:
                    low[node] = min(low[node], low[target])
            else:
                path.pop()
                if path:
                    low[path[-1][0]] = min(low[path[-1][0]], low[node])
                if low[node] == index[node]:
                    yield tuple(sorted(_cut(trail, on_trail, node)))


def _cut(trail: list[str], on_trail: set[str], node: str) -> Iterator[str]:
    """Take the trail back to a node, the node included."""
    last = None
    while last != node:
        last = trail.pop()
        on_trail.remove(last)
        yield last
