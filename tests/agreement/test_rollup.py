"""Section 5: categories, the phase of the plan, and what is provisional."""

import pytest

from provisions.agreement import assess
from tests.agreement.builders import (
    ABSTAIN,
    ACCEPT,
    CONDITIONAL,
    IN_PRINCIPLE,
    NEGOTIATOR,
    NO_OBJECTION,
    PRESIDENT,
    REJECT,
    REPORTED,
    RESERVE,
    SIGNED,
    both,
    day,
    happens,
    line,
    part,
    record,
    revision,
    same,
    says,
    silence,
)


def phase(*said, **plan) -> str:
    return assess(record(revision("r1", "troops"), *said, **plan))["phase"]


# Categories


def test_a_category_counts_its_live_operative_lines_and_the_others_apart():
    plan = record(
        line("troops"), line("borders"), line("aid", category="trade"), line("preamble", kind="preambular"),
        line("exchange"), line("jets"), line("prisoners"), line("gone-preamble", kind="preambular"),
        revision("r1", "troops", "borders", "aid", "preamble", "exchange", "jets", "gone-preamble"),
        revision(
            "r2", same("troops"), same("borders"), same("aid"), same("preamble"), part("prisoners", of="exchange"),
            after="r1",
        ),
        both(ACCEPT, "r1/troops"), both(ACCEPT, "r1/borders", authority=NEGOTIATOR), both(REJECT, "r1/preamble"),
        both(IN_PRINCIPLE, "r1/aid"),
    )  # fmt: skip
    assert assess(plan)["categories"] == {
        "peace": {
            "level": "unaddressed",
            "vector": {"agreed": 1, "agreed_ad_referendum": 1, "unaddressed": 1},
            "closed": "2/3",
            "apart": {"preambular": 1, "succeeded": 1, "withdrawn": 2},
        },
        "trade": {
            "level": "agreed_in_principle",
            "vector": {"agreed_in_principle": 1},
            "closed": "0/1",
            "apart": {"preambular": 0, "succeeded": 0, "withdrawn": 0},
        },
    }


def test_a_category_without_a_live_operative_line_has_no_level():
    plan = record(line("preamble", kind="preambular"), revision("r1", "preamble"), both(ACCEPT, "r1/preamble"))
    peace = assess(plan)["categories"]["peace"]
    assert (peace["level"], peace["vector"], peace["closed"]) == (None, {}, "0/0")
    assert peace["apart"] == {"preambular": 1, "succeeded": 0, "withdrawn": 0}


# Phases


@pytest.mark.parametrize(("provenance", "reached"), [("announced", "announced"), ("reported", "tabled")])
def test_a_text_without_words_is_announced_if_it_was_only_announced(provenance, reached):
    assert assess(record(revision("r1", provenance=provenance)))["phase"] == reached


def test_an_announced_text_with_words_is_tabled():
    assert assess(record(revision("r1", "troops", provenance="announced")))["phase"] == "tabled"


@pytest.mark.parametrize("said", [REJECT, ABSTAIN, ACCEPT])
def test_a_plan_is_tabled_until_somebody_says_something_of_its_own(said):
    assert phase() == "tabled"
    assert phase(says("ua", said, "r1/troops", by="us")) == "tabled"
    assert phase(says("ua", said, "r1/troops", authority=REPORTED)) == "tabled"
    assert phase(says("eu", said, "r1/troops")) == "under_negotiation"
    assert phase(says("ua", said, "r1")) == "under_negotiation"
    assert phase(says("ua", said, "r1/troops")) == "under_negotiation"


def test_a_word_on_an_earlier_draft_counts_and_one_on_a_rival_does_not():
    drafts = [revision("r1", "troops"), revision("rival", "troops", after="r1"), revision("r2", "troops", after="r1")]
    assert assess(record(*drafts, says("ua", REJECT, "rival/troops"), says("ua", REJECT, "rival")))["phase"] == "tabled"
    assert assess(record(*drafts, says("ua", REJECT, "r1/troops")))["phase"] == "under_negotiation"
    assert assess(record(*drafts, says("ua", REJECT, "r1")))["phase"] == "under_negotiation"


def test_a_silence_takes_a_plan_off_the_table_when_it_lapses():
    plan = record(revision("r1", "troops"), silence("r1/troops", "ua", until="2026-02-10"))
    assert assess(plan, as_of=day("2026-02-10"))["phase"] == "tabled"
    assert assess(plan, as_of=day("2026-02-11"))["phase"] == "under_negotiation"
    plan["silence_procedures"][0]["broken_on"] = "2026-02-09"
    assert assess(plan)["phase"] == "tabled"


def test_a_silence_lapsed_on_an_earlier_draft_does_too():
    plan = record(
        revision("r1", "troops"), revision("r2", "troops", after="r1"), silence("r1/troops", "ua", until="2026-02-10")
    )
    assert assess(plan)["phase"] == "under_negotiation"


@pytest.mark.parametrize(
    ("ukraine", "russia", "reached"),
    [
        (REJECT, REJECT, "under_negotiation"),
        (REJECT, ACCEPT, "under_negotiation"),
        (ACCEPT, RESERVE, "under_negotiation"),
        (ACCEPT, IN_PRINCIPLE, "closing"),
        (ACCEPT, CONDITIONAL, "closing"),
        (ACCEPT, NO_OBJECTION, "closed_ad_referendum"),
    ],
)
def test_the_worst_line_sets_the_phase(ukraine, russia, reached):
    plan = record(
        revision("r1", "troops", "borders"),
        both(ACCEPT, "r1/borders"),
        says("ua", ukraine, "r1/troops"),
        says("ru", russia, "r1/troops", given=(happens("vote"),) if russia == CONDITIONAL else ()),
    )
    assert assess(plan)["phase"] == reached


def test_an_unaddressed_line_keeps_a_plan_under_negotiation():
    plan = record(revision("r1", "troops", "borders"), both(ACCEPT, "r1/troops"))
    assert assess(plan)["phase"] == "under_negotiation"


def test_preambular_lines_hold_up_no_phase():
    plan = record(
        line("preamble", kind="preambular"), revision("r1", "preamble", "troops"),
        both(ACCEPT, "r1", authority=NEGOTIATOR), both(REJECT, "r1/preamble"),
    )  # fmt: skip
    assert assess(plan)["phase"] == "closed_ad_referendum"


def test_a_plan_without_operative_lines_never_closes():
    plan = record(line("preamble", kind="preambular"), revision("r1", "preamble"), both(ACCEPT, "r1"))
    assert assess(plan)["phase"] == "under_negotiation"


def test_a_plan_is_agreed_when_all_lines_are_and_each_principal_accepted_the_whole():
    found = assess(record(revision("r1", "troops"), both(ACCEPT, "r1", authority=PRESIDENT)))
    assert (found["phase"], found["provisional"]) == ("agreed", False)


def test_all_lines_agreed_are_not_yet_an_agreed_plan():
    found = assess(record(revision("r1", "troops"), both(ACCEPT, "r1/troops", authority=SIGNED)))
    assert (found["phase"], found["provisional"]) == ("closed_ad_referendum", True)
    assert phase(both(ACCEPT, "r1/troops"), says("ua", ACCEPT, "r1")) == "closed_ad_referendum"


@pytest.mark.parametrize(("stance", "authority"), [(NO_OBJECTION, PRESIDENT), (ACCEPT, NEGOTIATOR)])
def test_less_than_acceptance_of_the_whole_by_a_minister_will_not_do(stance, authority):
    assert phase(both(ACCEPT, "r1/troops"), both(stance, "r1", authority=authority)) == "closed_ad_referendum"


def test_an_acceptance_that_no_longer_stands_will_not_do():
    agreed = [both(ACCEPT, "r1/troops"), both(ACCEPT, "r1", day="2026-02-02")]
    assert phase(*agreed) == "agreed"
    assert phase(*agreed, says("ua", RESERVE, "r1", day="2026-02-03", authority=NEGOTIATOR)) == "closed_ad_referendum"


def test_acceptance_of_an_earlier_whole_text_will_not_do_even_if_only_numbers_changed():
    plan = record(revision("r1", "troops"), revision("r2", same("troops"), after="r1"), both(ACCEPT, "r1"))
    assert assess(plan)["phase"] == "closed_ad_referendum"
    assert assess(plan, revision="r1")["phase"] == "agreed"


def test_lines_agreed_ad_referendum_keep_a_plan_from_being_agreed():
    plan = record(
        line("troops", guarantor=("us",)), revision("r1", "troops"), both(ACCEPT, "r1"),
        says("us", ACCEPT, "r1/troops", authority=NEGOTIATOR),
    )  # fmt: skip
    assert assess(plan)["phase"] == "closed_ad_referendum"
