"""Two hundred changes while worker, beat and Valkey are killed at random: afterwards every level follows the record."""

import random
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta

import pytest

from provisions.agreement import assess
from provisions.agreement.words import Stance
from provisions.assessing import record_of
from provisions.models import Change, LineAssessment, Plan, PlanAssessment
from provisions.record import retract_position
from tests import builders
from tests.builders import FIRST_DAY, PARTIES, TESTER, revision, says

SEED = 2026
CHANGES = 200
PLANS = ("accord", "treaty", "truce")
LINES = ("ceasefire", "prisoners", "borders")
SETTLED_WITHIN_SECONDS = 90


class Story:
    """What people do to the plans, the same for the same seed."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.said: list[tuple[str, str]] = []
        self.drafts = dict.fromkeys(PLANS, 1)

    def go_on(self) -> None:
        plan = self.chance.choice(PLANS)
        match self.chance.random():
            case x if x < 0.05:
                self.drafts[plan] += 1
                number = self.drafts[plan]
                words = {line: f"Words of {line} {self.chance.randint(1, 3)}." for line in LINES}
                revision(f"draft-{number}", derives_from=f"draft-{number - 1}", words=words, plan=plan)
            case x if x < 0.2 and self.said:
                plan, key = self.said.pop(self.chance.randrange(len(self.said)))
                retract_position(plan, key, by=TESTER)
            case _:
                key = says(
                    self.chance.choice(PARTIES),
                    self.chance.choice([Stance.ACCEPT, Stance.ACCEPT, Stance.REJECT, Stance.RESERVE]),
                    self.chance.choice(LINES),
                    on=FIRST_DAY + timedelta(days=self.chance.randint(0, 60)),
                    revision=f"draft-{self.drafts[plan]}",
                    plan=plan,
                )
                self.said.append((plan, key))


@contextmanager
def killing(chance: random.Random, worker, beat, valkey) -> Iterator[list[str]]:
    """Kill one of the three at a time, and start it again, until the block ends. All three run then."""
    running = {"worker": worker(), "beat": beat()}
    over, killed = threading.Event(), []

    def go_on() -> None:
        while not over.wait(chance.uniform(0.1, 1.0)):
            victim = chance.choice(["worker", "beat", "valkey"])
            killed.append(victim)
            if victim == "valkey":
                valkey.kill()
                time.sleep(chance.uniform(0, 0.5))
                valkey.start()
            else:
                running[victim].kill()
                running[victim] = {"worker": worker, "beat": beat}[victim]()

    thread = threading.Thread(target=go_on)
    thread.start()
    try:
        yield killed
    finally:
        over.set()
        thread.join()


@pytest.mark.django_db(transaction=True)
def test_levels_follow_the_record_whatever_was_killed(worker, beat, valkey):
    for plan in PLANS:
        builders.plan(plan, lines={line: f"Words of {line} 1." for line in LINES})
    story = Story(random.Random(SEED))
    with killing(random.Random(SEED + 1), worker, beat, valkey) as killed:
        for _ in range(CHANGES):
            story.go_on()
            time.sleep(0.05)
    assert len(killed) >= 3
    assert settled(), Plan.objects.values_list("slug", "seq", "assessed_seq")
    for plan in Plan.objects.all():
        assert kept(plan) == worked_out(plan)
        numbers = list(Change.objects.filter(plan=plan).order_by("seq").values_list("seq", flat=True))
        assert numbers == list(range(1, plan.seq + 1))


def settled() -> bool:
    until = time.monotonic() + SETTLED_WITHIN_SECONDS
    while time.monotonic() < until:
        if all(plan.assessed_seq == plan.seq for plan in Plan.objects.all()):
            return True
        time.sleep(0.1)
    return False


def kept(plan: Plan) -> tuple[dict, dict]:
    lines = LineAssessment.objects.standing().filter(provision__plan=plan)
    return dict(lines.values_list("provision__slug", "body")), PlanAssessment.objects.standing().get(plan=plan).body


def worked_out(plan: Plan) -> tuple[dict, dict]:
    day = plan.assessed_on or date.min
    whole = assess(record_of(plan), as_of=day)
    lines = {**whole.pop("provisions"), **whole.pop("gone")}
    return lines, {name: value for name, value in whole.items() if name not in ("as_of", "known_at")}
