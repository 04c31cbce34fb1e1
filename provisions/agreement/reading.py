"""Section 2: how one party reads on one line."""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

from provisions.agreement.facts import Condition, Evidence, Facts, Line, Position, Silence
from provisions.agreement.lineage import Age, Reach, Text, reaches
from provisions.agreement.words import (
    Authority,
    Carried,
    ConditionState,
    Flag,
    Reading,
    ReadingClass,
    Role,
    Stance,
)

_READS = {stance: Reading(stance) for stance in Stance}
_UNFLAGGED: frozenset[Flag] = frozenset()
_TACIT = frozenset({Flag.TACIT})
_PRESUMED = frozenset({Flag.PRESUMED})
# Every other reading is in class unknown; a conditional one is classed by its conditions.
CLASSES = {
    Reading.ACCEPT: ReadingClass.CONSENT,
    Reading.NO_OBJECTION: ReadingClass.CONSENT,
    Reading.PRESUMED: ReadingClass.CONSENT,
    Reading.IN_PRINCIPLE: ReadingClass.PARTIAL,
    Reading.REJECT: ReadingClass.REJECT,
}


class Said(NamedTuple):
    """A position as it competes on a line: the wording that it reaches the line by, and how."""

    position: Position
    wording: str
    reach: Reach

    @property
    def order(self) -> tuple:
        """When it counts as said; on one day the higher authority, then the better grade counts as later.

        Of a whole text and of the line itself, the line's comes after: it goes before the other.
        """
        position = self.position
        return position.day, position.authority, position.grade, position.wording is not None


class Standing(NamedTuple):
    """The position that stands, or several that tie; the first speaks for them."""

    position: Position
    tied: tuple[Said, ...]
    flags: frozenset[Flag]

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """The conditions of all that tie."""
        if len(self.tied) == 1:
            return self.position.conditions
        return tuple(sorted({condition for said in self.tied for condition in said.position.conditions}))

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        """The evidence of all that tie."""
        if len(self.tied) == 1:
            return self.position.evidence
        return tuple(sorted({piece for said in self.tied for piece in said.position.evidence}))


class Whole(NamedTuple):
    """What parties said of whole texts."""

    consents: Mapping[str, Sequence[Position]]
    unwilling: frozenset[str]
    refused_by: frozenset[str]
    accepted_by: frozenset[str]


class Asides(NamedTuple):
    """What is shown beside a word and does not count: claims about the party, and what it said of other texts."""

    claims: tuple[str, ...]
    elsewhere: tuple[str, ...]


class Word(NamedTuple):
    """A party's word on a line, before anybody asks whether its conditions are met."""

    reading: Reading
    standing: Standing | None
    authority: int | None
    flags: frozenset[Flag]
    asides: Asides

    @property
    def carried(self) -> Carried:
        """How what was said reaches the current words."""
        return self.standing.tied[0].reach.carried if self.standing else Carried.NONE

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """What its consent waits for."""
        return self.standing.conditions if self.standing and self.reading is Reading.CONDITIONAL else ()


def whole_texts(text: Text) -> Whole:
    """2.2: consents to whole texts that were not taken back, and who refuses or accepts the one under evaluation."""
    facts = text.facts
    unwilling: dict[str, Stance] = {}
    accepted_by: set[str] = set()
    heard: set[str] = set()
    for revision in text.chain:
        for party, positions in _by_party(facts.said_of_all.get(revision, ())).items():
            last = standing([_of_all(position) for position in positions]).position
            if party not in heard and not last.stance.consenting:
                unwilling[party] = last.stance
            if revision == text.chain[0] and last.stance is Stance.ACCEPT and last.authority >= Authority.AUTHORITATIVE:
                accepted_by.add(party)
            heard.add(party)
    consents = {
        revision: [consent for said in _by_party(positions).values() for consent in _not_taken_back(map(_of_all, said))]
        for revision, positions in facts.said_of_all.items()
    }
    refused_by = {
        party for party, stance in unwilling.items() if stance is not Stance.ABSTAIN or party in facts.plan.principals
    }
    return Whole(consents, frozenset(unwilling), frozenset(refused_by), frozenset(accepted_by))


def _of_all(position: Position) -> Said:
    return Said(position, "", Reach(Carried.REVISION, Age(0, 0)))


def _by_party(positions: Iterable[Position]) -> dict[str, list[Position]]:
    said: dict[str, list[Position]] = {}
    for position in positions:
        said.setdefault(position.party, []).append(position)
    return said


def _not_taken_back(said: Iterable[Said]) -> list[Position]:
    """One party's consents to one whole text, since it last refused that text as a whole."""
    consents: list[Position] = []
    now: Standing | None = None
    for group in _groups(said):
        coming = _together(group)
        if now is None or _replaces(coming, now):
            now = coming
        if not now.position.stance.consenting:
            consents = []
        else:
            consents += [one.position for one in group if one.position.stance.consenting]
    return consents


def words(text: Text, whole: Whole, line: Line) -> dict[str, Word]:
    """2.1 to 2.6: the word of every party of the record on one line."""
    facts = text.facts
    essential = facts.essential(line)
    reached = reaches(text, line.slug)
    said = _competing(text, whole, reached)
    claims = _claims(facts, reached)
    elsewhere = _elsewhere(text, line, reached)
    heard: dict[str, Word] = {}
    for party in facts.parties:
        asides = Asides(_sorted(claims.get(party)), _sorted(elsewhere.get(party)))
        if party in said:
            heard[party] = _own_word(said[party], asides, essential=party in essential)
        elif _presumed(text, whole, line, party):
            heard[party] = Word(Reading.PRESUMED, None, int(Authority.AUTHORITATIVE), _PRESUMED, asides)
        else:
            heard[party] = Word(Reading.CLAIMED if asides.claims else Reading.SILENT, None, None, _UNFLAGGED, asides)
    return heard


def _competing(text: Text, whole: Whole, reached: Mapping[str, Reach]) -> dict[str, list[Said]]:
    """2.1: by party, what competes on the line that these wordings reach."""
    facts = text.facts
    said: dict[str, list[Said]] = {}
    for name, reach in reached.items():
        for position in facts.said.get(name, ()):
            said.setdefault(position.party, []).append(Said(position, name, reach))
        for silence in facts.silences.get(name, ()):
            for position in _tacit(facts, silence, reach):
                said.setdefault(position.party, []).append(Said(position, name, reach))
        revision = facts.wordings[name].revision
        if revision in whole.consents:
            of_all = Reach(Carried.REVISION, reach.age) if revision == text.chain[0] else reach
            for position in whole.consents[revision]:
                said.setdefault(position.party, []).append(Said(position, name, of_all))
    return said


def _claims(facts: Facts, reached: Iterable[str]) -> dict[str, set[str]]:
    """By party, what is only claimed of the line that these wordings reach."""
    claims: dict[str, set[str]] = {}
    for name in reached:
        of_all = facts.claimed_of_all.get(facts.wordings[name].revision, ())
        for position in (*facts.claimed.get(name, ()), *_consenting(of_all)):
            claims.setdefault(position.party, set()).add(position.id)
    return claims


def _elsewhere(text: Text, line: Line, reached: Container[str]) -> dict[str, set[str]]:
    """By party, what it said of this line in other texts."""
    facts = text.facts
    elsewhere: dict[str, set[str]] = {}
    for other in text.elsewhere.get(line.slug, ()):
        if other.id not in reached:
            for position in (*facts.said.get(other.id, ()), *_consenting(facts.said_of_all.get(other.revision, ()))):
                elsewhere.setdefault(position.party, set()).add(position.id)
    return elsewhere


def _sorted(names: set[str] | None) -> tuple[str, ...]:
    return tuple(sorted(names)) if names else ()


def _consenting(positions: Iterable[Position]) -> Iterable[Position]:
    """2.2: of what was said of a whole text, only consent stands for its lines."""
    return (position for position in positions if position.stance.consenting)


def _tacit(facts: Facts, silence: Silence, reach: Reach) -> Iterator[Position]:
    """2.5: for each addressee of a lapsed silence on words that are still current, that it did not object."""
    if reach.speaks and facts.plan.threshold <= Authority.NEGOTIATOR and silence.lapsed(facts.as_of):
        for party in silence.addressees:
            yield Position(
                id="", party=party, wording=silence.wording, revision=None,
                stance=Stance.NO_OBJECTION, authority=int(Authority.NEGOTIATOR), own=True,
                day=silence.deadline, in_time_from=silence.deadline, conditions=(), evidence=(), grade=0,
            )  # fmt: skip


def _presumed(text: Text, whole: Whole, line: Line, party: str) -> bool:
    """2.6: whether consent goes without saying; it does not for a party that is unwilling on the whole text."""
    plan = text.facts.plan
    return (
        plan.threshold <= Authority.AUTHORITATIVE
        and party not in plan.principals
        and party not in whole.unwilling
        and line.roles_of(party) == {Role.BENEFICIARY}
    )


def _own_word(said: Sequence[Said], asides: Asides, *, essential: bool) -> Word:
    """2.3: what speaks to the current words competes alone; else consent lapses and objection persists."""
    speaking = [one for one in said if one.reach.speaks]
    latest = min(one.reach.age for one in said)
    now = standing(speaking or [one for one in said if one.reach.age == latest])
    stance = now.position.stance
    flags = now.flags
    reading = _READS[stance]
    if stance is Stance.ABSTAIN and essential:
        reading = Reading.RESERVE
    if not speaking and stance.consenting:
        reading = Reading.STALE
    elif not speaking:
        flags |= {Flag.ON_EARLIER_WORDING}
    return Word(reading, now, now.position.authority, flags, asides)


def standing(said: Iterable[Said]) -> Standing:
    """2.4: the position that stands among those that compete, in order of date."""
    now: Standing | None = None
    for group in _groups(said):
        coming = _together(group)
        if now is None:
            now = coming
        elif _replaces(coming, now):
            hardened = coming.position.authority < now.position.authority
            now = coming._replace(flags=coming.flags | {Flag.HARDENED_BY_LOWER}) if hardened else coming
        elif _softer(coming, now):
            now = now._replace(flags=now.flags | {Flag.CLAIMED_SOFTENING})
    if now is None:
        raise ValueError("nothing competes")
    return now


def _groups(said: Iterable[Said]) -> Iterable[list[Said]]:
    """What was said, in order of date; what ties stands together."""
    in_order = sorted((one.order, i, one) for i, one in enumerate(said))
    return ([one for _, _, one in group] for _, group in groupby(in_order, key=itemgetter(0)))


def _together(group: Sequence[Said]) -> Standing:
    """What stands of positions that tie: the least consenting; they are disputed if they differ."""
    if len(group) == 1:
        position = group[0].position
        return Standing(position, tuple(group), _UNFLAGGED if position.id else _TACIT)
    least = min(said.position.stance.rank for said in group)
    tied = sorted(
        (said for said in group if said.position.stance.rank == least),
        # A word of its own speaks before a lapsed silence, a reserve before an abstention.
        key=lambda said: (not said.position.id, said.position.stance is Stance.ABSTAIN, said.position.id, said.wording),
    )
    flags = _UNFLAGGED if tied[0].position.id else _TACIT
    if len(tied) < len(group):
        flags |= {Flag.DISPUTED_RECORD}
    return Standing(tied[0].position, tuple(tied), flags)


def _replaces(coming: Standing, now: Standing) -> bool:
    """Whether what comes later takes the place of what stands."""
    if coming.position.wording is None and now.position.wording is not None:
        return coming.position.authority > now.position.authority
    if coming.position.authority >= now.position.authority:
        return True
    return Flag.TACIT not in coming.flags and coming.position.stance.rank < now.position.stance.rank


def _softer(coming: Standing, now: Standing) -> bool:
    """Whether what comes would soften what stands, without the authority for it."""
    return coming.position.authority < now.position.authority and coming.position.stance.rank > now.position.stance.rank


def outcome(word: Word, states: Sequence[ConditionState], *, unseen: bool) -> tuple[Reading, ReadingClass]:
    """A word as it reads once the states of its conditions are known; 2.7 where nobody has seen the words."""
    reading = word.reading
    classed = _conditional(states) if reading is Reading.CONDITIONAL else CLASSES.get(reading, ReadingClass.UNKNOWN)
    if unseen and classed in (ReadingClass.CONSENT, ReadingClass.PARTIAL):
        return Reading.IN_PRINCIPLE, ReadingClass.PARTIAL
    return reading, classed


def _conditional(states: Sequence[ConditionState]) -> ReadingClass:
    if ConditionState.FAILED in states:
        return ReadingClass.UNKNOWN
    # Without recorded conditions there is one that is not known to be met.
    return ReadingClass.CONSENT if states and set(states) == {ConditionState.MET} else ReadingClass.PARTIAL
