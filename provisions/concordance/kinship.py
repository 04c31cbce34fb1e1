"""How words are related by descent. Plain values; no query."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from itertools import chain

from provisions.agreement.words import WordingChange

from .texts import Words

# What weighs most on a way of several steps comes first.
WEIGHT = (
    WordingChange.SPLIT,
    WordingChange.MERGED,
    WordingChange.SUBSTANTIVE,
    WordingChange.EDITORIAL,
    WordingChange.IDENTICAL,
)

_BACKWARDS = {WordingChange.SPLIT: WordingChange.MERGED, WordingChange.MERGED: WordingChange.SPLIT}

Steps = tuple[WordingChange, ...]
Forebears = Mapping[int, Steps]


def forebears(words: Words, *, among: Mapping[int, Words], until: Collection[int] = ()) -> Forebears:
    """Words and all that they come from, as far as `until`: for each the changes on the shortest way there."""
    found: dict[int, Steps] = {words.id: ()}
    ahead = [words]
    for each in ahead:
        if each.id in until:
            continue
        steps = (*found[each.id], each.change)
        for origin in each.origins:
            if origin in among and origin not in found:
                found[origin] = steps
                ahead.append(among[origin])
    return found


def change_between(before: Forebears, after: Forebears) -> WordingChange | None:
    """What the later words are to the earlier ones, by the nearest that both come from; None where they share nothing.

    Of two drafts beside each other either may be called the earlier.
    """
    shared = min(before.keys() & after.keys(), key=lambda each: len(before[each]) + len(after[each]), default=None)
    if shared is None:
        return None
    return heaviest(chain((_BACKWARDS.get(step, step) for step in before[shared]), after[shared]))


def heaviest(steps: Iterable[WordingChange]) -> WordingChange:
    """The change that a way of several steps amounts to."""
    taken = set(steps)
    return next((change for change in WEIGHT if change in taken), WordingChange.IDENTICAL)
