"""A form for each kind of thing that is edited at the desk."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from parties.models import PublishedBasis, SourceKind
from provisions import contents
from provisions.agreement.words import (
    Authority,
    EventState,
    Kind,
    Level,
    Provenance,
    Role,
    WordingChange,
)
from provisions.codebook import VOCABULARIES
from provisions.contents import Content, WordingContent
from provisions.forms.fields import WhenField
from provisions.held import held
from provisions.models import Basis, DisputeStatus, Outcome, Resource, Seen
from provisions.policy import Act
from provisions.record.checks import settled_change

from .base import ThingForm, as_before, choose, day_of
from .fields import Column, Raw, Row, RowsField, SourcesField, a_day, a_number, named_sources, some_words

REQUIRED = {"required": gettext_lazy("Fill this in.")}


def _line(label: Any, *, required: bool = False, most: int = 200, help_text: Any = "") -> forms.CharField:
    return forms.CharField(
        required=required, max_length=most, label=label, help_text=help_text, error_messages=dict(REQUIRED)
    )


def _prose(label: Any, *, required: bool = False, rows: int = 3, help_text: Any = "") -> forms.CharField:
    return forms.CharField(
        required=required,
        max_length=20_000,
        label=label,
        help_text=help_text,
        widget=forms.Textarea(attrs={"rows": rows}),
        error_messages=dict(REQUIRED),
    )


def _pick(label: Any, *, required: bool = True, help_text: Any = "") -> forms.ChoiceField:
    return forms.ChoiceField(required=required, label=label, help_text=help_text, error_messages=dict(REQUIRED))


def _several(label: Any, *, required: bool = False, help_text: Any = "") -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        required=required,
        label=label,
        help_text=help_text,
        widget=forms.CheckboxSelectMultiple,
        error_messages=dict(REQUIRED),
    )


def _day(label: Any, *, help_text: Any = "") -> forms.DateField:
    return forms.DateField(
        required=False,
        label=label,
        help_text=help_text or gettext_lazy("As 2025-12-24; empty where it is not known."),
        error_messages={"invalid": gettext_lazy("Write the day as 2025-12-24.")},
    )


def _dated(label: Any) -> WhenField:
    return WhenField(
        ahead=True,
        label=label,
        help_text=gettext_lazy("24 Dec 2025; if only the month or year is known, Dec 2025 or 2025."),
        error_messages=dict(REQUIRED),
    )


def _roughly() -> forms.BooleanField:
    return forms.BooleanField(required=False, label=gettext_lazy("The source gives the day only roughly"))


def _codes(vocabulary: str) -> list[tuple[Any, Any]]:
    return [(each.value, each.label) for each in VOCABULARIES[vocabulary]]


FIGURES = (
    Column("name", gettext_lazy("Name"), required=True),
    Column("label", gettext_lazy("Label"), required=True, grow=True),
    Column("value", gettext_lazy("Value"), parse=a_number),
    Column("unit", gettext_lazy("Unit"), required=True),
    Column("note", gettext_lazy("Note"), grow=True),
)
FIGURES_HELP = gettext_lazy(
    "Each with its unit; the name is the same from text to text, such as troop-cap. Without a value it is not known."
)


def _figures_said(figures: Iterable[contents.FigureContent]) -> tuple[Row, ...]:
    return tuple(
        (each.name, each.label, "" if each.value is None else format(each.value, "f"), each.unit, each.note)
        for each in figures
    )


def _figures(rows: Iterable[dict[str, Any]]) -> tuple[contents.FigureContent, ...]:
    return tuple(contents.FigureContent(**row) for row in rows)


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
    number = _line(
        gettext_lazy("Number"), most=12, help_text=gettext_lazy("In this text; empty where it was not seen.")
    )
    heading = _line(gettext_lazy("Heading"))
    gist = _line(gettext_lazy("Gist"), most=40, help_text=gettext_lazy("A few words for the board."))
    text = _prose(
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
    change_reason = _line(
        gettext_lazy("Reason for an editorial ruling"),
        most=500,
        help_text=gettext_lazy("Why the meaning is the same. Shown with every proof that leans on it."),
    )
    seen = _pick(gettext_lazy("How much of the words a source shows"))
    figures = RowsField(*FIGURES, label=gettext_lazy("Figures"), help_text=FIGURES_HELP)
    variants = RowsField(
        Column("parties", gettext_lazy("Parties"), required=True, parse=some_words),
        Column("text", gettext_lazy("Their words"), required=True, grow=True),
        Column("sources", gettext_lazy("Sources"), parse=named_sources),
        label=gettext_lazy("Rival words inside the line"),
        help_text=gettext_lazy("Whose they are, the words, and where they were read."),
    )
    note = _prose(gettext_lazy("Note"), rows=2)
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
            "figures": _figures_said(content.figures),
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
            figures=_figures(asked["figures"]),
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
    why = _prose(
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
        self.fields["level"].choices = [("", _("No ruling")), *_codes("level")]  # type: ignore[attr-defined]

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


class ProvisionForm(ThingForm):
    """What a line is about, where it is placed, and whose consent it needs."""

    resource = Resource.PROVISION
    title = _line(gettext_lazy("Title"), required=True)
    lead = _prose(gettext_lazy("Lead"), rows=2, help_text=gettext_lazy("One sentence of what the line is about."))
    category = _pick(gettext_lazy("Category"))
    category_basis = _pick(gettext_lazy("Who places it there"))
    kind = _pick(gettext_lazy("Kind"))
    topics = _several(gettext_lazy("Topics"))
    order = forms.IntegerField(min_value=1, max_value=32_000, label=gettext_lazy("Place in the order of lines"))
    roles = RowsField(
        Column("party", gettext_lazy("Party"), required=True),
        Column("role", gettext_lazy("Role"), required=True),
        label=gettext_lazy("Roles"),
        help_text=gettext_lazy("Principals, obligors and guarantors decide the line, unless that is overridden below."),
    )
    roles_basis = _pick(gettext_lazy("Who says so"))
    essential = _several(
        gettext_lazy("Essential parties, overridden"),
        help_text=gettext_lazy("Leave all empty to have them follow from the roles."),
    )
    essential_reason = _prose(
        gettext_lazy("Reason for the override"), rows=2, help_text=gettext_lazy("Shown with every proof.")
    )
    note = _prose(gettext_lazy("Note"), rows=2)

    def offer(self) -> None:
        choose(
            self,
            category=self.shelf.categories,
            category_basis=Basis.choices,
            kind=_codes("kind"),
            topics=self.shelf.topics,
            roles_basis=Basis.choices,
            essential=self.shelf.parties,
        )
        roles = self.fields["roles"]
        if isinstance(roles, RowsField):
            roles.offer("party", self.shelf.parties)
            roles.offer("role", _codes("role"))

    def said(self, content: contents.ProvisionContent) -> dict[str, Raw]:
        return {
            "title": content.title,
            "lead": content.lead,
            "category": content.category,
            "category_basis": content.category_basis.value,
            "kind": content.kind.value,
            "topics": tuple(sorted(content.topics)),
            "order": str(content.order),
            "roles": tuple((party, role.value) for party, role in content.roles),
            "roles_basis": content.roles_basis.value,
            "essential": tuple(sorted(content.essential or ())),
            "essential_reason": content.essential_reason,
            "note": content.note,
        }

    def clean(self) -> dict[str, Any]:
        asked = super().clean()
        if asked.get("essential") and not asked.get("essential_reason"):
            self.add_error("essential_reason", _("Say why these parties decide the line."))
        return asked

    def content(self, key: str) -> contents.ProvisionContent:
        asked = self.cleaned_data
        was = self.thing.content
        essential = as_before(asked["essential"], was.essential, self.shelf.parties)
        return replace(
            was,
            title=asked["title"],
            lead=asked["lead"],
            category=asked["category"],
            category_basis=Basis(asked["category_basis"]),
            kind=Kind(asked["kind"]),
            topics=as_before(asked["topics"], was.topics, self.shelf.topics),
            order=asked["order"],
            roles=tuple((row["party"], Role(row["role"])) for row in asked["roles"]),
            roles_basis=Basis(asked["roles_basis"]),
            essential=essential or None,
            essential_reason=asked["essential_reason"] if essential else "",
            note=asked["note"],
        )


class CategoryForm(ThingForm):
    """A group of lines."""

    resource = Resource.CATEGORY
    act = Act.ARRANGE
    slugged = "title"
    title = _line(gettext_lazy("Title"), required=True)
    note = _prose(gettext_lazy("Note"), rows=2)
    order = forms.IntegerField(min_value=1, max_value=32_000, label=gettext_lazy("Place in the order of categories"))

    def said(self, content: contents.CategoryContent) -> dict[str, Raw]:
        return {"title": content.title, "note": content.note, "order": str(content.order)}

    def content(self, key: str) -> contents.CategoryContent:
        asked = self.cleaned_data
        return contents.CategoryContent(slug=key, title=asked["title"], note=asked["note"], order=asked["order"])


class TopicForm(ThingForm):
    """A subject that lines are tagged with."""

    resource = Resource.TOPIC
    slugged = "title"
    title = _line(gettext_lazy("Title"), required=True)

    def said(self, content: contents.TopicContent) -> dict[str, Raw]:
        return {"title": content.title}

    def content(self, key: str) -> contents.TopicContent:
        return contents.TopicContent(slug=key, title=self.cleaned_data["title"])


class EventForm(ThingForm):
    """A dated happening that a condition can name, and how it stood from when on."""

    resource = Resource.EVENT
    slugged = "title"
    title = _line(gettext_lazy("Title"), required=True)
    dated = _dated(gettext_lazy("Day"))
    approximate = _roughly()
    summary = _prose(gettext_lazy("Summary"))
    revisions = _several(gettext_lazy("Texts that it is about"))
    states = RowsField(
        Column("stated_on", gettext_lazy("From"), required=True, parse=a_day),
        Column("state", gettext_lazy("State"), required=True),
        label=gettext_lazy("How it stood"),
        help_text=gettext_lazy("From which day on, as 2025-12-24. Conditions follow the latest."),
    )
    sources = SourcesField()

    def offer(self) -> None:
        choose(self, revisions=self.shelf.revisions)
        states = self.fields["states"]
        if isinstance(states, RowsField):
            states.offer("state", _codes("event_state"))

    def said(self, content: contents.EventContent) -> dict[str, Raw]:
        return {
            "title": content.title,
            "dated": str(content.dated),
            "approximate": "on" if content.dated.approximate else "",
            "summary": content.summary,
            "revisions": content.revisions,
            "states": tuple((each.stated_on.isoformat(), each.state.value) for each in content.states),
            "sources": content.sources,
        }

    def content(self, key: str) -> contents.EventContent:
        asked = self.cleaned_data
        return contents.EventContent(
            slug=key,
            title=asked["title"],
            dated=day_of(asked),
            summary=asked["summary"],
            revisions=tuple(asked["revisions"]),
            states=tuple(
                contents.EventStateContent(EventState(row["state"]), row["stated_on"]) for row in asked["states"]
            ),
            sources=self.named_sources,
        )


class SourceForm(ThingForm):
    """A publication in which something was read."""

    resource = Resource.SOURCE
    title = _line(gettext_lazy("Title"), required=True, most=400)
    publisher = _line(gettext_lazy("Publisher"))
    url = forms.URLField(
        required=False, max_length=1000, label=gettext_lazy("Address"), assume_scheme="https",
        help_text=gettext_lazy("Begins with https://."),
    )  # fmt: skip
    kind = _pick(gettext_lazy("Kind"))
    published = _day(gettext_lazy("Published"))
    published_basis = _pick(gettext_lazy("How that day is known"))
    accessed = _day(gettext_lazy("Read on"))
    relays = _line(gettext_lazy("Passes on"), help_text=gettext_lazy("The outlet whose report this is."))
    note = _prose(gettext_lazy("Note"), rows=2)

    def offer(self) -> None:
        choose(self, kind=SourceKind.choices, published_basis=PublishedBasis.choices)

    def said(self, content: contents.SourceContent) -> dict[str, Raw]:
        return {
            "title": content.title,
            "publisher": content.publisher,
            "url": content.url,
            "kind": content.kind,
            "published": content.published.isoformat() if content.published else "",
            "published_basis": content.published_basis,
            "accessed": content.accessed.isoformat() if content.accessed else "",
            "relays": content.relays,
            "note": content.note,
        }

    def clean_url(self) -> str:
        url = str(self.cleaned_data["url"])
        if url and not url.startswith(("https://", "http://")):
            raise ValidationError(_("The address has to begin with https:// or http://."))
        return url

    def content(self, key: str) -> contents.SourceContent:
        asked = {name: self.cleaned_data[name] for name in self.told_fields}
        return contents.SourceContent(slug=key, **asked)


class CompanionForm(ThingForm):
    """A document beside the numbered text."""

    resource = Resource.COMPANION
    slugged = "title"
    title = _line(gettext_lazy("Title"), required=True)
    belongs_to = _pick(gettext_lazy("Belongs to the text"), required=False)
    dated = _dated(gettext_lazy("Day"))
    approximate = _roughly()
    parties = _several(gettext_lazy("Parties"))
    status = _line(gettext_lazy("Status"))
    summary = _prose(gettext_lazy("Summary"))
    provisions = _several(gettext_lazy("Lines that it is about"))
    figures = RowsField(*FIGURES, label=gettext_lazy("Figures"), help_text=FIGURES_HELP)
    sources = SourcesField()

    def offer(self) -> None:
        choose(self, belongs_to=self.shelf.revisions, parties=self.shelf.parties, provisions=self.shelf.lines)

    def said(self, content: contents.CompanionContent) -> dict[str, Raw]:
        return {
            "title": content.title,
            "belongs_to": content.belongs_to or "",
            "dated": str(content.dated),
            "approximate": "on" if content.dated.approximate else "",
            "parties": tuple(sorted(content.parties)),
            "status": content.status,
            "summary": content.summary,
            "provisions": content.provisions,
            "figures": _figures_said(content.figures),
            "sources": content.sources,
        }

    def content(self, key: str) -> contents.CompanionContent:
        asked, was = self.cleaned_data, self.thing.content
        return contents.CompanionContent(
            slug=key,
            title=asked["title"],
            belongs_to=asked["belongs_to"] or None,
            dated=day_of(asked),
            parties=as_before(asked["parties"], was.parties if was else (), self.shelf.parties),
            status=asked["status"],
            summary=asked["summary"],
            provisions=tuple(asked["provisions"]),
            figures=_figures(asked["figures"]),
            sources=self.named_sources,
        )


class DisputeForm(ThingForm):
    """A fact on which sources differ, and our reading of it."""

    resource = Resource.DISPUTE
    slugged = "subject"
    subject = _line(gettext_lazy("Subject"), required=True)
    status = _pick(gettext_lazy("Status"))
    assessment = _prose(gettext_lazy("Our reading"))
    provisions = _several(gettext_lazy("Lines that it is about"))
    claims = RowsField(
        Column("text", gettext_lazy("Claim"), required=True, grow=True),
        Column("value", gettext_lazy("Value")),
        Column("sources", gettext_lazy("Sources"), parse=named_sources),
        label=gettext_lazy("Claims"),
    )

    def offer(self) -> None:
        choose(self, status=DisputeStatus.choices, provisions=self.shelf.lines)

    def said(self, content: contents.DisputeContent) -> dict[str, Raw]:
        return {
            "subject": content.subject,
            "status": content.status.value,
            "assessment": content.assessment,
            "provisions": content.provisions,
            "claims": tuple((each.text, each.value, " ".join(each.sources)) for each in content.claims),
        }

    def content(self, key: str) -> contents.DisputeContent:
        asked = self.cleaned_data
        return contents.DisputeContent(
            slug=key,
            subject=asked["subject"],
            status=DisputeStatus(asked["status"]),
            assessment=asked["assessment"],
            provisions=tuple(asked["provisions"]),
            claims=tuple(contents.RivalClaimContent(**row) for row in asked["claims"]),
        )


class SilenceForm(ThingForm):
    """A deadline after which silence is taken for no objection."""

    resource = Resource.SILENCE_PROCEDURE
    addressees = _several(gettext_lazy("Addressees"), required=True)
    deadline = forms.DateField(
        label=gettext_lazy("Deadline"),
        help_text=gettext_lazy("The last day on which an objection stops it, as 2025-12-24."),
        error_messages={
            "required": gettext_lazy("Enter the deadline."),
            "invalid": gettext_lazy("Write the day as 2025-12-24."),
        },
    )
    broken_on = _day(gettext_lazy("Broken on"))
    broken_by = _pick(gettext_lazy("Broken by"), required=False)
    note = _prose(gettext_lazy("Note"), rows=2)
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


class PlanForm(ThingForm):
    """What a plan is called, whose consent constitutes it, and which of its texts is on the table."""

    resource = Resource.PLAN
    act = Act.ARRANGE
    title = _line(gettext_lazy("Title"), required=True)
    summary = _prose(gettext_lazy("Summary"))
    note = _prose(gettext_lazy("Note"), rows=2)
    current_revision = _pick(
        gettext_lazy("Current text"),
        required=False,
        help_text=gettext_lazy("Levels and the phase are worked out of it."),
    )
    principals = _several(
        gettext_lazy("Principals"), required=True, help_text=gettext_lazy("Their consent constitutes the plan.")
    )
    threshold = _pick(gettext_lazy("Lowest authority that counts"))
    horizon_days = forms.IntegerField(
        min_value=1,
        max_value=3650,
        label=gettext_lazy("Horizon in days"),
        help_text=gettext_lazy("What was said longer ago is to be asked again."),
    )

    def offer(self) -> None:
        choose(
            self,
            current_revision=self.shelf.revisions,
            principals=self.shelf.parties,
            threshold=[(int(each.value), each.label) for each in VOCABULARIES["authority"]],
        )

    def said(self, content: contents.PlanContent) -> dict[str, Raw]:
        return {
            "title": content.title,
            "summary": content.summary,
            "note": content.note,
            "current_revision": content.current_revision or "",
            "principals": tuple(sorted(content.principals)),
            "threshold": str(int(content.threshold)),
            "horizon_days": str(content.horizon_days),
        }

    def content(self, key: str) -> contents.PlanContent:
        asked = self.cleaned_data
        return replace(
            self.thing.content,
            title=asked["title"],
            summary=asked["summary"],
            note=asked["note"],
            current_revision=asked["current_revision"] or None,
            principals=as_before(asked["principals"], self.thing.content.principals, self.shelf.parties),
            threshold=Authority(int(asked["threshold"])),
            horizon_days=asked["horizon_days"],
        )


class RevisionForm(ThingForm):
    """A dated text: how we came to know it, and what became of lines that it no longer has."""

    resource = Resource.REVISION
    act = Act.ARRANGE
    title = _line(gettext_lazy("Title"), required=True)
    short = _line(gettext_lazy("Short title"), required=True, most=20)
    dated = _dated(gettext_lazy("Day"))
    approximate = _roughly()
    provenance = _pick(gettext_lazy("Provenance"))
    published_on = _day(gettext_lazy("Published"))
    authors = _prose(gettext_lazy("Authors"), rows=1)
    circulated_to = _prose(gettext_lazy("Circulated to"), rows=1)
    made_public = _prose(gettext_lazy("How it became public"), rows=1)
    point_count = forms.IntegerField(
        required=False, min_value=0, max_value=32_000, label=gettext_lazy("Points that sources count")
    )
    summary = _prose(gettext_lazy("Summary"))
    removals = RowsField(
        Column("provision", gettext_lazy("Line"), required=True),
        Column("outcome", gettext_lazy("What became of it"), required=True),
        Column("note", gettext_lazy("Note"), grow=True),
        Column("sources", gettext_lazy("Sources"), parse=named_sources),
        label=gettext_lazy("Lines that it no longer has"),
    )
    note = _prose(gettext_lazy("Note"), rows=2)
    sources = SourcesField()

    def offer(self) -> None:
        choose(self, provenance=_codes("provenance"))
        removals = self.fields["removals"]
        if isinstance(removals, RowsField):
            removals.offer("provision", self.shelf.lines)
            removals.offer("outcome", Outcome.choices)

    def said(self, content: contents.RevisionContent) -> dict[str, Raw]:
        return {
            "title": content.title,
            "short": content.short,
            "dated": str(content.dated),
            "approximate": "on" if content.dated.approximate else "",
            "provenance": content.provenance.value,
            "published_on": content.published_on.isoformat() if content.published_on else "",
            "authors": content.authors,
            "circulated_to": content.circulated_to,
            "made_public": content.made_public,
            "point_count": "" if content.point_count is None else str(content.point_count),
            "summary": content.summary,
            "removals": tuple(
                (each.provision, each.outcome.value, each.note, " ".join(each.sources)) for each in content.removals
            ),
            "note": content.note,
            "sources": content.sources,
        }

    def content(self, key: str) -> contents.RevisionContent:
        asked = self.cleaned_data
        plain = (
            "title",
            "short",
            "published_on",
            "authors",
            "circulated_to",
            "made_public",
            "point_count",
            "summary",
            "note",
        )
        return replace(
            self.thing.content,
            dated=day_of(asked),
            provenance=Provenance(asked["provenance"]),
            removals=tuple(
                contents.RemovalContent(
                    provision=row["provision"],
                    outcome=Outcome(row["outcome"]),
                    note=row["note"],
                    sources=row["sources"],
                )
                for row in asked["removals"]
            ),
            sources=self.named_sources,
            **{name: asked[name] for name in plain},
        )


FORMS: dict[Resource, type[ThingForm]] = {
    form.resource: form
    for form in (
        WordingForm,
        RulingForm,
        ProvisionForm,
        CategoryForm,
        TopicForm,
        EventForm,
        SourceForm,
        CompanionForm,
        DisputeForm,
        SilenceForm,
        PlanForm,
        RevisionForm,
    )
}
# What is added by itself, under a slug made of its title.
ADDED = tuple(resource for resource, form in FORMS.items() if form.slugged)
# What is said of words that are there, and begins with the first version.
SAID_OF_WORDS = (Resource.RULING, Resource.SILENCE_PROCEDURE)

__all__ = ["ADDED", "FORMS", "SAID_OF_WORDS"]
