"""Full-text search over the record: what parties, texts and sources say, by any of the words that they say it in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice

from provisions.assessing import one_moment
from provisions.models import Plan

from .asking import LONGEST, Asked, asked
from .finding import KINDS, Find, Found, found
from .marking import Marker
from .near import alike
from .telling import Hit, hits

__all__ = ["FEW", "KINDS", "LONGEST", "PAGE", "Findings", "Hit", "Section", "search"]

# How many of each kind stand beside other kinds, and how many of one kind on a page.
FEW = 6
PAGE = 25


@dataclass(frozen=True, slots=True)
class Section:
    """The hits of one kind: those of a page, and how many there are. Where there are `more`, not all were looked at."""

    kind: str
    hits: tuple[Hit, ...]
    total: int
    more: bool


@dataclass(frozen=True, slots=True)
class Findings:
    """What a search found. `instead` is what was looked for where nothing has the words that were typed."""

    sections: tuple[Section, ...] = ()
    instead: str = ""
    cut: bool = False

    @property
    def total(self) -> int:
        return sum(section.total for section in self.sections)

    @property
    def more(self) -> bool:
        return any(section.more for section in self.sections)


def search(typed: str, *, plan: Plan | None = None, kind: str = "", page: int = 1) -> Findings:
    """What has all the words that were typed, in one plan or in all; the best first in each kind.

    Of all kinds a few, or a page of one. The number of queries does not grow with the record.
    """
    question = asked(typed)
    if not question:
        return Findings()
    with one_moment():
        groups = found(question, plan)
        meant = None if groups else alike(question)
        if meant:
            groups = found(meant, plan)
        marker = Marker(meant or question)
        sections = _sections(groups, marker, kind=kind, page=page)
    return Findings(sections, instead=_instead(question, marker) if meant and sections else "", cut=question.cut)


def _sections(groups: Iterable[Found], marker: Marker, *, kind: str, page: int) -> tuple[Section, ...]:
    shown = [(group, _shown(group, kind=kind, page=page)) for group in groups]
    told = iter(hits([find for _group, finds in shown for find in finds], marker))
    return tuple(
        Section(group.kind, tuple(islice(told, len(finds))), len(group.finds), group.more) for group, finds in shown
    )


def _shown(group: Found, *, kind: str, page: int) -> tuple[Find, ...]:
    if not kind:
        return group.finds[:FEW]
    return group.finds[PAGE * (page - 1) : PAGE * page] if group.kind == kind else ()


def _instead(question: Asked, marker: Marker) -> str:
    """The words that were found for those that were typed."""
    typed = [" ".join(term.words) for term in question.terms]
    return " ".join(marker.answer(n) or words for n, words in enumerate(typed))
