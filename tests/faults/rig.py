"""The fault rig: the site as it runs for real, on engines of its own behind a network that misbehaves, and what can go
wrong with it."""

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
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg

from tests.builders import ACCORD
from tests.faults.histories import Entry, Told, complaints
from tests.faults.proxy import Proxy
from tracker import programs
from tracker.embedded import Engines
from tracker.embedded.processes import Running, free_port, last_lines, start, wait_until

ROOT = Path(__file__).resolve().parents[2]
LINE = "ceasefire"
LINES = (LINE, *(f"line-{number}" for number in range(2, 37)))
# Each is edited by those at the API above all, or by those at a shell.
AT_THE_API, AT_A_SHELL = LINES[:12], LINES[12:]
PLAN = f"/api/v1/plans/{ACCORD}"
# What a client waits for an answer: longer than the site waits for PostgreSQL.
PATIENCE = 20.0

SET_THE_STAGE = f"""
import django
django.setup()
from django.contrib.auth.models import User
from django.core.management import call_command
from tests import builders, migrated
migrated.restore()
call_command("migrate", verbosity=0)
from tracker.models import ApiKey
builders.plan(lines={{line: "All fire ceases at noon." for line in {LINES}}})
print(ApiKey.make(User.objects.create_superuser("editor"), name="rig", scopes=["edit"])[1])
"""


class Rig:
    """One installation: PostgreSQL behind a proxy, Valkey, one web process, a worker and a beat."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.histories: list[list[Told]] = []
        """What each group of clients was told."""
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
        with contextlib.closing(self.connection()) as connection:
            return self.ask_on(connection, method, path, body, **headers)

    def connection(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)

    def ask_on(
        self, connection: http.client.HTTPConnection, method: str, path: str, body: Any = None, **headers: str
    ) -> tuple[int, dict[str, str], bytes]:
        """One request on a connection that may serve for more. Raises as `ask` does."""
        given = {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"} if body is not None else {}
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
        """The log, with the marks that each entry brought, and took away."""
        asked = b"SELECT seq, before::text, after::text FROM provisions_change ORDER BY seq"
        # Row by row: all of it at once may be more than fits.
        with psycopg.connect(self.engines.postgres.url, connect_timeout=10) as server, server.cursor("log") as cursor:
            return [_entry(*row) for row in cursor.execute(asked)]

    def standing(self) -> list[str]:
        """The marks that are on record at the end."""
        notes = self.in_sql("SELECT note FROM provisions_provisionversion WHERE superseded_at IS NULL")
        said = self.in_sql("SELECT summary FROM provisions_position")
        return [mark for (text,) in (*notes, *said) for mark in MARK.findall(text)]

    def complaints(self) -> list[str]:
        """What went wrong with all that any client was told; nothing if all is well."""
        told = [each for history in self.histories for each in history]
        return list(complaints(told, self.log(), standing=self.standing()))

    def drained(self) -> bool:
        return self.in_sql("SELECT bool_and(assessed_seq = seq) FROM provisions_plan") == [(True,)]


MARK = re.compile(r"<[a-z]+-\d+\.\d+>")


def _entry(seq: int, before: str | None, after: str | None) -> Entry:
    was, now = Counter(MARK.findall(before or "")), Counter(MARK.findall(after or ""))
    return Entry(seq, tuple((now - was).elements()), tuple((was - now).elements()))


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

    def in_turn(self) -> Iterator[Callable[[], None]]:
        """Without end: each kind comes before any comes again."""
        while True:
            dealt = self.all()
            self.chance.shuffle(dealt)
            yield from dealt
