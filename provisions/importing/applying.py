"""Puts a plan that was read from files on record: all of it or nothing, and only what is new or different."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection, transaction

from provisions.contents import (
    Content,
    PartyContent,
    PlanContents,
    PositionContent,
    RevisionContent,
)
from provisions.held import held
from provisions.implementing import SignedLines
from provisions.models import Change, ChangeKind, Plan, PlanParty, Resource, Wording
from provisions.record import Author, Deleted, Pen, writing

from .again import others_as_they_are, remember
from .building import PlanFile
from .places import AwaitsAnother, BadPlan, Fault, Place


def deleted(slug: str) -> BadPlan:
    """What is wrong with files of a plan that was deleted."""
    remedy = "have an administrator bring it back, or give this plan another slug"
    return BadPlan([Fault(Place(slug, path="plan.slug"), f"the plan '{slug}' was deleted; {remedy}")])


class MovedOn(Exception):
    """The plan or the files are no longer those that a preview was made of."""


class Vanishing(Exception):
    """A new text would lose lines of the one before without a word. `lines` are by text."""

    def __init__(self, lines: Mapping[str, tuple[str, ...]]) -> None:
        self.lines = lines
        super().__init__("; ".join(f"{text}: {', '.join(lost)}" for text, lost in lines.items()))

    def __reduce__(self) -> tuple[Any, ...]:
        return Vanishing, (self.lines,)


Told = Callable[[Resource, int], None]
"""Called before each kind, with how many things of it there are."""


@dataclass(frozen=True, slots=True)
class Tally:
    """How many things of a kind were added, changed, or found to be as the files have them."""

    added: int
    changed: int
    unchanged: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an import did, or would have done.

    `kept` is what the record has and the files do not mention. `vanishing` are lines, by text, that a text which is new
    or was changed has no words of, while those that it derives from have, and nothing says what became of them.
    """

    plan: str
    seq_before: int
    seq_after: int
    tallies: dict[Resource, Tally]
    kept: dict[Resource, tuple[str, ...]]
    vanishing: dict[str, tuple[str, ...]]

    @property
    def things(self) -> dict[Resource, int]:
        """How many things of each kind the files have."""
        return {kind: each.added + each.changed + each.unchanged for kind, each in self.tallies.items()}


@dataclass(frozen=True, slots=True)
class Expected:
    """What a preview was made of: the plan's seq, and the hash of the files."""

    seq: int | None = None
    sha256: str = ""


def apply(
    file: PlanFile,
    *,
    by: Author,
    dry_run: bool = False,
    expected: Expected | None = None,
    let_vanish: bool = True,
    told: Told = lambda resource, number: None,
) -> Outcome:
    """Put the plan on record in one transaction. A dry run does the same and takes it back.

    Raises BadPlan where the record forbids it, MovedOn where it is not what was `expected`, and Vanishing where lines
    would vanish that may not; then nothing is written.
    """
    slug = file.contents.plan.slug
    try:
        # A transaction around that of the pen, for a rehearsal to be taken back in.
        with transaction.atomic() if dry_run else nullcontext():
            with writing(slug, by=by, create=True) as pen:
                check_expected(expected or Expected(), sha256=file.sha256, seq=pen.seq)
                elsewhere = others_as_they_are(file)
                outcome = put(file, pen=pen, told=told)
                if outcome.vanishing and not let_vanish:
                    raise Vanishing(outcome.vanishing)
                if file.as_given:
                    remember(file, things=outcome.things, kept=outcome.kept, elsewhere=elsewhere, pen=pen)
            if dry_run:
                # What PostgreSQL would look at on commit only.
                connection.check_constraints()
                transaction.set_rollback(True)
    except Deleted:
        raise deleted(slug) from None
    return outcome


def check_expected(expected: Expected, *, sha256: str, seq: int) -> None:
    """Refuse what was not previewed. Raises MovedOn."""
    if expected.sha256 and expected.sha256 != sha256:
        raise MovedOn("The files are not those that the preview was made of; preview again.")
    if expected.seq is not None and expected.seq != seq:
        raise MovedOn(f"The plan is at seq {seq}, and the preview was made at {expected.seq}; preview again.")


def put(file: PlanFile, *, pen: Pen, told: Told = lambda resource, number: None) -> Outcome:
    """Put the plan on record under a lock that is held. Raises BadPlan where the record forbids it."""
    before = pen.seq
    # A plan that begins now has nothing that its files might not have.
    contents = _with_parties_held(file.contents, plan=pen.plan) if before else file.contents
    kinds = dict(_in_order(contents))
    kept = _kept(kinds, plan=pen.plan) if before else {}
    faults, missing = list(_forbidden(file, kept=kept, pen=pen)), list(_words_of_others(file))
    if faults or missing:
        raise (BadPlan if faults else AwaitsAnother)([*faults, *missing])
    for resource, things in kinds.items():
        told(resource, len(things))
        try:
            _put(things, file=file, pen=pen)
        except ValidationError as error:
            what = "; ".join(error.messages)
            raise BadPlan([Fault(Place(file.contents.plan.slug), f"{resource.label}: {what}")]) from error
    vanishing = _vanishing(file.contents, kept=kept.get(Resource.WORDING, ()), pen=pen)
    return Outcome(file.contents.plan.slug, before, pen.seq, _tallies(kinds, pen=pen), kept, vanishing)


def _vanishing(contents: PlanContents, *, kept: Sequence[str], pen: Pen) -> dict[str, tuple[str, ...]]:
    touched = {change.key for change in pen.changes if change.resource == Resource.REVISION}
    if not touched:
        return {}
    words: dict[str, set[str]] = defaultdict(set)
    taken_up: dict[str, set[str]] = defaultdict(set)
    for each in contents.wordings:
        words[each.revision].add(each.provision)
        taken_up[each.revision].update(key.partition("/")[2] for key in each.comes_from)
    for revision, _, line in (key.partition("/") for key in kept):
        words[revision].add(line)
    texts = {each.slug: each for each in contents.revisions}
    lost: dict[str, tuple[str, ...]] = {}
    lines = [each.slug for each in contents.provisions if each.parent is None]
    for slug in touched & texts.keys():
        removed = {each.provision for each in texts[slug].removals}
        if _seen_whole(texts[slug], worded=words[slug].intersection(lines), removed=removed.intersection(lines)):
            told = words[slug] | taken_up[slug] | removed
            alive = _alive_before(slug, texts=texts, words=words)
            lost[slug] = tuple(line for line in lines if line in alive - told)
    return {slug: lost[slug] for slug in texts if lost.get(slug)}


def _seen_whole(text: RevisionContent, *, worded: set[str], removed: set[str]) -> bool:
    """Whether it means something that a text has no words of a line: not where nobody saw all of it."""
    return bool(worded) and not text.provenance.unseen and len(worded | removed) >= (text.point_count or 0)


def _alive_before(slug: str, *, texts: Mapping[str, RevisionContent], words: Mapping[str, set[str]]) -> set[str]:
    """Lines that have words in the texts that this one derives from, as the latest of them that names a line has it."""
    alive: set[str] = set()
    gone: set[str] = set()
    here = texts[slug].derives_from
    passed = {slug}
    while here is not None and here in texts and here not in passed:
        passed.add(here)
        alive |= words.get(here, set()) - gone
        gone |= {each.provision for each in texts[here].removals} - alive
        here = texts[here].derives_from
    return alive


def _put(contents: Sequence[Content], *, file: PlanFile, pen: Pen) -> None:
    """Put things of one kind on record; of rulings only those on words that no analyst has judged yet.

    Nor does a level of implementation come back that was withdrawn. Raises BadPlan for one on what was not signed.
    """
    if contents and contents[0].resource == Resource.RULING:
        judged = held(pen.plan, Resource.RULING)
        contents = [content for content in contents if content.key not in judged]
    if contents and contents[0].resource == Resource.IMPLEMENTATION:
        withdrawn = {key for key, each in held(pen.plan, Resource.IMPLEMENTATION).items() if each.content.level is None}
        contents = [content for content in contents if content.key not in withdrawn]
        if faults := list(_not_signed(contents, file=file, plan=pen.plan)):
            raise BadPlan(faults)
    pen.put(contents)
    if contents and contents[0].resource == Resource.POSITION and file.retracted:
        for key, each in held(pen.plan, Resource.POSITION, keys=file.retracted).items():
            if not each.retracted:
                pen.retract(key, reason=file.retracted[key])


def _not_signed(contents: Iterable[Any], *, file: PlanFile, plan: Plan) -> Iterator[Fault]:
    """What is said to have been carried out of lines that no signed text has, or before it was signed."""
    signed = SignedLines(plan, [each.provision for each in contents])
    for each in contents:
        place = file.places[Resource.IMPLEMENTATION, each.key]
        yield from (Fault(place, told) for told in signed.why_not(each.provision, each.since).values())


def _in_order(contents: PlanContents) -> Iterator[tuple[Resource, Sequence[Content]]]:
    """Each kind after those that it names; the plan late, since it names its current revision."""
    yield Resource.PARTY, contents.parties
    yield Resource.SOURCE, contents.sources
    yield Resource.CATEGORY, contents.categories
    yield Resource.TOPIC, contents.topics
    yield Resource.PROVISION, contents.provisions
    yield Resource.REVISION, contents.revisions
    yield Resource.WORDING, contents.wordings
    yield Resource.EVENT, contents.events
    yield Resource.POSITION, contents.positions
    yield Resource.SILENCE_PROCEDURE, contents.silence_procedures
    yield Resource.COMPANION, contents.companions
    yield Resource.DISPUTE, contents.disputes
    yield Resource.RELATION, contents.relations
    yield Resource.RULING, contents.rulings
    yield Resource.PLAN, (contents.plan,)
    # Whether a text was signed depends on who the principals are.
    yield Resource.IMPLEMENTATION, contents.implementations


def _with_parties_held(contents: PlanContents, *, plan: Plan) -> PlanContents:
    """A party that the files no longer have keeps its place, after the others: positions may be its own."""
    places = plan.places.order_by("order").values_list("party__slug", flat=True)
    left = tuple(slug for slug in places if slug not in contents.plan.parties)
    return replace(contents, plan=replace(contents.plan, parties=contents.plan.parties + left))


def _kept(kinds: dict[Resource, Sequence[Content]], *, plan: Plan) -> dict[Resource, tuple[str, ...]]:
    """What stands in the plan's log and not in the files."""
    named = {(resource, content.key) for resource, contents in kinds.items() for content in contents}
    entries = Change.objects.filter(plan=plan, resource__in=kinds).order_by("resource", "key")
    left: dict[Resource, list[str]] = defaultdict(list)
    for resource, key in entries.values_list("resource", "key").distinct():
        if (resource, key) not in named:
            left[Resource(resource)].append(key)
    return {resource: tuple(left[resource]) for resource in kinds if resource in left}


def _forbidden(file: PlanFile, *, kept: dict[Resource, tuple[str, ...]], pen: Pen) -> Iterator[Fault]:
    yield from _sources_of_others(file, pen=pen)
    yield from _parties_of_others(file, pen=pen)
    if pen.seq:
        yield from _positions_with_other_words(file, plan=pen.plan)
    yield from _numbers_taken(file, kept=kept.get(Resource.WORDING, ()), plan=pen.plan)


def _sources_of_others(file: PlanFile, *, pen: Pen) -> Iterator[Fault]:
    """All plans share their sources, so an id must not change hands."""
    sources = {source.slug: source for source in file.contents.sources}
    for key, each in pen.shared_things(Resource.SOURCE, sources).items():
        known, given = each.content, sources[key]
        if known.title != given.title and (not known.url or known.url != given.url):
            place = file.places[Resource.SOURCE, key]
            yield Fault(place, f"'{key}' is already another source, '{known.title}'; give this one another id")


def _parties_of_others(file: PlanFile, *, pen: Pen) -> Iterator[Fault]:
    """All plans share their parties; one that another plan has, too, is not made somebody else."""
    parties = {party.slug: party for party in file.contents.parties}
    others: dict[str, PartyContent] = {}
    for key, each in pen.shared_things(Resource.PARTY, parties).items():
        if each.content.name != parties[key].name and each.content.short != parties[key].short:
            others[key] = each.content
    places = PlanParty.objects.exclude(plan=pen.plan).filter(party__slug__in=others)
    for key in places.order_by("party__slug").values_list("party__slug", flat=True).distinct() if others else ():
        place = file.places[Resource.PARTY, key]
        yield Fault(place, f"'{key}' is {others[key].name} in another plan; give this party another slug")


def _positions_with_other_words(file: PlanFile, *, plan: Plan) -> Iterator[Fault]:
    positions = {position.key: position for position in file.contents.positions}
    for key, each in held(plan, Resource.POSITION, keys=positions).items():
        if each.content != positions[key]:
            differing = ", ".join(_differing(each.content, positions[key]))
            remedy = "a position is never rewritten, so retract it and add this one under a new id"
            yield Fault(
                file.places[Resource.POSITION, key], f"'{key}' is on record with other words ({differing}); {remedy}"
            )


def _differing(known: PositionContent, given: PositionContent) -> Iterator[str]:
    return (name for name in known.__dataclass_fields__ if getattr(known, name) != getattr(given, name))


def _words_of_others(file: PlanFile) -> Iterator[Fault]:
    """Relations lead to words of other plans, which have to be there before this one."""
    own = file.contents.plan.slug
    foreign = {each.key: each.other for each in file.contents.relations if not each.other.startswith(f"{own}/")}
    if not foreign:
        return
    there = Wording.objects.filter(
        revision__plan__slug__in={other.split("/")[0] for other in foreign.values()}, provision__parent=None
    )
    paths = there.values_list("revision__plan__slug", "revision__slug", "provision__slug")
    known = {"/".join(path) for path in paths}
    for key, other in foreign.items():
        if other not in known:
            place = file.places[Resource.RELATION, key]
            yield Fault(place, f"no plan on record has a line with the words '{other}'; import that plan first")


def _numbers_taken(file: PlanFile, *, kept: Sequence[str], plan: Plan) -> Iterator[Fault]:
    """A number that words have which are on record, and not in the files."""
    taken: dict[tuple[str, str | None], str] = {}
    if kept:
        for each in held(plan, Resource.WORDING, keys=kept).values():
            taken[each.content.revision, each.content.number] = each.content.provision
    for words in file.contents.wordings:
        if words.number and (other := taken.get((words.revision, words.number))):
            place = file.places[Resource.WORDING, words.key]
            yield Fault(
                place, f"on record the number {words.number} is that of '{other}'; give this one another number"
            )


def _tallies(kinds: dict[Resource, Sequence[Content]], *, pen: Pen) -> dict[Resource, Tally]:
    added_keys = {(change.resource, change.key) for change in pen.changes if change.kind == ChangeKind.ADDED}
    changed_keys = {(change.resource, change.key) for change in pen.changes} - added_keys
    added_of, changed_of = (Counter(resource for resource, _ in keys) for keys in (added_keys, changed_keys))
    tallies: dict[Resource, Tally] = {}
    for resource, contents in kinds.items():
        added, changed = added_of[resource], changed_of[resource]
        tallies[resource] = Tally(added, changed, len(contents) - added - changed)
    return tallies
