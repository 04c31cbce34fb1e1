"""Processes that work beside this one, with the same Django and the same database."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context, parent_process

import django
from django.db import connection

MOST = 4


def as_many_as_help() -> int:
    """So many processes, this one included, get through work faster than fewer: PostgreSQL needs its cores, too."""
    ours = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else range(os.cpu_count() or 1)
    return min(MOST, len(ours))


def beside(number: int) -> ProcessPoolExecutor:
    """So many processes for functions that have a name. They end when this one does, however it ends.

    They begin as work is handed out, which is to be done `uninterrupted`.
    """
    # Begun anew and not forked: what this one holds, a connection or a lock, must not be held twice.
    return ProcessPoolExecutor(
        number, mp_context=get_context("spawn"), initializer=_begin, initargs=(connection.settings_dict["NAME"],)
    )


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Ctrl-C waits until the block ends; processes that begin in it never hear it.

    It reaches all of them, and what becomes of work that was begun is for the one to decide who handed it out.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _begin(database: str) -> None:
    threading.Thread(target=_end_with_the_first, daemon=True).start()
    django.setup()
    # That of a test has another name than the settings say.
    connection.settings_dict["NAME"] = database


def _end_with_the_first() -> None:
    """Without it, who waits for work would wait for ever once the one is killed who hands it out."""
    if first := parent_process():
        first.join()
        os._exit(1)
