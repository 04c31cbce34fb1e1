"""Square brackets in a draft: `[US, EU: … | Russia: …]`, words that those who are named would have there.

A text is kept as it is written. From its brackets follows what the whole line would say for each who is named. Brackets
that name nobody, such as `[sic]`, are words like others. An option may have a number, `[I (US): … | II (Russia): …]`,
and brackets may stand inside each other.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from provisions.contents import PartyContent, VariantContent

DEEPEST = 8

# "US, EU:" or "I (US, EU):" or "I:", and what follows it.
_LABEL = re.compile(r"\s*(?:(?P<option>[IVX]{1,4})(?:\s*\((?P<inner>[^()\[\]|:]*)\))?|(?P<names>[^()\[\]|:]+)):")
_SPACES = re.compile(r"\s{2,}")
_BEFORE_STOP = re.compile(r"\s+(?=[.,;:!?])")


class BadBrackets(ValueError):
    """Brackets that name somebody and cannot be read, in a sentence that says what to do."""


@dataclass(frozen=True, slots=True)
class Alternative:
    """Words in brackets: how they are labelled, as it is written, whose they are, and what they say."""

    label: str
    parties: tuple[str, ...]
    said: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Bracket:
    """Alternatives of which one is to stand in the text."""

    alternatives: tuple[Alternative, ...]


Node = str | Bracket


def names_of(parties: Iterable[PartyContent]) -> dict[str, str]:
    """How parties may be called in brackets, in small letters: by slug, name or short name."""
    return {name.casefold(): each.slug for each in parties for name in (each.slug, each.name, each.short)}


def parsed(text: str, *, names: Mapping[str, str]) -> tuple[Node, ...]:
    """A text as plain words and brackets. Raises BadBrackets."""
    nodes, end = _Reader(text, names).nodes(0, depth=0)
    if end < len(text):
        nodes = (*nodes, text[end:])
    return nodes


def printed(nodes: Iterable[Node]) -> str:
    """The text again, to the letter."""
    return "".join(
        node
        if isinstance(node, str)
        else "[" + "|".join(each.label + printed(each.said) for each in node.alternatives) + "]"
        for node in nodes
    )


def variants_in(text: str, *, names: Mapping[str, str]) -> tuple[VariantContent, ...]:
    """What the whole line says for those whom its brackets name; who would have the same words stand together."""
    if "[" not in text:
        return ()
    nodes = parsed(text, names=names)
    named = dict.fromkeys(_named(nodes))
    wanted: dict[str, list[str]] = {}
    for party in named:
        wanted.setdefault(_tidy(_for(party, nodes)), []).append(party)
    return tuple(VariantContent(parties=tuple(parties), text=words) for words, parties in wanted.items())


def _named(nodes: Iterable[Node]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, Bracket):
            for each in node.alternatives:
                yield from each.parties
                yield from _named(each.said)


def _for(party: str, nodes: Iterable[Node]) -> str:
    """The words of a party: in each bracket its own; where it has none there, the first that are nobody's."""
    said = []
    for node in nodes:
        if isinstance(node, str):
            said.append(node)
        else:
            chosen = next((each for each in node.alternatives if party in {*each.parties, *_named(each.said)}), None)
            chosen = chosen or next((each for each in node.alternatives if not each.parties), None)
            said.append(_for(party, chosen.said) if chosen else " ")
    return "".join(said)


def _tidy(text: str) -> str:
    return _BEFORE_STOP.sub("", _SPACES.sub(" ", text)).strip()


class _Reader:
    """Goes through a text once."""

    def __init__(self, text: str, names: Mapping[str, str]) -> None:
        self.text, self.names = text, names

    def nodes(self, start: int, *, depth: int, stop: str = "") -> tuple[tuple[Node, ...], int]:
        """The nodes from `start` to one of the characters `stop` outside of brackets, and where that is."""
        found: list[Node] = []
        at = words = start
        while at < len(self.text) and self.text[at] not in stop:
            if self.text[at] == "[":
                bracket, end = self._bracket(at, depth=depth + 1)
                if bracket:
                    found += [self.text[words:at], bracket]
                    words = end
                at = end
            else:
                at += 1
        return tuple(node for node in (*found, self.text[words:at]) if node), at

    def _bracket(self, start: int, *, depth: int) -> tuple[Bracket | None, int]:
        """The bracket at `start`, and where it ends; none if it names nobody, and then it is passed over as words."""
        if depth > DEEPEST:
            raise BadBrackets(f"has brackets more than {DEEPEST} deep; write the rival words under 'variants'")
        alternatives: list[Alternative] = []
        unknown: list[str] = []
        at = start
        while True:
            label, parties, strange = self._label(at + 1)
            unknown += strange
            said, at = self.nodes(at + 1 + len(label), depth=depth, stop="|]")
            alternatives.append(Alternative(label, parties, said))
            if at >= len(self.text) or self.text[at] == "]":
                break
        names_somebody = any(each.parties for each in alternatives)
        closed = at < len(self.text)
        if not names_somebody and not any(list(_named(each.said)) for each in alternatives):
            return None, at + 1 if closed else start + 1
        if not closed:
            raise BadBrackets("has a bracket that does not end; close it with ]")
        if unknown and names_somebody:
            raise BadBrackets(f"names '{unknown[0]}' in brackets, which is no party of this plan")
        return Bracket(tuple(alternatives)), at + 1

    def _label(self, start: int) -> tuple[str, tuple[str, ...], list[str]]:
        """How an alternative is labelled, whom the label names, and the names that nobody has."""
        found = _LABEL.match(self.text, start)
        if not found:
            return "", (), []
        if found["option"] and found["option"].casefold() not in self.names:
            called = found["inner"] or ""
        else:
            called = found["names"] or found["option"]
        names = [name for each in called.split(",") if (name := each.strip())]
        known = tuple(self.names[name.casefold()] for name in names if name.casefold() in self.names)
        strange = [name for name in names if name.casefold() not in self.names]
        # A colon after words that are no names belongs to the words.
        return (found[0], known, strange) if known or not names else ("", (), strange)
