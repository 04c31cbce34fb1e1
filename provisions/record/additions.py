"""Adds rows to the tables of the record: few by INSERT, many by COPY, which takes them several times as fast.

Constraints, triggers and guards hold for both alike.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cache
from operator import attrgetter
from typing import Any, TypeVar

from django.db import connection, models

# COPY takes two more trips to the database than an INSERT.
MANY = 10

Row = TypeVar("Row", bound=models.Model)


def new(model: type[Row], **columns: Any) -> Row:
    """A row that is not saved yet, by its columns. Naming its fields instead takes Django three times as long."""
    return model(*[columns[name] if name in columns else default() for name, default in _columns(model)])


@cache
def _columns(model: type[models.Model]) -> list[tuple[str, Callable[[], Any]]]:
    return [(field.attname, field.get_default) for field in model._meta.concrete_fields]


def add(rows: Sequence[models.Model], *, named: bool = True, unless_there: bool = False) -> None:
    """Save new rows of one model. Rows that they name have an id already; they get theirs if they are to be `named`.

    A single row stays without one where it is to be added `unless_there` is one like it.
    """
    if unless_there or len(rows) < MANY:
        _insert(rows, unless_there=unless_there)
    else:
        _copy(rows, named=named)


@cache
def named_by(model: type[models.Model]) -> frozenset[Any]:
    """The models whose rows a row of this one names."""
    return frozenset(field.related_model for field in model._meta.concrete_fields if field.is_relation)


def _insert(rows: Sequence[models.Model], *, unless_there: bool) -> None:
    table, reads = _table(type(rows[0]), with_ids=False)
    values = [read(row) for row in rows for read in reads.values()]
    row = f"({', '.join(['%s'] * len(reads))})"
    pk = connection.ops.quote_name(str(rows[0]._meta.pk.column))
    into = f"INSERT INTO {table} ({', '.join(reads)}) VALUES"
    unless = "ON CONFLICT DO NOTHING " if unless_there else ""
    with connection.cursor() as cursor:
        cursor.execute(f"{into} {', '.join([row] * len(rows))} {unless}RETURNING {pk}", values)
        for each, (given,) in zip(rows, cursor.fetchall(), strict=not unless_there):
            each.pk = given


def _copy(rows: Sequence[models.Model], *, named: bool) -> None:
    model = type(rows[0])
    table, reads = _table(model, with_ids=named)
    with connection.cursor() as cursor:
        if named:
            for row, pk in zip(rows, _new_ids(model, len(rows), cursor=cursor), strict=True):
                row.pk = pk
        statement = f"COPY {table} ({', '.join(reads)}) FROM STDIN"
        with connection.wrap_database_errors, cursor.copy(statement) as copied:
            for row in rows:
                copied.write_row([read(row) for read in reads.values()])


def _new_ids(model: type[models.Model], number: int, *, cursor: Any) -> Iterator[int]:
    named = [model._meta.db_table, model._meta.pk.column, number]
    cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)", named)
    return (pk for (pk,) in cursor.fetchall())


@cache
def _table(model: type[models.Model], *, with_ids: bool) -> tuple[str, dict[str, Callable[[models.Model], Any]]]:
    """The name of a table, and by column what reads a row as the driver takes it."""
    fields = [field for field in model._meta.concrete_fields if with_ids or not field.primary_key]
    quoted = connection.ops.quote_name
    return quoted(model._meta.db_table), {quoted(str(field.column)): _reader(field) for field in fields}


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
