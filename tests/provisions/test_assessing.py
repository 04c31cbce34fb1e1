"""From the record to levels, and how little is written when nothing moved."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import connection
from django.utils import timezone

from provisions.agreement import assess
from provisions.agreement.words import Authority, Stance
from provisions.assessing import due, recompute, record_of
from provisions.contents import ProvisionContent, WordingContent
from provisions.held import held
from provisions.models import Change, LineAssessment, Plan, PlanAssessment, Resource, Setback
from provisions.record import change, keep_assessment, retract_position, writing
from tests import builders
from tests.builders import ACCORD, ARDEN, BREVIA, CALDOR, TESTER, revision, says

TODAY = date(2026, 1, 20)


def levels() -> dict[str, str]:
    standing = LineAssessment.objects.standing().filter(provision__plan__slug=ACCORD)
    return dict(standing.values_list("provision__slug", "level"))


def head() -> Plan:
    return Plan.objects.get(slug=ACCORD)


def work_out(on: date = TODAY) -> bool:
    return recompute(head().pk, today=on)


def test_a_line_that_both_principals_accept_is_agreed(accord):
    says(ARDEN, Stance.ACCEPT, "ceasefire")
    says(BREVIA, Stance.ACCEPT, "ceasefire")
    work_out()
    assert levels() == {"ceasefire": "agreed", "prisoners": "unaddressed"}


def test_a_position_changes_a_level_and_the_log_says_from_what_to_what(accord):
    says(ARDEN, Stance.ACCEPT, "ceasefire")
    work_out()
    says(BREVIA, Stance.REJECT, "ceasefire")
    work_out()
    entry = Change.objects.latest("seq")
    assert (entry.kind, entry.resource, entry.via) == ("assessed", "assessment", "job")
    assert entry.before["levels"] == {"ceasefire": "open"}
    assert entry.after["levels"] == {"ceasefire": "contested"}


def test_a_machine_whose_clock_lags_misses_nothing_and_writes_nothing_back_into_the_past(accord, monkeypatch):
    said = says(ARDEN, Stance.ACCEPT, "ceasefire")
    behind = timezone.now() - timedelta(hours=1)
    monkeypatch.setattr(timezone, "now", lambda: behind)
    work_out()
    proof = LineAssessment.objects.standing().get(provision__slug="ceasefire").body
    assert proof["readings"][ARDEN]["position"] == said
    held_words = held(head(), Resource.WORDING)["draft-1/ceasefire"].content
    change(ACCORD, replace(held_words, text="All fire ceases at dusk."), seen=1, by=TESTER)
    moments = list(Change.objects.order_by("seq").values_list("recorded_at", flat=True))
    assert moments == sorted(moments)


def test_the_proof_is_kept_with_the_level(accord):
    key = says(ARDEN, Stance.REJECT, "ceasefire")
    work_out()
    proof = LineAssessment.objects.standing().get(provision__slug="ceasefire").body
    assert proof["readings"][ARDEN]["position"] == key
    assert proof["clause"] == "some essential party rejects"


def test_only_the_lines_that_moved_get_a_new_assessment(accord):
    work_out()
    says(ARDEN, Stance.ACCEPT, "ceasefire")
    work_out()
    versions = LineAssessment.objects.values_list("provision__slug", "version").order_by("provision__slug", "version")
    assert list(versions) == [("ceasefire", 1), ("ceasefire", 2), ("prisoners", 1)]


def test_working_it_out_again_writes_nothing(accord):
    says(ARDEN, Stance.ACCEPT, "ceasefire")
    work_out()
    before = (head().seq, LineAssessment.objects.count())
    assert work_out() is False
    assert (head().seq, LineAssessment.objects.count()) == before


def test_another_day_on_which_nothing_moves_leaves_only_the_mark(accord):
    work_out()
    before = head().seq
    assert work_out(on=date(2026, 1, 21)) is False
    assert (head().seq, head().assessed_on) == (before, date(2026, 1, 21))


def test_many_changes_are_worked_out_once(accord):
    for party in (ARDEN, BREVIA, CALDOR):
        says(party, Stance.ACCEPT, "ceasefire")
        says(party, Stance.ACCEPT, "prisoners")
    work_out()
    assert Change.objects.filter(kind="assessed").count() == 1
    assert head().assessed_seq == head().seq


def test_what_is_said_while_levels_are_worked_out_stays_due(accord):
    plan = head()
    assessment = assess(record_of(plan), as_of=TODAY)
    says(ARDEN, Stance.ACCEPT, "ceasefire")
    keep_assessment(ACCORD, assessment, speaks={}, up_to=plan.seq, as_of=TODAY)
    assert head().assessed_seq == plan.seq < head().seq
    assert list(due(today=TODAY)) == [plan.pk]
    work_out()
    assert levels()["ceasefire"] == "open"
    assert list(due(today=TODAY)) == []


def test_a_slow_job_does_not_overwrite_what_a_later_one_knew(accord):
    slow, knew = assess(record_of(head()), as_of=TODAY), head().seq
    says(ARDEN, Stance.ACCEPT, "ceasefire")
    work_out()
    assert keep_assessment(ACCORD, slow, speaks={}, up_to=knew, as_of=TODAY) is False
    assert levels()["ceasefire"] == "open"


def test_a_new_day_makes_a_plan_due(accord):
    work_out()
    assert list(due(today=TODAY)) == []
    assert list(due(today=date(2026, 1, 21))) == [head().pk]


def test_a_retracted_position_counts_no_longer(accord):
    says(ARDEN, Stance.ACCEPT, "ceasefire")
    key = says(BREVIA, Stance.REJECT, "ceasefire")
    work_out()
    retract_position(ACCORD, key, by=replace(TESTER, reason="It was never said."))
    work_out()
    assert levels()["ceasefire"] == "open"


def test_consent_lapses_with_the_words(accord):
    says(ARDEN, Stance.ACCEPT, "ceasefire")
    says(BREVIA, Stance.ACCEPT, "ceasefire")
    revision("draft-2", derives_from="draft-1", words={"ceasefire": "All fire ceases at dawn.", "prisoners": "Home."})
    work_out()
    assert levels()["ceasefire"] == "open"


def test_a_line_that_was_agreed_and_is_gone_raises_the_alarm(accord):
    says(ARDEN, Stance.ACCEPT, "ceasefire")
    says(BREVIA, Stance.ACCEPT, "ceasefire")
    revision("draft-2", derives_from="draft-1", words={"prisoners": "All prisoners return home."})
    work_out()
    gone = LineAssessment.objects.standing().get(provision__slug="ceasefire")
    assert (gone.level, gone.body["alarm"]) == ("withdrawn", "agreed_then_dropped")


def test_a_change_in_a_lettered_part_is_a_change_of_the_line(accord):
    part = ProvisionContent(slug="ceasefire-at-sea", order=9, parent="ceasefire", title="At sea", category="peace")
    words = WordingContent(
        provision="ceasefire-at-sea", revision="draft-1", number="1a", text="At sea, too.", change="added"
    )
    with writing(ACCORD, by=TESTER) as pen:
        pen.put([part])
        pen.put([words])
    says(ARDEN, Stance.ACCEPT, "ceasefire")
    says(BREVIA, Stance.ACCEPT, "ceasefire")
    revision(
        "draft-2",
        derives_from="draft-1",
        words={"ceasefire": "All fire ceases at noon.", "ceasefire-at-sea": "At sea, later."},
    )
    work_out()
    assert levels()["ceasefire"] == "open"


def test_the_record_has_one_entry_for_each_stretch_of_a_lines_words(accord):
    first = held(accord, Resource.WORDING)["draft-1/ceasefire"]
    change(ACCORD, replace(first.content, text="All fire ceases at dawn."), seen=1, by=TESTER)
    entries = [each for each in record_of(head())["wordings"] if each["id"] == "draft-1/ceasefire"]
    assert len(entries) == 2
    assert entries[0]["superseded_at"] == entries[1]["recorded_at"]
    assert entries[0]["text_sha256"] != entries[1]["text_sha256"]


def test_late_news_leaves_what_was_known(accord):
    says(ARDEN, Stance.ACCEPT, "ceasefire")
    says(BREVIA, Stance.ACCEPT, "ceasefire")
    then = Change.objects.latest("seq").recorded_at
    says(BREVIA, Stance.REJECT, "ceasefire", on=date(2026, 1, 6))
    record = record_of(head())
    assert assess(record, as_of=TODAY)["provisions"]["ceasefire"]["level"] == "contested"
    assert assess(record, as_of=TODAY, known_at=then)["provisions"]["ceasefire"]["level"] == "agreed"


def test_the_standing_record_and_the_whole_history_give_the_same_levels(accord):
    says(ARDEN, Stance.ACCEPT, "ceasefire")
    retract_position(ACCORD, says(BREVIA, Stance.REJECT, "ceasefire"), by=TESTER)
    first = held(accord, Resource.WORDING)["draft-1/prisoners"]
    change(ACCORD, replace(first.content, text="All prisoners return."), seen=1, by=TESTER)
    whole = record_of(head())
    now = record_of(head(), known_at=Change.objects.latest("seq").recorded_at)
    assert len(now["positions"]) < len(whole["positions"])
    assert assess(now, as_of=TODAY)["provisions"] == assess(whole, as_of=TODAY)["provisions"]


def test_the_plans_phase_is_kept_beside_its_lines(accord):
    for line in ("ceasefire", "prisoners"):
        for party in (ARDEN, BREVIA):
            says(party, Stance.ACCEPT, line, authority=Authority.NEGOTIATOR)
    work_out()
    assert PlanAssessment.objects.standing().get(plan=accord).phase == "closed_ad_referendum"


@pytest.mark.django_db
def test_a_plan_without_a_text_is_not_due_for_ever():
    builders.plan("empty")
    with writing("empty", by=TESTER) as pen:
        pen.put([replace(held(pen.plan, Resource.PLAN)["empty"].content, current_revision=None)])
    assert list(due(today=TODAY)) == []


def test_a_plan_that_cannot_be_worked_out_rests_and_is_given_up_after_eight_tries(accord):
    revision("draft-2", derives_from="draft-1", words={"ceasefire": "All fire ceases."})
    first, second = accord.revisions.order_by("order").values_list("pk", flat=True)
    with connection.cursor() as cursor:
        # A derivation in a circle: no door lets it in, so it is put there behind their backs.
        cursor.execute("SET LOCAL session_replication_role = replica")
        circle = "UPDATE provisions_revisionversion SET derives_from_id = %s WHERE revision_id = %s"
        cursor.execute(circle, [second, first])
        cursor.execute("SET LOCAL session_replication_role = origin")
    assert work_out() is False
    setback = Setback.objects.get(plan=accord)
    assert "derives from itself" in setback.reason
    assert list(due(today=TODAY)) == []
    for _ in range(7):
        work_out()
    setback.refresh_from_db()
    assert (setback.tries, setback.retry_at) == (8, None)


def test_a_plan_that_was_given_up_is_tried_again_when_it_changes(accord):
    Setback.objects.create(plan=accord, seq=head().seq, tries=8, reason="Broken.", failed_at=timezone.now())
    assert list(due(today=TODAY)) == []
    says(ARDEN, Stance.ACCEPT, "ceasefire")
    assert list(due(today=TODAY)) == [accord.pk]
    work_out()
    assert not Setback.objects.exists()
