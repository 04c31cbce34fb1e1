"""A new text made from the last one, line by line. Nothing vanishes without a word."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BaseFormSet, formset_factory
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from provisions.agreement.words import Provenance
from provisions.contents import ProvisionContent, RevisionContent
from provisions.drafting import Decision, Fate, NewLine, OldLine
from provisions.forms.fields import dress, problems
from provisions.models import Outcome, Provision, Revision

from .base import SLUG_LENGTH, Shelf, Thing
from .plans import RevisionForm

FATES = [
    (Fate.CARRY.value, gettext_lazy("Carried, to the letter")),
    (Fate.CHANGE.value, gettext_lazy("Changed")),
    (Fate.SPLIT.value, gettext_lazy("Split into new lines")),
    (Fate.MERGE.value, gettext_lazy("Merged into another line")),
    (Fate.DROP.value, gettext_lazy("Dropped")),
]
DROPPED = [(value, label) for value, label in Outcome.choices if value != Outcome.MERGED]


class TextForm(RevisionForm):
    """What is known of the new text."""

    current = forms.BooleanField(
        required=False, initial=True, label=gettext_lazy("Put it on the table: levels are worked out of it from now on")
    )
    plan_version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(self, shelf: Shelf, *, base: str, plan_version: int, **filled: Any) -> None:
        super().__init__(shelf, Thing(""), **filled)
        self.base = base
        del self.fields["removals"]
        if filled.get("typed") is None:
            self.initial.update({"plan_version": plan_version, "current": True})
        else:
            self.initial["plan_version"] = filled["typed"].get("plan_version", plan_version)

    def clean(self) -> dict[str, Any]:
        asked = super().clean()
        asked["slug"] = slugify(str(asked.get("short", "")))[:SLUG_LENGTH].strip("-")
        if asked.get("short") and not asked["slug"]:
            self.add_error("short", _("Use some letters or digits: the address is made of them."))
        elif Revision.objects.filter(plan=self.shelf.row, slug=asked["slug"]).exists():
            self.add_error("short", _("A text with this short title is on record already."))
        if not asked.get("sources") and not self.source.given and "sources" not in self.errors:
            self.add_error("sources", _("Name the source in which the text was read."))
        return asked

    def revision(self) -> RevisionContent:
        """The head of the new text; what became of lines is decided line by line."""
        asked = self.cleaned_data
        plain = ("title", "short", "published_on", "authors", "circulated_to", "made_public", "point_count", "summary")
        when = asked["dated"]
        return RevisionContent(
            slug=asked["slug"],
            order=len(self.shelf.revisions) + 1,
            dated=type(when)(when.day, when.precision, asked["approximate"]),
            derives_from=self.base,
            provenance=Provenance(asked["provenance"]),
            note=asked["note"],
            sources=self.named_sources,
            **{name: asked[name] for name in plain},
        )


class LineForm(forms.Form):
    """What becomes of one line."""

    fate = forms.ChoiceField(
        choices=FATES, label=gettext_lazy("What becomes of it"),
        error_messages={"required": gettext_lazy("Say what becomes of this line.")},
    )  # fmt: skip
    number = forms.CharField(required=False, max_length=12, label=gettext_lazy("Number in the new text"))
    text = forms.CharField(
        required=False,
        max_length=20_000,
        label=gettext_lazy("Words, if changed"),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    editorial = forms.CharField(
        required=False,
        max_length=500,
        label=gettext_lazy("Why the meaning is the same"),
        help_text=gettext_lazy(
            "Filled in, it is an editorial ruling: what was said carries over. Else consent lapses."
        ),
    )
    into = forms.ChoiceField(required=False, label=gettext_lazy("Merged into"))
    outcome = forms.ChoiceField(
        required=False,
        choices=[("", gettext_lazy("Choose…")), *DROPPED],
        label=gettext_lazy("What became of it, if dropped"),
    )
    note = forms.CharField(required=False, max_length=2000, label=gettext_lazy("Note on its end"))
    sure = forms.BooleanField(required=False, label=gettext_lazy("It was agreed, and it is gone: I have looked twice"))

    def __init__(
        self, old: OldLine, others: Sequence[tuple[str, str]], data: Mapping[str, Any] | None, typed: Any
    ) -> None:
        prefix = f"line-{old.line.slug}"
        initial = {"fate": Fate.CARRY.value, "number": old.words.number or "", "text": old.words.text}
        if typed is not None:
            initial = {name: typed.get(f"{prefix}-{name}", "") for name in self.base_fields}
        super().__init__(data, prefix=prefix, initial=initial)
        self.old = old
        choices = [(slug, title) for slug, title in others if slug != old.line.slug]
        self.fields["into"].choices = [("", _("Choose…")), *choices]  # type: ignore[attr-defined]
        if not old.agreed:
            del self.fields["sure"]
        dress(self)

    def clean(self) -> dict[str, Any]:
        asked = self.cleaned_data
        fate = asked.get("fate")
        if fate == Fate.CHANGE and not asked.get("text"):
            self.add_error("text", _("Enter the new words."))
        if fate == Fate.MERGE and not asked.get("into"):
            self.add_error("into", _("Say into which line it went."))
        if fate == Fate.DROP and not asked.get("outcome"):
            self.add_error("outcome", _("Say what became of it: a line does not vanish without a word."))
        if fate == Fate.DROP and self.old.agreed and not asked.get("sure"):
            self.add_error("sure", _("This line was agreed. Tick that it is gone on purpose."))
        return asked

    def decision(self) -> Decision:
        asked = self.cleaned_data
        return Decision(
            fate=Fate(asked["fate"]),
            number=asked["number"],
            text=asked["text"].replace("\r\n", "\n"),
            editorial=asked["editorial"] if asked["fate"] == Fate.CHANGE else "",
            into=asked["into"],
            outcome=Outcome(asked["outcome"]) if asked["fate"] == Fate.DROP and asked["outcome"] else None,
            note=asked["note"],
        )


class NewLineForm(forms.Form):
    """A line that the text before does not have. Left empty, it is none."""

    title = forms.CharField(required=False, max_length=200, label=gettext_lazy("Title"))
    category = forms.ChoiceField(required=False, label=gettext_lazy("Category"))
    number = forms.CharField(required=False, max_length=12, label=gettext_lazy("Number"))
    text = forms.CharField(
        required=False, max_length=20_000, label=gettext_lazy("Words"), widget=forms.Textarea(attrs={"rows": 3})
    )
    made_of = forms.MultipleChoiceField(required=False, label=gettext_lazy("Made of"))

    def __init__(self, *args: Any, categories: Any = (), lines: Any = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["category"].choices = [("", _("Choose…")), *categories]  # type: ignore[attr-defined]
        self.fields["made_of"].choices = list(lines)  # type: ignore[attr-defined]
        dress(self)

    @property
    def given(self) -> bool:
        return any(self.cleaned_data.get(name) for name in ("title", "text", "number"))

    def clean(self) -> dict[str, Any]:
        asked = self.cleaned_data
        if self.given:
            for name, remedy in (
                ("title", _("Name the new line.")),
                ("category", _("Choose its category.")),
                ("text", _("Enter its words.")),
            ):
                if not asked.get(name):
                    self.add_error(name, remedy)
        return asked


NewLines = formset_factory(NewLineForm, extra=0, min_num=1, max_num=60, absolute_max=60)


class DraftForms:
    """The forms of a new text together: its head, a decision for each line, and new lines."""

    def __init__(
        self, shelf: Shelf, old: list[OldLine], *, base: str, plan_version: int, data: Any = None, typed: Any = None,
        more: str = "",
    ) -> None:  # fmt: skip
        self.shelf, self.old, self.base = shelf, old, base
        self.head = TextForm(shelf, base=base, plan_version=plan_version, data=data, typed=typed)
        lines = [(each.line.slug, each.line.title) for each in old]
        self.lines = [LineForm(each, lines, data, typed) for each in old]
        initial: list[dict[str, Any]] | None = None
        if typed is not None:
            count = str(typed.get("new-TOTAL_FORMS", "1"))
            rows = min(int(count) if count.isdecimal() else 1, 60) + (more == "new")
            initial = [
                {name: typed.get(f"new-{n}-{name}", "") for name in ("title", "category", "number", "text")}
                | {"made_of": typed.getlist(f"new-{n}-made_of")}
                for n in range(rows)
            ]
        kwargs = {"categories": shelf.categories, "lines": lines}
        self.new = cast("BaseFormSet", NewLines(data, prefix="new", initial=initial, form_kwargs=kwargs))

    def is_valid(self) -> bool:
        checks = [self.head.is_valid(), *(form.is_valid() for form in self.lines), self.new.is_valid()]
        if all(checks):
            self._check_together()
        return all(checks) and not self.problems

    def _check_together(self) -> None:
        decisions = self.decisions()
        made = {slug for form in self.new.forms for slug in form.cleaned_data.get("made_of", ())}
        for form in self.lines:
            decision, slug = decisions[form.old.line.slug], form.old.line.slug
            if decision.fate == Fate.SPLIT and slug not in made:
                form.add_error("fate", _("Add the lines below that it was split into, made of this one."))
            if decision.fate == Fate.MERGE and decisions[decision.into].fate.vanishes:
                form.add_error("into", _("That line is not in the new text either."))
        taken: dict[str, forms.Form] = {}
        numbered = [form for form in self.lines if not decisions[form.old.line.slug].fate.vanishes]
        for each in [*numbered, *(form for form in self.new.forms if form.given)]:
            number = each.cleaned_data.get("number", "")
            if number and number in taken:
                each.add_error("number", _("Another line has the number %(number)s.") % {"number": number})
            taken[number] = each

    def decisions(self) -> dict[str, Decision]:
        return {form.old.line.slug: form.decision() for form in self.lines}

    def new_lines(self) -> list[NewLine]:
        """The new lines, under slugs that no line of the plan has."""
        slugs = set(Provision.objects.filter(plan=self.shelf.row).values_list("slug", flat=True))
        order = len(slugs)
        words = {each.line.slug: each.words.key for each in self.old}
        found: list[NewLine] = []
        for form in self.new.forms:
            if not form.given:
                continue
            asked = form.cleaned_data
            bare = slugify(asked["title"])[: SLUG_LENGTH - 4].strip("-") or "line"
            slug = next(
                name for n in range(1, len(slugs) + 2) if (name := bare if n == 1 else f"{bare}-{n}") not in slugs
            )
            slugs.add(slug)
            order += 1
            line = ProvisionContent(slug=slug, order=order, title=asked["title"], category=asked["category"])
            made_of = tuple(words[each] for each in asked["made_of"])
            found.append(NewLine(line=line, number=asked["number"], text=asked["text"], made_of=made_of))
        return found

    @property
    def problems(self) -> list[tuple[str, str]]:
        """What is wrong, with the id of the control to mend; of a line, with its title."""
        told = self.head.problems
        for form in self.lines:
            told += [(anchor, f"{form.old.line.title}: {message}") for anchor, message in problems(form)]
        return [*told, *problems(*self.new.forms)]

    def refuse(self, error: ValidationError) -> None:
        self.head.refuse(error)
