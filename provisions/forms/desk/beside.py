"""The forms of what stands beside the texts: events, sources, companions, disputed facts."""

from __future__ import annotations

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from parties.models import PublishedBasis, SourceKind
from provisions import contents
from provisions.agreement.words import (
    EventState,
)
from provisions.models import DisputeStatus, Resource

from .base import ThingForm, as_before, choose, day_of
from .fields import Column, Raw, RowsField, SourcesField, a_day, named_sources
from .inputs import (
    FIGURES,
    FIGURES_HELP,
    codes,
    dated_on,
    day,
    figures_of,
    figures_said,
    line,
    pick,
    prose,
    roughly,
    several,
)


class EventForm(ThingForm):
    """A dated happening that a condition can name, and how it stood from when on."""

    resource = Resource.EVENT
    slugged = "title"
    title = line(gettext_lazy("Title"), required=True)
    dated = dated_on(gettext_lazy("Day"))
    approximate = roughly()
    summary = prose(gettext_lazy("Summary"))
    revisions = several(gettext_lazy("Texts that it is about"))
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
            states.offer("state", codes("event_state"))

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
    title = line(gettext_lazy("Title"), required=True, most=400)
    publisher = line(gettext_lazy("Publisher"))
    url = forms.URLField(
        required=False, max_length=1000, label=gettext_lazy("Address"), assume_scheme="https",
        help_text=gettext_lazy("Begins with https://."),
    )  # fmt: skip
    kind = pick(gettext_lazy("Kind"))
    published = day(gettext_lazy("Published"))
    published_basis = pick(gettext_lazy("How that day is known"))
    accessed = day(gettext_lazy("Read on"))
    relays = line(gettext_lazy("Passes on"), help_text=gettext_lazy("The outlet whose report this is."))
    note = prose(gettext_lazy("Note"), rows=2)

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
    title = line(gettext_lazy("Title"), required=True)
    belongs_to = pick(gettext_lazy("Belongs to the text"), required=False)
    dated = dated_on(gettext_lazy("Day"))
    approximate = roughly()
    parties = several(gettext_lazy("Parties"))
    status = line(gettext_lazy("Status"))
    summary = prose(gettext_lazy("Summary"))
    provisions = several(gettext_lazy("Lines that it is about"))
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
            "figures": figures_said(content.figures),
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
            figures=figures_of(asked["figures"]),
            sources=self.named_sources,
        )


class DisputeForm(ThingForm):
    """A fact on which sources differ, and our reading of it."""

    resource = Resource.DISPUTE
    slugged = "subject"
    subject = line(gettext_lazy("Subject"), required=True)
    status = pick(gettext_lazy("Status"))
    assessment = prose(gettext_lazy("Our reading"))
    provisions = several(gettext_lazy("Lines that it is about"))
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
