"""Both engines together, in one folder."""

import fcntl
import os
import secrets
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import IO

from tracker.embedded.postgres import FAST_THEN_IMMEDIATE, Postgres, other_account
from tracker.embedded.processes import CannotStart, found
from tracker.embedded.valkey import Valkey


class Engines:
    """PostgreSQL and Valkey for one folder, but for those whose address is given. Ours are known before they start."""

    def __init__(self, folder: Path, *, throw_away: bool = False, given: Mapping[str, str] | None = None) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if other_account():
            # PostgreSQL has to get through to its own folder; it cannot look around here, and no file is open to it.
            folder.chmod(0o711)
        self.folder = folder
        password = secret(folder / "password")
        self.postgres = Postgres(folder, password, throw_away=throw_away)
        self.valkey = Valkey(folder, password)
        servers: dict[str, Postgres | Valkey] = {"DATABASE_URL": self.postgres, "REDIS_URL": self.valkey}
        self._ours = {name: server for name, server in servers.items() if not (given or {}).get(name)}
        self._lock: IO[str] | None = None

    @property
    def variables(self) -> dict[str, str]:
        """What the rest of the project reads from its environment to find them."""
        return {name: server.url for name, server in self._ours.items()}

    def start(self) -> None:
        self._lock = sole_use(self.folder / "lock")
        for server in self._ours.values():
            server.start()

    def stop(self) -> None:
        for server in self._ours.values():
            server.stop()
        if self._lock:
            self._lock.close()

    def remove(self) -> None:
        """Delete all that they kept, after ending what a killed run left running."""
        with sole_use(self.folder / "lock"):
            for left in filter(None, map(found, self.folder.glob("*.pid"))):
                left.stop(*FAST_THEN_IMMEDIATE)
            shutil.rmtree(self.postgres.home)
            shutil.rmtree(self.folder)


def sole_use(file: Path) -> IO[str]:
    """A lock on a file for as long as this process lives or until it is closed, even if the process is killed."""
    lock = file.open("a+")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        lock.seek(0)
        holder = lock.read().strip()
        raise CannotStart(f"Process {holder} runs it already from this folder; stop that one first.") from None
    lock.truncate(0)
    lock.write(str(os.getpid()))
    lock.flush()
    return lock


def secret(file: Path) -> str:
    """The secret in a file that only we can read; made up on first use."""
    if not file.exists():
        _write_for_us_alone(file, secrets.token_urlsafe(36))
    return file.read_text()


def note_environment(file: Path, variables: Mapping[str, str]) -> None:
    """Write variables as lines that both a shell and tracker.env can read."""
    _write_for_us_alone(file, "".join(f"{name}={value}\n" for name, value in variables.items()))


def _write_for_us_alone(file: Path, content: str) -> None:
    unfinished = file.with_name(f"{file.name}.{os.getpid()}")
    unfinished.touch(mode=0o600)
    unfinished.write_text(content)
    unfinished.replace(file)
