"""The levels of a line as they came about, and the days of a plan one by one."""

from datetime import date

from provisions.agreement.words import Stance
from provisions.assessing import recompute
from provisions.history import series, turns
from provisions.models import Change, Plan
from tests.builders import ACCORD, ARDEN, BREVIA, revision, says

TODAY = date(2026, 1, 20)


def head() -> Plan:
    return Plan.objects.get(slug=ACCORD)


def work_out() -> None:
    recompute(head().pk, today=TODAY)


def test_a_line_tells_when_and_because_of_which_change_its_level_moved(accord):
    says(ARDEN, Stance.ACCEPT, "ceasefire")
    work_out()
    key = says(BREVIA, Stance.ACCEPT, "ceasefire")
    says(BREVIA, Stance.ACCEPT, "prisoners")
    work_out()
    first, second = turns(head(), line="ceasefire")
    assert (first.before, first.level) == (None, "open")
    assert (second.before, second.level) == ("open", "agreed")
    assert [change.key for change in second.because] == [key]


def test_what_leaves_the_level_as_it_is_makes_no_turn(accord):
    says(ARDEN, Stance.ACCEPT, "ceasefire")
    work_out()
    says(ARDEN, Stance.ACCEPT, "ceasefire", on=date(2026, 1, 6))
    work_out()
    assert len(turns(head(), line="ceasefire")) == 1


def test_a_plan_is_told_day_by_day_with_the_text_that_was_on_the_table(accord):
    says(ARDEN, Stance.ACCEPT, "ceasefire", on=date(2026, 1, 6))
    says(BREVIA, Stance.ACCEPT, "ceasefire", on=date(2026, 1, 8))
    revision(
        "draft-2",
        derives_from="draft-1",
        dated=date(2026, 1, 10),
        words={"ceasefire": "All fire ceases at noon.", "prisoners": "Prisoners return."},
    )
    days = {day.day: day for day in series(head())}
    assert min(days) == date(2026, 1, 5)
    assert days[date(2026, 1, 5)].vector == {"unaddressed": 2}
    assert days[date(2026, 1, 7)].vector == {"unaddressed": 1, "open": 1}
    assert days[date(2026, 1, 9)].vector == {"unaddressed": 1, "agreed": 1}
    assert days[date(2026, 1, 9)].revision == "draft-1"
    assert days[date(2026, 1, 12)].revision == "draft-2"
    assert days[date(2026, 1, 12)].vector == {"unaddressed": 1, "agreed": 1}


def test_what_is_known_only_to_the_month_counts_when_it_surely_was_said(accord):
    says(ARDEN, Stance.ACCEPT, "ceasefire", on="2026-01")
    says(BREVIA, Stance.REJECT, "prisoners", on="2026-01")
    days = {day.day: day for day in series(head())}
    assert days[date(2026, 1, 30)].vector == {"contested": 1, "unaddressed": 1}
    assert days[date(2026, 1, 31)].vector == {"contested": 1, "open": 1}


def test_late_news_does_not_change_the_days_as_they_were_known(accord):
    says(ARDEN, Stance.REJECT, "ceasefire", on=date(2026, 1, 6))
    then = Change.objects.latest("seq").recorded_at
    says(BREVIA, Stance.REJECT, "ceasefire", on=date(2026, 1, 6))
    now = {day.day: day.vector for day in series(head())}
    known = {day.day: day.vector for day in series(head(), known_at=then)}
    assert now[date(2026, 1, 6)] == {"rejected": 1, "unaddressed": 1}
    assert known[date(2026, 1, 6)] == {"contested": 1, "unaddressed": 1}
