"""Which things on record have the words that are looked for: one query over all kinds, however common they are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

from django.contrib.postgres.search import SearchQuery, SearchRank, SearchVectorField
from django.db import connection
from django.db.models import Exists, F, Func, OuterRef, Q, QuerySet, Value

from parties.models import Source
from provisions.models import (
    Companion,
    Dispute,
    Event,
    Evidence,
    Plan,
    PlanParty,
    PlanVersion,
    Position,
    ProvisionVersion,
    RevisionVersion,
    RivalClaim,
    Variant,
    VersionQuerySet,
    WordingVersion,
)

from .asking import Asked

# Of one place no more rows than this are looked at: enough to rank, and a common word costs no more than a rare one.
CEILING = 500

# What is found, in the order in which it is shown; `past` is what was replaced or retracted.
KINDS = ("party", "provision", "wording", "position", "revision", "dispute", "event", "companion", "source", "past")


# What stands for the words and for the plan until they are known.
STAND_IN = "words"
WORDS = SearchQuery(STAND_IN, config="simple", search_type="raw")
PLAN = -1


class Words(Func):
    """The words of a row, weightiest first: the column `search`, which PostgreSQL keeps and the models do not know.

    `beside` is another column of the table that has it.
    """

    output_field = SearchVectorField()

    def __init__(self, beside: str = "pk") -> None:
        super().__init__(F(beside))

    def as_sql(self, compiler: Any, connection: Any, **_: Any) -> tuple[str, list[Any]]:  # type: ignore[override]
        key: Any = self.source_expressions[0]
        return f"{compiler.quote_name_unless_alias(key.alias)}.search", []


class Row(NamedTuple):
    """A row that has the words. `subject` is the thing that it belongs to, as words belong to a line."""

    kind: str
    model: str
    thing: str
    subject: int
    pk: int
    rank: float


@dataclass(frozen=True, slots=True)
class Place:
    """Rows that are searched, the kind that they are shown as, and the way from them to their plan and their thing.

    Their words stand `beside` a column, which may be one of another table.
    """

    kind: str
    rows: QuerySet[Any]
    plan: str
    subject: str = "pk"
    beside: str = "pk"

    def found(self, ceiling: int, *, of_a_plan: bool) -> QuerySet[Any, Any]:
        """The rows that have the words, as values of `Row`, in no order."""
        rows = _having_words(self.rows, beside=self.beside)
        if self.plan and not of_a_plan:
            rows = rows.filter(Exists(PlanVersion.objects.standing().filter(plan=OuterRef(self.plan))))
        if of_a_plan:
            rows = rows.filter(Q(**{self.plan: PLAN}) if self.plan else _read_for_plan())
        model = self.rows.model._meta.model_name
        columns = (
            Value(self.kind),
            Value(model),
            Value(model if self.subject == "pk" else self.subject.rpartition("__")[2]),
            F(self.subject),
            F("pk"),
            SearchRank(Words(self.beside), WORDS),
        )
        return rows.order_by().values_list(*columns)[: ceiling + 1]


@dataclass(frozen=True, slots=True)
class Find:
    """A thing that was found, by its rows that have the words, the best first."""

    kind: str
    thing: str
    subject: int
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """The things of one kind, the best first. There are `more` where not all rows were looked at."""

    kind: str
    finds: tuple[Find, ...]
    more: bool


def found(asked: Asked, plan: Plan | None) -> list[Found]:
    """What has the words, kind by kind; of one plan, or of all. One query."""
    sql, parameters = _statement(CEILING, of_a_plan=plan is not None)
    real = {STAND_IN: asked.tsquery, PLAN: plan.pk if plan else None}
    with connection.cursor() as cursor:
        cursor.execute(sql, [real.get(each, each) for each in parameters])
        rows = [Row(*row) for row in cursor.fetchall()]
    of_kinds = ((kind, [row for row in rows if row.kind == kind]) for kind in KINDS)
    return [_found(kind, mine) for kind, mine in of_kinds if mine]


@cache
def _statement(ceiling: int, *, of_a_plan: bool) -> tuple[str, tuple[Any, ...]]:
    """The query over all places, and its parameters, among them those that stand for the words and the plan.

    It is the same for every search, and Django takes longer to write it than PostgreSQL to answer it.
    """
    first, *others = (place.found(ceiling, of_a_plan=of_a_plan) for place in _places())
    sql, parameters = first.union(*others, all=True).query.sql_with_params()
    return sql, tuple(parameters)


def _having_words(rows: QuerySet[Any], *, beside: str = "pk") -> QuerySet[Any]:
    """Those of these rows that have the words."""
    return rows.alias(words=Words(beside)).filter(words=WORDS)


def _found(kind: str, rows: list[Row]) -> Found:
    things: dict[tuple[str, int], list[Row]] = {}
    for row in sorted(rows, key=lambda row: (-row.rank, -row.pk)):
        things.setdefault((row.thing, row.subject), []).append(row)
    finds = tuple(Find(kind, thing, subject, tuple(rows)) for (thing, subject), rows in things.items())
    at_ceiling = max(sum(row.model == model for row in rows) for model in {row.model for row in rows}) > CEILING
    return Found(kind, finds, more=at_ceiling)


def _places() -> Iterator[Place]:
    """Everything that is searched. What was replaced or retracted is apart, and only where what stands has it not."""
    yield Place("party", PlanParty.objects.all(), "plan", beside="party__name")
    yield Place("provision", ProvisionVersion.objects.standing(), "provision__plan", "provision")
    yield Place("wording", WordingVersion.objects.standing(), "revision__plan", "wording__provision")
    yield Place(
        "wording",
        Variant.objects.filter(wording_version__superseded_at=None),
        "wording_version__revision__plan",
        "wording_version__wording__provision",
    )
    yield Place("position", Position.objects.filter(retraction=None), "plan")
    yield Place("revision", RevisionVersion.objects.standing(), "revision__plan", "revision")
    yield Place("dispute", Dispute.objects.all(), "plan")
    yield Place("dispute", RivalClaim.objects.all(), "dispute__plan", "dispute")
    yield Place("event", Event.objects.all(), "plan")
    yield Place("companion", Companion.objects.all(), "plan")
    yield Place("source", Source.objects.all(), "")
    yield Place("past", Position.objects.exclude(retraction=None), "plan")
    yield Place("past", _outgrown(ProvisionVersion.objects.all(), "provision"), "provision__plan", "provision")
    yield Place("past", _outgrown(WordingVersion.objects.all(), "wording"), "revision__plan", "wording")
    yield Place("past", _outgrown(RevisionVersion.objects.all(), "revision"), "revision__plan", "revision")


def _outgrown(versions: VersionQuerySet, thing: str) -> VersionQuerySet:
    """Replaced versions whose words the version that stands does not have any more."""
    stands = _having_words(versions.standing().filter(**{thing: OuterRef(thing)}))
    return versions.exclude(superseded_at=None).exclude(Exists(stands))


def _read_for_plan() -> Q:
    """The sources that something of the plan rests on."""
    uses: Iterable[tuple[QuerySet[Any], str]] = (
        (Evidence.objects.filter(position__plan=PLAN), "source"),
        (WordingVersion.objects.filter(revision__plan=PLAN), "sources"),
        (RevisionVersion.objects.filter(revision__plan=PLAN), "sources"),
        (Event.objects.filter(plan=PLAN), "sources"),
        (Companion.objects.filter(plan=PLAN), "sources"),
        (RivalClaim.objects.filter(dispute__plan=PLAN), "sources"),
    )
    used = Q()
    for rows, source in uses:
        used |= Q(Exists(rows.filter(**{source: OuterRef("pk")})))
    return used
