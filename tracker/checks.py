"""What the project checks on itself, in one go. Used by `run.py test`."""

import os
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from tracker.embedded import CannotStart, Engines
from tracker.embedded.processes import stop_signals_interrupt, stop_signals_wait
from tracker.progress import Stop, disk_full, say

ROOT: Final = Path(__file__).resolve().parent.parent
PROGRAMS: Final = Path(sys.executable).parent
# The longest a check may take before it counts as one that hangs; pytest watches each test by itself besides.
LONGEST_SECONDS: Final = 60 * 60


def checks(for_pytest: list[str]) -> Iterator[tuple[str, list[str]]]:
    """Each check with its command, the quick ones first."""
    yield "ruff check", [f"{PROGRAMS}/ruff", "check"]
    yield "ruff format", [f"{PROGRAMS}/ruff", "format", "--check"]
    yield "types", [f"{PROGRAMS}/mypy"]
    yield "import direction", [f"{PROGRAMS}/lint-imports"]
    yield "missing migrations", [sys.executable, "manage.py", "makemigrations", "--check", "--dry-run"]
    yield "pytest", [sys.executable, "-m", "pytest", *for_pytest]


def run_checks(for_pytest: list[str]) -> int:
    """Run all of them, even after one fails. 0 if every one passed, else 1."""
    stop_signals_interrupt()
    folder = Path(tempfile.mkdtemp(prefix="tracker-checks-"))
    engines = Engines(folder, throw_away=True)
    try:
        engines.start()
        environment = {**os.environ, **engines.variables, "SECRET_KEY": secrets.token_urlsafe(36)}
        results = [run(name, command, environment) for name, command in checks(for_pytest)]
    except CannotStart as reason:
        raise Stop(disk_full(str(reason)) or str(reason)) from None
    finally:
        stop_signals_wait()
        engines.stop()
        engines.remove()
    say()
    for name, code, seconds in results:
        say(f"{'passed' if code == 0 else 'FAILED'}  {seconds:6.1f} s  {name}")
    return 1 if any(code for _, code, _ in results) else 0


def run(name: str, command: list[str], environment: dict[str, str]) -> tuple[str, int, float]:
    say(f"\n--- {name}")
    began = time.monotonic()
    try:
        code = subprocess.run(command, cwd=ROOT, env=environment, check=False, timeout=LONGEST_SECONDS).returncode
    except subprocess.TimeoutExpired:
        code = 1
        say(f"{name} was not done after {LONGEST_SECONDS // 60} minutes, and was ended.")
    if name == "pytest" and code == 5:
        say("No test was collected, and that is no pass: look at the arguments after --.")
    return name, code, time.monotonic() - began
