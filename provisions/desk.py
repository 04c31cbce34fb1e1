"""What can be edited of a plan: its shelves, each thing with the name that it goes by."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Model, OuterRef, Subquery
from django.utils.translation import gettext as _

from provisions.agreement.words import Precision
from provisions.assessing import one_moment
from provisions.contents import When
from provisions.models import (
    Category,
    Companion,
    Dispute,
    Event,
    ImplementationLevel,
    ImplementationVersion,
    PlanParty,
    PlanVersion,
    ProvisionVersion,
    Relation,
    RelationKind,
    Resource,
    RevisionVersion,
    Topic,
)
from provisions.words import day_in_words


@dataclass(frozen=True, slots=True)
class Shelf:
    """Things of one kind: key and name of each, and whether one can be added."""

    resource: Resource
    things: list[tuple[str, str]]
    grows: bool

    @property
    def kind(self) -> str:
        return self.resource.value


@dataclass(frozen=True, slots=True)
class Shelves:
    """All that can be edited of a plan."""

    plan: PlanVersion
    shelves: list[Shelf]


def shelves(plan: str) -> Shelves:
    """The things of a plan, kind by kind. Raises PlanVersion.DoesNotExist. One query a kind."""
    with one_moment():
        head = PlanVersion.objects.standing().select_related("plan").get(plan__slug=plan)
        lines = ProvisionVersion.objects.standing().filter(provision__plan=head.plan)
        texts = RevisionVersion.objects.standing().filter(revision__plan=head.plan)
        return Shelves(
            head,
            [
                Shelf(Resource.PLAN, [(plan, head.title)], grows=False),
                Shelf(Resource.PARTY, _parties(head), grows=True),
                Shelf(
                    Resource.REVISION,
                    list(texts.order_by("revision__order").values_list("revision__slug", "title")),
                    grows=False,
                ),
                Shelf(
                    Resource.PROVISION,
                    list(lines.order_by("provision__order").values_list("provision__slug", "title")),
                    grows=False,
                ),
                Shelf(Resource.CATEGORY, list(_named(Category, head)), grows=True),
                Shelf(Resource.EVENT, list(_named(Event, head)), grows=True),
                Shelf(Resource.COMPANION, list(_named(Companion, head)), grows=True),
                Shelf(Resource.DISPUTE, list(_named(Dispute, head, name="subject")), grows=True),
                Shelf(Resource.TOPIC, list(_named(Topic, head)), grows=True),
                Shelf(Resource.RELATION, relations(plan), grows=True),
                Shelf(Resource.IMPLEMENTATION, implementations(plan), grows=True),
            ],
        )


def _parties(head: PlanVersion) -> list[tuple[str, str]]:
    rows = PlanParty.objects.filter(plan=head.plan).order_by("order")
    return list(rows.values_list("party__slug", "party__name"))


def relations(plan: str, *, key: str = "") -> list[tuple[str, str]]:
    """The relations of a plan's words, or the one with a key, each as it is called. One query."""
    rows = Relation.objects.filter(wording__revision__plan__slug=plan).order_by(
        "wording__revision__order", "wording__provision__order", "pk"
    )
    told = rows.annotate(
        line=_title_now(ProvisionVersion, "provision", "wording__provision"),
        text=_title_now(RevisionVersion, "revision", "wording__revision", name="short"),
        other_line=_title_now(ProvisionVersion, "provision", "other__provision"),
        other_text=_title_now(RevisionVersion, "revision", "other__revision", name="short"),
    ).values_list(
        "wording__revision__slug", "wording__provision__slug",
        "other__revision__plan__slug", "other__revision__slug", "other__provision__slug",
        "kind", "line", "text", "other_line", "other_text",
    )  # fmt: skip
    return [
        (found, f"{line} ({text}): {RelationKind(kind).label}, {other_line} ({other_text})")
        for revision, slug, plan_there, revision_there, slug_there, kind, line, text, other_line, other_text in told
        if (found := f"{revision}/{slug} to {plan_there}/{revision_there}/{slug_there}") == key or not key
    ]


def implementations(plan: str, *, key: str = "") -> list[tuple[str, str]]:
    """The levels of implementation of a plan's lines, or the one with a key, each as it is called. One query."""
    rows = (
        ImplementationVersion.objects.standing()
        .filter(implementation__plan__slug=plan)
        .order_by("implementation__provision__order", "implementation__since", "implementation__pk")
        .annotate(line=_title_now(ProvisionVersion, "provision", "implementation__provision"))
    )
    told = rows.values_list(
        "implementation__provision__slug", "implementation__since", "implementation__precision", "approximate",
        "level", "line",
    )  # fmt: skip
    named = []
    for slug, day, precision, approximate, level, line in told:
        since = When(day, Precision(precision), approximate)
        if not key or key == f"{slug}/{since}":
            word = _("withdrawn") if level is None else f"{level} {ImplementationLevel(level).label}"
            named.append((f"{slug}/{since}", f"{line}, {day_in_words(since)}: {word}"))
    return named


def _title_now(model: type[Model], of: str, which: str, *, name: str = "title") -> Subquery:
    """What a thing is called in the version that stands."""
    versions = model._base_manager.filter(**{of: OuterRef(which), "superseded_at": None})
    return Subquery(versions.values(name)[:1])


def _named(model: type[Model], head: PlanVersion, *, name: str = "title") -> Iterable[tuple[str, str]]:
    rows = model._base_manager.filter(plan=head.plan).order_by(*(model._meta.ordering or ()))
    return rows.values_list("slug", name)
