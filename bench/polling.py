"""What does it cost to poll? Run it as `python -m bench.polling`; it starts and removes its own engines and servers.

Prints, from one run, contenders taking turns in short rounds:
- requests a second, eight at once and one by one, and CPU a request: of this API's 304 and 200, a bare answer of the
  same bytes from the same server, and a stock REST framework list of the same lines. Ratios of requests a second are
  those with eight at once. CPU is that of the web process; beside it stands what PostgreSQL spends;
- the first 200 after a change;
- with 500 pollers while editors save: the time to a 304, and from a saved position to a changed answer.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from bench.stage import stage

ROOT = Path(__file__).resolve().parent.parent
PLAN, REVISION = "28-point-framework", "us-ua-20"
# Far more often than we ask of dashboards, and than people write.
POLL_SECONDS, SAVE_SECONDS = 1, 3
AT_ONCE = 8
BOARD = f"/api/v1/plans/{PLAN}/board"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=8)
    parser.add_argument("--changes", type=int, default=20)
    parser.add_argument("--pollers", type=int, default=500)
    parser.add_argument("--seconds", type=int, default=60)
    asked = parser.parse_args()
    # The limit is counted as always, and never reached.
    with stage(API_LIMIT_ANONYMOUS="1000000000", STATIC_HASHED="no") as folder:
        os.environ["BARE_ANSWERS"] = str(folder)
        measure(asked, folder)


# ---- Servers and what they spend ----


@dataclass
class Server:
    """A web server of one process with eight threads, as run.py starts it."""

    application: str
    port: int = 0
    process: subprocess.Popen = field(init=False)

    def __enter__(self) -> Server:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        granian = ["-m", "granian", "--interface=wsgi", "--host=127.0.0.1", f"--port={self.port}"]
        self.process = subprocess.Popen(
            [sys.executable, *granian, "--blocking-threads=8", "--no-ws", "--log-level=error", self.application],
            cwd=ROOT,
            env={**os.environ, "TRACKER_ROLE": "web"},
        )
        until = time.monotonic() + 60
        while time.monotonic() < until:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
                return self
            time.sleep(0.1)
        raise SystemExit(f"{self.application} did not start")

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        self.process.wait(20)

    def cpu(self) -> float:
        """Seconds of CPU of the server and its worker process so far."""
        return sum(spent(pid) for pid in (self.process.pid, *children(self.process.pid)))


def children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def spent(pid: int) -> float:
    total = 0
    for task in Path(f"/proc/{pid}/task").iterdir():
        with contextlib.suppress(OSError):
            total += int((task / "schedstat").read_text().split()[0])
    return total / 1e9


def of_postgres() -> float:
    """Seconds of CPU of all processes of PostgreSQL so far."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend'")
        return sum(spent(pid) for (pid,) in cursor.fetchall())


# ---- Asking ----


class Asker:
    """One connection that is kept open, and one request that is sent again and again."""

    def __init__(self, port: int, path: str, *, tag: str = "") -> None:
        self.line = socket.create_connection(("127.0.0.1", port))
        self.line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.path = path
        self.hold(tag)

    def hold(self, tag: str) -> None:
        self.tag = tag
        held = f"If-None-Match: {tag}\r\n" if tag else ""
        self.request = f"GET {self.path} HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: gzip\r\n{held}\r\n".encode()

    def ask(self) -> tuple[int, dict[str, str], bytes]:
        self.send()
        return self.answer()

    def send(self) -> None:
        self.line.sendall(self.request)

    def answer(self) -> tuple[int, dict[str, str], bytes]:
        received = b""
        while b"\r\n\r\n" not in received:
            received += self.line.recv(1 << 18)
        head, _, body = received.partition(b"\r\n\r\n")
        first, *lines = head.decode().split("\r\n")
        headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
        status = int(first.split()[1])
        length = 0 if status == 304 else int(headers.get("content-length", 0))
        while len(body) < length:
            body += self.line.recv(1 << 18)
        return status, headers, body


@dataclass
class Contender:
    name: str
    server: Server
    asker: Asker
    status: int
    times: int
    rates: list[float] = field(default_factory=list)
    rates_alone: list[float] = field(default_factory=list)
    costs: list[float] = field(default_factory=list)
    behind: list[float] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)

    def take_a_turn(self) -> None:
        self._one_by_one()
        self._several_at_once()

    def _several_at_once(self) -> None:
        """As many as there are threads are always on their way: so many a second does the server answer."""
        askers = [Asker(self.server.port, self.asker.path, tag=self.asker.tag) for _ in range(AT_ONCE)]
        began = time.perf_counter()
        for asker in askers:
            asker.send()
        for number in range(self.times):
            asker = askers[number % AT_ONCE]
            status, _, _ = asker.answer()
            if status != self.status:
                raise SystemExit(f"{self.name} answered {status}")
            asker.send()
        for asker in askers:
            asker.answer()
        self.rates.append((self.times + AT_ONCE) / (time.perf_counter() - began))
        for asker in askers:
            asker.line.close()

    def _one_by_one(self) -> None:
        """What each costs and how long it takes."""
        database, cpu, began = of_postgres(), self.server.cpu(), time.perf_counter()
        for _ in range(self.times):
            asked = time.perf_counter()
            status, _, _ = self.asker.ask()
            self.waits.append(time.perf_counter() - asked)
            if status != self.status:
                raise SystemExit(f"{self.name} answered {status}")
        self.rates_alone.append(self.times / (time.perf_counter() - began))
        self.costs.append((self.server.cpu() - cpu) / self.times * 1e6)
        self.behind.append((of_postgres() - database) / self.times * 1e6)

    @property
    def cost(self) -> float:
        return statistics.median(self.costs)

    @property
    def rate(self) -> float:
        return statistics.median(self.rates)


def measure(asked: argparse.Namespace, folder: Path) -> None:
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    call_command("import_plan", str(ROOT / "fixtures" / PLAN), verbosity=0)
    call_command("recompute", "--all", verbosity=0)
    with Server("tracker.wsgi:application") as site, Server("bench.peers.stock:application") as stock:
        keep_for_the_bare_server(site, folder)
        with Server("bench.peers.bare:application") as bare:
            side_by_side(site, bare, stock, rounds=asked.rounds)
        first_after_a_change(site, stock, changes=asked.changes)
        with a_worker(folder / "worker.log"):
            in_a_crowd(site, pollers=asked.pollers, seconds=asked.seconds)


def keep_for_the_bare_server(site: Server, folder: Path) -> None:
    asker = Asker(site.port, BOARD)
    _, headers, body = asker.ask()
    asker.hold(headers["etag"])
    _, unchanged, _ = asker.ask()
    (folder / "body").write_bytes(body)
    for name, told in (("headers", headers), ("unchanged", unchanged)):
        own = {key: value for key, value in told.items() if key not in ("date", "server")}
        (folder / name).write_text("\n".join(f"{key}: {value}" for key, value in own.items()))


def side_by_side(site: Server, bare: Server, stock: Server, *, rounds: int) -> None:
    lines = f"/lines/{PLAN}/{REVISION}"
    tag = Asker(site.port, BOARD).ask()[1]["etag"]
    contenders = [
        Contender("bare 304", bare, Asker(bare.port, "/unchanged"), 304, 2000),
        Contender("bare 200", bare, Asker(bare.port, "/"), 200, 2000),
        Contender("our 304", site, Asker(site.port, BOARD, tag=tag), 304, 2000),
        Contender("our 200, kept", site, Asker(site.port, BOARD), 200, 2000),
        Contender("stock list", stock, Asker(stock.port, lines), 200, 20),
    ]
    for contender in contenders:
        for _ in range(20):
            contender.asker.ask()
    for _ in range(rounds):
        for contender in contenders:
            contender.take_a_turn()
    bare_304, bare_200, our_304, our_200, stock_list = contenders
    print(f"{'':16}{'requests/s':>12}{'one by one':>12}{'µs CPU':>10}{'+ PostgreSQL':>14}{'p99 ms':>9}")
    for each in contenders:
        p99 = statistics.quantiles(each.waits, n=100)[-1] * 1000
        behind = statistics.median(each.behind)
        alone = statistics.median(each.rates_alone)
        print(f"{each.name:16}{each.rate:12,.0f}{alone:12,.0f}{each.cost:10,.0f}{behind:14,.0f}{p99:9.2f}")
    for ours, theirs in ((our_304, bare_304), (our_200, bare_200)):
        whole = ours.cost + statistics.median(ours.behind)
        print(
            f"{ours.name}: {ours.cost / theirs.cost:.1f} × the CPU of {theirs.name}, with PostgreSQL's "
            f"{whole / theirs.cost:.1f} ×; against the stock list {ours.rate / stock_list.rate:.0f} × the requests a "
            f"second and {stock_list.cost / ours.cost:.0f} × less CPU"
        )


def first_after_a_change(site: Server, stock: Server, *, changes: int) -> None:
    board, lines = Asker(site.port, BOARD), Asker(stock.port, f"/lines/{PLAN}/{REVISION}")
    own, theirs = [], []
    for number in range(changes):
        save(number)
        for asker, server, costs in ((board, site, own), (lines, stock, theirs)):
            cpu = server.cpu()
            asker.ask()
            costs.append((server.cpu() - cpu) * 1000)
    mine, other = statistics.median(own), statistics.median(theirs)
    print(
        f"first 200 after a change: {mine:.2f} ms of CPU; the stock list {other:.1f} ms each time, "
        f"which is {other / mine:.1f} ×"
    )


def save(number: int) -> int:
    """An editor puts a position on record; the seq of the change."""
    from datetime import date

    from parties.models import Source
    from provisions.agreement.words import Authority, Stance
    from provisions.contents import EvidenceContent, PositionContent, When
    from provisions.models import Via, Wording
    from provisions.record import Author, record_position

    words = Wording.objects.filter(revision__slug=REVISION, provision__parent=None, revision__plan__slug=PLAN)
    lines = list(words.order_by("provision__order").values_list("provision__slug", flat=True))
    key = f"bench-{time.time_ns()}"
    return record_position(
        PLAN,
        PositionContent(
            key=key,
            party=("us", "ua", "ru", "eu")[number % 4],
            asserted_by=("us", "ua", "ru", "eu")[number % 4],
            revision=REVISION,
            provision=lines[number % len(lines)],
            stance=Stance.ACCEPT if number % 3 else Stance.REJECT,
            authority=Authority.AUTHORITATIVE,
            stated_on=When(date(2026, 1, 20)),
            speaker="A spokesperson",
            summary="Measured.",
            evidence=(EvidenceContent(source=Source.objects.values_list("slug", flat=True)[0], grade="A1"),),
        ),
        by=Author(via=Via.SHELL, reason="measured"),
    )


# ---- A crowd ----


@contextlib.contextmanager
def a_worker(log: Path) -> Iterator[None]:
    command = [sys.executable, "-m", "celery", "--app=tracker", "worker", "--concurrency=1", "--loglevel=INFO"]
    with log.open("wb") as output:
        worker = subprocess.Popen(command, cwd=ROOT, env={**os.environ, "TRACKER_ROLE": "worker"}, stderr=output)
        try:
            while " ready." not in log.read_text():
                time.sleep(0.1)
            yield
        finally:
            worker.terminate()
            worker.wait()


def in_a_crowd(site: Server, *, pollers: int, seconds: int) -> None:
    """Pollers ask once a second each, an editor saves now and then, and a reader looks for what was saved."""
    stop = threading.Event()
    told, levels = [], []
    editor = threading.Thread(target=edit, args=(site, stop, told, levels))
    editor.start()
    cpu = site.cpu()
    unchanged, changed = asyncio.run(crowd(site.port, pollers, seconds))
    cpu = site.cpu() - cpu
    stop.set()
    editor.join()
    print(
        f"{pollers} pollers for {seconds} s, {len(told)} saves: {len(unchanged)} times 304, p50 "
        f"{statistics.median(unchanged) * 1000:.1f} ms, p99 {percentile(unchanged, 99):.1f} ms; {len(changed)} times "
        f"200, p99 {percentile(changed, 99):.1f} ms; {cpu / seconds * 100:.0f} % of one core"
    )
    print(
        f"from a saved position to a changed answer: p50 {statistics.median(told) * 1000:.0f} ms, "
        f"p95 {percentile(told, 95):.0f} ms; to the levels worked out: p50 {statistics.median(levels) * 1000:.0f} ms, "
        f"p95 {percentile(levels, 95):.0f} ms"
    )


def percentile(waits: list[float], of_100: int) -> float:
    return statistics.quantiles(waits, n=100)[of_100 - 1] * 1000


def edit(site: Server, stop: threading.Event, told: list[float], levels: list[float]) -> None:
    from django.db import connection

    summary = Asker(site.port, f"/api/v1/plans/{PLAN}/summary")
    number = 0
    while not stop.wait(SAVE_SECONDS):
        number += 1
        began = time.perf_counter()
        seq = save(number)
        for times, name in ((told, "seq"), (levels, "assessed_seq")):
            until(lambda name=name, seq=seq: asked_number(summary, name) >= seq)
            times.append(time.perf_counter() - began)
    connection.close()


def asked_number(asker: Asker, name: str) -> int:
    import gzip
    import json

    _, headers, body = asker.ask()
    told = json.loads(gzip.decompress(body) if headers.get("content-encoding") == "gzip" else body)
    return int(told[name])


def until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not holds():
        if time.monotonic() > end:
            raise SystemExit("a saved position was not seen within 20 seconds")
        time.sleep(0.02)


async def crowd(port: int, pollers: int, seconds: int) -> tuple[list[float], list[float]]:
    unchanged: list[float] = []
    changed: list[float] = []
    end = time.monotonic() + seconds

    async def poll(number: int) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        tag, held = "", ""
        await asyncio.sleep(POLL_SECONDS * number / pollers)
        while time.monotonic() < end:
            began = time.perf_counter()
            writer.write(f"GET {BOARD} HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: gzip\r\n{held}\r\n".encode())
            head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
            headers = dict(line.split(": ", 1) for line in head.split("\r\n")[1:] if ": " in line)
            if " 304 " in head.partition("\r\n")[0]:
                unchanged.append(time.perf_counter() - began)
            else:
                await reader.readexactly(int(headers["content-length"]))
                changed.append(time.perf_counter() - began)
            tag = headers["etag"]
            held = f"If-None-Match: {tag}\r\n"
            await asyncio.sleep(POLL_SECONDS)
        writer.close()

    await asyncio.gather(*(poll(number) for number in range(pollers)))
    return unchanged, changed


if __name__ == "__main__":
    main()
