"""The checker of the fault rig finds what it is there for: without that, its silence would prove nothing."""

import pytest

from tests.faults.histories import Entry, Told, complaints

LOG = [Entry(1, ()), Entry(2, ("a",)), Entry(3, ("b",))]


def write(*marks: str, outcome: str = "ok", seq: int | None = None, at: float = 0, dropped: tuple[str, ...] = ()):
    return Told("editor", outcome, at, at + 1, marks, seq, dropped)  # type: ignore[arg-type]


def read(seq: int, *, at: float, client: str = "reader") -> Told:
    return Told(client, "ok", at, at + 0.1, (), seq)


def test_a_history_that_fits_its_log_is_left_in_peace():
    unsure = [write(mark, outcome="unknown") for mark in "bd"]
    history = [write("a", seq=2), *unsure, write("c", outcome="fail"), read(2, at=2)]
    assert list(complaints(history, LOG, standing=["a", "b"])) == []


@pytest.mark.parametrize(
    ("history", "log", "told"),
    [
        ([write("c")], LOG, "lost: c was acknowledged and is not in the log"),
        ([write("a", outcome="unknown")], [*LOG, Entry(4, ("a",))], "twice: a was applied 2 times"),
        ([write("a")], [Entry(1, ("a", "a"))], "twice: a was applied 2 times"),
        ([write("a", outcome="fail")], LOG, "a was refused and is in the log"),
        ([write("b", seq=2)], LOG, "b was acknowledged at 2 and is in the log at 3"),
        ([write("a", "c", outcome="unknown")], LOG, "of a, c, which go together, the log has a alone"),
        ([], [Entry(1, ()), Entry(3, ())], "a gap or a fork"),
        ([read(3, at=1), read(2, at=2)], LOG, "reader read 2 after 3"),
        ([write("a", seq=2), read(1, at=5)], LOG, "reader read 1 when 2 had been acknowledged"),
    ],
    ids=["lost", "twice", "twice at once", "refused and done", "too early", "in part", "a gap", "backwards", "stale"],
)
def test_what_went_wrong_is_told_of(history, log, told):
    assert told in "\n".join(complaints(history, log))


def test_an_edit_that_is_gone_at_the_end_and_nobody_knows_how_is_told_of():
    assert list(complaints([write("a", seq=2)], LOG, standing=["b"])) == ["lost: a was acknowledged and overwritten"]


def test_an_edit_that_stands_twice_at_the_end_is_told_of():
    assert list(complaints([write("a", seq=2)], LOG, standing=["a", "b", "a"])) == ["twice: a stands 2 times"]


def test_what_somebody_read_and_dropped_may_go():
    log = [*LOG, Entry(4, ("c",), took=("a",))]
    history = [write("a", seq=2), write("c", seq=4, dropped=("a",))]
    assert list(complaints(history, log, standing=["b", "c"])) == []


@pytest.mark.parametrize(
    "history",
    [
        [write("a", seq=2), write("b", seq=3), write("c", seq=4, dropped=("b",))],
        [write("a", seq=2), write("c", outcome="unknown")],
        [write("a", seq=2), write("b", seq=3, dropped=("a",)), write("c", seq=4)],
        [write("a", seq=2)],
    ],
    ids=["another dropped", "none dropped", "dropped by another", "by nobody who is known"],
)
def test_an_edit_that_another_wrote_over_is_told_of(history):
    log = [*LOG, Entry(4, ("c",), took=("a",))]
    assert list(complaints(history, log)) == ["lost: a was on record and overwritten at 4"]


def test_what_was_dropped_and_comes_back_was_applied_twice():
    log = [*LOG, Entry(4, ("c",), took=("a",)), Entry(5, ("a",))]
    history = [write("a", seq=2), write("c", seq=4, dropped=("a",))]
    assert "twice: a was applied 2 times" in list(complaints(history, log))


def test_two_readers_may_be_at_different_states_at_the_same_time():
    assert list(complaints([read(3, at=1), read(2, at=1.05, client="other")], LOG)) == []


def test_a_reader_is_held_to_the_latest_of_many_answers_whatever_their_order():
    answers = [write("b", seq=3, at=2), write("a", seq=2, at=1)]
    told = list(complaints([*answers, read(2, at=3.5), read(2, at=2.5), read(0, at=0.5)], LOG))
    assert told == ["reader read 2 when 3 had been acknowledged"]
