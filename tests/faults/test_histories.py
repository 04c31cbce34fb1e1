"""The checker of the fault rig finds what it is there for: without that, its silence would prove nothing."""

import pytest

from tests.faults.histories import Entry, Told, complaints

LOG = [Entry(1, ()), Entry(2, ("a",)), Entry(3, ("b",))]


def write(mark: str, outcome: str = "ok", *, seq: int | None = None, at: float = 0) -> Told:
    return Told("editor", outcome, at, at + 1, mark, seq)  # type: ignore[arg-type]


def read(seq: int, *, at: float, client: str = "reader") -> Told:
    return Told(client, "ok", at, at + 0.1, None, seq)


def test_a_history_that_fits_its_log_is_left_in_peace():
    history = [write("a", seq=2), write("b", "unknown"), write("c", "fail"), write("d", "unknown"), read(2, at=2)]
    assert list(complaints(history, LOG, standing=["a", "b"])) == []


@pytest.mark.parametrize(
    ("history", "log", "told"),
    [
        ([write("c")], LOG, "c was acknowledged and is not in the log"),
        ([write("a", "unknown")], [*LOG, Entry(4, ("a",))], "a was applied 2 times"),
        ([write("a", "fail")], LOG, "a was refused and is in the log"),
        ([write("b", seq=2)], LOG, "b was acknowledged at 2 and is in the log at 3"),
        ([], [Entry(1, ()), Entry(3, ())], "a gap or a fork"),
        ([read(3, at=1), read(2, at=2)], LOG, "reader read 2 after 3"),
        ([write("a", seq=2), read(1, at=5)], LOG, "reader read 1 when 2 had been acknowledged"),
    ],
    ids=["lost", "twice", "refused and done", "told too early", "a gap", "backwards", "stale"],
)
def test_what_went_wrong_is_told_of(history, log, told):
    assert told in "\n".join(complaints(history, log))


def test_an_edit_that_another_wrote_over_is_told_of():
    assert list(complaints([write("a", seq=2)], LOG, standing=["b"])) == ["a was acknowledged and overwritten"]


def test_two_readers_may_be_at_different_states_at_the_same_time():
    assert list(complaints([read(3, at=1), read(2, at=1.05, client="other")], LOG)) == []
