"""Readers that wait for something to happen, instead of asking again and again."""

from __future__ import annotations

import threading
import time

from django.conf import settings
from django.db import connection

from provisions.api import Head

from .heads import Away, Heads

# How often the one row is read meanwhile. What an editor saves is told this much later at the most.
LOOK_SECONDS = 0.1

_places = threading.BoundedSemaphore(settings.API_WAITERS) if settings.API_WAITERS else None
HEADS = Heads()


def wait_while(head: Head, plan: str, state: str, *, seconds: float) -> None:
    """Return as soon as the head of a plan is another one, or after so many seconds; at once if too many wait already.

    Each that waits takes a thread of the server, so there are fewer places than threads.
    """
    if _places is None or not _places.acquire(blocking=False):
        return
    try:
        if not connection.in_atomic_block:
            # Nobody keeps a connection while nothing happens.
            connection.close()
        until = time.monotonic() + seconds
        while HEADS.now(head, plan) == state and (left := until - time.monotonic()) > 0:
            time.sleep(min(LOOK_SECONDS, left))
    except Away:
        return
    finally:
        _places.release()
