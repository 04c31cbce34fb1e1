"""How fast do the reading rooms answer? Run it as `python -m bench.pages`; it starts and removes its own engines.

Prints, from one run in which all pages take turns: the least, the median and the 95th percentile of the server's time
for each page; the median of the processor's time that it takes, which a machine that is busy otherwise inflates less;
the median as a multiple of that of the cheapest page of the program; how many queries it costs; and its weight, bare
and compressed, with the style and scripts that it loads. "First" is the first reader after something changed, "again"
any later one.
"""

from __future__ import annotations

import argparse
import re
import statistics
import time
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from bench.stage import stage

ROOT = Path(__file__).resolve().parent.parent
TODAY = date(2026, 2, 20)
REAL = "/plans/28-point-framework/"
LONG = "/plans/long/"
BASE = "livez"


@dataclass
class Asked:
    """A page to ask for, whether as the first reader after a change, and what it took."""

    name: str
    path: str
    first: bool = False
    target: float | None = None
    signed_in: bool = False
    held: bool = False
    took: list[float] = field(default_factory=list)
    worked: list[float] = field(default_factory=list)
    queries: int = 0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--lines", type=int, default=500)
    asked = parser.parse_args()
    with stage(ALLOWED_HOSTS="testserver", DEBUG="no"):
        measure(asked.rounds, asked.lines)


def measure(rounds: int, lines: int) -> None:
    import django

    django.setup()
    make(lines)
    pages = list(asked_pages())
    clients = {False: client(), True: client(signed_in=True)}
    tags = {page.path: clients[False].get(page.path, secure=True).get("ETag", "") for page in pages}
    for page in pages:
        page.queries = queries(clients[page.signed_in], page, tags)
    for _round in range(rounds):
        for page in pages:
            ask(clients[page.signed_in], page, tags)
    tell(pages)
    weigh(clients[False])


def make(lines: int) -> None:
    """The real plan, and a long one with two texts."""
    from django.contrib.auth.models import User
    from django.core.management import call_command

    from provisions.assessing import recompute
    from provisions.models import Plan
    from tests import builders

    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    call_command("import_plan", str(ROOT / "fixtures" / "28-point-framework"), let_vanish=True, verbosity=0)
    builders.long_plan(lines, plan="long")
    words = {f"line-{n}": f"Other words of line {n}." for n in range(1, lines + 1)}
    builders.revision("draft-2", words=words, derives_from="draft-1", plan="long", dated=date(2026, 1, 20))
    User.objects.create_superuser("chief")
    for plan in Plan.objects.all():
        recompute(plan.pk, today=TODAY)


def asked_pages() -> list[Asked]:
    return [
        Asked(BASE, "/livez"),
        Asked("board, 28 lines, again", REAL, target=25),
        Asked("board, 28 lines, again, signed in", REAL, target=25, signed_in=True),
        Asked("board, 28 lines, first", REAL, first=True),
        Asked("board, 28 lines, 304", REAL, held=True),
        Asked("board, 28 lines, a filter", f"{REAL}?level=open"),
        Asked("board, long, again", LONG, target=150),
        Asked("board, long, first", LONG, first=True),
        Asked("compare, 28 lines with 28", f"{REAL}compare/us-28..e3-28/", target=60),
        Asked("compare, 28 lines with 20", f"{REAL}compare/us-28..us-ua-20/", target=60),
        Asked("compare, long", f"{LONG}compare/draft-1..draft-2/"),
        Asked("concordance", f"{REAL}texts/"),
        Asked("line", f"{REAL}provisions/territories/"),
        Asked("line, a past day", f"{REAL}provisions/territories/?as_of=2025-12-01"),
    ]


def client(*, signed_in: bool = False) -> Any:
    from django.contrib.auth.models import User
    from django.test import Client

    made = Client()
    if signed_in:
        made.force_login(User.objects.get(username="chief"))
    return made


def ask(reader: Any, page: Asked, tags: dict[str, str]) -> None:
    headers = {"Accept-Encoding": "gzip", **({"If-None-Match": tags[page.path]} if page.held else {})}
    if page.first:
        forget()
    elif page.name != BASE:
        # Other pages forgot what this one would have kept.
        reader.get(page.path, headers=headers, secure=True)
    began, working = time.perf_counter(), time.process_time()
    answer = reader.get(page.path, headers=headers, secure=True)
    page.took.append((time.perf_counter() - began) * 1000)
    page.worked.append((time.process_time() - working) * 1000)
    expected = 304 if page.held else 200
    if answer.status_code != expected:
        raise SystemExit(f"{page.path} answered {answer.status_code}, not {expected}")


def forget() -> None:
    """What a process has kept of boards and their rows."""
    from django.core.cache import caches

    from provisions.board.keeping import forget as forget_boards

    forget_boards()
    caches["rows"].clear()


def queries(reader: Any, page: Asked, tags: dict[str, str]) -> int:
    """How many statements a page costs; what begins and ends a transaction is not counted."""
    from django.db import connection

    counted = []

    def count(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        counted.append(sql)
        return execute(sql, params, many, context)

    headers = {"If-None-Match": tags[page.path]} if page.held else {}
    reader.get(page.path, secure=True)
    if page.first:
        forget()
    with connection.execute_wrapper(count):
        reader.get(page.path, headers=headers, secure=True)
    return len(counted)


def tell(pages: list[Asked]) -> None:
    base = statistics.median(next(page.took for page in pages if page.name == BASE))
    print(f"{'page':34} {'least':>7} {'p50':>7} {'p95':>7} {'cpu':>7} ms {'times':>7} {'queries':>8}  target")
    for page in pages:
        middle, late = statistics.median(page.took), statistics.quantiles(page.took, n=20)[-1]
        met = "" if page.target is None else f"under {page.target:g}: {'met' if middle < page.target else 'MISSED'}"
        times = f"{min(page.took):7.1f} {middle:7.1f} {late:7.1f} {statistics.median(page.worked):7.1f}"
        print(f"{page.name:34} {times}    {middle / base:7.1f} {page.queries:8}  {met}")


def weigh(reader: Any) -> None:
    """The board with everything that it loads, as a browser gets it."""
    print(f"\n{'weight of the board':36} {'bare':>9} {'gzip':>9} {'br':>9}")
    for name, path in (("board, 28 lines", REAL), ("board, long", LONG)):
        page = reader.get(path, secure=True).content.decode()
        parts = [path, *re.findall(r'(?:src|href)="(/static/[^"]+)"', page)]
        sizes = {
            encoding: sum(size(reader, each, encoding) for each in parts) for encoding in ("identity", "gzip", "br")
        }
        told = "  ".join(f"{each / 1000:7.1f} kB"[:9] for each in sizes.values())
        print(f"{name + f', {len(parts)} files':36} {told}")


def size(reader: Any, path: str, encoding: str) -> int:
    answer = reader.get(path, headers={"Accept-Encoding": encoding}, secure=True)
    return len(b"".join(answer.streaming_content) if answer.streaming else answer.content)


if __name__ == "__main__":
    main()
