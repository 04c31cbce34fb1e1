"""What all answers are made of. A shape says in types and sentences what a reader finds; OpenAPI is made of it.

Every key of a shape is always there; what is missing is null.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from pydantic import ConfigDict, with_config
from typing_extensions import TypedDict

from provisions.agreement.words import Precision, Provenance
from provisions.board import PartyHead, RevisionHead

Shape = TypeVar("Shape", bound=type)

# The key under which a thing has others in full, where that is asked for.
EXPANDED = "expanded"


def documented(shape: Shape) -> Shape:
    """A shape whose sentences below its keys are the descriptions in OpenAPI."""
    return with_config(ConfigDict(use_attribute_docstrings=True))(shape)


@dataclass(frozen=True, slots=True)
class Results:
    """The results of an answer, the last of its keys. Where they are `kept`, what was written of each is joined again.

    `kept` gives the place for what is written of a thing, and the name under which it is to be found there.
    """

    things: Sequence[Any]
    tell: Callable[[Any], Mapping[str, Any]]
    kept: Callable[[Any], tuple[dict[Any, bytes], Any]] | None = None

    def __iter__(self) -> Iterator[Mapping[str, Any]]:
        return map(self.tell, self.things)

    def written(self, write: Callable[[Mapping[str, Any]], bytes]) -> Iterator[bytes]:
        """What is written of each of them."""
        for thing in self.things:
            if self.kept is None:
                yield write(self.tell(thing))
                continue
            place, name = self.kept(thing)
            if name not in place:
                place[name] = write(self.tell(thing))
            yield place[name]


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
