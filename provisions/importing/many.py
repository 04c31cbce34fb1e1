"""Plan files of many plans: each plan all or nothing by itself, by several processes where there is much to do."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from provisions.processes import beside, uninterrupted
from provisions.record import Author

from .applying import Expected, MovedOn, Outcome, Told, Vanishing
from .bringing import import_files, preview_files
from .places import AwaitsAnother, BadPlan
from .previewing import Preview
from .reading import opened

# A process takes more than a second to begin, so that less work than this is sooner done without.
WORTH_SECONDS = 3.0

# One that a helper is at, and one for it to go on with.
HANDED_OUT = 2

Result = Outcome | Preview | BadPlan | MovedOn | Vanishing


@dataclass(frozen=True, slots=True)
class Errand:
    """Plan files at a path, and what is to be done with them."""

    path: Path
    by: Author
    today: date
    dry_run: bool = False
    expected: Expected = field(default_factory=Expected)
    let_vanish: bool = True


def bring(errand: Errand, *, told: Told = lambda resource, number: None) -> Result:
    """What came of an errand; why it was refused is an answer like others."""
    files = opened(errand.path)
    try:
        if errand.dry_run:
            return preview_files(files, by=errand.by, today=errand.today, expected=errand.expected)
        return import_files(
            files,
            by=errand.by,
            today=errand.today,
            expected=errand.expected,
            let_vanish=errand.let_vanish,
            told=told,
        )
    except (BadPlan, MovedOn, Vanishing) as error:
        return error
    except Exception as error:
        error.add_note(f"It came up with {errand.path}.")
        raise


def bring_all(errands: Sequence[Errand], *, jobs: int) -> Iterator[tuple[Errand, Result]]:
    """What came of each of them, as they are done by up to so many processes.

    Those that lead to words of plans which are not on record are tried again for as long as others come there.
    """
    left = errands
    while left:
        waiting: list[tuple[Errand, Result]] = []
        for errand, result in _as_done(left, jobs=jobs):
            if isinstance(result, AwaitsAnother) and not errand.dry_run:
                waiting.append((errand, result))
            else:
                yield errand, result
        if len(waiting) == len(left):
            yield from waiting
            return
        left = [errand for errand, _ in waiting]


def _as_done(errands: Sequence[Errand], *, jobs: int) -> Iterator[tuple[Errand, Result]]:
    left = deque(errands)
    began = time.monotonic()
    with _Helpers(jobs - 1) as helpers:
        while left or helpers.busy:
            helpers.take(left, worth=len(left) * (time.monotonic() - began) / (len(errands) - len(left) or 1))
            if left:
                errand = left.popleft()
                # In the middle of a plan the driver may make an error of its own of a Ctrl-C.
                with uninterrupted():
                    result = bring(errand)
                yield errand, result
            yield from helpers.done(left)


class _Helpers:
    """Other processes at the same errands. They are begun once there is enough to do, and gone after the block."""

    def __init__(self, number: int) -> None:
        self._number = number
        self._pool: ProcessPoolExecutor | None = None
        self._at: dict[Future[Result], Errand] = {}

    def __enter__(self) -> _Helpers:
        return self

    def __exit__(self, *_: object) -> None:
        if self._pool:
            self._pool.shutdown()

    @property
    def busy(self) -> bool:
        return bool(self._at)

    def take(self, left: deque[Errand], *, worth: float) -> None:
        """Have them begin with as many as keep them busy. `worth`: for so many seconds there is work left."""
        if self._number and not self._pool and worth > WORTH_SECONDS:
            self._pool = beside(self._number)
        while self._pool and left and len(self._at) < HANDED_OUT * self._number:
            try:
                with uninterrupted():
                    self._at[self._pool.submit(bring, left[0])] = left[0]
            except BrokenProcessPool:
                self._go_on_without()
            else:
                left.popleft()

    def done(self, left: deque[Errand]) -> Iterator[tuple[Errand, Result]]:
        """What they have done since; where nothing else is left, what they do next."""
        if not left:
            wait(self._at, return_when=FIRST_COMPLETED)
        for each in [each for each in self._at if each.done()]:
            errand = self._at.pop(each)
            try:
                yield errand, each.result()
            except BrokenProcessPool:
                # What it was at it did whole or not at all, and can be done again.
                left.appendleft(errand)
                self._go_on_without()

    def _go_on_without(self) -> None:
        """One was killed, and Python lets the others go."""
        self._number, self._pool = 0, None
