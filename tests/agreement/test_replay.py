"""Past days one after another say what each of them says alone."""

from datetime import date
from itertools import pairwise

from provisions.agreement import assess
from provisions.agreement.replay import revision_on, speaking, stands
from provisions.agreement.words import Level
from tests.agreement.builders import (
    ACCEPT,
    CONDITIONAL,
    REJECT,
    Json,
    added,
    both,
    edited,
    event,
    happens,
    line,
    merged,
    moment,
    part,
    record,
    revision,
    rewritten,
    same,
    says,
)
from tests.agreement.generated import EXAMPLES, Tape, for_every_record, generated

UNTIL = date(2026, 6, 1)


def levels_on(record: Json, day: date) -> dict[str, str]:
    found = assess(record, as_of=day, revision=revision_on(record, as_of=day))
    return {line: status["level"] for line, status in found["provisions"].items()}


@for_every_record()
def test_the_days_one_after_another_are_those_that_are_worked_out_alone(tape: Tape):
    record = generated(tape)
    for stand in stands(record, until=UNTIL):
        assert stand.revision == revision_on(record, as_of=stand.day)
        assert stand.levels == levels_on(record, stand.day)


@for_every_record(EXAMPLES // 5)
def test_between_two_stands_nothing_moves(tape: Tape):
    record = generated(tape)
    found = list(stands(record, until=UNTIL))
    for stand, following in pairwise(found):
        eve = date.fromordinal(following.day.toordinal() - 1)
        assert stand.levels == levels_on(record, eve)
        assert stand.revision == revision_on(record, as_of=eve)


DECEMBER = "2025-12-01T00:00:00Z"


def two_drafts(*said: object) -> Json:
    first = revision("r1", "troops", "borders")
    return record(first, revision("r2", same("troops"), rewritten("borders"), after="r1", recorded=DECEMBER), *said)


def told(found: Json) -> list[tuple[str, str | None, dict[str, Level]]]:
    return [(stand.day.isoformat(), stand.revision, stand.levels) for stand in stands(found, until=UNTIL)]


def test_the_story_begins_with_the_first_draft_and_goes_on_where_something_was_dated():
    found = two_drafts(
        both(ACCEPT, on="r1/borders", day="2025-11-10"), says("ru", REJECT, on="r1/troops", day="2025-12-05")
    )
    assert told(found) == [
        ("2025-11-01", "r1", {"troops": "unaddressed", "borders": "unaddressed"}),
        ("2025-11-10", "r1", {"troops": "unaddressed", "borders": "agreed"}),
        ("2025-12-01", "r2", {"troops": "unaddressed", "borders": "open"}),
        ("2025-12-05", "r2", {"troops": "contested", "borders": "open"}),
    ]


def test_the_story_ends_with_the_day_that_is_asked_for_and_has_it():
    found = two_drafts(says("ru", REJECT, on="r1/troops", day="2025-12-05"))
    on_the_day = list(stands(found, until=date(2025, 12, 5)))
    assert [stand.day.isoformat() for stand in on_the_day] == ["2025-11-01", "2025-12-01", "2025-12-05"]
    the_eve = list(stands(found, until=date(2025, 12, 4)))
    assert [stand.day.isoformat() for stand in the_eve] == ["2025-11-01", "2025-12-01"]


def test_a_day_on_which_only_an_event_was_reported_is_told_where_somebody_waits_for_it():
    found = record(
        revision("r1", "troops", "borders"),
        says("ua", CONDITIONAL, "r1/troops", day="2025-11-10", given=(happens("vote"),)),
        says("ru", ACCEPT, "r1/troops", day="2025-11-10"),
        event("vote", "met", "2025-11-20"),
        event("summit", "met", "2025-11-22"),
    )
    assert told(found) == [
        ("2025-11-01", "r1", {"troops": "unaddressed", "borders": "unaddressed"}),
        ("2025-11-10", "r1", {"troops": "agreed_conditionally", "borders": "unaddressed"}),
        ("2025-11-20", "r1", {"troops": "agreed", "borders": "unaddressed"}),
    ]


def test_a_plan_without_a_text_has_no_story():
    assert list(stands(record(line("troops")), until=UNTIL)) == []


def test_before_its_first_text_a_plan_has_that_one_on_the_table_and_without_a_text_none():
    found = two_drafts()
    assert revision_on(found, as_of=date(2025, 1, 1)) == "r1"
    assert revision_on(found, as_of=date(2025, 11, 30)) == "r1"
    assert revision_on(found, as_of=date(2025, 12, 1)) == "r2"
    assert revision_on(record(line("troops")), as_of=UNTIL) is None


def test_a_day_that_was_corrected_counts_from_when_it_was_known():
    found = two_drafts()
    (r1, r2) = found["revisions"]
    r2["superseded_at"] = "2025-12-20T08:00:00Z"
    found["revisions"] = [
        r1,
        r2,
        r2 | {"dated": "2025-12-10", "recorded_at": r2["superseded_at"], "superseded_at": None},
    ]
    before, then = moment("2025-12-20T07:59:59Z"), moment("2025-12-20T08:00:00Z")
    assert revision_on(found, as_of=date(2025, 12, 5), known_at=before) == "r2"
    assert revision_on(found, as_of=date(2025, 12, 5), known_at=then) == "r1"
    assert revision_on(found, as_of=date(2025, 12, 10), known_at=then) == "r2"
    # A draft counts from the very moment at which it is known.
    assert revision_on(found, as_of=date(2025, 12, 5), known_at=moment(DECEMBER)) == "r2"


def test_words_speak_on_as_long_as_only_numbers_and_style_change():
    found = record(
        revision("r1", "troops", "borders", "prisoners", "aid"),
        revision("r2", edited("troops"), rewritten("borders"), same("prisoners"), part("food", of="aid"), after="r1"),
        revision(
            "r3", same("troops"), same("borders"), merged("exchange", "prisoners", "food"), added("dams"), after="r2"
        ),
    )
    assert speaking(found) == {
        "troops": ["r1/troops", "r2/troops", "r3/troops"],
        "borders": ["r2/borders", "r3/borders"],
        "exchange": ["r3/exchange"],
        "dams": ["r3/dams"],
    }
    assert speaking(found, revision="r2") == {
        "troops": ["r1/troops", "r2/troops"],
        "borders": ["r2/borders"],
        "prisoners": ["r1/prisoners", "r2/prisoners"],
        "food": ["r2/food"],
    }
