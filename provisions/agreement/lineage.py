"""Sections 1 to 3: a revision with those that it derives from, where each line's words come from, and lines that went.

`Text` is one revision as it is evaluated. Its chain begins with itself and goes back as far as was known.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from provisions.agreement.facts import BadRecord, Facts, Wording
from provisions.agreement.words import Carried, Gone, WordingChange

_ONE_LINE = (WordingChange.IDENTICAL, WordingChange.EDITORIAL, WordingChange.SUBSTANTIVE)


class Age(NamedTuple):
    """How far back words lie: twice the steps along the chain, odd for words from beside it, then steps beside it."""

    chain: int
    beside: int


class Reach(NamedTuple):
    """How words of old reach the current ones, and how far back they lie."""

    carried: Carried
    age: Age

    @property
    def speaks(self) -> bool:
        """Whether what was said of these words speaks to the current ones."""
        return self.carried is not Carried.EARLIER


class GoneLine(NamedTuple):
    """A line without words in the evaluated revision, and the lines of it that its last words went into.

    Successors are None where a line that they went into was withdrawn in its turn, or nothing came of them.
    """

    state: Gone
    last_wording: str
    successors: tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class Text:
    """One revision as it is evaluated, on the facts of a day: its chain, and every line's words along it."""

    facts: Facts
    chain: tuple[str, ...]
    places: dict[str, int]
    along: dict[str, list[Wording]]
    elsewhere: dict[str, list[Wording]]
    current: dict[str, Wording]
    followers: dict[str, list[str]]

    @property
    def unseen(self) -> bool:
        """Whether the words are only reported or announced."""
        return bool(self.chain) and self.facts.revisions[self.chain[0]].provenance.unseen


def text_of(facts: Facts, revision: str | None) -> Text:
    """The revision as a text to evaluate; without a revision a text without words."""
    chain = _chain(facts, revision)
    along: dict[str, list[Wording]] = {}
    elsewhere: dict[str, list[Wording]] = {}
    followers: dict[str, list[str]] = {}
    by_revision: dict[str, list[Wording]] = {}
    for wording in facts.wordings.values():
        by_revision.setdefault(wording.revision, []).append(wording)
        for parent in wording.came_from:
            followers.setdefault(parent, []).append(wording.id)
    for slug in chain:
        for wording in by_revision.pop(slug, ()):
            words = along.setdefault(wording.line, [])
            if words and words[-1].revision == slug:
                one, other = sorted((words[-1].id, wording.id))
                raise BadRecord(f"wordings: {one!r} and {other!r} are both the words of {wording.line!r} in {slug!r}")
            words.append(wording)
    for wordings in by_revision.values():
        for wording in wordings:
            elsewhere.setdefault(wording.line, []).append(wording)
    current = {line: words[0] for line, words in along.items() if words[0].revision == chain[0]}
    places = {slug: i for i, slug in enumerate(chain)}
    return Text(facts, chain, places, along, elsewhere, current, followers)


def _chain(facts: Facts, revision: str | None) -> tuple[str, ...]:
    chain: list[str] = []
    while revision is not None and revision in facts.revisions:
        if revision in chain:
            raise BadRecord(f"revisions: {revision!r} derives from itself")
        chain.append(revision)
        revision = facts.revisions[revision].derives_from
    return tuple(chain)


def reaches(text: Text, line: str) -> dict[str, Reach]:
    """Every wording that counts for a line, by id: its own along the chain, and all that these come from."""
    own = text.along[line]
    ages = _ages(text, own)
    reached = {wording: Reach(Carried.EARLIER, age) for wording, age in ages.items()}
    if line in text.current:
        for wording, carried in _carried(text.facts, own[0]):
            reached[wording] = Reach(carried, ages[wording])
    return reached


def _carried(facts: Facts, current: Wording) -> Iterator[tuple[str, Carried]]:
    """The current words, and back from them as long as nothing but numbers and editorial details changed."""
    carried = Carried.SAME
    wording: Wording | None = current
    seen: set[str] = set()
    while wording is not None and wording.id not in seen:
        seen.add(wording.id)
        yield wording.id, carried
        change, parent = _change(facts, wording)
        if change is Carried.EARLIER:
            return
        carried = Carried.EDITORIAL if Carried.EDITORIAL in (carried, change) else Carried.IDENTICAL
        wording = parent


def _change(facts: Facts, wording: Wording) -> tuple[Carried, Wording | None]:
    """What a wording is to the one that it continues: identical by its text, editorial by ruling, or other words."""
    if wording.change not in _ONE_LINE or len(wording.came_from) != 1:
        return Carried.EARLIER, None
    parent = facts.wordings.get(wording.came_from[0])
    if parent is None:
        return Carried.EARLIER, None
    if parent.fingerprint == wording.fingerprint:
        return Carried.IDENTICAL, parent
    return (Carried.EDITORIAL if wording.change is WordingChange.EDITORIAL else Carried.EARLIER), parent


def _ages(text: Text, own: Iterable[Wording]) -> dict[str, Age]:
    """How far back each wording lies that these words are or come from, at any distance."""
    ages: dict[str, Age] = {}
    ahead = [(wording, Age(2 * text.places[wording.revision], 0)) for wording in own]
    while ahead:
        wording, age = ahead.pop()
        if wording.id in ages and ages[wording.id] <= age:
            continue
        ages[wording.id] = age
        for name in wording.came_from:
            if (parent := text.facts.wordings.get(name)) is not None:
                place = text.places.get(parent.revision)
                ahead.append((parent, Age(age.chain | 1, age.beside + 1) if place is None else Age(2 * place, 0)))
    return ages


def gone(text: Text) -> dict[str, GoneLine]:
    """The lines that have no words in the revision but in one that it derives from, and what became of them."""
    last = {line: words[0] for line, words in text.along.items() if line not in text.current}
    lines: dict[str, GoneLine] = {}
    # Words go into later revisions only, so that every line is reached after those that it went into.
    for line in sorted(last, key=lambda line: (text.places[last[line].revision], line)):
        lines[line] = _gone(text, last[line], lines)
    return lines


def _gone(text: Text, last: Wording, later: dict[str, GoneLine]) -> GoneLine:
    followers = _followers(text, last.id)
    if not any(text.current.get(wording.line) is wording for wording in followers):
        return GoneLine(Gone.WITHDRAWN, last.id, None)
    now = text.places[last.revision]
    into = {wording.line for wording in followers if text.places.get(wording.revision, now) < now}
    successors: set[str] = set()
    for line in into:
        lines = (line,) if line in text.current else later[line].successors
        if lines is None:
            return GoneLine(Gone.SUCCEEDED, last.id, None)
        successors |= set(lines)
    return GoneLine(Gone.SUCCEEDED, last.id, tuple(sorted(successors)))


def _followers(text: Text, wording: str) -> list[Wording]:
    """All the wordings that go back to this one."""
    found: set[str] = set()
    ahead = [wording]
    while ahead:
        for name in text.followers.get(ahead.pop(), ()):
            if name not in found:
                found.add(name)
                ahead.append(name)
    return [text.facts.wordings[name] for name in found]
