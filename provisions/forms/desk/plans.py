"""The forms of a plan and of its texts."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from provisions import contents
from provisions.agreement.words import (
    Authority,
    Provenance,
)
from provisions.codebook import VOCABULARIES
from provisions.contents import Content
from provisions.held import held
from provisions.models import Outcome, Position, ProvisionRole, Resource
from provisions.policy import Act

from .base import ThingForm, as_before, choose, day_of
from .fields import Column, Raw, RowsField, SourcesField, named_sources
from .inputs import (
    codes,
    dated_on,
    day,
    line,
    pick,
    prose,
    roughly,
    several,
)


class PlanForm(ThingForm):
    """What a plan is called, whose consent constitutes it, and which of its texts is on the table."""

    resource = Resource.PLAN
    act = Act.ARRANGE
    title = line(gettext_lazy("Title"), required=True)
    summary = prose(gettext_lazy("Summary"))
    note = prose(gettext_lazy("Note"), rows=2)
    current_revision = pick(
        gettext_lazy("Current text"),
        required=False,
        help_text=gettext_lazy("Levels and the phase are worked out of it."),
    )
    parties = RowsField(
        Column("party", gettext_lazy("Party"), required=True),
        label=gettext_lazy("Parties"),
        help_text=gettext_lazy("In the order in which they are shown, which ranks nobody."),
    )
    principals = several(
        gettext_lazy("Principals"), required=True, help_text=gettext_lazy("Their consent constitutes the plan.")
    )
    threshold = pick(gettext_lazy("Lowest authority that counts"))
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
        parties = self.fields["parties"]
        if isinstance(parties, RowsField):
            parties.offer("party", self.shelf.all_parties)

    def clean(self) -> dict[str, Any]:
        asked = super().clean()
        if "parties" in asked:
            named = [row["party"] for row in asked["parties"]]
            if len(set(named)) < len(named):
                self.add_error("parties", _("A party is named twice."))
            for slug, name in self.shelf.parties:
                if slug not in named and _has_a_word(self.shelf.plan, slug):
                    told = _("%(party)s spoke on this plan or has a role in it, and stays a party of it.")
                    self.add_error("parties", told % {"party": name})
        return asked

    def said(self, content: contents.PlanContent) -> dict[str, Raw]:
        return {
            "title": content.title,
            "summary": content.summary,
            "note": content.note,
            "current_revision": content.current_revision or "",
            "parties": tuple((party,) for party in content.parties),
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
            parties=tuple(row["party"] for row in asked["parties"]),
            principals=as_before(asked["principals"], self.thing.content.principals, self.shelf.parties),
            threshold=Authority(int(asked["threshold"])),
            horizon_days=asked["horizon_days"],
        )


def _has_a_word(plan: str, party: str) -> bool:
    """Whether something of a plan is said by a party, of it, or asked of it."""
    said = Position.objects.filter(plan__slug=plan).filter(Q(party__slug=party) | Q(asserted_by__slug=party))
    roles = ProvisionRole.objects.filter(
        party__slug=party,
        provision_version__superseded_at=None,
        provision_version__provision__plan__slug=plan,
    )
    return said.exists() or roles.exists()


class PartyForm(ThingForm):
    """One who takes part, as every plan calls it. A new one comes last among the parties of this plan."""

    resource = Resource.PARTY
    act = Act.ARRANGE
    slugged = "name"
    name = line(
        gettext_lazy("Name"),
        required=True,
        most=120,
        help_text=gettext_lazy("As it calls itself, in neutral words; every plan that it takes part in shows it."),
    )
    short = line(gettext_lazy("Short name"), required=True, most=20, help_text=gettext_lazy("For column heads."))
    note = prose(gettext_lazy("Note"), rows=2, help_text=gettext_lazy("Shown on its page."))

    def said(self, content: contents.PartyContent) -> dict[str, Raw]:
        return {"name": content.name, "short": content.short, "note": content.note}

    def content(self, key: str) -> contents.PartyContent:
        asked = self.cleaned_data
        return contents.PartyContent(slug=key, name=asked["name"], short=asked["short"], note=asked["note"])

    def also(self) -> list[Content]:
        """The plan, with the party among its own."""
        plan = held(self.shelf.row, Resource.PLAN)[self.shelf.plan].content
        key = self.key()
        return [] if key in plan.parties else [replace(plan, parties=(*plan.parties, key))]


class RevisionForm(ThingForm):
    """A dated text: how we came to know it, and what became of lines that it no longer has."""

    resource = Resource.REVISION
    act = Act.ARRANGE
    title = line(gettext_lazy("Title"), required=True)
    short = line(gettext_lazy("Short title"), required=True, most=20)
    dated = dated_on(gettext_lazy("Day"))
    approximate = roughly()
    provenance = pick(gettext_lazy("Provenance"))
    published_on = day(gettext_lazy("Published"))
    authors = prose(gettext_lazy("Authors"), rows=1)
    circulated_to = prose(gettext_lazy("Circulated to"), rows=1)
    made_public = prose(gettext_lazy("How it became public"), rows=1)
    point_count = forms.IntegerField(
        required=False, min_value=0, max_value=32_000, label=gettext_lazy("Points that sources count")
    )
    summary = prose(gettext_lazy("Summary"))
    removals = RowsField(
        Column("provision", gettext_lazy("Line"), required=True),
        Column("outcome", gettext_lazy("What became of it"), required=True),
        Column("note", gettext_lazy("Note"), grow=True),
        Column("sources", gettext_lazy("Sources"), parse=named_sources),
        label=gettext_lazy("Lines that it no longer has"),
    )
    note = prose(gettext_lazy("Note"), rows=2)
    sources = SourcesField()

    def offer(self) -> None:
        choose(self, provenance=codes("provenance"))
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
