"""Reads YAML or JSON as a tree in which everything knows where it stands.

A scalar stays the text that the file has: `1.10` keeps its zero and `no` is a word; what it means is for the schema.
Built from the parser's events and not by its own construction, which would drop places, take the last of two equal
keys, and follow aliases wherever they lead.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

import yaml

from .places import Faults, Place

DEEPEST = 20
MOST_NODES = 300_000
NOTHING = {"", "~", "null", "Null", "NULL"}
DEFINED_BY = ("slug", "id", "provision")
NAMED_BY = (*DEFINED_BY, "name", "source")

# The one in C is ten times as fast. Where a wheel lacks it, the other reads the same.
LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_PAIR = re.compile(r"(?<!\\)((?:\\\\)*)\\u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})")


# Where the parser was, counted from 0. A place is made of it once somebody asks: most are never asked for.
Mark = Any


class Block(dict[str, Any]):
    """A mapping of keys to text, None, Blocks and Items."""

    def __init__(self, place: Place) -> None:
        super().__init__()
        self.place = place
        self._keys: dict[str, Mark] = {}
        self._values: dict[str, Mark] = {}

    def put(self, key: str, value: Any, *, at: Mark, value_at: Mark) -> None:
        self[key] = value
        self._keys[key], self._values[key] = at, value_at

    def key_at(self, key: Any) -> Place:
        """Where the key stands, or for a key that is missing the block."""
        return self._named(self._keys, key)

    def value_at(self, key: Any) -> Place:
        """Where the value of the key stands, or for a key that is missing the block."""
        return self._named(self._values, key)

    def _named(self, marks: dict[str, Mark], key: Any) -> Place:
        if key not in marks:
            return self.place
        return _below(self.place, marks[key], f".{key}" if self.place.path else str(key))

    def only(self, key: str) -> Block:
        """The same block with no other key."""
        alone = Block(self.place)
        alone.put(key, self[key], at=self._keys[key], value_at=self._values[key])
        return alone


class Items(list[Any]):
    """A list of text, None, Blocks and Items."""

    def __init__(self, place: Place) -> None:
        super().__init__()
        self.place = place
        self._values: list[Mark] = []

    def put(self, value: Any, *, value_at: Mark) -> None:
        self.append(value)
        self._values.append(value_at)

    def value_at(self, index: int) -> Place:
        """Where the item stands. Its path has the name of the item, or for want of one its number, from 1."""
        return _below(self.place, self._values[index], f"[{name_of(self[index]) or index + 1}]")


def name_of(value: Any) -> str | None:
    """By what an item of a list is called: its slug, or what else names it."""
    if isinstance(value, Block):
        return next((value[key] for key in NAMED_BY if isinstance(value.get(key), str)), None)
    return None


def names_within(value: Any) -> Iterator[str]:
    """What a value and all that it holds would define."""
    if isinstance(value, Block):
        yield from (value[key] for key in DEFINED_BY if isinstance(value.get(key), str))
        value = list(value.values())
    if isinstance(value, list):
        for each in value:
            yield from names_within(each)


def _below(place: Place, mark: Mark, step: str) -> Place:
    return Place(place.file, mark.line + 1, mark.column + 1, place.path + step)


class _Unreadable(Exception):
    """The file cannot be read on from here."""

    def __init__(self, place: Place, message: str) -> None:
        super().__init__(message)
        self.place = place
        self.message = message


def tree(text: str, *, file: str, faults: Faults) -> Block | None:
    """The tree of one file; None if it cannot be read."""
    if file.lower().endswith(".json"):
        text = _as_yaml(text)
    composer = _Composer(file, faults)
    try:
        for event in yaml.parse(text, Loader=LOADER):
            composer.take(event)
        root = composer.whole()
    except _Unreadable as error:
        faults.unreadable(error.place, error.message)
        return None
    except yaml.MarkedYAMLError as error:
        problem = error.problem or "it ends too early"
        # Of what does not end, show the beginning.
        mark = error.context_mark if "end of stream" in problem and error.context_mark else error.problem_mark
        faults.unreadable(_at(file, mark), _syntax(problem))
        return None
    _lay_paths(root)
    return root


def _at(file: str, mark: Any) -> Place:
    return Place(file, mark.line + 1, mark.column + 1) if mark else Place(file)


def _as_yaml(text: str) -> str:
    """JSON as YAML has it: no tab between tokens, and a character beyond U+FFFF as one escape instead of two."""

    def joined(pair: re.Match[str]) -> str:
        character = bytes.fromhex(pair[2] + pair[3]).decode("utf-16-be")
        return f"{pair[1]}\\U{ord(character):08X}"

    return _PAIR.sub(joined, text.replace("\t", " "))


def _syntax(problem: str) -> str:
    if "\\t" in problem or "tab" in problem:
        remedy = "indent with spaces, not with tabs"
    elif "mapping values are not allowed" in problem:
        remedy = "put a text that holds a colon in quotes, or check the indent"
    else:
        remedy = "look for a missing quote or bracket, or an indent that does not fit, here or on the line before"
    return f"cannot be read as YAML ({problem}); {remedy}"


class _Composer:
    """Builds the tree, event by event, without recursion."""

    def __init__(self, file: str, faults: Faults) -> None:
        self.file = file
        self.faults = faults
        self.root: Any = None
        self._root_at: Mark = None
        self._begun = False
        self._nodes = 0
        self._open: list[Block | Items] = []
        self._keys: list[tuple[str, Mark] | None] = []

    def take(self, event: yaml.Event) -> None:
        match event:
            # By far the most, so they are asked for first.
            case yaml.ScalarEvent():
                self._count(event)
                self._scalar(event)
            case yaml.DocumentStartEvent():
                if self._begun:
                    raise _Unreadable(
                        self._at(event), "a plan file is one document; remove '---' or make two files of it"
                    )
                self._begun = True
            case yaml.AliasEvent():
                raise _Unreadable(self._at(event), "aliases (*) have no place in a plan file; write it out")
            case yaml.MappingStartEvent() | yaml.SequenceStartEvent():
                self._count(event)
                place = self._at(event)
                self._begin(Block(place) if isinstance(event, yaml.MappingStartEvent) else Items(place), event)
            case yaml.MappingEndEvent() | yaml.SequenceEndEvent():
                self._open.pop()
                self._keys.pop()
            case _:
                pass

    def whole(self) -> Block:
        """What was built."""
        if self.root is None:
            raise _Unreadable(Place(self.file), "is empty; remove it, or begin it with a key such as 'revisions:'")
        if not isinstance(self.root, Block):
            raise _Unreadable(_at(self.file, self._root_at), "a plan file begins with a key such as 'revisions:'")
        return self.root

    def _at(self, event: yaml.Event) -> Place:
        return _at(self.file, event.start_mark)

    def _count(self, event: Any) -> None:
        self._nodes += 1
        if self._nodes > MOST_NODES:
            raise _Unreadable(self._at(event), f"holds more than {MOST_NODES:,} values; split the file")
        if event.anchor:
            message = "anchors (&) have no place in a plan file; write it out where it is needed"
            raise _Unreadable(self._at(event), message)
        if event.tag:
            tag = event.tag.replace("tag:yaml.org,2002:", "!!")
            self.faults.note(self._at(event), f"tags such as {tag} have no place in a plan file; remove it")

    def _begin(self, holder: Block | Items, event: yaml.Event) -> None:
        if len(self._open) == DEEPEST:
            raise _Unreadable(holder.place, f"is nested more than {DEEPEST} deep")
        if self._awaits_key():
            raise _Unreadable(holder.place, "a key is one word; put a text that begins with a bracket in quotes")
        self._place(holder, event.start_mark)
        self._open.append(holder)
        self._keys.append(None)

    def _scalar(self, event: yaml.ScalarEvent) -> None:
        # No file has such a character but as an escape in quotes.
        if event.style == '"' and (odd := _CONTROL.search(event.value)):
            self.faults.note(self._at(event), f"the character U+{ord(odd[0]):04X} cannot stand in a text; delete it")
        if self._awaits_key():
            self._keys[-1] = (event.value, event.start_mark)
            return
        nothing = not event.style and event.value in NOTHING
        self._place(None if nothing else event.value, event.start_mark)

    def _awaits_key(self) -> bool:
        return bool(self._open) and isinstance(self._open[-1], Block) and self._keys[-1] is None

    def _place(self, value: Any, mark: Mark) -> None:
        if not self._open:
            self.root, self._root_at = value, mark
            return
        holder = self._open[-1]
        if isinstance(holder, Items):
            holder.put(value, value_at=mark)
            return
        key, key_at = self._keys[-1] or ("", mark)
        self._keys[-1] = None
        if key in holder:
            first = holder.key_at(key).line
            self.faults.note(_at(self.file, key_at), f"'{key}' stands here twice, first on line {first}; keep one")
        elif key == "<<":
            self.faults.note(_at(self.file, key_at), "merge keys (<<) have no place in a plan file; write it out")
        else:
            holder.put(key, value, at=key_at, value_at=mark)


def _lay_paths(holder: Block | Items) -> None:
    """Names are known only now that all is read."""
    inside: Iterable[tuple[Any, Any]] = holder.items() if isinstance(holder, Block) else enumerate(holder)
    for step, value in inside:
        if isinstance(value, (Block, Items)):
            value.place = holder.value_at(step)
            _lay_paths(value)
