#!/usr/bin/env python3
"""Run the tracker from a bare checkout, or check it.

run.py             set up what is missing, start everything, and say where it answers
run.py test        everything that the project checks on itself; what follows -- goes to pytest
run.py reset       delete the database and all else that was made under .local/
"""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 (the one who starts it with an older Python shall read why)
    sys.exit(f"This is Python {sys.version.split()[0]}, and 3.11 or later is needed: start it as python3.11 run.py.")
if sys.platform == "win32":
    sys.exit("This runs on Linux and macOS; on Windows, run it inside WSL.")

import argparse
import fcntl
import hashlib
import json
import os
import re
import shutil
import subprocess
from pathlib import Path

from tracker.progress import Stop, disk_full, plain_endings, say, step

PYTHON = f"{sys.version_info[0]}.{sys.version_info[1]}"
ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
VENV_PYTHON = VENV / "bin" / "python"
STAMP = VENV / "installed.json"
LOCAL = ROOT / ".local"

TO_RUN = ("requirements.txt",)
TO_TEST = ("requirements.txt", "requirements-test.txt", "requirements-dev.txt")

# What an installer writes when it fails, and what a person can do about it. The first that fits is said.
REMEDIES = {
    r"DO NOT MATCH THE HASHES|[Hh]ash mismatch": (
        "A package is not the one that was locked: it was changed on its way, or your index holds another build of it."
    ),
    r"[Nn]ame resolution|dns error|unreachable|[Cc]onnection refused|timed out|NewConnectionError|error sending": (
        "The packages cannot be fetched: the network or the package index is silent; mend that, then run it again."
    ),
    r"No matching distribution|only-binary|no usable wheels|no wheels with a matching": (
        "A package has no build for this machine and this Python: take CPython 3.11 to 3.14 on Linux or macOS."
    ),
}


def main() -> None:
    ours, for_pytest = split(sys.argv[1:])
    arguments = parser().parse_args(ours)
    os.chdir(ROOT)
    with plain_endings():
        if Path(sys.prefix).resolve() != VENV.resolve():
            prepare_venv(TO_TEST if arguments.command == "test" else TO_RUN)
            os.execv(VENV_PYTHON, [str(VENV_PYTHON), str(ROOT / "run.py"), *sys.argv[1:]])
        # From here on we are inside .venv, and may import what was installed.
        if arguments.command == "test":
            from tracker.checks import run_checks

            sys.exit(run_checks(for_pytest))
        from tracker import laptop

        if arguments.command == "reset":
            laptop.reset(LOCAL, sure=arguments.yes)
        else:
            laptop.serve(LOCAL, port=arguments.port, demo=arguments.demo)


def split(words: list[str]) -> tuple[list[str], list[str]]:
    """What stands before the first -- and what stands after it."""
    at = words.index("--") if "--" in words else len(words)
    return words[:at], words[at + 1 :]


def parser() -> argparse.ArgumentParser:
    whole = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    whole.add_argument("--port", type=port_number, default=8000, help="where the site answers (default: 8000)")
    whole.add_argument("--no-demo", dest="demo", action="store_false", help="load no plan and make no users")
    commands = whole.add_subparsers(dest="command", metavar="test|reset")
    commands.add_parser("test", help="check everything; arguments after -- go to pytest")
    reset = commands.add_parser("reset", help="delete all that was made under .local/")
    reset.add_argument("--yes", action="store_true", help="do not ask")
    return whole


def port_number(text: str) -> int:
    number = int(text)
    if not 0 < number < 65536:
        raise argparse.ArgumentTypeError(f"{text} is no port; write a number from 1 to 65535")
    return number


def prepare_venv(locks: tuple[str, ...]) -> None:
    """Have .venv hold what the locks say. Does nothing where it does already."""
    wanted = {name: f"{PYTHON} {digest(ROOT / name)}" for name in locks}
    LOCAL.mkdir(exist_ok=True)
    with (LOCAL / "install.lock").open("w") as lock:
        # Two runs at once shall not install into each other.
        fcntl.flock(lock, fcntl.LOCK_EX)
        installed = stamps()
        missing = [name for name in locks if installed.get(name) != wanted[name]]
        if not missing:
            return
        require_space()
        of_this_python = all(has.startswith(f"{PYTHON} ") for has in installed.values())
        if not VENV_PYTHON.exists() or not of_this_python:
            make_venv()
            installed = {}
        with step(f"Installing the packages of {' and '.join(missing)}"):
            install(missing)
        STAMP.write_text(json.dumps(installed | {name: wanted[name] for name in missing}))


def stamps() -> dict[str, str]:
    try:
        return dict(json.loads(STAMP.read_text()))
    except (OSError, ValueError):
        return {}


def digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def require_space() -> None:
    free = shutil.disk_usage(ROOT).free
    if free < 500_000_000:
        raise Stop(
            f"The disk has {free // 1_000_000} MB left where this folder is, and 500 MB are needed: free some first."
        )


def make_venv() -> None:
    try:
        import venv
    except ImportError:
        raise Stop(no_venv_module()) from None
    if VENV.exists():
        shutil.rmtree(VENV)
    # Without pip it needs no ensurepip, which Debian leaves out; uv, where there is one, does not need it either.
    venv.create(VENV, with_pip=False, symlinks=True)


def no_venv_module() -> str:
    return (
        f"This Python cannot set up pip: on Debian or Ubuntu apt install python{PYTHON}-venv, or put uv on the PATH; "
        "then run it again."
    )


def install(locks: list[str]) -> None:
    options = ["--require-hashes", "--no-deps", "--only-binary", ":all:"]
    options += [word for name in locks for word in ("-r", name)]
    uv = shutil.which("uv")
    if uv:
        command = [uv, "pip", "install", "--python", str(VENV_PYTHON), *options]
    else:
        ensure_pip()
        command = [str(VENV_PYTHON), "-m", "pip", "install", "--disable-pip-version-check", *options]
    STAMP.unlink(missing_ok=True)
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if done.returncode:
        say("\n" + "\n".join(done.stdout.splitlines()[-12:]))
        raise Stop(remedy(done.stdout) or "The packages were not installed; the lines above say why.")


def remedy(output: str) -> str | None:
    """The sentence for what an installer wrote when it failed, if we know one."""
    return disk_full(output) or next((said for written, said in REMEDIES.items() if re.search(written, output)), None)


def ensure_pip() -> None:
    if subprocess.run([VENV_PYTHON, "-c", "import pip"], capture_output=True, check=False).returncode == 0:
        return
    done = subprocess.run(
        [VENV_PYTHON, "-m", "ensurepip"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    if done.returncode:
        raise Stop(disk_full(done.stdout) or no_venv_module())


if __name__ == "__main__":
    main()
