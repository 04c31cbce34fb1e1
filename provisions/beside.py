"""What happened around the text, and which documents stand beside it?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from parties.models import Source
from provisions.assessing import one_moment
from provisions.board import PartyHead, RevisionHead, revision_head
from provisions.contents import CompanionContent, EventContent, EventStateContent, When
from provisions.held import held
from provisions.models import Condition, Event, Plan, PlanVersion, ProvisionVersion, Resource, RevisionVersion


@dataclass(frozen=True, slots=True)
class NamedBy:
    """A position whose condition names an event; it is a claim where another says so of the party."""

    party: PartyHead
    claimed: bool
    line: str
    title: str
    when: date


@dataclass(frozen=True, slots=True)
class Happening:
    """An event. Where conditions name it, `state` says how it stands and `named_by` who waits for it."""

    content: EventContent
    texts: tuple[RevisionHead, ...]
    named_by: tuple[NamedBy, ...]
    sources: tuple[Source, ...]

    @property
    def when(self) -> When:
        return self.content.dated

    @property
    def awaited(self) -> bool:
        """Whether it is on record because of a condition, not because it was reported."""
        return bool(self.content.states)

    @property
    def state(self) -> EventStateContent | None:
        return max(self.content.states, key=lambda state: state.stated_on, default=None)


@dataclass(frozen=True, slots=True)
class About:
    """A line that a document is about, or a lettered part, whose page is that of its line."""

    line: str
    title: str


@dataclass(frozen=True, slots=True)
class Document:
    """A companion, with the text that it goes with, its lines and its parties."""

    content: CompanionContent
    text: RevisionHead | None
    lines: tuple[About, ...]
    parties: tuple[PartyHead, ...]
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class Beside:
    """The happenings of a year, what conditions wait for, and all companions, each the latest first."""

    plan: Plan
    title: str
    years: tuple[int, ...]
    year: int | None
    happened: tuple[Happening, ...]
    awaited: tuple[Happening, ...]
    companions: tuple[Document, ...]


def beside(plan: str, *, year: int | None = None) -> Beside:
    """What stands beside a plan; of its events those of one year, the latest unless another is asked for.

    Raises Plan.DoesNotExist, PlanVersion.DoesNotExist. The number of queries does not grow with the record.
    """
    with one_moment():
        return _Reading(Plan.objects.get(slug=plan)).beside(year)


class _Reading:
    """What is fetched once."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.version = PlanVersion.objects.standing().get(plan=plan)
        self.parties = {
            (party := place.party).slug: PartyHead(
                party.slug, party.name, party.short, party.slug in self.version.principals
            )
            for place in plan.places.select_related("party").order_by("order")
        }
        self.texts = {
            row.revision.slug: revision_head(row)
            for row in RevisionVersion.objects.standing().filter(revision__plan=plan).select_related("revision")
        }

    def beside(self, year: int | None) -> Beside:
        years = tuple(day.year for day in Event.objects.filter(plan=self.plan).dates("dated", "year", order="DESC"))
        shown = year if year in years else next(iter(years), None)
        slugs = Event.objects.filter(plan=self.plan, dated__year=shown).values_list("slug", flat=True) if shown else ()
        events = [each.content for each in held(self.plan, Resource.EVENT, keys=list(slugs)).values()]
        companions = [each.content for each in held(self.plan, Resource.COMPANION).values()]
        self.sources = self._sources([*events, *companions])
        self.lines = self._lines()
        happenings = self._happenings(events)
        return Beside(
            plan=self.plan,
            title=self.version.title,
            years=years,
            year=shown,
            happened=tuple(each for each in happenings if not each.awaited),
            awaited=tuple(each for each in happenings if each.awaited),
            companions=tuple(
                Document(
                    content=each,
                    text=self.texts.get(each.belongs_to or ""),
                    lines=tuple(self.lines[slug] for slug in self.lines if slug in each.provisions),
                    parties=tuple(self.parties[slug] for slug in each.parties if slug in self.parties),
                    sources=tuple(self.sources[slug] for slug in each.sources),
                )
                for each in sorted(companions, key=lambda each: each.dated.day, reverse=True)
            ),
        )

    def _happenings(self, events: Iterable[EventContent]) -> list[Happening]:
        named = self._named([event.slug for event in events])
        return [
            Happening(
                content=event,
                texts=tuple(self.texts[slug] for slug in event.revisions if slug in self.texts),
                named_by=tuple(named.get(event.slug, ())),
                sources=tuple(self.sources[slug] for slug in event.sources),
            )
            for event in sorted(events, key=lambda event: event.dated.day, reverse=True)
        ]

    def _lines(self) -> dict[str, About]:
        """The lines and their parts, in their order."""
        rows = ProvisionVersion.objects.standing().filter(provision__plan=self.plan).order_by("provision__order")
        columns = ("provision__slug", "provision__parent__slug", "title")
        return {slug: About(parent or slug, title) for slug, parent, title in rows.values_list(*columns)}

    def _named(self, events: list[str]) -> dict[str, list[NamedBy]]:
        rows = Condition.objects.filter(event__plan=self.plan, event__slug__in=events, position__retraction=None)
        named: dict[str, list[NamedBy]] = {}
        columns = (
            "event__slug", "position__party__slug", "position__asserted_by__slug",
            "position__wording__provision__slug", "position__stated_on",
        )  # fmt: skip
        for event, party, by, slug, day in rows.order_by("position__stated_on", "pk").values_list(*columns):
            line = self.lines.get(slug, About("", ""))
            named.setdefault(event, []).append(NamedBy(self.parties[party], party != by, line.line, line.title, day))
        return named

    def _sources(self, things: Iterable[EventContent | CompanionContent]) -> dict[str, Source]:
        slugs = {slug for each in things for slug in each.sources}
        return {source.slug: source for source in Source.objects.filter(slug__in=slugs)}
