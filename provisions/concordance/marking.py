"""Word redlines between the words of one or several lines and those that answer to them."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Sequence
from functools import lru_cache

from provisions.redline import Edit, Piece, redline

Marked = list[list[Piece]]

_SPACE = re.compile(r"\s*")


def marked(before: Sequence[str], after: Sequence[str]) -> tuple[Marked, Marked]:
    """The earlier texts with what was deleted, and the later ones with what was inserted, each in pieces.

    Several texts are read as one, so that words that went from one line into another are found there. Where there is
    nothing to compare with, nothing is marked.
    """
    if not before or not after:
        return [[Piece(Edit.KEPT, text)] for text in before], [[Piece(Edit.KEPT, text)] for text in after]
    pieces = _redline("\n".join(before), "\n".join(after))
    old = ((piece.edit, _letters(piece.text)) for piece in pieces if piece.edit != Edit.INSERTED)
    new = ((piece.edit, _letters(piece.text)) for piece in pieces if piece.edit != Edit.DELETED)
    return _cut(before, old), _cut(after, new)


@lru_cache(maxsize=4096)
def _redline(before: str, after: str) -> tuple[Piece, ...]:
    """Kept, because readers look at the same two texts again and again."""
    return tuple(redline(before, after))


def _cut(texts: Iterable[str], stretches: Iterable[tuple[Edit, int]]) -> Marked:
    """The texts as they are spaced, in pieces that share one fate; a stretch says how many letters it covers."""
    ahead = deque(stretches)
    cut: Marked = []
    for text in texts:
        own: list[Piece] = []
        at = 0
        while at < len(text) and ahead:
            edit, letters = ahead.popleft()
            end, lacking = _after(text, at, letters)
            gap = _SPACE.match(text, end)
            own.append(Piece(edit, text[at:end].rstrip(), gap.group() if gap else ""))
            at = gap.end() if gap else end
            if lacking:
                ahead.appendleft((edit, lacking))
        cut.append(own)
    return cut


def _letters(text: str) -> int:
    """How much there is to read. White space is not counted, because two texts space the same words differently."""
    return sum(map(len, text.split()))


def _after(text: str, start: int, letters: int) -> tuple[int, int]:
    """Where so many letters end, and how many of them the text does not have."""
    for at in range(start, len(text)):
        letters -= not text[at].isspace()
        if not letters:
            return at + 1, 0
    return len(text), letters
