"""The module for browsers and the dashboard that uses it, on a page of another site."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from provisions.agreement.words import Stance
from provisions.models import Plan
from provisions.models.plan import new_epoch
from tests.builders import ACCORD, ARDEN, BREVIA, says

ROOT = Path(__file__).parents[2]
# A board is asked for every ten seconds or so.
PATIENCE = 40_000


class Quiet(SimpleHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path == "/favicon.ico":
            self.send_response(204)
            self.end_headers()
        else:
            super().do_GET()

    def log_message(self, format: str, *parts: Any) -> None:  # noqa: A002
        """Say nothing."""


@pytest.fixture
def elsewhere() -> Iterator[str]:
    """Another site, which serves this repository's examples."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(ROOT)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(autouse=True)
def nothing_in_the_console(page: Page) -> Iterator[list[str]]:
    """The browser notes each answer that is a problem, also where a script expects it. Nothing else may be there."""
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None)
    yield complaints
    assert [each for each in complaints if "410 (Gone)" not in each] == []


def run(page: Page, elsewhere: str, site: str, script: str) -> Any:
    """What a script makes of the client, on a page elsewhere; it rests no longer than it must."""
    page.goto(f"{elsewhere}/docs/examples/dashboard.css")
    body = f"""async ([module, root]) => {{
        const {{ Tracker, Problem }} = await import(module);
        const rests = [];
        const rest = (seconds) => {{ rests.push(seconds); return new Promise((done) => setTimeout(done, 50)); }};
        const tracker = new Tracker(root, {{ rest }});
        {script}
    }}"""
    return page.evaluate(body, [f"{elsewhere}/clients/tracker-client.js", f"{site}/api/v1"])


def test_the_dashboard_shows_the_board_and_what_changes(accord, live_site, elsewhere, page: Page):
    page.goto(f"{elsewhere}/docs/examples/dashboard.html?api={live_site}/api/v1&plan={ACCORD}")
    expect(page.locator("h1")).to_have_text("An accord", timeout=PATIENCE)
    expect(page.locator("#lines tr")).to_have_count(2)
    seq = Plan.objects.get(slug=ACCORD).seq
    expect(page.locator("#state")).to_contain_text(f"Change {seq}")
    says(ARDEN, Stance.ACCEPT, "ceasefire")
    expect(page.locator("#changes li").first).to_have_text("position p1: added", timeout=PATIENCE)
    expect(page.locator("#state")).to_contain_text(f"Change {seq + 1}", timeout=PATIENCE)


def test_a_poll_in_a_browser_yields_what_is_new_and_nothing_twice(accord, live_site, elsewhere, page: Page):
    script = """
        const statuses = [];
        const ask = window.fetch;
        window.fetch = async (...given) => {
            const answer = await ask(...given);
            statuses.push(answer.status);
            return answer;
        };
        const boards = tracker.poll("plans/accord/board");
        await boards.next();
        const next = boards.next();
        while (statuses.length < 3) await new Promise((done) => setTimeout(done, 20));
        return { statuses, rests };
    """
    told = run(page, elsewhere, live_site, script)
    assert told["statuses"][:3] == [200, 304, 304]
    assert all(10 <= seconds <= 12.5 for seconds in told["rests"])


def test_a_list_is_read_over_all_its_pages(accord, live_site, elsewhere, page: Page):
    for party in (ARDEN, BREVIA):
        for line in ("ceasefire", "prisoners"):
            says(party, Stance.ACCEPT, line)
    script = """
        const found = [];
        for await (const row of tracker.rows("plans/accord/positions", { limit: 1, party: ["arden", "brevia"] })) {
            found.push(row.id);
        }
        return found;
    """
    assert sorted(run(page, elsewhere, live_site, script)) == ["p1", "p2", "p3", "p4"]


def test_after_a_restore_a_mirror_begins_again(accord, live_site, elsewhere, page: Page):
    script = """
        const mirror = tracker.mirror("accord", { wait: 0 });
        const first = (await mirror.next()).value.snapshot.next;
        window.mirror = mirror;
        return first;
    """
    cursor = run(page, elsewhere, live_site, script)
    Plan.objects.filter(slug=ACCORD).update(epoch=new_epoch())
    says(ARDEN, Stance.ACCEPT, "ceasefire")
    again = page.evaluate("async () => (await window.mirror.next()).value.snapshot")
    assert again["next"] != cursor
    assert [row["id"] for row in again["positions"]] == ["p1"]


def test_a_problem_says_what_is_wrong_and_asking_can_be_ended(accord, live_site, elsewhere, page: Page):
    script = """
        const end = new AbortController();
        const boards = tracker.poll("plans/accord/board", {}, { signal: end.signal });
        await boards.next();
        end.abort();
        const ended = await boards.next().then(() => "", (failure) => failure.name);
        const gone = await tracker.get("plans/accord/changes", { since: "abc.1" }).then(
            () => "",
            (problem) => [problem instanceof Problem, problem.status, problem.code],
        );
        return { ended, gone };
    """
    told = run(page, elsewhere, live_site, script)
    assert told == {"ended": "AbortError", "gone": [True, 410, "start-again"]}
