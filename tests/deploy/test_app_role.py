"""The role of web, worker and beat can do all that they do, and cannot lift a guard."""

from collections.abc import Iterator

import pytest
from django.db import Error, connection, transaction

from provisions.agreement.words import Stance
from provisions.assessing import recompute
from provisions.models import Change, LineAssessment, Plan
from provisions.record import retract_position
from tests import builders
from tests.builders import ACCORD, ARDEN, BREVIA, TESTER, says
from tracker.app_role import grant

ROLE = "app_of_a_test"

REFUSED = {
    "lift a trigger": "ALTER TABLE provisions_change DISABLE TRIGGER ALL",
    "drop a trigger": "DROP TRIGGER pgtrigger_no_truncate_50575 ON provisions_revisionversion",
    "act as a replica, for which no trigger fires": "SET session_replication_role = replica",
    "empty a table": "TRUNCATE provisions_position CASCADE",
    "drop a table": "DROP TABLE provisions_change",
    "change a table": "ALTER TABLE provisions_change ADD COLUMN more text",
    "make a table": "CREATE TABLE mine (it text)",
    "make a function": "CREATE FUNCTION mine() RETURNS int LANGUAGE sql RETURN 1",
    "become somebody else": "CREATE ROLE more SUPERUSER",
    "edit the log": "UPDATE provisions_change SET reason = 'Another.'",
    "delete from the log": "DELETE FROM provisions_change",
    "edit a position": "UPDATE provisions_position SET summary = 'Another.'",
    "delete a position": "DELETE FROM provisions_position",
    "write a change with a number of its own": "UPDATE provisions_change SET seq = seq + 1000",
}


@pytest.fixture
def as_the_app(db: None) -> Iterator[None]:
    """Whatever the test does, it does as the role of the app."""
    grant(ROLE, "made-up")
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL ROLE {ROLE}")
        yield
        cursor.execute("RESET ROLE")


def test_it_writes_recomputes_and_reads(as_the_app):
    plan = builders.plan(lines={"ceasefire": "All fire ceases at noon."})
    says(ARDEN, Stance.ACCEPT, "ceasefire")
    says(BREVIA, Stance.ACCEPT, "ceasefire")
    retract_position(ACCORD, says(ARDEN, Stance.REJECT, "ceasefire", on="2026-01-06"), by=TESTER)
    assert recompute(plan.pk)
    assert LineAssessment.objects.standing().get().level == "agreed"
    assert Change.objects.count() == Plan.objects.get().seq


@pytest.mark.parametrize("what", REFUSED)
def test_it_cannot(as_the_app, what: str):
    builders.plan(lines={"ceasefire": "All fire ceases at noon."})
    says(ARDEN, Stance.ACCEPT, "ceasefire")
    with pytest.raises(Error), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(REFUSED[what])


def test_making_it_again_changes_nothing_but_the_password(db):
    grant(ROLE, "made-up")
    grant(ROLE, "another")
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper, rolcreatedb, rolcreaterole FROM pg_roles WHERE rolname = %s", [ROLE])
        assert cursor.fetchone() == (False, False, False)
