"""The fault rig: the site as it runs for real, on engines of its own behind a network that misbehaves, and clients that
write down what they asked and were told."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import random
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg

from tests.builders import ACCORD
from tests.faults.histories import Entry, Told
from tests.faults.proxy import Proxy
from tracker import programs
from tracker.embedded import Engines
from tracker.embedded.processes import Running, free_port, last_lines, start, wait_until

ROOT = Path(__file__).resolve().parents[2]
LINE = "ceasefire"
PLAN = f"/api/v1/plans/{ACCORD}"
# What a client waits for an answer: longer than the site waits for PostgreSQL.
PATIENCE = 20.0

SET_THE_STAGE = """
import django
django.setup()
from django.contrib.auth.models import User
from django.core.management import call_command
call_command("migrate", verbosity=0)
from tests import builders
from tracker.models import ApiKey
builders.plan(lines={"ceasefire": "All fire ceases at noon."})
print(ApiKey.make(User.objects.create_superuser("editor"), name="rig", scopes=["edit"])[1])
"""


class Rig:
    """One installation: PostgreSQL behind a proxy, Valkey, one web process, a worker and a beat."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.engines = Engines(folder / "engines", throw_away=True)
        self.engines.start()
        # A commit that was acknowledged has to be in PostgreSQL's log: that is what is on trial.
        self.in_sql("ALTER DATABASE tracker SET synchronous_commit = on")
        self.proxy = Proxy(self.engines.postgres.port)
        url = self.engines.postgres.url
        self.environment = {
            **os.environ,
            "REDIS_URL": self.engines.valkey.url,
            "DATABASE_URL": url.replace(f":{self.engines.postgres.port}/", f":{self.proxy.port}/"),
            "SWEEP_SECONDS": "1",
            "LOG_LEVEL": "WARNING",
            "TRACKER_ROLE": "command",
            "DJANGO_SETTINGS_MODULE": "tracker.settings",
        }
        self.key = self._set_the_stage()
        self.port = free_port()
        self.commands = {"web": programs.web(host="127.0.0.1", port=self.port)}
        self.running: dict[str, Running] = {}
        self.begin()

    def begin(self) -> None:
        """Start its programs."""
        self.commands |= {"worker": programs.WORKER, "beat": programs.BEAT}
        for name in self.commands:
            self.up(name)
        assert wait_until(self.well, seconds=90), self.log_of("web")

    def _set_the_stage(self) -> str:
        done = subprocess.run(
            [sys.executable, "-c", SET_THE_STAGE],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.split()[-1]

    def end(self) -> None:
        for process in self.running.values():
            process.kill()
        self.proxy.close()
        self.engines.stop()
        self.engines.remove()

    # ---- Its parts ----

    def up(self, name: str) -> None:
        log = self.folder / f"{name}.log"
        variables = self.environment | {"TRACKER_ROLE": "web" if "web" in name else "worker"}
        command = [sys.executable, *self.commands[name]]
        self.running[name] = start(command, log=log, pid_file=log.with_suffix(".pid"), cwd=ROOT, env=variables)

    def down(self, name: str) -> None:
        self.running.pop(name).kill()

    def log_of(self, name: str) -> str:
        return last_lines(self.folder / f"{name}.log", 40)

    def postgres_down(self) -> None:
        """As a crash of the whole server: its own immediate shutdown."""
        running = self.engines.postgres.running
        assert running is not None
        running.stop((signal.SIGQUIT, 20.0))
        self.engines.postgres.running = None

    def postgres_up(self) -> None:
        self.engines.postgres.start()

    def in_sql(self, statement: str) -> list[Any]:
        """Asked of PostgreSQL itself, past the proxy."""
        with psycopg.connect(self.engines.postgres.url, autocommit=True, connect_timeout=10) as server:
            cursor = server.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []

    # ---- What a client does ----

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, dict[str, str], bytes]:
        """One request on a connection of its own. Raises OSError or HTTPException where no answer comes."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        given = {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"} if body is not None else {}
        with contextlib.closing(connection):
            sent = json.dumps(body) if body is not None else None
            connection.request(method, path, sent, {**given, **{k.replace("_", "-"): v for k, v in headers.items()}})
            answer = connection.getresponse()
            return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()

    def status(self, path: str) -> int:
        """The status of an answer, 0 where none comes."""
        try:
            return self.ask("GET", path)[0]
        except (OSError, http.client.HTTPException):
            return 0

    def well(self) -> bool:
        return self.status("/readyz") == 200 and self.status(f"{PLAN}/board") == 200

    # ---- What is on record ----

    def log(self) -> list[Entry]:
        """The log, with the marks that each entry brought: those of a new position, or those that a note gained."""
        rows = self.in_sql("SELECT seq, before, after FROM provisions_change ORDER BY seq")
        return [Entry(seq, tuple(sorted(marks(after) - marks(before)))) for seq, before, after in rows]

    def standing(self) -> list[str]:
        """The marks that are on record at the end."""
        (note,) = self.in_sql("SELECT note FROM provisions_provisionversion WHERE superseded_at IS NULL")[0]
        said = self.in_sql("SELECT summary FROM provisions_position")
        return [mark for text in (note, *(text for (text,) in said)) for mark in MARK.findall(text)]

    def drained(self) -> bool:
        return self.in_sql("SELECT bool_and(assessed_seq = seq) FROM provisions_plan") == [(True,)]


MARK = re.compile(r"<[a-z]+-\d+\.\d+>")


def marks(content: Any) -> set[str]:
    return set(MARK.findall(json.dumps(content or {})))


class Clients:
    """Editors who add positions and edit a line, and readers who poll, each writing down what came of it."""

    def __init__(self, rig: Rig, *, seed: int) -> None:
        self.rig = rig
        self.seed = seed
        self.history: list[Told] = []
        self.surprises: list[str] = []
        self.over = threading.Event()

    @property
    def acknowledged(self) -> int:
        return sum(each.mark is not None and each.outcome == "ok" for each in self.history)

    def has_acknowledged(self, count: int) -> bool:
        return self.acknowledged >= count

    def note(self, client: str, outcome: Any, began: float, *, mark: str | None = None, seq: int | None = None) -> None:
        # Appending is one step in Python.
        self.history.append(Told(client, outcome, began, time.monotonic(), mark, seq))

    def add(self, client: str, number: int) -> None:
        """Add a position under an Idempotency-Key, and send the same again until there is an answer."""
        mark, began = f"<{client}.{number}>", time.monotonic()
        body = {
            "party": "arden", "revision": "draft-1", "provision": LINE, "stance": "accept", "authority": 4,
            "stated_on": "2026-01-10", "speaker": "A spokesperson", "summary": f"Arden accepts. {mark}",
            "evidence": [{"source": "S1", "grade": "A1"}], "reason": "The rig.",
        }  # fmt: skip
        for _try in range(30):
            status, told = self._sent(
                "POST", f"{PLAN}/positions", body, Idempotency_Key=f"{self.seed}-{client}-{number}"
            )
            if status == 201:
                return self.note(client, "ok", began, mark=mark, seq=told["seq"])
            if status not in {0, 409, 500, 503}:
                self.surprises.append(f"{mark}: {status} {told}")
                return self.note(client, "fail", began, mark=mark)
            if self.over.wait(0.2):
                break
        return self.note(client, "unknown", began, mark=mark)

    def edit(self, client: str, number: int) -> None:
        """Add a mark to the note of a line, at the version that was read; whatever comes, never the same again."""
        mark, began = f"<{client}.{number}>", time.monotonic()
        status, told = self._sent("GET", f"{PLAN}/provisions/{LINE}", None)
        if status != 200:
            return
        body = {"note": (told["note"] or "") + mark, "version": told["version"], "reason": "The rig."}
        status, told = self._sent("PATCH", f"{PLAN}/provisions/{LINE}", body)
        match status:
            case 200:
                self.note(client, "ok", began, mark=mark, seq=told["seq"])
            case 409 | 412:
                self.note(client, "fail", began, mark=mark)
            case 0 | 500 | 503:
                self.note(client, "unknown", began, mark=mark)
            case _:
                self.surprises.append(f"{mark}: {status} {told}")

    def poll(self, client: str, number: int) -> None:
        """The board if it has changed."""
        held = self.tags.get(client)
        began = time.monotonic()
        try:
            headers = {"If_None_Match": held[0]} if held else {}
            status, told, body = self.rig.ask("GET", f"{PLAN}/board", **headers)
        except (OSError, http.client.HTTPException):
            return
        if status == 304 and held:
            self.note(client, "ok", began, seq=held[1])
        elif status == 200:
            seq = json.loads(body)["seq"]
            self.tags[client] = (told["etag"], seq)
            self.note(client, "ok", began, seq=seq)
        elif status not in {500, 503}:
            self.surprises.append(f"{client}: {status}")

    def follow(self, client: str, number: int) -> None:
        """The feed from where this client is."""
        cursor, last = self.cursors.get(client, ("", 0))
        began = time.monotonic()
        status, told = self._sent("GET", f"{PLAN}/changes?limit=100{f'&since={cursor}' if cursor else ''}", None)
        if status != 200:
            return
        numbers = [each["seq"] for each in told["results"]]
        if numbers != list(range(last + 1, last + 1 + len(numbers))):
            self.surprises.append(f"{client} got {numbers} after {last}")
        last = numbers[-1] if numbers else last
        self.cursors[client] = (told["next"], last)
        if not told["has_more"]:
            self.note(client, "ok", began, seq=last)

    def _sent(self, method: str, path: str, body: Any, **headers: str) -> tuple[int, Any]:
        try:
            status, _, text = self.rig.ask(method, path, body, **headers)
            return status, json.loads(text)
        except (OSError, http.client.HTTPException, ValueError):
            return 0, None

    @contextlib.contextmanager
    def at_work(self) -> Iterator[None]:
        self.tags: dict[str, tuple[str, int]] = {}
        self.cursors: dict[str, tuple[str, int]] = {}
        deeds: list[tuple[str, Callable[[str, int], None]]] = [
            (f"adder-{self.seed}", self.add),
            (f"editor-{self.seed}", self.edit),
            (f"rival-{self.seed}", self.edit),
            (f"reader-{self.seed}", self.poll),
            (f"mirror-{self.seed}", self.follow),
        ]
        threads = [threading.Thread(target=self._go_on, args=deed) for deed in deeds]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self.over.set()
            for thread in threads:
                thread.join(PATIENCE * 3)

    def _go_on(self, client: str, deed: Callable[[str, int], None]) -> None:
        pause = random.Random(f"{self.seed}-{client}")
        number = 0
        while not self.over.is_set():
            number += 1
            deed(client, number)
            self.over.wait(0.05 * pause.random())


class Faults:
    """What can go wrong, and is put right again."""

    def __init__(self, rig: Rig, chance: random.Random) -> None:
        self.rig = rig
        self.chance = chance

    def rest(self) -> None:
        time.sleep(self.chance.uniform(0.2, 0.6))

    def postgres_killed(self) -> None:
        self.rig.postgres_down()
        self.rest()
        self.rig.postgres_up()

    def valkey_killed(self) -> None:
        self.rig.engines.valkey.kill()
        self.rest()
        self.rig.engines.valkey.start()

    def web_killed(self) -> None:
        self.rig.down("web")
        self.rig.up("web")
        wait_until(self.rig.well, seconds=60)

    def worker_killed(self) -> None:
        self.rig.down("worker")
        self.rest()
        self.rig.up("worker")

    def beat_killed(self) -> None:
        self.rig.down("beat")
        self.rig.up("beat")

    def connections_cut(self) -> None:
        self.rig.proxy.cut()
        self.rest()

    def answers_delayed(self) -> None:
        self.rig.proxy.delay = 0.15
        self.rest()
        self.rig.proxy.delay = 0.0

    def answers_swallowed(self) -> None:
        """What was asked reaches PostgreSQL, COMMIT among it; nobody hears of it."""
        self.rig.proxy.swallows = True
        self.rest()
        self.rig.proxy.cut()
        self.rig.proxy.swallows = False

    def all(self) -> list[Callable[[], None]]:
        return [
            self.postgres_killed,
            self.answers_swallowed,
            self.connections_cut,
            self.web_killed,
            self.valkey_killed,
            self.worker_killed,
            self.answers_delayed,
            self.beat_killed,
        ]

    def some(self, count: int) -> Iterator[Callable[[], None]]:
        """So many in a row: each kind comes before any comes again."""
        while count > 0:
            dealt = self.all()
            self.chance.shuffle(dealt)
            yield from dealt[:count]
            count -= len(dealt)
