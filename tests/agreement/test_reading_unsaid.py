"""Sections 2.6 and 2.7, with their fine print: what was not said, what nobody saw, and the classes of readings."""

import pytest

from tests.agreement.builders import (
    ABSTAIN,
    ACCEPT,
    CONDITIONAL,
    PRESIDENT,
    REJECT,
    REPORTED,
    RESERVE,
    Json,
    absent,
    both,
    day,
    event,
    happens,
    level,
    line,
    reading,
    record,
    revision,
    rewritten,
    says,
    status,
)


def of_ukraine(*said, **plan) -> Json:
    """How Ukraine reads on the troops of one draft."""
    return reading(record(revision("r1", "troops"), *said, **plan), "ua")


def told(heard: Json) -> tuple[str, int, list[str]]:
    return heard["reading"], heard["authority"], heard["flags"]


# 2.6 With nothing of its own


def aid(*said, **plan) -> Json:
    """A line from which the EU only benefits; it is no principal."""
    return record(line("aid", beneficiary=("eu",)), revision("r1", "aid"), *said, **plan)


def test_a_mere_beneficiary_that_says_nothing_is_presumed_to_consent():
    heard = reading(aid(), "eu", "aid")
    assert told(heard) == ("presumed", PRESIDENT, ["presumed"])
    assert (heard["class"], heard["stance"], heard["position"], heard["carried"]) == ("consent", None, None, "none")


def test_claims_do_not_shake_the_presumption():
    heard = reading(aid(says("eu", REJECT, "r1/aid", by="ru", id="claim")), "eu", "aid")
    assert (heard["reading"], heard["claims"]) == ("presumed", ["claim"])


def test_no_principal_is_presumed_to_consent():
    assert reading(aid(principals=["eu"]), "eu", "aid")["reading"] == "silent"


def test_nobody_with_another_role_is_presumed_to_consent():
    plan = record(line("aid", beneficiary=("eu",), observer=("eu",)), revision("r1", "aid"))
    assert reading(plan, "eu", "aid")["reading"] == "silent"
    assert reading(plan, "us", "aid")["reading"] == "silent"


def test_a_word_of_its_own_goes_before_the_presumption():
    assert reading(aid(says("eu", RESERVE, "r1/aid")), "eu", "aid")["reading"] == "reserve"


@pytest.mark.parametrize("stance", [REJECT, RESERVE, ABSTAIN])
def test_a_party_that_is_unwilling_on_the_whole_is_presumed_to_nothing(stance):
    assert reading(aid(says("eu", stance, "r1")), "eu", "aid")["reading"] == "silent"


def test_claims_are_what_others_say_and_what_is_below_the_threshold_also_of_the_whole():
    plan = record(
        revision("r1", "troops"),
        revision("r2", rewritten("troops"), after="r1"),
        revision("rival", rewritten("troops"), after="r1"),
        says("ua", ACCEPT, "r2", by="us", id="of-the-whole"),
        says("ua", REJECT, "r2", by="us", id="refusal-of-the-whole"),
        says("ua", ACCEPT, "r1/troops", by="ru", id="of-earlier-words"),
        says("ua", ACCEPT, "rival/troops", by="ru", id="of-other-words"),
        says("ua", ACCEPT, "r2/troops", authority=REPORTED, id="unnamed"),
        revision="r2",
    )
    heard = reading(plan, "ua")
    assert (heard["reading"], heard["claims"]) == ("claimed", ["of-earlier-words", "of-the-whole", "unnamed"])


def test_a_claim_is_heard_when_its_day_has_come():
    plan = record(revision("r1", "troops"), says("ua", ACCEPT, "r1/troops", by="us", day="2026-02-10"))
    assert reading(plan, "ua", as_of=day("2026-02-09"))["reading"] == "silent"
    assert reading(plan, "ua", as_of=day("2026-02-10"))["reading"] == "claimed"


# 2.7 Unseen words


@pytest.mark.parametrize("provenance", ["reported", "announced"])
def test_nobody_consents_to_words_that_nobody_has_seen(provenance):
    plan = record(
        line("troops", beneficiary=("eu",)),
        revision("r1", "troops", provenance=provenance),
        says("ua", ACCEPT, "r1/troops"),
        says("ru", CONDITIONAL, "r1/troops", given=(absent("other"),)),
        says("us", CONDITIONAL, "r1/troops", given=(happens("vote"),)),
    )
    plan["provisions"].append(plan["provisions"][0] | {"slug": "other"})
    troops = status(plan, "troops")
    for party in ("ua", "ru", "us", "eu"):
        assert (troops["readings"][party]["reading"], troops["readings"][party]["class"]) == ("in_principle", "partial")
    assert troops["readings"]["ua"]["stance"] == "accept"
    assert troops["level"] == "agreed_in_principle"


@pytest.mark.parametrize("provenance", ["official", "leaked", "read_out"])
def test_words_that_somebody_has_seen_can_be_consented_to(provenance):
    assert level(record(revision("r1", "troops", provenance=provenance), both(ACCEPT, "r1/troops"))) == "agreed"


def test_what_is_no_consent_reads_as_ever_on_unseen_words():
    plan = record(
        revision("r1", "troops", provenance="reported"),
        says("ua", CONDITIONAL, "r1/troops", given=(happens("vote"),)),
        says("ru", RESERVE, "r1/troops"),
        event("vote", "failed", "2026-02-01"),
    )
    assert (reading(plan, "ua")["reading"], reading(plan, "ua")["class"]) == ("conditional", "unknown")
    assert (reading(plan, "ru")["reading"], reading(plan, "us")["reading"]) == ("reserve", "silent")


# Classes


def test_a_conditional_falls_in_a_class_by_its_conditions():
    given = (happens("vote"), happens("ceasefire"))
    conditional = says("ua", CONDITIONAL, "r1/troops", given=given)
    vote, ceasefire = event("vote", "met", "2026-02-01"), event("ceasefire", "met", "2026-02-01")
    assert of_ukraine(conditional)["class"] == "partial"
    assert of_ukraine(conditional, vote)["class"] == "partial"
    assert of_ukraine(conditional, vote, ceasefire)["class"] == "consent"
    assert of_ukraine(conditional, vote, event("ceasefire", "failed", "2026-02-01"))["class"] == "unknown"
    assert of_ukraine(says("ua", CONDITIONAL, "r1/troops"))["class"] == "partial"


def test_an_abstention_reads_reserve_for_an_essential_party_and_abstain_for_others():
    plan = record(revision("r1", "troops"), says("ua", ABSTAIN, "r1/troops"), says("us", ABSTAIN, "r1/troops"))
    heard = reading(plan, "ua")
    assert (heard["reading"], heard["class"], heard["stance"]) == ("reserve", "unknown", "abstain")
    other = reading(plan, "us")
    assert (other["reading"], other["class"], other["stance"]) == ("abstain", "unknown", "abstain")
