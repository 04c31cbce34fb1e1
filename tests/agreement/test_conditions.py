"""Section 4, with its fine print: conditions, the two fixpoints, and packages."""

from itertools import pairwise

import pytest

from provisions.agreement import assess
from tests.agreement.builders import (
    ACCEPT,
    CONDITIONAL,
    IN_PRINCIPLE,
    NEGOTIATOR,
    REJECT,
    Json,
    absent,
    added,
    both,
    day,
    event,
    happens,
    level,
    line,
    merged,
    part,
    reaches,
    reading,
    record,
    revision,
    rewritten,
    same,
    says,
)

AGREED, AD_REFERENDUM = "agreed", "agreed_ad_referendum"
CONDITIONALLY, PRINCIPLE = "agreed_conditionally", "agreed_in_principle"


def waits(name: str, *given: Json, party: str = "ua", draft: str = "r1", **details) -> list:
    """One principal's consent to a line on conditions; the other one just accepts."""
    other = {"ua": "ru", "ru": "ua"}[party]
    return [
        says(party, CONDITIONAL, f"{draft}/{name}", given=given, **details),
        says(other, ACCEPT, f"{draft}/{name}", **details),
    ]


def states(record: Json, party: str = "ua", name: str = "troops") -> list[str]:
    return [condition["state"] for condition in reading(record, party, name)["conditions"]]


# What a condition is


@pytest.mark.parametrize(
    ("asked", "met"), [(PRINCIPLE, True), (CONDITIONALLY, True), (AD_REFERENDUM, True), (AGREED, False)]
)
def test_a_line_reaches_a_level_and_all_below(asked, met):
    plan = record(
        revision("r1", "troops", "borders"),
        waits("troops", reaches("borders", asked)),
        both(ACCEPT, "r1/borders", authority=NEGOTIATOR),
    )
    assert states(plan) == ["met" if met else "unmet"]
    assert level(plan) == (AGREED if met else CONDITIONALLY)


def test_a_condition_on_a_line_that_never_had_words_here_is_unmet():
    plan = record(
        line("borders"), revision("r1", "troops"), revision("rival", "borders", after="r1"),
        waits("troops", reaches("borders", PRINCIPLE)), revision="r1",
    )  # fmt: skip
    assert states(plan) == ["unmet"]


def test_a_condition_on_a_withdrawn_line_has_failed():
    plan = record(
        revision("r1", "troops", "borders"),
        revision("r2", same("troops"), after="r1"),
        waits("troops", reaches("borders", PRINCIPLE)),
    )
    assert states(plan, name="troops") == ["failed"]
    assert level(plan) == "open"
    assert (states(plan, "ua"), states(plan, "ru")) == (["failed"], [])


def test_a_condition_on_a_succeeded_line_asks_for_every_successor():
    plan = record(
        revision("r1", "troops", "exchange"),
        revision("r2", same("troops"), part("prisoners", of="exchange"), part("children", of="exchange"), after="r1"),
        waits("troops", reaches("exchange", AGREED)),
        both(ACCEPT, "r2/prisoners"),
    )
    assert states(plan) == ["unmet"]
    plan["positions"] += [each | {"wording": "r2/children", "id": each["party"]} for each in plan["positions"][2:]]
    assert states(plan) == ["met"]
    assert level(plan) == AGREED


def test_it_has_failed_if_one_of_these_was_withdrawn():
    plan = record(
        revision("r1", "troops", "exchange"),
        revision("r2", same("troops"), part("prisoners", of="exchange"), part("children", of="exchange"), after="r1"),
        revision("r3", same("troops"), same("prisoners"), after="r2"),
        waits("troops", reaches("exchange", PRINCIPLE)),
        both(ACCEPT, "r2/prisoners"),
    )
    assert assess(plan)["gone"]["exchange"]["state"] == "succeeded"
    assert states(plan) == ["failed"]


def test_successors_are_followed_through_lines_that_were_succeeded_themselves():
    plan = record(
        revision("r1", "troops", "exchange"),
        revision("r2", same("troops"), part("prisoners", of="exchange"), part("children", of="exchange"), after="r1"),
        revision("r3", same("troops"), same("prisoners"), merged("families", "children", "prisoners"), after="r2"),
        waits("troops", reaches("exchange", AGREED)),
        both(ACCEPT, "r2/prisoners"),
    )
    assert assess(plan)["gone"]["exchange"]["successors"] == ["families", "prisoners"]
    assert states(plan) == ["unmet"]


def test_a_condition_on_an_event_follows_its_latest_state():
    def told(*reports) -> list[str]:
        return states(record(revision("r1", "troops"), waits("troops", happens("vote")), *reports))

    assert told() == ["unmet"]
    assert told(event("vote", "unknown", "2026-02-01")) == ["unmet"]
    assert told(event("vote", "unmet", "2026-02-01")) == ["unmet"]
    assert told(event("vote", "met", "2026-02-01")) == ["met"]
    assert told(event("vote", "failed", "2026-02-01")) == ["failed"]
    assert told(event("other", "met", "2026-02-01")) == ["unmet"]


def test_the_latest_stated_then_the_latest_recorded_then_the_worse():
    def told(*reports) -> list[str]:
        plan = record(revision("r1", "troops"), waits("troops", happens("vote")), *reports)
        assert states(plan | {"events": plan["events"][::-1]}) == states(plan)
        return states(plan)

    early, late = "2026-02-01", "2026-02-05"
    assert told(event("vote", "failed", early, recorded="2026-02-20T00:00:00Z"), event("vote", "met", late)) == ["met"]
    corrected = event("vote", "met", early, recorded="2026-02-20T00:00:00Z")
    assert told(event("vote", "failed", early), corrected) == ["met"]
    assert told(event("vote", "met", early), event("vote", "unmet", early)) == ["unmet"]
    assert told(event("vote", "unknown", early), event("vote", "failed", early)) == ["failed"]
    assert told(event("vote", "unmet", early), event("vote", "failed", early)) == ["failed"]
    assert told(event("vote", "met", early), event("vote", "unknown", early)) == ["unmet"]


def test_an_event_counts_from_its_day_on():
    plan = record(revision("r1", "troops"), waits("troops", happens("vote")), event("vote", "met", "2026-02-10"))
    assert level(plan, as_of=day("2026-02-09")) == CONDITIONALLY
    assert level(plan, as_of=day("2026-02-10")) == AGREED


def test_a_line_is_absent_while_it_has_no_words_in_the_text():
    plan = record(
        revision("r1", "troops", "borders"),
        revision("r2", same("troops"), after="r1"),
        revision("r3", same("troops"), added("borders"), after="r2"),
        waits("troops", absent("borders")),
    )
    assert level(plan, revision="r1") == CONDITIONALLY
    assert level(plan, revision="r2") == AGREED
    assert level(plan, revision="r3") == CONDITIONALLY


def test_all_conditions_must_be_met_and_one_that_failed_is_enough():
    plan = record(
        revision("r1", "troops", "borders"),
        waits("troops", reaches("borders", AGREED), happens("vote")),
        both(ACCEPT, "r1/borders"),
        event("vote", "met", "2026-02-01"),
    )
    assert level(plan) == AGREED
    plan["events"][0]["state"] = "unmet"
    assert level(plan) == CONDITIONALLY
    plan["events"][0]["state"] = "failed"
    assert level(plan) == "open"


def test_what_one_party_waits_for_does_not_bind_another():
    plan = record(
        revision("r1", "troops", "borders"),
        says("us", CONDITIONAL, "r1/troops", given=(reaches("borders", AGREED),)),
        both(ACCEPT, "r1/troops"),
    )
    assert level(plan) == AGREED
    assert reading(plan, "us")["class"] == "partial"


def test_conditions_that_no_longer_stand_bind_nobody():
    plan = record(
        revision("r1", "troops", "borders"),
        says("ua", CONDITIONAL, "r1/troops", given=(reaches("borders", AGREED),), day="2026-02-01"),
        both(ACCEPT, "r1/troops", day="2026-02-02"),
    )
    assert level(plan) == AGREED


# Fixpoints and packages


def test_a_row_of_conditions_resolves_from_its_end():
    names = ("a", "b", "c", "d")
    plan = record(
        revision("r1", *names),
        *(waits(name, reaches(after, AGREED)) for name, after in pairwise(names)),
        says("ua", ACCEPT, "r1/d"),
    )
    assert [level(plan, name) for name in names] == [CONDITIONALLY] * 3 + ["open"]
    plan["positions"].append(plan["positions"][-1] | {"party": "ru", "asserted_by": "ru", "id": "last"})
    assert [level(plan, name) for name in names] == [AGREED] * 4


def test_a_row_breaks_where_a_line_stays_below_what_is_asked():
    plan = record(
        revision("r1", "a", "b", "c"),
        waits("a", reaches("b", AGREED)),
        waits("b", reaches("c", AGREED), authority=NEGOTIATOR),
        both(ACCEPT, "r1/c"),
    )
    assert [level(plan, name) for name in ("a", "b", "c")] == [CONDITIONALLY, AD_REFERENDUM, AGREED]


def test_a_line_waits_until_all_lines_that_it_asks_for_have_risen():
    plan = record(
        revision("r1", "a", "b", "c"),
        waits("a", reaches("b", AGREED), reaches("c", AGREED), reaches("c", PRINCIPLE)),
        both(ACCEPT, "r1/b"),
        says("ua", ACCEPT, "r1/c"),
        says("ru", IN_PRINCIPLE, "r1/c"),
    )
    assert level(plan, "a") == CONDITIONALLY
    assert [each["state"] for each in reading(plan, "ua", "a")["conditions"]] == ["met", "unmet", "met"]


def knot(*rest) -> Json:
    """Two lines that wait for each other, and one that waits for them."""
    return record(
        revision("r1", "a", "b", "c"),
        waits("a", reaches("b", AGREED)),
        waits("b", reaches("a", AGREED), party="ru"),
        waits("c", reaches("a", AGREED)),
        *rest,
    )


def test_what_closes_only_together_is_a_package_and_others_wait_on_it():
    found = assess(knot())
    assert {name: each["level"] for name, each in found["provisions"].items()} == dict.fromkeys("abc", CONDITIONALLY)
    assert {name: each["greatest"] for name, each in found["provisions"].items()} == dict.fromkeys("abc", AGREED)
    assert found["packages"] == [["a", "b"]]
    assert {name: each["package"] for name, each in found["provisions"].items()} == {
        "a": ["a", "b"], "b": ["a", "b"], "c": None,
    }  # fmt: skip
    assert {name: each["waits_on"] for name, each in found["provisions"].items()} == {
        "a": [],
        "b": [],
        "c": [["a", "b"]],
    }


def test_a_circle_that_something_else_holds_open_is_no_package():
    found = assess(knot(says("ua", IN_PRINCIPLE, "r1/b", day="2026-02-02")))
    assert {name: each["level"] for name, each in found["provisions"].items()} == {
        "a": CONDITIONALLY, "b": PRINCIPLE, "c": CONDITIONALLY,
    }  # fmt: skip
    assert all(each["greatest"] == each["level"] for each in found["provisions"].values())
    assert found["packages"] == []


def test_what_falls_takes_down_all_that_leads_to_it():
    plan = record(
        revision("r1", "a", "b", "c", "d"),
        waits("a", reaches("b", AGREED)),
        waits("b", reaches("c", AGREED)),
        waits("c", reaches("a", AGREED), reaches("d", AGREED)),
        both(REJECT, "r1/d"),
    )
    found = assess(plan)
    assert {each["greatest"] for name, each in found["provisions"].items() if name != "d"} == {CONDITIONALLY}
    assert found["packages"] == []


def test_a_line_that_waits_for_itself_is_a_package_of_its_own():
    found = assess(record(revision("r1", "a"), waits("a", reaches("a", AGREED))))
    assert found["provisions"]["a"]["level"] == CONDITIONALLY
    assert found["packages"] == [["a"]]


def test_a_line_that_waits_for_its_own_lower_level_has_reached_it():
    assert level(record(revision("r1", "a"), waits("a", reaches("a", CONDITIONALLY))), "a") == AGREED


def test_conditions_that_are_met_belong_to_the_circle_too():
    plan = record(
        revision("r1", "a", "b", "c"),
        waits("a", reaches("b", AGREED), reaches("c", PRINCIPLE)),
        waits("b", reaches("a", AGREED)),
        waits("c", reaches("a", AGREED)),
    )
    assert assess(plan)["packages"] == [["a", "b", "c"]]


def test_packages_stand_apart_and_a_line_may_wait_on_several_at_any_distance():
    plan = record(
        revision("r1", "a", "b", "c", "d", "e", "f"),
        waits("b", reaches("a", AGREED)),
        waits("a", reaches("b", AGREED)),
        waits("d", reaches("c", AGREED)),
        waits("c", reaches("d", AGREED)),
        waits("e", reaches("d", AGREED), reaches("b", AGREED)),
        waits("f", reaches("e", AGREED)),
    )
    found = assess(plan)
    assert found["packages"] == [["a", "b"], ["c", "d"]]
    for name in ("e", "f"):
        assert found["provisions"][name]["waits_on"] == [["a", "b"], ["c", "d"]]


def test_a_package_that_leads_to_another_waits_on_nothing_itself():
    plan = record(
        revision("r1", "a", "b", "c", "d"),
        waits("a", reaches("b", AGREED)),
        waits("b", reaches("a", AGREED), reaches("c", AGREED)),
        waits("c", reaches("d", AGREED)),
        waits("d", reaches("c", AGREED)),
    )
    found = assess(plan)
    assert found["packages"] == [["a", "b"], ["c", "d"]]
    assert found["provisions"]["a"]["waits_on"] == []


def test_what_a_party_that_is_not_essential_waits_for_makes_no_package():
    plan = record(
        revision("r1", "a", "b"),
        waits("a", reaches("b", AGREED)),
        says("us", CONDITIONAL, "r1/b", given=(reaches("a", AGREED),)),
        both(ACCEPT, "r1/b"),
    )
    assert level(plan, "a") == AGREED
    assert assess(plan)["packages"] == []


def test_lines_that_differ_close_at_the_level_that_their_authorities_allow():
    plan = record(
        revision("r1", "a", "b"),
        waits("a", reaches("b", AD_REFERENDUM), authority=NEGOTIATOR),
        waits("b", reaches("a", AD_REFERENDUM)),
    )
    found = assess(plan)["provisions"]
    assert (found["a"]["greatest"], found["b"]["greatest"]) == (AD_REFERENDUM, AGREED)


def test_a_circle_that_asks_for_more_than_its_lines_can_reach_never_closes():
    plan = record(
        revision("r1", "a", "b"),
        waits("a", reaches("b", AGREED), authority=NEGOTIATOR),
        waits("b", reaches("a", AGREED)),
    )
    found = assess(plan)
    assert {each["greatest"] for each in found["provisions"].values()} == {CONDITIONALLY}
    assert found["packages"] == []


def test_on_rewritten_words_old_conditions_bind_nobody():
    plan = record(
        revision("r1", "a", "b"),
        revision("r2", rewritten("a"), rewritten("b"), after="r1"),
        waits("a", reaches("b", AGREED)),
        waits("b", reaches("a", AGREED)),
    )
    assert assess(plan)["packages"] == []
    assert level(plan, "a") == "open"


def test_every_line_falls_whose_demands_cannot_be_met_also_where_one_falls_for_two_reasons():
    plan = record(
        revision("r1", "a", "b", "c", "d"),
        # "d" stays open, so neither "a" nor "b" can close, and "c" cannot for two demands at once.
        waits("a", reaches("a", AGREED), reaches("d", AGREED)),
        waits("b", reaches("d", AGREED)),
        waits("c", reaches("b", AD_REFERENDUM), reaches("b", AGREED)),
    )
    found = assess(plan)
    assert found["packages"] == []
    assert [found["provisions"][name]["level"] for name in "abcd"] == [*[CONDITIONALLY] * 3, "unaddressed"]
