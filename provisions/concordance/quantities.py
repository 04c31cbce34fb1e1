"""Figures that moved from one text to another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Q
from django.db.models.functions import Coalesce

from provisions.contents import FigureContent
from provisions.models import Figure

from .pairing import Fate, Share
from .texts import Text


@dataclass(frozen=True, slots=True)
class Amount:
    """A figure as one text has it; with the parties whose rival words it stands in, by their short names."""

    figure: FigureContent
    parties: tuple[str, ...]

    @property
    def said(self) -> tuple[Decimal | None, str, tuple[str, ...]]:
        """What has to be equal for a figure to be the same."""
        return self.figure.value, self.figure.unit, self.parties


@dataclass(frozen=True, slots=True)
class Move:
    """A figure that differs. Where a text does not have it, `seen_…` says whether its words were seen whole."""

    name: str
    label: str
    line: str
    before: tuple[Amount, ...]
    after: tuple[Amount, ...]
    seen_before: bool
    seen_after: bool


Amounts = dict[str, dict[str, list[Amount]]]


def moves(plan: int, before: Text, after: Text, *, shares: Mapping[str, Share], names: Mapping[str, str]) -> list[Move]:
    """The figures that differ, in the order of the lines; `names` are those of the parties. Costs one query."""
    lines, found = _amounts(plan, before, after, names)
    old, new = found[before.slug], found[after.slug]
    order = list(shares)
    moved = []
    for name in sorted({*old, *new}, key=lambda name: (order.index(lines[name]), name)):
        one, other = tuple(old.get(name, ())), tuple(new.get(name, ()))
        if {each.said for each in one} == {each.said for each in other}:
            continue
        line = lines[name]
        if shares[line].fate == Fate.UNSEEN:
            # Where one of the texts was not seen, nobody knows whether the figure moved.
            continue
        moved.append(
            Move(
                name=name,
                label=(other or one)[0].figure.label,
                line=line,
                before=one,
                after=other,
                seen_before=_seen(before, line),
                seen_after=_seen(after, line),
            )
        )
    return moved


def _seen(text: Text, line: str) -> bool:
    """Whether a figure that the text does not have is surely not in its words."""
    return line not in text.words or not text.words[line].dim


def _amounts(plan: int, before: Text, after: Text, names: Mapping[str, str]) -> tuple[dict[str, str], Amounts]:
    """By figure the line that it belongs to, and by text and figure the amounts, those of rival words included."""
    rows = (
        Figure.objects.filter(
            Q(wording_version__revision__plan=plan, wording_version__superseded_at=None)
            | Q(variant__wording_version__revision__plan=plan, variant__wording_version__superseded_at=None)
        )
        .annotate(
            text=Coalesce("wording_version__revision__slug", "variant__wording_version__revision__slug"),
            line=Coalesce(
                "wording_version__wording__provision__parent__slug",
                "wording_version__wording__provision__slug",
                "variant__wording_version__wording__provision__parent__slug",
                "variant__wording_version__wording__provision__slug",
            ),
        )
        .filter(text__in=(before.slug, after.slug))
        .order_by("pk")
    )
    lines: dict[str, str] = {}
    found: Amounts = {before.slug: {}, after.slug: {}}
    columns = ("text", "line", "name", "label", "value", "unit", "note", "variant__parties")
    for row in rows.values_list(*columns, named=True):
        figure = FigureContent(name=row.name, label=row.label, value=_plain(row.value), unit=row.unit, note=row.note)
        lines[row.name] = row.line
        amounts = found[row.text].setdefault(row.name, [])
        amount = Amount(figure, tuple(names.get(slug, slug) for slug in row.variant__parties or ()))
        if amount.said not in [each.said for each in amounts]:
            amounts.append(amount)
    return lines, found


def _plain(value: Decimal | None) -> Decimal | None:
    return None if value is None else value.normalize()
