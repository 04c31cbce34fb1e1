"""Past days one after another say what each of them says alone."""

from datetime import date
from itertools import pairwise

from provisions.agreement import assess
from provisions.agreement.replay import revision_on, stands
from tests.agreement.builders import Json
from tests.agreement.generated import Tape, for_every_record, generated

UNTIL = date(2026, 6, 1)


def levels_on(record: Json, day: date) -> dict[str, str]:
    found = assess(record, as_of=day, revision=revision_on(record, as_of=day))
    return {line: status["level"] for line, status in found["provisions"].items()}


@for_every_record()
def test_the_days_one_after_another_are_those_that_are_worked_out_alone(tape: Tape):
    record = generated(tape)
    for stand in stands(record, until=UNTIL):
        assert stand.revision == revision_on(record, as_of=stand.day)
        assert stand.levels == levels_on(record, stand.day)


@for_every_record(examples=100)
def test_between_two_stands_nothing_moves(tape: Tape):
    record = generated(tape)
    found = list(stands(record, until=UNTIL))
    for stand, following in pairwise(found):
        eve = date.fromordinal(following.day.toordinal() - 1)
        assert stand.levels == levels_on(record, eve)
        assert stand.revision == revision_on(record, as_of=eve)
