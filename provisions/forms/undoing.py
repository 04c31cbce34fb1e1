"""Taking a change back."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from .fields import SimpleForm


class UndoForm(SimpleForm):
    """Why a change is undone."""

    reason = forms.CharField(
        max_length=500,
        label=_("Reason"),
        help_text=_(
            "What was wrong with the change. The log keeps both, the change and its undoing, with this reason."
        ),
        error_messages={"required": _("Say why it is undone.")},
    )
