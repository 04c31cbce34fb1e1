"""What clients asked and were told, held against the log: the checker of the fault rig, after the manner of Jepsen.

An operation is `ok` if its client was told so, `fail` if it was told that nothing was done, and `unknown` if no answer
came. Of each that wrote, the log has to have exactly one, none, or one at the most; what it wrote stays until another
that had read it says that it drops it; and no client reads backwards.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Literal

LOST, TWICE = "lost: ", "twice: "


@dataclass(frozen=True, slots=True)
class Told:
    """One operation as its client saw it. Moments are of one clock."""

    client: str
    outcome: Literal["ok", "fail", "unknown"]
    began: float
    ended: float
    marks: tuple[str, ...] = ()
    """What a write leaves on record, and no other write does: one for each edit, several if they go together."""
    seq: int | None = None
    """The state that the client was told of."""
    dropped: tuple[str, ...] = ()
    """Marks of others that the client had read, and meant to take away."""


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of the log, the marks that it brought on record, and those that it took away."""

    seq: int
    brought: tuple[str, ...]
    took: tuple[str, ...] = ()


def complaints(
    history: Sequence[Told], log: Sequence[Entry], *, standing: Sequence[str] | None = None
) -> Iterator[str]:
    """What went wrong; nothing if all is well. `standing` are the marks that are on record at the end."""
    numbers = [entry.seq for entry in log]
    if numbers != list(range(1, len(log) + 1)):
        yield "the log has a gap or a fork"
    yield from _writes(history, log)
    yield from _drops(history, log)
    if standing is not None:
        yield from _ends(history, log, standing)
    yield from _reads(history)


def _writes(history: Sequence[Told], log: Sequence[Entry]) -> Iterator[str]:
    """Each was done as often as its client was told, and all of it or nothing."""
    found = Counter(mark for entry in log for mark in entry.brought)
    at = {mark: entry.seq for entry in log for mark in entry.brought}
    for each in history:
        done = [mark for mark in each.marks if found[mark]]
        if done and len(done) < len(each.marks):
            yield f"of {', '.join(each.marks)}, which go together, the log has {', '.join(done)} alone"
        for mark in each.marks:
            if found[mark] > 1:
                yield f"{TWICE}{mark} was applied {found[mark]} times"
            if each.outcome == "ok" and not found[mark]:
                yield f"{LOST}{mark} was acknowledged and is not in the log"
            elif each.outcome == "ok" and each.seq is not None and at[mark] > each.seq:
                yield f"{mark} was acknowledged at {each.seq} and is in the log at {at[mark]}"
            elif each.outcome == "fail" and found[mark]:
                yield f"{mark} was refused and is in the log"


def _drops(history: Sequence[Told], log: Sequence[Entry]) -> Iterator[str]:
    """Nothing went away but what somebody had read and meant to drop with the edit by which it went."""
    meant = {mark: each.dropped for each in history for mark in each.marks}
    for entry in log:
        dropped = {gone for mark in entry.brought for gone in meant.get(mark, ())}
        for mark in entry.took:
            if mark not in dropped:
                yield f"{LOST}{mark} was on record and overwritten at {entry.seq}"


def _ends(history: Sequence[Told], log: Sequence[Entry], standing: Sequence[str]) -> Iterator[str]:
    """What was acknowledged stands at the end, unless the log says where it went; and stands there once."""
    stands = Counter(standing)
    gone = {mark for entry in log for mark in entry.took}
    for each in history:
        for mark in each.marks:
            if stands[mark] > 1:
                yield f"{TWICE}{mark} stands {stands[mark]} times"
            if each.outcome == "ok" and not stands[mark] and mark not in gone:
                yield f"{LOST}{mark} was acknowledged and overwritten"


def _reads(history: Sequence[Told]) -> Iterator[str]:
    """No client is told of a state before one that it had seen, nor of one before what was acknowledged by then."""
    known_at = _known(history)
    by_client: dict[str, list[Told]] = defaultdict(list)
    for each in history:
        if each.seq is not None and each.outcome == "ok":
            by_client[each.client].append(each)
    for client, told in by_client.items():
        latest = 0
        for each in sorted(told, key=lambda each: each.began):
            seq = each.seq or 0
            if seq < latest:
                yield f"{client} read {seq} after {latest}"
            latest = max(latest, seq)
            known = known_at(each.began)
            if not each.marks and seq < known:
                yield f"{client} read {seq} when {known} had been acknowledged"


def _known(history: Sequence[Told]) -> Callable[[float], int]:
    """Tells the latest state that had been acknowledged before a moment."""
    written = sorted((each.ended, each.seq) for each in history if each.marks and each.outcome == "ok" and each.seq)
    ends = [ended for ended, _ in written]
    latest = [0, *accumulate((seq for _, seq in written), max)]
    return lambda moment: latest[bisect_left(ends, moment)]
