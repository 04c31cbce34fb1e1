"""Attack the pages: `python -m tests.fuzz.scan` runs wapiti against the site as it runs in production.

It crawls as nobody, as an analyst and as an administrator, fills in each form that it meets, and prints what was found.
Afterwards the record must still say what its log tells. What asks servers elsewhere for help is left out.

wapiti has an environment of its own: CONTRIBUTING.md says how to make it.
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

from .site import ROLES, Site, site

# Left out besides what needs the network: `ldap`, because there is none here, and it takes a filter that finds nothing
# for an injection.
MODULES = (
    *("cookieflags", "csp", "csrf", "http_headers", "methods", "htaccess", "backup"),
    *("crlf", "exec", "file", "permanentxss", "redirect", "shellshock", "sql", "timesql", "upload", "xss"),
)
# As wapiti counts: 1 low, 2 medium, 3 high, 4 critical.
HIGH = 3
# Each would end the session that it scans in.
NOT_THERE = ("/accounts/logout/", "/accounts/password/", "/accounts/sessions/", "/accounts/2fa/", "/accounts/email/")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--crawl", type=int, default=300, help="seconds, at most, in each role (%(default)s)")
    parser.add_argument("--attack", type=int, default=60, help="seconds, at most, of each kind of attack (%(default)s)")
    parser.add_argument("--role", choices=ROLES, action="append", help="only this one; may be repeated")
    parser.add_argument("--with", dest="program", default="wapiti", help="where wapiti is (%(default)s)")
    asked = parser.parse_args()
    program = shutil.which(asked.program)
    if program is None:
        sys.exit(f"There is no {asked.program}: CONTRIBUTING.md says how to get wapiti.")
    with tempfile.TemporaryDirectory() as name, site(Path(name)) as target:
        sound = [
            attack(role, program, target, Path(name), crawl=asked.crawl, each=asked.attack)
            for role in asked.role or ROLES
        ]
        sound.append(target.is_sound())
    sys.exit(0 if all(sound) else 1)


def attack(role: str, program: str, target: Site, folder: Path, *, crawl: int, each: int) -> bool:
    """Attack in the name of a role, and say what came of it; whether nothing high was found."""
    given = [word for path in NOT_THERE for word in ("--exclude", f"{target.address}{path}*")]
    if user := ROLES[role]:
        given += ["--form-url", f"{target.address}/accounts/login/"]
        given += ["--form-user", user, "--form-password", target.passwords[user]]
    report = folder / f"{role}.json"
    began = time.monotonic()
    done = subprocess.run(
        [
            *(program, "--url", f"{target.address}/", "--scope", "domain", "--module", ",".join(MODULES), *given),
            *("--max-scan-time", str(crawl), "--max-attack-time", str(each), "--max-files-per-dir", "60"),
            *("--no-bugreport", "--flush-session", "--format", "json", "--output", str(report), "--verbose", "1"),
            *("--store-session", str(folder / role), "--store-config", str(folder / "wapiti")),
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if not report.exists():
        print(done.stdout)
        return False
    told: dict[str, Any] = json.loads(report.read_text())
    found = [(name, one) for name, all_of_it in told["vulnerabilities"].items() for one in all_of_it]
    broke = [(name, one) for name, all_of_it in told["anomalies"].items() for one in all_of_it]
    high = sum(one["level"] >= HIGH for _, one in found)
    pages, seconds = told["infos"]["crawled_pages_nbr"], time.monotonic() - began
    print(f"{role}: {pages:,} pages, {high} high of {len(found)} found, {len(broke)} anomalies, {seconds:.0f} s")
    for name, one in (*found, *broke):
        print(f"  {name}: {one['method']} {one['path']} {one['parameter']}: {one['info']}", flush=True)
    signed_in = not user or "Login success" in done.stdout
    if not signed_in:
        print("  It was not signed in.")
    return signed_in and not high and not broke


if __name__ == "__main__":
    main()
