"""The controls that forms of the desk are made of."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from provisions import contents
from provisions.codebook import VOCABULARIES
from provisions.forms.fields import WhenField

from .fields import Column, Row, a_number

REQUIRED = {"required": gettext_lazy("Fill this in.")}


def line(label: Any, *, required: bool = False, most: int = 200, help_text: Any = "") -> forms.CharField:
    return forms.CharField(
        required=required, max_length=most, label=label, help_text=help_text, error_messages=dict(REQUIRED)
    )


def prose(label: Any, *, required: bool = False, rows: int = 3, help_text: Any = "") -> forms.CharField:
    return forms.CharField(
        required=required,
        max_length=20_000,
        label=label,
        help_text=help_text,
        widget=forms.Textarea(attrs={"rows": rows}),
        error_messages=dict(REQUIRED),
    )


def pick(label: Any, *, required: bool = True, help_text: Any = "") -> forms.ChoiceField:
    return forms.ChoiceField(required=required, label=label, help_text=help_text, error_messages=dict(REQUIRED))


def several(label: Any, *, required: bool = False, help_text: Any = "") -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        required=required,
        label=label,
        help_text=help_text,
        widget=forms.CheckboxSelectMultiple,
        error_messages=dict(REQUIRED),
    )


def day(label: Any, *, help_text: Any = "") -> forms.DateField:
    return forms.DateField(
        required=False,
        label=label,
        help_text=help_text or gettext_lazy("As 2025-12-24; empty where it is not known."),
        error_messages={"invalid": gettext_lazy("Write the day as 2025-12-24.")},
    )


def dated_on(label: Any) -> WhenField:
    return WhenField(
        ahead=True,
        label=label,
        help_text=gettext_lazy("24 Dec 2025; if only the month or year is known, Dec 2025 or 2025."),
        error_messages=dict(REQUIRED),
    )


def roughly() -> forms.BooleanField:
    return forms.BooleanField(required=False, label=gettext_lazy("The source gives the day only roughly"))


def codes(vocabulary: str) -> list[tuple[Any, Any]]:
    return [(each.value, each.label) for each in VOCABULARIES[vocabulary]]


FIGURES = (
    Column("name", gettext_lazy("Name"), required=True),
    Column("label", gettext_lazy("Label"), required=True, grow=True),
    Column("value", gettext_lazy("Value"), parse=a_number),
    Column("unit", gettext_lazy("Unit"), required=True),
    Column("note", gettext_lazy("Note"), grow=True),
)
FIGURES_HELP = gettext_lazy(
    "Each with its unit; the name is the same from text to text, such as troop-cap. Without a value it is not known."
)


def figures_said(figures: Iterable[contents.FigureContent]) -> tuple[Row, ...]:
    return tuple(
        (each.name, each.label, "" if each.value is None else format(each.value, "f"), each.unit, each.note)
        for each in figures
    )


def figures_of(rows: Iterable[dict[str, Any]]) -> tuple[contents.FigureContent, ...]:
    return tuple(contents.FigureContent(**row) for row in rows)
