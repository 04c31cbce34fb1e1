"""What must hold between the entries of a plan's files. The record checks the same; here each fault has its place."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import cache

from provisions.agreement.words import Authority, Stance, WordingChange
from provisions.contents import When
from provisions.models import Resource

from .entries import Entry
from .index import Index, Words, circles
from .places import Faults, Place
from .schema import (
    CompanionEntry,
    ConditionEntry,
    FileEntry,
    ImplementationEntry,
    PartWordingEntry,
    PlanEntry,
    PositionEntry,
    RelationEntry,
    RevisionEntry,
    RulingEntry,
    SilenceEntry,
    VariantEntry,
)

# Days of what has happened. An event may lie ahead.
PAST = ("stated_on", "published", "published_on", "broken_on", "since")
MOST_NAMED = 10


def check(entries: FileEntry, *, index: Index, faults: Faults, today: date) -> None:
    """Note what does not hold in or between the entries."""
    index.follow(entries)
    for entry in entries.within():
        _check_days(entry, faults=faults, today=today)
        if isinstance(entry, (PartWordingEntry, VariantEntry, CompanionEntry)):
            _check_once("figure", ((each.name, each, "name") for each in entry.figures), faults=faults)
    for source in entries.sources:
        if source.published and source.accessed and source.published > source.accessed:
            faults.note(source.at("published"), f"is after the day of access, {source.accessed}; mend one of them")
    _check_derivation(index, faults=faults)
    _check_numbers(index, faults=faults)
    for revision in index.revisions.values():
        _check_parts(revision, index=index, faults=faults)
        _check_removals(revision, index=index, faults=faults)
    for words in index.wordings.values():
        _check_origins(words, index=index, faults=faults)
    _check_positions(entries, index=index, faults=faults)
    _check_beside(entries, index=index, faults=faults)


def _check_beside(entries: FileEntry, *, index: Index, faults: Faults) -> None:
    for silence in entries.silence_procedures:
        _check_silence(silence, index=index, faults=faults)
    for ruling in entries.rulings:
        _check_on_words(ruling, index=index, faults=faults)
    for relation in entries.relations:
        _check_relation(relation, plan=entries.plan, index=index, faults=faults)
    for implementation in entries.implementations:
        _check_on_whole_line(implementation, index=index, faults=faults)


def _check_positions(entries: FileEntry, *, index: Index, faults: Faults) -> None:
    for position in entries.positions:
        _check_lines_of(position, index=index, faults=faults)
        _check_authority(position, faults=faults)
        _check_conditions(position, index=index, faults=faults)
    _check_keys(index, faults=faults)
    _check_sequence(index, faults=faults)


def _check_days(entry: Entry, *, faults: Faults, today: date) -> None:
    for field in _past_days(type(entry)):
        value = getattr(entry, field)
        day = value.day if isinstance(value, When) else value
        if day is not None and day > today:
            faults.note(entry.at(field), f"{value} lies in the future; write the day on which it happened")


@cache
def _past_days(entry: type[Entry]) -> tuple[str, ...]:
    fields = (*PAST, "dated") if issubclass(entry, RevisionEntry) else PAST
    return tuple(field for field in fields if field in entry.model_fields)


def _check_once(what: str, named: Iterable[tuple[str, Entry, str]], *, faults: Faults) -> None:
    first: dict[str, Entry] = {}
    for name, entry, key in named:
        if first.setdefault(name, entry) is not entry:
            faults.note(
                entry.at(key), f"{what} '{name}' stands here twice, first at {first[name].place.spot}; keep one"
            )


def _check_derivation(index: Index, *, faults: Faults) -> None:
    derived = {name: [each.derives_from] for name, each in index.revisions.items() if each.derives_from}
    for circle in circles(derived):
        place = index.revisions[circle[0]].at("derives_from")
        faults.note(place, f"a revision cannot derive from itself: {' from '.join(circle)}; mend one of them")


def _check_numbers(index: Index, *, faults: Faults) -> None:
    first: dict[tuple[str, str], PartWordingEntry] = {}
    for words in index.wordings.values():
        entry = words.entry
        if entry.number and first.setdefault((words.revision.slug, entry.number), entry) is not entry:
            other = first[words.revision.slug, entry.number]
            taken = f"'{other.provision}' has it at {other.at('number').spot}"
            faults.note(entry.at("number"), f"the number {entry.number} is taken: {taken}; give one another number")


def _check_parts(revision: RevisionEntry, *, index: Index, faults: Faults) -> None:
    for wording in revision.wordings:
        if line := index.line_of.get(wording.provision):
            remedy = f"put its words under 'parts' of the words of '{line}'"
            faults.note(wording.at("provision"), f"'{wording.provision}' is a part of '{line}'; {remedy}")
        for part in wording.parts:
            if index.knows(Resource.PROVISION, part.provision):
                if part.provision in index.lines:
                    faults.note(part.at("provision"), f"'{part.provision}' is a line of its own and not a part")
                elif index.line_of[part.provision] != wording.provision:
                    of = index.line_of[part.provision]
                    faults.note(part.at("provision"), f"'{part.provision}' is a part of '{of}' and not of this line")


def _check_removals(revision: RevisionEntry, *, index: Index, faults: Faults) -> None:
    _check_once("line", ((each.provision, each, "provision") for each in revision.removals), faults=faults)
    for removal in revision.removals:
        if words := index.wordings.get(f"{revision.slug}/{removal.provision}"):
            has = f"'{removal.provision}' has words here, at {words.entry.place.spot}"
            faults.note(removal.at("provision"), f"{has}; remove them or this entry")


def _check_origins(words: Words, *, index: Index, faults: Faults) -> None:
    entry = words.entry
    for at, origin in enumerate(entry.origins or ()):
        revision, _, line = origin.partition("/")
        if revision == words.revision.slug:
            faults.note(entry.at("from", at), "words come from those of another revision; name an earlier one")
        elif entry.provision in index.lines and line in index.line_of:
            whole = f"{revision}/{index.line_of[line]}"
            faults.note(entry.at("from", at), f"'{line}' is a part; a whole line comes from whole lines, so '{whole}'")
    if entry.reason and entry.change != WordingChange.EDITORIAL:
        faults.note(entry.at("reason"), "a reason goes with 'change: editorial' alone; move it to 'note'")
    if entry.change == WordingChange.EDITORIAL and not entry.reason:
        faults.note(entry.at("change"), "an editorial change needs a 'reason' why it changes nothing of substance")


def _check_lines_of(position: PositionEntry, *, index: Index, faults: Faults) -> None:
    if position.line and position.provisions:
        faults.note(position.at("line"), "'line' and 'provisions' do not go together; keep one")
    places = {name: position.at("provisions", at) for at, name in enumerate(position.provisions)}
    if position.line:
        places[position.line] = position.at("line")
    for name, place in places.items():
        if name in index.line_of:
            remedy = f"name its line '{index.line_of[name]}', and say in the summary which part is meant"
            faults.note(place, f"'{name}' is a part of a line; {remedy}")
        elif name in index.lines and position.revision in index.revisions:
            _check_words(name, position.revision, place=place, index=index, faults=faults)


def _check_words(line: str, revision: str, *, place: Place, index: Index, faults: Faults) -> None:
    if f"{revision}/{line}" in index.wordings or line in faults.left_out:
        return
    elsewhere = ", ".join(index.worded_in.get(line, [])[:MOST_NAMED])
    remedy = f"it has words in {elsewhere}" if elsewhere else "no revision has words of it"
    faults.note(place, f"'{line}' has no words in '{revision}'; {remedy}")


def _check_authority(position: PositionEntry, *, faults: Faults) -> None:
    if position.authority >= Authority.REPORTED and not position.has("evidence"):
        remedy = "name a source under 'evidence', or write 'attributed'"
        faults.note(position.at("authority"), f"'{position.authority.word}' needs evidence; {remedy}")
    claimed = position.asserted_by not in (None, position.party)
    if claimed and position.authority != Authority.ATTRIBUTED:
        faults.note(position.at("authority"), "what one party says of another is 'attributed'; write that")
    _check_once("source", ((each.source, each, "source") for each in position.evidence), faults=faults)


def _check_conditions(position: PositionEntry, *, index: Index, faults: Faults) -> None:
    conditional = position.stance == Stance.CONDITIONAL
    if position.has("conditions") and not conditional:
        faults.note(
            position.at("conditions"), f"only a conditional stance has conditions, and this is {position.stance}"
        )
    if conditional and not position.has("conditions"):
        remedy = "name at least one under 'conditions', or choose another stance"
        faults.note(position.at("stance"), f"a conditional stance needs what it hangs on; {remedy}")
    for condition in position.conditions:
        _check_condition(condition, index=index, faults=faults)


def _check_condition(condition: ConditionEntry, *, index: Index, faults: Faults) -> None:
    given = [key for key in ("reaches", "event", "absent") if getattr(condition, key) is not None]
    if len(given) != 1:
        faults.note(condition.place, "a condition has one of the keys 'reaches', 'event' and 'absent'")
    if condition.reaches and condition.reaches.provision in index.line_of:
        line = index.line_of[condition.reaches.provision]
        faults.note(condition.reaches.at("provision"), f"a part has no level of its own; name its line '{line}'")
    if condition.absent in index.line_of:
        line = index.line_of[condition.absent]
        faults.note(condition.at("absent"), f"a condition is on a whole line; name the line '{line}'")


def _check_keys(index: Index, *, faults: Faults) -> None:
    """An id with its lines, and an id that is written out, may come to the same key."""
    first: dict[str, PositionEntry] = {}
    for position in index.positions.values():
        for key in position.keys.values():
            if (other := first.setdefault(key, position)) is not position:
                taken = f"'{other.id}' at {other.at('id').spot} has it"
                faults.note(position.at("id"), f"the key '{key}' is taken: {taken}; choose another id")


def _check_sequence(index: Index, *, faults: Faults) -> None:
    for position in index.positions.values():
        earlier = index.positions.get(position.follows or "")
        if earlier and _later(earlier.stated_on, position.stated_on):
            later = f"'{earlier.id}' was said later, on {earlier.stated_on}"
            faults.note(position.at("follows"), f"{later}; a position follows an earlier one")
    for circle in circles({key: [each.follows] for key, each in index.positions.items() if each.follows}):
        place = index.positions[circle[0]].at("follows")
        faults.note(place, f"a position cannot follow itself: {' after '.join(circle)}; mend one of them")


def _later(this: When, that: When) -> bool:
    """Whether one day is surely after another: a month is not after its days."""
    known = min(len(str(this)), len(str(that)))
    return str(this)[:known] > str(that)[:known]


def _check_on_words(entry: SilenceEntry | RulingEntry, *, index: Index, faults: Faults) -> None:
    what = "a silence procedure" if isinstance(entry, SilenceEntry) else "a ruling"
    place = entry.at("provision")
    if entry.provision in index.line_of:
        line = index.line_of[entry.provision]
        faults.note(place, f"{what} is on a whole line; name the line '{line}'")
    elif entry.provision in index.lines and entry.revision in index.revisions:
        _check_words(entry.provision, entry.revision, place=place, index=index, faults=faults)


def _check_silence(silence: SilenceEntry, *, index: Index, faults: Faults) -> None:
    _check_on_words(silence, index=index, faults=faults)
    if (silence.broken_on is None) != (silence.broken_by is None):
        faults.note(silence.place, "'broken_on' and 'broken_by' go together; write both or neither")


def _check_relation(relation: RelationEntry, *, plan: PlanEntry | None, index: Index, faults: Faults) -> None:
    _check_whole(relation.words, relation.at("from"), index=index, faults=faults)
    there, _, other = relation.other.partition("/")
    if plan is None or there != plan.slug:
        # Another plan's words are looked up on record.
        return
    place = relation.at("to")
    _check_whole(other, place, index=index, faults=faults)
    if other.partition("/")[0] == relation.words.partition("/")[0]:
        faults.note(place, "words are related to those of another text; name another revision")
    elif not index.knows(Resource.WORDING, other) and faults.left_out.isdisjoint(other.split("/")):
        faults.note(place, f"no file defines the words '{other}'{faults.hint(other, index.wordings)}")


def _check_whole(words: str, place: Place, *, index: Index, faults: Faults) -> None:
    if line := index.line_of.get(words.partition("/")[2]):
        remedy = f"name its line '{line}', and say in the note which part is meant"
        faults.note(place, f"a relation is between whole lines; {remedy}")


def _check_on_whole_line(implementation: ImplementationEntry, *, index: Index, faults: Faults) -> None:
    if line := index.line_of.get(implementation.provision):
        remedy = f"name its line '{line}', and say in the note which part is meant"
        faults.note(implementation.at("provision"), f"a level of implementation is given to a whole line; {remedy}")
