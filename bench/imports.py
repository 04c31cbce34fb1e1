"""How fast are plan files put on record? Run it as `python -m bench.imports`; it starts and removes its own engines.

Prints, from one run, interleaved round by round, each on a database that was just made:
- a first import, with every check of the files and of the record and with the log, as `import_plan` does it when it is
  given all of the files; against Django's `loaddata` of the very rows that it made, and PostgreSQL's COPY of them;
- the same import again, which finds nothing to do;
- a first import by one process alone;
- the most memory that was taken by the importing processes together, before anything else was done in them.

The full size is `--plans 2000`; loaddata alone then takes about an hour, and `--only-import` leaves it out.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from bench.stage import stage
from provisions.processes import as_many_as_help

TODAY = date(2026, 6, 1)
WAYS = ("first", "again", "alone", "loaddata", "COPY")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--plans", type=int, default=100, help="plans a round")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--revisions", type=int, default=5)
    parser.add_argument("--lines", type=int, default=30)
    parser.add_argument(
        "--jobs", type=int, default=as_many_as_help(), help="processes; by default as import_plan has it"
    )
    parser.add_argument("--only-import", action="store_true", help="leave out loaddata and COPY")
    asked = parser.parse_args()
    with stage() as folder:
        measure(asked, folder)


def measure(asked: argparse.Namespace, folder: Path) -> None:
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    keep_as_template()
    files = [write(folder / "plans", f"plan-{n}", asked.revisions, asked.lines) for n in range(asked.plans)]
    memory = 0.0
    rounds = []
    for number in range(asked.rounds):
        took = by_files(files, jobs=asked.jobs)
        memory = memory or most_memory(helpers=asked.jobs - 1)
        counted = what_there_is()
        if not asked.only_import:
            took |= alone(files) | by_rows(folder / "rows.json")
        rounds.append(took)
        told = ", ".join(f"{name} {took[name]:.2f} s" for name in WAYS if name in took)
        print(f"round {number + 1}: {asked.plans} plans, {counted}, up to {asked.jobs} processes; {told}", flush=True)
    tell(rounds)
    print(f"most memory while importing: at most {memory:.0f} MB, of all processes together")


def tell(rounds: list[dict[str, float]]) -> None:
    """Each round is compared in itself; of the ratios the one in the middle counts."""

    def ratio(one: str, other: str) -> str:
        ratios = [took[one] / took[other] for took in rounds]
        return f"{statistics.median(ratios):.1f} times as {{}} ({min(ratios):.1f} to {max(ratios):.1f})"

    if "loaddata" in rounds[0]:
        print(f"a first import is {ratio('loaddata', 'first').format('fast')} as loaddata of its rows")
        print(f"an import that changes nothing is {ratio('loaddata', 'again').format('fast')}")
        print(f"a first import takes {ratio('first', 'COPY').format('long')} as COPY of its rows")
        print(f"by one process alone it is {ratio('loaddata', 'alone').format('fast')} as loaddata of its rows")
        print(f"by one process alone it takes {ratio('alone', 'COPY').format('long')} as COPY of its rows")
    print(f"an import that changes nothing is {ratio('first', 'again').format('fast')} as a first one")


def by_files(files: list[Path], *, jobs: int) -> dict[str, float]:
    begin_anew()
    return {"first": timed(lambda: put(files, jobs=jobs)), "again": timed(lambda: put(files, jobs=jobs))}


def alone(files: list[Path]) -> dict[str, float]:
    begin_anew()
    return {"alone": timed(lambda: put(files, jobs=1))}


def by_rows(rows: Path) -> dict[str, float]:
    """What was just imported, by other ways."""
    from django.core.management import call_command

    call_command("dumpdata", "provisions", "parties", exclude=LEFT_OUT, output=str(rows), verbosity=0)
    copied = copy_out()
    begin_anew()
    took = {"loaddata": timed(lambda: call_command("loaddata", str(rows), verbosity=0))}
    begin_anew()
    return took | {"COPY": timed(lambda: copy_in(copied))}


def what_there_is() -> str:
    from provisions.models import Change, Wording

    return f"{Wording.objects.count()} wordings, {Change.objects.count()} changes"


def most_memory(*, helpers: int) -> float:
    """Of this process so far and, for each of its helpers, as much as the greatest of its children took; in MB.

    Not less than it was: a child counts what its parent had when it began.
    """
    ours, a_childs = (resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return (ours + helpers * a_childs) / (1024**2 if sys.platform == "darwin" else 1024)


# ---- Databases ----

TEMPLATE = "bench_template"


def keep_as_template() -> None:
    """What was migrated is what each measurement begins with: no rows, no statistics of rows that are gone."""
    from django.db import connection

    migrated = connection.settings_dict["NAME"]
    elsewhere(f'ALTER DATABASE "{migrated}" RENAME TO {TEMPLATE}', f'CREATE DATABASE "{migrated}" TEMPLATE {TEMPLATE}')


def begin_anew() -> None:
    """A database that was just made, and a connection that knows no other."""
    from django.db import connection

    name = connection.settings_dict["NAME"]
    elsewhere(f'DROP DATABASE "{name}"', f'CREATE DATABASE "{name}" TEMPLATE {TEMPLATE}')
    connection.ensure_connection()


def elsewhere(*statements: str) -> None:
    """Run statements while nobody is in our database."""
    import psycopg
    from django.db import connection

    asked = connection.get_connection_params()
    connection.close()
    with psycopg.connect(
        host=asked["host"],
        port=asked["port"],
        user=asked["user"],
        password=asked["password"],
        dbname="postgres",
        autocommit=True,
    ) as other:
        for statement in statements:
            other.execute(statement)


# Made by migrations and signals, or not part of the record.
LEFT_OUT = ["provisions.import", "provisions.importedfiles", "provisions.heartbeat", "provisions.setback"]


def timed(work: Callable[[], Any]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def put(files: list[Path], *, jobs: int) -> None:
    """As the command does."""
    from provisions.importing import Outcome
    from provisions.importing.many import Errand, bring_all
    from provisions.models import Via
    from provisions.record import Author

    errands = [Errand(path, by=Author(via=Via.IMPORT), today=TODAY) for path in files]
    if not all(isinstance(result, Outcome) for _, result in bring_all(errands, jobs=jobs)):
        raise SystemExit("A plan was refused.")


def write(folder: Path, slug: str, revisions: int, lines: int) -> Path:
    """A plan in one file: lines with words in every draft, every third of them changed from one draft to the next."""
    text = [
        f"plan: {{slug: {slug}, title: A plan, principals: [arden, brevia], current_revision: draft-{revisions}}}",
        "parties:",
        *(f"  - {{slug: {name}, name: {name.title()}, short: {name.title()}}}" for name in ("arden", "brevia")),
        "categories: [{slug: peace, title: Peace}]",
        "sources: [{id: S1, title: A report, kind: news}]",
        "provisions:",
        *(f"  - {{slug: line-{n}, title: Line {n}, category: peace}}" for n in range(lines)),
        "revisions:",
    ]
    for draft in range(1, revisions + 1):
        text += [
            f"  - slug: draft-{draft}",
            f"    title: Draft {draft}",
            f"    short: Draft {draft}",
            f"    dated: 2026-01-{draft:02}",
            "    provenance: official",
            *([f"    derives_from: draft-{draft - 1}"] if draft > 1 else []),
            "    wordings:",
        ]
        for n in range(lines):
            said = draft if n % 3 == 0 else 1
            words = f"Each side would keep at most {n} boats on the lake, as state {said} of the talks has it."
            text += [f"      - provision: line-{n}", f'        number: "{n + 1}"', f"        text: {words}"]
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{slug}.yaml"
    path.write_text("\n".join(text) + "\n")
    return path


# ---- The same rows by other ways ----


def tables() -> list[str]:
    from django.apps import apps
    from django.db import connection

    ours = [model for app in ("parties", "provisions") for model in apps.get_app_config(app).get_models(True)]
    there = set(connection.introspection.table_names())
    return sorted({model._meta.db_table for model in ours} & there)


def copy_out() -> dict[str, bytes]:
    from django.db import connection

    rows = {}
    with connection.cursor() as cursor:
        for table in tables():
            with cursor.copy(f'COPY "{table}" TO STDOUT (FORMAT binary)') as made:
                rows[table] = b"".join(bytes(block) for block in made)
    return rows


def copy_in(rows: dict[str, bytes]) -> None:
    """As a restore does it: constraints and indexes are there, foreign keys are not looked at row by row."""
    from django.db import connection, transaction

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        for table, body in rows.items():
            with cursor.copy(f'COPY "{table}" FROM STDIN (FORMAT binary)') as taken:
                taken.write(body)


if __name__ == "__main__":
    main()
