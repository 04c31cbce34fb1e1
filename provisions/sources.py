"""What does the record rest on? Sources with what they are used for, and one source with every use."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Exists, F, Max, Min, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from parties.models import Source, SourceKind
from provisions.agreement.words import Precision, Stance
from provisions.assessing import one_moment
from provisions.contents import When
from provisions.models import (
    Companion,
    Event,
    Evidence,
    ImplementationVersion,
    Plan,
    PlanVersion,
    Relation,
    Removal,
    RevisionVersion,
    RivalClaim,
    Ruling,
    SilenceProcedure,
    Variant,
    WordingVersion,
)

PAGE = 50


@dataclass(frozen=True, slots=True)
class Rests:
    """A kind of thing that names sources: its rows that stand, and how they lead to their source and their plan."""

    rows: QuerySet[Any]
    plan: str
    source: str = "sources"

    @property
    def standing(self) -> QuerySet[Any]:
        """Those of plans that were not deleted."""
        return self.rows.filter(**{f"{self.plan}__in": Plan.objects.all()})


def _resting() -> dict[str, Rests]:
    """All kinds of things that rest on sources, in the order in which they are shown."""
    return {
        "position": Rests(Evidence.objects.filter(position__retraction=None), "position__plan", "source"),
        "wording": Rests(WordingVersion.objects.standing(), "revision__plan"),
        "variant": Rests(
            Variant.objects.filter(wording_version__superseded_at=None), "wording_version__revision__plan"
        ),
        "revision": Rests(RevisionVersion.objects.standing(), "revision__plan"),
        "removal": Rests(
            Removal.objects.filter(revision_version__superseded_at=None), "revision_version__revision__plan"
        ),
        "relation": Rests(Relation.objects.all(), "wording__revision__plan"),
        "event": Rests(Event.objects.all(), "plan"),
        "companion": Rests(Companion.objects.all(), "plan"),
        "dispute": Rests(RivalClaim.objects.all(), "dispute__plan"),
        "ruling": Rests(Ruling.objects.standing().exclude(level=""), "wording__revision__plan"),
        "implementation": Rests(ImplementationVersion.objects.standing().exclude(level=None), "implementation__plan"),
        "silence_procedure": Rests(SilenceProcedure.objects.standing(), "wording__revision__plan"),
    }


# ---- The list ----


@dataclass(frozen=True, slots=True)
class Listed:
    """A source as a list shows it; `grades` are the best and the worst that statements from it were given."""

    source: Source
    grades: tuple[str, ...]
    uses: Mapping[str, int]

    @property
    def total(self) -> int:
        return sum(self.uses.values())


@dataclass(frozen=True, slots=True)
class Page:
    """A page of sources, the latest published first, the undated last; `more` is the last one's slug, or empty."""

    sources: tuple[Listed, ...]
    total: int
    more: str


def sources(*, words: str = "", kind: str = "", plan: str = "", after: str = "") -> Page:
    """Sources whose title, publisher or number has the words; of one kind; used in one plan. Three queries a page."""
    rows = Source.objects.all()
    if words:
        rows = rows.filter(
            Q(title__icontains=words)
            | Q(publisher__icontains=words)
            | Q(relays__icontains=words)
            | Q(slug__iexact=words)
        )
    if kind in SourceKind.values:
        rows = rows.filter(kind=kind)
    if plan:
        used = Q()
        for each in _resting().values():
            used |= Q(Exists(each.rows.filter(**{each.source: OuterRef("pk"), f"{each.plan}__slug": plan})))
        rows = rows.filter(used)
    total = rows.count()
    found = list(_below(rows, after).order_by(F("published").desc(nulls_last=True), "slug")[: PAGE + 1])
    shown = _listed(found[:PAGE])
    return Page(tuple(shown), total, found[PAGE - 1].slug if len(found) > PAGE else "")


def _below(rows: QuerySet[Source], after: str) -> QuerySet[Source]:
    last = Source.objects.filter(slug=after).first() if after else None
    if last is None:
        return rows
    if last.published is None:
        return rows.filter(published=None, slug__gt=last.slug)
    return rows.filter(
        Q(published__lt=last.published) | Q(published=last.published, slug__gt=last.slug) | Q(published=None)
    )


def _listed(found: Iterable[Source]) -> Iterator[Listed]:
    graded = Evidence.objects.filter(source=OuterRef("pk"), position__retraction=None).exclude(grade="").order_by()
    counts = {
        f"uses_{name}": Coalesce(
            Subquery(
                each.standing.filter(**{each.source: OuterRef("pk")})
                .order_by()
                .values(each.source)
                .annotate(n=Count("pk"))
                .values("n")
            ),
            0,
        )
        for name, each in _resting().items()
    }
    rows = Source.objects.filter(pk__in=[source.pk for source in found]).annotate(
        best=Subquery(graded.values("source").annotate(g=Min("grade")).values("g")),
        worst=Subquery(graded.values("source").annotate(g=Max("grade")).values("g")),
        **counts,
    )
    for row in rows.order_by(F("published").desc(nulls_last=True), "slug"):
        yield Listed(
            source=row,
            grades=tuple(dict.fromkeys(grade for grade in (row.best, row.worst) if grade)),
            uses={name: n for name in _resting() if (n := getattr(row, f"uses_{name}"))},
        )


# ---- One source ----


@dataclass(frozen=True, slots=True)
class Use:
    """A thing that rests on a source. `line` and `text` are those that it belongs to, where it has some."""

    kind: str
    plan: str
    key: str
    title: str
    line: str = ""
    text: str = ""
    when: When | None = None
    party: str = ""
    stance: Stance | None = None
    grade: str = ""


@dataclass(frozen=True, slots=True)
class PlanHead:
    """A plan, and what it is called."""

    slug: str
    title: str


@dataclass(frozen=True, slots=True)
class SourceSheet:
    """A source with all that rests on it; statements come page by page, the latest first, from these plans."""

    listed: Listed
    statements: tuple[Use, ...]
    more: str
    plans: tuple[PlanHead, ...]
    others: Mapping[str, tuple[Use, ...]]


def source_sheet(slug: str, *, after: str = "") -> SourceSheet:
    """A source and its uses, in a fixed number of queries. Raises Source.DoesNotExist."""
    with one_moment():
        source = Source.objects.get(slug=slug)
        (listed,) = _listed([source])
        statements = list(_statements(source, after))
        standing = set(Plan.objects.values_list("slug", flat=True))
        others = {
            name: tuple(use for use in uses(source) if use.plan in standing)
            for name, uses in _USES.items()
            if name in listed.uses
        }
        plans = tuple(_plans(source)) if statements else ()
    more = statements[PAGE - 1].key if len(statements) > PAGE else ""
    return SourceSheet(listed, tuple(statements[:PAGE]), more, plans, others)


def _plans(source: Source) -> Iterator[PlanHead]:
    """The plans in which positions rest on it."""
    resting = Evidence.objects.filter(source=source, position__retraction=None).order_by().values("position__plan")
    heads = PlanVersion.objects.standing().filter(plan__in=resting).order_by("plan__slug")
    for slug, title in heads.values_list("plan__slug", "title"):
        yield PlanHead(slug, title)


def _statements(source: Source, after: str) -> Iterator[Use]:
    rows = _resting()["position"].standing.filter(source=source)
    last = rows.filter(position__key=after).select_related("position").first() if after else None
    if last is not None:
        said = last.position
        rows = rows.filter(
            Q(position__stated_on__lt=said.stated_on) | Q(position__stated_on=said.stated_on, position__pk__lt=said.pk)
        )
    columns = (
        "position__key", "position__plan__slug", "position__summary", "position__stated_on", "position__precision",
        "position__approximate", "position__party__slug", "position__party__name", "position__stance", "grade",
        "position__wording__provision__slug", "position__wording__provision__parent__slug",
        "position__wording__provision__pk",
    )  # fmt: skip
    found = rows.order_by("-position__stated_on", "-position__pk").values_list(*columns, named=True)[: PAGE + 1]
    for row in found:
        yield Use(
            kind="position",
            plan=row.position__plan__slug,
            key=row.position__key,
            title=f"{row.position__party__name}: {row.position__summary}",
            line=row.position__wording__provision__parent__slug or row.position__wording__provision__slug or "",
            when=When(row.position__stated_on, Precision(row.position__precision), row.position__approximate),
            party=row.position__party__slug,
            stance=Stance(row.position__stance),
            grade=row.grade,
        )


def _of_lines(rows: QuerySet[Any], kind: str, *, wording: str) -> Iterator[Use]:
    """Things that belong to a wording, which `wording` leads to."""
    provision, revision = f"{wording}__provision", f"{wording}__revision"
    known = rows.filter(
        **{f"{provision}__versions__superseded_at": None, f"{revision}__versions__superseded_at": None}
    ).order_by(f"{revision}__order", f"{provision}__order")
    columns = (
        f"{revision}__plan__slug", f"{provision}__slug", f"{provision}__parent__slug",
        f"{provision}__versions__title", f"{revision}__versions__short",
    )  # fmt: skip
    for plan, line, parent, title, text in known.values_list(*columns):
        yield Use(kind, plan, line, title, line=parent or line, text=text)


def _wordings(source: Source) -> Iterator[Use]:
    yield from _of_lines(source.wording_versions.filter(superseded_at=None), "wording", wording="wording")


def _variants(source: Source) -> Iterator[Use]:
    rows = Variant.objects.filter(sources=source, wording_version__superseded_at=None)
    yield from _of_lines(rows, "variant", wording="wording_version__wording")


def _relations(source: Source) -> Iterator[Use]:
    yield from _of_lines(source.relations.all(), "relation", wording="wording")


def _rulings(source: Source) -> Iterator[Use]:
    yield from _of_lines(source.rulings.filter(superseded_at=None).exclude(level=""), "ruling", wording="wording")


def _silences(source: Source) -> Iterator[Use]:
    rows = SilenceProcedure.objects.standing().filter(sources=source)
    yield from _of_lines(rows, "silence_procedure", wording="wording")


def _implementations(source: Source) -> Iterator[Use]:
    rows = ImplementationVersion.objects.standing().filter(
        sources=source, implementation__provision__versions__superseded_at=None
    )
    columns = (
        "implementation__plan__slug", "implementation__provision__slug",
        "implementation__provision__versions__title", "implementation__since", "implementation__precision",
        "approximate",
    )  # fmt: skip
    known = rows.exclude(level=None).order_by("implementation__provision__order", "implementation__since")
    for plan, line, title, since, precision, approximate in known.values_list(*columns):
        when = When(since, Precision(precision), approximate)
        yield Use("implementation", plan, f"{line}/{when}", title, line=line, when=when)


def _removals(source: Source) -> Iterator[Use]:
    rows = Removal.objects.filter(
        sources=source, revision_version__superseded_at=None, provision__versions__superseded_at=None
    ).order_by("revision_version__revision__order", "provision__order")
    columns = ("provision__plan__slug", "provision__slug", "provision__versions__title", "revision_version__short")
    for plan, line, title, text in rows.values_list(*columns):
        yield Use("removal", plan, line, title, line=line, text=text)


def _revisions(source: Source) -> Iterator[Use]:
    rows = source.revision_versions.filter(superseded_at=None).select_related("revision__plan")
    for row in rows.order_by("dated", "revision__order"):
        yield Use("revision", row.revision.plan.slug, row.revision.slug, row.title, when=_when(row))


def _events(source: Source) -> Iterator[Use]:
    for row in source.events.select_related("plan"):
        yield Use("event", row.plan.slug, row.slug, row.title, when=_when(row))


def _companions(source: Source) -> Iterator[Use]:
    for row in source.companions.select_related("plan"):
        yield Use("companion", row.plan.slug, row.slug, row.title, when=_when(row))


def _claims(source: Source) -> Iterator[Use]:
    rows = source.rival_claims.select_related("dispute__plan").prefetch_related("dispute__provisions__parent")
    for row in rows.order_by("dispute__slug", "order"):
        lines = [(line.parent or line).slug for line in row.dispute.provisions.all()]
        yield Use("dispute", row.dispute.plan.slug, row.dispute.slug, row.text, line=lines[0] if lines else "")


def _when(row: Any) -> When:
    dated: date = row.dated
    return When(dated, Precision(row.dated_precision), row.dated_approximate)


_USES = {
    "wording": _wordings,
    "variant": _variants,
    "revision": _revisions,
    "removal": _removals,
    "relation": _relations,
    "event": _events,
    "companion": _companions,
    "dispute": _claims,
    "ruling": _rulings,
    "implementation": _implementations,
    "silence_procedure": _silences,
}
