"""Stories that many tests begin with: put on record once, and from then on row by row.

To check and log a plan takes the record a tenth of a second; to write the same rows again takes a hundredth. What the
record does with a story is tried where the story is told for the first time, and by the tests of the record.
"""

# Statements are made of the names of our own tables.
# ruff: noqa: S608

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec

from django.apps import apps
from django.db import connection

from provisions.models.plan import new_epoch

P = ParamSpec("P")
# Where these are empty there is no plan, and nothing of one.
ROOTS = ("parties_party", "parties_source", "provisions_plan")
# Columns of this type are moved along: what was a second ago when the story was told is a second ago again.
MOMENTS = "timestamp with time zone"

_kept: dict[str, str] = {}


def remembered(story: Callable[P, None]) -> Callable[P, None]:
    """Let a story that begins on an empty record be told from memory the second time, with the same arguments."""

    @wraps(story)
    def told(*args: P.args, **kwargs: P.kwargs) -> None:
        name = repr((story.__module__, story.__qualname__, args, sorted(kwargs.items())))
        if not _begins():
            story(*args, **kwargs)
        elif name in _kept:
            # No reader shall take the plan for that of another test.
            _run(f"{_kept[name]}; UPDATE provisions_plan SET epoch = '{new_epoch()}'")
        else:
            blank = [table for table in _tables() if not _first(f"SELECT EXISTS (SELECT FROM {table})")]
            story(*args, **kwargs)
            _kept[name] = _statements(blank)

    return told


def _begins() -> bool:
    """Whether nothing is on record, nothing of this test will be, so that nobody is told of a commit, and we may."""
    anything = " OR ".join(f"EXISTS (SELECT FROM {table})" for table in ROOTS)
    may = "current_setting('is_superuser') = 'on'"
    return connection.in_atomic_block and _first(f"SELECT {may} AND NOT ({anything})")


def _tables() -> list[str]:
    ours = [model for app in ("parties", "provisions") for model in apps.get_app_config(app).get_models(True)]
    # The words of the search are no model's.
    return ["search_word", *(model._meta.db_table for model in ours if model._meta.managed and not model._meta.proxy)]


def _statements(tables: list[str]) -> str:
    """What puts the rows of the tables there again, as if it were done now."""
    moment = _first("SELECT clock_timestamp()::text")
    # Nothing is looked at and nothing set off by it: all of it was when the story was told.
    statements = ["SET LOCAL session_replication_role = replica"]
    statements += [each for table in tables if (each := _statement(table, moment))]
    return "; ".join([*statements, "SET LOCAL session_replication_role = origin"])


def _statement(table: str, moment: str) -> str:
    # As text: what goes through Python's numbers is not written as it was.
    rows = _first(f"SELECT json_agg(given)::text FROM {table} AS given")
    if not rows:
        return ""
    columns = _columns(table)
    into = ", ".join(f'"{name}"' for name, _ in columns)
    values = ", ".join(
        f"\"{name}\" + (statement_timestamp() - '{moment}')" if kind == MOMENTS else f'"{name}"'
        for name, kind in columns
    )
    told = rows.replace("'", "''")
    return f"INSERT INTO {table} ({into}) SELECT {values} FROM json_populate_recordset(NULL::{table}, '{told}')"


def _columns(table: str) -> list[tuple[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT column_name, data_type FROM information_schema.columns "
            "WHERE table_schema = current_schema AND table_name = %s AND is_generated = 'NEVER'",
            [table],
        )
        return cursor.fetchall()


def _first(statement: str) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchone()[0]


def _run(statements: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statements)
