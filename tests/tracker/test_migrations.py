"""Migrations run while the site is used: squawk finds no statement that would stop readers or editors."""

import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import OperationalError, connection
from django.db.migrations.loader import MigrationLoader
from psycopg.errors import LockNotAvailable

from tracker.management.commands import prepare

OURS = ("parties", "provisions", "tracker")

LEFT_OUT = {
    "prefer-text-field": "Django keeps the length of a text in its type, and checks it in forms as well",
    "prefer-bigint-over-int": "numbers of versions and the like stay small; keys are bigint",
    "prefer-bigint-over-smallint": "orders and numbers of days stay small",
    "prefer-robust-stmts": "a migration is one transaction: all of it is there, or nothing",
    "require-lock-timeout": "every connection of ours has one, see tracker/settings.py",
    "require-statement-timeout": "every connection of ours has one, see tracker/settings.py",
}

# Before the first release there was no site that they could have stopped. From now on there may be one.
OLD = {
    ("provisions", "0001_initial"),
    ("provisions", "0002_rulings_and_setbacks"),
    ("provisions", "0003_relations"),
    ("provisions", "0006_search"),
    # Rewrites the table of parties, which has a handful of rows.
    ("provisions", "0016_search_parties"),
    # Drop a constraint to add it again with one more word.
    ("provisions", "0017_looks"),
    ("provisions", "0027_known_implementations"),
    # Adds columns and their indexes to the table of subscriptions, which has a handful of rows.
    ("tracker", "0004_owned_subscriptions"),
}

SQUAWK = Path(sys.executable).with_name("squawk")


def complaints(files: Iterable[Path]) -> list[str]:
    """What squawk says of some files, each file one migration."""
    left_out = ",".join(LEFT_OUT)
    done = subprocess.run(
        [SQUAWK, "--pg-version=16.0", f"--exclude={left_out}", "--reporter=gcc", *map(str, files)],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode in {0, 1}, done.stderr
    return [line for line in done.stdout.splitlines() if ": warning: " in line or ": error: " in line]


def written(folder: Path) -> Iterator[Path]:
    """The SQL of each of our migrations."""
    loader = MigrationLoader(connection, replace_migrations=False)
    for app, name in sorted(loader.disk_migrations):
        if app in OURS and (app, name) not in OLD:
            sql = loader.collect_sql([(loader.disk_migrations[app, name], False)])
            file = folder / f"{app}.{name}.sql"
            file.write_text("\n".join(["BEGIN;", *sql, "COMMIT;"]))
            yield file


@pytest.mark.django_db
def test_no_migration_stops_the_site(tmp_path):
    files = list(written(tmp_path))
    assert "provisions.0014_guards.sql" in {file.name for file in files}
    assert complaints(files) == []


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("CREATE INDEX slow ON provisions_change (key)", "require-concurrent-index-creation"),
        ("ALTER TABLE provisions_change ADD COLUMN more text NOT NULL", "adding-required-field"),
        ("ALTER TABLE provisions_change RENAME COLUMN key TO name", "renaming-column"),
        ("ALTER TABLE provisions_change DROP COLUMN reason", "ban-drop-column"),
    ],
)
def test_one_that_would_is_told_of(tmp_path, statement, told):
    file = tmp_path / "bad.sql"
    file.write_text(f"BEGIN; {statement}; COMMIT;")
    assert told in "\n".join(complaints([file]))


@pytest.mark.django_db
def test_what_is_excused_is_there():
    loader = MigrationLoader(connection, replace_migrations=False)
    assert set(loader.disk_migrations) >= OLD


def patience() -> float:
    """Seconds that a statement waits for a lock."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT extract(epoch FROM current_setting('lock_timeout')::interval)")
        return float(cursor.fetchone()[0])


@pytest.mark.django_db
def test_a_migration_does_not_wait_long_for_a_lock(monkeypatch):
    """While it waits, everybody who comes after it for that table waits behind it."""
    waited = []
    monkeypatch.setattr(prepare, "call_command", lambda *_, **options: waited.append(patience()))
    prepare.migrate(verbosity=0)
    assert waited == [2]
    assert patience() == 3


@pytest.mark.django_db
def test_a_start_that_found_a_table_taken_tries_again(monkeypatch):
    tried = []

    def taken_twice(name: str, **options: object) -> None:
        tried.append(name)
        if len(tried) < 3:
            raise OperationalError from LockNotAvailable()

    monkeypatch.setattr(prepare, "call_command", taken_twice)
    monkeypatch.setattr(prepare, "REST_SECONDS", 0)
    prepare.migrate(verbosity=0)
    assert tried == ["migrate"] * 3


@pytest.mark.django_db
def test_a_start_that_failed_for_another_reason_does_not(monkeypatch):
    def broken(name: str, **options: object) -> None:
        raise OperationalError("no such database")

    monkeypatch.setattr(prepare, "call_command", broken)
    with pytest.raises(OperationalError, match="no such database"):
        prepare.migrate(verbosity=0)


@pytest.mark.django_db
def test_migrating_again_changes_nothing(capsys):
    call_command("migrate", verbosity=1)
    assert "No migrations to apply" in capsys.readouterr().out
