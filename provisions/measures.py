"""Side measures: what indices of the literature say of the same readings. They decide nothing.

An index gives four rejections the same cohesion as four acceptances, and a mean hides one veto among three consents;
that is why levels come from rule AS-1 alone. The measures are columns of an export, for those who compare.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import combinations


def rice(yes: int, no: int) -> float | None:
    """Rice's index of cohesion (1925): |yes - no| / (yes + no), from 0 to 1; None where nobody said either."""
    return abs(yes - no) / (yes + no) if yes + no else None


def agreement_index(yes: int, no: int, abstain: int) -> float | None:
    """The agreement index of Hix, Noury and Roland (2005), from 0 to 1; None where nobody is counted."""
    total = yes + no + abstain
    if not total:
        return None
    most = max(yes, no, abstain)
    return (most - (total - most) / 2) / total


def agreement_a(frequencies: Sequence[int]) -> float | None:
    """Van der Eijk's A (2001) for frequencies over ordered positions: -1 polarised, 0 evenly spread, 1 agreed.

    The frequencies are taken apart into layers of equal height, each is judged by its pattern, and weighed by its size.
    """
    left, total = list(frequencies), sum(frequencies)
    if not total:
        return None
    result = 0.0
    while any(left):
        height = min(count for count in left if count)
        pattern = [bool(count) for count in left]
        result += sum(pattern) * height / total * _pattern_agreement(pattern)
        left = [count - height if count else 0 for count in left]
    return result


def _pattern_agreement(pattern: Sequence[bool]) -> float:
    """A of one layer: how far its filled positions are together, times how few they are."""
    places, filled = len(pattern), sum(pattern)
    if filled == places:
        return 0.0
    if filled == 1:
        return 1.0
    together = apart = 0
    for triple in combinations(pattern, 3):
        together += triple in ((True, True, False), (False, True, True))
        apart += triple == (True, False, True)
    unimodality = ((places - 2) * together - (places - 1) * apart) / ((places - 2) * (together + apart))
    return unimodality * (1 - (filled - 1) / (places - 1))


def consensus(frequencies: Sequence[int]) -> float | None:
    """Tastle and Wierman's consensus (2007) for frequencies over ordered positions: 0 polarised to 1 the same."""
    total, width = sum(frequencies), len(frequencies) - 1
    if not total or not width:
        return None
    mean = sum(place * count for place, count in enumerate(frequencies)) / total
    return 1 + sum(
        count / total * math.log2(1 - abs(place - mean) / width) for place, count in enumerate(frequencies) if count
    )
