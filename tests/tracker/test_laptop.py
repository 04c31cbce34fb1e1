import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

import pytest

from tracker import laptop
from tracker.embedded.processes import birth, found, free_port, wait_until

ROOT = Path(__file__).resolve().parents[2]
PROGRAMS = ("web", "worker", "beat")

SERVE = """
import sys
from pathlib import Path
from tracker import laptop
from tracker.progress import plain_endings
with plain_endings():
    laptop.serve(Path(sys.argv[1]), port=int(sys.argv[2]), demo=False)
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Where the runs of this module put all that they make, as the runs in one checkout do."""
    local = tmp_path_factory.mktemp("checkout") / "local"
    yield local
    laptop.reset(local, sure=True)
    assert not local.exists()


@contextmanager
def laptop_run(folder: Path, port: int) -> Iterator[subprocess.Popen[str]]:
    """What run.py does inside its virtual environment, in a process of its own."""
    own = {"STATIC_ROOT": str(folder.with_name("static")), "DATABASE_URL": "", "REDIS_URL": ""}
    run = subprocess.Popen(
        [sys.executable, "-c", SERVE, str(folder), str(port)],
        cwd=ROOT,
        env={**os.environ, **own},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    with run:
        yield run
        run.kill()


def said(run: subprocess.Popen[str], *, until: str) -> str:
    """All it says up to the words that are waited for."""
    assert run.stdout
    lines = []
    for line in run.stdout:
        lines.append(line)
        if until in line:
            return "".join(lines)
    raise AssertionError("".join(lines))


def test_it_answers_when_it_says_so_survives_a_kill_and_leaves_nothing_running(folder):
    port = free_port()
    with laptop_run(folder, port) as first:
        said(first, until=f"answers at http://127.0.0.1:{port}/")
        with urlopen(f"http://127.0.0.1:{port}/readyz") as answer:
            assert answer.status == 200
        left_behind = {name: found(folder / f"{name}.pid") for name in PROGRAMS}
        database = found(folder / "engines" / "postgres.pid")
        first.send_signal(signal.SIGKILL)
        first.wait()
    assert all(left.alive for left in left_behind.values())

    with laptop_run(folder, port) as second:
        said(second, until="answers at")
        assert not any(left.alive for left in left_behind.values())
        assert found(folder / "engines" / "postgres.pid") == database
        second.send_signal(signal.SIGTERM)
        said(second, until="Stopped.")
        assert second.wait(timeout=30) == 0
    assert birth(database.pid) is None
    assert not list(folder.rglob("*.pid"))


def test_a_program_that_ends_by_itself_ends_the_run_and_shows_why(folder):
    with laptop_run(folder, free_port()) as run:
        said(run, until="answers at")
        os.kill(found(folder / "beat.pid").pid, signal.SIGKILL)
        assert "The beat process ended by itself" in said(run, until="the end of its log")
        assert run.wait(timeout=30) == 1
    assert wait_until(lambda: not list(folder.rglob("*.pid")), seconds=1)


def test_a_taken_port_is_one_sentence(folder):
    with socket.create_server(("127.0.0.1", 0)) as somebody:
        port = somebody.getsockname()[1]
        with laptop_run(folder, port) as run:
            sentence = said(run, until="taken")
            assert sentence.strip() == (
                f"Port {port} is taken: end what uses it, or choose another, as in run.py --port {port + 1}."
            )
            assert run.wait(timeout=30) == 1
