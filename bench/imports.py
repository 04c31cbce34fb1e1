"""How fast are plan files put on record? Run it as `python -m bench.imports`; it starts and removes its own engines.

Prints, from one run on one database, interleaved round by round:
- a first import, with every check of the files and of the record and with the log, against Django's `loaddata` of the
  very rows that it made, and against PostgreSQL's COPY of them;
- the same import again, which finds nothing to do;
- the most memory that the importing process took.

The full size is `--plans 2000`; loaddata alone then takes about an hour.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from bench.stage import stage

TODAY = date(2026, 6, 1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--plans", type=int, default=20, help="plans a round")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--revisions", type=int, default=5)
    parser.add_argument("--lines", type=int, default=30)
    asked = parser.parse_args()
    with stage() as folder:
        measure(asked, folder)


def measure(asked: argparse.Namespace, folder: Path) -> None:
    import django

    django.setup()
    from django.core.management import call_command

    from provisions.models import Change, Wording

    call_command("migrate", verbosity=0)
    took: dict[str, list[float]] = {name: [] for name in ("first", "again", "loaddata", "COPY")}
    for number in range(asked.rounds):
        files = [
            write(folder / f"round-{number}", f"plan-{number}-{n}", asked.revisions, asked.lines)
            for n in range(asked.plans)
        ]
        took["first"].append(timed(lambda files=files: put(files)))
        wordings, changes = Wording.objects.count(), Change.objects.count()
        took["again"].append(timed(lambda files=files: put(files)))
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        rows = folder / "rows.json"
        call_command("dumpdata", "provisions", "parties", exclude=LEFT_OUT, output=str(rows), verbosity=0)
        copied = copy_out()
        empty()
        took["loaddata"].append(timed(lambda rows=rows: call_command("loaddata", str(rows), verbosity=0)))
        empty()
        took["COPY"].append(timed(lambda copied=copied: copy_in(copied)))
        empty()
        print(
            f"round {number + 1}: {asked.plans} plans, {wordings} wordings, {changes} changes; "
            + ", ".join(f"{name} {seconds[-1]:.2f} s" for name, seconds in took.items()),
            flush=True,
        )
    medians = {name: statistics.median(seconds) for name, seconds in took.items()}
    print(f"a first import is {medians['loaddata'] / medians['first']:.1f} times as fast as loaddata of its rows")
    print(f"an import that changes nothing is {medians['loaddata'] / medians['again']:.1f} times as fast")
    print(f"a first import takes {medians['first'] / medians['COPY']:.1f} times as long as COPY of its rows")
    print(f"most memory while importing: {memory:.0f} MB")


# Made by migrations and signals, or not part of the record.
LEFT_OUT = ["provisions.import", "provisions.importedfiles", "provisions.heartbeat", "provisions.setback"]


def timed(work: Callable[[], Any]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def put(files: list[Path]) -> None:
    """As the command does."""
    from provisions.importing import import_files, opened
    from provisions.models import Via
    from provisions.record import Author

    for path in files:
        import_files(opened(path), by=Author(via=Via.IMPORT), today=TODAY)


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


def empty() -> None:
    from django.db import connection, transaction

    names = ", ".join(f'"{table}"' for table in tables())
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(f"TRUNCATE {names} RESTART IDENTITY CASCADE")


if __name__ == "__main__":
    main()
