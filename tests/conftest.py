from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management.commands import flush
from django.db import OperationalError, connection
from django.db.backends.postgresql.operations import DatabaseOperations
from django.test import override_settings
from django.utils import translation

from provisions.models import Plan
from tests import builders, migrated
from tracker.embedded import Engines

# So often the tables are emptied, at most, before it counts as a failure.
FLUSHES = 5
# What these hold is as it was after the migrations.
OF_THE_MIGRATIONS = ("django_content_type", "auth_permission")


@pytest.fixture(scope="session")
def django_db_modify_db_settings(engines: Engines) -> None:
    """pytest-django asks for this before it makes the test database: the moment to have a server."""
    database = connection.settings_dict
    if migrated.restore():
        database["TEST"]["TEMPLATE"] = database["NAME"]


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None) -> None:
    """Let the tables be emptied after a test that commits. The record refuses that of everybody else."""
    migrated.keep()

    # Of the class: where a browser is driven, Django holds more than one connection.
    def past_the_guards(self: Any, style: Any, tables: list[str], **options: Any) -> list[str]:
        names = [self.quote_name(table) for table in tables if table not in OF_THE_MIGRATIONS]
        return [
            "SET LOCAL session_replication_role = replica",
            # Whoever still writes is done before anything is deleted.
            "LOCK TABLE provisions_plan IN ACCESS EXCLUSIVE MODE",
            # To empty a hundred small tables by TRUNCATE takes ten times as long: each of them gets new files.
            *(f"DELETE FROM {name}" for name in names),  # noqa: S608
        ]

    DatabaseOperations.sql_flush = past_the_guards  # type: ignore[assignment,method-assign]
    # It would make anew what stays.
    flush.emit_post_migrate_signal = lambda *_, **__: None  # type: ignore[attr-defined]

    empty = DatabaseOperations.execute_sql_flush

    def patiently(*args: Any) -> None:
        # A request that outlived its test may still read, and PostgreSQL ends one of the two: let it be read out.
        for left in reversed(range(FLUSHES)):
            try:
                empty(*args)
            except OperationalError:
                if not left:
                    raise
            else:
                return

    DatabaseOperations.execute_sql_flush = patiently  # type: ignore[assignment]


@pytest.fixture(scope="session", autouse=True)
def quick_passwords() -> Iterator[None]:
    """A password that nobody guards need not take a quarter of a second to hash, each time that somebody signs in."""
    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
        yield


@pytest.fixture(autouse=True)
def the_language_of_the_site() -> Iterator[None]:
    """A request in another language leaves it on in its thread, which outlives the test."""
    yield
    translation.deactivate()


@pytest.fixture(autouse=True)
def nothing_kept() -> Iterator[None]:
    """Answers and connections that are kept outlive the database that they were made of only in tests."""
    from provisions.board.keeping import forget
    from tracker.api.telling import BODIES
    from tracker.api.waiting import HEADS

    BODIES.clear()
    forget()
    yield
    HEADS.close()


@pytest.fixture
def accord(db: None) -> Plan:
    """Arden and Brevia negotiate about a ceasefire and prisoners; Caldor mediates."""
    return Plan.objects.filter(slug=builders.ACCORD).first() or builders.the_accord()
