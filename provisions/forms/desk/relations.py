"""The form of what words of one text are to those of another, where no lineage says it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from provisions import contents
from provisions.models import RelationKind, Resource, WordingVersion

from .base import ThingForm, choose
from .fields import Raw, SourcesField
from .inputs import codes, line, pick, prose


class RelationForm(ThingForm):
    """A reading of our own. Which words it is of is said once; later only what they are to each other."""

    resource = Resource.RELATION
    revision = pick(gettext_lazy("Text"))
    provision = pick(gettext_lazy("Line"))
    other_text = pick(
        gettext_lazy("Other text"), help_text=gettext_lazy("Another text of this plan, or one of another plan.")
    )
    other_line = line(
        gettext_lazy("Line in the other text"),
        required=True,
        most=60,
        help_text=gettext_lazy("Its number there, such as 7, or its name in addresses."),
    )
    kind = pick(
        gettext_lazy("What the first words are to the others"),
        help_text=gettext_lazy("A relation that should not stand is changed to “not on the same matter”."),
    )
    note = prose(gettext_lazy("Note"), rows=2, help_text=gettext_lazy("Shown with it: what they share or differ in."))
    sources = SourcesField()

    def offer(self) -> None:
        choose(self, kind=codes("relation"))
        if self.thing.key:
            for name in ("revision", "provision", "other_text", "other_line"):
                del self.fields[name]
        else:
            texts = [(f"{self.shelf.plan}/{slug}", title) for slug, title in self.shelf.revisions]
            choose(
                self,
                revision=self.shelf.revisions,
                provision=self.shelf.lines,
                other_text=[*texts, *self.shelf.other_texts],
            )

    def said(self, content: contents.RelationContent) -> dict[str, Raw]:
        other_text, _slash, other_line = content.other.rpartition("/")
        return {
            "revision": content.revision,
            "provision": content.provision,
            "other_text": other_text,
            "other_line": other_line,
            "kind": content.kind.value,
            "note": content.note,
            "sources": content.sources,
        }

    def clean(self) -> dict[str, Any]:
        asked = super().clean()
        if not self.thing.key and not self.errors.keys() & {"revision", "provision", "other_text", "other_line"}:
            self._find_words(asked)
        return asked

    def _find_words(self, asked: dict[str, Any]) -> None:
        own = f"{self.shelf.plan}/{asked['revision']}"
        if _line_of(own, asked["provision"]) is None:
            self.add_error("provision", _("That text has no words of this line as a whole."))
        found = _line_of(asked["other_text"], asked["other_line"])
        if asked["other_text"] == own:
            self.add_error("other_text", _("Words are related to those of another text."))
        elif found is None:
            told = _("That text has no line with the number or name “%(typed)s”.")
            self.add_error("other_line", told % {"typed": asked["other_line"]})
        else:
            asked["other_line"] = found

    def key(self) -> str:
        return self.thing.key or self._new().key

    def _new(self) -> contents.RelationContent:
        asked = self.cleaned_data
        return contents.RelationContent(
            provision=asked["provision"],
            revision=asked["revision"],
            other=f"{asked['other_text']}/{asked['other_line']}",
            kind=RelationKind(asked["kind"]),
            note=asked["note"],
            sources=self.named_sources,
        )

    def content(self, key: str) -> contents.RelationContent:
        if not self.thing.key:
            return self._new()
        asked = self.cleaned_data
        return replace(
            self.thing.content, kind=RelationKind(asked["kind"]), note=asked["note"], sources=self.named_sources
        )


def _line_of(text: str, typed: str) -> str | None:
    """The whole line of a text, `plan/revision`, that has a number or a slug."""
    plan, _slash, revision = text.partition("/")
    rows = WordingVersion.objects.standing().filter(
        revision__plan__slug=plan, revision__slug=revision, wording__provision__parent=None
    )
    # A slug goes before a number: it names one line for good.
    named = rows.filter(Q(wording__provision__slug=typed) | Q(number=typed))
    found = list(named.values_list("wording__provision__slug", flat=True))
    return typed if typed in found else next(iter(found), None)
