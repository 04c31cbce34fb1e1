"""Section 10, first half: the record as JSON, read into facts. A bad record is told where it is bad."""

from calendar import monthrange
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import date, datetime
from functools import lru_cache
from typing import Any, NamedTuple, NoReturn, TypeVar

from provisions.agreement.facts import (
    GRADES,
    BadRecord,
    Condition,
    EventReport,
    Evidence,
    Line,
    Plan,
    Position,
    Record,
    Revision,
    Silence,
    Version,
    Wording,
)
from provisions.agreement.words import (
    RULE,
    Authority,
    ConditionKind,
    EventState,
    Kind,
    Level,
    Precision,
    Provenance,
    Role,
    Stance,
    WordingChange,
)

Word = TypeVar("Word")
Thing = TypeVar("Thing")
Value = TypeVar("Value", Condition, Evidence)

_STANCES = {word.value: word for word in Stance}
_PRECISIONS = {word.value: word for word in Precision}
_PROVENANCES = {word.value: word for word in Provenance}
_CHANGES = {word.value: word for word in WordingChange}
_KINDS = {word.value: word for word in Kind}
_ROLES = {word.value: word for word in Role}
_EVENT_STATES = {word.value: word for word in EventState}
_CONDITION_KINDS = {word.value: word for word in ConditionKind}
_REACHABLE = {word.value: word for word in Level if word.rank >= Level.AGREED_IN_PRINCIPLE.rank}


class Item:
    """One object of the record, and where it stands in it."""

    __slots__ = ("_field", "_index", "_raw", "_within")

    def __init__(self, raw: Any, within: "Item | None" = None, field: str = "", index: int | None = None) -> None:
        self._raw = raw
        self._within = within
        self._field = field
        self._index = index
        if not isinstance(raw, dict):
            raise BadRecord(f"{self._where()}: {raw!r} is not an object")

    def _where(self, field: str = "") -> str:
        """The path to this object, or to a field of it."""
        if self._within is None:
            return field or "record"
        index = "" if self._index is None else f"[{self._index}]"
        path = self._within._where(self._field + index)  # noqa: SLF001 - it is another of the same
        return f"{path}.{field}" if field else path

    def fail(self, field: str, wrong: str) -> NoReturn:
        """Say what is wrong with a field."""
        raise BadRecord(f"{self._where(field)}: {wrong}")

    def value(self, field: str) -> Any:
        """What the field holds; a field that may be null may be missing, too."""
        return self._raw.get(field)

    def text(self, field: str) -> str:
        """A text that says something."""
        value = self._raw.get(field)
        if not isinstance(value, str) or not value:
            self.fail(field, f"{value!r} is not a text" if field in self._raw else "missing")
        return value

    def one_of(self, field: str, words: Mapping[str, Word]) -> Word:
        """One word of a vocabulary."""
        word = self._raw.get(field)
        if not isinstance(word, str) or word not in words:
            self.fail(field, f"{self.text(field)!r} is none of {', '.join(words)}")
        return words[word]

    def name(self, field: str, names: Collection[str], what: str) -> str:
        """The name of something that the record holds."""
        value = self._raw.get(field)
        if not isinstance(value, str) or value not in names:
            self.fail(field, f"{self.text(field)!r} is not a {what}")
        return value

    def maybe_name(self, field: str, names: Collection[str], what: str) -> str | None:
        """The name of something that the record holds, or null."""
        return None if self._raw.get(field) is None else self.name(field, names, what)

    def names(self, field: str, names: Collection[str], what: str) -> tuple[str, ...]:
        """Names of things that the record holds, each once."""
        values = self.array(field)
        for i, value in enumerate(values):
            if not isinstance(value, str) or value not in names:
                self.fail(f"{field}[{i}]", f"{value!r} is not a {what}")
        return tuple(sorted(set(values))) if len(values) > 1 else tuple(values)

    def number(self, field: str, lowest: int, highest: int | None = None) -> int:
        """A whole number within bounds."""
        value = self._raw.get(field)
        if type(value) is not int or value < lowest or (highest is not None and value > highest):
            bounds = f"{lowest} to {highest}" if highest is not None else f"{lowest} or more"
            self.fail(field, f"{value!r} is not a whole number, {bounds}")
        return value

    def day(self, field: str) -> date:
        """A day in ISO 8601."""
        value = self.text(field)
        try:
            return _day(value)
        except ValueError:
            self.fail(field, f"{value!r} is not a day")

    def maybe_day(self, field: str) -> date | None:
        """A day in ISO 8601, or null."""
        return None if self._raw.get(field) is None else self.day(field)

    def moment(self, field: str) -> datetime:
        """A moment in ISO 8601 with its time zone."""
        value = self.text(field)
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            self.fail(field, f"{value!r} is not a moment")
        if moment.tzinfo is None:
            self.fail(field, f"{value!r} carries no time zone")
        return moment

    def array(self, field: str) -> list[Any]:
        """A list, which may be empty."""
        value = self._raw.get(field)
        if not isinstance(value, list):
            self.fail(field, f"{value!r} is not a list" if field in self._raw else "missing")
        return value

    def part(self, field: str) -> "Item":
        """The object in a field."""
        return Item(self._raw.get(field), self, field)

    def items(self, field: str) -> Iterator["Item"]:
        """The objects of a list."""
        return (Item(raw, self, field, i) for i, raw in enumerate(self.array(field)))

    def version(self, thing: Thing) -> Version[Thing]:
        """The thing that this object describes, with how long the record held it."""
        superseded_at = self.moment("superseded_at") if self._raw.get("superseded_at") is not None else None
        return Version(self.moment("recorded_at"), superseded_at, thing)


@lru_cache(maxsize=10_000)
def _day(value: str) -> date:
    """A day of the calendar, not one of the other forms that ISO 8601 knows."""
    day = date.fromisoformat(value)
    if day.isoformat() != value:
        raise ValueError(value)
    return day


class Names(NamedTuple):
    """Everything in a record that something else in it can name."""

    parties: Collection[str]
    categories: Collection[str]
    revisions: Collection[str]
    lines: Collection[str]
    wordings: Collection[str]


def parse(raw: object) -> Record:
    """Read the JSON of a record; a bad one is told where."""
    record = Item(raw)
    if record.value("rule") not in (None, RULE):
        record.fail("rule", f"{record.value('rule')!r} is not {RULE}")
    names = Names(
        parties=_distinct(record, "parties"),
        categories={item.text("slug") for item in record.items("categories")},
        revisions={item.text("slug") for item in record.items("revisions")},
        lines={item.text("slug") for item in record.items("provisions")},
        wordings={item.text("id") for item in record.items("wordings")},
    )
    plans = list(record.items("plan")) if isinstance(record.value("plan"), list) else [record.part("plan")]
    parsed = Record(
        as_of=record.day("as_of"),
        known_at=record.moment("known_at"),
        parties=tuple(sorted(names.parties)),
        categories=tuple(sorted(names.categories)),
        plans=[item.version(_plan(item, names)) for item in plans],
        revisions=[item.version(_revision(item, names)) for item in record.items("revisions")],
        lines=[item.version(_line(item, names)) for item in record.items("provisions")],
        wordings=[item.version(_wording(item, names)) for item in record.items("wordings")],
        positions=[item.version(_position(item, names)) for item in record.items("positions")],
        silences=[item.version(_silence(item, names)) for item in record.items("silence_procedures")],
        events=[item.version(_event(item)) for item in record.items("events")],
    )
    if not parsed.plans:
        record.fail("plan", "missing")
    return parsed


def _distinct(record: Item, field: str) -> set[str]:
    for i, value in enumerate(record.array(field)):
        if not isinstance(value, str) or not value:
            record.fail(f"{field}[{i}]", f"{value!r} is not a text")
    return set(record.array(field))


def _plan(item: Item, names: Names) -> Plan:
    principals = item.names("principals", names.parties, "party")
    if not principals:
        item.fail("principals", "names nobody")
    return Plan(
        slug=item.text("slug"),
        principals=principals,
        threshold=int(Authority.NEGOTIATOR) if item.value("threshold") is None else item.number("threshold", 0, 4),
        horizon_days=60 if item.value("horizon_days") is None else item.number("horizon_days", 0),
        revision=item.maybe_name("revision", names.revisions, "revision"),
    )


def _revision(item: Item, names: Names) -> Revision:
    return Revision(
        slug=item.text("slug"),
        derives_from=item.maybe_name("derives_from", names.revisions, "revision"),
        provenance=item.one_of("provenance", _PROVENANCES),
    )


def _line(item: Item, names: Names) -> Line:
    override: tuple[str, ...] = ()
    if item.value("essential_override") is not None:
        ruling = item.part("essential_override")
        override = ruling.names("parties", names.parties, "party")
        if not override:
            ruling.fail("parties", "names nobody")
    roles = {(role.name("party", names.parties, "party"), role.one_of("role", _ROLES)) for role in item.items("roles")}
    return Line(
        slug=item.text("slug"),
        category=item.name("category", names.categories, "category"),
        operative=item.one_of("kind", _KINDS) is Kind.OPERATIVE,
        roles=tuple(sorted(roles)),
        override=override,
    )


def _wording(item: Item, names: Names) -> Wording:
    return Wording(
        id=item.text("id"),
        line=item.name("provision", names.lines, "provision"),
        revision=item.name("revision", names.revisions, "revision"),
        change=item.one_of("change", _CHANGES),
        came_from=item.names("from", names.wordings, "wording"),
        fingerprint=item.text("text_sha256"),
    )


def _position(item: Item, names: Names) -> Position:
    wording = item.maybe_name("wording", names.wordings, "wording")
    revision = item.maybe_name("revision", names.revisions, "revision")
    if (wording is None) == (revision is None):
        item.fail("wording", "a position is on a wording or on a whole revision")
    party = item.name("party", names.parties, "party")
    stance = item.one_of("stance", _STANCES)
    conditions = _each(item, "conditions", lambda part: _condition(part, names))
    if conditions and stance is not Stance.CONDITIONAL:
        item.fail("conditions", f"a position with stance {stance} has none")
    evidence = _each(item, "evidence", _evidence)
    first, last = _period(item.day("stated_on"), item.one_of("precision", _PRECISIONS))
    return Position(
        id=item.text("id"),
        party=party,
        wording=wording,
        revision=revision,
        stance=stance,
        authority=item.number("authority", 0, 4),
        own=item.name("asserted_by", names.parties, "party") == party,
        day=first if stance.consenting else last,
        in_time_from=last if stance.consenting else first,
        conditions=conditions,
        evidence=evidence,
        grade=_best_grade(evidence),
    )


def _each(item: Item, field: str, read: Callable[[Item], Value]) -> tuple[Value, ...]:
    """What a list of objects holds, each once and in order."""
    if not item.array(field):
        return ()
    parts = [read(part) for part in item.items(field)]
    return _one_and_the_same(tuple(sorted(set(parts)) if len(parts) > 1 else parts))


@lru_cache(maxsize=10_000)
def _one_and_the_same(values: tuple[Value, ...]) -> tuple[Value, ...]:
    """What is often said in the same words is kept once: the fewer objects, the less the garbage collector walks."""
    return values


@lru_cache(maxsize=10_000)
def _best_grade(evidence: tuple[Evidence, ...]) -> int:
    return max((GRADES[piece.grade] for piece in evidence if piece.grade), default=0)


def _period(day: date, precision: Precision) -> tuple[date, date]:
    """The first and the last day of what is known of a day."""
    if precision is Precision.DAY:
        return day, day
    if precision is Precision.MONTH:
        return day.replace(day=1), day.replace(day=monthrange(day.year, day.month)[1])
    return day.replace(month=1, day=1), day.replace(month=12, day=31)


def _condition(item: Item, names: Names) -> Condition:
    kind = item.one_of("kind", _CONDITION_KINDS)
    if kind is ConditionKind.EVENT_MET:
        return Condition(kind, item.text("event"), None)
    line = item.name("provision", names.lines, "provision")
    return Condition(kind, line, item.one_of("level", _REACHABLE) if kind is ConditionKind.PROVISION_REACHES else None)


def _evidence(item: Item) -> Evidence:
    grade = item.value("grade") or ""
    if grade and (not isinstance(grade, str) or grade not in GRADES):
        item.fail("grade", f"{grade!r} is not a grade from A1 to F6")
    return Evidence(item.text("source"), grade)


def _silence(item: Item, names: Names) -> Silence:
    return Silence(
        wording=item.name("wording", names.wordings, "wording"),
        addressees=item.names("addressees", names.parties, "party"),
        deadline=item.day("deadline"),
        broken_on=item.maybe_day("broken_on"),
        broken_by=item.maybe_name("broken_by", names.parties, "party"),
    )


def _event(item: Item) -> EventReport:
    return EventReport(
        event=item.text("slug"),
        state=item.one_of("state", _EVENT_STATES),
        stated_on=item.day("stated_on"),
    )
