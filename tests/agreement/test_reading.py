"""Section 2, with its fine print: how one party reads on one line."""

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
    Json,
    absent,
    both,
    day,
    edited,
    event,
    happens,
    level,
    line,
    merged,
    moment,
    part,
    reading,
    record,
    revision,
    rewritten,
    same,
    says,
    silence,
    status,
)

GRADED_B1 = (("S001", "B1"),)
GRADED_A6 = (("S001", "A6"),)
UNGRADED = (("S001", None),)


def of_ukraine(*said, **plan) -> Json:
    """How Ukraine reads on the troops of one draft."""
    return reading(record(revision("r1", "troops"), *said, **plan), "ua")


def told(heard: Json) -> tuple[str, int, list[str]]:
    return heard["reading"], heard["authority"], heard["flags"]


# 2.1 Which positions


def test_what_was_said_of_the_words_that_a_line_is_made_of_counts_at_any_distance():
    plan = record(
        revision("r1", "exchange"),
        revision("r2", rewritten("exchange"), after="r1"),
        revision("r3", part("prisoners", of="exchange"), part("children", of="exchange"), after="r2"),
        revision("r4", same("prisoners"), same("children"), after="r3"),
        says("ua", REJECT, "r1/exchange"),
        says("ru", ACCEPT, "r2/exchange"),
    )
    for name in ("prisoners", "children"):
        assert reading(plan, "ua", name)["reading"] == "reject"
        assert reading(plan, "ua", name)["flags"] == ["on_earlier_wording"]
        assert reading(plan, "ua", name)["wording"] == "r1/exchange"
        assert reading(plan, "ru", name)["reading"] == "stale"


def test_words_from_beside_the_chain_count_where_a_line_comes_from_them():
    plan = record(
        revision("r1", "troops"),
        revision("rival", rewritten("troops"), after="r1"),
        revision("r2", same("troops", came_from="rival/troops"), after="r1"),
        says("ua", ACCEPT, "rival/troops"),
        says("ru", ACCEPT, "rival"),
    )
    assert level(plan) == "agreed"
    assert reading(plan, "ua")["carried"] == reading(plan, "ru")["carried"] == "identical"
    assert reading(plan, "ua")["elsewhere"] == []


def test_counter_proposals_stand_beside_the_chain():
    plan = record(
        revision("r1", "troops"),
        revision("rival", rewritten("troops"), after="r1"),
        says("ua", ACCEPT, "rival/troops", id="said"),
        says("ua", ACCEPT, "rival", id="said-of-all"),
        says("ua", REJECT, "rival", id="refused", day="2026-01-02"),
        says("ua", ACCEPT, "rival/troops", id="unnamed", authority=REPORTED),
        revision="r1",
    )
    heard = reading(plan, "ua")
    assert (heard["reading"], heard["elsewhere"]) == ("silent", ["said", "said-of-all"])
    assert reading(plan, "ua", revision="rival")["reading"] == "accept"
    assert reading(plan, "ua", revision="rival")["elsewhere"] == []


def test_what_was_said_of_a_later_draft_is_elsewhere_when_an_earlier_one_is_evaluated():
    plan = record(
        revision("r1", "troops"),
        revision("r2", same("troops"), after="r1"),
        says("ua", ACCEPT, "r2/troops", id="later"),
    )
    assert reading(plan, "ua", revision="r1")["reading"] == "silent"
    assert reading(plan, "ua", revision="r1")["elsewhere"] == ["later"]


# 2.2 Whole texts


def test_consent_to_a_whole_text_stands_for_every_line_with_words_in_it():
    plan = record(revision("r1", "troops", "borders"), both(ACCEPT, "r1"))
    for name in ("troops", "borders"):
        assert level(plan, name) == "agreed"
        assert reading(plan, "ua", name)["carried"] == "revision"
        assert reading(plan, "ua", name)["wording"] == f"r1/{name}"


def test_consent_to_a_whole_text_is_carried_or_lapses_line_by_line():
    plan = record(
        revision("r1", "troops", "borders", "prisoners"),
        revision("r2", same("troops"), edited("prisoners"), rewritten("borders"), "elections", after="r1"),
        says("ua", ACCEPT, "r1"),
    )
    heard = {name: reading(plan, "ua", name) for name in ("troops", "prisoners", "borders", "elections")}
    assert {name: each["reading"] for name, each in heard.items()} == {
        "troops": "accept", "prisoners": "accept", "borders": "stale", "elections": "silent",
    }  # fmt: skip
    assert [each["carried"] for each in heard.values()] == ["identical", "editorial", "earlier", "none"]


def test_at_equal_authority_the_word_on_the_line_goes_before_the_whole_text_whichever_came_later():
    for first, second in (("2026-02-01", "2026-02-08"), ("2026-02-08", "2026-02-01"), ("2026-02-01", "2026-02-01")):
        heard = of_ukraine(
            says("ua", RESERVE, "r1/troops", day=first, evidence=UNGRADED), says("ua", ACCEPT, "r1", day=second)
        )
        assert told(heard) == ("reserve", PRESIDENT, [])


def test_at_higher_authority_the_whole_text_competes_by_date():
    line_later = of_ukraine(
        says("ua", ACCEPT, "r1", day="2026-02-01", authority=PRESIDENT),
        says("ua", REJECT, "r1/troops", day="2026-02-08", authority=NEGOTIATOR),
    )
    assert told(line_later) == ("reject", NEGOTIATOR, ["hardened_by_lower"])
    line_earlier = of_ukraine(
        says("ua", ACCEPT, "r1", day="2026-02-08", authority=PRESIDENT),
        says("ua", REJECT, "r1/troops", day="2026-02-01", authority=NEGOTIATOR),
    )
    assert told(line_earlier) == ("accept", PRESIDENT, [])


def test_a_whole_text_needs_a_higher_authority_than_a_word_on_the_line_to_replace_it():
    heard = of_ukraine(
        says("ua", ACCEPT, "r1/troops", day="2026-02-01", authority=PRESIDENT),
        says("ua", IN_PRINCIPLE, "r1", day="2026-02-08", authority=NEGOTIATOR),
    )
    assert told(heard) == ("accept", PRESIDENT, [])


def test_a_lower_whole_text_consent_to_a_line_that_was_rejected_is_a_claimed_softening():
    heard = of_ukraine(
        says("ua", REJECT, "r1/troops", day="2026-02-01", authority=PRESIDENT),
        says("ua", ACCEPT, "r1", day="2026-02-08", authority=NEGOTIATOR),
    )
    assert told(heard) == ("reject", PRESIDENT, ["claimed_softening"])


def test_a_refusal_of_the_whole_ends_an_earlier_consent_to_it():
    plan = record(
        revision("r1", "troops"),
        says("ua", ACCEPT, "r1", day="2026-02-01", authority=PRESIDENT),
        says("ua", REJECT, "r1", day="2026-02-08", authority=NEGOTIATOR),
    )
    assert reading(plan, "ua")["reading"] == "silent"
    assert assess(plan)["refused_by"] == ["ua"]


def test_a_consent_to_the_whole_without_the_authority_to_lift_its_refusal_counts_on_no_line():
    plan = record(
        revision("r1", "troops"),
        says("ua", REJECT, "r1", day="2026-02-01", authority=PRESIDENT),
        says("ua", ACCEPT, "r1", day="2026-02-08", authority=NEGOTIATOR),
    )
    assert reading(plan, "ua")["reading"] == "silent"
    assert assess(plan)["refused_by"] == ["ua"]


def test_a_consent_with_that_authority_lifts_the_refusal():
    plan = record(
        revision("r1", "troops"),
        says("ua", REJECT, "r1", day="2026-02-01"),
        says("ua", NO_OBJECTION, "r1", day="2026-02-08"),
    )
    assert reading(plan, "ua")["reading"] == "no_objection"
    assert assess(plan)["refused_by"] == []


def test_every_consent_to_the_whole_competes_on_a_line():
    heard = of_ukraine(
        says("ua", ACCEPT, "r1", day="2026-02-01", authority=SIGNED),
        says("ua", REJECT, "r1/troops", day="2026-02-02", authority=NEGOTIATOR),
        says("ua", ACCEPT, "r1", day="2026-02-03", authority=PRESIDENT),
    )
    assert told(heard) == ("accept", PRESIDENT, [])


def test_a_refusal_of_an_earlier_whole_text_holds_until_the_party_speaks_of_a_later_one():
    drafts = [revision("r1", "troops"), revision("r2", same("troops"), after="r1")]
    assert assess(record(*drafts, says("ru", RESERVE, "r1")))["refused_by"] == ["ru"]
    spoke = [says("ru", REJECT, "r1", authority=PRESIDENT), says("ru", ACCEPT, "r2", authority=NEGOTIATOR)]
    assert assess(record(*drafts, spoke))["refused_by"] == []
    assert assess(record(*drafts, spoke), revision="r1")["refused_by"] == ["ru"]


def test_anybody_may_refuse_a_whole_text_but_only_a_principals_abstention_is_a_refusal():
    plan = record(
        revision("r1", "troops"), says("us", REJECT, "r1"), says("ua", ABSTAIN, "r1"), says("eu", ABSTAIN, "r1")
    )
    assert assess(plan)["refused_by"] == ["ua", "us"]


def test_neither_a_claimed_nor_a_low_refusal_of_the_whole_is_one():
    plan = record(
        revision("r1", "troops"), says("ru", REJECT, "r1", by="us"), says("ua", REJECT, "r1", authority=REPORTED)
    )
    assert assess(plan)["refused_by"] == []


# 2.3 Carry


def test_only_what_speaks_to_the_current_words_competes_if_anything_does():
    plan = record(
        revision("r1", "troops"),
        revision("r2", rewritten("troops"), after="r1"),
        says("ua", ACCEPT, "r2/troops", authority=NEGOTIATOR, day="2026-02-01"),
        says("ua", REJECT, "r1/troops", authority=SIGNED, day="2026-02-08"),
    )
    assert told(reading(plan, "ua")) == ("accept", NEGOTIATOR, [])


@pytest.mark.parametrize("stance", [IN_PRINCIPLE, CONDITIONAL, NO_OBJECTION, ACCEPT])
def test_consent_lapses(stance):
    plan = record(
        revision("r1", "troops"),
        revision("r2", rewritten("troops"), after="r1"),
        says("ua", stance, "r1/troops", given=(happens("vote"),) if stance == CONDITIONAL else ()),
    )
    heard = reading(plan, "ua")
    assert (heard["reading"], heard["class"], heard["stance"]) == ("stale", "unknown", stance)
    assert (heard["carried"], heard["wording"], heard["conditions"]) == ("earlier", "r1/troops", [])


@pytest.mark.parametrize(("stance", "reads"), [(RESERVE, "reserve"), (REJECT, "reject"), (ABSTAIN, "reserve")])
def test_objection_persists(stance, reads):
    plan = record(
        revision("r1", "troops"),
        revision("r2", rewritten("troops"), after="r1"),
        says("ua", stance, "r1/troops"),
    )
    heard = reading(plan, "ua")
    assert (heard["reading"], heard["flags"], heard["carried"]) == (reads, ["on_earlier_wording"], "earlier")
    assert status(plan, "troops")["flags"] == ["on_earlier_wording"]


def test_a_new_line_made_of_words_that_were_identical_is_carried_on():
    plan = record(
        revision("r1", "troops"),
        revision("r2", same("forces", came_from="troops"), after="r1"),
        both(ACCEPT, "r1/troops"),
    )
    assert level(plan, "forces") == "agreed"


@pytest.mark.parametrize("words", [part("troops", of="troops"), merged("troops", "troops", "borders")])
def test_splits_and_merges_carry_nothing_even_with_the_same_text(words):
    plan = record(revision("r1", "troops", "borders"), revision("r2", words, after="r1"), both(ACCEPT, "r1/troops"))
    plan["wordings"][2]["text_sha256"] = plan["wordings"][0]["text_sha256"]
    assert level(plan) == "open"


def test_of_a_merged_line_there_may_be_several_latest_wordings():
    drafts = [revision("r1", "troops", "borders"), revision("r2", merged("peace", "troops", "borders"), after="r1")]
    earlier, later = {"day": "2026-02-01"}, {"day": "2026-02-08"}
    objects = record(*drafts, says("ua", ACCEPT, "r1/troops", **earlier), says("ua", REJECT, "r1/borders", **later))
    assert reading(objects, "ua", "peace")["reading"] == "reject"
    consents = record(*drafts, says("ua", REJECT, "r1/troops", **earlier), says("ua", ACCEPT, "r1/borders", **later))
    assert reading(consents, "ua", "peace")["reading"] == "stale"


def test_a_whole_text_consent_reaches_a_merged_line_by_each_of_its_sources():
    plan = record(
        revision("r1", "troops", "borders"),
        revision("r2", merged("peace", "troops", "borders"), after="r1"),
        says("ua", ACCEPT, "r1"),
    )
    assert reading(plan, "ua", "peace")["reading"] == "stale"
    assert reading(plan, "ua", "peace")["wording"] == "r1/borders"


def test_the_latest_wording_is_that_of_the_latest_revision_not_what_was_said_last():
    plan = record(
        revision("r1", "troops"),
        revision("r2", rewritten("troops"), after="r1"),
        revision("r3", rewritten("troops"), after="r2"),
        says("ua", ACCEPT, "r2/troops", day="2026-02-01"),
        says("ua", REJECT, "r1/troops", day="2026-02-08"),
    )
    assert reading(plan, "ua")["reading"] == "stale"


def test_words_from_beside_the_chain_are_later_than_those_before_the_draft_that_took_them_up():
    drafts = [
        revision("r1", "troops"),
        revision("rival", rewritten("troops"), after="r1"),
        revision("r2", rewritten("troops", came_from="rival/troops"), after="r1"),
        revision("r3", rewritten("troops"), after="r2"),
    ]
    on_the_rival = record(
        *drafts, says("ua", REJECT, "r1/troops"), says("ua", ACCEPT, "rival/troops", day="2026-01-01")
    )
    assert reading(on_the_rival, "ua")["reading"] == "stale"
    on_what_took_it_up = record(
        *drafts, says("ua", REJECT, "rival/troops"), says("ua", ACCEPT, "r2/troops", day="2026-01-01")
    )
    assert reading(on_what_took_it_up, "ua")["reading"] == "stale"


def test_of_words_beside_the_chain_the_nearer_are_later():
    plan = record(
        revision("r1", "borders"),
        revision("draft", "troops", after="r1"),
        revision("rival", rewritten("troops"), after="draft"),
        revision("r2", rewritten("troops", came_from="rival/troops"), after="r1"),
        says("ua", REJECT, "draft/troops", day="2026-02-08"),
        says("ua", ACCEPT, "rival/troops", day="2026-02-01"),
    )
    assert reading(plan, "ua")["reading"] == "stale"


def test_wordings_that_come_from_each_other_do_not_make_the_rule_run_in_circles():
    plan = record(
        revision("r1", "troops"),
        revision("r2", same("troops"), after="r1"),
        both(ACCEPT, "r1/troops", day="2026-02-01"),
    )
    plan["wordings"][0] |= {"change": "identical", "from": ["r2/troops"]}
    assert level(plan) == "agreed"
    plan["wordings"][0] |= {"change": "merged", "from": ["r2/troops", "r1/troops"]}
    assert level(plan) == "agreed"


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
