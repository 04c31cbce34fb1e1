"""Deleting a plan, and bringing one back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from .fields import SimpleForm


class DeleteForm(SimpleForm):
    """That the files are kept, the plan's name as typed, and why; bound to the seq that was seen."""

    seen = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    kept = forms.BooleanField(
        label=_("I have downloaded the files and keep them"),
        error_messages={"required": _("Download the plan as files first, and say that you keep them.")},
    )
    name = forms.CharField(
        max_length=200,
        label=_("Name of the plan"),
        help_text=_("Type its title or its short name, exactly as they stand above."),
        error_messages={"required": _("Type the name of the plan.")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    reason = forms.CharField(
        max_length=500,
        label=_("Reason"),
        help_text=_("Everybody who asks for the plan later will read it."),
        error_messages={"required": _("Say why it is deleted.")},
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, seen: int | None = None) -> None:
        super().__init__(data, initial={"seen": seen})


class BringBackForm(SimpleForm):
    """Why a deleted plan is to stand again."""

    reason = forms.CharField(
        max_length=500,
        label=_("Reason"),
        help_text=_("The log keeps it, beside the reason for which the plan was deleted."),
        error_messages={"required": _("Say why it is brought back.")},
    )
