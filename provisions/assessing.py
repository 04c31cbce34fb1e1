"""From the record to levels: writes the record as the rule reads it (section 10), asks the rule, keeps what it says."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any, cast

from django.contrib.postgres.expressions import ArraySubquery
from django.db import transaction
from django.db.models import F, OuterRef, Q, TextField, Value
from django.db.models.functions import Coalesce, Concat, JSONObject
from django.utils import timezone

from provisions.agreement import assess, text_sha256
from provisions.agreement.replay import speaking
from provisions.agreement.words import RULE
from provisions.models import (
    Condition,
    ConditionKind,
    EventStateVersion,
    Evidence,
    Plan,
    PlanVersion,
    Position,
    ProvisionRole,
    ProvisionVersion,
    RevisionVersion,
    SilenceProcedure,
    Wording,
    WordingVersion,
    moment_after_the_log,
)
from provisions.record import Deleted, keep_assessment, note_setback
from provisions.replica import read_connection

log = logging.getLogger(__name__)

Json = dict[str, Any]


@contextmanager
def one_moment() -> Iterator[None]:
    """Reads inside see one state of the database. Inside a caller's transaction that one's isolation holds."""
    connection = read_connection()
    with transaction.atomic(using=connection.alias):
        if len(connection.savepoint_ids) == 0:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def recompute(plan_pk: int, *, today: date | None = None, anew: bool = False) -> bool:
    """Bring a plan's levels up to the head of its log; whether anything moved. Running twice does no harm.

    `anew` works them out even where they are up to date. What a record makes impossible is noted as a setback, so
    that it holds up nobody else; a database that is away is raised.
    """
    as_of = today or timezone.now().date()
    with one_moment():
        plan = Plan.objects.filter(pk=plan_pk).first()
        if plan is None:
            # It was deleted after the bell was rung.
            return False
        if plan.assessed_seq == plan.seq and plan.assessed_on == as_of and not anew:
            return False
        record = record_of(plan, known_at=moment_after_the_log(plan))
    try:
        assessment, speaks = assess(record, as_of=as_of), speaking(record)
    except Exception as error:
        log.exception("plan %s cannot be worked out at %s", plan.slug, plan.seq)
        note_setback(plan.pk, seq=plan.seq, reason=f"{type(error).__name__}: {error}")
        return False
    try:
        return keep_assessment(plan.slug, assessment, speaks=speaks, up_to=plan.seq, as_of=as_of)
    except Deleted:
        return False


def due(*, today: date) -> Iterable[int]:
    """The plans whose levels lag behind their log or are of an earlier day, but for those that rest after a setback."""
    behind = Q(assessed_seq__lt=F("seq")) | Q(assessed_on__lt=today) | Q(assessed_on=None)
    resting = Q(setback__seq=F("seq")) & (Q(setback__retry_at=None) | Q(setback__retry_at__gt=timezone.now()))
    plans = Plan.objects.filter(behind, versions__current_revision__isnull=False, versions__superseded_at=None)
    return plans.exclude(resting).order_by("pk").values_list("pk", flat=True)


def record_of(plan: Plan, *, known_at: datetime | None = None) -> Json:
    """The record as JSON: as it stood at `known_at`, or without it the whole history of what was held when."""
    return {
        "rule": RULE,
        "as_of": (known_at or timezone.now()).date().isoformat(),
        "known_at": _moment(known_at or timezone.now()),
        "plan": list(_plan(plan, known_at)),
        "parties": list(plan.places.order_by("order").values_list("party__slug", flat=True)),
        "categories": [
            {"slug": row.slug, "title": row.title, "order": row.order} for row in plan.categories.order_by("order")
        ],
        "revisions": list(_revisions(plan, known_at)),
        "provisions": list(_provisions(plan, known_at)),
        "wordings": list(_wordings(plan, known_at)),
        "positions": list(_positions(plan, known_at)),
        "silence_procedures": list(_silence_procedures(plan, known_at)),
        "events": list(_events(plan, known_at)),
    }


def _moment(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat().replace("+00:00", "Z")


def _held(row: Any) -> Json:
    return {"recorded_at": _moment(row.recorded_at), "superseded_at": _moment(row.superseded_at)}


def _known(queryset: Any, known_at: datetime | None) -> Any:
    return queryset if known_at is None else queryset.known_at(known_at)


def _key(revision: str, provision: str) -> Concat:
    return Concat(revision, Value("/"), provision, output_field=TextField())


def _plan(plan: Plan, known_at: datetime | None) -> Iterator[Json]:
    rows = _known(PlanVersion.objects.filter(plan=plan).select_related("current_revision"), known_at)
    for row in rows.order_by("version"):
        yield {
            "slug": plan.slug,
            "principals": row.principals,
            "threshold": row.threshold,
            "horizon_days": row.horizon_days,
            "revision": row.current_revision.slug if row.current_revision else None,
            **_held(row),
        }


def _revisions(plan: Plan, known_at: datetime | None) -> Iterator[Json]:
    rows = RevisionVersion.objects.filter(revision__plan=plan).select_related("revision", "derives_from")
    for row in _known(rows, known_at).order_by("revision__order", "version"):
        yield {
            "slug": row.revision.slug,
            "dated": row.dated.isoformat(),
            "derives_from": row.derives_from.slug if row.derives_from else None,
            "provenance": row.provenance,
            **_held(row),
        }


def _provisions(plan: Plan, known_at: datetime | None) -> Iterator[Json]:
    roles = ProvisionRole.objects.filter(provision_version=OuterRef("pk")).order_by("pk")
    rows = ProvisionVersion.objects.filter(provision__plan=plan, provision__parent=None).annotate(
        slug=F("provision__slug"),
        category_slug=F("category__slug"),
        played=ArraySubquery(roles.values(json=JSONObject(party="party__slug", role="role"))),
    )
    columns = (
        "slug", "category_slug", "kind", "played", "essential", "essential_reason", "recorded_at", "superseded_at",
    )  # fmt: skip
    for row in _known(rows, known_at).order_by("provision__order", "version").values_list(*columns, named=True):
        override = None
        if row.essential is not None:
            override = {"parties": row.essential, "reason": row.essential_reason}
        yield {
            "slug": row.slug,
            "category": row.category_slug,
            "kind": row.kind,
            "roles": row.played,
            "essential_override": override,
            **_held(row),
        }


def _wordings(plan: Plan, known_at: datetime | None) -> Iterator[Json]:
    """The words of lines, each with those of its lettered parts: a change in a part is a change of the line."""
    origins = Wording.objects.filter(continued_by=OuterRef("pk"))
    rows = WordingVersion.objects.filter(revision__plan=plan).annotate(
        line=Coalesce("wording__provision__parent__slug", "wording__provision__slug"),
        is_part=Q(wording__provision__parent__isnull=False),
        in_revision=F("revision__slug"),
        origins=ArraySubquery(origins.values(key=_key("revision__slug", "provision__slug"))),
    )
    columns = (
        "line", "is_part", "in_revision", "number", "text", "change", "origins", "recorded_at", "superseded_at",
    )  # fmt: skip
    in_order = _known(rows, known_at).order_by("revision__order", "wording__provision__order", "version")
    lines: list[Any] = []
    parts: dict[tuple[str, str], list[Any]] = defaultdict(list)
    for row in in_order.values_list(*columns, named=True):
        (parts[row.in_revision, row.line] if row.is_part else lines).append(row)
    for row in lines:
        yield from _with_parts(row, parts[row.in_revision, row.line])


def _with_parts(row: Any, parts: list[Any]) -> Iterator[Json]:
    """One entry for each stretch of time in which neither the line's own words nor those of a part changed."""
    turns = {row.recorded_at}
    for part in parts:
        turns |= {turn for turn in (part.recorded_at, part.superseded_at) if turn and _stands(row, turn)}
    ends: list[datetime | None] = [*sorted(turns)[1:], row.superseded_at]
    for start, end in zip(sorted(turns), ends, strict=True):
        words = [row.text, *(part.text for part in parts if _stands(part, start))]
        yield {
            "id": f"{row.in_revision}/{row.line}",
            "provision": row.line,
            "revision": row.in_revision,
            "number": row.number or None,
            "change": row.change,
            "from": sorted(row.origins),
            "text_sha256": text_sha256("\n".join(words), row.number or None),
            "recorded_at": _moment(start),
            "superseded_at": _moment(end),
        }


def _stands(row: Any, moment: datetime) -> bool:
    return row.recorded_at <= moment and (row.superseded_at is None or moment < row.superseded_at)


def _positions(plan: Plan, known_at: datetime | None) -> Iterator[Json]:
    evidence = Evidence.objects.filter(position=OuterRef("pk")).order_by("pk")
    conditions = Condition.objects.filter(position=OuterRef("pk")).order_by("pk")
    named = JSONObject(kind="kind", provision="provision__slug", level="level", event="event__slug")
    rows = Position.objects.filter(plan=plan).annotate(
        on_wording=_key("wording__revision__slug", "wording__provision__slug"),
        read_in=ArraySubquery(evidence.values(json=JSONObject(source="source__slug", grade="grade"))),
        hangs_on=ArraySubquery(conditions.values(json=named)),
    )
    if known_at is not None:
        rows = rows.filter(recorded_at__lte=known_at).exclude(retraction__recorded_at__lte=known_at)
    columns = (
        "key", "party__slug", "wording", "on_wording", "revision__slug", "stance", "authority", "asserted_by__slug",
        "stated_on", "precision", "hangs_on", "read_in", "recorded_at", "retraction__recorded_at",
    )  # fmt: skip
    for row in rows.order_by("key").values_list(*columns, named=True):
        yield {
            "id": row.key,
            "party": row.party__slug,
            "wording": row.on_wording if row.wording else None,
            "revision": row.revision__slug,
            "stance": row.stance,
            "authority": row.authority,
            "asserted_by": row.asserted_by__slug,
            "stated_on": row.stated_on.isoformat(),
            "precision": row.precision,
            "conditions": [_condition(**condition) for condition in row.hangs_on],
            "evidence": [{"source": piece["source"], "grade": piece["grade"] or None} for piece in row.read_in],
            "recorded_at": _moment(row.recorded_at),
            "superseded_at": _moment(row.retraction__recorded_at),
        }


def _condition(*, kind: str, provision: str | None, level: str, event: str | None) -> Json:
    match kind:
        case ConditionKind.PROVISION_REACHES:
            return {"kind": kind, "provision": provision, "level": level}
        case ConditionKind.EVENT_MET:
            return {"kind": kind, "event": event}
        case _:
            return {"kind": kind, "provision": provision}


def _silence_procedures(plan: Plan, known_at: datetime | None) -> Iterator[Json]:
    rows = SilenceProcedure.objects.filter(wording__revision__plan=plan)
    for row in _known(
        rows.select_related("wording__revision", "wording__provision", "broken_by").order_by("pk"), known_at
    ):
        yield {
            "wording": f"{row.wording.revision.slug}/{row.wording.provision.slug}",
            "addressees": row.addressees,
            "deadline": row.deadline.isoformat(),
            "broken_on": row.broken_on.isoformat() if row.broken_on else None,
            "broken_by": row.broken_by.slug if row.broken_by else None,
            **_held(row),
        }


def _events(plan: Plan, known_at: datetime | None) -> Iterator[Json]:
    rows = EventStateVersion.objects.filter(event__plan=plan).select_related("event")
    for row in _known(rows, known_at).order_by("event__slug", "stated_on", "version", "order"):
        yield {
            "slug": cast("str", row.event.slug),
            "state": row.state,
            "stated_on": row.stated_on.isoformat(),
            **_held(row),
        }
