"""Which words of one text answer to which of another, and what became of each line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from provisions.agreement.words import WordingChange

from .kinship import Forebears, change_between, forebears, heaviest
from .texts import Absence, Library, Line, Missing, Text, Words


class Fate(StrEnum):
    """What became of a line from one text to another."""

    SAME = "same"
    MODIFIED = "modified"
    SPLIT = "split"
    MERGED = "merged"
    REMOVED = "removed"
    ADDED = "added"
    UNSEEN = "unseen"


_FATES = {
    WordingChange.IDENTICAL: Fate.SAME,
    WordingChange.EDITORIAL: Fate.SAME,
    WordingChange.SUBSTANTIVE: Fate.MODIFIED,
    WordingChange.SPLIT: Fate.SPLIT,
    WordingChange.MERGED: Fate.MERGED,
}


@dataclass(frozen=True, slots=True)
class Share:
    """A line in a comparison: its fate, and why it is missing from one of the texts."""

    line: Line
    fate: Fate
    missing_before: Missing | None
    missing_after: Missing | None

    @property
    def vanished(self) -> bool:
        """Whether the later text is known to have nothing of the line's own."""
        return self.missing_after is not None and not self.missing_after.why.unknown


@dataclass(frozen=True, slots=True)
class Group:
    """Lines that answer to each other: one as a rule, several where words were split or merged."""

    shares: tuple[Share, ...]
    before: tuple[Words, ...]
    after: tuple[Words, ...]


class Pairing:
    """The words of two texts of a plan, side by side."""

    def __init__(self, library: Library, before: Text, after: Text, texts: Mapping[int, str]) -> None:
        self.library, self.before, self.after = library, before, after
        self.texts = texts
        base = self._base()
        # Beyond the text that both derive from, kinship says nothing of the two.
        until = {words.id for words in base.words.values()} if base else ()
        self.kin: dict[int, Forebears] = {
            words.id: forebears(words, among=library.words, until=until)
            for text in (before, after)
            for words in text.words.values()
        }

    def groups(self) -> list[Group]:
        """Every line that has words in one of the two, in the order of the plan."""
        lines = [line for line in self.library.lines.values() if self._has(line)]
        order = {line.slug: place for place, line in enumerate(lines)}
        joined = _joined(order, ((one.line, other.line) for one, other in self._relatives()))
        return [self._group([lines[place] for place in places]) for places in joined]

    def _has(self, line: Line) -> bool:
        return line.slug in self.before.words or line.slug in self.after.words

    def _base(self) -> Text | None:
        """The text that both derive from, one of the two where it is an ancestor of the other."""
        line = self.library.chain(self.after)
        return next((text for text in self.library.chain(self.before) if text in line), None)

    def _relatives(self) -> Iterable[tuple[Words, Words]]:
        """Words of the one text and words of the other with a common origin."""
        by_origin: dict[int, list[Words]] = {}
        for words in self.before.words.values():
            for origin in self.kin[words.id]:
                by_origin.setdefault(origin, []).append(words)
        for words in self.after.words.values():
            for origin in self.kin[words.id]:
                for other in by_origin.get(origin, ()):
                    yield other, words

    def _group(self, lines: list[Line]) -> Group:
        before = tuple(self.before.words[line.slug] for line in lines if line.slug in self.before.words)
        after = tuple(self.after.words[line.slug] for line in lines if line.slug in self.after.words)
        return Group(tuple(self._share(line, before, after) for line in lines), before, after)

    def _share(self, line: Line, before: tuple[Words, ...], after: tuple[Words, ...]) -> Share:
        old, new = self.before.words.get(line.slug), self.after.words.get(line.slug)
        gone = None if new else self.library.missing(self.after, line)
        new_here = None if old else self.library.missing(self.before, line)
        if old and new:
            fate = self._fate(old, new)
        elif old:
            fate = self._into([(old, each) for each in after]) or _without(gone, Fate.REMOVED, merged=Fate.MERGED)
        else:
            fate = self._into([(each, new) for each in before if new]) or _without(new_here, Fate.ADDED)
        return Share(line, fate, new_here, gone)

    def _fate(self, old: Words, new: Words) -> Fate:
        change = change_between(self.kin[old.id], self.kin[new.id])
        if change in (WordingChange.SPLIT, WordingChange.MERGED):
            return _FATES[change]
        if self.texts[old.id] == self.texts[new.id]:
            return Fate.SAME
        # Of words that share no origin nobody has said that they mean the same.
        return _FATES[change or WordingChange.SUBSTANTIVE]

    def _into(self, pairs: list[tuple[Words, Words]]) -> Fate | None:
        """What became of words that go on under other lines."""
        changes = [change_between(self.kin[old.id], self.kin[new.id]) for old, new in pairs]
        found = [change for change in changes if change]
        return _FATES[heaviest(found)] if found else None


def _without(missing: Missing | None, fate: Fate, *, merged: Fate | None = None) -> Fate:
    """The fate of a line that one of the texts does not have: nobody knows, where that text was not seen whole."""
    if missing is None or missing.why.unknown:
        return Fate.UNSEEN
    return merged if merged and missing.why == Absence.MERGED else fate


def _joined(order: Mapping[str, int], pairs: Iterable[tuple[str, str]]) -> list[list[int]]:
    """Places in their order, those of a pair together."""
    head = list(range(len(order)))

    def first(place: int) -> int:
        while head[place] != place:
            place = head[place]
        return place

    for one, other in pairs:
        low, high = sorted((first(order[one]), first(order[other])))
        head[high] = low
    together: dict[int, list[int]] = {}
    for place in range(len(head)):
        together.setdefault(first(place), []).append(place)
    return list(together.values())
