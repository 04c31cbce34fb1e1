"""Section 3: the level of a line, and lines that went."""

import pytest

from provisions.agreement import assess
from tests.agreement.builders import (
    ABSTAIN,
    ACCEPT,
    CONDITIONAL,
    IN_PRINCIPLE,
    NEGOTIATOR,
    NO_OBJECTION,
    REJECT,
    RESERVE,
    Json,
    added,
    both,
    happens,
    line,
    merged,
    part,
    reaches,
    record,
    revision,
    rewritten,
    same,
    says,
    silence,
    status,
)


def between(ukraine: str | None, russia: str | None, **details) -> Json:
    """A line on which the two principals said this."""
    said = [
        says(party, stance, "r1/troops", given=(happens("vote"),) if stance == CONDITIONAL else (), **details)
        for party, stance in (("ua", ukraine), ("ru", russia))
        if stance
    ]
    return status(record(revision("r1", "troops"), said), "troops")


@pytest.mark.parametrize(
    ("ukraine", "russia", "level", "clause"),
    [
        (REJECT, REJECT, "rejected", "every essential party rejects"),
        (REJECT, ACCEPT, "contested", "some essential party rejects"),
        (REJECT, None, "contested", "some essential party rejects"),
        (None, None, "unaddressed", "every essential party is silent or claimed"),
        (ACCEPT, None, "open", "some essential party is in class unknown"),
        (RESERVE, RESERVE, "open", "some essential party is in class unknown"),
        (ABSTAIN, IN_PRINCIPLE, "open", "some essential party is in class unknown"),
        (IN_PRINCIPLE, CONDITIONAL, "agreed_in_principle", "some is in_principle"),
        (CONDITIONAL, ACCEPT, "agreed_conditionally", "some is conditional with an unmet condition"),
        (ACCEPT, NO_OBJECTION, "agreed", "all consent at authority 3 or more"),
    ],
)
def test_the_first_clause_that_fits(ukraine, russia, level, clause):
    found = between(ukraine, russia)
    assert (found["level"], found["clause"]) == (level, clause)


def test_one_authority_below_that_of_ministers_makes_it_ad_referendum():
    said = [says("ua", ACCEPT, "r1/troops"), says("ru", ACCEPT, "r1/troops", authority=NEGOTIATOR)]
    found = status(record(revision("r1", "troops"), said), "troops")
    assert (found["level"], found["clause"]) == ("agreed_ad_referendum", "all consent, some at authority below 3")


def test_a_claim_addresses_a_line_no_more_than_silence_does():
    said = [says("ua", ACCEPT, "r1/troops", by="us")]
    assert status(record(revision("r1", "troops"), said), "troops")["level"] == "unaddressed"


def test_counts_and_interval_tell_how_far_apart_the_parties_may_still_be():
    found = between(IN_PRINCIPLE, RESERVE)
    assert found["counts"] == {"consent": 0, "partial": 1, "unknown": 1, "reject": 0}
    assert found["interval"] == ["0/2", "2/2"]
    assert between(ACCEPT, REJECT)["interval"] == ["1/2", "1/2"]


def test_flags_of_a_line_are_those_of_its_essential_parties_each_once():
    plan = record(
        line("aid", beneficiary=("eu", "us"), essential=("ua", "ru", "eu")),
        revision("r1", "aid"),
        silence("r1/aid", "ua", "ru", until="2026-02-10"),
    )
    assert status(plan, "aid")["flags"] == ["presumed", "tacit"]
    assert status(plan, "aid")["readings"]["us"]["flags"] == ["presumed"]


# Lines that went


def gone(*parts, **asked) -> dict[str, Json]:
    return assess(record(*parts), **asked)["gone"]


def test_a_line_that_never_was_in_the_chain_is_not_gone():
    assert (
        gone(
            revision("r1", "troops"),
            revision("rival", "borders", after="r1"),
            revision("r2", same("troops"), after="r1"),
        )
        == {}
    )


def test_words_that_continue_in_other_lines_make_a_line_succeeded():
    parts = gone(
        revision("r1", "troops", "borders"),
        revision("r2", merged("peace", "troops", "borders"), after="r1"),
        revision("r3", rewritten("peace"), after="r2"),
    )
    assert parts["troops"] == {
        "state": "succeeded",
        "last_wording": "r1/troops",
        "successors": ["peace"],
        "last_level": "unaddressed",
        "alarm": None,
    }
    assert parts["borders"]["state"] == "succeeded"


def test_what_is_lost_on_the_way_is_withdrawn():
    lines = gone(
        revision("r1", "troops"),
        revision("r2", part("forces", of="troops"), added("other"), after="r1"),
        revision("r3", same("other"), after="r2"),
    )
    assert {name: each["state"] for name, each in lines.items()} == {"troops": "withdrawn", "forces": "withdrawn"}
    assert lines["troops"]["successors"] == []


def test_words_that_continue_in_a_counter_proposal_alone_are_withdrawn():
    lines = gone(
        revision("r1", "troops", "borders"),
        revision("rival", rewritten("forces", came_from="troops"), after="r1"),
        revision("r2", same("borders"), after="r1"),
    )
    assert lines["troops"]["state"] == "withdrawn"


def test_words_that_come_back_by_way_of_a_counter_proposal_continue():
    lines = gone(
        revision("r1", "troops"),
        revision("rival", rewritten("forces", came_from="troops"), after="r1"),
        revision("r2", rewritten("forces", came_from="rival/forces"), after="r1"),
    )
    assert lines["troops"] == {
        "state": "succeeded",
        "last_wording": "r1/troops",
        "successors": ["forces"],
        "last_level": "unaddressed",
        "alarm": None,
    }


def test_the_last_words_of_a_line_count_not_earlier_ones():
    lines = gone(
        revision("r1", "troops"),
        revision("r2", rewritten("troops"), part("forces", of="troops"), after="r1"),
        revision("r3", same("forces"), after="r2"),
    )
    assert lines["troops"]["last_wording"] == "r2/troops"
    assert lines["troops"]["state"] == "withdrawn"


def test_a_line_that_is_gone_tells_the_level_of_the_last_text_that_had_it():
    lines = gone(
        revision("r1", "troops", "borders", "prisoners"),
        both(ACCEPT, "r1/troops"),
        both(ACCEPT, "r1/borders"),
        says("ua", REJECT, "r1/prisoners"),
        revision("r2", rewritten("borders"), same("prisoners"), after="r1"),
        says("ru", REJECT, "r2/prisoners"),
        revision("r3", "other", after="r2"),
    )
    assert {name: left["last_level"] for name, left in lines.items()} == {
        "troops": "agreed",
        "borders": "open",
        "prisoners": "rejected",
    }


def test_words_that_go_on_elsewhere_tell_the_level_that_they_had_in_their_own_line():
    lines = gone(
        revision("r1", "troops", "borders"),
        both(ACCEPT, "r1/troops"),
        revision("r2", merged("peace", "troops", "borders"), after="r1"),
    )
    assert {name: left["last_level"] for name, left in lines.items()} == {"troops": "agreed", "borders": "unaddressed"}


def dropped(*said, after: str = "r1", provenance: str = "official") -> str | None:
    """The alarm of a line that the next draft no longer has."""
    plan = record(
        revision("r1", "troops", "other", provenance=provenance),
        revision("r2", same("other"), after=after),
        *said,
    )
    return assess(plan)["gone"]["troops"]["alarm"]


def test_only_what_was_agreed_and_then_dropped_raises_the_alarm():
    assert dropped(both(ACCEPT, "r1/troops")) == "agreed_then_dropped"
    assert dropped(both(ACCEPT, "r1")) == "agreed_then_dropped"
    assert dropped(both(ACCEPT, "r1/troops", authority=NEGOTIATOR)) is None
    assert dropped(both(ACCEPT, "r1/troops"), provenance="reported") is None
    assert dropped() is None


def test_the_alarm_looks_at_conditions_as_they_stood_in_the_revision_that_had_the_line():
    waits = says("ua", CONDITIONAL, "r1/troops", given=(reaches("other", "agreed"),))
    consents = says("ru", ACCEPT, "r1/troops")
    assert dropped(waits, consents) is None
    assert dropped(waits, consents, both(ACCEPT, "r1/other")) == "agreed_then_dropped"


def test_the_alarm_looks_at_the_last_revision_that_had_the_line():
    plan = record(
        revision("r1", "troops", "borders", "other"),
        revision("r2", rewritten("troops"), same("other"), after="r1"),
        revision("r3", same("other"), after="r2"),
        both(ACCEPT, "r1"),
    )
    lines = assess(plan)["gone"]
    assert {name: each["alarm"] for name, each in lines.items()} == {"troops": None, "borders": "agreed_then_dropped"}


def test_a_succeeded_line_raises_no_alarm():
    plan = record(
        revision("r1", "troops", "borders"),
        revision("r2", merged("peace", "troops", "borders"), after="r1"),
        both(ACCEPT, "r1"),
    )
    assert {each["alarm"] for each in assess(plan)["gone"].values()} == {None}


def test_every_line_that_was_agreed_when_it_was_dropped_raises_an_alarm_whenever_that_was():
    lines = gone(
        revision("r1", "a", "b", "c"),
        both(ACCEPT, "r1/a"),
        revision("r2", same("b"), same("c"), after="r1"),
        both(ACCEPT, "r1/b"),
        revision("r3", same("c"), after="r2"),
        revision("r4", "d", after="r3"),
    )
    assert {name: left["alarm"] for name, left in lines.items()} == {
        "a": "agreed_then_dropped",
        "b": "agreed_then_dropped",
        "c": None,
    }


def test_a_line_whose_words_went_into_one_that_was_dropped_still_tells_its_last_words():
    lines = gone(
        revision("r1", "exchange"),
        revision("r2", part("prisoners", of="exchange"), part("children", of="exchange"), after="r1"),
        revision("r3", same("prisoners"), after="r2"),
    )
    assert lines["exchange"] == {
        "state": "succeeded",
        "last_wording": "r1/exchange",
        "successors": [],
        "last_level": "unaddressed",
        "alarm": None,
    }
