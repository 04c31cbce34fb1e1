"""A lost ring is late, never lost: real worker, real beat, real Valkey, killed when it hurts."""

import time
from datetime import UTC, datetime

import pytest
import structlog

from provisions.agreement.words import Stance
from provisions.models import LineAssessment, Plan
from tests import builders
from tests.builders import ACCORD, ARDEN, BREVIA, says
from tracker.embedded.processes import wait_until

WAIT_SECONDS = 30


@pytest.fixture
def accord(transactional_db: None) -> Plan:
    """Committed, so that other processes see it."""
    return builders.plan(lines={"ceasefire": "All fire ceases at noon."})


def level() -> str | None:
    standing = LineAssessment.objects.standing().filter(provision__slug="ceasefire").first()
    return standing.level if standing else None


def settles_at(expected: str) -> bool:
    """Whether the level arrives, and nothing is left due."""
    until = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < until:
        plan = Plan.objects.get(slug=ACCORD)
        if level() == expected and plan.assessed_seq == plan.seq:
            return True
        time.sleep(0.05)
    return False


def test_a_saved_position_rings_the_worker_itself(accord, worker):
    process = worker()
    with structlog.contextvars.bound_contextvars(request_id="the-request-that-rang"):
        says(ARDEN, Stance.REJECT, "ceasefire")
    assert settles_at("contested")
    # What a job logs names the request that it comes from.
    assert wait_until(lambda: "the-request-that-rang" in worker.log_of(process), seconds=WAIT_SECONDS)


def test_a_worker_killed_before_it_worked_loses_nothing(accord, worker, beat):
    worker().kill()
    says(ARDEN, Stance.ACCEPT, "ceasefire")
    says(BREVIA, Stance.ACCEPT, "ceasefire")
    assert level() is None
    worker()
    beat()
    assert settles_at("agreed")


def test_valkey_killed_with_the_ring_in_it_loses_nothing(accord, worker, beat, valkey):
    says(ARDEN, Stance.REJECT, "ceasefire")
    valkey.kill()
    says(BREVIA, Stance.REJECT, "ceasefire")
    assert level() is None
    valkey.start()
    worker()
    beat()
    assert settles_at("rejected")


def test_a_save_without_valkey_is_kept_and_does_not_wait_for_it(accord, valkey):
    valkey.kill()
    began = datetime.now(UTC)
    key = says(ARDEN, Stance.ACCEPT, "ceasefire")
    assert accord.positions.filter(key=key).exists()
    assert (datetime.now(UTC) - began).total_seconds() < WAIT_SECONDS


def test_a_beat_killed_and_started_again_sweeps_what_was_missed(accord, worker, beat, valkey):
    first = beat()
    first.kill()
    valkey.kill()
    says(ARDEN, Stance.ACCEPT, "ceasefire")
    valkey.start()
    worker()
    assert level() is None
    beat()
    assert settles_at("open")
