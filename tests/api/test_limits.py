"""Limits: so many answers a minute, "nothing new" not counted, and nobody refused where Valkey is away."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from django.contrib.auth.models import User

from tests.api.conftest import BOARD, CHANGES, Reader
from tests.api.wire import Web
from tracker.api import limits
from tracker.models import ApiKey

PER_MINUTE = 5


@pytest.fixture(autouse=True)
def few(settings, monkeypatch, engines) -> None:
    """So few requests that a test can make them, at a moment in the middle of a minute that nobody else counts in."""
    settings.API_LIMITS = {"anonymous": PER_MINUTE, "key": 2 * PER_MINUTE}
    fresh = limits.Limits()
    for module in ("views", "quick", "limits"):
        monkeypatch.setattr(f"tracker.api.{module}.LIMITS", fresh)
    now = [1_800_000_030.0 + 600 * next(MINUTES)]
    monkeypatch.setattr("tracker.api.limits.time.time", lambda: now[0])


MINUTES = iter(range(1000))


@pytest.fixture
def web(accord, transactional_db) -> Iterator[Web]:
    process = Web()
    yield process
    process.end()


def test_answers_are_counted_and_nothing_new_is_not(accord, reader: Reader):
    first = reader.get(BOARD)
    assert first["RateLimit"] == f'"anonymous";r={PER_MINUTE - 1};t=30'
    assert first["RateLimit-Policy"] == f'"anonymous";q={PER_MINUTE};w=60'
    for _ in range(3 * PER_MINUTE):
        assert reader.get(BOARD, holding=first["ETag"]).status_code == 304
    for _ in range(PER_MINUTE - 1):
        assert reader.get(BOARD).status_code == 200
    told = reader.get(BOARD)
    assert (told.status_code, told["Retry-After"], told.json()["code"]) == (429, "30", "too-many-requests")
    assert told["RateLimit"] == '"anonymous";r=0;t=30'
    assert reader.get(BOARD, holding=first["ETag"]).status_code == 304


def test_a_new_minute_begins_anew(accord, reader: Reader, monkeypatch):
    for _ in range(PER_MINUTE):
        assert reader.get(BOARD).status_code == 200
    assert reader.get(BOARD).status_code == 429
    later = time.time() + 31
    monkeypatch.setattr("tracker.api.limits.time.time", lambda: later)
    assert reader.get(BOARD).status_code == 200


def test_problems_are_counted_too(accord, reader: Reader):
    for _ in range(PER_MINUTE):
        assert reader.get(f"{BOARD}?colour=red").status_code == 400
    assert reader.get(f"{BOARD}?colour=red").status_code == 429
    assert reader.get("/api/v1/plans/nowhere/board").status_code == 429


def test_a_key_has_a_limit_of_its_own(accord, reader: Reader):
    _, text = ApiKey.make(User.objects.create_user("ana"), name="x", scopes=["read"])
    for _ in range(2 * PER_MINUTE):
        answer = reader.get(CHANGES, authorization=f"Bearer {text}")
        assert (answer.status_code, answer["RateLimit-Policy"]) == (200, f'"key";q={2 * PER_MINUTE};w=60')
    assert reader.get(CHANGES, authorization=f"Bearer {text}").status_code == 429
    assert reader.get(CHANGES).status_code == 200


def test_answers_in_front_of_django_are_counted_as_well(web):
    answers = [web.get(BOARD) for _ in range(PER_MINUTE + 2)]
    assert [answer.status_code for answer in answers] == PER_MINUTE * [200] + 2 * [429]
    assert [answer["RateLimit"] for answer in answers[:2]] == ['"anonymous";r=4;t=30', '"anonymous";r=3;t=30']
    assert web.get(BOARD, holding=answers[0]["ETag"]).status_code == 304


def test_all_processes_count_together(accord):
    one, other = limits.Limits(), limits.Limits()
    for _ in range(PER_MINUTE):
        assert not one.spend("anonymous", "192.0.2.1").refused
    # What the first one counted within a second, the other learns when that second is over.
    one._counts["anonymous:192.0.2.1"].shared_at = 0
    assert one.spend("anonymous", "192.0.2.1").refused
    assert other.spend("anonymous", "192.0.2.1").refused
    assert not other.spend("anonymous", "192.0.2.2").refused


def test_without_valkey_nobody_is_refused(accord, valkey):
    valkey.kill()
    counting = limits.Limits()
    assert not any(counting.spend("anonymous", "192.0.2.1").refused for _ in range(5 * PER_MINUTE))


def test_only_our_own_proxies_are_believed(settings):
    environ = {"REMOTE_ADDR": "10.0.0.1", "HTTP_X_FORWARDED_FOR": "198.51.100.7, 192.0.2.1"}
    assert limits.address_of(environ) == "10.0.0.1"
    settings.PROXIES = 1
    assert limits.address_of(environ) == "192.0.2.1"
    settings.PROXIES = 2
    assert limits.address_of(environ) == "198.51.100.7"


def test_no_more_askers_are_remembered_than_there_is_room_for(monkeypatch, accord):
    monkeypatch.setattr(limits, "REMEMBERED", 10)
    monkeypatch.setattr(limits.Limits, "_share", lambda *_: None)
    counting = limits.Limits()
    for number in range(50):
        counting.spend("anonymous", f"192.0.2.{number}")
    assert len(counting._counts) <= 10


def test_a_key_has_a_limit_of_its_own_in_front_of_django_too(accord, web):
    made = [ApiKey.make(User.objects.create_user(name), name="x", scopes=["read"]) for name in ("ana", "ben")]
    ana, ben = (f"Bearer {text}" for _, text in made)
    for key, _ in made:
        key.note_use()
    told = [web.get(BOARD, authorization=ana) for _ in range(2 * PER_MINUTE + 1)]
    assert [answer.status_code for answer in told] == [200] * (2 * PER_MINUTE) + [429]
    assert [answer["RateLimit"] for answer in told[:2]] == [f'"key";r={2 * PER_MINUTE - n};t=30' for n in (1, 2)]
    # The first one, and the one that is refused.
    assert web.to_django == 2
    assert web.get(BOARD, authorization=ana, holding=told[0]["ETag"]).status_code == 304
    assert web.get(BOARD, authorization=ben)["RateLimit"] == f'"key";r={2 * PER_MINUTE - 1};t=30'
    assert web.get(BOARD)["RateLimit"] == f'"anonymous";r={PER_MINUTE - 1};t=30'
