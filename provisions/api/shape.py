"""What all answers are made of. A shape says in types and sentences what a reader finds; OpenAPI is made of it.

Every key of a shape is always there; what is missing is null.
"""

from __future__ import annotations

from datetime import date
from typing import TypeVar

from pydantic import ConfigDict, with_config
from typing_extensions import TypedDict

from provisions.agreement.words import Precision, Provenance
from provisions.board import PartyHead, RevisionHead

Shape = TypeVar("Shape", bound=type)


def documented(shape: Shape) -> Shape:
    """A shape whose sentences below its keys are the descriptions in OpenAPI."""
    return with_config(ConfigDict(use_attribute_docstrings=True))(shape)


@documented
class Listing(TypedDict):
    """What every list has beside its results."""

    next: str | None
    """Address of the next page; null on the last one."""
    previous: str | None
    """Address of the page before; null on the first one."""
    count: int | None
    """How many there are on all pages; null unless asked for by count=exact."""
    seq: int | None
    """The change up to which the list is told; null where it belongs to no single plan."""


@documented
class RevisionRef(TypedDict):
    """A draft, as other things name it."""

    slug: str
    title: str
    short: str
    """Its name where there is little room."""
    dated: date
    """The day of the draft; the first day of the period where only a month or a year is known."""
    dated_precision: Precision
    dated_approximate: bool
    provenance: Provenance


@documented
class PartyRef(TypedDict):
    """A party of the plan, in the plan's own order, which ranks nobody."""

    slug: str
    name: str
    short: str
    principal: bool
    """Whether its consent is constitutive."""


def revision_ref(head: RevisionHead) -> RevisionRef:
    return {
        "slug": head.slug,
        "title": head.title,
        "short": head.short,
        "dated": head.dated.day,
        "dated_precision": head.dated.precision,
        "dated_approximate": head.dated.approximate,
        "provenance": head.provenance,
    }


def party_ref(head: PartyHead) -> PartyRef:
    return {"slug": head.slug, "name": head.name, "short": head.short, "principal": head.principal}
