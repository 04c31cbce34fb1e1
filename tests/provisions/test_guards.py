"""What PostgreSQL itself refuses, whichever door is tried."""

from dataclasses import replace
from datetime import date

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from provisions.agreement.words import Stance
from provisions.held import held
from provisions.models import (
    Change,
    Condition,
    Evidence,
    Figure,
    LineAssessment,
    Plan,
    PlanVersion,
    Position,
    Provision,
    ProvisionVersion,
    Resource,
    Wording,
    WordingVersion,
)
from provisions.record import change, retract_position, writing
from tests import builders
from tests.builders import ACCORD, ARDEN, TESTER, long_plan, says


@pytest.fixture
def said(accord):
    return Position.objects.get(key=says(ARDEN, Stance.ACCEPT, "ceasefire"))


def refused(act, match: str = "Cannot") -> None:
    with pytest.raises(DatabaseError, match=match), transaction.atomic():
        act()


def in_sql(statement: str):
    def act() -> None:
        with connection.cursor() as cursor:
            cursor.execute(statement)

    return act


EDITS = {
    "a position by queryset": lambda: Position.objects.update(stance="reject"),
    "a position by save": lambda: Position.objects.get().save(),
    "a position deleted": lambda: Position.objects.all()._raw_delete("default"),
    "positions truncated": in_sql("SET CONSTRAINTS ALL IMMEDIATE; TRUNCATE provisions_position CASCADE"),
    "evidence edited": lambda: Evidence.objects.update(grade="F6"),
    "the log by queryset": lambda: Change.objects.update(reason="never happened"),
    "the log in SQL": in_sql("UPDATE provisions_change SET seq = seq + 1000"),
    "the log deleted": lambda: Change.objects.all()._raw_delete("default"),
    "the log truncated": in_sql("SET CONSTRAINTS ALL IMMEDIATE; TRUNCATE provisions_change"),
    "words edited in place": lambda: WordingVersion.objects.update(text="Nothing ceases."),
    "words deleted": lambda: WordingVersion.objects.all()._raw_delete("default"),
    "principals edited in place": lambda: PlanVersion.objects.update(principals=["arden"]),
}


@pytest.mark.parametrize("act", EDITS.values(), ids=EDITS)
def test_what_is_on_record_is_not_edited_in_place(said, act):
    refused(act)


def test_a_superseded_version_is_not_reopened(said):
    found = held(said.plan, Resource.WORDING)["draft-1/ceasefire"]
    change(ACCORD, replace(found.content, text="All fire ceases at dawn."), seen=1, by=TESTER)
    refused(lambda: WordingVersion.objects.exclude(superseded_at=None).update(superseded_at=None))


def test_a_retraction_is_not_taken_back_silently(said):
    retract_position(ACCORD, said.key, by=TESTER)
    refused(in_sql("DELETE FROM provisions_retraction"))


def test_the_log_takes_no_number_twice_and_leaves_no_gap(said):
    plan = Plan.objects.get(slug=ACCORD)

    def entry(seq: int) -> Change:
        return Change(
            plan=plan, seq=seq, kind="changed", resource="position", key="x", version=seq, via="shell",
            recorded_at=timezone.now(),
        )  # fmt: skip

    refused(entry(plan.seq).save, "one_change_of_each_seq")
    refused(entry(plan.seq + 2).save, "gap")


def copy_of(position: Position, **fields) -> Position:
    copied = Position.objects.get(pk=position.pk)
    copied.pk, copied.key = None, "copy"
    for name, value in fields.items():
        setattr(copied, name, value)
    return copied


def test_a_position_with_authority_needs_evidence_by_the_end_of_its_transaction(said):
    def without_evidence() -> None:
        copy_of(said).save()
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

    refused(without_evidence, "no evidence")


UNTRUE = {
    "an unknown stance": ({"stance": "maybe"}, "stance_is_known"),
    "an unknown authority": ({"authority": 9}, "authority_is_known"),
    "a day in the future": ({"stated_on": date(2999, 1, 1)}, "in the future"),
    "words and a whole revision at once": ({"revision_id": 1}, "position_is_on_a_wording_or_a_revision"),
    "neither words nor a revision": ({"wording_id": None}, "position_is_on_a_wording_or_a_revision"),
    "nobody who spoke": ({"speaker": ""}, "position_has_speaker_and_summary"),
}


@pytest.mark.parametrize(("fields", "match"), UNTRUE.values(), ids=UNTRUE)
def test_a_position_that_cannot_be_is_refused(said, fields, match):
    if "revision_id" in fields:
        fields = {"revision_id": said.wording.revision_id}
    refused(copy_of(said, **fields).save, match)


def test_a_claim_about_another_carries_no_authority(said):
    other = said.plan.parties.get(slug="brevia")
    refused(copy_of(said, asserted_by=other).save, "claim_about_another_is_attributed")


def test_a_line_has_one_wording_in_a_revision(said):
    words = said.wording
    refused(Wording(provision=words.provision, revision=words.revision).save, "one_wording_per_provision_and_revision")


def test_a_condition_names_what_its_kind_needs(said):
    refused(Condition(position=said, kind="event_met").save, "condition_names_what_its_kind_needs")


def test_a_figure_stands_in_one_text(said):
    refused(Figure(name="x", label="X", unit="days").save, "figure_stands_in_one_text")


def test_a_level_is_one_of_the_ladder(said):
    line = said.wording.provision
    wrong = LineAssessment(
        provision=line, version=1, as_of=date(2026, 1, 6), seq=1, level="approved", body={}, recorded_at=timezone.now()
    )
    refused(wrong.save, "level_is_known")


def rows_asked_for() -> int:
    """How many rows the guards have asked for in this transaction: whether it wrote them."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT calls FROM pg_stat_xact_user_functions WHERE funcname = 'record_written_now'")
        (calls,) = cursor.fetchone() or (0,)
    return calls


def test_guards_ask_as_much_of_a_plan_whatever_else_is_on_record(db):
    def asked(plan: str) -> int:
        before = rows_asked_for()
        long_plan(40, plan=plan)
        builders.revision(
            "draft-2",
            words={f"line-{n}": f"New words of line {n}." for n in range(1, 41)},
            derives_from="draft-1",
            plan=plan,
        )
        in_sql("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")()
        return rows_asked_for() - before

    in_sql("SET LOCAL track_functions = 'all'")()
    first, *later = [asked(f"plan-{number}") for number in range(4)]
    assert first > 0
    assert max(later) <= first


def test_a_version_beside_its_thing_is_still_asked_for_in_the_log(accord):
    """A line and a version of it are written by one transaction, and the log is told of another version alone."""
    line = Provision.objects.get(slug="ceasefire")
    standing = ProvisionVersion.objects.standing().get(provision=line)

    def act() -> None:
        with writing(ACCORD, by=TESTER) as pen:
            pen.put([replace(held(accord, Resource.PROVISION)["ceasefire"].content, title="A truce")])
        row = ProvisionVersion(
            **{
                field.attname: getattr(standing, field.attname)
                for field in ProvisionVersion._meta.concrete_fields
                if not field.primary_key
            }
        )
        row.version, row.title, row.superseded_at = 3, "Slipped in", timezone.now()
        row.save(force_insert=True)
        in_sql("SET CONSTRAINTS ALL IMMEDIATE")()

    refused(act, match="the log was told of no such change of the provision")
