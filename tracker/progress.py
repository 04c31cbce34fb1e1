"""What run.py says while it works, and the one sentence it says when it cannot go on. Needs nothing but Python."""

from __future__ import annotations

import contextlib
import errno
import re
import sys
import threading
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

DISK_FULL = "The disk is full: free about 1 GB where this folder is, then run it again."


class Stop(Exception):
    """One sentence that says what is in the way and what to do."""


def disk_full(output: str) -> str | None:
    """The sentence for it, if what a program wrote says that it found no room."""
    return DISK_FULL if re.search(r"No space left on device|os error 28|could not extend file", output) else None


def say(line: str = "") -> None:
    # The terminal may be gone; what we are doing for it is not.
    with contextlib.suppress(OSError, ValueError):
        print(line, flush=True)


@contextlib.contextmanager
def step(doing: str) -> Iterator[None]:
    """Say what is being done and, on a terminal, for how many seconds; then how long it took."""
    began = time.monotonic()
    done = threading.Event()

    def line(end: str) -> str:
        return f"{doing} {'.' * max(3, 60 - len(doing))} {time.monotonic() - began:4.1f} s{end}"

    def tick() -> None:
        while not done.wait(0.5):
            _write(line("\r"))

    ticking = threading.Thread(target=tick, daemon=True) if sys.stdout.isatty() else None
    if ticking:
        ticking.start()
    try:
        yield
    finally:
        done.set()
        if ticking:
            ticking.join()
        _write(line("\n"))


@contextlib.contextmanager
def plain_endings() -> Iterator[None]:
    """Turn what can happen to anybody into one sentence and an exit code."""
    try:
        yield
    except Stop as reason:
        sys.exit(f"\n{reason}")
    except KeyboardInterrupt:
        say("\nStopped.")
        sys.exit(130)
    except OSError as error:
        if error.errno == errno.ENOSPC:
            sys.exit(f"\n{DISK_FULL}")
        raise


def _write(text: str) -> None:
    with contextlib.suppress(OSError, ValueError):
        sys.stdout.write(text)
        sys.stdout.flush()
