"""Which database do reads go to? The primary, but where a reader says that a copy of it will do.

A replica lags, and nobody may see it: whoever reads there compares first how far it has come (`tracker.api.telling`).
Writing always goes to the primary.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, InterfaceError, OperationalError, connections
from django.db.backends.base.base import BaseDatabaseWrapper

ALIAS = "replica"
# Seconds for which a replica that did not answer is left alone: each attempt would hold up a reader.
LEFT_ALONE = 10.0

log = logging.getLogger(__name__)
_reading: ContextVar[str] = ContextVar("reading", default=DEFAULT_DB_ALIAS)
_left_alone_until = 0.0


def beside(primary: Mapping[str, Any], address: Mapping[str, Any]) -> dict[str, Any]:
    """Django's description of the replica at an address: used as the primary is, for reading, and not waited for."""
    options = primary["OPTIONS"]
    return {
        **primary,
        **address,
        "OPTIONS": {
            **address["OPTIONS"],
            **options,
            "options": f"{options['options']} -c default_transaction_read_only=on",
            "connect_timeout": 2,
            "pool": {**options["pool"], "timeout": 1},
        },
    }


class Router:
    """Tells Django's models where this thread reads. Named in the settings where there is a replica."""

    def db_for_read(self, model: Any, **hints: Any) -> str:
        return _reading.get()

    def db_for_write(self, model: Any, **hints: Any) -> str:
        return DEFAULT_DB_ALIAS

    def allow_relation(self, one: Any, other: Any, **hints: Any) -> bool:
        return True

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        return db == DEFAULT_DB_ALIAS


def read_connection() -> BaseDatabaseWrapper:
    """The connection on which this thread reads."""
    return connections[_reading.get()]


def is_there() -> bool:
    """Whether there is a replica that may be asked now."""
    return ALIAS in settings.DATABASES and time.monotonic() >= _left_alone_until


@contextmanager
def on_the_replica() -> Iterator[None]:
    """Reads inside go to the replica. If it is away, what is inside ends there, and it is left alone for a while."""
    global _left_alone_until  # noqa: PLW0603 - one moment for the whole process
    before = _reading.set(ALIAS)
    try:
        yield
    except (OperationalError, InterfaceError) as error:
        _left_alone_until = time.monotonic() + LEFT_ALONE
        log.warning("replica_away: %s", error)
    finally:
        _reading.reset(before)
