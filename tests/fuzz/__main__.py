"""Ask the API what nobody would: `python -m tests.fuzz` runs schemathesis against the site as it runs in production.

It starts engines of its own with the demonstration plans and the web server, asks in the name of nobody, of an analyst
and of an administrator, and prints what was found. Afterwards the record must still say what its log tells.

schemathesis has an environment of its own, because it brings a pytest plugin: CONTRIBUTING.md says how to make it.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tracker import programs
from tracker.embedded import Engines
from tracker.embedded.engines import secret
from tracker.embedded.processes import free_port, last_lines, start, wait_until

ROOT = Path(__file__).resolve().parents[2]
CONFIGURATION = Path(__file__).with_name("schemathesis.toml")
# By role the user of the demonstration; nobody has no key.
ROLES = {"anonymous": None, "analyst": "analyst", "administrator": "admin"}
SCOPES = ("read", "propose", "edit", "webhooks")
# Nothing is to be refused for coming too often, or to take time for nothing; there is no worker, so nothing is sent.
SETTINGS = {"API_LIMIT_ANONYMOUS": "0", "API_LIMIT_KEY": "0", "API_WAITERS": "0", "LOG_JSON": "yes"}
# As the log says that something broke.
ERROR = '"level": "error"'


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=200, help="of each operation, in each role (%(default)s)")
    parser.add_argument("--seed", type=int, default=20261127, help="the same again with the same one (%(default)s)")
    parser.add_argument("--role", choices=ROLES, action="append", help="only this one; may be repeated")
    parser.add_argument("--with", dest="program", default="st", help="where schemathesis is (%(default)s)")
    asked = parser.parse_args()
    program = shutil.which(asked.program)
    if program is None:
        sys.exit(f"There is no {asked.program}: CONTRIBUTING.md says how to get schemathesis.")
    with tempfile.TemporaryDirectory() as name, site(Path(name)) as (address, environment, log):
        sound = [
            ask(role, program, address, environment, Path(name), cases=asked.cases, seed=asked.seed)
            for role in asked.role or ROLES
        ]
        manage(environment, "recompute", "--all")
        verified = manage(environment, "verify")
        print(verified.stdout + verified.stderr)
        sound.append(verified.returncode == 0)
        broke = [line for line in log.read_text(errors="replace").splitlines() if ERROR in line]
        print("\n".join([*broke[:20], f"{len(broke)} errors in the log of the web server."]))
        sound.append(not broke)
    sys.exit(0 if all(sound) else 1)


@contextmanager
def site(folder: Path) -> Iterator[tuple[str, dict[str, str], Path]]:
    """The address of the site, while it runs, the environment of its commands, and its log."""
    engines = Engines(folder / "engines", throw_away=True)
    engines.start()
    try:
        environment = {**os.environ, **engines.variables, **SETTINGS, "SECRET_KEY": secret(folder / "key")}
        environment |= {"STATIC_ROOT": str(folder / "static"), "STATIC_HASHED": "no", "TRACKER_ROLE": "command"}
        for command in (("prepare", "--demo"), ("recompute", "--all")):
            done = manage(environment, *command)
            if done.returncode:
                sys.exit(done.stderr)
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
            yield f"http://127.0.0.1:{port}", environment, log
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


def ask(
    role: str, program: str, address: str, environment: dict[str, str], folder: Path, *, cases: int, seed: int
) -> bool:
    """Ask in the name of a role, and say what came of it; whether nothing was found."""
    given = []
    if user := ROLES[role]:
        scopes = [f"--scope={scope}" for scope in SCOPES]
        key = manage(environment, "api_key", user, "--name=fuzz", *scopes).stdout.splitlines()[0]
        given = ["--header", f"Authorization: Bearer {key}"]
    report = folder / f"{role}.json"
    began = time.monotonic()
    done = subprocess.run(
        [
            *(program, "--no-color", "--config-file", str(CONFIGURATION)),
            *("run", f"{address}/api/v1/openapi.json", *given),
            *(f"--max-examples={cases}", f"--seed={seed}", "--workers=1"),
            *("--report=json", f"--report-json-path={report}"),
        ],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        print(done.stdout)
    print(f"{role}: {summary(report)}, {time.monotonic() - began:.0f} s", flush=True)
    return done.returncode == 0


def summary(report: Path) -> str:
    if not report.exists():
        return "it came to nothing"
    told: dict[str, Any] = json.loads(report.read_text())
    found = {each["type"]: each["count"] for each in told["failures"]}
    errors = sum(each["count"] for each in told["errors"])
    return (
        f"{told['test_cases']['generated']:,} cases of {told['operations']['tested']} operations, "
        f"{sum(found.values())} failures, {errors} errors, {found.get('ServerError', 0)} answers of 500 or above"
    )


if __name__ == "__main__":
    main()
