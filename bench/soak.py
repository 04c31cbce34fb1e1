"""Does it stay as it is when it runs for long? Run it as `python -m bench.soak`; it starts and removes its own engines.

The site as it is deployed (two web processes, a worker, a beat) answers readers and editors over HTTP for 20 minutes:
- memory of each program, connections of PostgreSQL, and plans whose jobs were given up, looked at every few seconds;
  growth is what the last quarter holds above the second one, so that the first is for warming up;
- then the web server is told to begin anew (SIGHUP) while requests keep coming at a steady rate: none may fail.

Ends with 1 where something grew, was given up, failed, or was not bounded.
"""

from __future__ import annotations

import argparse
import http.client
import itertools
import json
import os
import random
import signal
import statistics
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.stage import stage
from tracker import programs
from tracker.embedded.processes import Running, free_port, last_lines, start, wait_until

ROOT = Path(__file__).resolve().parent.parent
PLAN, REVISION = "28-point-framework", "us-ua-20"
API = f"/api/v1/plans/{PLAN}"
PROCESSES, READERS = 2, 8
GROWS_AT_MOST = 0.05
# Each web process has a pool of eight, and each of its eight threads one to ask for heads; a worker's process and a
# beat have one each, and a worker may be replaced meanwhile.
CONNECTIONS_AT_MOST = PROCESSES * (8 + 8) + 4


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=20)
    parser.add_argument("--rate", type=int, default=50, help="requests a second")
    parser.add_argument("--restarts", type=int, default=3)
    asked = parser.parse_args()
    with stage(API_LIMIT_ANONYMOUS="0", API_LIMIT_KEY="0", LOG_LEVEL="WARNING") as folder, the_site(folder) as site:
        complaints = [*soak(site, minutes=asked.minutes, rate=asked.rate)]
        complaints += restart(site, times=asked.restarts, rate=asked.rate)
    for complaint in complaints:
        print(complaint, file=sys.stderr)
    raise SystemExit(bool(complaints))


# ---- The site ----


@dataclass
class Site:
    port: int
    key: str
    programs: dict[str, Running]
    logs: Path

    def memory(self) -> dict[str, float]:
        """MB that each program and its children hold for themselves; what they share is divided among them."""
        return {name: sum(held(pid) for pid in family(running.pid)) / 1024 for name, running in self.programs.items()}


@contextmanager
def the_site(folder: Path) -> Iterator[Site]:
    import django

    django.setup()
    from django.contrib.auth.models import User
    from django.core.management import call_command

    from tracker.models import ApiKey

    call_command("collectstatic", interactive=False, verbosity=0)
    call_command("migrate", verbosity=0)
    call_command("import_plan", str(ROOT / "fixtures" / PLAN), verbosity=0)
    call_command("recompute", "--all", verbosity=0)
    key = ApiKey.make(User.objects.create_superuser("editor"), name="soak", scopes=["edit"])[1]
    port = free_port()
    commands = {
        "web": programs.web(host="127.0.0.1", port=port, processes=PROCESSES),
        "worker": programs.WORKER,
        "beat": programs.BEAT,
    }
    with ExitStack() as ends:
        running = {}
        for name, command in commands.items():
            log = folder / f"{name}.log"
            variables = {**os.environ, "TRACKER_ROLE": "web" if name == "web" else "worker"}
            program = start(
                [sys.executable, *command], log=log, pid_file=log.with_suffix(".pid"), cwd=ROOT, env=variables
            )
            ends.callback(program.stop, (signal.SIGTERM, 15.0))
            running[name] = program
        site = Site(port, key, running, folder)
        if not wait_until(lambda: is_ready(port), seconds=90):
            raise SystemExit(last_lines(folder / "web.log"))
        yield site


def is_ready(port: int) -> bool:
    try:
        return Caller(port).ask("GET", "/readyz")[0] == 200
    except (OSError, http.client.HTTPException):
        return False


def family(pid: int) -> list[int]:
    """A process and all that it started, and they in turn."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return []
    return [pid, *itertools.chain.from_iterable(family(int(child)) for child in children)]


def held(pid: int) -> int:
    """Kilobytes of a process: its proportional set size."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)


# ---- Readers and editors ----


class Caller:
    """One connection that is kept open; a new one where the server has closed it, as every browser and proxy does."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.line: http.client.HTTPConnection | None = None
        self.again = 0

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, dict[str, str], bytes]:
        used = self.line is not None
        try:
            return self._ask(method, path, body, headers)
        except (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError):
            self.line = None
            if not used:
                raise
            # A server may close a connection that lies idle just when the next request leaves.
            self.again += 1
            return self._ask(method, path, body, headers)

    def _ask(self, method: str, path: str, body: Any, headers: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
        if self.line is None:
            self.line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        if body is not None:
            given["Content-Type"] = "application/json"
        self.line.request(method, path, json.dumps(body) if body is not None else None, given)
        answer = self.line.getresponse()
        text = answer.read()
        told = {name.lower(): value for name, value in answer.getheaders()}
        if told.get("connection") == "close":
            self.line = None
        return answer.status, told, text


@dataclass
class Load:
    """Requests at a steady rate, whatever the answers take: readers, and two edits a second among them."""

    site: Site
    rate: int
    statuses: Counter[int] = field(default_factory=Counter)
    failed: list[str] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)
    again: int = 0
    over: threading.Event = field(default_factory=threading.Event)

    READS = (
        f"{API}/board",
        f"{API}/summary",
        f"{API}/changes?limit=50",
        f"{API}/provisions",
        f"{API}/board.csv",
        f"/plans/{PLAN}/",
        f"/plans/{PLAN}/provisions/sovereignty/",
        f"/plans/{PLAN}/changes/",
        "/search/?q=sanctions",
        "/",
    )
    # Most of what comes is dashboards that ask for news.
    OFTEN = (40, 15, 10, 5, 2, 5, 5, 2, 2, 4)

    @contextmanager
    def going_on(self) -> Iterator[None]:
        threads = [threading.Thread(target=self._read, args=(number,)) for number in range(READERS)]
        threads.append(threading.Thread(target=self._edit))
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self.over.set()
            for thread in threads:
                thread.join(60)

    def _read(self, number: int) -> None:
        chance, caller, tags = random.Random(number), Caller(self.site.port), dict[str, str]()
        due = time.monotonic() + chance.random()
        while not self.over.wait(max(0.0, due - time.monotonic())):
            due += READERS / self.rate
            path = chance.choices(self.READS, self.OFTEN)[0]
            holding = {"If_None_Match": tags[path]} if path in tags else {}
            told = self._asked(caller, "GET", path, None, holding)
            if told and "etag" in told[0]:
                tags[path] = told[0]["etag"]
        self.again += caller.again

    def _edit(self) -> None:
        caller, number = Caller(self.site.port), 0
        key = {"Authorization": f"Bearer {self.site.key}"}
        lines = [each["slug"] for each in json.loads(caller.ask("GET", f"{API}/provisions?limit=200")[2])["results"]]
        while not self.over.wait(0.5):
            number += 1
            path = f"{API}/provisions/{lines[number % len(lines)]}"
            read = self._asked(caller, "GET", path, None, {})
            if read:
                body = {"note": f"Edit {number}.", "version": json.loads(read[1])["version"], "reason": "Soaking."}
                self._asked(caller, "PATCH", path, body, key | {"Idempotency-Key": f"soak-{time.time_ns()}"})
        self.again += caller.again

    def _asked(
        self, caller: Caller, method: str, path: str, body: Any, headers: dict[str, str]
    ) -> tuple[dict[str, str], bytes] | None:
        began = time.monotonic()
        try:
            status, told, text = caller.ask(method, path, body, **headers)
        except (OSError, http.client.HTTPException) as error:
            caller.line = None
            self.failed.append(f"{method} {path}: {error!r}")
            return None
        self.waits.append(time.monotonic() - began)
        self.statuses[status] += 1
        if status >= 400:
            self.failed.append(f"{method} {path}: {status}")
            return None
        return told, text

    def told(self) -> str:
        p99 = statistics.quantiles(self.waits, n=100)[-1] * 1000
        counts = ", ".join(f"{count} times {status}" for status, count in sorted(self.statuses.items()))
        return (
            f"{counts}; {len(self.failed)} failed, {self.again} sent again on a new connection; "
            f"p50 {statistics.median(self.waits) * 1000:.1f} ms, p99 {p99:.0f} ms"
        )


# ---- What is looked at ----


def soak(site: Site, *, minutes: float, rate: int) -> Iterator[str]:
    """Readers and editors for so long; what was wrong, a sentence each."""
    load, seen, connections = Load(site, rate), list[dict[str, float]](), list[int]()
    with load.going_on():
        until = time.monotonic() + minutes * 60
        while time.monotonic() < until:
            time.sleep(min(5.0, minutes * 60 / 40))
            seen.append(site.memory())
            connections.append(connected())
    quarter = len(seen) // 4
    print(f"{minutes:g} minutes at {rate} requests a second: {load.told()}")
    for name in site.programs:
        before, after = (
            statistics.median(each[name] for each in part) for part in (seen[quarter : 2 * quarter], seen[-quarter:])
        )
        growth = after / before - 1
        print(f"{name:8} {before:6.1f} MB after warming up, {after:6.1f} MB at the end: {growth:+.1%}")
        if growth > GROWS_AT_MOST:
            yield f"{name} grew by {growth:.1%}"
    given_up = plans_given_up()
    print(f"connections of PostgreSQL: {max(connections)} at most; plans whose jobs were given up: {given_up}")
    if max(connections) > CONNECTIONS_AT_MOST:
        yield f"{max(connections)} connections were open at once"
    if given_up:
        yield f"{given_up} plans were given up"
    yield from load.failed[:20]


def restart(site: Site, *, times: int, rate: int) -> list[str]:
    """The web server begins anew, several times, while requests keep coming; what failed."""
    load, web = Load(site, rate), site.programs["web"]
    with load.going_on():
        time.sleep(5)
        for _ in range(times):
            before = set(family(web.pid)) - {web.pid}
            os.kill(web.pid, signal.SIGHUP)
            if not wait_until(lambda old=before: not old & set(family(web.pid)), seconds=120):
                return ["the web server did not begin anew"]
            time.sleep(3)
    print(f"{times} restarts at {rate} requests a second: {load.told()}")
    return load.failed[:20]


def connected() -> int:
    """Connections of the site's programs to PostgreSQL."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' "
            "AND application_name IN ('tracker-web', 'tracker-worker')"
        )
        return int(cursor.fetchone()[0])


def plans_given_up() -> int:
    from provisions.models import Setback

    return Setback.objects.filter(retry_at=None).count()


if __name__ == "__main__":
    main()
