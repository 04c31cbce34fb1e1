"""Ask the API what nobody would: `python -m tests.fuzz` runs schemathesis against the site as it runs in production.

It starts engines of its own with the demonstration plans and the web server, asks in the name of nobody, of an analyst
and of an administrator, and prints what was found. Afterwards the record must still say what its log tells.

schemathesis has an environment of its own, because it brings a pytest plugin: CONTRIBUTING.md says how to make it.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from .site import ROLES, ROOT, Site, site

CONFIGURATION = Path(__file__).with_name("schemathesis.toml")
SCOPES = ("read", "propose", "edit", "webhooks")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=200, help="of each operation, in each role (%(default)s)")
    parser.add_argument("--seed", type=int, default=20261127, help="the same again with the same one (%(default)s)")
    parser.add_argument("--role", choices=ROLES, action="append", help="only this one; may be repeated")
    parser.add_argument("--with", dest="program", default="st", help="where schemathesis is (%(default)s)")
    asked = parser.parse_args()
    program = shutil.which(asked.program)
    if program is None:
        sys.exit(f"There is no {asked.program}: CONTRIBUTING.md says how to get schemathesis.")
    with tempfile.TemporaryDirectory() as name, site(Path(name)) as target:
        sound = [
            ask(role, program, target, Path(name), cases=asked.cases, seed=asked.seed) for role in asked.role or ROLES
        ]
        sound.append(target.is_sound())
    sys.exit(0 if all(sound) else 1)


def ask(role: str, program: str, target: Site, folder: Path, *, cases: int, seed: int) -> bool:
    """Ask in the name of a role, and say what came of it; whether nothing was found."""
    given = []
    if user := ROLES[role]:
        scopes = [f"--scope={scope}" for scope in SCOPES]
        key = target.manage("api_key", user, "--name=fuzz", *scopes).stdout.splitlines()[0]
        given = ["--header", f"Authorization: Bearer {key}"]
    report = folder / f"{role}.json"
    began = time.monotonic()
    done = subprocess.run(
        [
            *(program, "--no-color", "--config-file", str(CONFIGURATION)),
            *("run", f"{target.address}/api/v1/openapi.json", *given),
            *(f"--max-examples={cases}", f"--seed={seed}", "--workers=1"),
            *("--report=json", f"--report-json-path={report}"),
        ],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        print(done.stdout)
    print(f"{role}: {summary(report)}, {time.monotonic() - began:.0f} s", flush=True)
    return done.returncode == 0


def summary(report: Path) -> str:
    if not report.exists():
        return "it came to nothing"
    told: dict[str, Any] = json.loads(report.read_text())
    found = {each["type"]: each["count"] for each in told["failures"]}
    errors = sum(each["count"] for each in told["errors"])
    return (
        f"{told['test_cases']['generated']:,} cases of {told['operations']['tested']} operations, "
        f"{sum(found.values())} failures, {errors} errors, {found.get('ServerError', 0)} answers of 500 or above"
    )


if __name__ == "__main__":
    main()
