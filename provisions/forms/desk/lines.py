"""The forms of lines, and of what groups them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from provisions import contents
from provisions.agreement.words import (
    Kind,
    Role,
)
from provisions.models import Basis, Resource
from provisions.policy import Act

from .base import ThingForm, as_before, choose
from .fields import Column, Raw, RowsField
from .inputs import (
    codes,
    line,
    pick,
    prose,
    several,
)


class ProvisionForm(ThingForm):
    """What a line is about, where it is placed, and whose consent it needs."""

    resource = Resource.PROVISION
    title = line(gettext_lazy("Title"), required=True)
    lead = prose(gettext_lazy("Lead"), rows=2, help_text=gettext_lazy("One sentence of what the line is about."))
    category = pick(gettext_lazy("Category"))
    category_basis = pick(gettext_lazy("Who places it there"))
    kind = pick(gettext_lazy("Kind"))
    topics = several(gettext_lazy("Topics"))
    order = forms.IntegerField(min_value=1, max_value=32_000, label=gettext_lazy("Place in the order of lines"))
    roles = RowsField(
        Column("party", gettext_lazy("Party"), required=True),
        Column("role", gettext_lazy("Role"), required=True),
        label=gettext_lazy("Roles"),
        help_text=gettext_lazy("Principals, obligors and guarantors decide the line, unless that is overridden below."),
    )
    roles_basis = pick(gettext_lazy("Who says so"))
    essential = several(
        gettext_lazy("Essential parties, overridden"),
        help_text=gettext_lazy("Leave all empty to have them follow from the roles."),
    )
    essential_reason = prose(
        gettext_lazy("Reason for the override"), rows=2, help_text=gettext_lazy("Shown with every proof.")
    )
    pax = line(
        gettext_lazy("PA-X codes"),
        most=2000,
        help_text=gettext_lazy(
            "Issues of the Peace Agreements Database, such as TjAm, TjPrire. The page of the method lists them."
        ),
    )
    pam = line(
        gettext_lazy("PAM types"),
        most=2000,
        help_text=gettext_lazy(
            "Provisions of the Peace Accords Matrix, such as amnest, prisr. The page of the method lists them."
        ),
    )
    note = prose(gettext_lazy("Note"), rows=2)

    def offer(self) -> None:
        choose(
            self,
            category=self.shelf.categories,
            category_basis=Basis.choices,
            kind=codes("kind"),
            topics=self.shelf.topics,
            roles_basis=Basis.choices,
            essential=self.shelf.parties,
        )
        roles = self.fields["roles"]
        if isinstance(roles, RowsField):
            roles.offer("party", self.shelf.parties)
            roles.offer("role", codes("role"))

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
            "pax": ", ".join(content.pax),
            "pam": ", ".join(content.pam),
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
            pax=_listed(asked["pax"]),
            pam=_listed(asked["pam"]),
            note=asked["note"],
        )


def _listed(written: str) -> tuple[str, ...]:
    """The codes in a list as people write it."""
    return tuple(written.replace(",", " ").replace(";", " ").split())


class CategoryForm(ThingForm):
    """A group of lines."""

    resource = Resource.CATEGORY
    act = Act.ARRANGE
    slugged = "title"
    title = line(gettext_lazy("Title"), required=True)
    note = prose(gettext_lazy("Note"), rows=2)
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
    title = line(gettext_lazy("Title"), required=True)

    def said(self, content: contents.TopicContent) -> dict[str, Raw]:
        return {"title": content.title}

    def content(self, key: str) -> contents.TopicContent:
        return contents.TopicContent(slug=key, title=self.cleaned_data["title"])
