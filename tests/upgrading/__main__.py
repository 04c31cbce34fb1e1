"""Do the tests of the previous release pass on the schema of this one? `python -m tests.upgrading [RELEASE]` tells.

While a new release is rolled out, processes of the old one still read and write: a column that they do not fill, or a
table that they miss, would be an error to their users. So a release may add, and only the next one may take away.

RELEASE is anything that git knows, by default the latest tag. What follows -- goes to pytest instead of the folders
that are run otherwise.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tracker.embedded import Engines
from tracker.embedded.engines import secret

ROOT = Path(__file__).resolve().parents[2]
PLUGIN = Path(__file__).with_name("newer_schema.py")
# Whatever goes through the tables. Migrations, engines and the machine are tried by the tests of this release.
FOLDERS = ("tests/api", "tests/provisions", "tests/importing", "tests/exporting")
# An older release does not know the tables that came later, and looks for one that nobody guards.
OF_THE_TABLES = "tests/provisions/test_illegal_writes.py::test_no_table_of_the_record_can_be_written_past_the_log"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("release", nargs="?", help="the previous release (default: the latest tag)")
    ours, for_pytest = split(sys.argv[1:])
    release = parser.parse_args(ours).release or latest_tag()
    with tempfile.TemporaryDirectory() as name:
        schema, older = Path(name, "newer.dump"), Path(name, "older")
        keep_our_schema(schema, Path(name))
        git("clone", "--quiet", "--shared", str(ROOT), str(older))
        git("-C", str(older), "checkout", "--quiet", release)
        sys.exit(run_tests(older, schema, for_pytest or FOLDERS))


def split(words: list[str]) -> tuple[list[str], list[str]]:
    """What stands before the first -- and what stands after it."""
    at = words.index("--") if "--" in words else len(words)
    return words[:at], words[at + 1 :]


def latest_tag() -> str:
    try:
        return git("-C", str(ROOT), "describe", "--tags", "--abbrev=0").strip()
    except subprocess.CalledProcessError:
        sys.exit("There is no tag, so no previous release: name a commit to stand for one.")


def keep_our_schema(file: Path, folder: Path) -> None:
    """Migrate an empty database with the code of this release, and keep it."""
    engines = Engines(folder / "engines", throw_away=True)
    engines.start()
    try:
        own = {**engines.variables, "SECRET_KEY": secret(folder / "key"), "TRACKER_ROLE": "command"}
        made = "import django; django.setup(); from django.core.management import call_command; "
        made += "call_command('migrate', verbosity=0); from tests import migrated; migrated.keep()"
        environment = {**os.environ, **own, "DJANGO_SETTINGS_MODULE": "tracker.settings"}
        environment["MIGRATED_DATABASE"] = str(file)
        subprocess.run([sys.executable, "-c", made], cwd=ROOT, env=environment, check=True)
    finally:
        engines.stop()
        engines.remove()


def run_tests(older: Path, schema: Path, what: tuple[str, ...] | list[str]) -> int:
    """Run tests of the older release on the newer schema; what pytest ends with."""
    environment = {name: value for name, value in os.environ.items() if name != "MIGRATED_DATABASE"}
    environment |= {"NEWER_SCHEMA": str(schema), "PYTHONPATH": str(PLUGIN.parent)}
    command = [sys.executable, "-m", "pytest", "-p", PLUGIN.stem, f"--deselect={OF_THE_TABLES}", *what]
    return subprocess.run(command, cwd=older, env=environment, check=False).returncode


def git(*words: str) -> str:
    return subprocess.run(["git", *words], check=True, capture_output=True, text=True).stdout


if __name__ == "__main__":
    main()
