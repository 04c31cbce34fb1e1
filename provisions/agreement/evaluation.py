"""The rule at work on one text: what was said of every line, the levels, and what should not have gone unnoticed."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from provisions.agreement.conditions import Fixpoints, Hearing, fixpoints, hearings
from provisions.agreement.facts import Condition
from provisions.agreement.level import Heard
from provisions.agreement.lineage import GoneLine, Text, gone, text_of
from provisions.agreement.reading import Whole, Word, whole_texts
from provisions.agreement.words import Alarm, ConditionState, Flag, Gone, Level, Reading


class Finding(NamedTuple):
    """What the rule finds of one party on one line: its word, how its conditions stand, and how it reads."""

    word: Word
    states: dict[Condition, ConditionState]
    heard: Heard


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A text with the word of every party on every line, and the levels."""

    text: Text
    whole: Whole
    gone: dict[str, GoneLine]
    hearings: dict[str, Hearing]
    levels: Fixpoints

    def findings(self, line: str) -> dict[str, Finding]:
        """How every party reads on a line."""
        hearing = self.hearings[line]
        found: dict[str, Finding] = {}
        for party, word in hearing.words.items():
            states = {term.condition: term.state(self.levels.least) for term in hearing.terms.get(party, ())}
            found[party] = Finding(word, states, hearing.heard(party, list(states.values())))
        return found

    def flags(self, line: str) -> Iterator[Flag]:
        """What a reader of the line's level should know besides."""
        hearing = self.hearings[line]
        for party, word in hearing.words.items():
            if party in hearing.essential:
                yield from word.flags
            elif word.reading in (Reading.REJECT, Reading.RESERVE):
                yield Flag.OBJECTION_BY_NON_ESSENTIAL


def evaluate(text: Text, lines: Collection[str] | None = None) -> Evaluation:
    """Evaluate a text: all its lines, or these and those that their conditions lead to."""
    whole = whole_texts(text)
    left = gone(text)
    heard = hearings(text, whole, left, text.current if lines is None else lines)
    return Evaluation(text, whole, left, heard, fixpoints(heard))


def last_levels(evaluation: Evaluation) -> dict[str, Level]:
    """By line that is gone: the level at which it stands in the last revision that had it."""
    facts = evaluation.text.facts
    last_had: dict[str, list[str]] = {}
    for line, left in evaluation.gone.items():
        last_had.setdefault(facts.wordings[left.last_wording].revision, []).append(line)
    found: dict[str, Level] = {}
    for revision, lines in last_had.items():
        levels = evaluate(text_of(facts, revision), lines).levels.least
        found |= {line: levels[line] for line in lines}
    return found


def alarm(left: GoneLine, last_level: Level) -> Alarm | None:
    """What should not go unnoticed: a line that was agreed is withdrawn."""
    dropped = left.state is Gone.WITHDRAWN and last_level is Level.AGREED
    return Alarm.AGREED_THEN_DROPPED if dropped else None
