"""What changed between two wordings, word by word."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from enum import StrEnum

# A word with its inner apostrophes, hyphens and decimal marks, or one mark of punctuation; with the space after it.
_TOKEN = re.compile(r"(?:\w+(?:[’'.,\-]\w+)*|[^\w\s])\s*")

# So many kept words between two changes are no more than an island.
ISLAND = 3


class Edit(StrEnum):
    """What became of a piece of the earlier text."""

    KEPT = "kept"
    DELETED = "deleted"
    INSERTED = "inserted"


@dataclass(frozen=True, slots=True)
class Piece:
    """Words that share one fate. `gap` is the white space after them, kept outside so that no mark covers it."""

    edit: Edit
    text: str
    gap: str = ""


def redline(before: str, after: str) -> list[Piece]:
    """The pieces that lead from one text to the other, in reading order; a deletion stands before what replaces it."""
    old, new = _TOKEN.findall(before), _TOKEN.findall(after)
    # autojunk would call the frequent words of a long text noise.
    matcher = SequenceMatcher(None, _bare(old), _bare(new), autojunk=False)
    pieces: list[Piece] = []
    for stretch in _tidied(_stretches(old, new, matcher.get_opcodes())):
        # What is inserted is set apart from what it replaces, whatever the texts have there.
        pieces += _piece(Edit.DELETED, stretch.deleted, gap=" " if stretch.inserted else "")
        pieces += _piece(Edit.INSERTED, stretch.inserted)
        pieces += _piece(Edit.KEPT, stretch.kept)
    return pieces


@dataclass(slots=True)
class _Stretch:
    """A change and the words that are kept after it, these as both texts space them."""

    deleted: list[str] = field(default_factory=list)
    inserted: list[str] = field(default_factory=list)
    kept_before: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)

    @property
    def size(self) -> int:
        return max(len(self.deleted), len(self.inserted))


def _bare(tokens: Iterable[str]) -> list[str]:
    return [token.rstrip() for token in tokens]


def _stretches(old: list[str], new: list[str], opcodes: Iterable[tuple[str, int, int, int, int]]) -> list[_Stretch]:
    stretches = [_Stretch()]
    for tag, i, j, k, m in opcodes:
        if tag == "equal":
            stretches[-1].kept_before += old[i:j]
            stretches[-1].kept += new[k:m]
        else:
            if stretches[-1].kept:
                stretches.append(_Stretch())
            stretches[-1].deleted += old[i:j]
            stretches[-1].inserted += new[k:m]
    return stretches


def _tidied(stretches: list[_Stretch]) -> list[_Stretch]:
    """The stretches without islands.

    A few kept words between two longer changes are part of the change: a sentence that was rewritten reads better as
    one deletion and one insertion than as a mosaic around "the" and "of".
    """
    tidy = stretches[:1]
    for following in stretches[1:]:
        last = tidy[-1]
        if len(last.kept) <= min(ISLAND, last.size, following.size):
            last.deleted += [*last.kept_before, *following.deleted]
            last.inserted += [*last.kept, *following.inserted]
            last.kept_before, last.kept = following.kept_before, following.kept
        else:
            tidy.append(following)
    return tidy


def _piece(edit: Edit, tokens: list[str], *, gap: str = "") -> list[Piece]:
    text = "".join(tokens)
    words = text.rstrip()
    return [Piece(edit, words, text[len(words) :] or gap)] if words else []
