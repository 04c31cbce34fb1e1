"""The worked examples of section 8, one test each."""

from provisions.agreement import assess
from tests.agreement.builders import (
    ABSTAIN,
    ACCEPT,
    CONDITIONAL,
    IN_PRINCIPLE,
    NEGOTIATOR,
    PRESIDENT,
    REJECT,
    RESERVE,
    both,
    level,
    line,
    part,
    reaches,
    reading,
    record,
    revision,
    rewritten,
    same,
    says,
    silence,
    status,
)


def test_01_one_principal_refuses_a_cap_on_troops():
    cap = status(
        record(
            revision("r1", "troops"),
            says("ua", ACCEPT, "r1/troops", authority=PRESIDENT),
            says("ru", REJECT, "r1/troops", authority=NEGOTIATOR),
            says("us", ACCEPT, "r1/troops"),
            says("eu", ACCEPT, "r1/troops"),
        ),
        "troops",
    )
    assert cap["level"] == "contested"
    assert cap["interval"] == ["1/2", "1/2"]


def test_02_what_was_accepted_must_be_reconfirmed_when_a_word_that_matters_changes():
    troops = status(
        record(revision("r1", "troops"), revision("r2", rewritten("troops"), after="r1"), both(ACCEPT, "r1/troops")),
        "troops",
    )
    assert troops["level"] == "open"
    assert troops["interval"] == ["0/2", "2/2"]
    assert [troops["readings"][party]["reading"] for party in ("ua", "ru")] == ["stale", "stale"]
    assert troops["would_take"]["next"] == [
        {"move": "reconfirm", "party": "ru"},
        {"move": "reconfirm", "party": "ua"},
    ]


def test_03_renumbering_changes_nothing():
    renumbered = record(
        revision("r1", "troops"), revision("r2", "other", same("troops"), after="r1"), both(ACCEPT, "r1/troops")
    )
    assert level(renumbered) == "agreed"
    assert reading(renumbered, "ua")["carried"] == "identical"


def test_04_two_lines_that_wait_for_each_other_are_one_package():
    found = assess(
        record(
            line("withdrawal", essential=("us", "ua")),
            line("guarantees", essential=("us", "ua")),
            revision("r1", "withdrawal", "guarantees"),
            says("us", CONDITIONAL, "r1/guarantees", given=(reaches("withdrawal", "agreed_ad_referendum"),)),
            says("ua", ACCEPT, "r1/guarantees"),
            says("ua", CONDITIONAL, "r1/withdrawal", given=(reaches("guarantees", "agreed_ad_referendum"),)),
            says("us", ACCEPT, "r1/withdrawal"),
        )
    )
    assert [found["provisions"][name]["level"] for name in ("withdrawal", "guarantees")] == ["agreed_conditionally"] * 2
    assert found["packages"] == [["guarantees", "withdrawal"]]


def test_05_silence_is_not_consent():
    prisoners = status(record(revision("r1", "prisoners"), says("ua", ACCEPT, "r1/prisoners")), "prisoners")
    assert prisoners["level"] == "open"
    assert prisoners["interval"] == ["1/2", "2/2"]


def test_06_unless_a_silence_procedure_lapsed_unbroken():
    prisoners = status(
        record(
            revision("r1", "prisoners"),
            says("ua", ACCEPT, "r1/prisoners"),
            silence("r1/prisoners", "ru", until="2026-02-10"),
        ),
        "prisoners",
    )
    assert prisoners["level"] == "agreed_ad_referendum"
    assert prisoners["flags"] == ["tacit"]


def test_07_a_mere_beneficiary_is_presumed_to_consent():
    aid = status(
        record(
            line("aid", essential=("us", "ua"), obligor=("us",), beneficiary=("ua",)),
            revision("r1", "aid"),
            says("us", ACCEPT, "r1/aid"),
            principals=["ru", "eu"],
        ),
        "aid",
    )
    assert aid["level"] == "agreed"
    assert aid["flags"] == ["presumed"]


def test_08_a_claim_about_a_party_is_shown_and_not_counted():
    land = status(
        record(
            line("land", essential=("ua", "us", "ru")),
            revision("r1", "land"),
            says("ua", IN_PRINCIPLE, "r1/land"),
            says("us", IN_PRINCIPLE, "r1/land"),
            says("ru", REJECT, "r1/land", day="2026-02-01"),
            says("ru", ACCEPT, "r1/land", day="2026-02-08", by="us", id="envoy"),
        ),
        "land",
    )
    assert land["level"] == "contested"
    assert land["readings"]["ru"]["claims"] == ["envoy"]


def test_09_a_reserve_keeps_a_line_open():
    assert (
        level(
            record(
                line("assets", essential=("ru", "eu", "us")),
                revision("r1", "assets", "other"),
                says("ru", RESERVE, "r1/assets"),
                says("eu", CONDITIONAL, "r1/assets", given=(reaches("other", "agreed"),)),
                says("us", ACCEPT, "r1/assets"),
            ),
            "assets",
        )
        == "open"
    )


def test_10_a_line_that_was_agreed_and_then_dropped_raises_the_alarm():
    found = assess(
        record(revision("r1", "troops", "other"), revision("r2", same("other"), after="r1"), both(ACCEPT, "r1/troops"))
    )
    assert found["gone"]["troops"]["state"] == "withdrawn"
    assert found["gone"]["troops"]["alarm"] == "agreed_then_dropped"
    assert "troops" not in found["provisions"]


def test_11_a_category_is_no_better_than_its_weakest_line():
    names = [f"line-{i}" for i in range(1, 8)]
    peace = assess(
        record(
            revision("r1", *names),
            *(both(ACCEPT, f"r1/{name}") for name in names[:3]),
            both(ACCEPT, "r1/line-4", authority=NEGOTIATOR),
            *(
                [
                    says("ua", CONDITIONAL, f"r1/{name}", given=(reaches("line-7", "agreed"),)),
                    says("ru", ACCEPT, f"r1/{name}"),
                ]
                for name in names[4:6]
            ),
            [says("ua", ACCEPT, "r1/line-7"), says("ru", REJECT, "r1/line-7")],
        )
    )["categories"]["peace"]
    assert peace["level"] == "contested"
    assert peace["closed"] == "4/7"
    assert peace["vector"] == {"agreed": 3, "agreed_ad_referendum": 1, "agreed_conditionally": 2, "contested": 1}


def test_12_conditions_on_contested_lines_keep_a_plan_under_negotiation():
    names = [f"line-{i:02}" for i in range(1, 21)]
    conditional, plain, contested = names[:5], names[5:18], names[18:]
    given = tuple(reaches(name, "agreed_ad_referendum") for name in contested)
    found = assess(
        record(
            revision("r1", *names),
            *(
                [
                    says("ua", CONDITIONAL, f"r1/{name}", authority=NEGOTIATOR, given=given),
                    says("ru", ACCEPT, f"r1/{name}", authority=NEGOTIATOR),
                ]
                for name in conditional
            ),
            *(both(ACCEPT, f"r1/{name}", authority=NEGOTIATOR) for name in plain),
            *([says("ua", REJECT, f"r1/{name}"), says("ru", ACCEPT, f"r1/{name}")] for name in contested),
        )
    )
    assert found["categories"]["peace"]["closed"] == "13/20"
    assert found["phase"] == "under_negotiation"


def test_13_an_objection_to_earlier_words_does_not_outlive_a_word_on_the_current_ones():
    heard = reading(
        record(
            revision("r1", "troops"),
            revision("r2", rewritten("troops"), after="r1"),
            says("ua", REJECT, "r1/troops", authority=PRESIDENT, day="2026-02-01"),
            says("ua", ACCEPT, "r2/troops", authority=NEGOTIATOR, day="2026-02-05"),
        ),
        "ua",
    )
    assert (heard["class"], heard["authority"]) == ("consent", NEGOTIATOR)


def test_14_whoever_hardened_may_soften_again():
    heard = reading(
        record(
            revision("r1", "troops"),
            says("ua", ACCEPT, "r1/troops", authority=PRESIDENT, day="2026-02-01"),
            says("ua", REJECT, "r1/troops", authority=NEGOTIATOR, day="2026-02-02"),
            says("ua", ACCEPT, "r1/troops", authority=NEGOTIATOR, day="2026-02-03"),
        ),
        "ua",
    )
    assert (heard["class"], heard["authority"]) == ("consent", NEGOTIATOR)


def test_15_a_president_who_accepts_the_whole_overrules_the_negotiator_on_the_line():
    heard = reading(
        record(
            revision("r1", "troops"),
            says("ua", REJECT, "r1/troops", authority=NEGOTIATOR, day="2026-02-01"),
            says("ua", ACCEPT, "r1", authority=PRESIDENT, day="2026-02-08"),
        ),
        "ua",
    )
    assert (heard["class"], heard["authority"], heard["carried"]) == ("consent", PRESIDENT, "revision")


def test_16_an_old_objection_does_not_come_back_when_words_change_again():
    heard = reading(
        record(
            revision("r1", "troops"),
            revision("r2", rewritten("troops"), after="r1"),
            revision("r3", rewritten("troops"), after="r2"),
            says("ua", REJECT, "r1/troops", day="2026-02-01"),
            says("ua", ACCEPT, "r2/troops", day="2026-02-05"),
        ),
        "ua",
    )
    assert heard["reading"] == "stale"


def test_17_a_line_that_was_split_is_succeeded_by_its_parts():
    found = assess(
        record(
            revision("r1", "exchange"),
            revision("r2", part("prisoners", of="exchange"), part("children", of="exchange"), after="r1"),
            both(ACCEPT, "r1/exchange"),
        )
    )
    assert found["gone"]["exchange"]["state"] == "succeeded"
    assert found["gone"]["exchange"]["alarm"] is None
    for name in ("prisoners", "children"):
        assert [found["provisions"][name]["readings"][party]["reading"] for party in ("ua", "ru")] == ["stale"] * 2


def test_18_an_abstention_keeps_a_line_open():
    assert (
        level(record(revision("r1", "troops"), says("ua", ACCEPT, "r1/troops"), says("ru", ABSTAIN, "r1/troops")))
        == "open"
    )


def test_19_a_refusal_of_the_whole_is_no_refusal_of_each_line():
    found = assess(record(revision("r1", "troops"), says("ua", ACCEPT, "r1/troops"), says("ru", REJECT, "r1")))
    assert found["provisions"]["troops"]["level"] == "open"
    assert found["refused_by"] == ["ru"]


def test_20_a_consent_of_an_uncertain_day_comes_before_a_refusal_within_the_period():
    assert (
        level(
            record(
                revision("r1", "troops"),
                says("ua", ACCEPT, "r1/troops"),
                says("ru", ACCEPT, "r1/troops", day="2026-01-31", precision="month"),
                says("ru", REJECT, "r1/troops", day="2026-01-20"),
            )
        )
        == "contested"
    )
