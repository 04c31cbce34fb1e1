"""The whole tracker on one machine: engines, web, worker and beat, started and stopped together. Used by run.py."""

import contextlib
import http.client
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Final

from tracker import programs
from tracker.embedded import CannotStart, Engines
from tracker.embedded.engines import note_environment, secret, sole_use
from tracker.embedded.processes import (
    Running,
    found,
    last_lines,
    port_is_taken,
    start,
    stop_signals_interrupt,
    stop_signals_wait,
    wait_until,
)
from tracker.progress import Stop, disk_full, say, step

ROOT: Final = Path(__file__).resolve().parent.parent

# Asked to finish what it does, then told to drop it: a task that was dropped is rung again by the sweep.
GENTLY: Final = ((signal.SIGTERM, 10.0), (signal.SIGQUIT, 3.0))


def serve(folder: Path, *, port: int, demo: bool) -> None:
    """Start everything, with all that it makes in `folder`; say where it answers; stop everything when asked to."""
    stop_signals_interrupt()
    site = Laptop(folder, port=port)
    try:
        with sole_use(folder / "lock"):
            try:
                site.start(demo=demo)
                with contextlib.suppress(KeyboardInterrupt):
                    say(f"\nThe tracker answers at http://127.0.0.1:{port}/ (Ctrl-C stops it; logs are in {site.logs})")
                    site.watch()
            finally:
                stop_signals_wait()
                site.stop()
    except CannotStart as reason:
        raise Stop(disk_full(str(reason)) or str(reason)) from None


def reset(folder: Path, *, sure: bool) -> None:
    """Delete what earlier runs made in `folder`."""
    if not sure and answer(f"Delete the database and everything else in {folder}? Write yes: ") != "yes":
        say("Nothing was deleted.")
        return
    try:
        with sole_use(folder / "lock"):
            stop_left_overs(folder)
            Engines(folder / "engines").remove()
            shutil.rmtree(folder)
    except CannotStart as reason:
        raise Stop(str(reason)) from None
    say("Deleted. The next start makes everything anew.")


def answer(question: str) -> str:
    """What the person writes; nothing where nobody is there to write."""
    try:
        return input(question).strip()
    except EOFError:
        return ""


class Laptop:
    """Everything that run.py keeps running."""

    def __init__(self, folder: Path, *, port: int) -> None:
        self.folder = folder
        self.logs = folder / "logs"
        self.logs.mkdir(parents=True, exist_ok=True)
        self.port = port
        self.engines = Engines(folder / "engines", given=os.environ)
        self.programs: dict[str, Running] = {}

    def start(self, *, demo: bool) -> None:
        stop_left_overs(self.folder)
        if port_is_taken(self.port):
            raise Stop(
                f"Port {self.port} is taken: end what uses it, or choose another, as in run.py --port {self.port + 1}."
            )
        with step("Starting PostgreSQL and Valkey"):
            self.engines.start()
        environment = self._environment()
        prepare = ["prepare", "--verbosity=0", *(["--demo"] if demo else [])]
        # It shows its own progress, where there is much to do.
        say("Preparing the database")
        prepared = subprocess.run(
            [sys.executable, "manage.py", *prepare], cwd=ROOT, env=environment, check=False, start_new_session=True
        )
        if prepared.returncode:
            raise Stop("The database could not be prepared; the lines above say why.")
        with step("Starting web, worker and beat"):
            self._start_program("web", environment)
            self._wait_for_an_answer()
            self._start_program("worker", environment)
            self._start_program("beat", environment)

    def watch(self) -> None:
        """Go on until we are interrupted; complain when one of the programs ends by itself."""
        while True:
            time.sleep(0.5)
            self._complain_of_the_dead()

    def stop(self) -> None:
        if self.programs:
            say("\nStopping ...")
        for program in self.programs.values():
            if program.alive:
                os.kill(program.pid, signal.SIGTERM)
        for program in self.programs.values():
            program.stop(*GENTLY)
        self.engines.stop()
        if self.programs:
            say("Stopped.")

    def _environment(self) -> dict[str, str]:
        """What the site is told: what the person set, and what we made for the rest."""
        key = os.environ.get("SECRET_KEY") or secret(self.folder / "secret-key")
        ours = {**self.engines.variables, "SECRET_KEY": key}
        note_environment(self.folder / "env", ours)
        return {**os.environ, **ours, "TRACKER_ROLE": "command"}

    def _start_program(self, name: str, environment: dict[str, str]) -> None:
        web = programs.web(host="127.0.0.1", port=self.port)
        words = {"web": web, "worker": programs.WORKER, "beat": programs.BEAT}[name]
        log = self.logs / f"{name}.log"
        log.unlink(missing_ok=True)
        role = "web" if name == "web" else "worker"
        own_environment = {**environment, "TRACKER_ROLE": role}
        self.programs[name] = start(
            [sys.executable, *words], log=log, pid_file=self.folder / f"{name}.pid", cwd=ROOT, env=own_environment
        )

    def _wait_for_an_answer(self) -> None:
        def answers() -> bool:
            self._complain_of_the_dead()
            # Not by urllib, which would ask a proxy where one is set.
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
            try:
                connection.request("GET", "/readyz")
                return connection.getresponse().status == 200
            except (OSError, http.client.HTTPException):
                return False
            finally:
                connection.close()

        if not wait_until(answers, seconds=60):
            raise Stop(
                f"The site did not answer within a minute; the end of its log:\n{last_lines(self.logs / 'web.log')}"
            )

    def _complain_of_the_dead(self) -> None:
        for name, program in self.programs.items():
            if not program.alive:
                lines = last_lines(self.logs / f"{name}.log")
                raise Stop(disk_full(lines) or f"The {name} process ended by itself; the end of its log:\n{lines}")


def stop_left_overs(folder: Path) -> None:
    """End what a killed run left behind. The engines are not among it: they are taken over."""
    for left in filter(None, map(found, folder.glob("*.pid"))):
        left.stop(*GENTLY)
