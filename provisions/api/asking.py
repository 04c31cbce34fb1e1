"""What may be asked: the parameters of an endpoint, how their text is read, and what is told when it cannot be."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from provisions.models.base import SLUG_LENGTH

# Names are named in sentences, but not without end.
NAMED = 40
# Days outside are slips of the pen, and sums with them run over the end of the calendar.
FIRST_YEAR, LAST_YEAR = 1900, 2999
_YEAR = "^(19|2[0-9])[0-9]{2}-"
# In the description of a value: it has a form, but the record or the calendar says which values there are.
CHECKED_FURTHER = "x-checked-further"


class Refused(Exception):
    """An asking that gets no answer. Says why in a sentence for whoever wrote the asking."""


class BadValue(Refused):
    """A parameter has a value that it cannot have."""

    def __init__(self, parameter: str, detail: str) -> None:
        super().__init__(detail)
        self.parameter = parameter


class UnknownParameter(Refused):
    """A parameter that the endpoint does not have."""

    def __init__(self, parameter: str, *, allowed: Sequence[str]) -> None:
        known = f"Known are: {', '.join(allowed)}." if allowed else "This address takes no parameters."
        super().__init__(f"There is no parameter '{shortened(parameter)}' here. {known}")
        self.parameter = shortened(parameter)


class NotOnRecord(Refused):
    """The thing that the address names is not on record."""


class StartAgain(Refused):
    """A cursor that this log never gave: the reader's copy is of a log that a restore has replaced."""

    def __init__(self, detail: str, *, at: str) -> None:
        super().__init__(detail)
        self.at = at


@dataclass(frozen=True, slots=True)
class Asked:
    """What a reader asks: the names in the address, the parameters as given and their values, those left out included.

    `root` is where the API begins, `here` the address that is asked.
    """

    names: Mapping[str, str]
    given: Mapping[str, Sequence[str]]
    values: Mapping[str, Any]
    root: str
    here: str

    def __getitem__(self, parameter: str) -> Any:
        return self.values[parameter]

    def url(self, *path: str) -> str:
        """The address of another resource."""
        return self.root + "/".join(path)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One parameter: a name, what it does, and how its text is read. One that `repeats` holds any of its values."""

    name: str
    does: str
    repeats: bool = False
    default: Any = None
    # Whether a value of the right form may be none all the same.
    checked_further: bool = False

    def read(self, text: str) -> Any:
        """The value that a text stands for. Raises BadValue."""
        raise NotImplementedError

    def schema(self) -> dict[str, Any]:
        """The values as JSON Schema has them."""
        raise NotImplementedError

    def refuse(self, text: str, remedy: str) -> BadValue:
        return BadValue(self.name, f"{self.name}: '{shortened(text)}' cannot be used; {remedy}.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice(Parameter):
    """One of a few words."""

    among: tuple[str, ...]

    def read(self, text: str) -> str:
        if text not in self.among:
            raise self.refuse(text, one_of(self.among))
        return text

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "enum": [str(word) for word in self.among]}


@dataclass(frozen=True, slots=True, kw_only=True)
class Words(Parameter):
    """Several of a few words, with commas."""

    among: tuple[str, ...]

    def read(self, text: str) -> tuple[str, ...]:
        words = text.split(",")
        for word in words:
            if word not in self.among:
                raise self.refuse(word, one_of(self.among))
        return tuple(sorted(set(words)))

    def schema(self) -> dict[str, Any]:
        return {"type": "array", "minItems": 1, "items": {"type": "string", "enum": list(self.among)}}


@dataclass(frozen=True, slots=True, kw_only=True)
class Name(Parameter):
    """The slug of something on record. Whether it is there, the record says."""

    checked_further: bool = True

    def read(self, text: str) -> str:
        if not re.fullmatch(rf"[-a-zA-Z0-9_]{{1,{SLUG_LENGTH}}}", text):
            raise self.refuse(text, "a name is made of letters, digits, hyphens and underscores")
        return text

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "pattern": rf"^[-a-zA-Z0-9_]{{1,{SLUG_LENGTH}}}$"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed(Parameter):
    """Words as somebody types them. Their order, and how many there are, do not matter."""

    longest: int = 100

    def read(self, text: str) -> tuple[str, ...]:
        words = text.lower().split()
        # PostgreSQL has no such character to look for.
        if not words or len(text) > self.longest or "\0" in text:
            raise self.refuse(text, f"write one or more words, {self.longest} characters at the most")
        return tuple(sorted(set(words)))

    def schema(self) -> dict[str, Any]:
        pattern = r"^[^\u0000]*[^\s\u0000][^\u0000]*$"
        return {"type": "string", "minLength": 1, "maxLength": self.longest, "pattern": pattern}


@dataclass(frozen=True, slots=True, kw_only=True)
class Day(Parameter):
    """A day of the calendar."""

    def read(self, text: str) -> date:
        if re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII):
            with suppress(ValueError):
                day = date.fromisoformat(text)
                if FIRST_YEAR <= day.year <= LAST_YEAR:
                    return day
        raise self.refuse(text, f"write a day as 2026-01-15, from {FIRST_YEAR} to {LAST_YEAR}")

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "format": "date", "pattern": _YEAR}


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment(Parameter):
    """A moment, with its time zone."""

    def read(self, text: str) -> datetime:
        with suppress(ValueError, OverflowError):
            moment = datetime.fromisoformat(text)
            if moment.tzinfo is not None and FIRST_YEAR <= moment.year <= LAST_YEAR:
                return moment.astimezone(UTC)
        raise self.refuse(text, "write a moment with its time zone, as 2026-01-15T12:00:00Z")

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "format": "date-time", "pattern": _YEAR}


@dataclass(frozen=True, slots=True, kw_only=True)
class Number(Parameter):
    """A whole number between two others."""

    lowest: int
    highest: int

    def read(self, text: str) -> int:
        # Nobody needs more digits than the highest has.
        if re.fullmatch(r"\d{1,18}", text, re.ASCII) and self.lowest <= int(text) <= self.highest:
            return int(text)
        raise self.refuse(text, f"write a whole number from {self.lowest} to {self.highest}")

    def schema(self) -> dict[str, Any]:
        return {"type": "integer", "minimum": self.lowest, "maximum": self.highest, "default": self.default}


@dataclass(frozen=True, slots=True, kw_only=True)
class Opaque(Parameter):
    """A text that we gave out and that comes back as it was."""

    pattern: str
    remedy: str
    checked_further: bool = True

    def read(self, text: str) -> str:
        if not re.fullmatch(self.pattern, text, re.ASCII):
            raise self.refuse(text, self.remedy)
        return text

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "pattern": f"^({self.pattern})$"}


def read(parameters: Sequence[Parameter], given: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """The values of all parameters, those that were not given included. Raises UnknownParameter, BadValue."""
    known = {parameter.name: parameter for parameter in parameters}
    for name in given:
        if name not in known:
            raise UnknownParameter(name, allowed=list(known))
    return {name: _value(parameter, given.get(name, ())) for name, parameter in known.items()}


def _value(parameter: Parameter, texts: Sequence[str]) -> Any:
    if parameter.repeats:
        return tuple(sorted({parameter.read(text) for text in texts}))
    if len(texts) > 1:
        raise BadValue(parameter.name, f"{parameter.name} is given {len(texts)} times; give it once.")
    return parameter.read(texts[0]) if texts else parameter.default


def one_of(words: Sequence[str]) -> str:
    """A remedy that names what is allowed."""
    if not words:
        return "there is none to choose"
    more = f" and {len(words) - NAMED} more" if len(words) > NAMED else ""
    return f"use one of: {', '.join(words[:NAMED])}{more}"


def shortened(text: str) -> str:
    """A text as a sentence can hold it."""
    return text if len(text) <= NAMED else f"{text[:NAMED]}…"
