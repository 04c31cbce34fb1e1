"""From the record to levels: writes the record as the rule reads it (section 10), asks the rule, keeps what it says."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any, cast

from django.db import connection, transaction
from django.db.models import F, Q
from django.utils import timezone

from provisions.agreement import assess, text_sha256
from provisions.agreement.replay import speaking
from provisions.agreement.words import RULE
from provisions.models import (
    Condition,
    ConditionKind,
    EventStateVersion,
    Plan,
    PlanVersion,
    Position,
    ProvisionVersion,
    RevisionVersion,
    SilenceProcedure,
    WordingVersion,
)
from provisions.record import keep_assessment, note_setback

log = logging.getLogger(__name__)

Json = dict[str, Any]


@contextmanager
def one_moment() -> Iterator[None]:
    """Reads inside see one state of the database. Inside a caller's transaction that one's isolation holds."""
    with transaction.atomic():
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
        plan = Plan.objects.get(pk=plan_pk)
        if plan.assessed_seq == plan.seq and plan.assessed_on == as_of and not anew:
            return False
        record = record_of(plan, known_at=timezone.now())
    try:
        assessment, speaks = assess(record, as_of=as_of), speaking(record)
    except Exception as error:
        log.exception("plan %s cannot be worked out at %s", plan.slug, plan.seq)
        note_setback(plan.pk, seq=plan.seq, reason=f"{type(error).__name__}: {error}")
        return False
    return keep_assessment(plan.slug, assessment, speaks=speaks, up_to=plan.seq, as_of=as_of)


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
    rows = (
        ProvisionVersion.objects.filter(provision__plan=plan, provision__parent=None)
        .select_related("provision", "category")
        .prefetch_related("roles__party")
    )
    for row in _known(rows, known_at).order_by("provision__order", "version"):
        override = None
        if row.essential is not None:
            override = {"parties": row.essential, "reason": row.essential_reason}
        yield {
            "slug": row.provision.slug,
            "category": row.category.slug,
            "kind": row.kind,
            "roles": [{"party": each.party.slug, "role": each.role} for each in row.roles.all()],
            "essential_override": override,
            **_held(row),
        }


def _wordings(plan: Plan, known_at: datetime | None) -> Iterator[Json]:
    """The words of lines, each with those of its lettered parts: a change in a part is a change of the line."""
    rows = (
        WordingVersion.objects.filter(revision__plan=plan)
        .select_related("wording__provision__parent", "wording__revision")
        .prefetch_related("comes_from__provision__parent", "comes_from__revision")
    )
    lines: dict[str, list[WordingVersion]] = defaultdict(list)
    parts: dict[str, list[WordingVersion]] = defaultdict(list)
    for row in _known(rows, known_at).order_by("wording__revision__order", "wording__provision__order", "version"):
        parent = row.wording.provision.parent
        key = f"{row.wording.revision.slug}/{(parent or row.wording.provision).slug}"
        (parts if parent else lines)[key].append(row)
    for key, versions in lines.items():
        for row in versions:
            yield from _with_parts(key, row, parts[key])


def _with_parts(key: str, row: WordingVersion, parts: list[WordingVersion]) -> Iterator[Json]:
    """One entry for each stretch of time in which neither the line's own words nor those of a part changed."""
    turns = {row.recorded_at}
    for part in parts:
        turns |= {turn for turn in (part.recorded_at, part.superseded_at) if turn and _stands(row, turn)}
    ends: list[datetime | None] = [*sorted(turns)[1:], row.superseded_at]
    for start, end in zip(sorted(turns), ends, strict=True):
        words = [row.text, *(part.text for part in parts if _stands(part, start))]
        yield {
            "id": key,
            "provision": row.wording.provision.slug,
            "revision": row.wording.revision.slug,
            "number": row.number or None,
            "change": row.change,
            "from": sorted(f"{each.revision.slug}/{each.provision.slug}" for each in row.comes_from.all()),
            "text_sha256": text_sha256("\n".join(words), row.number or None),
            "recorded_at": _moment(start),
            "superseded_at": _moment(end),
        }


def _stands(row: WordingVersion, moment: datetime) -> bool:
    return row.recorded_at <= moment and (row.superseded_at is None or moment < row.superseded_at)


def _positions(plan: Plan, known_at: datetime | None) -> Iterator[Json]:
    rows = (
        Position.objects.filter(plan=plan)
        .select_related("party", "asserted_by", "wording__provision", "wording__revision", "revision", "retraction")
        .prefetch_related("evidence__source", "conditions__provision", "conditions__event")
        .order_by("key")
    )
    if known_at is not None:
        rows = rows.filter(recorded_at__lte=known_at).exclude(retraction__recorded_at__lte=known_at)
    for row in rows:
        retraction = getattr(row, "retraction", None)
        yield {
            "id": row.key,
            "party": row.party.slug,
            "wording": f"{row.wording.revision.slug}/{row.wording.provision.slug}" if row.wording else None,
            "revision": row.revision.slug if row.revision else None,
            "stance": row.stance,
            "authority": row.authority,
            "asserted_by": row.asserted_by.slug,
            "stated_on": row.stated_on.isoformat(),
            "precision": row.precision,
            "conditions": [_condition(each) for each in row.conditions.all()],
            "evidence": [{"source": each.source.slug, "grade": each.grade or None} for each in row.evidence.all()],
            "recorded_at": _moment(row.recorded_at),
            "superseded_at": _moment(retraction.recorded_at) if retraction else None,
        }


def _condition(row: Condition) -> Json:
    match row.kind:
        case ConditionKind.PROVISION_REACHES:
            return {"kind": row.kind, "provision": row.provision.slug, "level": row.level}  # type: ignore[union-attr]
        case ConditionKind.EVENT_MET:
            return {"kind": row.kind, "event": row.event.slug}  # type: ignore[union-attr]
        case _:
            return {"kind": row.kind, "provision": row.provision.slug}  # type: ignore[union-attr]


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
