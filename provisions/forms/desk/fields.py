"""Fields of the desk: lists of lines, rows of typed columns, and what stands in any field before it is checked.

Two people's versions of a form are compared, and kept as drafts, by what stands in it: a text, several texts, or rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from provisions.forms.rows import known_sources

MOST_ROWS = 40

Row = tuple[str, ...]
Raw = str | tuple[str, ...] | tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """One thing that each row asks. `parse` reads what was typed, and raises ValueError with what to do about it."""

    name: str
    label: Any
    required: bool = False
    choices: tuple[tuple[str, Any], ...] | None = None
    grow: bool = False
    parse: Callable[[str], Any] = str


class RowsWidget(forms.Widget):
    """A row of controls for each thing that is said, and empty ones for more. An emptied row is left out."""

    def __init__(self, columns: Sequence[Column]) -> None:
        super().__init__()
        self.columns = list(columns)
        self.blank = 1

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> tuple[Row, ...]:
        rows = (
            tuple(str(data.get(f"{name}-{n}-{column.name}", "")).strip() for column in self.columns)
            for n in range(MOST_ROWS)
        )
        return tuple(row for row in rows if any(row))

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        return not any(key.startswith(f"{name}-0-") for key in data)

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> Any:
        rows = [*(value or ()), *[("",) * len(self.columns)] * self.blank][:MOST_ROWS]
        controls = [
            [
                {
                    "column": column,
                    "name": f"{name}-{n}-{column.name}",
                    "id": f"id_{name}" if n == place == 0 else f"id_{name}-{n}-{column.name}",
                    "value": said,
                }
                for place, (column, said) in enumerate(zip(self.columns, row, strict=True))
            ]
            for n, row in enumerate(rows)
        ]
        described = (attrs or {}).get("aria-describedby", "")
        return render_to_string("components/_rows.html", {"name": name, "rows": controls, "described": described})


class RowsField(forms.Field):
    """Several things of one kind, each a row. Two people's rows are told apart by their first column."""

    def __init__(self, *columns: Column, **options: Any) -> None:
        super().__init__(required=False, widget=RowsWidget(columns), **options)

    def offer(self, column: str, choices: Iterable[tuple[Any, Any]]) -> None:
        """Give a column its choices, after one that chooses nothing."""
        offered = (("", "–"), *((str(value), label) for value, label in choices))
        self.widget.columns = [
            replace(each, choices=offered) if each.name == column else each for each in self.widget.columns
        ]

    def clean(self, value: tuple[Row, ...]) -> list[dict[str, Any]]:
        rows, errors = [], []
        for n, row in enumerate(value, start=1):
            parsed: dict[str, Any] = {}
            for column, said in zip(self.widget.columns, row, strict=True):
                try:
                    parsed[column.name] = _read(column, said)
                except ValueError as error:
                    errors.append(_("Row %(n)s, %(column)s: %(remedy)s") % {
                        "n": n, "column": str(column.label).lower(), "remedy": error,
                    })  # fmt: skip
            rows.append(parsed)
        if errors:
            raise ValidationError(errors)
        return rows


def _read(column: Column, said: str) -> Any:
    if not said and column.required:
        raise ValueError(_("this is missing."))
    if said and column.choices is not None and said not in {value for value, _label in column.choices}:
        raise ValueError(_("choose one of the list."))
    return column.parse(said)


def a_number(said: str) -> Decimal | None:
    """A figure as it is typed: 600000, 600 000 or 600,000; nothing where the value is not known."""
    bare = said.replace(" ", "").replace("\u00a0", "")
    if not bare:
        return None
    groups = bare.split(",")
    if len(groups) > 1 and all(len(group.partition(".")[0]) == 3 for group in groups[1:]):
        bare = "".join(groups)
    try:
        return Decimal(bare).normalize()
    except InvalidOperation:
        raise ValueError(_("write a number, such as 600000 or 12.5.")) from None


def a_day(said: str) -> date | None:
    if not said:
        return None
    try:
        return date.fromisoformat(said)
    except ValueError:
        raise ValueError(_("write the day as 2025-12-24.")) from None


def some_words(said: str) -> tuple[str, ...]:
    """Names with spaces or commas between them."""
    return tuple(said.replace(",", " ").split())


class LinesField(forms.CharField):
    """Names or texts, one a line, in no order."""

    def __init__(self, **options: Any) -> None:
        super().__init__(required=False, widget=forms.Textarea(attrs={"rows": 3}), **options)

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, tuple) else value

    def clean(self, value: Any) -> Any:
        return _lines(super().clean(value))


class SourcesField(LinesField):
    """Sources on record, by number or address. Cleans to their numbers."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("label", gettext_lazy("Sources"))
        options.setdefault(
            "help_text", gettext_lazy("One a line: the number of a source, such as S093, or the address of its page.")
        )
        super().__init__(**options)

    def clean(self, value: Any) -> tuple[str, ...]:
        named = super().clean(value)
        known = known_sources(named)
        if unknown := [name for name in named if name not in known]:
            raise ValidationError(
                _("“%(name)s” is not a source on record. Describe it below as a new source.") % {"name": unknown[0]}
            )
        return tuple(sorted({known[name] for name in named}))


def named_sources(words: str) -> tuple[str, ...]:
    """Sources on record named in a row. Raises ValueError."""
    names = some_words(words)
    known = known_sources(names)
    if unknown := [name for name in names if name not in known]:
        raise ValueError(_("“%(name)s” is not a source on record.") % {"name": unknown[0]})
    return tuple(sorted({known[name] for name in names}))


def _lines(text: str) -> tuple[str, ...]:
    return tuple(sorted({line.strip() for line in (text or "").splitlines() if line.strip()}))


# ---- What stands in a field ----


def standing(of: forms.Field, name: str, data: Any) -> Raw:
    """What somebody left in a field, before it is checked."""
    value = of.widget.value_from_datadict(data, {}, name)
    match of:
        case RowsField():
            return value
        case LinesField():
            return _lines(value)
        case forms.MultipleChoiceField():
            return tuple(sorted(value or ()))
        case forms.BooleanField():
            return "on" if value else ""
    return str(value or "").replace("\r\n", "\n").strip()


def pairs(of: forms.Field, name: str, raw: Raw) -> list[tuple[str, str]]:
    """How a form that is sent says the same: names and values."""
    match of:
        case RowsField():
            columns = of.widget.columns
            return [
                (f"{name}-{n}-{column.name}", said)
                for n, row in enumerate(raw)
                for column, said in zip(columns, row, strict=True)
            ]
        case LinesField():
            return [(name, "\n".join(raw))]  # type: ignore[arg-type]
        case forms.MultipleChoiceField():
            return [(name, each) for each in raw]  # type: ignore[misc]
    return [(name, str(raw))] if raw or not isinstance(of, forms.BooleanField) else []


def in_words(of: forms.Field, raw: Any) -> list[str]:
    """What stands in a field as people read it, one thing a line."""
    match of:
        case RowsField():
            return [" · ".join(filter(None, map(_label, of.widget.columns, row))) for row in raw]
        case LinesField():
            return list(raw)
        case forms.ChoiceField():
            named = {str(value): str(label) for value, label in cast("Iterable[tuple[Any, Any]]", of.choices)}
            return [named.get(each, each) for each in ((raw,) if isinstance(raw, str) else raw) if each]
        case forms.BooleanField():
            return [_("yes") if raw else _("no")]
    return [raw] if raw else []


def _label(column: Column, said: str) -> str:
    return str(dict(column.choices).get(said, said)) if column.choices and said else said


def is_open(bound: BoundField) -> bool:
    """Whether a field takes free text, so that two versions of it can be joined."""
    return isinstance(bound.field.widget, forms.Textarea) and not isinstance(bound.field, LinesField)


# ---- Two people's versions ----


@dataclass(frozen=True, slots=True)
class Merged:
    """A field that two people filled in, and what becomes of it: calm unless both changed it, and differently."""

    name: str
    bound: BoundField
    base: Raw
    theirs: Raw
    yours: Raw
    raw: Raw
    fate: str

    @property
    def clashes(self) -> bool:
        return self.fate == "clash"

    @property
    def joinable(self) -> bool:
        return is_open(self.bound)

    @property
    def pairs(self) -> list[tuple[str, str]]:
        return pairs(self.bound.field, self.name, self.raw)

    @property
    def your_pairs(self) -> list[tuple[str, str]]:
        return pairs(self.bound.field, f"yours-{self.name}", self.yours)

    def words(self, raw: Raw) -> list[str]:
        return in_words(self.bound.field, raw)

    @property
    def base_words(self) -> list[str]:
        return self.words(self.base)

    @property
    def their_words(self) -> list[str]:
        return self.words(self.theirs)

    @property
    def your_words(self) -> list[str]:
        return self.words(self.yours)

    @property
    def merged_words(self) -> list[str]:
        return self.words(self.raw)


def merge(bound: BoundField, *, base: Raw, theirs: Raw, yours: Raw) -> Merged:
    """What becomes of a field that began at `base` and that two people left differently."""
    raw, fate = _merge(bound.field, base, theirs, yours)
    return Merged(bound.name, bound, base, theirs, yours, raw, fate)


def _merge(of: forms.Field, base: Any, theirs: Any, yours: Any) -> tuple[Any, str]:
    if theirs == yours:
        return theirs, "same"
    if yours == base:
        return theirs, "theirs"
    if theirs == base:
        return yours, "yours"
    match of:
        case RowsField():
            rows = _merge_rows(base, theirs, yours)
            return (theirs, "clash") if rows is None else (rows, "merged")
        case LinesField() | forms.MultipleChoiceField():
            kept = (set(theirs) | set(yours)) - (set(base) - set(theirs)) - (set(base) - set(yours))
            return tuple(sorted(kept)), "merged"
    return theirs, "clash"


def _merge_rows(base: Any, theirs: Any, yours: Any) -> tuple[Row, ...] | None:
    """Rows of both; none where both changed the same one. A row is known by its first column."""
    names = [{row[0]: row for row in rows} for rows in (base, theirs, yours)]
    if any(len(named) != len(rows) for named, rows in zip(names, (base, theirs, yours), strict=True)):
        return None
    was, there, here = names
    kept: list[Row] = []
    for name in dict.fromkeys([*there, *here]):
        before, one, other = was.get(name), there.get(name), here.get(name)
        if one != other and before not in (one, other):
            return None
        row = other if one == before else one
        if row is not None:
            kept.append(row)
    return tuple(kept)
