"""Kinds of things on a plan's record, each told as a list and one by one."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from provisions.held import Held, held
from provisions.models import Plan, Resource

from .asking import Asked, BadValue, Moment, NotOnRecord, Parameter, Typed, Words, one_of, shortened
from .endpoint import EXPAND, Endpoint, Head, the_log, unknown_plan
from .expanding import Expansion, Row, in_full
from .paging import Field, Order, number, page, paging
from .shape import EXPANDED, Listing

# By revision and line, as words stand in a text.
BY_WORDING = (
    number("wording__revision__order"),
    Field("wording__revision__slug"),
    number("wording__provision__order"),
    Field("wording__provision__slug"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """A parameter that chooses rows; and among what, where the record decides which values there are."""

    parameter: Parameter
    chooses: Callable[[Any], Q]
    among: Callable[[Plan], Iterable[str]] | None = None


def with_words_in(*columns: str) -> Filter:
    """Chooses what has each of the words that are typed somewhere in these columns."""

    def chooses(words: tuple[str, ...]) -> Q:
        chosen = Q()
        for word in words:
            anywhere = Q()
            for column in columns:
                anywhere |= Q(**{f"{column}__icontains": word})
            chosen &= anywhere
        return chosen

    named = ", ".join(f"`{column}`" for column in columns)
    does = f"Only what has all these words, or parts of words, in {named}; capitals do not matter."
    return Filter(parameter=Typed(name="q", does=does), chooses=chooses)


def updated_since(*moments: str) -> Filter:
    """Chooses what came on record as it is at a moment or later."""

    def chooses(since: datetime) -> Q:
        chosen = Q()
        for column in moments:
            chosen |= Q(**{f"{column}__gte": since})
        return chosen

    does = "Only what was put on record, changed or retracted at this moment or later."
    return Filter(parameter=Moment(name="updated_since", does=does), chooses=chooses)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of thing on a plan's record.

    `rows` are what lists page over, `key` the columns of them that make the thing's key, `more` what `tell` needs
    beside what is held of the thing. `expansions` are what `expand` can ask for.
    """

    resource: Resource
    name: str
    plural: str
    address: str
    description: str
    shape: type
    listing: type
    rows: Callable[[Plan], QuerySet[Any]]
    key: tuple[str, ...]
    tell: Callable[[Held, Row, Asked], Mapping[str, Any]]
    orders: Mapping[str, Order]
    more: tuple[str, ...] = ()
    filters: tuple[Filter, ...] = ()
    expansions: tuple[Expansion, ...] = ()
    rests_on: Head = the_log
    tabular: bool = False

    def endpoints(self) -> tuple[Endpoint, Endpoint]:
        """The list, and one of them."""
        path = f"plans/<slug:plan>/{self.plural}"
        expand = self._expand
        widened = {each.word: each.rests_on for each in self.expansions}
        return (
            Endpoint(
                name=self.plural,
                path=path,
                about="record",
                summary=self.plural.capitalize(),
                description=self.description,
                shape=self.listing,
                answer=self.told_all,
                rests_on=self.rests_on,
                widened=widened,
                tabular=self.tabular,
                parameters=(*(each.parameter for each in self.filters), self._fields, *expand, *paging(self.orders)),
            ),
            Endpoint(
                name=self.name,
                path=f"{path}/{self.address}",
                about="record",
                summary=f"One of the {self.plural}",
                description=self.description,
                shape=self.shape,
                answer=self.told_one,
                rests_on=self.rests_on,
                widened=widened,
                parameters=expand,
            ),
        )

    @property
    def _fields(self) -> Parameter:
        among = tuple(name for name in self.shape.__annotations__ if name != EXPANDED)
        return Words(name="fields", does="Only these keys of each result.", among=among)

    @property
    def _expand(self) -> tuple[Parameter, ...]:
        words = tuple(each.word for each in self.expansions)
        does = f"Tell in full, under `{EXPANDED}`, what is named by these words; each as at its own address."
        return (Words(name=EXPAND, does=does, among=words),) if words else ()

    def told_all(self, asked: Asked) -> Mapping[str, Any]:
        """A page of them."""
        plan = the_plan(asked)
        rows = self.rows(plan)
        for each in self.filters:
            rows = _chosen(rows, each, plan, asked)
        found = page(rows, orders=self.orders, asked=asked, values=(*self.key, *self.more))
        frame: Listing = {"next": found.next, "previous": found.previous, "count": found.count, "seq": plan.seq}
        told = in_full(self._told(plan, found.rows, asked), self.expansions, plan, asked)
        if wanted := asked.values.get("fields"):
            told = [{name: row[name] for name in row if name in (*wanted, EXPANDED)} for row in told]
        return {"results": told, **frame}

    def told_one(self, asked: Asked) -> Mapping[str, Any]:
        """The one that the address names. Raises NotOnRecord."""
        plan = the_plan(asked)
        # What the key is made of comes after the plan in the address, in the same order.
        parts = [value for name, value in asked.names.items() if name != "plan"]
        key = "/".join(parts)
        # PostgreSQL has no such character to look for.
        if "\0" not in key:
            rows = self.rows(plan).filter(**dict(zip(self.key, parts, strict=True)))
            found = self._told(plan, rows.values(*self.key, *self.more)[:1], asked)
            for told in in_full(found, self.expansions, plan, asked):
                return told
        raise NotOnRecord(f"There is no {self.name} '{shortened(key)}' in this plan.")

    def all_of(self, plan: Plan, asked: Asked) -> list[Mapping[str, Any]]:
        """All of them, in the order in which lists begin."""
        first = next(iter(self.orders.values()))
        rows = self.rows(plan).order_by(*first.names(backwards=False))
        return self._told(plan, rows.values(*self.key, *self.more), asked)

    def some_of(self, plan: Plan, keys: Collection[str], asked: Asked) -> Mapping[str, Mapping[str, Any]]:
        """Those with these keys, by key."""
        rows = self.rows(plan).filter(**{f"{self.key[-1]}__in": {key.rpartition("/")[2] for key in keys}})
        more = self._by_key(rows.values(*self.key, *self.more)) if self.more else {}
        return {
            key: self.tell(thing, more.get(key, {}), asked)
            for key, thing in held(plan, self.resource, keys=keys).items()
        }

    def _by_key(self, rows: Iterable[Row]) -> Mapping[str, Row]:
        return {"/".join(row[name] for name in self.key): row for row in rows}

    def _told(self, plan: Plan, rows: Iterable[Row], asked: Asked) -> list[Mapping[str, Any]]:
        by_key = self._by_key(rows)
        things = held(plan, self.resource, keys=by_key)
        return [self.tell(things[key], row, asked) for key, row in by_key.items()]


def the_plan(asked: Asked) -> Plan:
    """The plan that the address names, once it has been given a title. Raises NotOnRecord."""
    slug = asked.names["plan"]
    plan = Plan.objects.filter(slug=slug, versions__superseded_at=None, versions__isnull=False).first()
    if plan is None:
        raise unknown_plan(slug)
    return plan


def parties_of(plan: Plan) -> Iterable[str]:
    return plan.places.order_by("order").values_list("party__slug", flat=True)


def categories_of(plan: Plan) -> Iterable[str]:
    return plan.categories.order_by("order").values_list("slug", flat=True)


def lines_of(plan: Plan) -> Iterable[str]:
    return plan.provisions.order_by("order").values_list("slug", flat=True)


def revisions_of(plan: Plan) -> Iterable[str]:
    return plan.revisions.order_by("order").values_list("slug", flat=True)


def must_be_among(asked: Asked, parameter: str, known: Iterable[str]) -> None:
    """Refuse a value that is not one of this plan's."""
    value = asked[parameter]
    there = list(known)
    for each in value if isinstance(value, tuple) else (value,):
        if each not in there:
            raise BadValue(parameter, f"{parameter}: '{each}' is not in this plan; {one_of(there)}.")


def _chosen(rows: QuerySet[Any], each: Filter, plan: Plan, asked: Asked) -> QuerySet[Any]:
    name = each.parameter.name
    if not (value := asked[name]):
        return rows
    if each.among is not None:
        must_be_among(asked, name, each.among(plan))
    return rows.filter(each.chooses(value))
