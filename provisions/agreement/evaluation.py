"""The rule at work on one text: what was said of every line, the levels, and what should not have gone unnoticed."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from provisions.agreement.conditions import Fixpoints, Hearing, fixpoints, hearings
from provisions.agreement.level import Heard
from provisions.agreement.lineage import GoneLine, Text, gone, text_of
from provisions.agreement.reading import Whole, whole_texts
from provisions.agreement.words import Alarm, ConditionState, Flag, Gone, Level, Reading


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A text with the word of every party on every line, and the levels."""

    text: Text
    whole: Whole
    gone: dict[str, GoneLine]
    hearings: dict[str, Hearing]
    levels: Fixpoints

    def states(self, line: str, party: str) -> list[ConditionState]:
        """How the conditions of a party at a line stand."""
        return [term.state(self.levels.least) for term in self.hearings[line].terms.get(party, ())]

    def heard(self, line: str, party: str) -> Heard:
        """How a party reads on a line."""
        return self.hearings[line].heard(party, self.states(line, party))

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


def alarms(evaluation: Evaluation) -> dict[str, Alarm]:
    """The withdrawn lines that were agreed in the last revision that had them."""
    facts = evaluation.text.facts
    last_had: dict[str, list[str]] = {}
    for line, left in evaluation.gone.items():
        if left.state is Gone.WITHDRAWN:
            last_had.setdefault(facts.wordings[left.last_wording].revision, []).append(line)
    dropped: dict[str, Alarm] = {}
    for revision, lines in last_had.items():
        levels = evaluate(text_of(facts, revision), lines).levels.least
        dropped |= {line: Alarm.AGREED_THEN_DROPPED for line in lines if levels[line] is Level.AGREED}
    return dropped
