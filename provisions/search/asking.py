"""What somebody typed, as words to look for: small letters, no accents, no grammar of any language."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

# Nobody types more by hand, and a search should cost the same whatever is pasted into it.
LONGEST = 200
MOST_TERMS = 10
# From so many letters on a word also finds the longer words that begin with it: troop, troops.
SHORTEST_STEM = 3

TYPED = re.compile(r'"([^"]*)"?|([^"\s]+)')
MARKS = re.compile("[\u0300-\u036f]")
NO_MARKS = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ı": "i"})
BETWEEN_WORDS = re.compile(r"[\W_]+")


def plain(said: str) -> str:
    """The words of a text as search compares them: what `search_plain` makes of it in PostgreSQL."""
    apart = unicodedata.normalize("NFKD", said.lower())
    kept = apart.replace("и\u0306", "й").replace("і\u0308", "ї")
    bare = unicodedata.normalize("NFC", MARKS.sub("", kept).translate(NO_MARKS))
    return BETWEEN_WORDS.sub(" ", bare)


@dataclass(frozen=True, slots=True)
class Term:
    """A word, or several that follow each other. An open one also finds longer words that begin as it ends."""

    words: tuple[str, ...]
    open: bool

    @property
    def tsquery(self) -> str:
        """The term in PostgreSQL's words. A word as it was typed weighs more than the beginning of another."""
        exact = " <-> ".join(f"'{word}'" for word in self.words)
        return f"({exact} | {exact}:*)" if self.open else f"({exact})"

    def finds(self, word: str) -> bool:
        """Whether a word of a text is one that this term looks for."""
        return word in self.words or (self.open and word.startswith(self.words[-1]))


@dataclass(frozen=True)
class Asked:
    """What is looked for: for each word that was typed the terms that will do, of which one has to be there."""

    alternatives: tuple[tuple[Term, ...], ...]
    cut: bool = False

    def __bool__(self) -> bool:
        return bool(self.alternatives)

    @property
    def tsquery(self) -> str:
        """The question in PostgreSQL's words."""
        return " & ".join(f"({' | '.join(term.tsquery for term in terms)})" for terms in self.alternatives)

    @property
    def terms(self) -> Iterable[Term]:
        return (term for terms in self.alternatives for term in terms)

    def finds(self, word: str) -> bool:
        """Whether a word of a text is one that is looked for."""
        return any(term.finds(word) for term in self.terms)


def asked(typed: str) -> Asked:
    """What somebody asks for who typed this; words in double quotes have to follow each other."""
    terms = list(dict.fromkeys(_terms(typed[:LONGEST])))
    return Asked(tuple((term,) for term in terms[:MOST_TERMS]), cut=len(typed) > LONGEST or len(terms) > MOST_TERMS)


def _terms(typed: str) -> Iterator[Term]:
    for quoted, bare in TYPED.findall(typed):
        words = tuple(plain(quoted or bare).split())
        if words:
            yield Term(words, open=not quoted and len(words[-1]) >= SHORTEST_STEM and not words[-1].isdigit())
