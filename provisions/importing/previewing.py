"""What will an import do? It is done, looked at, and taken back, so that a preview cannot differ from the effect."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from provisions.agreement import BadRecord, assess
from provisions.agreement.words import Reading
from provisions.assessing import record_of
from provisions.contents import RemovalContent, RevisionContent, WordingContent
from provisions.held import held
from provisions.models import Change, ChangeKind, Plan, Resource, Via
from provisions.record import Author, Pen, writing
from provisions.record.levels import level_of
from provisions.tombstones import tombstone

from .applying import Expected, Outcome, check_expected, deleted, put
from .building import PlanFile

ALIKE = 0.55
LONGEST_COMPARED = 4000

Levels = Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class Effect:
    """One thing that is added, changed or retracted; `fields` are those that differ."""

    kind: ChangeKind
    resource: Resource
    key: str
    fields: tuple[str, ...]
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class Line:
    """The words of a line in a text: in the text before (`base`), as held until now, and as the file has them."""

    line: str
    title: str
    change: str
    number_before: str | None
    number: str | None
    base: str | None
    held: str | None
    words: str
    comes_from: tuple[str, ...]

    @property
    def renumbered(self) -> bool:
        return self.base is not None and self.number_before != self.number


@dataclass(frozen=True, slots=True)
class Guess:
    """Words of which the files do not say where they come from, and those before that are most like them."""

    words: str
    title: str
    origin: str
    origin_title: str
    likeness: float
    origin_goes_on: bool


@dataclass(frozen=True, slots=True)
class Text:
    """A text that is new, or whose words are changed: line by line."""

    slug: str
    title: str
    new: bool
    base: str | None
    lines: tuple[Line, ...]
    removals: tuple[RemovalContent, ...]
    vanishing: tuple[tuple[str, str], ...]
    guesses: tuple[Guess, ...]


@dataclass(frozen=True, slots=True)
class Overwritten:
    """Something that a person changed since it was imported, and that the file would have otherwise."""

    resource: Resource
    key: str
    fields: tuple[str, ...]
    seq: int
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class Lapsed:
    """A position that would no longer speak to the current words."""

    line: str
    title: str
    party: str
    position: str


@dataclass(frozen=True, slots=True)
class Moved:
    """A line whose level would change. `alarm`: it was agreed, and would be gone."""

    line: str
    title: str
    level: str | None
    level_then: str | None
    alarm: bool


@dataclass(frozen=True, slots=True)
class Preview:
    """What an import would do to a plan that is at `outcome.seq_before`, with files of this hash."""

    sha256: str
    outcome: Outcome
    effects: tuple[Effect, ...]
    texts: tuple[Text, ...]
    overwritten: tuple[Overwritten, ...]
    lapsed: tuple[Lapsed, ...]
    moved: tuple[Moved, ...]
    phase: str | None
    phase_then: str | None
    rulings: int
    unworkable: str
    """Why the levels could not be worked out afterwards, if so."""

    @property
    def guesses(self) -> tuple[Guess, ...]:
        return tuple(guess for text in self.texts for guess in text.guesses)


def preview(file: PlanFile, *, by: Author, expected: Expected | None = None) -> Preview:
    """What an import would do. Nothing is written.

    Raises BadPlan where the record forbids it, MovedOn where it is not what was `expected`.
    """
    slug = file.contents.plan.slug
    if tombstone(slug):
        raise deleted(slug)
    with transaction.atomic():
        plan = Plan.objects.filter(slug=slug).first()
        before = _levels(plan) if plan else None
        words = _words(plan) if plan else {}
        with writing(slug, by=by, create=True) as pen:
            check_expected(expected or Expected(), sha256=file.sha256, seq=pen.seq)
            outcome = put(file, pen=pen)
            effects = tuple(_effects(pen))
            overwritten = tuple(_overwritten(pen.plan, effects))
            rulings = _rulings(pen.plan)
        # What PostgreSQL would look at on commit only.
        connection.check_constraints()
        try:
            after, unworkable = _levels(pen.plan), ""
        except BadRecord as error:
            after, unworkable = None, str(error)
        texts = tuple(_texts(file, effects=effects, outcome=outcome, before=words, after=_words(pen.plan)))
        transaction.set_rollback(True)
    titles = _titles(file)
    return Preview(
        sha256=file.sha256,
        outcome=outcome,
        effects=effects,
        texts=texts,
        overwritten=overwritten,
        lapsed=() if unworkable else tuple(_lapsed(before, after, titles)),
        moved=() if unworkable else tuple(_moved(before, after, titles)),
        phase=before["phase"] if before else None,
        phase_then=after["phase"] if after else None,
        rulings=rulings,
        unworkable=unworkable,
    )


def preview_of_nothing(outcome: Outcome, *, sha256: str) -> Preview:
    """The preview of an import that changes nothing, as its outcome says."""
    plan = Plan.objects.get(slug=outcome.plan)
    levels = _levels(plan)
    phase = levels["phase"] if levels else None
    return Preview(
        sha256=sha256,
        outcome=outcome,
        effects=(),
        texts=(),
        overwritten=(),
        lapsed=(),
        moved=(),
        phase=phase,
        phase_then=phase,
        rulings=_rulings(plan),
        unworkable="",
    )


def _rulings(plan: Plan) -> int:
    """How many an import leaves alone."""
    return sum(each.content.level is not None for each in held(plan, Resource.RULING).values())


# ---- Things ----


def _effects(pen: Pen) -> Iterator[Effect]:
    for change in pen.changes:
        kind = ChangeKind(change.kind)
        yield Effect(
            kind=kind,
            resource=Resource(change.resource),
            key=change.key,
            fields=tuple(_differing(change.before or {}, change.after or {})) if kind == ChangeKind.CHANGED else (),
            before=change.before,
            after=change.after,
        )


def _differing(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    return (name for name in after if after[name] != before.get(name))


def _overwritten(plan: Plan, effects: Iterable[Effect]) -> Iterator[Overwritten]:
    """What a person had the last word on. The pen's own changes are not in the log yet."""
    changed = {(each.resource, each.key): each for each in effects if each.kind == ChangeKind.CHANGED}
    if not changed:
        return
    entries = Change.objects.filter(
        plan=plan, resource__in={resource for resource, _ in changed}, key__in={key for _, key in changed}
    )
    latest = entries.order_by("resource", "key", "-seq").distinct("resource", "key").select_related("actor")
    for entry in latest:
        effect = changed.get((Resource(entry.resource), entry.key))
        if effect and entry.via not in (Via.IMPORT, Via.JOB):
            by = entry.actor.get_username() if entry.actor else entry.get_via_display()
            yield Overwritten(effect.resource, effect.key, effect.fields, entry.seq, by, entry.reason)


# ---- Texts ----


def _words(plan: Plan) -> dict[str, WordingContent]:
    return {key: each.content for key, each in held(plan, Resource.WORDING).items()}


def _titles(file: PlanFile) -> dict[str, str]:
    return {each.slug: each.title for each in file.contents.provisions}


def _texts(
    file: PlanFile,
    *,
    effects: Iterable[Effect],
    outcome: Outcome,
    before: Mapping[str, WordingContent],
    after: Mapping[str, WordingContent],
) -> Iterator[Text]:
    new = {each.key for each in effects if (each.kind, each.resource) == (ChangeKind.ADDED, Resource.REVISION)}
    touched = {each.key for each in effects if each.resource == Resource.WORDING}
    titles = _titles(file)
    for revision in file.contents.revisions:
        keys = [each.key for each in file.contents.wordings if each.key in touched and each.revision == revision.slug]
        vanishing = outcome.vanishing.get(revision.slug, ())
        if keys or revision.slug in new or vanishing:
            yield Text(
                slug=revision.slug,
                title=revision.title,
                new=revision.slug in new,
                base=revision.derives_from,
                lines=tuple(_line(after[key], before=before, after=after, titles=titles) for key in keys),
                removals=revision.removals if revision.slug in new else (),
                vanishing=tuple((line, titles[line]) for line in vanishing),
                guesses=tuple(_guesses(revision, keys, file=file, after=after, titles=titles)),
            )


def _line(
    words: WordingContent,
    *,
    before: Mapping[str, WordingContent],
    after: Mapping[str, WordingContent],
    titles: Mapping[str, str],
) -> Line:
    origins = [after[key] for key in words.comes_from]
    own = next((each for each in origins if each.provision == words.provision), origins[0] if origins else None)
    known = before.get(words.key)
    return Line(
        line=words.provision,
        title=titles.get(words.provision, words.provision),
        change=str(words.change),
        number_before=own.number if own else None,
        number=words.number,
        base=own.text if own else None,
        held=known.text if known else None,
        words=words.text,
        comes_from=words.comes_from,
    )


def _guesses(
    revision: RevisionContent,
    keys: Iterable[str],
    *,
    file: PlanFile,
    after: Mapping[str, WordingContent],
    titles: Mapping[str, str],
) -> Iterator[Guess]:
    """For words that begin here: the words of the text before that they are most like, if they are."""
    lines = {each.slug for each in file.contents.provisions if each.parent is None}
    begun = [after[key] for key in keys if key not in file.decided and not after[key].comes_from]
    base = [each for each in after.values() if each.revision == revision.derives_from and each.provision in lines]
    for words in begun:
        likeness, origin = max(((_likeness(each.text, words.text), each.key) for each in base), default=(0.0, ""))
        if words.provision in lines and likeness >= ALIKE:
            line = after[origin].provision
            goes_on = any(origin in each.comes_from for each in after.values() if each.revision == revision.slug)
            yield Guess(words.key, titles[words.provision], origin, titles[line], round(likeness, 2), goes_on)


def _likeness(one: str, other: str) -> float:
    """How much of two texts is the same words in the same order, from 0 to 1."""
    words, others = (re.findall(r"\w+", text[:LONGEST_COMPARED].lower()) for text in (one, other))
    matcher = SequenceMatcher(None, words, others, autojunk=False)
    return matcher.ratio() if matcher.quick_ratio() >= ALIKE else 0.0


# ---- Levels ----


def _levels(plan: Plan) -> Levels:
    """What the rule says of the record as it stands in this transaction; nothing where no text is on the table."""
    record = record_of(plan, known_at=timezone.now())
    return assess(record) if record["plan"] and record["plan"][0]["revision"] else None


def _bodies(levels: Levels) -> dict[str, Mapping[str, Any]]:
    return {**levels["provisions"], **levels["gone"]} if levels else {}


def _moved(before: Levels, after: Levels, titles: Mapping[str, str]) -> Iterator[Moved]:
    now, then = _bodies(before), _bodies(after)
    for line in {**then, **now}:
        level = level_of(now[line]) if line in now else None
        level_then = level_of(then[line]) if line in then else None
        if level != level_then:
            alarm = bool(then.get(line, {}).get("alarm")) and not now.get(line, {}).get("alarm")
            yield Moved(line, titles.get(line, line), level, level_then, alarm)


def _lapsed(before: Levels, after: Levels, titles: Mapping[str, str]) -> Iterator[Lapsed]:
    now = before["provisions"] if before else {}
    for line, body in after["provisions"].items() if after else ():
        for party, reading in body["readings"].items():
            was = now.get(line, {}).get("readings", {}).get(party)
            if was and reading["reading"] == Reading.STALE != was["reading"]:
                yield Lapsed(line, titles.get(line, line), party, reading["position"])
