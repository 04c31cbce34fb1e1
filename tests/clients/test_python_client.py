"""The Python client, against the running site."""

from __future__ import annotations

import itertools
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from clients.tracker_client import Begun, Problem, Tracker
from provisions.agreement.words import Stance
from provisions.models import Plan
from provisions.models.plan import new_epoch
from tests import builders
from tests.builders import ACCORD, ARDEN, BREVIA, DORNE, long_plan, says


@pytest.fixture
def tracker(transactional_db, live_server) -> Tracker:
    builders.the_accord()
    return Tracker(f"{live_server.url}/api/v1", sleep=lambda seconds: None)


def test_a_poll_yields_the_board_now_and_whenever_it_changes(tracker):
    boards = tracker.poll(f"plans/{ACCORD}/board")
    first = next(boards)
    says(ARDEN, Stance.ACCEPT, "ceasefire")
    second = next(boards)
    assert second["seq"] == first["seq"] + 1


def test_between_two_polls_it_rests_as_long_as_the_site_asks_for_and_a_little_more(tracker, live_server):
    rests: list[float] = []

    def rest(seconds: float) -> None:
        rests.append(seconds)
        if len(rests) == 2:
            says(ARDEN, Stance.ACCEPT, "ceasefire")

    polite = Tracker(tracker.root, sleep=rest, chance=lambda: 0.5)
    boards = polite.poll(f"plans/{ACCORD}/board")
    next(boards)
    next(boards)
    # Nothing had changed after the first rest.
    assert rests == [11.25, 11.25]


def test_a_list_is_read_over_all_its_pages(tracker):
    long_plan(30, plan="pact")
    keys = [row["id"] for row in tracker.rows("plans/pact/positions", limit=7, party=[ARDEN, BREVIA])]
    assert len(keys) == len(set(keys)) == 60


def test_each_change_is_yielded_once_in_order(tracker):
    changes = tracker.changes(ACCORD, since=tracker.get(f"plans/{ACCORD}/changes", since="now")["next"], wait=0)
    for party in (ARDEN, BREVIA, DORNE):
        says(party, Stance.ACCEPT, "ceasefire")
    told = list(itertools.islice(changes, 3))
    assert [change["id"] for change in told] == ["p1", "p2", "p3"]
    says(ARDEN, Stance.REJECT, "prisoners")
    assert next(changes)["id"] == "p4"


def test_after_a_restore_a_mirror_begins_again(tracker):
    mirror = tracker.mirror(ACCORD, wait=0)
    begun = next(mirror)
    assert isinstance(begun, Begun)
    Plan.objects.filter(slug=ACCORD).update(epoch=new_epoch())
    says(ARDEN, Stance.ACCEPT, "ceasefire")
    again = next(mirror)
    assert isinstance(again, Begun)
    assert [row["id"] for row in again.snapshot["positions"]] == ["p1"]
    says(ARDEN, Stance.REJECT, "prisoners")
    assert next(mirror)["id"] == "p2"


def test_a_problem_tells_its_code(tracker):
    with pytest.raises(Problem, match="There is no plan 'nowhere'") as problem:
        tracker.get("plans/nowhere/board")
    assert (problem.value.status, problem.value.code) == (404, "not-found")
    with pytest.raises(Problem):
        next(tracker.poll(f"plans/{ACCORD}/board", colour="red"))


class Failing(BaseHTTPRequestHandler):
    """A site that is away for a while."""

    answers: list[tuple[int, dict[str, str]]] = []

    def do_GET(self) -> None:
        status, headers = self.answers.pop(0)
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(b'{"seq": 1}' if status == 200 else b"<h1>no</h1>")

    def log_message(self, format: str, *parts: Any) -> None:  # noqa: A002
        """Say nothing."""


@pytest.fixture
def failing() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), Failing)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_where_the_site_is_away_it_asks_less_and_less_often(failing):
    rests: list[float] = []
    Failing.answers = [(503, {}), (502, {}), (500, {}), (429, {"Retry-After": "90"}), (200, {})]
    tracker = Tracker(failing, sleep=rests.append, chance=lambda: 0)
    assert next(tracker.poll("anything")) == {"seq": 1}
    assert rests == [2, 4, 8, 90]


def test_what_does_not_answer_at_all_is_asked_again(monkeypatch):
    rests: list[float] = []

    def rest(seconds: float) -> None:
        rests.append(seconds)
        if len(rests) == 12:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        next(Tracker("http://127.0.0.1:1", sleep=rest, chance=lambda: 0).poll("anything"))
    assert rests[:3] == [2, 4, 8]
    assert max(rests) == 300


def test_it_is_one_file_that_needs_nothing_but_python():
    import ast
    import sys
    from pathlib import Path

    tree = ast.parse(Path("clients/tracker_client.py").read_text())
    modules = {
        (node.module if isinstance(node, ast.ImportFrom) else node.names[0].name) or ""
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
    }
    assert {name.partition(".")[0] for name in modules} <= set(sys.stdlib_module_names)


def test_a_change_is_as_the_feed_tells_it(tracker):
    from clients.tracker_client import Change

    told = tracker.get(f"plans/{ACCORD}/changes", limit=1)["results"][0]
    assert set(told) == set(Change.__annotations__)
    json.dumps(told)
