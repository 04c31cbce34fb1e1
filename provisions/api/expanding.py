"""Things in full where others name them: told as at their own addresses, where they name others by name again.

Each kind of thing is read once for all rows of a page.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from provisions.models import Plan

from .asking import Asked
from .endpoint import EXPAND, Head
from .shape import EXPANDED

Row = Mapping[str, Any]
# One name, or none, or several.
Names = str | Sequence[str] | None
# Reads the things of one kind with these names.
Reading = Callable[[Plan, Collection[str], Asked], Mapping[str, Row]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Expansion:
    """A word of `expand`: how that which it stands for is read, on what that rests, and how rows name it.

    A row that `named` says nothing of has the names under the word itself.
    """

    word: str
    reading: Reading
    rests_on: Head
    named: Callable[[Row], Names] | None = None

    def names(self, row: Row) -> Names:
        """What a row names."""
        found: Names = row[self.word] if self.named is None else self.named(row)
        return found


def in_full(rows: list[Row], expansions: Iterable[Expansion], plan: Plan, asked: Asked) -> list[Row]:
    """The rows, with that beside what they name which is asked for."""
    words = asked.values.get(EXPAND) or ()
    wanted = [each for each in expansions if each.word in words]
    if not wanted:
        return rows
    names: dict[Reading, set[str]] = {}
    for each in wanted:
        names.setdefault(each.reading, set()).update(name for row in rows for name in _listed(each.names(row)))
    found = {reading: reading(plan, keys, asked) if keys else {} for reading, keys in names.items()}
    return [
        {**row, EXPANDED: {each.word: _told(each.names(row), found[each.reading]) for each in wanted}} for row in rows
    ]


def _listed(names: Names) -> Sequence[str]:
    if names is None:
        return ()
    return (names,) if isinstance(names, str) else names


def _told(names: Names, found: Mapping[str, Row]) -> Row | list[Row] | None:
    if names is None or isinstance(names, str):
        return None if names is None else found.get(names)
    return [found[name] for name in names if name in found]
