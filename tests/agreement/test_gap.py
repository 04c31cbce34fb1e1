"""Section 7: the moves that it would take."""

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
    RESERVE,
    SIGNED,
    Json,
    absent,
    both,
    event,
    happens,
    line,
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

AGREED, AD_REFERENDUM = "agreed", "agreed_ad_referendum"
CONDITIONALLY, PRINCIPLE = "agreed_conditionally", "agreed_in_principle"


def would_take(*parts, name: str = "troops", **plan) -> Json:
    return status(record(revision("r1", "troops", "borders"), *parts, **plan), name)["would_take"]


def move(kind: str, party: str | None = None, **named) -> Json:
    return {"move": kind} | ({"party": party} if party else {}) | named


def waits(name: str, *given: Json, authority: int = PRESIDENT) -> list:
    return [
        says("ua", CONDITIONAL, f"r1/{name}", given=given, authority=authority),
        says("ru", ACCEPT, f"r1/{name}"),
    ]


# Moves of parties


def test_where_all_reject_one_that_withdraws_is_a_start():
    assert would_take(both(REJECT, "r1/troops")) == {
        "next": [move("withdraw_objection", "ru")],
        "agreed": [move("withdraw_objection", "ru"), move("withdraw_objection", "ua")],
    }


def test_where_some_reject_all_of_them_must_withdraw():
    found = would_take(
        line("troops", essential=("ua", "ru", "us")), both(REJECT, "r1/troops"), says("us", RESERVE, "r1/troops")
    )
    assert found == {
        "next": [move("withdraw_objection", "ru"), move("withdraw_objection", "ua")],
        "agreed": [
            move("withdraw_objection", "ru"), move("withdraw_objection", "ua"), move("withdraw_objection", "us"),
        ],
    }  # fmt: skip


def test_where_nobody_spoke_one_that_does_is_a_start():
    claim = says("ua", ACCEPT, "r1/troops", by="us")
    assert would_take(claim) == {
        "next": [move("state", "ru")],
        "agreed": [move("state", "ru"), move("state", "ua")],
    }


def test_an_open_line_needs_every_party_that_keeps_it_open():
    found = would_take(
        line("troops", essential=("ua", "ru", "us", "eu")),
        says("ua", RESERVE, "r1/troops"),
        says("ru", ABSTAIN, "r1/troops"),
        says("us", ACCEPT, "r1/troops"),
    )
    moves = [move("state", "eu"), move("state", "ru"), move("withdraw_objection", "ua")]
    assert found == {"next": moves, "agreed": moves}


@pytest.mark.parametrize(
    ("stance", "kind"),
    [(ACCEPT, "reconfirm"), (NO_OBJECTION, "reconfirm"), (IN_PRINCIPLE, "state"), (CONDITIONAL, "state")],
)
def test_a_stale_party_reconfirms_its_consent_or_states_a_better_one(stance, kind):
    plan = record(
        revision("r1", "troops"),
        revision("r2", rewritten("troops"), after="r1"),
        says("ua", stance, "r1/troops", given=(happens("vote"),) if stance == CONDITIONAL else ()),
        says("ru", ACCEPT, "r2/troops"),
    )
    assert status(plan, "troops")["would_take"]["next"] == [move(kind, "ua")]


def test_an_objection_to_earlier_words_is_withdrawn_like_any_other():
    drafts = [revision("r1", "troops"), revision("r2", rewritten("troops"), after="r1")]
    plan = record(*drafts, says("ua", REJECT, "r1/troops"), says("ru", RESERVE, "r1/troops"))
    found = status(plan, "troops")["would_take"]
    assert found["next"] == [move("withdraw_objection", "ua")]
    assert found["agreed"] == [move("withdraw_objection", "ua"), move("withdraw_objection", "ru")]


def test_agreement_in_principle_is_lifted_by_a_better_word():
    found = would_take(says("ua", IN_PRINCIPLE, "r1/troops"), says("ru", ACCEPT, "r1/troops", authority=NEGOTIATOR))
    assert found == {"next": [move("state", "ua")], "agreed": [move("state", "ua"), move("raise_authority", "ru")]}


def test_words_that_nobody_saw_must_be_settled_first():
    plan = record(
        revision("r1", "troops", provenance="reported"),
        says("ua", IN_PRINCIPLE, "r1/troops"),
        says("ru", ACCEPT, "r1/troops"),
    )
    moves = [move("settle_words", revision="r1"), move("state", "ua")]
    assert status(plan, "troops")["would_take"] == {"next": moves, "agreed": moves}


def test_authority_is_raised_last_also_of_a_tacit_consent():
    found = would_take(
        says("ua", ACCEPT, "r1/troops", authority=NEGOTIATOR), silence("r1/troops", "ru", until="2026-02-10")
    )
    moves = [move("raise_authority", "ru"), move("raise_authority", "ua")]
    assert found == {"next": moves, "agreed": moves}


def test_an_agreed_line_lacks_nothing():
    assert would_take(both(ACCEPT, "r1/troops", authority=SIGNED)) == {"next": [], "agreed": []}


def test_presumed_consent_lacks_nothing():
    found = would_take(
        line("troops", beneficiary=("eu",), essential=("ua", "eu")),
        says("ua", ACCEPT, "r1/troops", authority=NEGOTIATOR),
    )
    assert found["agreed"] == [move("raise_authority", "ua")]


def test_parties_that_are_not_essential_are_asked_for_nothing():
    found = would_take(both(ACCEPT, "r1/troops", authority=NEGOTIATOR), says("us", REJECT, "r1/troops"))
    assert {each["party"] for each in found["agreed"]} == {"ua", "ru"}


# Moves on conditions


def test_a_condition_on_a_line_is_met_by_reaching_it():
    found = would_take(waits("troops", reaches("borders", AD_REFERENDUM)))
    assert found == {
        "next": [move("reach", line="borders", level=AD_REFERENDUM)],
        "agreed": [move("reach", line="borders", level=AD_REFERENDUM)],
    }


def test_of_several_levels_of_one_line_the_highest_is_to_be_reached():
    given = (reaches("borders", PRINCIPLE), reaches("borders", AGREED), reaches("borders", AD_REFERENDUM))
    assert would_take(waits("troops", *given))["next"] == [move("reach", line="borders", level=AGREED)]


def test_what_is_reached_already_is_no_move():
    given = (reaches("borders", PRINCIPLE), happens("vote"))
    found = would_take(waits("troops", *given), both(IN_PRINCIPLE, "r1/borders"))
    assert found["next"] == [move("await_event", event="vote")]


def test_an_event_is_awaited_once_whoever_waits_for_it():
    found = would_take(both(CONDITIONAL, "r1/troops", given=(happens("vote"),)))
    assert found["next"] == [move("await_event", event="vote")]


def test_a_conditional_without_recorded_conditions_must_say_more():
    found = would_take(says("ua", CONDITIONAL, "r1/troops", authority=NEGOTIATOR), says("ru", ACCEPT, "r1/troops"))
    assert found == {"next": [move("state", "ua")], "agreed": [move("state", "ua")]}


def test_conditions_that_failed_or_cannot_be_met_by_anybody_else_are_dropped():
    plan = record(
        line("never"),
        revision("r1", "troops", "jets", "borders"),
        revision("r2", same("troops"), same("borders"), after="r1"),
        says(
            "ua",
            CONDITIONAL,
            "r1/troops",
            given=(reaches("jets", AGREED), absent("borders"), reaches("never", AGREED), happens("vote")),
            authority=NEGOTIATOR,
        ),
        says("ru", ACCEPT, "r1/troops"),
        event("vote", "failed", "2026-02-01"),
    )
    failed = [
        move("drop_condition", "ua", condition=happens("vote")),
        move("drop_condition", "ua", condition=reaches("jets", AGREED)),
    ]
    cannot = [
        move("drop_condition", "ua", condition=absent("borders")),
        move("drop_condition", "ua", condition=reaches("never", AGREED)),
    ]
    assert status(plan, "troops")["would_take"] == {
        "next": failed,
        "agreed": [*failed, *cannot, move("raise_authority", "ua")],
    }


def test_conditions_that_are_met_are_no_moves():
    found = would_take(waits("troops", happens("vote"), authority=NEGOTIATOR), event("vote", "met", "2026-02-01"))
    assert found["agreed"] == [move("raise_authority", "ua")]


def test_every_successor_is_to_be_reached():
    plan = record(
        revision("r1", "troops", "exchange"),
        revision("r2", same("troops"), part("prisoners", of="exchange"), part("children", of="exchange"), after="r1"),
        waits("troops", reaches("exchange", AGREED)),
        both(ACCEPT, "r2/prisoners"),
    )
    assert status(plan, "troops")["would_take"]["next"] == [move("reach", line="children", level=AGREED)]


def test_a_package_closes_together():
    found = assess(
        record(
            revision("r1", "a", "b", "c"),
            waits("a", reaches("b", AGREED)),
            waits("b", reaches("a", AGREED)),
            waits("c", reaches("a", AGREED)),
        )
    )["provisions"]
    together = [move("close_together", lines=["a", "b"])]
    assert found["a"]["would_take"] == {"next": together, "agreed": together}
    assert found["b"]["would_take"] == {"next": together, "agreed": together}
    assert found["c"]["would_take"]["next"] == [move("reach", line="a", level=AGREED)]


def test_any_circle_of_unmet_conditions_closes_together_though_it_is_no_package_yet():
    found = assess(
        record(
            revision("r1", "a", "b"),
            waits("a", reaches("b", AGREED), happens("vote")),
            [
                says("ua", CONDITIONAL, "r1/b", given=(reaches("a", PRINCIPLE), reaches("a", AGREED))),
                says("ru", IN_PRINCIPLE, "r1/b"),
            ],
        )
    )
    assert found["packages"] == []
    assert found["provisions"]["a"]["would_take"]["next"] == [
        move("await_event", event="vote"),
        move("close_together", lines=["a", "b"]),
    ]
    assert found["provisions"]["b"]["would_take"]["agreed"] == [
        move("state", "ru"),
        move("close_together", lines=["a", "b"]),
    ]


def test_a_line_that_waits_for_itself_closes_with_itself():
    found = would_take(waits("troops", reaches("troops", AGREED)))
    assert found["next"] == [move("close_together", lines=["troops"])]


def test_a_circle_may_lead_on_to_other_lines():
    found = assess(
        record(
            revision("r1", "a", "b", "c"),
            waits("a", reaches("b", AGREED), reaches("c", AGREED)),
            waits("b", reaches("a", AGREED)),
            says("ua", ACCEPT, "r1/c"),
        )
    )["provisions"]
    assert found["a"]["would_take"]["next"] == [
        move("close_together", lines=["a", "b"]),
        move("reach", line="c", level=AGREED),
    ]


def test_met_conditions_lead_to_no_move_within_a_package():
    found = assess(
        record(
            revision("r1", "a", "b", "c"),
            waits("a", reaches("b", AGREED), reaches("c", PRINCIPLE)),
            waits("b", reaches("a", AGREED)),
            waits("c", reaches("a", AGREED)),
        )
    )["provisions"]
    together = [move("close_together", lines=["a", "b", "c"])]
    assert found["a"]["would_take"]["next"] == found["c"]["would_take"]["next"] == together


# How many moves these come to


def test_each_circle_that_a_line_waits_for_closes_by_a_move_of_its_own():
    found = assess(
        record(
            revision("r1", "a", "b", "c", "d", "e", "f", "g"),
            waits("a", reaches("b", AGREED)),
            waits("b", reaches("a", AGREED)),
            waits("c", reaches("d", AGREED)),
            waits("d", reaches("c", AGREED)),
            waits("e", reaches("a", AGREED), reaches("c", AGREED)),
            waits("f", reaches("c", AGREED)),
            waits("g", reaches("e", AGREED), reaches("f", AGREED)),
        )
    )["provisions"]
    assert {name: found[name]["moves"]["agreed"] for name in "abcdefg"} == {
        "a": 1,
        "b": 1,
        "c": 1,
        "d": 1,
        "e": 2,
        "f": 1,
        "g": 2,
    }


def test_a_circle_is_asked_for_no_more_than_the_highest_of_its_demands():
    found = assess(
        record(
            revision("r1", "a", "b", "c"),
            waits("a", reaches("b", AD_REFERENDUM), authority=NEGOTIATOR),
            waits("b", reaches("a", CONDITIONALLY), reaches("a", AD_REFERENDUM), authority=NEGOTIATOR),
            waits("c", reaches("a", AGREED)),
        )
    )["provisions"]
    # To close: together. Then, for `agreed`, the authority of the one whose line it is.
    assert found["a"]["moves"] == {"next": 1, "agreed": 2}
    assert found["c"]["moves"] == {"next": 2, "agreed": 2}
