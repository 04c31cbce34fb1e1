import json
import stat
import subprocess
import sys
from collections import defaultdict
from pathlib import Path
from types import SimpleNamespace

import pytest

import run
from tracker.progress import DISK_FULL, Stop

ROOT = Path(run.__file__).parent


def test_only_what_stands_after_the_dashes_goes_to_pytest():
    assert run.split(["test", "--", "-k", "board", "--"]) == (["test"], ["-k", "board", "--"])
    assert run.split(["--port", "8001"]) == (["--port", "8001"], [])


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        ("ERROR: Could not install: [Errno 28] No space left on device", DISK_FULL),
        ("error sending request for url: dns error: failed to lookup address", "The packages cannot be fetched"),
        ("NewConnectionError: ... ERROR: No matching distribution found for celery==5.7.0", "The packages cannot be"),
        ("ERROR: No matching distribution found for granian==2.8.7", "A package has no build for this machine"),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.", "A package is not the one"),
    ],
)
def test_what_an_installer_writes_becomes_one_sentence(written, sentence):
    assert run.remedy(written).startswith(sentence)


def test_an_unknown_failure_is_not_explained_away():
    assert run.remedy("Segmentation fault") is None


def test_a_full_disk_is_seen_before_anything_is_written(monkeypatch):
    almost_full = SimpleNamespace(free=5_000_000)
    monkeypatch.setattr(run.shutil, "disk_usage", lambda _: almost_full)
    with pytest.raises(Stop, match=r"^The disk has 5 MB left"):
        run.require_space()


def test_nothing_is_installed_while_the_locks_are_those_of_the_last_time(monkeypatch, tmp_path):
    (tmp_path / "requirements.txt").write_text("celery==5.7.0")
    stamp = tmp_path / "installed.json"
    for name, value in {
        "ROOT": tmp_path,
        "LOCAL": tmp_path / ".local",
        "STAMP": stamp,
        "VENV_PYTHON": tmp_path,
    }.items():
        monkeypatch.setattr(run, name, value)
    installed = []
    monkeypatch.setattr(run, "install", installed.append)

    run.prepare_venv(run.TO_RUN)
    run.prepare_venv(run.TO_RUN)
    assert installed == [["requirements.txt"]]

    (tmp_path / "requirements.txt").write_text("celery==5.7.1")
    run.prepare_venv(run.TO_RUN)
    assert installed == [["requirements.txt"]] * 2
    assert json.loads(stamp.read_text())["requirements.txt"].startswith(f"{run.PYTHON} ")


def test_it_needs_nothing_but_python_until_the_packages_are_there():
    # -S and -I leave out site-packages and everything else that was installed.
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", "import sys; sys.path.insert(0, '.'); import run"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("lock", [*run.TO_TEST, "requirements-observe.txt"])
def test_a_lock_names_packages_and_hashes_and_no_place(lock):
    lines = (ROOT / lock).read_text().splitlines()
    assert not [line for line in lines if "://" in line or line.startswith(("-", "/"))]
    assert all(line.lstrip().startswith("--hash=sha256:") or "==" in line for line in lines)


def test_the_locks_agree_on_every_package():
    pins = defaultdict(set)
    for lock in (*run.TO_TEST, "requirements-observe.txt"):
        for line in (ROOT / lock).read_text().splitlines():
            if "==" in line.split(";")[0]:
                name, _, version = line.split(";")[0].rstrip(" \\").partition("==")
                pins[name].add(version)
    assert {name: versions for name, versions in pins.items() if len(versions) > 1} == {}


@pytest.mark.parametrize("name", ["run.py", "manage.py", ".ci/run"])
def test_what_is_started_by_name_may_be_executed(name):
    assert (ROOT / name).stat().st_mode & stat.S_IXUSR
