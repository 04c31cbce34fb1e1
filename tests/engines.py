"""A throw-away PostgreSQL and Valkey for the test run, started when the first test asks for them.

pytest loads this by `-p tests.engines`, because Django reads its settings before any conftest is there.
"""

import gc
import os
import secrets
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from redis import Redis

from tracker.embedded import Engines
from tracker.embedded.processes import Running, birth, last_lines, start, wait_until
from tracker.embedded.valkey import Valkey

PREFIX = "tracker-tests-"
ROOT = Path(__file__).resolve().parent.parent

# What thousands of tests import and compile stays to the end; to look through it again and again for garbage took a
# tenth of the time.
gc.set_threshold(100_000, 50, 100)

engines_key = pytest.StashKey[Engines]()


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> None:
    remove_what_killed_runs_left()
    folder = Path(tempfile.mkdtemp(prefix=PREFIX))
    (folder / "owner").write_text(f"{os.getpid()}\n{birth(os.getpid())}")
    (folder / "static").mkdir()
    engines = Engines(folder, throw_away=True)
    early_config.stash[engines_key] = engines
    os.environ |= {
        **engines.variables,
        "SECRET_KEY": secrets.token_urlsafe(36),
        "TRACKER_ROLE": "web",
        # Hashed names need a collectstatic first; everything else is as it is for readers.
        # Counted, and never reached.
        "API_LIMIT_ANONYMOUS": "1000000",
        "API_LIMIT_KEY": "1000000",
        "STATIC_HASHED": "no",
        "STATIC_ROOT": str(folder / "static"),
    }


def pytest_unconfigure(config: pytest.Config) -> None:
    if engines := config.stash.get(engines_key, None):
        engines.stop()
        engines.remove()


def remove_what_killed_runs_left() -> None:
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        owner = folder / "owner"
        if not os.access(folder, os.W_OK) or not owner.exists():
            continue
        pid, _, born = owner.read_text().partition("\n")
        if birth(int(pid)) != born:
            Engines(folder, throw_away=True).remove()


@pytest.fixture(scope="session")
def engines(pytestconfig: pytest.Config) -> Engines:
    """PostgreSQL and Valkey, running. Whoever asks for the database asks for them."""
    engines = pytestconfig.stash[engines_key]
    engines.start()
    return engines


@pytest.fixture
def valkey(engines: Engines) -> Iterator[Valkey]:
    """The Valkey of the test run, to `kill()` and `start()`; it answers again when the test is over."""
    yield engines.valkey
    if engines.valkey.running is None:
        engines.valkey.start()


class Celery:
    """Celery processes over the test database, each started by a call and ended with the test at the latest."""

    def __init__(self, engines: Engines, folder: Path, *command: str, ready: str, **variables: str) -> None:
        from django.db import connection

        server, _, _ = engines.postgres.url.rpartition("/")
        self.environment = {
            **os.environ,
            "DATABASE_URL": f"{server}/{connection.settings_dict['NAME']}",
            "TRACKER_ROLE": "worker",
            **variables,
        }
        self.folder = folder
        self.command = [sys.executable, "-m", "celery", "--app=tracker", *command]
        self.ready = ready
        self.started: list[Running] = []

    def __call__(self) -> Running:
        """Start one more and wait until it is at work. It has `stop()`, `kill()` and `alive`."""
        name = f"{self.command[4]}-{len(self.started)}"
        log = self.folder / f"{name}.log"
        process = start(self.command, log=log, pid_file=log.with_suffix(".pid"), cwd=ROOT, env=self.environment)
        self.started.append(process)
        wait_until(lambda: self.ready in log.read_text() or not process.alive, seconds=60)
        assert process.alive, last_lines(log, 60)
        assert self.ready in log.read_text(), last_lines(log, 60)
        return process

    def log_of(self, process: Running) -> str:
        """What one of them has logged so far."""
        return (self.folder / f"{self.command[4]}-{self.started.index(process)}.log").read_text()

    def end(self) -> None:
        for process in self.started:
            process.kill()


def forget_rings() -> None:
    """Tests without a worker ring as well, and hundreds of jobs for plans that are gone would come first."""
    from django.conf import settings

    with Redis.from_url(settings.CELERY_BROKER_URL) as broker:
        broker.flushdb()


@pytest.fixture
def worker(engines: Engines, transactional_db: None, tmp_path: Path) -> Iterator[Celery]:
    """`worker()` starts a Celery worker."""
    forget_rings()
    workers = Celery(engines, tmp_path, "worker", "--concurrency=1", "--loglevel=INFO", ready=" ready.")
    yield workers
    workers.end()


@pytest.fixture
def beat(engines: Engines, transactional_db: None, tmp_path: Path) -> Iterator[Celery]:
    """`beat()` starts a Celery beat that rings the sweep every second."""
    beats = Celery(engines, tmp_path, "beat", "--loglevel=INFO", ready="beat: Starting", SWEEP_SECONDS="1")
    yield beats
    beats.end()
