"""Processes that work beside this one, with the same Django and the same database."""

from __future__ import annotations

import os
import signal
import threading
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context, parent_process

import django
from django.db import connection

MOST = 4


def as_many_as_help() -> int:
    """So many processes, this one included, get through work faster than fewer: PostgreSQL needs its cores, too."""
    return min(MOST, os.cpu_count() or 1)


def beside(number: int) -> ProcessPoolExecutor:
    """So many processes for work that can be named. They end with this one, however it ends."""
    # Begun anew and not forked: what this one holds, a connection or a lock, must not be held twice.
    return ProcessPoolExecutor(
        number, mp_context=get_context("spawn"), initializer=_begin, initargs=(connection.settings_dict["NAME"],)
    )


def _begin(database: str) -> None:
    # Ctrl-C reaches all of them; what becomes of work that was begun, the one who handed it out decides.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_the_first, daemon=True).start()
    django.setup()
    # That of a test has another name than the settings say.
    connection.settings_dict["NAME"] = database


def _end_with_the_first() -> None:
    """Without it, who waits for work would wait for ever once the one is killed who hands it out."""
    if first := parent_process():
        first.join()
        os._exit(1)
