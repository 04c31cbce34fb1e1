"""Readers that hold on until something happens."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from django.db import connection

from tests.api.conftest import CHANGES
from tests.api.test_conditional import a_position
from tests.api.wire import Web
from tracker.api import waiting
from tracker.api.heads import Heads

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def web() -> Iterator[Web]:
    process = Web()
    yield process
    process.end()


@contextmanager
def meanwhile(work: Callable) -> Iterator[Future]:
    def and_close():
        try:
            return work()
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=1) as pool:
        yield pool.submit(and_close)


@pytest.fixture
def held(monkeypatch) -> threading.Event:
    """Set once somebody waits."""
    somebody = threading.Event()
    look = Heads.now

    def noting(heads, head, plan):
        somebody.set()
        return look(heads, head, plan)

    monkeypatch.setattr(Heads, "now", noting)
    return somebody


@pytest.mark.parametrize("since", ["now", "cursor"])
def test_an_answer_is_held_until_something_happens(accord, web, held, since):
    begun = web.get(f"{CHANGES}?since=now").json()
    cursor = "now" if since == "now" else begun["next"]
    held.clear()
    with meanwhile(lambda: web.get(f"{CHANGES}?since={cursor}&wait=25")) as answer:
        assert held.wait(20)
        assert not answer.done()
        a_position()
        told = answer.result(timeout=20).json()
    assert [entry["resource"] for entry in told["results"]] == ["position"]
    assert told["head"] == begun["head"] + 1


def test_what_has_happened_already_is_told_at_once(accord, web):
    cursor = web.get(f"{CHANGES}?since=now").json()["next"]
    a_position()
    began = time.monotonic()
    assert len(web.get(f"{CHANGES}?since={cursor}&wait=25").json()["results"]) == 1
    assert time.monotonic() - began < 15


def test_where_nothing_happens_the_answer_says_so_after_the_time(accord, web):
    cursor = web.get(f"{CHANGES}?since=now").json()["next"]
    began = time.monotonic()
    first = web.get(f"{CHANGES}?since={cursor}&wait=1")
    assert time.monotonic() - began >= 1
    assert (first.json()["results"], first.json()["next"]) == ([], cursor)
    assert web.get(f"{CHANGES}?since={cursor}&wait=1", holding=first["ETag"]).status_code == 304


def test_a_reader_for_whom_there_is_no_place_is_answered_at_once(accord, web, monkeypatch):
    cursor = web.get(f"{CHANGES}?since=now").json()["next"]
    monkeypatch.setattr(waiting, "_places", None)
    began = time.monotonic()
    assert web.get(f"{CHANGES}?since={cursor}&wait=25").json()["results"] == []
    assert time.monotonic() - began < 15


def test_who_waits_keeps_no_connection(accord, web, held):
    cursor = web.get(f"{CHANGES}?since=now").json()["next"]
    held.clear()
    with meanwhile(lambda: (web.get(f"{CHANGES}?since={cursor}&wait=25"), connection.connection)) as answer:
        assert held.wait(20)
        a_position()
        assert answer.result(timeout=20)[0].status_code == 200
    assert waiting._places is not None
    assert waiting._places._value == waiting._places._initial_value


@pytest.mark.parametrize("wait", ["26", "-1", "soon"])
def test_nobody_waits_for_ever(accord, web, wait):
    assert web.get(f"{CHANGES}?since=now&wait={wait}").status_code == 400


def test_a_cursor_of_another_log_is_not_waited_for(accord, web):
    assert web.get(f"{CHANGES}?since=abc.1&wait=25").status_code == 410
