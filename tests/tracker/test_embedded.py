import os
import signal
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from tracker.embedded import CannotStart, Engines
from tracker.embedded.engines import secret
from tracker.embedded.processes import birth, found, wait_until
from tracker.ping import redis_answers

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def folder(tmp_path):
    yield tmp_path / "kept"
    Engines(tmp_path / "kept" / "engines").remove()


def keep_engines(folder: Path) -> subprocess.Popen[str]:
    keeper = subprocess.Popen(
        [sys.executable, "-m", "tracker.embedded", str(folder)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert keeper.stdout
    assert "answer" in keeper.stdout.readline()
    return keeper


def noted(folder: Path) -> dict[str, str]:
    return dict(line.split("=", 1) for line in (folder / "env").read_text().splitlines())


def test_what_was_written_outlives_a_kill_and_the_servers_are_taken_over(folder):
    keeper = keep_engines(folder)
    with psycopg.connect(noted(folder)["DATABASE_URL"]) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 28 AS points")
    server = found(folder / "engines" / "postgres.pid")
    keeper.kill()
    keeper.wait()

    keeper = keep_engines(folder)
    assert found(folder / "engines" / "postgres.pid") == server
    with psycopg.connect(noted(folder)["DATABASE_URL"]) as connection:
        assert connection.execute("SELECT points FROM kept").fetchone() == (28,)
    assert redis_answers(noted(folder)["REDIS_URL"])

    keeper.send_signal(signal.SIGTERM)
    assert keeper.wait(timeout=30) == 0
    assert birth(server.pid) is None
    assert not list((folder / "engines").glob("*.pid"))


def test_postgresql_that_was_killed_starts_again_with_its_data(folder):
    engines = Engines(folder / "engines")
    engines.start()
    with psycopg.connect(engines.postgres.url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 28 AS points")
    os.kill(engines.postgres.running.pid, signal.SIGKILL)
    assert wait_until(lambda: not engines.postgres.running.alive, seconds=5)
    engines.stop()

    engines = Engines(folder / "engines")
    engines.start()
    with psycopg.connect(engines.postgres.url) as connection:
        assert connection.execute("SELECT points FROM kept").fetchone() == (28,)
    engines.stop()


def test_a_process_that_got_the_number_of_a_killed_server_is_no_obstacle(folder):
    keeper = keep_engines(folder)
    keeper.kill()
    keeper.wait()
    killed = found(folder / "engines" / "postgres.pid")
    os.kill(killed.pid, signal.SIGKILL)
    assert wait_until(lambda: not killed.alive, seconds=5)

    engines = Engines(folder / "engines")
    account = engines.postgres.account
    with subprocess.Popen(["sleep", "60"], user=account.uid if account else None) as stranger:
        for note in (engines.postgres.pid_file, engines.postgres.home / "data" / "postmaster.pid"):
            note.write_text(note.read_text().replace(str(killed.pid), str(stranger.pid), 1))
        engines.start()
        assert stranger.poll() is None
        engines.stop()
        stranger.kill()


def test_a_data_folder_that_was_left_half_made_is_made_anew(folder):
    engines = Engines(folder / "engines")
    half_made = engines.postgres.home / "data-unfinished"
    half_made.mkdir()
    (half_made / "PG_VERSION").write_text("18")
    engines.start()
    assert not half_made.exists()
    engines.stop()


def test_two_runs_do_not_share_a_folder(folder):
    first = Engines(folder / "engines")
    first.start()
    with pytest.raises(CannotStart, match=f"^Process {os.getpid()} runs it already"):
        Engines(folder / "engines").start()
    first.stop()


def test_an_address_that_is_given_starts_no_server_of_ours(folder):
    engines = Engines(folder / "engines", given={"DATABASE_URL": "postgresql://elsewhere/db", "REDIS_URL": ""})
    engines.start()
    assert list(engines.variables) == ["REDIS_URL"]
    assert engines.postgres.running is None
    engines.stop()


def test_the_servers_open_to_nobody_without_the_password(engines):
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(engines.postgres.url.replace(engines.postgres.password, "guess"))
    assert not redis_answers(f"redis://127.0.0.1:{engines.valkey.port}")


def test_a_secret_is_made_once_and_only_we_can_read_it(tmp_path):
    made = secret(tmp_path / "key")
    assert secret(tmp_path / "key") == made
    assert len(made) > 40
    assert (tmp_path / "key").stat().st_mode & 0o077 == 0
