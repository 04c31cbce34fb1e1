"""Section 6: how sure the record lets one be. It never changes a level."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from provisions.agreement.facts import GRADES
from provisions.agreement.lineage import Text
from provisions.agreement.reading import Standing, Word
from provisions.agreement.words import Carried, Confidence, Doubt, Flag, Provenance


class Assurance(NamedTuple):
    """A confidence, with the doubts that lowered it."""

    confidence: Confidence
    doubts: frozenset[Doubt]


def assurance(text: Text, word: Word) -> Assurance:
    """How sure one may be of a party's word on a line: high, minus one step for each doubt."""
    doubts = frozenset(_doubts(text, word))
    if Doubt.DISPUTED_RECORD in doubts or len(doubts) > 1:
        return Assurance(Confidence.LOW, doubts)
    return Assurance(Confidence.MEDIUM if doubts else Confidence.HIGH, doubts)


def lowest(deciding: Sequence[Assurance]) -> Assurance:
    """The confidence of a level: the lowest among the deciding parties, with the doubts of all that are so low."""
    confidence = min((each.confidence for each in deciding), key=lambda confidence: confidence.rank)
    return Assurance(
        confidence, frozenset().union(*(each.doubts for each in deciding if each.confidence is confidence))
    )


def _doubts(text: Text, word: Word) -> Iterator[Doubt]:
    facts = text.facts
    if facts.revisions[text.chain[0]].provenance is not Provenance.OFFICIAL:
        yield Doubt.PROVENANCE_NOT_OFFICIAL
    if word.carried is Carried.EDITORIAL:
        yield Doubt.CARRIED_BY_EDITORIAL_RULING
    if word.standing is None:
        if Flag.PRESUMED in word.flags:
            yield Doubt.PRESUMED
        return
    if (facts.as_of - word.standing.position.day).days > facts.plan.horizon_days:
        yield Doubt.OLDER_THAN_HORIZON
    if Flag.DISPUTED_RECORD in word.flags:
        yield Doubt.DISPUTED_RECORD
    if Flag.TACIT in word.flags:
        yield Doubt.TACIT
    else:
        yield from _doubts_of_evidence(word.standing)


def _doubts_of_evidence(standing: Standing) -> Iterator[Doubt]:
    if standing.position.grade < GRADES["B2"]:
        yield Doubt.EVIDENCE_BELOW_B2
    if len({piece.source for piece in standing.evidence}) < 2:
        yield Doubt.ONE_SOURCE
