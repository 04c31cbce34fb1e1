"""What the forms of the desk share: the version that they began from, the reason, and how a thing is told in fields."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from parties.models import Party
from provisions.contents import Content, SourceContent, When
from provisions.forms.fields import dress, offer, problems
from provisions.forms.rows import NewSourceForm
from provisions.models import (
    Category,
    Plan,
    PlanParty,
    PlanVersion,
    ProvisionVersion,
    Resource,
    RevisionVersion,
    Topic,
)
from provisions.policy import Act
from provisions.record import Stale, Unknown

from .fields import LinesField, Merged, Raw, RowsField, SourcesField, is_open, merge, pairs, standing

Choices = list[tuple[str, str]]
SLUG_LENGTH = 60


class Shelf:
    """The names that forms of a plan offer, each fetched when it is first asked for."""

    def __init__(self, plan: str) -> None:
        self.plan = plan

    @cached_property
    def row(self) -> Plan:
        return Plan.objects.get(slug=self.plan)

    @cached_property
    def parties(self) -> Choices:
        rows = PlanParty.objects.filter(plan__slug=self.plan).order_by("order")
        return list(rows.values_list("party__slug", "party__name"))

    @cached_property
    def lines(self) -> Choices:
        """The lines, and their lettered parts."""
        return self._lines()

    @cached_property
    def whole_lines(self) -> Choices:
        """The lines without their parts."""
        return self._lines(provision__parent=None)

    def _lines(self, **which: Any) -> Choices:
        rows = ProvisionVersion.objects.standing().filter(provision__plan__slug=self.plan, **which)
        return list(rows.order_by("provision__order").values_list("provision__slug", "title"))

    @cached_property
    def revisions(self) -> Choices:
        rows = RevisionVersion.objects.standing().filter(revision__plan__slug=self.plan)
        return list(rows.order_by("revision__order").values_list("revision__slug", "title"))

    @cached_property
    def other_texts(self) -> Choices:
        """The texts of other plans, as `plan/text`."""
        rows = RevisionVersion.objects.standing().exclude(revision__plan__slug=self.plan)
        titles = dict(PlanVersion.objects.standing().values_list("plan__slug", "title"))
        named = rows.order_by("revision__plan__slug", "revision__order")
        return [
            (f"{plan}/{slug}", f"{titles.get(plan, plan)}: {title}")
            for plan, slug, title in named.values_list("revision__plan__slug", "revision__slug", "title")
        ]

    @cached_property
    def all_parties(self) -> Choices:
        """The parties of every plan."""
        return list(Party.objects.order_by("name").values_list("slug", "name"))

    @cached_property
    def categories(self) -> Choices:
        return list(Category.objects.filter(plan__slug=self.plan).order_by("order").values_list("slug", "title"))

    @cached_property
    def topics(self) -> Choices:
        return list(Topic.objects.filter(plan__slug=self.plan).order_by("title").values_list("slug", "title"))


@dataclass(frozen=True, slots=True)
class Thing:
    """What a form is about: a thing on record at a version, or one that is not there yet (no content, version 0)."""

    key: str
    content: Any = None
    version: int = 0


class ThingForm(forms.Form):
    """The fields of a thing on the record. `said` tells a thing in them, `content` makes a thing of them."""

    resource: ClassVar[Resource]
    # What one has to be allowed to do.
    act: ClassVar[Act] = Act.RECORD
    # Whether its slug is made from the title when it is added.
    slugged: ClassVar[str] = ""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, required=False)
    reason = forms.CharField(
        max_length=500,
        label=gettext_lazy("Reason for the log"),
        help_text=gettext_lazy("Why this is changed now. Readers of the log see it with your name."),
        error_messages={"required": gettext_lazy("Say why; the log keeps the reason.")},
    )

    def __init__(
        self,
        shelf: Shelf,
        thing: Thing,
        *,
        data: Mapping[str, Any] | None = None,
        typed: Mapping[str, Any] | None = None,
        more: str = "",
    ) -> None:
        """`typed` is what was filled in so far and is not to be checked yet; `more` names the rows to add one to."""
        super().__init__(data)
        self.shelf, self.thing = shelf, thing
        self.source = NewSourceForm(
            data,
            prefix="source",
            initial=typed and {n: typed.get(f"source-{n}", "") for n in NewSourceForm.base_fields},
        )
        self.order_fields([name for name in self.fields if name != "reason"])
        self.offer()
        raws = self.left(typed) if typed is not None else self.told(thing.content)
        self.initial = {"version": thing.version, **{name: _initial(self.fields[name], raws[name]) for name in raws}}
        if typed is not None:
            version = typed.get("version", "")
            self.initial["version"] = version if str(version).isdecimal() else thing.version
            self.initial["reason"] = typed.get("reason", "")
        if isinstance(rows := self.fields.get(more), RowsField):
            rows.widget.blank = 2
        dress(self)

    # ---- What each form says ----

    def offer(self) -> None:
        """Give the choices their choices."""

    def said(self, content: Any) -> dict[str, Raw]:
        """A thing, told in the fields."""
        raise NotImplementedError

    def content(self, key: str) -> Content:
        """The thing that the fields tell."""
        raise NotImplementedError

    def also(self) -> list[Content]:
        """What has to be written with it."""
        return []

    # ---- What they share ----

    @property
    def told_fields(self) -> list[str]:
        """The fields that tell the thing."""
        return [name for name in self.fields if name not in ("version", "reason", "slug")]

    def told(self, content: Any) -> dict[str, Raw]:
        """A thing as it stands in the fields; of none, what the fields stand at."""
        if content is None:
            return self.left({}) | self.blank()
        said = self.said(content)
        return {name: said[name] for name in self.told_fields}

    def blank(self) -> dict[str, Raw]:
        """What the fields stand at before anybody filled them in."""
        return {}

    def left(self, data: Any) -> dict[str, Raw]:
        """What somebody left in the fields."""
        return {name: standing(self.fields[name], name, data) for name in self.told_fields}

    def merged(self, *, base: Any, theirs: Any, yours: Mapping[str, Raw]) -> list[Merged]:
        """Field by field what becomes of the versions of two people; `yours` is what was left in the fields."""
        was, there = self.told(base), self.told(theirs)
        return [merge(self[name], base=was[name], theirs=there[name], yours=yours[name]) for name in self.told_fields]

    def yours(self, sent: Any) -> dict[str, Raw]:
        """What was typed before a conflict, as the page of the conflict carries it."""
        return {
            name: standing(self.fields[name], f"yours-{name}" if f"clash-{name}" in sent else name, sent)
            for name in self.told_fields
        }

    def is_valid(self) -> bool:
        """Whether everything is filled in as it should be, the new source included."""
        checks = [super().is_valid(), "sources" not in self.fields or self.source.is_valid()]
        return all(checks) and not self.problems

    @property
    def problems(self) -> list[tuple[str, str]]:
        """What is wrong, with the id of the control to mend."""
        return problems(self, self.source) if "sources" in self.fields else problems(self)

    @property
    def shown(self) -> list[Any]:
        """The fields in the order of the page; the reason comes last."""
        return [self[name] for name in self.fields if name not in ("version", "reason", "sources")]

    @property
    def new_source(self) -> SourceContent | None:
        return self.source.content if "sources" in self.fields and self.source.given else None

    @property
    def source_open(self) -> bool:
        """Whether a new source is being described, so that its part of the page is open."""
        return any(field.value() for field in self.source) or bool(self.source.errors)

    @property
    def named_sources(self) -> tuple[str, ...]:
        """The sources that are named, the new one among them."""
        named = set(self.cleaned_data.get("sources", ()))
        return tuple(sorted(named | {self.new_source.slug} if self.new_source else named))

    @property
    def began_from(self) -> int:
        """The version that the form began from."""
        return int(self.cleaned_data.get("version") or 0)

    def key(self) -> str:
        """The key of the thing; of one that is added, made of its title."""
        return self.thing.key or self.cleaned_data["slug"]

    def clean(self) -> dict[str, Any]:
        asked = self.cleaned_data
        if self.slugged and not self.thing.key:
            asked["slug"] = slugify(str(asked.get(self.slugged, "")))[:SLUG_LENGTH].strip("-")
            if not asked["slug"] and asked.get(self.slugged):
                self.add_error(self.slugged, _("Use some letters or digits: the address is made of them."))
        return asked

    def refuse(self, error: ValidationError | Unknown) -> None:
        """Show what the writer refused, at the control that it is about."""
        if isinstance(error, Unknown):
            self.add_error(None, f"{error}.".capitalize())
            return
        named = error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
        for name, told in named.items():
            for message in told:
                self.add_error(name if name in self.fields else None, message)


def _initial(of: forms.Field, raw: Raw) -> Any:
    match of:
        case LinesField() | RowsField():
            return raw
        case forms.MultipleChoiceField():
            return list(raw)
        case forms.BooleanField():
            return bool(raw)
    return raw


def day_of(asked: Mapping[str, Any]) -> When:
    """The day of a form, and whether it is known only roughly."""
    when = asked["dated"]
    return When(when.day, when.precision, asked["approximate"])


def as_before(chosen: Iterable[str], was: Iterable[str] | None, offered: Choices) -> tuple[str, ...]:
    """What was chosen, in the order that it had before; what is new follows in the order in which it is offered."""
    left = set(chosen)
    order = [*(was or ()), *(slug for slug, _name in offered)]
    return tuple(slug for slug in dict.fromkeys(order) if slug in left)


def choose(form: forms.Form, **choices: Iterable[tuple[Any, Any]]) -> None:
    """Give selects their choices, after one that chooses nothing, and lists of boxes theirs."""
    for name, offered in choices.items():
        if isinstance(field := form.fields[name], forms.MultipleChoiceField):
            field.choices = list(offered)
        else:
            offer(form, name, offered)


__all__ = [
    "LinesField",
    "Shelf",
    "SourcesField",
    "Stale",
    "Thing",
    "ThingForm",
    "as_before",
    "choose",
    "day_of",
    "is_open",
    "pairs",
]
