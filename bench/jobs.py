"""How fast are levels brought up to date? Run it as `python -m bench.jobs`; it starts and removes its own engines.

Prints, from one run:
- lines a second when many plans are worked out anew, one task's work a plan, without Celery between;
- from a saved position to the kept level through a real Celery worker and Valkey: median and 95th percentile.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

from bench.stage import stage

ROOT = Path(__file__).resolve().parent.parent
TODAY = date(2026, 1, 20)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--plans", type=int, default=2000)
    parser.add_argument("--lines", type=int, default=30)
    parser.add_argument("--saves", type=int, default=100)
    asked = parser.parse_args()
    with stage() as folder:
        measure(asked.plans, asked.lines, asked.saves, log=folder / "worker.log")


def measure(plans: int, lines: int, saves: int, *, log: Path) -> None:
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    rebuild(plans, lines)
    latency(saves, log=log)


def rebuild(plans: int, lines: int) -> None:
    from provisions.assessing import recompute
    from provisions.models import Plan
    from tests import builders

    began = time.perf_counter()
    for number in range(plans):
        builders.long_plan(lines, plan=f"plan-{number}")
    print(f"made {plans} plans of {lines} lines in {time.perf_counter() - began:.0f} s", flush=True)
    keys = list(Plan.objects.values_list("pk", flat=True))
    for what in ("first time, everything kept", "again, nothing changed"):
        began = time.perf_counter()
        for pk in keys:
            recompute(pk, today=TODAY, anew=True)
        took = time.perf_counter() - began
        print(f"{what}: {plans * lines} lines in {took:.1f} s, {plans * lines / took:,.0f} lines a second", flush=True)


def latency(saves: int, *, log: Path) -> None:
    from provisions.models import Plan
    from tests import builders

    builders.plan("measured", lines={f"line-{number}": f"Words of line {number}." for number in range(1, 29)})
    command = [sys.executable, "-m", "celery", "--app=tracker", "worker", "--concurrency=1", "--loglevel=INFO"]
    with log.open("wb") as output:
        worker = subprocess.Popen(command, cwd=ROOT, env={**os.environ, "TRACKER_ROLE": "worker"}, stderr=output)
        try:
            while " ready." not in log.read_text():
                time.sleep(0.1)
            took = []
            for number in range(saves):
                began = time.perf_counter()
                stance = "accept" if number // 28 % 2 else "reject"
                builders.says("arden", stance, f"line-{number % 28 + 1}", plan="measured")
                while (plan := Plan.objects.get(slug="measured")).assessed_seq < plan.seq:
                    time.sleep(0.002)
                took.append((time.perf_counter() - began) * 1000)
        finally:
            worker.terminate()
            worker.wait()
    took = took[5:]
    print(
        f"saved position to kept level, {len(took)} saves: median {statistics.median(took):.0f} ms, "
        f"95th percentile {statistics.quantiles(took, n=20)[-1]:.0f} ms"
    )


if __name__ == "__main__":
    main()
