"""Sections 2.1 to 2.3, with their fine print: which positions count for a line, whole texts, and what carries."""

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
    both,
    edited,
    happens,
    level,
    merged,
    part,
    reading,
    record,
    revision,
    rewritten,
    same,
    says,
    status,
)

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


def test_a_lower_consent_to_the_whole_does_not_outdo_an_earlier_and_higher_one():
    heard = of_ukraine(
        says("ua", ACCEPT, "r1", day="2026-02-01", authority=PRESIDENT),
        says("ua", ACCEPT, "r1", day="2026-02-02", authority=NEGOTIATOR),
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
    objects = record(
        *drafts,
        says("ua", ACCEPT, "r1/troops", day="2026-02-01"),
        says("ua", REJECT, "r1/borders", day="2026-02-08"),
    )
    assert reading(objects, "ua", "peace")["reading"] == "reject"
    consents = record(
        *drafts,
        says("ua", REJECT, "r1/troops", day="2026-02-01"),
        says("ua", ACCEPT, "r1/borders", day="2026-02-08"),
    )
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


def test_of_words_that_were_merged_those_of_the_later_draft_compete_alone():
    plan = record(
        revision("r1", "troops", "borders"),
        revision("r2", rewritten("borders"), after="r1"),
        revision("r3", merged("peace", "r1/troops", "r2/borders"), after="r2"),
        says("ua", REJECT, "r2/borders", day="2026-02-01"),
        says("ua", RESERVE, "r1/troops", day="2026-02-08"),
    )
    assert reading(plan, "ua", "peace")["reading"] == "reject"


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
