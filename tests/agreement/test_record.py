"""Section 1: what of the record counts, on which day and as known at which moment."""

import pytest

from provisions.agreement import BadRecord, assess
from tests.agreement.builders import (
    ACCEPT,
    IN_PRINCIPLE,
    NEGOTIATOR,
    NO_OBJECTION,
    PRESIDENT,
    REJECT,
    REPORTED,
    RESERVE,
    SIGNED,
    Json,
    added,
    both,
    day,
    edited,
    level,
    line,
    moment,
    reading,
    record,
    revision,
    rewritten,
    same,
    says,
    silence,
    status,
)


def one_line(*said, **plan) -> Json:
    return record(revision("r1", "troops"), *said, **plan)


# What was known


def test_what_was_recorded_later_was_not_known():
    plan = one_line(both(ACCEPT, "r1/troops", recorded="2026-02-10T12:00:00Z"))
    assert level(plan, known_at=moment("2026-02-10T11:59:59Z")) == "unaddressed"
    assert level(plan, known_at=moment("2026-02-10T12:00:00Z")) == "agreed"


def test_what_was_retracted_counts_until_then():
    plan = one_line(both(ACCEPT, "r1/troops", superseded="2026-02-10T12:00:00Z"))
    assert level(plan, known_at=moment("2026-02-10T11:59:59Z")) == "agreed"
    assert level(plan, known_at=moment("2026-02-10T12:00:00Z")) == "unaddressed"


def test_moments_are_compared_across_time_zones():
    plan = one_line(both(ACCEPT, "r1/troops", recorded="2026-02-10T14:00:00+02:00"))
    assert level(plan, known_at=moment("2026-02-10T12:00:00+00:00")) == "agreed"
    assert assess(plan, known_at=moment("2026-02-10T14:00:00+02:00"))["known_at"] == "2026-02-10T12:00:00Z"


def test_of_several_versions_the_one_recorded_last_counts():
    first = says("ua", ACCEPT, "r1/troops", id="p", recorded="2026-02-01T09:00:00Z")
    second = says("ua", REJECT, "r1/troops", id="p", recorded="2026-02-02T09:00:00Z")
    for order in ((first, second), (second, first)):
        assert reading(one_line(*order), "ua")["reading"] == "reject"
        assert reading(one_line(*order), "ua", known_at=moment("2026-02-01T10:00:00Z"))["reading"] == "accept"


def test_of_versions_recorded_together_the_less_consenting_counts():
    accepts = says("ua", ACCEPT, "r1/troops", id="p", recorded="2026-02-01T09:00:00Z")
    reserves = says("ua", RESERVE, "r1/troops", id="p", recorded="2026-02-01T09:00:00Z")
    for order in ((accepts, reserves), (reserves, accepts)):
        assert reading(one_line(*order), "ua")["reading"] == "reserve"


def test_that_a_version_is_superseded_later_changes_nothing_before():
    first = says("ua", ACCEPT, "r1/troops", id="p", recorded="2026-02-01T09:00:00Z", superseded="2026-02-20T09:00:00Z")
    second = says("ua", NO_OBJECTION, "r1/troops", id="p", recorded="2026-02-01T09:00:00Z")
    assert reading(one_line(first, second), "ua", known_at=moment("2026-02-10T00:00:00Z"))["reading"] == "no_objection"


def test_a_line_described_anew_is_read_as_described_last():
    plan = one_line(
        line("troops"),
        line("troops", essential=("us",), recorded="2026-02-10T00:00:00Z"),
        says("us", ACCEPT, "r1/troops"),
    )
    assert level(plan, known_at=moment("2026-02-09T00:00:00Z")) == "unaddressed"
    assert level(plan) == "agreed"


def test_words_of_a_line_or_revision_that_was_not_known_do_not_exist_yet():
    plan = record(line("troops", recorded="2026-02-10T00:00:00Z"), revision("r1", "troops", "borders"))
    assert set(assess(plan, known_at=moment("2026-02-09T00:00:00Z"))["provisions"]) == {"borders"}
    assert set(assess(plan)["provisions"]) == {"borders", "troops"}


def test_a_plan_may_come_in_several_versions():
    plan = one_line(says("ua", ACCEPT, "r1/troops"))
    first, second = plan["plan"], plan["plan"] | {"principals": ["ua"], "recorded_at": "2026-02-10T00:00:00Z"}
    for versions in ([first, second], [second, first]):
        plan["plan"] = versions
        assert status(plan, "troops", known_at=moment("2026-02-09T00:00:00Z"))["essential"] == ["ru", "ua"]
        assert status(plan, "troops")["essential"] == ["ua"]


def test_before_the_plan_was_known_its_first_version_tells_who_must_consent():
    plan = one_line()
    first = plan["plan"] | {"recorded_at": "2026-02-10T00:00:00Z", "principals": ["us"]}
    plan["plan"] = [plan["plan"] | {"recorded_at": "2026-02-20T00:00:00Z"}, first]
    assert status(plan, "troops", known_at=moment("2026-02-01T00:00:00Z"))["essential"] == ["us"]


def test_after_the_plan_was_withdrawn_its_last_version_tells_who_must_consent():
    plan = one_line()
    gone = {"superseded_at": "2026-02-20T00:00:00Z"}
    first = plan["plan"] | gone | {"principals": ["us"], "recorded_at": "2026-01-01T00:00:00Z"}
    second = plan["plan"] | gone | {"principals": ["eu"], "recorded_at": "2026-02-01T00:00:00Z"}
    plan["plan"] = [second, first]
    assert status(plan, "troops")["essential"] == ["eu"]


# Which revision


def drafts() -> Json:
    return record(
        revision("r1", "troops", recorded="2025-12-01T00:00:00Z"),
        revision("r2", rewritten("troops"), after="r1", recorded="2026-01-10T00:00:00Z"),
        revision("r3", rewritten("troops"), after="r2", recorded="2026-02-10T00:00:00Z"),
        both(ACCEPT, "r1/troops", day="2026-01-05"),
    )


def test_the_plan_says_which_revision_is_evaluated_unless_another_is_asked_for():
    assert assess(drafts())["revision"] == "r3"
    assert level(drafts(), revision="r3") == "open"
    assert level(drafts(), revision="r1") == "agreed"


def test_a_revision_that_was_not_known_gives_way_to_the_nearest_known_one_that_it_derives_from():
    assert assess(drafts(), known_at=moment("2026-02-09T00:00:00Z"))["revision"] == "r2"
    found = assess(drafts(), known_at=moment("2026-01-09T00:00:00Z"), revision="r3")
    assert found["revision"] == "r1"
    assert found["provisions"]["troops"]["level"] == "agreed"


def test_a_revision_that_was_withdrawn_gives_way_to_the_one_that_it_last_derived_from():
    plan = drafts()
    plan["revisions"][2]["superseded_at"] = "2026-02-20T00:00:00Z"
    plan["revisions"].append(plan["revisions"][2] | {"derives_from": "r1", "recorded_at": "2026-02-15T00:00:00Z"})
    plan["revisions"].append(plan["revisions"][2] | {"recorded_at": "2026-02-28T00:00:00Z", "superseded_at": None})
    assert assess(plan, known_at=moment("2026-02-21T00:00:00Z"))["revision"] == "r1"
    assert assess(plan)["revision"] == "r3"


def test_before_any_revision_was_known_there_is_nothing_to_evaluate():
    found = assess(drafts(), known_at=moment("2025-11-15T00:00:00Z"))
    assert found["revision"] is None
    assert found["provisions"] == found["gone"] == {}
    assert (found["phase"], found["provisional"], found["keystone"]) == ("announced", True, None)


def test_a_plan_without_a_revision_is_announced():
    assert assess(record())["phase"] == "announced"


def test_the_chain_is_followed_as_far_as_it_was_known():
    plan = record(
        revision("r1", "troops", recorded="2026-02-20T00:00:00Z"),
        revision("r2", same("troops"), after="r1"),
        both(ACCEPT, "r1/troops"),
    )
    assert level(plan, known_at=moment("2026-02-19T00:00:00Z")) == "unaddressed"
    assert level(plan) == "agreed"


def test_revisions_that_derive_from_each_other_are_a_bad_record():
    plan = record(revision("r1", "troops", after="r2"), revision("r2", "troops", after="r1"))
    with pytest.raises(BadRecord, match="revisions: 'r2' derives from itself"):
        assess(plan)
    for each in plan["revisions"]:
        each["recorded_at"] = "2026-02-20T00:00:00Z"
    with pytest.raises(BadRecord, match="revisions: 'r2' derives from itself"):
        assess(plan, known_at=moment("2026-02-01T00:00:00Z"))


def test_a_line_has_its_words_once_in_a_revision():
    plan = record(revision("r1", "troops"))
    plan["wordings"].append(plan["wordings"][0] | {"id": "again"})
    with pytest.raises(BadRecord, match="wordings: 'again' and 'r1/troops' are both the words of 'troops' in 'r1'"):
        assess(plan)


# Identical is decided by the text


def test_words_that_are_called_identical_and_are_not_carry_nothing():
    plan = record(revision("r1", "troops"), revision("r2", same("troops"), after="r1"), both(ACCEPT, "r1/troops"))
    assert level(plan) == "agreed"
    plan["wordings"][1]["text_sha256"] = "other"
    assert level(plan) == "open"


def test_words_that_are_called_substantive_and_are_identical_carry():
    plan = record(revision("r1", "troops"), revision("r2", rewritten("troops"), after="r1"), both(ACCEPT, "r1/troops"))
    assert level(plan) == "open"
    plan["wordings"][1]["text_sha256"] = plan["wordings"][0]["text_sha256"]
    assert level(plan) == "agreed"
    assert reading(plan, "ua")["carried"] == "identical"


def test_an_editorial_ruling_carries_and_says_so_even_before_identical_words():
    plan = record(
        revision("r1", "troops"),
        revision("r2", edited("troops"), after="r1"),
        revision("r3", same("troops"), after="r2"),
        both(ACCEPT, "r1/troops"),
    )
    assert level(plan) == "agreed"
    assert reading(plan, "ua")["carried"] == "editorial"
    assert reading(plan, "ua", revision="r2")["carried"] == "editorial"
    assert reading(plan, "ua", revision="r1")["carried"] == "same"


def test_an_editorial_change_after_identical_words_is_editorial_all_the_way():
    plan = record(
        revision("r1", "troops"),
        revision("r2", same("troops"), after="r1"),
        revision("r3", edited("troops"), after="r2"),
        both(ACCEPT, "r1/troops"),
    )
    assert reading(plan, "ua")["carried"] == "editorial"


@pytest.mark.parametrize("change", ["identical", "editorial"])
def test_words_that_come_from_several_are_no_continuation(change):
    plan = record(
        revision("r1", "troops", "borders"),
        revision("r2", added("troops"), after="r1"),
        both(ACCEPT, "r1/troops"),
    )
    plan["wordings"][2] |= {
        "change": change,
        "from": ["r1/troops", "r1/borders"],
        "text_sha256": plan["wordings"][0]["text_sha256"],
    }
    assert level(plan) == "open"


def test_a_line_that_was_dropped_and_comes_back_by_itself_is_new():
    plan = record(
        revision("r1", "troops"),
        revision("r2", "borders", after="r1"),
        revision("r3", added("troops"), after="r2"),
        both(ACCEPT, "r1/troops"),
    )
    plan["wordings"][2]["text_sha256"] = plan["wordings"][0]["text_sha256"]
    assert level(plan) == "open"


# Dates


@pytest.mark.parametrize(
    ("precision", "first", "last"),
    [("day", "2026-02-10", "2026-02-10"), ("month", "2026-02-01", "2026-02-28"), ("year", "2026-01-01", "2026-12-31")],
)
def test_consent_is_in_time_when_its_period_is_over_and_objection_when_it_begins(precision, first, last):
    consents = one_line(says("ua", IN_PRINCIPLE, "r1/troops", day="2026-02-10", precision=precision))
    consents["known_at"] = "2027-01-01T00:00:00Z"
    before = {"2026-02-10": "2026-02-09", "2026-02-28": "2026-02-27", "2026-12-31": "2026-12-30"}[last]
    assert reading(consents, "ua", as_of=day(before))["reading"] == "silent"
    assert reading(consents, "ua", as_of=day(last))["reading"] == "in_principle"
    for stance in (RESERVE, REJECT):
        objects = one_line(says("ua", stance, "r1/troops", day="2026-02-10", precision=precision))
        before = {"2026-02-10": "2026-02-09", "2026-02-01": "2026-01-31", "2026-01-01": "2025-12-31"}[first]
        assert reading(objects, "ua", as_of=day(before))["reading"] == "silent"
        assert reading(objects, "ua", as_of=day(first))["reading"] == stance


def test_an_objection_of_an_uncertain_day_comes_after_consent_within_the_period():
    plan = one_line(
        says("ua", REJECT, "r1/troops", day="2026-02-01", precision="month"),
        says("ua", ACCEPT, "r1/troops", day="2026-02-20"),
    )
    assert reading(plan, "ua")["reading"] == "reject"


def test_february_ends_when_it_ends():
    plan = one_line(says("ua", ACCEPT, "r1/troops", day="2024-02-10", precision="month"))
    assert reading(plan, "ua", as_of=day("2024-02-28"))["reading"] == "silent"
    assert reading(plan, "ua", as_of=day("2024-02-29"), known_at=moment("2026-03-01T00:00:00Z"))["reading"] == "accept"


# Essential parties


def test_principals_obligors_and_guarantors_are_essential():
    plan = record(
        line("troops", obligor=("us",), guarantor=("eu",), beneficiary=("ua",)),
        line("borders", verifier=("us",), affected=("eu",), observer=("us",)),
        revision("r1", "troops", "borders"),
        principals=["ua"],
    )
    assert status(plan, "troops")["essential"] == ["eu", "ua", "us"]
    assert status(plan, "borders")["essential"] == ["ua"]


def test_an_override_replaces_them_all():
    plan = record(line("troops", obligor=("us",), essential=("eu", "ru")), revision("r1", "troops"))
    assert status(plan, "troops")["essential"] == ["eu", "ru"]


@pytest.mark.parametrize(("stance", "flags"), [(REJECT, True), (RESERVE, True), ("abstain", False), (ACCEPT, False)])
def test_an_objection_of_another_party_is_flagged_and_moves_nothing(stance, flags):
    troops = status(one_line(both(ACCEPT, "r1/troops"), says("us", stance, "r1/troops")), "troops")
    assert troops["level"] == "agreed"
    assert troops["flags"] == (["objection_by_non_essential"] if flags else [])


# Authority


def test_below_the_threshold_nothing_counts():
    troops = status(one_line(both(REJECT, "r1/troops", authority=REPORTED)), "troops")
    assert troops["level"] == "unaddressed"
    assert troops["readings"]["ua"]["reading"] == "claimed"
    assert troops["readings"]["ua"]["claims"] == ["p-1"]


def test_the_threshold_is_the_plans():
    assert level(one_line(both(ACCEPT, "r1/troops", authority=REPORTED), threshold=1)) == "agreed_ad_referendum"
    assert level(one_line(both(ACCEPT, "r1/troops", authority=NEGOTIATOR), threshold=3)) == "unaddressed"
    assert level(one_line(both(ACCEPT, "r1/troops", authority=PRESIDENT), threshold=4)) == "unaddressed"
    assert level(one_line(both(ACCEPT, "r1/troops", authority=SIGNED), threshold=4)) == "agreed"


def test_the_threshold_is_that_of_negotiators_if_the_plan_names_none():
    assert level(one_line(both(ACCEPT, "r1/troops", authority=NEGOTIATOR), threshold=None)) == "agreed_ad_referendum"
    assert level(one_line(both(ACCEPT, "r1/troops", authority=REPORTED), threshold=None)) == "unaddressed"


@pytest.mark.parametrize(("threshold", "counts"), [(1, True), (2, True), (3, False), (4, False)])
def test_a_tacit_consent_has_the_authority_of_negotiators(threshold, counts):
    plan = one_line(silence("r1/troops", "ua", "ru", until="2026-02-10"), threshold=threshold)
    assert level(plan) == ("agreed_ad_referendum" if counts else "unaddressed")
    assert assess(plan)["phase"] == ("closed_ad_referendum" if counts else "tabled")


@pytest.mark.parametrize(("threshold", "counts"), [(2, True), (3, True), (4, False)])
def test_a_presumed_consent_has_the_authority_of_ministers(threshold, counts):
    plan = record(line("aid", beneficiary=("eu",)), revision("r1", "aid"), threshold=threshold)
    heard = reading(plan, "eu", "aid")
    assert (heard["reading"], heard["authority"]) == (("presumed", 3) if counts else ("silent", None))


def test_what_another_party_asserts_is_a_claim_whatever_its_authority():
    troops = status(one_line(both(ACCEPT, "r1/troops", by="us", authority=SIGNED)), "troops")
    assert troops["level"] == "unaddressed"
    assert [troops["readings"][party]["reading"] for party in ("ua", "ru", "us")] == ["claimed", "claimed", "silent"]
