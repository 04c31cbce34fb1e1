"""Section 7: how many moves it would take, and the keystone of a plan."""

from provisions.agreement import assess
from tests.agreement.builders import (
    ACCEPT,
    CONDITIONAL,
    IN_PRINCIPLE,
    NEGOTIATOR,
    PRESIDENT,
    REJECT,
    RESERVE,
    Json,
    both,
    event,
    happens,
    reaches,
    record,
    revision,
    says,
)

AGREED, AD_REFERENDUM = "agreed", "agreed_ad_referendum"
CONDITIONALLY, PRINCIPLE = "agreed_conditionally", "agreed_in_principle"


def waits(name: str, *given: Json, authority: int = PRESIDENT) -> list:
    return [
        says("ua", CONDITIONAL, f"r1/{name}", given=given, authority=authority),
        says("ru", ACCEPT, f"r1/{name}"),
    ]


# How many


def moves(*parts) -> dict[str, tuple[int, int]]:
    """By line, how many moves it is from the next level and from agreement, with all that they lead to."""
    return {
        name: (found["moves"]["next"], found["moves"]["agreed"])
        for name, found in assess(record(*parts))["provisions"].items()
    }


def test_moves_are_counted_with_all_that_they_lead_to():
    counted = moves(
        revision("r1", "a", "b", "c"),
        waits("a", reaches("b", AGREED), authority=NEGOTIATOR),
        waits("b", reaches("c", AD_REFERENDUM)),
        both(IN_PRINCIPLE, "r1/c"),
    )
    assert counted == {"a": (2, 3), "b": (2, 2), "c": (2, 2)}


def test_only_the_moves_up_to_the_level_that_is_asked_for_count():
    counted = moves(
        revision("r1", "a", "b", "c", "d", "e"),
        *(
            waits(name, reaches("e", asked))
            for name, asked in zip("abcd", (PRINCIPLE, CONDITIONALLY, AD_REFERENDUM, AGREED), strict=True)
        ),
        says("ua", CONDITIONAL, "r1/e", given=(happens("vote"), happens("ceasefire")), authority=NEGOTIATOR),
        event("vote", "failed", "2026-02-01"),
        says("ru", IN_PRINCIPLE, "r1/e"),
    )
    assert {name: counted[name][0] for name in "abcd"} == {"a": 1, "b": 2, "c": 3, "d": 4}
    assert counted["e"] == (1, 4)


def test_a_move_that_is_led_to_twice_is_one_move():
    counted = moves(
        revision("r1", "a", "b", "c", "d"),
        waits("a", reaches("b", AGREED), reaches("c", AGREED), happens("vote")),
        waits("b", reaches("d", AGREED), happens("vote")),
        waits("c", reaches("d", AGREED)),
        [says("ua", ACCEPT, "r1/d"), says("ru", RESERVE, "r1/d")],
    )
    assert counted == {"a": (2, 2), "b": (2, 2), "c": (1, 1), "d": (1, 1)}


def test_the_same_move_at_two_lines_is_two_moves():
    counted = moves(
        revision("r1", "a", "b", "c"),
        waits("a", reaches("b", AGREED), reaches("c", AGREED)),
        both(ACCEPT, "r1/b", authority=NEGOTIATOR),
        both(ACCEPT, "r1/c", authority=NEGOTIATOR),
    )
    assert counted["a"] == (4, 4)


def test_closing_together_counts_once_with_what_each_line_must_do_first():
    counted = moves(
        revision("r1", "a", "b", "c"),
        waits("a", reaches("b", AD_REFERENDUM), happens("vote")),
        [
            says(
                "ua", CONDITIONAL, "r1/b", given=(reaches("a", PRINCIPLE), reaches("a", AGREED)), authority=NEGOTIATOR
            ),
            says("ru", IN_PRINCIPLE, "r1/b"),
        ],
        waits("c", reaches("b", AGREED)),
    )
    assert counted["a"] == (3, 3)
    assert counted["b"] == (1, 4)
    assert counted["c"] == (4, 4)


# Keystone


def keystone(*parts) -> str | None:
    return assess(record(*parts))["keystone"]


def test_the_keystone_lifts_the_most_others():
    names = ("a", "b", "c", "d", "e")
    assert (
        keystone(
            revision("r1", *names),
            waits("a", reaches("b", AGREED)),
            waits("c", reaches("d", AGREED)),
            waits("e", reaches("c", AGREED)),
        )
        == "d"
    )


def test_a_plan_in_which_no_line_lifts_another_has_no_keystone():
    assert keystone(revision("r1", "a", "b"), both(ACCEPT, "r1/a")) is None
    held = waits("a", reaches("b", AGREED), happens("vote"))
    assert keystone(revision("r1", "a", "b"), held) is None
    assert keystone(revision("r1", "a", "b", "c"), waits("a", reaches("b", AGREED), reaches("c", AGREED))) is None
    assert keystone(revision("r1", "a"), waits("a", reaches("a", AGREED))) is None


def test_ties_go_to_the_line_with_the_fewest_moves_then_to_the_first_slug():
    lines = revision("r1", "a", "b", "c", "d")
    waiting = [waits("a", reaches("c", AGREED)), waits("b", reaches("d", AGREED))]
    assert keystone(lines, waiting) == "c"
    assert keystone(lines, waiting, says("ua", ACCEPT, "r1/d")) == "d"


def test_a_line_lifts_no_other_that_asks_for_more():
    lines = revision("r1", "a", "b", "c", "d", "e")
    row = [
        waits("b", reaches("a", AGREED), authority=NEGOTIATOR),
        waits("c", reaches("b", AGREED)),
        waits("d", reaches("b", AGREED)),
        waits("e", reaches("b", AD_REFERENDUM)),
    ]
    assert keystone(lines, row) == "b"


def test_what_a_line_lifts_lifts_others_in_turn():
    assert (
        keystone(
            revision("r1", "a", "b", "c", "d"),
            waits("b", reaches("a", AGREED), reaches("d", PRINCIPLE)),
            waits("c", reaches("a", AGREED), reaches("b", AGREED)),
            both(ACCEPT, "r1/d"),
        )
        == "a"
    )


def test_in_a_circle_the_line_with_fewer_moves_is_the_keystone():
    lines = revision("r1", "a", "b", "c")
    circle = [
        waits("a", reaches("b", AGREED), authority=NEGOTIATOR),
        waits("b", reaches("a", AGREED)),
        waits("c", reaches("b", AGREED)),
    ]
    assert keystone(lines, circle) == "a"
    found = assess(record(lines, waits("a", reaches("b", AGREED), reaches("a", PRINCIPLE)), circle[1:]))
    assert found["keystone"] == "a"


def test_the_keystone_of_a_circle_may_be_any_of_its_lines():
    lines = revision("r1", "x", "y", "z")
    plan = record(
        lines,
        waits("y", reaches("x", AD_REFERENDUM)),
        waits("x", reaches("y", AD_REFERENDUM), authority=NEGOTIATOR),
        waits("z", reaches("x", AGREED)),
    )
    assert assess(plan)["keystone"] == "x"


def test_a_line_that_is_refused_can_be_the_keystone():
    assert keystone(revision("r1", "a", "b"), both(REJECT, "r1/b"), waits("a", reaches("b", AGREED))) == "b"


def test_a_line_that_waits_for_two_others_rises_with_the_one_that_lifts_both():
    def chosen(*said: list) -> str | None:
        return assess(record(revision("r1", "a", "e", "f", "m", "n", "o", "p"), *said))["keystone"]

    rivals = [waits("e", reaches("a", AGREED)), waits("f", reaches("a", AGREED))]
    lifted = [waits("n", reaches("m", AGREED)), waits("o", reaches("m", AGREED))]
    last = waits("p", reaches("n", AGREED), reaches("o", AGREED))
    # Both lift two; the first by name is chosen. With the one that waits for both of its two, "m" lifts three.
    assert chosen(rivals, lifted) == "a"
    assert chosen(rivals, lifted, last) == "m"
