"""What does a late page of a long list cost? Run it as `python -m bench.paging`; it starts and removes its own engines.

Puts the plan of the fixtures on record, has PostgreSQL repeat its positions with their evidence until there are as many
as asked for, and walks the list of them by `next` to its end, each id counted. Then the first page and the thousandth
take turns. Prints the least, the median and the 95th percentile of each by the clock, its statements with those about
the transaction, and the medians as a ratio. Answers that are kept are dropped before each, so that every page is made.
"""

from __future__ import annotations

import argparse
import statistics
import time
from pathlib import Path
from typing import Any

from bench.stage import stage

ROOT = Path(__file__).resolve().parent.parent
PLAN = "28-point-framework"
PAGE = 100

# No log tells of these rows, and no trigger is asked: it is how they are read that is measured.
REPEAT = """
    SET LOCAL session_replication_role = replica;
    CREATE TEMPORARY TABLE copied ON COMMIT DROP AS
        SELECT position.id AS was, nextval(pg_get_serial_sequence('provisions_position', 'id')) AS id, n
        FROM provisions_position AS position, generate_series(1, %(times)s) AS n
        WHERE position.plan_id = (SELECT id FROM provisions_plan WHERE slug = %(plan)s);
    INSERT INTO provisions_position (id, key, stated_on, {columns})
        SELECT copied.id, position.key || '-' || copied.n, position.stated_on - copied.n, {named}
        FROM copied JOIN provisions_position AS position ON position.id = copied.was;
    INSERT INTO provisions_evidence (position_id, {beside})
        SELECT copied.id, {beside}
        FROM copied JOIN provisions_evidence AS evidence ON evidence.position_id = copied.was;
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--positions", type=int, default=100_000)
    parser.add_argument("--page", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=60)
    asked = parser.parse_args()
    with stage(ALLOWED_HOSTS="testserver", DEBUG="no", API_LIMIT_ANONYMOUS="0"):
        measure(asked.positions, asked.page, asked.rounds)


def measure(positions: int, late: int, rounds: int) -> None:
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    call_command("import_plan", str(ROOT / "fixtures" / PLAN), verbosity=0)
    print(f"{fill(positions):,} positions", flush=True)
    pages = walk()
    compare({"page 1": pages[0], f"page {late:,}": pages[late - 1]}, rounds)


def fill(positions: int) -> int:
    """Repeat the positions until there are at least so many; how many there are."""
    from django.db import connection, transaction

    from provisions.models import Position

    with transaction.atomic(), connection.cursor() as cursor:
        columns = rest_of("provisions_position", {"id", "key", "stated_on"})
        beside = rest_of("provisions_evidence", {"id", "position_id"})
        named = ", ".join(f"position.{column}" for column in columns)
        times = -(-positions // Position.objects.count()) - 1
        statements = REPEAT.format(columns=", ".join(columns), named=named, beside=", ".join(beside))
        for statement in statements.split(";\n")[:-1]:
            cursor.execute(statement, {"times": times, "plan": PLAN})
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return Position.objects.count()


def rest_of(table: str, but: set[str]) -> list[str]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT quote_ident(column_name) FROM information_schema.columns"
            " WHERE table_name = %s AND is_generated = 'NEVER'",
            [table],
        )
        return [name for (name,) in cursor.fetchall() if name not in but]


def walk() -> list[str]:
    """The addresses of all pages. Every position is on one of them, and on one only."""
    from provisions.models import Position

    address: str | None = f"/api/v1/plans/{PLAN}/positions?limit={PAGE}"
    pages, ids = [], set()
    began, rows = time.perf_counter(), 0
    while address:
        pages.append(address)
        told = ask(address)
        rows += len(told["results"])
        ids |= {row["id"] for row in told["results"]}
        address = told["next"]
    whole = rows == len(ids) == Position.objects.count()
    print(f"{len(pages):,} pages in {time.perf_counter() - began:.0f} s; each position once: {whole}", flush=True)
    return pages


def ask(address: str) -> Any:
    from django.test import Client

    from tracker.api.telling import BODIES

    BODIES.clear()
    response = Client().get(address)
    if response.status_code != 200:
        raise SystemExit(f"{address} answered {response.status_code}: {response.content!r}")
    return response.json()


def compare(pages: dict[str, str], rounds: int) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    took: dict[str, list[float]] = {name: [] for name in pages}
    for _ in range(rounds):
        for name, address in pages.items():
            began = time.perf_counter()
            ask(address)
            took[name].append(1000 * (time.perf_counter() - began))
    medians = {name: statistics.median(times) for name, times in took.items()}
    for name, times in took.items():
        with CaptureQueriesContext(connection) as queries:
            ask(pages[name])
        high = statistics.quantiles(times, n=20)[-1]
        spread = f"least {min(times):.1f} ms, p50 {medians[name]:.1f}, p95 {high:.1f}"
        print(f"{name:12} {spread}, {len(queries)} statements")
    first, late = medians.values()
    print(f"the late page takes {late / first:.2f} times the first (at most 1.5)")


if __name__ == "__main__":
    main()
