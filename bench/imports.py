"""How fast are plan files put on record? Run it as `python -m bench.imports`; it starts and removes its own engines.

Prints, from one run, interleaved round by round, each on a database that was just made:
- a first import, with every check of the files and of the record and with the log, as `import_plan` does it when it is
  given all of the files; against Django's `loaddata` of the very rows that it made, and PostgreSQL's COPY of them;
- the same import again, which finds nothing to do;
- a first import by one process alone;
- the most memory that was taken by the importing processes together, before anything else was done in them.

The full size is `--plans 2000`; `--leave-out loaddata` is for those who have no hours.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import sys
import time
from collections.abc import Callable, Collection, Iterator
from datetime import date
from pathlib import Path
from typing import Any

from bench.stage import stage
from provisions.processes import as_many_as_help

TODAY = date(2026, 6, 1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--plans", type=int, default=100, help="plans a round")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--revisions", type=int, default=5)
    parser.add_argument("--lines", type=int, default=30)
    parser.add_argument(
        "--jobs", type=int, default=as_many_as_help(), help="processes; by default as import_plan has it"
    )
    parser.add_argument("--leave-out", nargs="+", choices=("alone", "loaddata", "COPY"), default=())
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
    for number in range(1, asked.rounds + 1):
        took = {}
        for way, seconds in ways(files, folder / "rows.json", jobs=asked.jobs, leave_out=asked.leave_out):
            print(f"round {number}: {way} {seconds:.2f} s", flush=True)
            took[way] = seconds
            memory = memory or most_memory(helpers=asked.jobs - 1)
        rounds.append(took)
    print(f"{asked.plans} plans, {what_there_is()}, up to {asked.jobs} processes")
    tell(rounds)
    print(f"most memory while importing: at most {memory:.0f} MB, of all processes together")


def tell(rounds: list[dict[str, float]]) -> None:
    """Each round is compared in itself; of the ratios the one in the middle counts."""
    for told, one, other in (
        ("a first import is {} times as fast as loaddata of its rows", "loaddata", "first"),
        ("an import that changes nothing is {} times as fast as loaddata", "loaddata", "again"),
        ("an import that changes nothing is {} times as fast as a first one", "first", "again"),
        ("a first import takes {} times as long as COPY of its rows", "first", "COPY"),
        ("by one process alone it is {} times as fast as loaddata of its rows", "loaddata", "alone"),
        ("by one process alone it takes {} times as long as COPY of its rows", "alone", "COPY"),
    ):
        if ratios := [took[one] / took[other] for took in rounds if one in took and other in took]:
            print(told.format(f"{statistics.median(ratios):.1f} ({min(ratios):.1f} to {max(ratios):.1f})"))


def ways(files: list[Path], rows: Path, *, jobs: int, leave_out: Collection[str]) -> Iterator[tuple[str, float]]:
    """The same plans come on record in each of the ways, each time in a new database; how many seconds it took."""
    from django.core.management import call_command

    begin_anew()
    yield "first", timed(lambda: put(files, jobs=jobs))
    yield "again", timed(lambda: put(files, jobs=jobs))
    if "loaddata" not in leave_out:
        call_command("dumpdata", "provisions", "parties", exclude=LEFT_OUT, output=str(rows), verbosity=0)
    if "COPY" not in leave_out:
        copied = copy_out()
        begin_anew()
        yield "COPY", timed(lambda: copy_in(copied))
    if "alone" not in leave_out:
        begin_anew()
        yield "alone", timed(lambda: put(files, jobs=1))
    if "loaddata" not in leave_out:
        begin_anew()
        yield "loaddata", timed(lambda: call_command("loaddata", str(rows), verbosity=0))


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
