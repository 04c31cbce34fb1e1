"""What can be edited of a plan: its shelves, each thing with the name that it goes by."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Model

from provisions.assessing import one_moment
from provisions.models import (
    Category,
    Companion,
    Dispute,
    Event,
    PlanVersion,
    ProvisionVersion,
    Resource,
    RevisionVersion,
    Topic,
)


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
            ],
        )


def _named(model: type[Model], head: PlanVersion, *, name: str = "title") -> Iterable[tuple[str, str]]:
    rows = model._base_manager.filter(plan=head.plan).order_by(*(model._meta.ordering or ()))
    return rows.values_list("slug", name)
