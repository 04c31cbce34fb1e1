"""How the text of a scalar is read as what the schema asks for. Each says in a sentence what it would have taken."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any, Literal, TypeVar

from django.core.exceptions import ValidationError as NotValid
from django.core.validators import URLValidator
from pydantic import Field, PlainValidator
from pydantic_core import PydanticCustomError

from provisions.agreement.words import Authority
from provisions.contents import When
from provisions.models.base import SLUG_LENGTH

from .places import did_you_mean

Word = TypeVar("Word")

_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*", re.ASCII)
_ID = re.compile(r"[A-Za-z0-9]+(-[A-Za-z0-9]+)*", re.ASCII)
_KEY = re.compile(r"[A-Za-z0-9]+([.-][A-Za-z0-9]+)*", re.ASCII)
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_PERIOD = re.compile(r"\d{4}(-\d\d){0,2}", re.ASCII)
_WHOLE = re.compile(r"\d{1,9}", re.ASCII)
_NUMBER = re.compile(r"-?\d{1,16}(\.\d{1,4})?", re.ASCII)
_GRADE = re.compile(r"[A-F][1-6]", re.ASCII)
_SHOWN = 40

# Words that may be another plan's are named by so many slugs.
OF_ANY_PLAN = 3

# So long is the key of a position on record.
KEY_LENGTH = 130

_is_address = URLValidator(schemes=["http", "https"])


def refused(message: str) -> PydanticCustomError:
    """The error of a value, in our words."""
    return PydanticCustomError("plan_file", "{message}", {"message": message})


def _given(value: Any) -> str:
    """The text of a scalar."""
    if isinstance(value, dict):
        raise refused("is a block of keys where one value is asked for")
    if isinstance(value, list):
        raise refused("is a list where one value is asked for")
    if value is None or not value.strip():
        raise refused("is empty; write something here")
    return value.strip()


def _shown(value: str) -> str:
    return repr(value if len(value) <= _SHOWN else value[: _SHOWN - 1] + "…")


# What a value looks like to an editor that knows YAML and the JSON Schema of our files. A scalar is a text to us.


def _read(read: Callable[[Any], Any], *, looks: Any) -> PlainValidator:
    return PlainValidator(read, json_schema_input_type=looks)


def _maybe(read: Callable[[Any], Any], *, looks: Any, absent: Any = None) -> PlainValidator:
    return _read(lambda value: absent if value is None else read(value), looks=looks | None)


def _like(pattern: re.Pattern[str], longest: int | None = None) -> Any:
    return Annotated[str, Field(pattern=f"^{pattern.pattern}$", max_length=longest)]


def _text(longest: int | None) -> Callable[[Any], str]:
    def read(value: Any) -> str:
        text = _given(value)
        if longest is not None and len(text) > longest:
            raise refused(f"has {len(text)} characters; shorten it to {longest}")
        return text

    return read


def text(longest: int | None = None) -> PlainValidator:
    """A text that says something."""
    return _read(_text(longest), looks=_long(longest))


def maybe_text(longest: int | None = None) -> PlainValidator:
    """A text that may be left out."""
    read = _text(longest)
    return _read(lambda value: "" if value in (None, "") else read(value), looks=_long(longest) | None)


def _long(longest: int | None) -> Any:
    return Annotated[str, Field(max_length=longest)] | int | float


def maybe_number(longest: int) -> PlainValidator:
    """The number of a line as it is printed; None where there is none."""
    return _maybe(_text(longest), looks=_long(longest))


def _shaped(pattern: re.Pattern[str], remedy: str, *, longest: int = SLUG_LENGTH) -> Callable[[Any], str]:
    def read(value: Any) -> str:
        name = _text(longest)(value)
        if not pattern.fullmatch(name):
            raise refused(f"{_shown(name)} {remedy}")
        return name

    return read


_slug = _shaped(_SLUG, "is not a slug; write small letters, digits and single hyphens, such as 'armed-forces'")
_id = _shaped(_ID, "is not an id; write letters, digits and single hyphens, such as 'S001' or 'ua-002'")
_position_id = _shaped(
    _KEY, "is not an id; write letters, digits and single hyphens or points, such as 'ua-002'", longest=KEY_LENGTH
)

SLUG = _read(_slug, looks=_like(_SLUG, SLUG_LENGTH))
MAYBE_SLUG = _maybe(_slug, looks=_like(_SLUG, SLUG_LENGTH))
ID = _read(_id, looks=_like(_ID, SLUG_LENGTH))
POSITION_ID = _read(_position_id, looks=_like(_KEY, KEY_LENGTH))
MAYBE_POSITION_ID = _maybe(_position_id, looks=_like(_KEY, KEY_LENGTH))


def _origin(value: Any) -> str:
    name = _given(value)
    revision, slash, provision = name.partition("/")
    if not (slash and _SLUG.fullmatch(revision) and _SLUG.fullmatch(provision)):
        raise refused(f"{_shown(name)} names no words; write revision/provision, such as 'us-28/armed-forces'")
    return name


ORIGIN = _read(_origin, looks=_like(re.compile(f"{_SLUG.pattern}/{_SLUG.pattern}")))


def _of_any_plan(value: Any) -> str:
    name = _given(value)
    names = name.split("/")
    if len(names) != OF_ANY_PLAN or not all(map(_SLUG.fullmatch, names)):
        raise refused(
            f"{_shown(name)} names no words; write plan/revision/provision, such as 'peace-plan/us-28/armed-forces'"
        )
    return name


WORDS_OF_ANY_PLAN = _read(_of_any_plan, looks=_like(re.compile("/".join([_SLUG.pattern] * OF_ANY_PLAN))))


def _day(value: Any) -> date:
    written = _given(value)
    try:
        if _DAY.fullmatch(written):
            return date.fromisoformat(written)
    except ValueError:
        raise refused(f"{_shown(written)} is no day of the calendar") from None
    raise refused(f"{_shown(written)} is not a day; write it as 2025-11-20")


DAY = _read(_day, looks=_like(_DAY))
MAYBE_DAY = _maybe(_day, looks=_like(_DAY))


def _period(value: Any) -> When:
    written = _given(value)
    try:
        if _PERIOD.fullmatch(written):
            return When.parse(written)
    except ValueError:
        raise refused(f"{_shown(written)} is no day of the calendar") from None
    raise refused(f"{_shown(written)} is not a date; write 2025-11-20, 2025-11 or 2025")


PERIOD = _read(_period, looks=_like(_PERIOD) | Annotated[int, Field(ge=1, le=9999)])


def _flag(value: Any) -> bool:
    written = _given(value)
    if written not in ("true", "false"):
        raise refused(f"{_shown(written)} is neither true nor false; write one of the two")
    return written == "true"


FLAG = _read(_flag, looks=bool)


def _whole(lowest: int, highest: int) -> Callable[[Any], int]:
    def read(value: Any) -> int:
        written = _given(value)
        if not _WHOLE.fullmatch(written) or not lowest <= int(written) <= highest:
            raise refused(f"{_shown(written)} is not a whole number from {lowest} to {highest}")
        return int(written)

    return read


def whole(lowest: int, highest: int) -> PlainValidator:
    """A whole number within bounds."""
    return _read(_whole(lowest, highest), looks=Annotated[int, Field(ge=lowest, le=highest)])


def maybe_whole(lowest: int, highest: int) -> PlainValidator:
    """A whole number within bounds, or nothing."""
    return _maybe(_whole(lowest, highest), looks=Annotated[int, Field(ge=lowest, le=highest)])


def _amount(value: Any) -> Decimal:
    written = _given(value)
    if not _NUMBER.fullmatch(written):
        raise refused(
            f"{_shown(written)} is not a number; write digits, of which 4 may follow a point, such as 600000 or 0.5"
        )
    return Decimal(written).normalize()


MAYBE_AMOUNT = _maybe(_amount, looks=int | float)


def _grade(value: Any) -> str:
    written = _given(value)
    if not _GRADE.fullmatch(written):
        raise refused(f"{_shown(written)} is not a grade; write a letter A to F and a digit 1 to 6, such as B2")
    return written


MAYBE_GRADE = _maybe(_grade, looks=_like(_GRADE), absent="")


def _address(value: Any) -> str:
    written = _text(1000)(value)
    try:
        _is_address(written)
    except NotValid:
        raise refused(f"{_shown(written)} is not a web address; write it whole, beginning with https://") from None
    return written


MAYBE_ADDRESS = _maybe(_address, looks=Annotated[str, Field(pattern="^https?://", max_length=1000)], absent="")


def _one_of(words: Mapping[str, Word]) -> Callable[[Any], Word]:
    def read(value: Any) -> Word:
        written = _given(value)
        if written not in words:
            hint = did_you_mean(written, words)
            raise refused(f"{_shown(written)} is not one of {', '.join(words)}{hint}")
        return words[written]

    return read


def one_of(vocabulary: type[Enum] | Mapping[str, Any]) -> PlainValidator:
    """A word of a vocabulary."""
    words = _words(vocabulary)
    return _read(_one_of(words), looks=Literal[tuple(words)])


def maybe_one_of(vocabulary: type[Enum] | Mapping[str, Any]) -> PlainValidator:
    """A word of a vocabulary, or nothing."""
    words = _words(vocabulary)
    return _maybe(_one_of(words), looks=Literal[tuple(words)])


def _words(vocabulary: type[Enum] | Mapping[str, Any]) -> Mapping[str, Any]:
    return {member.value: member for member in vocabulary} if isinstance(vocabulary, type) else vocabulary


AUTHORITIES = {authority.word: authority for authority in Authority}
