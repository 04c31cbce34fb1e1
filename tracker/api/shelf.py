"""Answers that were made, kept in this process under what was asked, with the state of the record that they tell.

A kept answer is served only after the record was asked for its state, so it is never late. What is kept is bounded in
bytes: what was made longest ago goes first.
"""

from __future__ import annotations

import threading
from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from typing import Generic, TypeVar

Value = TypeVar("Value")

ROOM_BYTES = 64 * 2**20
# An answer larger than this is made anew each time; it would push out many that are asked for more often.
LARGEST_BYTES = ROOM_BYTES // 8
# What an entry takes beside its body.
FRAME_BYTES = 1024
LOCKS = 64
# Whoever waited so long for another's answer makes its own.
PATIENCE_SECONDS = 10


class Shelf(Generic[Value]):
    """Keeps values by question, the latest one of each."""

    def __init__(self, *, room: int = ROOM_BYTES) -> None:
        self.room = room
        self._kept: dict[Hashable, tuple[Value, int]] = {}
        self._used = 0
        self._guard = threading.Lock()
        self._makers = [threading.Lock() for _ in range(LOCKS)]

    def get(self, question: Hashable) -> Value | None:
        # One step, so it needs no guard.
        found = self._kept.get(question)
        return None if found is None else found[0]

    def put(self, question: Hashable, value: Value, *, size: int) -> None:
        size += FRAME_BYTES
        with self._guard:
            if (before := self._kept.pop(question, None)) is not None:
                self._used -= before[1]
            if size > LARGEST_BYTES:
                return
            self._kept[question] = (value, size)
            self._used += size
            while self._used > self.room:
                _, freed = self._kept.pop(next(iter(self._kept)))
                self._used -= freed

    def clear(self) -> None:
        with self._guard:
            self._kept.clear()
            self._used = 0

    @contextmanager
    def one_at_a_time(self, question: Hashable) -> Iterator[None]:
        """Whoever asks the same meanwhile waits, and finds what the first one made."""
        maker = self._makers[hash(question) % LOCKS]
        taken = maker.acquire(timeout=PATIENCE_SECONDS)
        try:
            yield
        finally:
            if taken:
                maker.release()
