"""A developer's copy: `dumpdata` with natural keys, and `loaddata` into another database or over a record."""

from __future__ import annotations

import json
from dataclasses import replace
from io import StringIO
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import DatabaseError, connection
from django.utils import timezone

from provisions.assessing import recompute
from provisions.board import board
from provisions.exporting import plan_files, whole
from provisions.importing import apply, read_plan
from provisions.models import Change, Plan, Position, Wording
from provisions.verifying import complaints
from tests.builders import TESTER

EVERYTHING = Path(__file__).parents[1] / "importing" / "everything.yaml"
ROWS = ("auth.user", "parties", "provisions")


def dumped(file: Path) -> str:
    call_command("dumpdata", *ROWS, natural_foreign=True, natural_primary=True, output=str(file), verbosity=0)
    return file.read_text()


@pytest.fixture
def rows(transactional_db: None, tmp_path: Path) -> Path:
    """All rows of a plan that has everything, some of them named by a user."""
    User.objects.create_user("somebody")
    apply(
        read_plan(EVERYTHING, today=timezone.now().date()),
        by=replace(TESTER, actor=User.objects.create_user("ana")),
    )
    recompute(Plan.objects.get().pk)
    dumped(tmp_path / "rows.json")
    return tmp_path / "rows.json"


def test_a_dump_by_name_makes_the_same_record_in_an_empty_database(rows, tmp_path):
    files, log = plan_files(whole("everything")), list(Change.objects.values_list("seq", "key", "actor__username"))
    call_command("flush", interactive=False, verbosity=0)
    User.objects.create_user("another")
    with connection.cursor() as cursor:
        for table in ("parties_party", "provisions_plan", "provisions_provision", "provisions_position"):
            cursor.execute("SELECT setval(pg_get_serial_sequence(%s, 'id'), 1000)", [table])
    call_command("loaddata", str(rows), verbosity=0)
    assert plan_files(whole("everything")) == files
    assert list(Change.objects.values_list("seq", "key", "actor__username")) == log
    assert list(complaints(Plan.objects.get())) == []
    assert board("everything").rows
    again = dumped(tmp_path / "again.json")
    told = [row for row in json.loads(again) if row["fields"].get("username") != "another"]
    assert told == json.loads(rows.read_text())
    assert Plan.objects.get().pk > 1000


def test_things_go_by_their_names_and_have_no_ids(rows):
    kinds = {row["model"]: row for row in json.loads(rows.read_text())}
    assert kinds["provisions.position"]["fields"]["plan"] == ["everything"]
    plan, *words = kinds["provisions.wordingversion"]["fields"]["wording"]
    assert (plan, len(words)) == ("everything", 2)
    for kind in ("parties.party", "parties.source", "provisions.plan", "provisions.provision", "provisions.position"):
        assert "pk" not in kinds[kind]
    for model in (Position, Wording):
        found = model.objects.first()
        assert model.objects.get_by_natural_key(*found.natural_key()) == found


def test_over_a_record_it_is_refused_and_nothing_is_overwritten(rows):
    before = Change.objects.count()
    told = StringIO()
    with pytest.raises(DatabaseError, match=r"is on record, under a name that stays, and only version \d+ can follow"):
        call_command("loaddata", str(rows), verbosity=0, stderr=told)
    assert Change.objects.count() == before
    assert list(complaints(Plan.objects.get())) == []
