"""What our forms share: days as people write them, choices that begin with none, controls that look alike."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from provisions.days import read_day

CHOOSE = ("", _("Choose…"))


class WhenField(forms.CharField):
    """A day, a month or a year, as exactly as it is known."""

    default_error_messages = {
        "unread": _(
            "Write the day as 24 Dec 2025 or 2025-12-24; if only the month or year is known, Dec 2025 or 2025."
        ),
        "future": _("The day must be today or earlier."),
    }

    def __init__(self, *, ahead: bool = False, **options: Any) -> None:
        """`ahead` lets the day lie in the future."""
        super().__init__(**options)
        self.ahead = ahead

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        when = read_day(text)
        if when is None:
            raise ValidationError(self.error_messages["unread"], code="unread")
        if not self.ahead and when.day > timezone.now().date():
            raise ValidationError(self.error_messages["future"], code="future")
        return when


def offer(form: forms.Form, name: str, choices: Iterable[tuple[Any, Any]], *, choose: bool = True) -> None:
    """Give a select its choices, after one that chooses nothing."""
    field = form.fields[name]
    if isinstance(field, forms.ChoiceField):
        field.choices = [CHOOSE, *choices] if choose else list(choices)


def dress(form: forms.Form) -> None:
    """Have every control of a form look like ours. Ticks and hidden ones look like themselves."""
    for field in form.fields.values():
        if not isinstance(field.widget, (forms.CheckboxInput, forms.RadioSelect, forms.HiddenInput)):
            field.widget.attrs["class"] = "input"


def problems(*forms_in_order: forms.BaseForm) -> list[tuple[str, str]]:
    """What is wrong, with the id of the control to mend: for the summary at the head of a page."""
    found: list[tuple[str, str]] = []
    for form in forms_in_order:
        first = next(iter(form.visible_fields()), None)
        found += [(first.auto_id if first else "", str(error)) for error in form.non_field_errors()]
        for field in form:
            anchor = f"{field.auto_id}_0" if isinstance(field.field.widget, forms.RadioSelect) else field.auto_id
            found += [(anchor, str(error)) for error in field.errors]
    return found


class SimpleForm(forms.Form):
    """Fields that stand by themselves: dressed for the page, with what is wrong and where."""

    def __init__(self, data: Mapping[str, Any] | None = None, *, initial: Mapping[str, Any] | None = None) -> None:
        super().__init__(data, initial=dict(initial) if initial else None)
        dress(self)

    @property
    def problems(self) -> list[tuple[str, str]]:
        return problems(self)
