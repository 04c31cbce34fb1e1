"""The site as it runs in production, on engines of its own with the demonstration plans, for those who attack it."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tracker import programs
from tracker.embedded import Engines
from tracker.embedded.engines import secret
from tracker.embedded.processes import free_port, last_lines, start, wait_until

ROOT = Path(__file__).resolve().parents[2]
# By role the user of the demonstration; nobody has none.
ROLES = {"anonymous": None, "analyst": "analyst", "administrator": "admin"}
# Nothing is to be refused for coming too often, or to take time for nothing; there is no worker, so nothing is sent.
SETTINGS = {"API_LIMIT_ANONYMOUS": "0", "API_LIMIT_KEY": "0", "API_WAITERS": "0", "LOG_JSON": "yes"}
# As `demo_users` tells a name and the password that it made up.
PASSWORD = re.compile(r"^  (\w+) +(\S+)$", re.MULTILINE)
# As the log says that something broke.
ERROR = '"level": "error"'


@dataclass(frozen=True)
class Site:
    """A site that runs."""

    address: str
    environment: dict[str, str]
    log: Path
    passwords: dict[str, str]
    """Of the users of the demonstration."""

    def manage(self, *command: str) -> subprocess.CompletedProcess[str]:
        return manage(self.environment, *command)

    def is_sound(self) -> bool:
        """Say whether the record still says what its log tells, and whether something broke."""
        self.manage("recompute", "--all")
        verified = self.manage("verify")
        print(verified.stdout + verified.stderr)
        broke = [json.loads(line) for line in self.log.read_text(errors="replace").splitlines() if ERROR in line]
        for each in broke[:20]:
            print(each["event"], each.get("exception", "").rpartition("\n")[2], sep=": ")
        print(f"{len(broke)} errors in the log of the web server.")
        return verified.returncode == 0 and not broke


@contextmanager
def site(folder: Path) -> Iterator[Site]:
    """A site while it runs."""
    engines = Engines(folder / "engines", throw_away=True)
    engines.start()
    try:
        environment = {**os.environ, **engines.variables, **SETTINGS, "SECRET_KEY": secret(folder / "key")}
        environment |= {"STATIC_ROOT": str(folder / "static"), "STATIC_HASHED": "no", "TRACKER_ROLE": "command"}
        told = [manage(environment, *command) for command in (("prepare", "--demo"), ("recompute", "--all"))]
        for done in told:
            if done.returncode:
                sys.exit(done.stderr)
        passwords = dict(PASSWORD.findall(told[0].stdout))
        port = free_port()
        log = folder / "web.log"
        web = start(
            [sys.executable, *programs.web(host="127.0.0.1", port=port)],
            log=log,
            pid_file=folder / "web.pid",
            cwd=ROOT,
            env=environment | {"TRACKER_ROLE": "web"},
        )
        try:
            if not wait_until(lambda: answers(port), seconds=90):
                sys.exit(last_lines(log, 40))
            yield Site(f"http://127.0.0.1:{port}", environment, log, passwords)
        finally:
            web.stop((signal.SIGTERM, 10.0))
    finally:
        engines.stop()
        engines.remove()


def answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def manage(environment: dict[str, str], *command: str) -> subprocess.CompletedProcess[str]:
    words = [sys.executable, "manage.py", *command]
    return subprocess.run(words, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
