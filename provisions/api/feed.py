"""The log as a feed: every change once, in order, by a cursor that misses nothing."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from typing_extensions import TypedDict

from provisions.models import Change, ChangeKind, Plan, PlanVersion, Resource

from .asking import Asked, BadValue, Number, Opaque, StartAgain
from .endpoint import Endpoint, every_log, the_log, unknown_plan
from .places import place_of
from .shape import documented

NOW = "now"
RESTORED = (
    "The log was restored from a backup since this cursor was given, so what you hold may differ from it. "
    "Read everything again and go on from there."
)
# Kinds of change that concern the thing as a whole: no field of it changed, it came or went.
AS_A_WHOLE = (ChangeKind.ADDED, ChangeKind.RETRACTED)


@documented
class ChangeShape(TypedDict):
    """One entry of a plan's log."""

    seq: int
    """Its number in the plan's log: 1, 2, 3, without a gap, in the order in which changes were kept."""
    recorded_at: datetime
    kind: ChangeKind
    """A thing that is retracted is a tombstone: it counts nowhere from then on."""
    resource: Resource
    """What kind of thing changed."""
    id: str
    """The thing's slug or id within the plan."""
    version: int
    """The version that the thing has from then on."""
    url: str | None
    """Where to read the thing as it is now; null where it has no address of its own."""
    fields: list[str] | None
    """Names of the fields that changed; null where the thing came or went as a whole."""


@documented
class Feed(TypedDict):
    """Some of a plan's log, and where to go on."""

    results: list[ChangeShape]
    next: str
    """The cursor to ask with next time as `since`; given also when nothing changed."""
    has_more: bool
    """Whether there are more changes after these."""
    head: int
    """Number of the latest change in the log."""


@documented
class PlanChangeShape(ChangeShape):
    """One entry of the log of some plan."""

    plan: str
    """Slug of the plan."""


@documented
class WholeFeed(TypedDict):
    """Some of the logs of all plans, plan by plan, each in its own order; and where to go on."""

    results: list[PlanChangeShape]
    next: str
    """The cursor to ask with next time as `since`."""
    has_more: bool


def _feed(asked: Asked) -> Mapping[str, Any]:
    plan = _every_plan().filter(slug=asked.names["plan"]).first()
    if plan is None:
        raise unknown_plan(asked.names["plan"])
    since = _since(plan, asked)
    rows = list(Change.objects.filter(plan=plan, seq__gt=since).order_by("seq")[: asked["limit"]])
    last = rows[-1].seq if rows else since
    feed: Feed = {
        "results": [_row(row, asked) for row in rows],
        "next": f"{plan.epoch}.{last}",
        "has_more": last < plan.seq,
        "head": plan.seq,
    }
    return feed


def _whole_feed(asked: Asked) -> Mapping[str, Any]:
    plans = list(_every_plan().order_by("slug"))
    seen = _seen(plans, asked)
    results: list[PlanChangeShape] = []
    for plan in plans:
        left = asked["limit"] - len(results)
        if left <= 0 or plan.seq == seen[plan.slug]:
            continue
        rows = Change.objects.filter(plan=plan, seq__gt=seen[plan.slug]).order_by("seq")[:left]
        here = replace(asked, names={"plan": plan.slug})
        results += [{**_row(row, here), "plan": plan.slug} for row in rows]
        seen[plan.slug] = results[-1]["seq"]
    told: WholeFeed = {
        "results": results,
        "next": _cursor({plan.slug: f"{plan.epoch}.{seen[plan.slug]}" for plan in plans}),
        "has_more": any(seen[plan.slug] < plan.seq for plan in plans),
    }
    return told


def _every_plan() -> QuerySet[Plan]:
    """The plans that were given a title; a deleted one, too, so that whoever follows its log is told of its end."""
    return Plan.every.filter(Exists(PlanVersion.objects.filter(plan=OuterRef("pk"))))


def _cursor(seen: Mapping[str, str]) -> str:
    text = json.dumps(seen, separators=(",", ":"), sort_keys=True)
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _seen(plans: list[Plan], asked: Asked) -> dict[str, int]:
    """By plan the change that the reader has seen last. Raises BadValue, StartAgain."""
    cursor: str | None = asked["since"]
    if cursor is None:
        return {plan.slug: 0 for plan in plans}
    if cursor == NOW:
        return {plan.slug: plan.seq for plan in plans}
    given: dict[str, tuple[str, int]] = {}
    with suppress(ValueError, TypeError, AttributeError, RecursionError):
        told = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        given = {slug: (text.partition(".")[0], int(text.partition(".")[2])) for slug, text in told.items()}
        known = {plan.slug: plan for plan in plans}
        for slug, (epoch, seq) in given.items():
            if slug not in known or known[slug].epoch != epoch or not 0 <= seq <= known[slug].seq:
                raise StartAgain(RESTORED, at=asked.url("plans"))
        return {slug: given[slug][1] if slug in given else 0 for slug in known}
    raise BadValue("since", "since: it was never given here; send back what an answer gave as next, or write now.")


def _since(plan: Plan, asked: Asked) -> int:
    cursor: str | None = asked["since"]
    if cursor is None:
        return 0
    if cursor == NOW:
        return plan.seq
    epoch, _, seq = cursor.partition(".")
    # A log that is shorter than a cursor of its own was restored, and nobody drew a new epoch.
    if epoch != plan.epoch or int(seq) > plan.seq:
        raise StartAgain(RESTORED, at=asked.url("plans", plan.slug, "snapshot"))
    return int(seq)


def _row(row: Change, asked: Asked) -> ChangeShape:
    return {
        "seq": row.seq,
        "recorded_at": row.recorded_at,
        "kind": ChangeKind(row.kind),
        "resource": Resource(row.resource),
        "id": row.key,
        "version": row.version,
        "url": place_of(Resource(row.resource), row.key, asked),
        "fields": None if row.kind in AS_A_WHOLE else _changed(row.before or {}, row.after or {}),
    }


def _changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    return [name for name in {**before, **after} if before.get(name) != after.get(name)]


FEED = Endpoint(
    name="changes",
    path="plans/<slug:plan>/changes",
    about="changes",
    summary="The log of a plan, as a feed",
    description=(
        "Every change of the plan's record, once each and in order. Begin with since=now, or without since for the "
        "whole log; keep `next` and send it as since the next time. A cursor that this log never gave is answered by "
        "410: the log was restored, and the problem says where to begin again."
    ),
    shape=Feed,
    answer=_feed,
    rests_on=the_log,
    parameters=(
        Opaque(
            name="since",
            does="A cursor from `next`, or `now` for the head of the log. Without it the log is told from its start.",
            pattern=rf"{NOW}|[0-9a-z]{{1,16}}\.[0-9]{{1,18}}",
            remedy="send back what an answer gave as next, or write now",
        ),
        Number(name="limit", does="How many changes at the most.", lowest=1, highest=1000, default=100),
        Number(
            name="wait",
            does=(
                "Where there is nothing after `since`, hold the answer until something happens, for so many seconds "
                "at the most. Where too many wait already, the answer comes at once."
            ),
            lowest=0,
            highest=25,
            default=0,
        ),
    ),
    tabular=True,
    starts_again=True,
)

WHOLE_FEED = Endpoint(
    name="all-changes",
    path="changes",
    about="changes",
    summary="The logs of all plans, as one feed",
    description=(
        "Every change of every plan, once each: plan by plan, in the order of each log. The cursor is that of all logs "
        "together; 410 says that one of them was restored, and leads to the list of plans, each with its snapshot."
    ),
    shape=WholeFeed,
    answer=_whole_feed,
    rests_on=every_log,
    parameters=(
        Opaque(
            name="since",
            does="A cursor from `next`, or `now` for the heads of the logs. Without it they are told from their start.",
            pattern=r"[-_0-9A-Za-z]{1,8000}",
            remedy="send back what an answer gave as next, or write now",
        ),
        Number(name="limit", does="How many changes at the most.", lowest=1, highest=1000, default=100),
    ),
    starts_again=True,
    tabular=True,
)
