"""A record that says what its log tells is left in peace; one that does not is told of."""

from datetime import date

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from provisions.agreement.words import EventState, Stance
from provisions.assessing import recompute
from provisions.contents import CompanionContent, PartyContent, RulingContent, When
from provisions.models import LineAssessment, Plan
from provisions.record import retract_position, writing
from provisions.verifying import complaints
from tests import builders
from tests.builders import ACCORD, ARDEN, BREVIA, TESTER, event, revision, says


@pytest.fixture
def lived_in(accord: Plan) -> Plan:
    """A plan to which much has happened: a draft, positions, one of them retracted, a ruling, an event, levels."""
    says(ARDEN, Stance.ACCEPT, "ceasefire")
    key = says(BREVIA, Stance.REJECT, "ceasefire")
    revision("draft-2", words={"ceasefire": "All fire ceases at dawn."}, derives_from="draft-1", dated=date(2026, 1, 8))
    retract_position(ACCORD, key, by=TESTER)
    event("summit", (EventState.MET, date(2026, 1, 9)))
    with writing(ACCORD, by=TESTER) as pen:
        pen.put(
            [RulingContent(provision="ceasefire", revision="draft-1", level=None, reason="Unclear.", sources=("S1",))]
        )
    recompute(accord.pk, today=date(2026, 1, 20))
    return Plan.objects.get(pk=accord.pk)


def past_the_guards(statement: str) -> None:
    with connection.cursor() as cursor:
        # What was done before has stood the questions that a commit asks.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(statement)


def test_a_record_that_only_the_writer_wrote_is_what_its_log_tells(lived_in: Plan):
    assert list(complaints(lived_in)) == []


def test_a_log_that_was_written_before_contents_grew_a_field_is_no_complaint(lived_in: Plan):
    with writing(ACCORD, by=TESTER) as pen:
        pen.put([CompanionContent(slug="annex", title="Annex", dated=When(date(2026, 1, 8)))])
    past_the_guards("UPDATE provisions_change SET after = after - 'provisions' WHERE resource = 'companion'")
    assert list(complaints(lived_in)) == []
    past_the_guards("UPDATE provisions_change SET after = after - 'title' WHERE resource = 'companion'")
    assert "companion 'annex' is not what the log makes of it" in "".join(complaints(lived_in))


def test_what_plans_share_may_be_told_of_in_another_plans_log(lived_in: Plan):
    builders.plan("treaty", lines={"borders": "Borders are open."})
    with writing("treaty", by=TESTER) as pen:
        pen.put([PartyContent(slug=ARDEN, name="Republic of Arden", short="Arden")])
    assert list(complaints(lived_in)) == []
    assert list(complaints(Plan.objects.get(slug="treaty"))) == []


@pytest.mark.parametrize(
    ("done", "told"),
    [
        ("DELETE FROM provisions_change WHERE seq = 4", "the log has"),
        ("UPDATE provisions_position SET summary = 'Arden never said so.'", "is not what the log makes of it"),
        ("UPDATE provisions_wordingversion SET text = 'No fire ceases.'", "is not what the log makes of it"),
        ("DELETE FROM provisions_retraction", "is not what the log makes of it"),
        (
            'UPDATE provisions_lineassessment SET body = body || \'{"level": "agreed"}\'',
            "is not the one that the rule gives",
        ),
    ],
)
def test_what_somebody_changed_past_the_writer_is_told_of(lived_in: Plan, done: str, told: str):
    past_the_guards(done)
    assert told in "\n".join(complaints(lived_in))


def test_a_thing_that_is_in_no_log_is_told_of(lived_in: Plan):
    past_the_guards("DELETE FROM provisions_change WHERE resource = 'event'")
    assert "event 'summit' is in no log" in "\n".join(complaints(lived_in))


def test_levels_that_are_due_are_left_to_the_jobs(lived_in: Plan):
    says(BREVIA, Stance.ACCEPT, "ceasefire", on="2026-01-10", revision="draft-2")
    assert LineAssessment.objects.standing().exists()
    assert list(complaints(lived_in)) == []


def test_the_command_says_where_each_plan_is_and_ends_with_an_error_where_something_is_wrong(lived_in: Plan, capsys):
    call_command("verify")
    assert f"accord: log, record and levels agree at {lived_in.seq}." in capsys.readouterr().out
    past_the_guards("UPDATE provisions_event SET title = 'No summit'")
    with pytest.raises(CommandError, match="1 thing"):
        call_command("verify", ACCORD)
    with pytest.raises(CommandError, match="no plan 'nothing'"):
        call_command("verify", "nothing")
