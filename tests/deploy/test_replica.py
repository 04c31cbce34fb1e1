"""Two web processes and a copy of the record that PostgreSQL keeps by streaming: no reader notices how it lags."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.faults.rig import LINE, PLAN, Rig
from tracker import programs
from tracker.embedded.postgres import Postgres
from tracker.embedded.processes import free_port, wait_until

READ = f"{PLAN}/provisions/{LINE}"


class Replica(Postgres):
    """A hot standby of another server, which writes down each statement that it is asked."""

    def __init__(self, folder: Path, primary: Postgres) -> None:
        folder.mkdir()
        folder.chmod(0o711)
        super().__init__(folder, primary.password, throw_away=True)
        self.primary = primary

    def _create(self, initdb: Path, data: Path, identity: dict[str, Any]) -> None:
        copy = initdb.with_name("pg_basebackup")
        words = [
            str(copy),
            f"--dbname={self.primary.url}",
            f"--pgdata={data}",
            "--write-recovery-conf",
            "--checkpoint=fast",
        ]
        subprocess.run(words, **identity, check=True, capture_output=True, timeout=60)
        with (data / "postgresql.auto.conf").open("a") as settings:
            settings.write("log_statement = 'all'\n")

    def _ensure_database(self) -> None:
        """It has those of the primary."""

    def in_sql(self, statement: str) -> Any:
        with psycopg.connect(self.url, autocommit=True, connect_timeout=10) as server:
            found = server.execute(statement.encode()).fetchone()
        return found and found[0]

    @property
    def asked(self) -> int:
        """How many answers were made of what is in it: each reads in one transaction."""
        return self.log.read_text().count("statement: COMMIT")


class Site(Rig):
    """Two web processes that know a replica; nobody works on levels."""

    def begin(self) -> None:
        self.replica = Replica(self.folder / "replica", self.engines.postgres)
        self.replica.start()
        self.environment["REPLICA_URL"] = self.replica.url
        self.ports = {"web": self.port, "second web": free_port()}
        self.commands["second web"] = programs.web(host="127.0.0.1", port=self.ports["second web"])
        for name in self.commands:
            self.up(name)
        for name in self.ports:
            self.at(name)
            assert wait_until(self.well, seconds=90), self.log_of(name)

    def end(self) -> None:
        super().end()
        self.replica.stop()

    def at(self, name: str) -> None:
        """Ask this web process from here on."""
        self.port = self.ports[name]

    def read(self) -> Any:
        """The line as each web process tells it; all of them alike."""
        answers = []
        for name in self.ports:
            self.at(name)
            status, _, told = self.ask("GET", READ, Host="localhost")
            assert status == 200, (told, self.log_of(name))
            answers.append(json.loads(told))
        assert answers[0] == answers[1]
        return answers[0]

    def edit(self, name: str) -> Any:
        """Change the line through a web process; the line as it is from then on."""
        found = self.read()
        self.at(name)
        body = {"note": f"{found['note'] or ''} {name}", "version": found["version"], "reason": "The replica."}
        status, _, told = self.ask("PATCH", READ, body, Host="localhost")
        assert status == 200, told
        return {key: value for key, value in json.loads(told).items() if key in found}

    def replica_has_caught_up(self) -> bool:
        ours = self.in_sql("SELECT pg_current_wal_lsn()::text")[0][0]
        return bool(self.replica.in_sql(f"SELECT pg_last_wal_replay_lsn() >= '{ours}'"))


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    site = Site(tmp_path_factory.mktemp("site"))
    yield site
    site.end()


def test_what_was_saved_is_read_at_once_everywhere_however_far_the_replica_is(site: Site):
    for number in range(12):
        # Every third time it stands still meanwhile.
        site.replica.in_sql(f"SELECT pg_wal_replay_{'pause' if number % 3 == 0 else 'resume'}()")
        saved = site.edit(("web", "second web")[number % 2])
        assert site.read() == saved
    site.replica.in_sql("SELECT pg_wal_replay_resume()")


def test_a_replica_that_has_caught_up_is_asked_in_the_place_of_the_primary(site: Site):
    saved = site.edit("web")
    assert wait_until(site.replica_has_caught_up, seconds=30)
    before = site.replica.asked
    assert site.read() == saved
    assert site.replica.asked == before + 2
    # What is kept is told again without anybody being asked.
    assert site.read() == saved
    assert site.replica.asked == before + 2


def test_a_replica_that_is_away_is_passed_over(site: Site):
    site.replica.stop()
    try:
        saved = site.edit("web")
        assert site.read() == saved
    finally:
        site.replica.start()
    assert site.edit("second web") == site.read()
