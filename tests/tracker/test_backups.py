"""A backup holds one moment and restores into an empty database alone; the drill notices where it does not."""

import json
import os
from pathlib import Path

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from provisions.agreement.words import Stance
from provisions.assessing import recompute
from provisions.models import Plan
from provisions.record import retract_position
from provisions.status import status
from tests import builders
from tests.builders import ACCORD, ARDEN, BREVIA, TESTER, says
from tracker import backups
from tracker.backups import drill, note_file, scratch_database, take


@pytest.fixture
def accord(transactional_db: None) -> Plan:
    """Committed, so that pg_dump sees it; with levels, and a position that was retracted."""
    plan = builders.plan(lines={"ceasefire": "All fire ceases at noon."})
    says(ARDEN, Stance.ACCEPT, "ceasefire")
    retract_position(ACCORD, says(BREVIA, Stance.REJECT, "ceasefire"), by=TESTER)
    recompute(plan.pk)
    return Plan.objects.get()


@pytest.fixture
def file(accord: Plan, tmp_path: Path) -> Path:
    return take(tmp_path / "backups")


def restored_into(url: str, file: Path) -> str:
    done = backups.manage("restore", str(file), environment={**os.environ, "DATABASE_URL": url})
    return backups.said(done)


def test_the_drill_restores_a_backup_and_finds_nothing_wrong(file: Path, capsys):
    call_command("restore", str(file), "--check")
    assert "restores, and its logs, record and levels agree" in capsys.readouterr().out
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_database WHERE datname LIKE 'drill%%'")
        assert cursor.fetchone() == (0,)


def test_what_is_restored_goes_as_far_as_the_backup_under_a_new_epoch(accord: Plan, file: Path):
    says(BREVIA, Stance.ACCEPT, "ceasefire", on="2026-01-09")
    with scratch_database() as url:
        assert "Restored." in restored_into(url, file)
        with psycopg.connect(url) as there:
            ((epoch, seq),) = there.execute("SELECT epoch, seq FROM provisions_plan").fetchall()
    assert seq == accord.seq
    assert epoch != accord.epoch


def test_a_database_that_holds_anything_is_left_as_it_is(accord: Plan, file: Path):
    with pytest.raises(CommandError, match="not empty"):
        call_command("restore", str(file))
    assert Plan.objects.get().epoch == accord.epoch


def test_a_file_that_changed_since_it_was_written_is_refused(file: Path):
    file.write_bytes(file.read_bytes()[:-1] + b"x")
    with pytest.raises(CommandError, match="checksum differs"):
        call_command("restore", str(file), "--check")
    note_file(file).unlink()
    with pytest.raises(CommandError, match="no readable note"):
        call_command("restore", str(file), "--check")


def test_the_drill_notices_a_log_that_came_back_shorter_than_noted(file: Path):
    note = json.loads(note_file(file).read_text())
    note_file(file).write_text(json.dumps({**note, "plans": {ACCORD: 10_000}}))
    assert "the note says {'accord': 10000}" in "".join(drill(file))


def test_the_drill_notices_what_somebody_changed_past_the_writer(accord: Plan, tmp_path: Path):
    with connection.cursor() as cursor:
        cursor.execute("BEGIN; SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE provisions_position SET summary = 'Nobody said so.'; COMMIT")
    assert "is not what the log makes of it" in "".join(drill(take(tmp_path)))


def test_old_backups_go_when_as_many_are_there_as_were_asked_for(accord: Plan, tmp_path: Path, monkeypatch):
    for day in ("20260101T000000Z", "20260102T000000Z", "20260103T000000Z"):
        old = tmp_path / f"tracker-{day}.dump"
        old.touch()
        note_file(old).touch()
    (tmp_path / "notes.txt").touch()
    call_command("backup", str(tmp_path), keep=2)
    _newest, older = backups.backups(tmp_path)
    assert older.name == "tracker-20260103T000000Z.dump"
    assert sorted(each.suffix for each in tmp_path.iterdir()) == [".dump", ".dump", ".json", ".json", ".txt"]
    assert status().backed_up_at is not None


def test_a_folder_that_cannot_be_written_is_one_sentence(accord: Plan, tmp_path: Path):
    (tmp_path / "file").touch()
    with pytest.raises(CommandError, match="file"):
        call_command("backup", str(tmp_path / "file"))


def test_after_another_kind_of_recovery_epochs_are_drawn_by_hand(accord: Plan, capsys):
    call_command("new_epochs")
    assert capsys.readouterr().out.startswith("1 plan(s)")
    assert Plan.objects.get().epoch != accord.epoch
