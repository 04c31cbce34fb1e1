import json
import os
import signal
import socket
import sys

import pytest

from tracker.embedded.postgres import Account
from tracker.embedded.processes import birth, found, free_port, last_lines, port_is_taken, start, wait_until

SLEEPER = [sys.executable, "-c", "import time; time.sleep(60)"]
DEAF = [
    sys.executable,
    "-c",
    "import signal, time; signal.signal(15, signal.SIG_IGN); print('deaf', flush=True); time.sleep(60)",
]
FAMILY = [sys.executable, "-c", "import os, time; print(os.fork(), flush=True); time.sleep(60)"]


@pytest.fixture
def started(tmp_path):
    running = []

    def begin(command):
        running.append(start(command, log=tmp_path / "log", pid_file=tmp_path / "pid", facts={"port": 1}))
        return running[-1]

    yield begin
    for program in running:
        program.kill()


def test_a_program_is_found_again_by_whoever_comes_later(started, tmp_path):
    program = started(SLEEPER)
    again = found(tmp_path / "pid")
    assert (again.pid, again.facts, again.alive) == (program.pid, {"port": 1}, True)


def test_a_program_that_ended_is_not_found(started, tmp_path):
    program = started([sys.executable, "-c", ""])
    assert wait_until(lambda: not program.alive, seconds=10)
    assert found(tmp_path / "pid") is None


def test_a_number_that_went_to_another_process_is_left_alone(tmp_path):
    note = tmp_path / "pid"
    note.write_text(json.dumps({"pid": os.getpid(), "born": "at another time", "facts": {}}))
    assert found(note) is None


@pytest.mark.parametrize("nonsense", ["", "17", "[]", "{}", '{"pid": 1}'])
def test_a_note_that_was_half_written_is_no_program(tmp_path, nonsense):
    (tmp_path / "pid").write_text(nonsense)
    assert found(tmp_path / "pid") is None


def test_who_does_not_listen_is_ended_all_the_same(started, tmp_path):
    program = started(DEAF)
    assert wait_until(lambda: "deaf" in last_lines(tmp_path / "log"), seconds=10)
    program.stop((signal.SIGTERM, 0.2))
    assert not program.alive
    assert not (tmp_path / "pid").exists()


def test_its_children_end_with_it_even_when_it_died_first(started, tmp_path):
    program = started(FAMILY)
    assert wait_until(lambda: last_lines(tmp_path / "log") != "", seconds=10)
    child = max(int(line) for line in last_lines(tmp_path / "log").split())
    os.kill(program.pid, signal.SIGKILL)
    program.stop((signal.SIGTERM, 0.2))
    assert wait_until(lambda: birth(child) is None, seconds=5)


def test_a_port_is_taken_while_somebody_listens():
    port = free_port()
    assert not port_is_taken(port)
    with socket.create_server(("127.0.0.1", port)):
        assert port_is_taken(port)


def test_what_a_program_says_is_for_us_alone(started, tmp_path):
    started(SLEEPER)
    assert (tmp_path / "log").stat().st_mode & 0o077 == 0


def test_another_account_reaches_a_folder_only_where_every_step_lets_it(tmp_path):
    stranger = Account("stranger", uid=54321, gid=54321)
    inner = tmp_path / "outer" / "inner"
    inner.mkdir(parents=True)
    open_way = stranger.can_reach(tmp_path.parent)
    tmp_path.chmod(0o711)
    inner.parent.chmod(0o711)
    inner.chmod(0o711)
    assert stranger.can_reach(inner) == open_way
    inner.parent.chmod(0o700)
    assert not stranger.can_reach(inner)
