"""The forms of what is said of words: the words themselves, a ruling on them, a silence procedure."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from provisions import contents
from provisions.agreement.words import (
    Level,
    WordingChange,
)
from provisions.contents import Content, WordingContent
from provisions.held import held
from provisions.models import Resource, Seen
from provisions.record.checks import settled_change

from .base import ThingForm, as_before, choose
from .fields import Column, Raw, RowsField, SourcesField, named_sources, some_words
from .inputs import (
    FIGURES,
    FIGURES_HELP,
    codes,
    day,
    figures_of,
    figures_said,
    line,
    pick,
    prose,
    several,
)

CHANGES = [
    (
        WordingChange.SUBSTANTIVE.value,
        gettext_lazy("Other words: consent to those before lapses, objections persist"),
    ),
    (
        WordingChange.EDITORIAL.value,
        gettext_lazy("Editorial, a ruling with a reason: what was said carries over, confidence drops a step"),
    ),
]


class WordingForm(ThingForm):
    """The words of a line in one text: a correction of what we hold, or a ruling on what they are to those before."""

    resource = Resource.WORDING
    number = line(gettext_lazy("Number"), most=12, help_text=gettext_lazy("In this text; empty where it was not seen."))
    heading = line(gettext_lazy("Heading"))
    gist = line(gettext_lazy("Gist"), most=40, help_text=gettext_lazy("A few words for the board."))
    text = prose(
        gettext_lazy("Text"),
        required=True,
        rows=5,
        help_text=gettext_lazy(
            "A paraphrase, in the same frame as the other texts, so that a redline shows only what changed."
        ),
    )
    change = forms.ChoiceField(
        widget=forms.RadioSelect, required=False, label=gettext_lazy("What these words are to those before")
    )
    change_reason = line(
        gettext_lazy("Reason for an editorial ruling"),
        most=500,
        help_text=gettext_lazy("Why the meaning is the same. Shown with every proof that leans on it."),
    )
    seen = pick(gettext_lazy("How much of the words a source shows"))
    figures = RowsField(*FIGURES, label=gettext_lazy("Figures"), help_text=FIGURES_HELP)
    variants = RowsField(
        Column("parties", gettext_lazy("Parties"), required=True, parse=some_words),
        Column("text", gettext_lazy("Their words"), required=True, grow=True),
        Column("sources", gettext_lazy("Sources"), parse=named_sources),
        label=gettext_lazy("Rival words inside the line"),
        help_text=gettext_lazy("Whose they are, the words, and where they were read."),
    )
    note = prose(gettext_lazy("Note"), rows=2)
    sources = SourcesField()

    def offer(self) -> None:
        choose(self, seen=Seen.choices)
        if self.ruled:
            self.fields["change"].choices = CHANGES  # type: ignore[attr-defined]
        else:
            # Lineage and text say what the words are.
            del self.fields["change"], self.fields["change_reason"]

    @property
    def ruled(self) -> bool:
        """Whether somebody has to say what the words are to those before; else lineage and text say it."""
        content = self.thing.content
        return content is not None and len(content.comes_from) == 1 and content.change != WordingChange.SPLIT

    def said(self, content: WordingContent) -> dict[str, Raw]:
        change = content.change
        return {
            "number": content.number or "",
            "heading": content.heading,
            "gist": content.gist,
            "text": content.text,
            "change": WordingChange.SUBSTANTIVE.value if change == WordingChange.IDENTICAL else change.value,
            "change_reason": content.change_reason,
            "seen": content.seen.value,
            "figures": figures_said(content.figures),
            "variants": tuple((" ".join(each.parties), each.text, " ".join(each.sources)) for each in content.variants),
            "note": content.note,
            "sources": content.sources,
        }

    def clean(self) -> dict[str, Any]:
        asked = super().clean()
        held_words: WordingContent = self.thing.content
        if asked.get("change") == WordingChange.EDITORIAL and not asked.get("change_reason"):
            self.add_error("change_reason", _("Say why the meaning is the same."))
        moved = held_words is None or asked.get("text") != held_words.text
        if moved and not asked.get("sources") and not self.source.given and "sources" not in self.errors:
            self.add_error("sources", _("Name the source in which the words were read."))
        known = {slug for slug, _name in self.shelf.parties}
        for row in asked.get("variants", ()):
            if unknown := set(row["parties"]) - known:
                self.add_error("variants", _("“%(name)s” is no party of the plan.") % {"name": min(unknown)})
        return asked

    def content(self, key: str) -> WordingContent:
        asked, was = self.cleaned_data, self.thing.content
        figures = {each.parties: each.figures for each in was.variants}
        words = replace(
            was,
            number=asked["number"] or None,
            heading=asked["heading"],
            gist=asked["gist"],
            text=asked["text"].replace("\r\n", "\n"),
            seen=Seen(asked["seen"]),
            change=WordingChange(asked["change"]) if self.ruled else was.change,
            change_reason=asked.get("change_reason", ""),
            figures=figures_of(asked["figures"]),
            variants=tuple(
                contents.VariantContent(
                    parties=row["parties"],
                    text=row["text"],
                    sources=row["sources"],
                    figures=figures.get(row["parties"], ()),
                )
                for row in asked["variants"]
            ),
            note=asked["note"],
            sources=self.named_sources,
        )
        return self._settled(words)

    def _settled(self, words: WordingContent) -> WordingContent:
        before = held(self.shelf.row, Resource.WORDING, keys=words.comes_from)
        settled = settled_change(words, before={key: each.content for key, each in before.items()})
        editorial = settled == WordingChange.EDITORIAL
        return replace(words, change=settled, change_reason=words.change_reason if editorial else "")

    def also(self) -> list[Content]:
        """Later words that come from these alone: whether they are the same to the letter may be otherwise now."""
        words = self.content(self.thing.key)
        if words.text == self.thing.content.text and words.number == self.thing.content.number:
            return []
        after = held(self.shelf.row, Resource.WORDING)
        moved: list[Content] = []
        for each in after.values():
            if each.content.comes_from == (words.key,):
                change = settled_change(each.content, before={words.key: words})
                if change != each.content.change:
                    moved.append(replace(each.content, change=change))
        return moved


class RulingForm(ThingForm):
    """An analyst's own status on words, beside the level that the rule works out."""

    resource = Resource.RULING
    level = forms.ChoiceField(
        required=False,
        label=gettext_lazy("Level"),
        help_text=gettext_lazy(
            "It stands beside the computed level, counts nowhere, and lapses when the words change in substance."
        ),
    )
    why = prose(
        gettext_lazy("Reason for the ruling"),
        required=True,
        help_text=gettext_lazy("Shown with the ruling, and in the log."),
    )
    sources = SourcesField(label=gettext_lazy("Evidence"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # One reason does for the ruling and for the log.
        self.fields["reason"].required = False
        self.fields["reason"].widget = forms.HiddenInput()

    def offer(self) -> None:
        self.fields["level"].choices = [("", _("No ruling")), *codes("level")]  # type: ignore[attr-defined]

    def said(self, content: contents.RulingContent) -> dict[str, Raw]:
        return {
            "level": content.level.value if content.level else "",
            "why": content.reason,
            "sources": content.sources,
        }

    def clean(self) -> dict[str, Any]:
        asked = super().clean()
        if asked.get("level") and not asked.get("sources") and not self.source.given and "sources" not in self.errors:
            self.add_error("sources", _("Name the evidence: a ruling cannot be saved without a source."))
        if not asked.get("level") and self.thing.content is None:
            self.add_error("level", _("Choose the level; there is no ruling to take back."))
        asked["reason"] = asked.get("why", "")
        return asked

    def content(self, key: str) -> contents.RulingContent:
        revision, _slash, line = key.partition("/")
        level = self.cleaned_data["level"]
        return contents.RulingContent(
            provision=line,
            revision=revision,
            level=Level(level) if level else None,
            reason=self.cleaned_data["why"],
            sources=self.named_sources if level else (),
        )


class SilenceForm(ThingForm):
    """A deadline after which silence is taken for no objection."""

    resource = Resource.SILENCE_PROCEDURE
    addressees = several(gettext_lazy("Addressees"), required=True)
    deadline = forms.DateField(
        label=gettext_lazy("Deadline"),
        help_text=gettext_lazy("The last day on which an objection stops it, as 2025-12-24."),
        error_messages={
            "required": gettext_lazy("Enter the deadline."),
            "invalid": gettext_lazy("Write the day as 2025-12-24."),
        },
    )
    broken_on = day(gettext_lazy("Broken on"))
    broken_by = pick(gettext_lazy("Broken by"), required=False)
    note = prose(gettext_lazy("Note"), rows=2)
    sources = SourcesField()

    def offer(self) -> None:
        choose(self, addressees=self.shelf.parties, broken_by=self.shelf.parties)

    def said(self, content: contents.SilenceProcedureContent) -> dict[str, Raw]:
        return {
            "addressees": tuple(sorted(content.addressees)),
            "deadline": content.deadline.isoformat(),
            "broken_on": content.broken_on.isoformat() if content.broken_on else "",
            "broken_by": content.broken_by or "",
            "note": content.note,
            "sources": content.sources,
        }

    def clean(self) -> dict[str, Any]:
        asked = super().clean()
        if bool(asked.get("broken_on")) != bool(asked.get("broken_by")) and not self.errors.get("broken_on"):
            self.add_error("broken_by", _("Who broke it and when go together."))
        if not asked.get("sources") and not self.source.given and "sources" not in self.errors:
            self.add_error("sources", _("Name the source in which it was read."))
        return asked

    def content(self, key: str) -> contents.SilenceProcedureContent:
        asked, was = self.cleaned_data, self.thing.content
        revision, _slash, line = key.partition("/")
        return contents.SilenceProcedureContent(
            provision=line,
            revision=revision,
            addressees=as_before(asked["addressees"], was.addressees if was else (), self.shelf.parties),
            deadline=asked["deadline"],
            broken_on=asked["broken_on"],
            broken_by=asked["broken_by"] or None,
            sources=self.named_sources,
            note=asked["note"],
        )
