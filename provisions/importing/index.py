"""Everything in the files of a plan that something else can name; and whether each name leads somewhere."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter

from provisions.models import Resource

from .entries import Entry
from .places import Faults
from .schema import FileEntry, PartWordingEntry, PositionEntry, ProvisionEntry, RevisionEntry

MOST_CIRCLES = 20


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a line, or of a part of one, with the revision that they stand in."""

    revision: RevisionEntry
    entry: PartWordingEntry

    @property
    def key(self) -> str:
        return f"{self.revision.slug}/{self.entry.provision}"


class Index:
    """What the files define, by name. What is defined twice is noted as a fault."""

    def __init__(self, entries: FileEntry, *, faults: Faults) -> None:
        self._faults = faults
        self._defined: dict[Resource, dict[str, Entry]] = defaultdict(dict)
        self.lines: dict[str, ProvisionEntry] = {}
        self.line_of: dict[str, str] = {}
        """The line that a part belongs to."""
        self.revisions: dict[str, RevisionEntry] = {}
        self.wordings: dict[str, Words] = {}
        self.worded_in: dict[str, list[str]] = defaultdict(list)
        """The revisions in which a line has words."""
        self.positions: dict[str, PositionEntry] = {}
        self.called = {
            name.casefold(): each.slug for each in entries.parties for name in (each.slug, each.name, each.short)
        }
        """How parties may be called in brackets."""
        self._plain(entries)
        self._lines(entries)
        self._texts(entries)
        for revision in _in_descent(self.revisions):
            if revision.rest_unchanged:
                self._carry(revision)

    def knows(self, resource: Resource, name: str) -> bool:
        return name in self._defined[resource]

    def _plain(self, entries: FileEntry) -> None:
        for resource, slugged in (
            (Resource.PARTY, entries.parties),
            (Resource.CATEGORY, entries.categories),
            (Resource.TOPIC, entries.topics),
            (Resource.EVENT, entries.events),
            (Resource.COMPANION, entries.companions),
            (Resource.DISPUTE, entries.disputes),
        ):
            for each in slugged:
                self._define(resource, each.slug, each, key="slug")
        for source in entries.sources:
            self._define(Resource.SOURCE, source.id, source, key="id")
        for position in entries.positions:
            if self._define(Resource.POSITION, position.id, position, key="id"):
                self.positions[position.id] = position
        for ruling in entries.rulings:
            self._define(Resource.RULING, f"{ruling.revision}/{ruling.provision}", ruling, key="provision")
        for silence in entries.silence_procedures:
            name = f"{silence.revision}/{silence.provision}"
            self._define(Resource.SILENCE_PROCEDURE, name, silence, key="provision")
        for relation in entries.relations:
            self._define(Resource.RELATION, f"{relation.words} to {relation.other}", relation, key="to")
        for step in entries.implementations:
            self._define(Resource.IMPLEMENTATION, f"{step.provision}/{step.since}", step, key="since")

    def _lines(self, entries: FileEntry) -> None:
        for line in entries.provisions:
            if self._define(Resource.PROVISION, line.slug, line, key="slug"):
                self.lines[line.slug] = line
            for part in line.parts:
                if self._define(Resource.PROVISION, part.slug, part, key="slug"):
                    self.line_of[part.slug] = line.slug

    def _texts(self, entries: FileEntry) -> None:
        for revision in entries.revisions:
            if self._define(Resource.REVISION, revision.slug, revision, key="slug"):
                self.revisions[revision.slug] = revision
            for wording in revision.wordings:
                for entry in (wording, *wording.parts):
                    self._word(revision, entry)

    def _carry(self, revision: RevisionEntry) -> None:
        """Take over the words of lines that a text does not mention from those that it derives from."""
        told = {each.provision for each in revision.removals}
        told |= {self.line_of.get(each.entry.provision, each.entry.provision) for each in self._words_in(revision)}
        # A line that others took up goes on in them.
        told |= {origin.partition("/")[2] for each in self._words_in(revision) for origin in each.entry.origins or ()}
        here = revision.derives_from
        passed = {revision.slug}
        while here in self.revisions and here not in passed:
            before = self.revisions[here]
            for words in list(self._words_in(before)):
                if self.line_of.get(words.entry.provision, words.entry.provision) not in told:
                    same = {"origins": None, "change": None, "reason": ""}
                    self._word(revision, words.entry.model_copy(update=same))
            told |= {each.provision for each in before.removals}
            told |= {self.line_of.get(each.entry.provision, each.entry.provision) for each in self._words_in(before)}
            passed.add(here)
            here = before.derives_from

    def _words_in(self, revision: RevisionEntry) -> Iterator[Words]:
        return (words for words in list(self.wordings.values()) if words.revision is revision)

    def _word(self, revision: RevisionEntry, entry: PartWordingEntry) -> None:
        words = Words(revision, entry)
        if self._define(Resource.WORDING, words.key, entry, key="provision"):
            self.wordings[words.key] = words
            self.worded_in[entry.provision].append(revision.slug)

    def _define(self, resource: Resource, name: str, entry: Entry, *, key: str) -> bool:
        first = self._defined[resource].setdefault(name, entry)
        if first is not entry:
            what = f"{resource.label} '{name}' is defined twice, first at {first.place.spot}"
            self._faults.note(entry.at(key), f"{what}; remove one, or name it otherwise")
        return first is entry

    def follow(self, entry: Entry) -> None:
        """Note each name in an entry, and in all that it holds, that leads nowhere."""
        for each in entry.within():
            for resource, name, (key, index) in each.names():
                if not self.knows(resource, name) and self._faults.left_out.isdisjoint({name, *name.split("/")}):
                    hint = self._faults.hint(name, self._defined[resource])
                    self._faults.note(each.at(key, index), f"no file defines the {resource.label} '{name}'{hint}")


def _in_descent(revisions: Mapping[str, RevisionEntry]) -> Iterator[RevisionEntry]:
    """Each text after that which it derives from, as far as they do not go round in a circle."""
    left = dict(revisions)
    while left:
        free = [slug for slug, each in left.items() if each.derives_from not in left]
        if not free:
            return
        for slug in free:
            yield left.pop(slug)


def circles(graph: Mapping[str, Collection[str]]) -> Iterator[list[str]]:
    """Names that lead back to themselves, up to so many circles; a graph tells what each name is made from."""
    left = {name: list(dict.fromkeys(sources)) for name, sources in graph.items()}
    for _ in range(MOST_CIRCLES):
        if (circle := _circle(left)) is None:
            return
        yield circle
        left[circle[0]].remove(circle[1])


def _circle(graph: Mapping[str, Iterable[str]]) -> list[str] | None:
    """One circle, beginning with the name that comes first in the graph."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        around = list(reversed(error.args[1]))[1:]
        start = min(range(len(around)), key=lambda index: list(graph).index(around[index]))
        return [*around[start:], *around[: start + 1]]
    return None
