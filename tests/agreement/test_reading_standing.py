"""Sections 2.4 and 2.5, with their fine print: what stands of what a party said, and of what it let pass."""

from tests.agreement.builders import (
    ABSTAIN,
    ACCEPT,
    CONDITIONAL,
    IN_PRINCIPLE,
    NEGOTIATOR,
    NO_OBJECTION,
    PRESIDENT,
    REJECT,
    RESERVE,
    SIGNED,
    Json,
    day,
    edited,
    event,
    happens,
    level,
    moment,
    reading,
    record,
    revision,
    rewritten,
    says,
    silence,
)

GRADED_B1 = (("S001", "B1"),)
GRADED_A6 = (("S001", "A6"),)
UNGRADED = (("S001", None),)


def of_ukraine(*said, **plan) -> Json:
    """How Ukraine reads on the troops of one draft."""
    return reading(record(revision("r1", "troops"), *said, **plan), "ua")


def told(heard: Json) -> tuple[str, int, list[str]]:
    return heard["reading"], heard["authority"], heard["flags"]


# 2.4 Standing position


def test_a_later_word_of_equal_authority_replaces_whatever_it_says():
    assert (
        told(of_ukraine(says("ua", REJECT, "r1/troops"), says("ua", ACCEPT, "r1/troops", day="2026-02-02")))[0]
        == "accept"
    )
    assert (
        told(of_ukraine(says("ua", ACCEPT, "r1/troops"), says("ua", REJECT, "r1/troops", day="2026-02-02")))[0]
        == "reject"
    )


def test_a_later_and_lower_word_hardens_but_does_not_soften():
    hardened = of_ukraine(
        says("ua", ACCEPT, "r1/troops", authority=SIGNED),
        says("ua", CONDITIONAL, "r1/troops", authority=PRESIDENT, day="2026-02-02", given=(happens("vote"),)),
    )
    assert told(hardened) == ("conditional", PRESIDENT, ["hardened_by_lower"])
    softened = of_ukraine(
        says("ua", CONDITIONAL, "r1/troops", authority=SIGNED, given=(happens("vote"),)),
        says("ua", ACCEPT, "r1/troops", authority=PRESIDENT, day="2026-02-02"),
    )
    assert told(softened) == ("conditional", SIGNED, ["claimed_softening"])


def test_a_later_and_lower_word_that_says_the_same_changes_nothing():
    heard = of_ukraine(
        says("ua", RESERVE, "r1/troops", authority=PRESIDENT, id="first"),
        says("ua", RESERVE, "r1/troops", authority=NEGOTIATOR, day="2026-02-02"),
    )
    assert (told(heard), heard["position"]) == (("reserve", PRESIDENT, []), "first")


def test_a_word_of_the_same_authority_that_hardens_is_not_flagged():
    assert (
        told(of_ukraine(says("ua", ACCEPT, "r1/troops"), says("ua", RESERVE, "r1/troops", day="2026-02-02")))[2] == []
    )


def test_flags_go_with_the_word_that_they_are_about():
    heard = of_ukraine(
        says("ua", ACCEPT, "r1/troops", authority=PRESIDENT, day="2026-02-01"),
        says("ua", REJECT, "r1/troops", authority=NEGOTIATOR, day="2026-02-02"),
        says("ua", RESERVE, "r1/troops", authority=NEGOTIATOR, day="2026-02-03"),
    )
    assert told(heard) == ("reserve", NEGOTIATOR, [])


def test_a_hardened_word_may_be_claimed_to_soften():
    heard = of_ukraine(
        says("ua", ACCEPT, "r1/troops", authority=SIGNED, day="2026-02-01"),
        says("ua", REJECT, "r1/troops", authority=PRESIDENT, day="2026-02-02"),
        says("ua", RESERVE, "r1/troops", authority=NEGOTIATOR, day="2026-02-03"),
    )
    assert told(heard) == ("reject", PRESIDENT, ["claimed_softening", "hardened_by_lower"])


def test_on_one_day_the_higher_authority_counts_as_later():
    heard = of_ukraine(
        says("ua", ACCEPT, "r1/troops", authority=PRESIDENT), says("ua", REJECT, "r1/troops", authority=NEGOTIATOR)
    )
    assert told(heard) == ("accept", PRESIDENT, [])


def test_on_one_day_the_better_graded_evidence_counts_as_later_the_letter_before_the_figure():
    for worse, better in (
        (GRADED_B1, GRADED_A6),
        (UNGRADED, (("S001", "F6"),)),
        ((), (("S001", "F6"),)),
        ((("S001", "C1"), ("S002", "B3")), (("S001", "B2"), ("S002", "F6"))),
    ):
        heard = of_ukraine(
            says("ua", ACCEPT, "r1/troops", evidence=better), says("ua", REJECT, "r1/troops", evidence=worse)
        )
        assert told(heard) == ("accept", PRESIDENT, [])


def test_what_ties_and_differs_is_disputed_and_the_less_consenting_stands():
    heard = of_ukraine(
        says("ua", ACCEPT, "r1/troops"), says("ua", RESERVE, "r1/troops"), says("ua", IN_PRINCIPLE, "r1/troops")
    )
    assert told(heard) == ("reserve", PRESIDENT, ["disputed_record"])
    assert heard["confidence"] == {"level": "low", "reasons": ["disputed_record"]}


def test_what_ties_and_says_the_same_is_not_disputed_and_brings_its_evidence_together():
    heard = of_ukraine(
        says("ua", ACCEPT, "r1/troops", evidence=GRADED_B1, id="b"),
        says("ua", ACCEPT, "r1/troops", evidence=(("S009", "B1"),), id="a"),
    )
    assert (told(heard), heard["position"]) == (("accept", PRESIDENT, []), "a")
    assert heard["evidence"] == [{"source": "S001", "grade": "B1"}, {"source": "S009", "grade": "B1"}]


def test_tied_conditionals_require_the_conditions_of_all():
    heard = of_ukraine(
        says("ua", CONDITIONAL, "r1/troops", given=(happens("vote"),)),
        says("ua", CONDITIONAL, "r1/troops", given=(happens("ceasefire"), happens("vote"))),
        event("vote", "met", "2026-02-01"),
    )
    assert heard["conditions"] == [
        {"kind": "event_met", "event": "ceasefire", "state": "unmet"},
        {"kind": "event_met", "event": "vote", "state": "met"},
    ]
    assert told(heard) == ("conditional", PRESIDENT, [])
    assert heard["class"] == "partial"


def test_an_abstention_ties_with_a_reserve_and_the_reserve_speaks():
    heard = reading(
        record(
            revision("r1", "troops"), says("us", ABSTAIN, "r1/troops", id="a"), says("us", RESERVE, "r1/troops", id="b")
        ),
        "us",
    )
    assert told(heard) == ("reserve", PRESIDENT, [])


def test_what_ties_competes_as_one_with_what_came_before():
    heard = of_ukraine(
        says("ua", IN_PRINCIPLE, "r1/troops", authority=PRESIDENT, day="2026-02-01"),
        says("ua", ACCEPT, "r1/troops", authority=NEGOTIATOR, day="2026-02-02"),
        says("ua", REJECT, "r1/troops", authority=NEGOTIATOR, day="2026-02-02"),
    )
    assert told(heard) == ("reject", NEGOTIATOR, ["disputed_record", "hardened_by_lower"])


# 2.5 Silence procedures


def silent_until(deadline: str, **details) -> Json:
    return record(revision("r1", "troops"), silence("r1/troops", "ua", "ru", until=deadline, **details))


def test_a_silence_lapses_after_the_end_of_its_deadline_day():
    plan = silent_until("2026-02-10")
    assert reading(plan, "ua", as_of=day("2026-02-10"))["reading"] == "silent"
    heard = reading(plan, "ua", as_of=day("2026-02-11"))
    assert told(heard) == ("no_objection", NEGOTIATOR, ["tacit"])
    assert (heard["stance"], heard["position"], heard["wording"]) == ("no_objection", None, "r1/troops")
    assert (heard["carried"], heard["class"], heard["evidence"]) == ("same", "consent", [])


def test_it_counts_for_its_addressees_alone():
    assert reading(silent_until("2026-02-10"), "us")["reading"] == "silent"


def test_broken_by_one_it_is_broken_for_all_from_that_day_on():
    plan = silent_until("2026-02-10", broken_on="2026-02-20", broken_by="ru")
    assert reading(plan, "ua", as_of=day("2026-02-19"))["reading"] == "no_objection"
    assert reading(plan, "ua", as_of=day("2026-02-20"))["reading"] == "silent"


def test_a_break_without_a_day_or_without_a_name_is_a_break():
    assert reading(silent_until("2026-02-10", broken_by="ru"), "ua")["reading"] == "silent"
    assert reading(silent_until("2026-02-10", broken_on="2026-02-09"), "ua")["reading"] == "silent"


def test_it_never_replaces_a_higher_authority_but_does_replace_an_equal_one():
    lapsed = silence("r1/troops", "ua", until="2026-02-10")
    assert told(of_ukraine(lapsed, says("ua", ACCEPT, "r1/troops"))) == ("accept", PRESIDENT, [])
    assert told(of_ukraine(lapsed, says("ua", REJECT, "r1/troops")))[:2] == ("reject", PRESIDENT)
    objected = says("ua", RESERVE, "r1/troops", authority=NEGOTIATOR)
    assert told(of_ukraine(lapsed, objected)) == ("no_objection", NEGOTIATOR, ["tacit"])


def test_what_is_said_after_the_deadline_replaces_it():
    lapsed = silence("r1/troops", "ua", until="2026-02-10")
    said = says("ua", REJECT, "r1/troops", authority=NEGOTIATOR, day="2026-02-11")
    assert told(of_ukraine(lapsed, said)) == ("reject", NEGOTIATOR, [])


def test_a_word_on_the_deadline_day_that_says_the_same_is_the_partys_own():
    said = says("ua", NO_OBJECTION, "r1/troops", authority=NEGOTIATOR, day="2026-02-10", evidence=(), id="own")
    heard = of_ukraine(silence("r1/troops", "ua", until="2026-02-10"), said)
    assert (told(heard), heard["position"]) == (("no_objection", NEGOTIATOR, []), "own")


def test_it_speaks_to_the_current_words_as_a_position_does_whatever_was_said_of_earlier_ones():
    plan = record(
        revision("r1", "troops"),
        revision("r2", rewritten("troops"), after="r1"),
        revision("r3", edited("troops"), after="r2"),
        says("ua", REJECT, "r1/troops", authority=SIGNED),
        silence("r2/troops", "ua", until="2026-02-10"),
    )
    heard = reading(plan, "ua")
    assert (told(heard), heard["carried"]) == (("no_objection", NEGOTIATOR, ["tacit"]), "editorial")


def test_one_on_earlier_words_counts_no_more():
    plan = record(
        revision("r1", "troops"),
        revision("r2", rewritten("troops"), after="r1"),
        silence("r1/troops", "ua", until="2026-02-10"),
    )
    assert reading(plan, "ua")["reading"] == "silent"


def test_of_two_procedures_for_the_same_addressees_on_the_same_words_the_one_recorded_last_counts():
    first = silence("r1/troops", "ua", "ru", until="2026-02-10")
    second = silence("r1/troops", "ru", "ua", until="2026-04-01", recorded="2026-02-05T00:00:00Z")
    plan = record(revision("r1", "troops"), second, first)
    assert reading(plan, "ua")["reading"] == "silent"
    assert reading(plan, "ua", known_at=moment("2026-02-04T00:00:00Z"))["reading"] == "no_objection"


def test_procedures_for_different_addressees_stand_side_by_side():
    plan = record(
        revision("r1", "troops"),
        silence("r1/troops", "ua", until="2026-02-10"),
        silence("r1/troops", "ru", until="2026-02-12", recorded="2026-02-05T00:00:00Z"),
    )
    assert level(plan) == "agreed_ad_referendum"


def test_a_silence_that_lapsed_on_the_day_of_a_better_word_is_both_tacit_and_disputed():
    found = of_ukraine(
        silence("r1/troops", "ua", until="2026-02-01"),
        says("ua", ACCEPT, "r1/troops", day="2026-02-01", authority=NEGOTIATOR, evidence=UNGRADED),
    )
    assert told(found) == ("no_objection", NEGOTIATOR, ["disputed_record", "tacit"])


def test_an_objection_to_earlier_words_that_a_lower_voice_hardened_is_told_as_both():
    plan = record(
        revision("r1", "troops"),
        says("ua", ACCEPT, "r1/troops", day="2026-01-02"),
        says("ua", REJECT, "r1/troops", day="2026-01-03", authority=NEGOTIATOR),
        revision("r2", rewritten("troops"), after="r1"),
    )
    assert told(reading(plan, "ua")) == ("reject", NEGOTIATOR, ["hardened_by_lower", "on_earlier_wording"])
