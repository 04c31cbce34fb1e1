"""Section 6: how sure the record lets one be."""

import pytest

from tests.agreement.builders import (
    ACCEPT,
    CONDITIONAL,
    IN_PRINCIPLE,
    NEGOTIATOR,
    REJECT,
    RESERVE,
    Json,
    both,
    edited,
    event,
    happens,
    line,
    reading,
    record,
    revision,
    rewritten,
    says,
    silence,
    status,
)

WEAK = (("S001", "C1"), ("S002", "C1"))
SINGLE = (("S001", "A1"),)


def sure(*parts, party: str = "ua", name: str = "troops", **plan) -> Json:
    """How sure one may be of a party's reading."""
    return reading(record(*parts, **plan), party, name)["confidence"]


def high() -> Json:
    return {"level": "high", "reasons": []}


def medium(reason: str) -> Json:
    return {"level": "medium", "reasons": [reason]}


def test_two_good_sources_for_a_recent_word_on_official_words_are_as_sure_as_can_be():
    assert sure(revision("r1", "troops"), says("ua", ACCEPT, "r1/troops")) == high()


@pytest.mark.parametrize(("grade", "below"), [("A6", False), ("B1", False), ("B2", False), ("B3", True), ("C1", True)])
def test_evidence_below_b2_costs_one_step(grade, below):
    evidence = (("S001", "F6"), ("S002", grade))
    found = sure(revision("r1", "troops"), says("ua", ACCEPT, "r1/troops", evidence=evidence))
    assert found == (medium("evidence_below_b2") if below else high())


def test_so_does_a_single_source_however_often_it_is_named():
    for evidence in (SINGLE, (("S001", "A1"), ("S001", "B1"))):
        assert sure(revision("r1", "troops"), says("ua", ACCEPT, "r1/troops", evidence=evidence)) == medium(
            "one_source"
        )


def test_no_evidence_is_neither_good_nor_manifold():
    assert sure(revision("r1", "troops"), says("ua", ACCEPT, "r1/troops", evidence=())) == {
        "level": "low",
        "reasons": ["evidence_below_b2", "one_source"],
    }


def test_an_editorial_ruling_costs_one_step():
    drafts = [revision("r1", "troops"), revision("r2", edited("troops"), after="r1")]
    assert sure(*drafts, says("ua", ACCEPT, "r1/troops")) == medium("carried_by_editorial_ruling")


@pytest.mark.parametrize("provenance", ["leaked", "read_out", "reported", "announced"])
def test_a_text_that_is_not_official_costs_one_step_even_where_nothing_was_said(provenance):
    draft = revision("r1", "troops", provenance=provenance)
    assert sure(draft, says("ua", ACCEPT, "r1/troops")) == medium("provenance_not_official")
    assert sure(draft) == medium("provenance_not_official")


def test_presumed_and_tacit_consent_cost_one_step_and_need_no_evidence():
    assert sure(line("troops", beneficiary=("eu",)), revision("r1", "troops"), party="eu") == medium("presumed")
    assert sure(revision("r1", "troops"), silence("r1/troops", "ua", until="2026-02-10")) == medium("tacit")


def test_what_is_older_than_the_horizon_costs_one_step():
    draft, said = revision("r1", "troops"), says("ua", ACCEPT, "r1/troops", day="2026-02-01")
    assert sure(draft, said, as_of="2026-04-02") == high()
    assert sure(draft, said, as_of="2026-04-03") == medium("older_than_horizon")
    assert sure(draft, said, as_of="2026-02-11", horizon_days=10) == high()
    assert sure(draft, said, as_of="2026-02-12", horizon_days=10) == medium("older_than_horizon")


def test_the_horizon_is_sixty_days_if_the_plan_names_none():
    draft, said = revision("r1", "troops"), says("ua", ACCEPT, "r1/troops", day="2026-02-01")
    assert sure(draft, said, as_of="2026-04-02", horizon_days=None) == high()
    assert sure(draft, said, as_of="2026-04-03", horizon_days=None) == medium("older_than_horizon")


def test_a_lapsed_silence_grows_old_too():
    lapsed = silence("r1/troops", "ua", until="2026-01-05")
    assert sure(revision("r1", "troops"), lapsed, as_of="2026-03-07") == {
        "level": "low",
        "reasons": ["older_than_horizon", "tacit"],
    }


def test_a_disputed_record_is_low_at_once():
    said = [says("ua", ACCEPT, "r1/troops"), says("ua", RESERVE, "r1/troops")]
    assert sure(revision("r1", "troops"), said) == {"level": "low", "reasons": ["disputed_record"]}


def test_two_steps_lead_to_low_and_no_further():
    found = sure(
        revision("r1", "troops", provenance="leaked"),
        says("ua", ACCEPT, "r1/troops", evidence=(("S001", "C1"),)),
        horizon_days=1,
    )
    assert found["level"] == "low"
    assert found["reasons"] == ["evidence_below_b2", "older_than_horizon", "one_source", "provenance_not_official"]


def test_without_a_position_there_is_nothing_to_doubt():
    assert sure(revision("r1", "troops")) == high()


# Of a level


def decided(*said, name: str = "troops", **details) -> Json:
    return status(record(line(name, **details), revision("r1", name), *said), name)["confidence"]


def test_the_lowest_of_the_deciding_parties_decides_with_the_reasons_of_all_that_are_so_low():
    assert decided(
        says("ua", ACCEPT, "r1/troops", evidence=SINGLE),
        says("ru", ACCEPT, "r1/troops", evidence=WEAK),
        says("us", ACCEPT, "r1/troops", evidence=()),
    ) == {"level": "medium", "reasons": ["evidence_below_b2", "one_source"]}
    assert decided(says("ua", ACCEPT, "r1/troops", evidence=SINGLE), says("ru", ACCEPT, "r1/troops", evidence=())) == {
        "level": "low",
        "reasons": ["evidence_below_b2", "one_source"],
    }
    assert decided(says("ua", ACCEPT, "r1/troops"), says("ru", ACCEPT, "r1/troops", evidence=WEAK)) == medium(
        "evidence_below_b2"
    )


def test_the_deciding_parties_are_those_that_the_clause_names():
    weak: Json = {"evidence": WEAK}
    good: Json = {}
    doubtful, certain = medium("evidence_below_b2"), high()
    vote = {"given": (happens("vote"),)}
    for ukraine, russia, found in (
        ((REJECT, good), (REJECT, weak), doubtful),
        ((REJECT, good), (ACCEPT, weak), certain),
        ((REJECT, weak), (ACCEPT, good), doubtful),
        ((RESERVE, good), (ACCEPT, weak), certain),
        ((RESERVE, weak), (ACCEPT, good), doubtful),
        ((IN_PRINCIPLE, good), (CONDITIONAL, weak | vote), certain),
        ((IN_PRINCIPLE, weak), (CONDITIONAL, good | vote), doubtful),
        ((CONDITIONAL, good | vote), (ACCEPT, weak), certain),
        ((CONDITIONAL, weak | vote), (ACCEPT, good), doubtful),
        ((ACCEPT, good), (ACCEPT, weak | {"authority": NEGOTIATOR}), doubtful),
        ((ACCEPT, weak), (ACCEPT, {"authority": NEGOTIATOR}), doubtful),
        ((ACCEPT, good), (ACCEPT, weak), doubtful),
    ):
        said = [
            says(party, stance, "r1/troops", **details)
            for party, (stance, details) in (("ua", ukraine), ("ru", russia))
        ]
        assert decided(*said) == found


def test_a_conditional_whose_conditions_are_met_does_not_decide_that_a_line_is_conditional():
    assert (
        decided(
            says("ua", CONDITIONAL, "r1/troops", given=(happens("vote"),)),
            says("ru", CONDITIONAL, "r1/troops", given=(happens("ceasefire"),), evidence=WEAK),
            event("ceasefire", "met", "2026-02-01"),
        )
        == high()
    )


def test_where_nobody_spoke_all_decide():
    plan = record(revision("r1", "troops", provenance="leaked"))
    assert status(plan, "troops")["confidence"] == medium("provenance_not_official")


def test_confidence_never_changes_a_level():
    plan = record(revision("r1", "troops"), both(ACCEPT, "r1/troops", evidence=()))
    assert (status(plan, "troops")["level"], status(plan, "troops")["confidence"]["level"]) == ("agreed", "low")


def test_a_stale_word_is_doubted_like_any_other():
    drafts = [revision("r1", "troops"), revision("r2", rewritten("troops"), after="r1")]
    assert sure(*drafts, says("ua", ACCEPT, "r1/troops", evidence=SINGLE)) == medium("one_source")
