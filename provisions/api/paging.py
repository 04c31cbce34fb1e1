"""Pages of long lists: each begins where the one before ended, by the values of the last row and never by a count.

So the thousandth page costs as much as the first, and rows that are added meanwhile neither push others onto a page
twice nor off every page.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q, QuerySet

from .asking import Asked, BadValue, Choice, Number, Opaque, Parameter

ON, BACK = "on", "back"


@dataclass(frozen=True, slots=True)
class Field:
    """One of the values that rows are ordered by, and how it is read from a cursor."""

    name: str
    read: Callable[[str], Any] = str


def day(name: str) -> Field:
    return Field(name, date.fromisoformat)


def moment(name: str) -> Field:
    return Field(name, _moment)


def _moment(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise ValueError(text)
    return found


def number(name: str) -> Field:
    return Field(name, int)


@dataclass(frozen=True, slots=True)
class Order:
    """An order of rows: by fields that together are unique and never null."""

    fields: tuple[Field, ...]
    descending: bool = False

    def names(self, *, backwards: bool) -> list[str]:
        sign = "-" if self.descending != backwards else ""
        return [f"{sign}{field.name}" for field in self.fields]

    def beyond(self, values: Sequence[Any], *, backwards: bool) -> Q:
        """The rows after the one with these values."""
        further = "lt" if self.descending != backwards else "gt"
        found, same = Q(), Q()
        for field, value in zip(self.fields, values, strict=True):
            found |= same & Q(**{f"{field.name}__{further}": value})
            same &= Q(**{field.name: value})
        # Said once more of the first field alone, so that an index can be entered at the right place.
        return Q(**{f"{self.fields[0].name}__{further}e": values[0]}) & found


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows, as values by name, and the addresses of the pages beside."""

    rows: Sequence[Mapping[str, Any]]
    next: str | None
    previous: str | None
    count: int | None


def paging(orders: Mapping[str, Order]) -> tuple[Parameter, ...]:
    """The parameters of a list. The first order is that of those who ask for none."""
    return (
        Choice(name="ordering", does="In which order.", among=tuple(orders), default=next(iter(orders))),
        Number(name="limit", does="How many on a page at the most.", lowest=1, highest=1000, default=100),
        Opaque(
            name="cursor",
            does="Where a page begins; taken from `next` and `previous`.",
            pattern=r"[-_0-9A-Za-z]{1,1000}",
            remedy="follow next and previous as they are given",
        ),
        Choice(name="count", does="Count the rows of all pages, too.", among=("exact",)),
    )


def page(rows: QuerySet[Any], *, orders: Mapping[str, Order], asked: Asked, values: Sequence[str] = ()) -> Page:
    """The page that is asked for. Raises BadValue."""
    order = orders[asked["ordering"]]
    names = [field.name for field in order.fields]
    backwards, start = _read_cursor(order, asked)
    wanted = rows if start is None else rows.filter(order.beyond(start, backwards=backwards))
    limit = asked["limit"]
    found = list(wanted.order_by(*order.names(backwards=backwards)).values(*{*names, *values})[: limit + 1])
    more, found = len(found) > limit, found[:limit]
    if backwards:
        found.reverse()
    goes_on, goes_back = (bool(found), more) if backwards else (more, start is not None and bool(found))
    return Page(
        rows=found,
        next=_address(asked, ON, [found[-1][name] for name in names]) if goes_on else None,
        previous=_address(asked, BACK, [found[0][name] for name in names]) if goes_back else None,
        count=rows.count() if asked["count"] else None,
    )


def _read_cursor(order: Order, asked: Asked) -> tuple[bool, list[Any] | None]:
    """Which way, and the values of the row at which a page begins."""
    if (cursor := asked["cursor"]) is None:
        return False, None
    # Whoever makes up a cursor may write anything into it.
    with suppress(ValueError, TypeError, RecursionError):
        ordering, way, *texts = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if ordering == asked["ordering"] and way in (ON, BACK) and all(map(_can_be_looked_for, texts)):
            return way == BACK, [field.read(text) for field, text in zip(order.fields, texts, strict=True)]
    raise BadValue("cursor", "cursor: it is of another list or order; follow next and previous as they are given.")


def _can_be_looked_for(text: Any) -> bool:
    return isinstance(text, str) and "\0" not in text


def _address(asked: Asked, way: str, values: Sequence[Any]) -> str:
    told = json.dumps([asked["ordering"], way, *(str(value) for value in values)], separators=(",", ":"))
    cursor = base64.urlsafe_b64encode(told.encode()).decode().rstrip("=")
    return f"{asked.here}?{urlencode({**asked.given, 'cursor': cursor}, doseq=True)}"
