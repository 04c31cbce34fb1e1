"""What the project checks on itself, in one go. Used by `run.py test`."""

import os
import secrets
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import IO, Final, NamedTuple

from tracker.embedded import CannotStart, Engines
from tracker.embedded.processes import stop_signals_interrupt, stop_signals_wait
from tracker.progress import Stop, disk_full, say

ROOT: Final = Path(__file__).resolve().parent.parent
PROGRAMS: Final = Path(sys.executable).parent
# The longest a check may take before it counts as one that hangs; pytest watches each test by itself besides.
LONGEST_SECONDS: Final = 60 * 60
PATIENCE_SECONDS: Final = 20
# What runs beside all else. Tests of faults wait more than they work, so that two cores are enough for three lanes.
IN_A_BROWSER: Final = ["tests/browser"]
OF_THE_API: Final = ["tests/api"]
OF_FAULTS: Final = ["tests/faults"]
OF_RULE_FILES_AND_SERVERS: Final = [
    "tests/agreement",
    "tests/importing",
    "tests/exporting",
    "tests/clients",
    "tests/deploy",
    "tests/tracker",
]


class Check(NamedTuple):
    name: str
    command: list[str]


class Result(NamedTuple):
    name: str
    code: int
    seconds: float


def pytest(name: str, *arguments: str) -> Check:
    return Check(name, [sys.executable, "-m", "pytest", *arguments])


OURS: Final = ("clients", "manage.py", "parties", "provisions", "run.py", "tracker")
QUICK: Final = [
    Check("ruff check", [f"{PROGRAMS}/ruff", "check"]),
    Check("ruff format", [f"{PROGRAMS}/ruff", "format", "--check"]),
    Check("bandit", [f"{PROGRAMS}/bandit", "--quiet", "--configfile", "pyproject.toml", "--recursive", *OURS]),
]
SLOWER: Final = [
    Check("types", [f"{PROGRAMS}/mypy"]),
    Check("import direction", [f"{PROGRAMS}/lint-imports"]),
    Check("missing migrations", [sys.executable, "manage.py", "makemigrations", "--check", "--dry-run"]),
]


def run_checks(for_pytest: list[str]) -> int:
    """Run all of them, even after one fails. 0 if every one passed, else 1.

    They go in three lanes, one beside the other; arguments for pytest make one run of all its tests.
    """
    stop_signals_interrupt()
    folder = Path(tempfile.mkdtemp(prefix="tracker-checks-"))
    engines = Engines(folder, throw_away=True)
    checks = Checks()
    try:
        engines.start()
        checks.environment |= {
            **engines.variables,
            "SECRET_KEY": secrets.token_urlsafe(36),
            "MIGRATED_DATABASE": str(folder / "migrated.dump"),
        }
        results = [checks.run(check) for check in QUICK]
        if for_pytest:
            results += [checks.run(check) for check in (*SLOWER, pytest("pytest", *for_pytest))]
        else:
            second = [pytest("pytest in a browser", *IN_A_BROWSER), pytest("pytest of the API", *OF_THE_API)]
            third = [
                pytest("pytest of faults", *OF_FAULTS),
                pytest("pytest of rule, files and servers", *OF_RULE_FILES_AND_SERVERS),
            ]
            lanes = [Beside(checks, of_these, folder / name) for name, of_these in (("2", second), ("3", third))]
            elsewhere = (*IN_A_BROWSER, *OF_THE_API, *OF_FAULTS, *OF_RULE_FILES_AND_SERVERS)
            all_else = pytest("pytest of all else", *(f"--ignore={each}" for each in elsewhere))
            results += [checks.run(check) for check in (*SLOWER, all_else)]
            for lane in lanes:
                results += lane.results()
    except CannotStart as reason:
        raise Stop(disk_full(str(reason)) or str(reason)) from None
    finally:
        stop_signals_wait()
        checks.end()
        engines.stop()
        engines.remove()
    say()
    for name, code, seconds in results:
        say(f"{'passed' if code == 0 else 'FAILED'}  {seconds:6.1f} s  {name}")
    return 1 if any(result.code for result in results) else 0


class Checks:
    """Runs checks, and ends those that still run when nobody waits for them any more."""

    def __init__(self) -> None:
        self.environment = dict(os.environ)
        self.running: set[subprocess.Popen[bytes]] = set()

    def run(self, check: Check, output: IO[bytes] | None = None) -> Result:
        """Run it and wait for it. What it writes goes to `output`, or is shown as it comes."""
        if output is None:
            say(f"\n--- {check.name}")
        began = time.monotonic()
        process = subprocess.Popen(check.command, cwd=ROOT, env=self.environment, stdout=output, stderr=output)
        self.running.add(process)
        try:
            code = process.wait(timeout=LONGEST_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            code = process.wait()
            say(f"{check.name} was not done after {LONGEST_SECONDS // 60} minutes, and was ended.")
        self.running.discard(process)
        if "pytest" in check.command and code == 5:
            say("No test was collected, and that is no pass: look at the arguments after --.")
        return Result(check.name, code, time.monotonic() - began)

    def end(self) -> None:
        """Interrupt those that still run; pytest then stops the servers that it started."""
        for process in list(self.running):
            process.send_signal(signal.SIGINT)
            try:
                process.wait(timeout=PATIENCE_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


class Beside:
    """Checks that run one after the other beside what else is done. What they write is shown when they are done."""

    def __init__(self, checks: Checks, of_these: list[Check], folder: Path) -> None:
        self.asked = of_these
        self.done: list[tuple[Result, Path]] = []
        folder.mkdir()
        self.thread = threading.Thread(target=self._run, args=(checks, of_these, folder), daemon=True)
        self.thread.start()

    def _run(self, checks: Checks, of_these: list[Check], folder: Path) -> None:
        for number, check in enumerate(of_these):
            written = folder / f"check-{number}"
            with written.open("wb") as output:
                self.done.append((checks.run(check, output), written))

    def results(self) -> list[Result]:
        """Wait for all of them, and show what each wrote."""
        self.thread.join()
        for result, written in self.done:
            say(f"\n--- {result.name}")
            say(written.read_text(errors="replace").rstrip())
        # One that could not even be begun is no pass.
        never_begun = [Result(check.name, 1, 0.0) for check in self.asked[len(self.done) :]]
        return [*(result for result, _ in self.done), *never_begun]
