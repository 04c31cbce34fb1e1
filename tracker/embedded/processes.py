"""Programs that we start, find again after a crash, and stop."""

import contextlib
import errno
import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any


class CannotStart(Exception):
    """One sentence that says what is in the way, and what to do."""


def birth(pid: int) -> str | None:
    """When a running process began, in words that no later process with the same number repeats; None if it is gone."""
    stat = Path(f"/proc/{pid}/stat")
    if Path("/proc/self/stat").exists():
        try:
            # The name, in brackets, may itself hold blanks and brackets.
            fields = stat.read_text(errors="replace").rpartition(")")[2].split()
        except OSError:
            return None
        state, ticks_since_boot = fields[0], fields[19]
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        return None if state in "ZX" else f"{boot} {ticks_since_boot}"
    asked = subprocess.run(["ps", "-o", "stat=,lstart=", "-p", str(pid)], capture_output=True, text=True, check=False)
    state, _, began = asked.stdout.strip().partition(" ")
    return began.strip() or None if not state.startswith("Z") else None


@dataclass
class Running:
    """A program that runs, whether we started it or found it. Leads a process group of its own."""

    pid: int
    born: str | None
    facts: dict[str, Any]
    pid_file: Path
    child: subprocess.Popen[bytes] | None = None

    @property
    def alive(self) -> bool:
        return self.born is not None and birth(self.pid) == self.born

    def stop(self, *signals_and_patience: tuple[signal.Signals, float]) -> None:
        """Ask with each signal in turn, waiting the seconds beside it; then end whatever is left."""
        for asked, patience in signals_and_patience:
            if self.alive:
                os.kill(self.pid, asked)
                wait_until(lambda: not self.alive, seconds=patience)
        self.kill()

    def kill(self) -> None:
        """End it and all that it started, as a crash would."""
        # Until we wait for our child its number cannot go to another process, so the group is surely its own.
        if self.alive or self.child:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.pid, signal.SIGKILL)
        wait_until(lambda: not self.alive, seconds=5)
        if self.child:
            self.child.wait()
            self.child = None
        self.pid_file.unlink(missing_ok=True)


def start(
    command: Sequence[str | Path],
    *,
    log: Path,
    pid_file: Path,
    facts: Mapping[str, Any] | None = None,
    **popen: Any,
) -> Running:
    """Start a program with its output in `log`, and note it in `pid_file` for whoever comes after us."""
    with os.fdopen(os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, mode=0o600), "ab") as output:
        # A session of its own: Ctrl-C in the terminal is for run.py, which then stops things in their order.
        child = subprocess.Popen(
            [str(word) for word in command],
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            **{"stdin": subprocess.DEVNULL, **popen},
        )
    running = Running(child.pid, birth(child.pid), dict(facts or {}), pid_file, child)
    pid_file.write_text(json.dumps({"pid": running.pid, "born": running.born, "facts": running.facts}))
    return running


def noted(pid_file: Path) -> Running | None:
    """The program that a run noted last, whether or not it still runs."""
    try:
        note = json.loads(pid_file.read_text())
        return Running(note["pid"], note["born"], note["facts"], pid_file)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def found(pid_file: Path) -> Running | None:
    """What an earlier run left running; None if it is gone, even where its number was given to another process."""
    left = noted(pid_file)
    return left if left and left.alive else None


def wait_until(reached: Callable[[], bool], *, seconds: float) -> bool:
    """Look every few hundredths of a second. False when the time is up."""
    deadline = time.monotonic() + seconds
    while not reached():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.03)
    return True


def free_port() -> int:
    """A port that the kernel says is free on the loopback address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def port_is_taken(port: int) -> bool:
    with socket.socket() as probe:
        # What the server will do as well: a port in TIME_WAIT is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            return error.errno == errno.EADDRINUSE
    return False


def stop_signals_interrupt() -> None:
    """Let SIGTERM and a closed terminal end us as Ctrl-C does: by KeyboardInterrupt."""
    for asked in (signal.SIGTERM, signal.SIGHUP):
        # Under nohup a closed terminal means nothing, and should go on meaning nothing.
        if signal.getsignal(asked) != signal.SIG_IGN:
            signal.signal(asked, signal.default_int_handler)


def stop_signals_wait() -> None:
    """From here on we are stopping; a second Ctrl-C shall not leave half of it behind."""
    for asked in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(asked, signal.SIG_IGN)


def last_lines(log: Path, count: int = 12) -> str:
    """The end of a log, for showing why something failed."""
    try:
        with log.open("rb") as file:
            file.seek(max(0, log.stat().st_size - 8192))
            lines: Iterable[str] = file.read().decode(errors="replace").splitlines()[-count:]
    except OSError:
        return ""
    return "\n".join(lines)
