"""Section 5: categories and the plan. Nothing is averaged; a category is no better than its weakest line."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from provisions.agreement.conditions import Levels
from provisions.agreement.facts import Facts
from provisions.agreement.lineage import GoneLine, Text
from provisions.agreement.reading import Whole
from provisions.agreement.words import Authority, Gone, Level, Phase, Provenance


@dataclass(frozen=True, slots=True)
class CategoryStatus:
    """The live operative lines of a category by level, and the other lines, counted apart."""

    vector: Counter[Level]
    preambular: int
    succeeded: int
    withdrawn: int

    @property
    def level(self) -> Level | None:
        """The weakest level among the live operative lines; none without such a line."""
        return min(self.vector, key=lambda level: level.rank, default=None)

    @property
    def closed(self) -> tuple[int, int]:
        """How many of the live operative lines are agreed ad referendum or better, and how many there are."""
        return sum(count for level, count in self.vector.items() if closed(level)), self.vector.total()


def closed(level: Level) -> bool:
    """Whether a line is agreed ad referendum or better."""
    return level.rank >= Level.AGREED_AD_REFERENDUM.rank


def categories(facts: Facts, levels: Levels, gone: Mapping[str, GoneLine]) -> dict[str, CategoryStatus]:
    """Every category of the record."""
    live = {slug: [line for line in levels if facts.lines[line].category == slug] for slug in facts.categories}
    went = {
        slug: Counter(left.state for line, left in gone.items() if facts.lines[line].category == slug)
        for slug in facts.categories
    }
    return {
        slug: CategoryStatus(
            vector=Counter(levels[line] for line in live[slug] if facts.lines[line].operative),
            preambular=sum(not facts.lines[line].operative for line in live[slug]),
            succeeded=went[slug][Gone.SUCCEEDED],
            withdrawn=went[slug][Gone.WITHDRAWN],
        )
        for slug in facts.categories
    }


def phase(text: Text, whole: Whole, levels: Levels) -> Phase:
    """The phase that the live operative lines have reached; a plan without such a line never closes."""
    facts = text.facts
    if not text.chain or (not text.current and facts.revisions[text.chain[0]].provenance is Provenance.ANNOUNCED):
        return Phase.ANNOUNCED
    if not _spoken_to(text):
        return Phase.TABLED
    operative = [level for line, level in levels.items() if facts.lines[line].operative]
    if not operative or any(level.rank <= Level.OPEN.rank for level in operative):
        return Phase.UNDER_NEGOTIATION
    if not all(closed(level) for level in operative):
        return Phase.CLOSING
    if all(level is Level.AGREED for level in operative) and whole.accepted_by.issuperset(facts.plan.principals):
        return Phase.AGREED
    return Phase.CLOSED_AD_REFERENDUM


def _spoken_to(text: Text) -> bool:
    """Whether any party said anything of its own on the chain, or let a silence lapse."""
    facts = text.facts
    on_chain = [wording.id for words in text.along.values() for wording in words]
    return (
        any(revision in facts.said_of_all for revision in text.chain)
        or any(wording in facts.said for wording in on_chain)
        or _silence_lapsed(facts, on_chain)
    )


def _silence_lapsed(facts: Facts, wordings: Iterable[str]) -> bool:
    return facts.plan.threshold <= Authority.NEGOTIATOR and any(
        silence.lapsed(facts.as_of) for wording in wordings for silence in facts.silences.get(wording, ())
    )
