"""What an administrator fills in to import plan files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from .fields import dress, problems


class SeveralFiles(forms.ClearableFileInput):
    """A control that takes several files."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files; at least one of them."""

    widget = SeveralFiles

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        clean = super().clean
        return [clean(each, initial) for each in (data if isinstance(data, (list, tuple)) and data else [None])]


class UploadForm(forms.Form):
    """The files, and why they are imported."""

    uploads = FilesField(
        label=_("Files"),
        help_text=_("YAML or JSON in UTF-8, several at once, or a zip of a folder; up to 10 MB."),
        error_messages={"required": _("Choose at least one file."), "empty": _("This file is empty.")},
    )
    reason = forms.CharField(
        max_length=500,
        label=_("Reason for the log"),
        help_text=_("Why this is imported now. Readers of the log see it with your name."),
        error_messages={"required": _("Say why it is imported; the log keeps the reason.")},
    )

    def __init__(self, data: Mapping[str, Any] | None = None, files: Any = None) -> None:
        super().__init__(data, files)
        self.fields["uploads"].widget.attrs["accept"] = ".yaml,.yml,.json,.zip"
        dress(self)

    @property
    def problems(self) -> list[tuple[str, str]]:
        return problems(self)


class DecisionForm(forms.Form):
    """Where words come from that are like others, one choice each."""

    def __init__(self, guesses: Sequence[Mapping[str, Any]], data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data)
        for number, guess in enumerate(guesses):
            self.fields[f"origin-{number}"] = forms.ChoiceField(
                label=guess["title"],
                choices=[
                    ("", _("Choose…")),
                    ("from", _("Comes from %(title)s") % {"title": guess["origin_title"]}),
                    ("new", _("Begins here")),
                ],
                error_messages={"required": _("Decide where these words come from.")},
            )
        self.guesses = guesses
        dress(self)

    @property
    def decisions(self) -> dict[str, str]:
        """By wording its origin, or nothing where it begins here."""
        return {
            guess["words"]: guess["origin"] if self.cleaned_data[f"origin-{number}"] == "from" else ""
            for number, guess in enumerate(self.guesses)
        }

    @property
    def problems(self) -> list[tuple[str, str]]:
        return problems(self)
