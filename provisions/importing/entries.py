"""What every block of a plan file shares: it knows where it stands, and its faults do not hide those of others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, Self, TypeVar, get_args, get_type_hints

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    ModelWrapValidatorHandler,
    PrivateAttr,
    ValidationError,
    ValidationInfo,
    ValidatorFunctionWrapHandler,
    WrapValidator,
    model_validator,
)

from provisions.models import Resource

from .fields import refused
from .places import Faults, Place, did_you_mean
from .tree import Block, Items, names_within


@dataclass(frozen=True, slots=True)
class Names:
    """Marks a field whose text is the name of something else in the plan."""

    resource: Resource


class Entry(BaseModel):
    """A block of a plan file, with its place. Validated with `Faults` as the context."""

    # A key that is not in the schema is refused here and not by pydantic, which knows no near misses.
    model_config = ConfigDict(extra="ignore", frozen=True)
    _block: Block = PrivateAttr()

    @model_validator(mode="wrap")
    @classmethod
    def _in_its_place(cls, block: Any, handler: ModelWrapValidatorHandler[Self], info: ValidationInfo[Any]) -> Self:
        if isinstance(block, Block):
            known = _keys(cls).values()
            for key in block.keys() - known:
                info.context.note(block.key_at(key), f"unknown key '{key}'{did_you_mean(key, known)}")
        entry = handler(block)
        entry._block = block  # noqa: SLF001 -- it is our own
        return entry

    @property
    def place(self) -> Place:
        """Where the block begins."""
        return self._block.place

    def has(self, key: str) -> bool:
        """Whether the file says something under the key, be it right or wrong."""
        return bool(self._block.get(key))

    def at(self, key: str, index: int | None = None) -> Place:
        """Where the value of a key stands, or one item of it."""
        value = self._block.get(key)
        return self._block.value_at(key) if index is None or not isinstance(value, Items) else value.value_at(index)

    def within(self) -> Iterator[Entry]:
        """This entry and all that it holds."""
        yield self
        for name in _holding(type(self)):
            value = getattr(self, name)
            for each in value if isinstance(value, list) else (value,):
                if isinstance(each, Entry):
                    yield from each.within()

    def names(self) -> Iterator[tuple[Resource, str, tuple[str, int | None]]]:
        """What this entry itself names, and under which key and index, as `at` takes them."""
        for field, resource in _naming(type(self)).items():
            key = _keys(type(self))[field]
            value = getattr(self, field)
            if isinstance(value, list):
                for index, name in enumerate(value):
                    yield resource, name, (key, index)
            elif value is not None:
                yield resource, value, (key, None)


@cache
def _keys(entry: type[Entry]) -> dict[str, str]:
    """The keys of a block in a file, by field."""
    return {name: field.alias or name for name, field in entry.model_fields.items()}


@cache
def _holding(entry: type[Entry]) -> tuple[str, ...]:
    """The fields that may hold other entries."""
    hints = get_type_hints(entry, include_extras=True)
    return tuple(field for field in entry.model_fields if _holds_entries(hints[field]))


def _holds_entries(hint: Any) -> bool:
    return (isinstance(hint, type) and issubclass(hint, Entry)) or any(map(_holds_entries, get_args(hint)))


@cache
def _naming(entry: type[Entry]) -> dict[str, Resource]:
    hints = get_type_hints(entry, include_extras=True)
    marks = {field: _mark(hints[field]) for field in entry.model_fields}
    return {field: mark.resource for field, mark in marks.items() if mark}


def _mark(hint: Any) -> Names | None:
    for each in getattr(hint, "__metadata__", ()):
        if isinstance(each, Names):
            return each
    return next((mark for argument in get_args(hint) if (mark := _mark(argument))), None)


def _each(items: Any, handler: ValidatorFunctionWrapHandler, info: ValidationInfo[Faults]) -> list[Any]:
    if not isinstance(items, Items):
        return handler(items)
    sound: list[Any] = []
    for index, item in enumerate(items):
        try:
            sound += handler([item])
        except ValidationError as error:
            info.context.leave_out(names_within(item))
            take(error, items, faults=info.context, item=index)
    return sound


def _once(names: list[str]) -> list[str]:
    for name, times in Counter(names).items():
        if times > 1:
            raise refused(f"names '{name}' more than once; keep one")
    return names


Each = TypeVar("Each")

Many = Annotated[list[Each], WrapValidator(_each)]
"""A list of entries of which each is read by itself; those with faults are noted and left out."""

Once = Annotated[list[Each], AfterValidator(_once)]
"""A list of names, none of them twice."""


def take(error: ValidationError, root: Block | Items, *, faults: Faults, item: int | None = None) -> None:
    """Note what pydantic found wrong inside `root`, or inside one item of it, in our words and in its place."""
    for each in error.errors(include_url=False, include_input=False):
        loc = each["loc"] if item is None else (item, *each["loc"][1:])
        faults.note(_locate(root, loc), _message(each["type"], each["msg"], last=loc[-1] if loc else ""))


def _locate(root: Block | Items, loc: tuple[int | str, ...]) -> Place:
    place = root.place
    value: Any = root
    for step in loc:
        if isinstance(value, Items):
            place, value = value.value_at(int(step)), value[int(step)]
        elif isinstance(value, Block):
            place, value = value.value_at(step), value.get(str(step))
    return place


def _message(kind: str, message: str, *, last: int | str) -> str:
    match kind:
        case "missing":
            return f"'{last}' is missing"
        case "list_type":
            return "is not a list; begin each item with a hyphen, or leave the key out"
        case "too_short":
            return "is an empty list; name at least one"
        case "model_type" | "dict_type":
            return "is not a block of keys"
    return message
