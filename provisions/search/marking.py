"""Texts with the words marked that were looked for."""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from .asking import Asked, Term, plain

# A letter keeps the marks above it, so that a stressed vowel does not cut a word in two.
WORD = re.compile("[^\\W_]+(?:[\u0300-\u036f]+[^\\W_]*)*")
# How much of a long text is shown, and how much of that before the first mark.
ROOM = 260
LEAD = 80


class Span(NamedTuple):
    """Where in a text a word stands that was looked for, and which of the words that were typed it answers."""

    start: int
    end: int
    typed: int


class Word(NamedTuple):
    """A word of a text."""

    start: int
    end: int
    plain: str


class Marker:
    """Marks what was asked for, and remembers by which words of the texts it was answered."""

    def __init__(self, asked: Asked) -> None:
        self.terms = [(typed, term) for typed, terms in enumerate(asked.alternatives) for term in terms]
        self.longest = max(len(term.words) for _, term in self.terms)
        self.answers: Counter[tuple[int, str]] = Counter()

    def has(self, text: str) -> bool:
        """Whether there is anything to mark in a text."""
        return next(self._spans(text), None) is not None

    def mark(self, text: str) -> SafeString:
        """The whole text."""
        return _marked(text, self._spans(text), start=0, end=len(text))

    def excerpt(self, text: str) -> SafeString:
        """As much of a text as there is room for, around the first mark in it."""
        if len(text) <= ROOM + LEAD:
            return self.mark(text)
        first = next(self._spans(text), None)
        start = _word_border(text, max(first.start - LEAD, 0) if first else 0)
        end = _word_border(text, min(start + ROOM, len(text)))
        return _marked(text, self._spans(text, start=start, end=end), start=start, end=end)

    def answer(self, typed: int) -> str | None:
        """The word that was found most often for one of the words that were typed."""
        met = Counter({word: times for (which, word), times in self.answers.items() if which == typed})
        return met.most_common(1)[0][0] if met else None

    def _spans(self, text: str, *, start: int = 0, end: int | None = None) -> Iterator[Span]:
        ahead: deque[Word] = deque()
        for match in WORD.finditer(text, start, len(text) if end is None else end):
            ahead.append(Word(match.start(), match.end(), plain(match.group())))
            if len(ahead) == self.longest:
                yield from self._spans_at(text, ahead)
                ahead.popleft()
        while ahead:
            yield from self._spans_at(text, ahead)
            ahead.popleft()

    def _spans_at(self, text: str, ahead: Sequence[Word]) -> Iterator[Span]:
        """The longest span that begins with the first of these words."""
        spans = [
            Span(ahead[0].start, ahead[len(term.words) - 1].end, typed)
            for typed, term in self.terms
            if _begin_with(term, [word.plain for word in ahead])
        ]
        if spans:
            span = max(spans, key=lambda span: span.end)
            self.answers[span.typed, text[span.start : span.end].lower()] += 1
            yield span


def _begin_with(term: Term, words: Sequence[str]) -> bool:
    if len(words) < len(term.words):
        return False
    *most, last = term.words
    word = words[len(most)]
    return list(words[: len(most)]) == most and (word == last or (term.open and word.startswith(last)))


def _marked(text: str, spans: Iterable[Span], *, start: int, end: int) -> SafeString:
    pieces = format_html_join("", "{}{}", _pieces(text, spans, start, end))
    return format_html("{}{}{}", "… " if start else "", pieces, " …" if end < len(text) else "")


def _pieces(text: str, spans: Iterable[Span], start: int, end: int) -> Iterator[tuple[str, SafeString | str]]:
    at = start
    for span in spans:
        if span.end > at:
            # Phrases may overlap: what is marked already is not marked again.
            first = max(span.start, at)
            yield text[at:first], format_html("<mark>{}</mark>", text[first : span.end])
            at = span.end
    yield text[at:end].rstrip() if end < len(text) else text[at:end], ""


def _word_border(text: str, at: int) -> int:
    """The beginning of the word at this place, so that no word is cut."""
    if at in (0, len(text)):
        return at
    border = text.rfind(" ", 0, at)
    return at if border < 0 else border + 1
