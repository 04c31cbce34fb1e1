"""Who speaks, and where we read it: parties and sources, which all plans share."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import date
from typing import Any

from typing_extensions import TypedDict

from parties.models import Party, PublishedBasis, Source, SourceKind
from provisions.models import Plan

from .asking import Asked, Choice, NotOnRecord
from .endpoint import Endpoint, every_log
from .expanding import Expansion, Names, Row
from .paging import Field, Order, Page, page, paging
from .shape import Listing, documented

BY_SLUG = {"slug": Order((Field("slug"),))}


@documented
class PartyShape(TypedDict):
    """One who takes part in a negotiation. The list ranks nobody."""

    slug: str
    name: str
    short: str
    note: str | None
    version: int
    url: str


@documented
class PartyList(Listing):
    """Parties, by slug."""

    results: list[PartyShape]


@documented
class SourceShape(TypedDict):
    """A publication in which a statement, a wording or an event was read."""

    id: str
    title: str
    publisher: str | None
    address: str | None
    """Where it was published."""
    published: date | None
    published_basis: PublishedBasis
    accessed: date | None
    kind: SourceKind
    relays: str | None
    """The outlet whose report it passes on."""
    note: str | None
    version: int
    url: str


@documented
class SourceList(Listing):
    """Sources, by id."""

    results: list[SourceShape]


def _parties(asked: Asked) -> Mapping[str, Any]:
    found = page(Party.objects.all(), orders=BY_SLUG, asked=asked)
    rows = Party.objects.in_bulk([row["slug"] for row in found.rows], field_name="slug")
    return _framed(found, [party_row(rows[row["slug"]], asked) for row in found.rows])


def _one_party(asked: Asked) -> Mapping[str, Any]:
    slug = asked.names["party"]
    if (row := Party.objects.filter(slug=slug).first()) is None:
        raise NotOnRecord(f"There is no party '{slug}'.")
    return party_row(row, asked)


def _sources(asked: Asked) -> Mapping[str, Any]:
    wanted = Source.objects.filter(kind__in=asked["kind"]) if asked["kind"] else Source.objects.all()
    found = page(wanted, orders=BY_SLUG, asked=asked)
    rows = Source.objects.in_bulk([row["slug"] for row in found.rows], field_name="slug")
    return _framed(found, [source_row(rows[row["slug"]], asked) for row in found.rows])


def _one_source(asked: Asked) -> Mapping[str, Any]:
    slug = asked.names["source"]
    if (row := Source.objects.filter(slug=slug).first()) is None:
        raise NotOnRecord(f"There is no source '{slug}'.")
    return source_row(row, asked)


def _framed(found: Page, results: list[Any]) -> Mapping[str, Any]:
    frame: Listing = {"next": found.next, "previous": found.previous, "count": found.count, "seq": None}
    return {"results": results, **frame}


def party_row(row: Party, asked: Asked) -> PartyShape:
    return {
        "slug": row.slug,
        "name": row.name,
        "short": row.short,
        "note": row.note or None,
        "version": row.version,
        "url": asked.url("parties", row.slug),
    }


def source_row(row: Source, asked: Asked) -> SourceShape:
    return {
        "id": row.slug,
        "title": row.title,
        "publisher": row.publisher or None,
        "address": row.url or None,
        "published": row.published,
        "published_basis": PublishedBasis(row.published_basis),
        "accessed": row.accessed,
        "kind": SourceKind(row.kind),
        "relays": row.relays or None,
        "note": row.note or None,
        "version": row.version,
        "url": asked.url("sources", row.slug),
    }


def sources_of(part: Any) -> set[str]:
    """The ids of the sources that are named anywhere in these answers."""
    match part:
        case {"source": str(slug)}:
            return {slug}
        case dict():
            named = set(part.get("sources", ()))
            return named.union(*(sources_of(value) for value in part.values() if isinstance(value, dict | list)))
        case list():
            return set().union(*(sources_of(item) for item in part))
        case _:
            return set()


def _parties_named(plan: Plan, slugs: Collection[str], asked: Asked) -> Mapping[str, Row]:
    return {row.slug: party_row(row, asked) for row in Party.objects.filter(slug__in=slugs)}


def _sources_named(plan: Plan, slugs: Collection[str], asked: Asked) -> Mapping[str, Row]:
    return {row.slug: source_row(row, asked) for row in Source.objects.filter(slug__in=slugs)}


def parties_in(word: str, named: Callable[[Row], Names] | None = None) -> Expansion:
    """A party, or several, in full. Other plans may rename them as well."""
    return Expansion(word=word, reading=_parties_named, rests_on=every_log, named=named)


# All sources that a row names, wherever in it.
IN_SOURCES = Expansion(
    word="sources", reading=_sources_named, rests_on=every_log, named=lambda row: sorted(sources_of(row))
)


PARTIES = Endpoint(
    name="parties",
    path="parties",
    about="parties",
    summary="Parties",
    description="Who speaks. In which order a plan shows its parties is told by the plan.",
    shape=PartyList,
    answer=_parties,
    rests_on=every_log,
    parameters=paging(BY_SLUG),
)

PARTY = Endpoint(
    name="party",
    path="parties/<slug:party>",
    about="parties",
    summary="One party",
    description="How it is called.",
    shape=PartyShape,
    answer=_one_party,
    rests_on=every_log,
)

SOURCES = Endpoint(
    name="sources",
    path="sources",
    about="parties",
    summary="Sources",
    description="Where statements, wordings and events were read.",
    shape=SourceList,
    answer=_sources,
    rests_on=every_log,
    parameters=(
        Choice(name="kind", does="Only of this kind.", among=tuple(SourceKind), repeats=True),
        *paging(BY_SLUG),
    ),
)

SOURCE = Endpoint(
    name="source",
    path="sources/<slug:source>",
    about="parties",
    summary="One source",
    description="What was published, by whom, where and when.",
    shape=SourceShape,
    answer=_one_source,
    rests_on=every_log,
)
