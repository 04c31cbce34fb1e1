"""The record and its levels from the command line: the same bytes with and without a database."""

from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from provisions.agreement.words import Stance
from provisions.models import Change, LineAssessment
from provisions.record import retract_position
from tests.builders import ACCORD, ARDEN, BREVIA, TESTER, revision, says


def out(capfdbinary, *command: str) -> bytes:
    call_command(*command)
    return capfdbinary.readouterr().out


def test_a_record_file_alone_gives_the_same_bytes_as_the_database(accord, tmp_path, capfdbinary):
    says(ARDEN, Stance.ACCEPT, "ceasefire", on=date(2026, 1, 6))
    retract_position(ACCORD, says(BREVIA, Stance.REJECT, "ceasefire"), by=TESTER)
    then = Change.objects.latest("seq").recorded_at.isoformat()
    says(BREVIA, Stance.ACCEPT, "ceasefire", on=date(2026, 1, 7))
    revision(
        "draft-2", derives_from="draft-1", dated=date(2026, 1, 15), words={"ceasefire": "All fire ceases at dawn."}
    )
    file = tmp_path / "record.json"
    file.write_bytes(out(capfdbinary, "record", ACCORD))
    for as_of in ("2026-01-06", "2026-01-20"):
        for known_at in (then, "2999-01-01T00:00:00Z"):
            asked = ("--as-of", as_of, "--known-at", known_at)
            from_database = out(capfdbinary, "assess", ACCORD, *asked)
            with connection.execute_wrapper(nothing_is_asked):
                from_file = out(capfdbinary, "assess", "--record", str(file), *asked)
            assert from_file == from_database


def nothing_is_asked(execute, sql, params, many, context):
    raise AssertionError(f"the database was asked: {sql}")


def test_a_past_day_is_worked_out_on_the_text_that_was_on_the_table(accord, capfdbinary):
    revision(
        "draft-2", derives_from="draft-1", dated=date(2026, 1, 15), words={"ceasefire": "All fire ceases at dawn."}
    )
    assert b'"revision": "draft-1"' in out(capfdbinary, "assess", ACCORD, "--as-of", "2026-01-14")
    assert b'"revision": "draft-2"' in out(capfdbinary, "assess", ACCORD, "--as-of", "2026-01-15")
    asked = ("--as-of", "2026-01-14", "--revision", "draft-2")
    assert b'"revision": "draft-2"' in out(capfdbinary, "assess", ACCORD, *asked)


@pytest.mark.parametrize(
    ("text", "says_what"),
    [("[]", "JSON object"), ("{", "record.json"), ('{"rule": "AS-1.0"}', "Not a record")],
    ids=["a list", "broken JSON", "half a record"],
)
def test_a_file_that_is_no_record_is_refused_in_a_sentence(tmp_path, text, says_what):
    file = tmp_path / "record.json"
    file.write_text(text)
    with pytest.raises(CommandError, match=says_what):
        call_command("assess", "--record", str(file))


def test_recompute_all_goes_on_where_it_was_stopped(accord, monkeypatch):
    from tests import builders

    builders.plan("zeta", lines={"ceasefire": "Peace."})
    out = StringIO()
    call_command("recompute", "--all", "--after", ACCORD, stdout=out, stderr=StringIO())
    assert "1 plans worked out, 1 moved" in out.getvalue()
    assert set(LineAssessment.objects.values_list("provision__plan__slug", flat=True)) == {"zeta"}


def test_recompute_that_is_stopped_says_how_to_go_on(accord, monkeypatch):
    from tests import builders

    builders.plan("zeta", lines={"ceasefire": "Peace."})
    monkeypatch.setattr("provisions.management.commands.recompute.recompute", stopped_at_the_second())
    with pytest.raises(CommandError, match=f"--after '{ACCORD}'"):
        call_command("recompute", "--all", stdout=StringIO(), stderr=StringIO())


def stopped_at_the_second():
    calls = iter([True])

    def recompute(pk, *, anew):
        for moved in calls:
            return moved
        raise KeyboardInterrupt

    return recompute


def test_an_unknown_plan_is_a_sentence(db):
    for command in (
        ["record", "atlantis"],
        ["assess", "atlantis"],
        ["recompute", "atlantis"],
        ["measures", "atlantis"],
    ):
        with pytest.raises(CommandError, match="There is no plan 'atlantis'"):
            call_command(*command)


def test_measures_of_a_split_line(accord):
    for party in (ARDEN, BREVIA):
        says(party, Stance.ACCEPT if party == ARDEN else Stance.REJECT, "ceasefire")
    call_command("recompute", ACCORD, stdout=StringIO(), stderr=StringIO())
    table = StringIO()
    call_command("measures", ACCORD, stdout=table)
    header, ceasefire, _ = table.getvalue().splitlines()
    assert header.startswith("provision,level,consent")
    assert ceasefire == "ceasefire,contested,1,0,2,1,0.0000,0.2500,-1.0000,0.0000"
