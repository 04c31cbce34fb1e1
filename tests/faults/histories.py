"""What clients asked and were told, held against the log: the checker of the fault rig, after the manner of Jepsen.

An operation is `ok` if its client was told so, `fail` if it was told that nothing was done, and `unknown` if no answer
came. Of each that wrote, the log has to have exactly one, none, or one at the most; and no client reads backwards.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Told:
    """One operation as its client saw it. Moments are of one clock."""

    client: str
    outcome: Literal["ok", "fail", "unknown"]
    began: float
    ended: float
    mark: str | None = None
    """What a write leaves on record, and no other write does; none for a read."""
    seq: int | None = None
    """The state that the client was told of."""


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of the log, and the marks that it brought on record."""

    seq: int
    marks: tuple[str, ...]


def complaints(
    history: Sequence[Told], log: Sequence[Entry], *, standing: Sequence[str] | None = None
) -> Iterator[str]:
    """What went wrong; nothing if all is well. `standing` are marks that have to be on record still, at the end."""
    numbers = [entry.seq for entry in log]
    if numbers != list(range(1, len(log) + 1)):
        yield "the log has a gap or a fork"
    yield from _writes(history, log, standing)
    yield from _reads(history)


def _writes(history: Sequence[Told], log: Sequence[Entry], standing: Sequence[str] | None) -> Iterator[str]:
    found = Counter(mark for entry in log for mark in entry.marks)
    at = {mark: entry.seq for entry in log for mark in entry.marks}
    stands = None if standing is None else Counter(standing)
    for each in history:
        if each.mark is None:
            continue
        count = found[each.mark]
        if count > 1 or (stands is not None and stands[each.mark] > 1):
            yield f"{each.mark} was applied {count} times"
        if each.outcome == "ok" and not count:
            yield f"{each.mark} was acknowledged and is not in the log"
        elif each.outcome == "ok" and stands is not None and not stands[each.mark]:
            yield f"{each.mark} was acknowledged and overwritten"
        elif each.outcome == "ok" and each.seq is not None and at[each.mark] > each.seq:
            yield f"{each.mark} was acknowledged at {each.seq} and is in the log at {at[each.mark]}"
        elif each.outcome == "fail" and count:
            yield f"{each.mark} was refused and is in the log"


def _reads(history: Sequence[Told]) -> Iterator[str]:
    acknowledged = sorted((each.ended, each.seq) for each in history if each.mark and each.outcome == "ok" and each.seq)
    by_client: dict[str, list[Told]] = defaultdict(list)
    for each in history:
        if each.seq is not None and each.outcome == "ok":
            by_client[each.client].append(each)
    for client, told in by_client.items():
        latest = 0
        for each in sorted(told, key=lambda each: each.began):
            if each.seq is not None and each.seq < latest:
                yield f"{client} read {each.seq} after {latest}"
            latest = max(latest, each.seq or 0)
            known = max((seq for ended, seq in acknowledged if ended < each.began), default=0)
            if each.mark is None and each.seq is not None and each.seq < known:
                yield f"{client} read {each.seq} when {known} had been acknowledged"
