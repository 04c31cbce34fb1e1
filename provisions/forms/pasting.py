"""A pasted list of statements, and each row of it as the form of a position would be filled in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.utils.translation import gettext_lazy as _

from provisions.pasting import Statement

from .fields import SimpleForm


class PasteForm(SimpleForm):
    """The list, and the reason that every draft begins with."""

    # The length is the reader's to refuse: what is too long stays in the box.
    statements = forms.CharField(
        strip=False,
        label=_("List of statements"),
        help_text=_("One statement a line, its parts separated by tabs, semicolons or commas. At most 500."),
        widget=forms.Textarea(attrs={"rows": 12, "wrap": "off", "spellcheck": "false"}),
        error_messages={"required": _("Paste the list first.")},
    )
    reason = forms.CharField(
        required=False,
        max_length=500,
        label=_("Reason for the log"),
        help_text=_("Put into each draft, where it can be changed. May be empty now."),
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, typed: Mapping[str, Any] | None = None) -> None:
        super().__init__(data, initial={name: (typed or {}).get(name, "") for name in self.base_fields})


def as_typed(statement: Statement, *, reason: str) -> str:
    """A statement as if somebody had typed it into the form of a position; what was not read is left empty."""
    said = {
        "stance": statement.stance or "",
        "stated_on": statement.day,
        "speaker": statement.speaker,
        "speaker_role": statement.office,
        "authority": "" if statement.authority is None else str(int(statement.authority)),
        "asserted_by": statement.party,
        "given_on": f"{statement.text}/{statement.line}",
        "summary": statement.summary,
        "reason": reason,
        "condition-TOTAL_FORMS": "1",
        "condition-INITIAL_FORMS": "0",
        "evidence-TOTAL_FORMS": str(max(1, len(statement.sources))),
        "evidence-INITIAL_FORMS": "0",
        "source-url": statement.new_source,
    }
    if statement.approximate:
        said["approximate"] = "on"
    said |= {f"evidence-{n}-source": source for n, source in enumerate(statement.sources)}
    return urlencode(said)
