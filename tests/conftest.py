from typing import Any

import pytest
from django.db.backends.postgresql.operations import DatabaseOperations

from provisions.models import Plan
from tests import builders
from tracker.embedded import Engines


@pytest.fixture(scope="session")
def django_db_modify_db_settings(engines: Engines) -> None:
    """pytest-django asks for this before it makes the test database: the moment to have a server."""


@pytest.fixture(autouse=True, scope="session")
def _tables_of_the_record_can_be_emptied_between_tests() -> Any:
    """The record refuses TRUNCATE, which is how Django empties the tables after a test that commits."""
    refused = DatabaseOperations.sql_flush

    def sql_flush(self: DatabaseOperations, *args: Any, **options: Any) -> list[str]:
        return ["SET LOCAL session_replication_role = replica", *refused(self, *args, **options)]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DatabaseOperations, "sql_flush", sql_flush)
        yield


@pytest.fixture
def accord(db: None) -> Plan:
    """Arden and Brevia negotiate about a ceasefire and prisoners; Caldor mediates."""
    return builders.plan(
        lines={"ceasefire": "All fire ceases at noon.", "prisoners": "All prisoners return home."},
    )
