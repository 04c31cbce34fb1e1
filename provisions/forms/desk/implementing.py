"""The form of how far a line of a signed text was carried out from a day on."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from provisions import contents
from provisions.forms.fields import WhenField
from provisions.models import ImplementationLevel, Resource

from .base import ThingForm, choose
from .fields import Raw, SourcesField
from .inputs import REQUIRED, codes, pick, prose, roughly


class ImplementationForm(ThingForm):
    """A level from a day on. Which line and which day is said once; later only what level it was, and what shows it."""

    resource = Resource.IMPLEMENTATION
    provision = pick(
        gettext_lazy("Line"),
        help_text=gettext_lazy(
            "Of a text that was signed: each principal has a position that accepts all of it, two of them formally."
        ),
    )
    since = WhenField(
        label=gettext_lazy("From"),
        help_text=gettext_lazy("24 Dec 2025; if only the month or year is known, Dec 2025 or 2025."),
        error_messages=dict(REQUIRED),
    )
    approximate = roughly()
    level = pick(
        gettext_lazy("Level of implementation"),
        required=False,
        help_text=gettext_lazy(
            "How much of what the line provides for was done, after the Peace Accords Matrix. It is not about "
            "agreement: no level of agreement moves by it. A lower level than the one before shows as a reversal by "
            "itself."
        ),
    )
    note = prose(
        gettext_lazy("What was done, and what was not"),
        required=True,
        help_text=gettext_lazy("In a sentence. Shown with the level; of one that is withdrawn, why."),
    )
    sources = SourcesField()

    def offer(self) -> None:
        levels = [(value, f"{value} {label}") for value, label in codes("implementation")]
        if self.thing.key:
            del self.fields["provision"], self.fields["since"]
            self.fields["level"].choices = [("", _("No level: it is withdrawn")), *levels]  # type: ignore[attr-defined]
        else:
            choose(self, provision=self.shelf.whole_lines, level=levels)

    def said(self, content: contents.ImplementationContent) -> dict[str, Raw]:
        return {
            "provision": content.provision,
            "since": str(content.since),
            "approximate": "on" if content.since.approximate else "",
            "level": "" if content.level is None else str(content.level.value),
            "note": content.note,
            "sources": content.sources,
        }

    def clean(self) -> dict[str, Any]:
        asked = super().clean()
        level = asked.get("level")
        if not level and not self.thing.key and "level" not in self.errors:
            self.add_error("level", _("Choose the level."))
        if level and not asked.get("sources") and not self.source.given and "sources" not in self.errors:
            self.add_error("sources", _("Name at least one source."))
        return asked

    def key(self) -> str:
        return self.thing.key or f"{self.cleaned_data['provision']}/{self.cleaned_data['since']}"

    def content(self, key: str) -> contents.ImplementationContent:
        asked, was = self.cleaned_data, self.thing.content
        since = was.since if was else asked["since"]
        return contents.ImplementationContent(
            provision=was.provision if was else asked["provision"],
            since=replace(since, approximate=asked["approximate"]),
            level=ImplementationLevel(int(asked["level"])) if asked["level"] else None,
            note=asked["note"],
            sources=self.named_sources if asked["level"] else (),
        )
