"""Which positions are on record? Those that were not retracted, the latest first, page by page."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q, QuerySet

from provisions.assessing import one_moment
from provisions.board import board
from provisions.contents import PositionContent
from provisions.held import held
from provisions.models import Plan, Position, Resource
from provisions.queue import doubts

PAGE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which positions are asked for: of a party, on a line, of one stance, read in one source, of one kind of doubt."""

    party: str = ""
    line: str = ""
    stance: str = ""
    source: str = ""
    doubt: str = ""
    words: str = ""

    @property
    def asked(self) -> dict[str, str]:
        """What is asked for, as an address has it."""
        names = {name: "q" if name == "words" else name for name in self.__slots__}
        return {names[name]: value for name in self.__slots__ if (value := getattr(self, name))}


@dataclass(frozen=True, slots=True)
class Page:
    """A page of positions, and the key of the last one where more follow."""

    positions: tuple[PositionContent, ...]
    total: int
    more: str


def positions(plan: str, *, wanted: Wanted, after: str = "") -> Page:
    """The positions that stand and are wanted. Raises Plan.DoesNotExist. The number of queries does not grow."""
    with one_moment():
        of = Plan.objects.get(slug=plan)
        rows = _among(Position.objects.filter(plan=of, retraction=None), plan, wanted)
        total = rows.count()
        ordered = _below(rows, after).order_by("-stated_on", "-pk")
        keys = list(ordered.values_list("key", flat=True)[: PAGE + 1])
        found = held(of, Resource.POSITION, keys=keys[:PAGE])
    shown = tuple(found[key].content for key in keys[:PAGE])
    return Page(shown, total, shown[-1].key if len(keys) > PAGE else "")


def _among(rows: QuerySet[Position], plan: str, wanted: Wanted) -> QuerySet[Position]:
    columns = {
        "party": "party__slug",
        "line": "wording__provision__slug",
        "stance": "stance",
        "source": "evidence__source__slug",
    }
    rows = rows.filter(**{column: value for name, column in columns.items() if (value := getattr(wanted, name))})
    if wanted.words:
        rows = rows.filter(Q(summary__icontains=wanted.words) | Q(speaker__icontains=wanted.words))
    if wanted.doubt:
        rows = rows.filter(key__in=_doubted(plan, wanted.doubt))
    return rows


def _doubted(plan: str, kind: str) -> set[str]:
    """The positions that the queue lists under a kind of doubt."""
    return {doubt.cell.position for doubt in doubts(board(plan)) if doubt.kind == kind and doubt.cell.position}


def _below(rows: QuerySet[Position], after: str) -> QuerySet[Position]:
    last = rows.filter(key=after).first() if after else None
    if last is None:
        return rows
    return rows.filter(Q(stated_on__lt=last.stated_on) | Q(stated_on=last.stated_on, pk__lt=last.pk))
