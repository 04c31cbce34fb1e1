"""What was carried out of a signed text: levels from a day on, and reversals that nobody enters."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from provisions.agreement.words import Authority, Precision, Stance
from provisions.assessing import recompute
from provisions.board import board
from provisions.contents import ImplementationContent, When
from provisions.held import held, held_then
from provisions.implementing import Step, current, history_of, signed_texts
from provisions.importing import apply, read_plan
from provisions.models import (
    Change,
    Implementation,
    ImplementationLevel,
    ImplementationVersion,
    Plan,
    PlanVersion,
    Position,
    Resource,
)
from provisions.record import Stale, Unknown, retract_position, revert, undoable, writing
from provisions.verifying import complaints
from tests.builders import ACCORD, ARDEN, BREVIA, CALDOR, TESTER, carried_out, revision, says, sign

HERE = Path(__file__).parent
HASTY = replace(TESTER, reason="It was hasty.")


@pytest.fixture
def signed(accord: Plan) -> Plan:
    """The accord, signed by both principals on 20 January."""
    sign(on="2026-01-20")
    return accord


def on_record(line: str = "ceasefire") -> list[ImplementationContent]:
    found = held(Plan.objects.get(slug=ACCORD), Resource.IMPLEMENTATION).values()
    return [each.content for each in found if each.content.provision == line]


def steps() -> tuple[Step, ...]:
    return history_of(on_record())


def told(found: tuple[Step, ...]) -> list[tuple[str, int, str]]:
    """Day, level, and from what it fell."""
    return [
        (
            str(step.said.since),
            int(step.said.level or 0),
            f"{step.fell_from.level} of {step.fell_from.since}" if step.fell_from else "",
        )
        for step in found
        if step.stands
    ]


def latest() -> Change:
    return Change.objects.exclude(resource=Resource.ASSESSMENT).latest("seq")


# ---- What was signed ----


def test_a_text_is_signed_once_every_principal_has_accepted_the_whole_of_it_formally(accord):
    sign(ARDEN, on="2026-01-20")
    assert signed_texts(accord) == {}
    sign(BREVIA, on="2026-01-25")
    assert signed_texts(accord) == {"draft-1": date(2026, 1, 25)}


def test_what_is_said_afterwards_takes_no_signature_back(signed):
    says(ARDEN, Stance.REJECT, None, on="2026-02-20")
    assert signed_texts(signed) == {"draft-1": date(2026, 1, 20)}


def with_three_principals() -> None:
    with writing(ACCORD, by=TESTER) as pen:
        head = held(pen.plan, Resource.PLAN)[ACCORD].content
        pen.put([replace(head, principals=(ARDEN, BREVIA, CALDOR))])


def test_of_three_principals_two_sign_and_the_third_may_accept_with_another_voice_of_its_own(signed):
    with_three_principals()
    assert signed_texts(signed) == {}
    says(CALDOR, Stance.ACCEPT, None, on="2026-01-22", authority=Authority.NEGOTIATOR)
    assert signed_texts(signed) == {}
    says(CALDOR, Stance.ACCEPT, None, on="2026-01-24", authority=Authority.AUTHORITATIVE)
    assert signed_texts(signed) == {"draft-1": date(2026, 1, 24)}


@pytest.mark.parametrize(
    "given",
    [
        {"stance": Stance.NO_OBJECTION, "line": None},
        {"stance": Stance.ACCEPT, "line": "ceasefire"},
        {"stance": Stance.ACCEPT, "line": None, "authority": Authority.ATTRIBUTED, "asserted_by": ARDEN},
        {"stance": Stance.ACCEPT, "line": None, "revision": "draft-2"},
    ],
)
def test_no_other_word_is_a_signature(accord, given):
    revision("draft-2", derives_from="draft-1", words={"ceasefire": "All fire ceases at dawn."})
    sign(ARDEN)
    stance, line = given.pop("stance"), given.pop("line")
    says(BREVIA, stance, line, **{"authority": Authority.FORMAL, **given})
    assert signed_texts(accord) == {}


def test_a_signature_that_is_retracted_is_none(signed):
    retract_position(ACCORD, Position.objects.earliest("pk").key, by=TESTER)
    assert signed_texts(signed) == {}


def test_of_the_plans_in_the_repository_only_the_two_examples_were_signed(db):
    fixtures = HERE.parents[1] / "fixtures"
    for name in ("28-point-framework", "european-24-point-text", "minsk-package-2015", "good-friday-agreement"):
        apply(read_plan(fixtures / name, today=timezone.now().date()), by=TESTER)
    assert {plan.slug: signed_texts(plan) for plan in Plan.objects.all()} == {
        "28-point-framework": {},
        "european-24-point-text": {},
        "minsk-package-2015": {"package-2015-02": date(2015, 2, 12)},
        "good-friday-agreement": {"agreement-1998-04": date(1998, 5, 10)},
    }


# ---- What may be put on record ----


def test_a_level_of_a_signed_line_stands_on_record_and_in_the_log(signed):
    key = carried_out("ceasefire", 2, since="2026-02", approximate=True, note="Fire ceased, but on the lake.")
    (content,) = on_record()
    assert key == "ceasefire/2026-02"
    assert content.since == When(date(2026, 2, 1), Precision.MONTH, approximate=True)
    assert (content.level, content.note, content.sources) == (2, "Fire ceased, but on the lake.", ("S1",))
    entry = latest()
    assert (entry.resource, entry.key, entry.version, entry.after["level"]) == ("implementation", key, 1, 2)
    assert list(complaints(signed)) == []


def test_it_moves_no_level_of_agreement(signed):
    recompute(signed.pk, today=date(2026, 2, 10))
    before = board(ACCORD)
    carried_out("ceasefire", 0, since="2026-02-01")
    recompute(signed.pk, today=date(2026, 2, 10))
    after = board(ACCORD)
    assert [row.level for row in after.rows] == [row.level for row in before.rows]
    assert [row.proof for row in after.rows] == [row.proof for row in before.rows]
    assert Change.objects.latest("seq").resource == Resource.IMPLEMENTATION


def refused(*args, **given) -> dict[str, list[str]]:
    before = Change.objects.count()
    with pytest.raises(ValidationError) as error:
        carried_out(*args, **given)
    assert (Change.objects.count(), Implementation.objects.count()) == (before, 0)
    return error.value.message_dict


def test_of_a_text_that_nobody_signed_nothing_was_carried_out(accord):
    told = refused("ceasefire", 1, since="2026-02-01")
    assert list(told) == ["provision"]
    assert "No signed text has words of 'ceasefire'" in told["provision"][0]
    assert "at least two of them with formal authority" in told["provision"][0]


def test_of_a_line_that_only_a_later_text_has_nothing_was_carried_out(signed):
    revision("draft-2", derives_from="draft-1", words={"ceasefire": "All fire ceases at noon.", "harbour": "It opens."})
    assert list(refused("harbour", 1, since="2026-02-01")) == ["provision"]


def test_nothing_was_carried_out_before_the_signature(signed):
    assert refused("ceasefire", 1, since="2026-01-19") == {
        "since": ["Not before 2026-01-20 had all principals accepted the text; give that day or a later one."]
    }
    carried_out("ceasefire", 0, since="2026-01-20")


def test_a_month_or_a_year_may_have_begun_before_the_signature(signed):
    carried_out("ceasefire", 1, since="2026-01")
    carried_out("ceasefire", 2, since="2026")
    assert len(on_record()) == 2


@pytest.mark.parametrize(
    ("given", "at_fault"),
    [
        ({"note": " "}, "note"),
        ({"sources": ()}, "sources"),
        ({"since": "2999-01-01"}, "since"),
    ],
)
def test_it_needs_a_note_a_source_and_a_day_that_has_come(signed, given, at_fault):
    assert list(refused("ceasefire", 1, **{"since": "2026-02-01", **given})) == [at_fault]


def test_what_it_names_has_to_be_on_record(signed):
    with pytest.raises(Unknown, match="provision 'truce' is not on record"):
        carried_out("truce", 1, since="2026-02-01")
    with pytest.raises(Unknown, match="source 'S9' is not on record"):
        carried_out("ceasefire", 1, since="2026-02-01", sources=("S9",))


def test_a_part_of_a_line_is_spoken_of_in_the_note(db):
    apply(read_plan(HERE.parent / "importing" / "everything.yaml", today=timezone.now().date()), by=TESTER)
    with pytest.raises(ValidationError, match="given to a whole line"):
        carried_out("forces-reserve", 1, since="2026-02-01", plan="everything")


def test_one_level_from_one_day_is_corrected_on_the_version_that_was_read(signed):
    carried_out("ceasefire", 1, since="2026-02-01")
    with pytest.raises(Stale):
        carried_out("ceasefire", 2, since="2026-02-01", seen=0)
    carried_out("ceasefire", 2, since="2026-02-01", seen=1)
    assert [each.level for each in on_record()] == [2]
    versions = ImplementationVersion.objects.order_by("version").values_list("version", "level", "superseded_at")
    assert [(number, level, closed is None) for number, level, closed in versions] == [(1, 1, False), (2, 2, True)]


def test_postgresql_refuses_a_level_without_a_source_too(signed):
    assessed = Implementation(plan=signed, provision=signed.provisions.get(slug="ceasefire"), since=date(2026, 2, 1))

    def put() -> None:
        assessed.save()
        ImplementationVersion.objects.create(
            implementation=assessed, version=1, level=1, note="So.", recorded_at=timezone.now()
        )
        with connection.cursor() as cursor:
            # This one alone: that the log was not told is refused as well.
            cursor.execute("SET CONSTRAINTS pgtrigger_evidence_required_c36eb IMMEDIATE")

    with pytest.raises(DatabaseError, match="has no evidence"), transaction.atomic():
        put()


# ---- Reversals ----


def test_a_later_lower_level_is_a_reversal_and_says_from_what_it_fell(signed):
    carried_out("ceasefire", 3, since="2026-02-01")
    carried_out("ceasefire", 1, since="2026-03")
    carried_out("ceasefire", 2, since="2026-04-01")
    assert told(steps()) == [("2026-02-01", 3, ""), ("2026-03", 1, "3 of 2026-02-01"), ("2026-04-01", 2, "")]
    assert current(steps()).said.level == 2


def test_nobody_enters_a_reversal_so_an_earlier_level_that_is_added_later_makes_one(signed):
    carried_out("ceasefire", 1, since="2026-03-01")
    assert told(steps()) == [("2026-03-01", 1, "")]
    carried_out("ceasefire", 2, since="2026-02-01")
    assert told(steps())[1] == ("2026-03-01", 1, "2 of 2026-02-01")


def test_the_same_level_again_is_no_reversal(signed):
    carried_out("ceasefire", 2, since="2026-02-01")
    carried_out("ceasefire", 2, since="2026-03-01")
    assert [fell for _day, _level, fell in told(steps())] == ["", ""]


def test_of_several_from_one_day_the_lowest_stands_and_is_compared_with_what_held_before(signed):
    carried_out("ceasefire", 2, since="2026-02-01")
    carried_out("ceasefire", 3, since="2026-03-01")
    carried_out("ceasefire", 1, since="2026-03")
    found = steps()
    assert [(str(step.said.since), step.stands) for step in found] == [
        ("2026-02-01", True),
        ("2026-03-01", False),
        ("2026-03", True),
    ]
    assert told(found) == [("2026-02-01", 2, ""), ("2026-03", 1, "2 of 2026-02-01")]
    assert [step.fell_from for step in found if not step.stands] == [None]


def test_a_tie_that_differs_is_no_reversal_by_itself(signed):
    carried_out("ceasefire", 3, since="2026-03-01")
    carried_out("ceasefire", 1, since="2026-03")
    assert told(steps()) == [("2026-03", 1, "")]


def test_the_order_in_which_a_tie_is_put_on_record_decides_nothing(signed):
    said = [
        ImplementationContent(
            provision="ceasefire", since=When.parse(day), level=ImplementationLevel(level), note="So.", sources=("S1",)
        )
        for day, level in (("2026-02-01", 2), ("2026-03-01", 3), ("2026-03", 1), ("2026", 3))
    ]
    assert history_of(said) == history_of(reversed(said))


# ---- Taking back ----


def test_a_level_that_is_withdrawn_counts_nowhere_and_a_reversal_goes_with_it(signed):
    carried_out("ceasefire", 3, since="2026-02-01")
    carried_out("ceasefire", 1, since="2026-03-01")
    carried_out("ceasefire", None, since="2026-02-01", note="Of another line.", sources=(), seen=1)
    assert told(steps()) == [("2026-03-01", 1, "")]
    assert latest().after["level"] is None
    assert list(complaints(signed)) == []


def test_an_added_level_is_undone_by_withdrawing_it_and_that_can_be_undone(signed):
    carried_out("ceasefire", 3, since="2026-02-01")
    added = latest()
    assert undoable([added]) == {added.seq}
    revert(ACCORD, added.seq, by=HASTY)
    assert [(each.level, each.note) for each in on_record()] == [(None, "It was hasty.")]
    revert(ACCORD, latest().seq, by=HASTY)
    assert [(each.level, each.note) for each in on_record()] == [(3, "As was seen.")]
    assert list(complaints(signed)) == []


def test_a_changed_level_reads_as_before(signed):
    carried_out("ceasefire", 3, since="2026-02-01")
    carried_out("ceasefire", 1, since="2026-02-01", seen=1)
    revert(ACCORD, latest().seq, by=HASTY)
    assert [each.level for each in on_record()] == [3]


def test_a_signature_on_which_a_level_rests_is_not_retracted_before_the_level(signed):
    signature = Position.objects.earliest("pk").key
    carried_out("ceasefire", 3, since="2026-02-01")
    with pytest.raises(ValidationError, match="rest on this signature: ceasefire/2026-02-01"):
        retract_position(ACCORD, signature, by=TESTER)
    carried_out("ceasefire", None, since="2026-02-01", note="Nobody signed.", sources=(), seen=1)
    retract_position(ACCORD, signature, by=TESTER)
    assert signed_texts(signed) == {}


def test_nor_does_somebody_become_a_principal_who_did_not_accept_what_was_signed(signed):
    carried_out("ceasefire", 3, since="2026-02-01")
    with pytest.raises(ValidationError, match="rest on this signature") as error:
        with_three_principals()
    assert list(error.value.message_dict) == ["principals"]
    says(CALDOR, Stance.ACCEPT, None, on="2026-01-24")
    with_three_principals()


# ---- The past ----


def test_a_past_moment_knows_what_was_on_record_then(signed):
    carried_out("ceasefire", 3, since="2026-02-01")
    then = latest().recorded_at
    carried_out("ceasefire", 1, since="2026-02-01", seen=1)
    carried_out("ceasefire", 0, since="2026-03-01")

    def known(moment):
        found = held_then(signed, Resource.IMPLEMENTATION, keys=None, known_at=moment).values()
        return told(history_of(each.content for each in found))

    assert known(then) == [("2026-02-01", 3, "")]
    assert known(timezone.now()) == [("2026-02-01", 1, ""), ("2026-03-01", 0, "1 of 2026-02-01")]
    assert known(PlanVersion.objects.earliest("pk").recorded_at) == []
