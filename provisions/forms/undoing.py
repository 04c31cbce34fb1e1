"""Taking a change back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from .fields import dress, problems


class UndoForm(forms.Form):
    """Why a change is undone."""

    reason = forms.CharField(
        max_length=500,
        label=_("Reason"),
        help_text=_(
            "What was wrong with the change. The log keeps both, the change and its undoing, with this reason."
        ),
        error_messages={"required": _("Say why it is undone.")},
    )

    def __init__(self, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data)
        dress(self)

    @property
    def problems(self) -> list[tuple[str, str]]:
        return problems(self)
