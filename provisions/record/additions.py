"""Adds rows to the tables of the record: few by INSERT, many by COPY, which takes them several times as fast.

Constraints, triggers and guards hold for both alike.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from operator import attrgetter
from typing import Any

from django.db import connection, models

# COPY takes two more trips to the database than an INSERT.
MANY = 10


def add(rows: Sequence[models.Model]) -> None:
    """Save new rows of one model, and give each its id. Rows that they name have one already."""
    if len(rows) < MANY:
        type(rows[0])._base_manager.bulk_create(rows)
    else:
        _copy(rows)


def _copy(rows: Sequence[models.Model]) -> None:
    model = type(rows[0])
    reads = {str(field.column): _reader(field) for field in model._meta.concrete_fields}
    columns = ", ".join(map(connection.ops.quote_name, reads))
    statement = f"COPY {connection.ops.quote_name(model._meta.db_table)} ({columns}) FROM STDIN"
    with connection.cursor() as cursor:
        for row, pk in zip(rows, _new_ids(model, len(rows), cursor=cursor), strict=True):
            row.pk = pk
        with connection.wrap_database_errors, cursor.copy(statement) as copied:
            for row in rows:
                copied.write_row([read(row) for read in reads.values()])


def _new_ids(model: type[models.Model], number: int, *, cursor: Any) -> Iterator[int]:
    named = [model._meta.db_table, model._meta.pk.column, number]
    cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)", named)
    return (pk for (pk,) in cursor.fetchall())


def _reader(field: models.Field[Any, Any]) -> Callable[[models.Model], Any]:
    """What reads a field of a row as the driver takes it."""
    value = attrgetter(field.attname)
    if isinstance(field, models.ForeignKey):
        # The id is missing where the named row had none yet when it was named.
        return lambda row: named if (named := value(row)) is not None else _pk_of(field, row)
    if isinstance(field, models.JSONField):
        return lambda row: field.get_db_prep_save(value(row), connection)
    return value


def _pk_of(field: models.ForeignKey[Any, Any], row: models.Model) -> Any:
    named = field.get_cached_value(row, default=None)
    return None if named is None else named.pk
