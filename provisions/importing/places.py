"""Where something stands in a plan file, and what is wrong there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import islice
from typing import Any

ABOUT = 3
MOST_COMPARED = 1000
MOST_HINTS = 100


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A spot in a file, lines and columns counted from 1; line 0 is the file as a whole. `path` names it by keys."""

    file: str
    line: int = 0
    column: int = 0
    path: str = ""

    def __str__(self) -> str:
        spot = f"{self.file}:{self.line}:{self.column}" if self.line else self.file
        return f"{spot}: {self.path}" if self.path else spot

    @property
    def spot(self) -> str:
        """File and line, for a message that points from another place to this one."""
        return f"{self.file}:{self.line}"


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """What is wrong at a place, and what to do about it."""

    place: Place
    message: str

    def __str__(self) -> str:
        return f"{self.place}: {self.message}"


class BadPlan(Exception):
    """The files cannot be imported as they are. Holds every fault that was found, by file and line."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(sorted(set(faults)))
        super().__init__("\n".join(map(str, self.faults)))

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.faults,)


class AwaitsAnother(BadPlan):
    """The files lead to words of another plan that is not on record; once it is, they can be tried again."""


class Faults:
    """Gathers what is wrong, so that all of it is reported at once."""

    def __init__(self, found: Iterable[Fault] = (), *, whole: bool = True) -> None:
        self.found = list(found)
        self.whole = whole
        """Whether every file could be read; if not, that a name is missing means nothing."""
        self.left_out: set[str] = set()
        """Names of entries that were left out for their faults; that nobody defines them is no fault of its own."""

    def note(self, place: Place, message: str) -> None:
        """One more fault."""
        self.found.append(Fault(place, message))

    def unreadable(self, place: Place, message: str) -> None:
        """A fault after which the rest of the file could not be read."""
        self.note(place, message)
        self.whole = False

    def hint(self, word: str, known: Iterable[str]) -> str:
        """What a name was meant to be. In files with very many faults there are no hints, which take long to find."""
        return did_you_mean(word, known) if len(self.found) < MOST_HINTS else ""

    def leave_out(self, names: Iterable[str]) -> None:
        """An entry, and with it what it defines, cannot be used; its faults were noted."""
        self.left_out.update(names)


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A hint at the known word that comes nearest, or nothing."""
    # Comparing is slow, and a typing error leaves a word about as long as it was.
    alike = islice((each for each in known if abs(len(each) - len(word)) <= ABOUT), MOST_COMPARED)
    near = get_close_matches(word, alike, n=1, cutoff=0.7)
    return f"; did you mean '{near[0]}'?" if near else ""
