"""Does the record still say what its log tells? Asked of a backup that was restored, and by whoever doubts."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from provisions.agreement import assess
from provisions.assessing import one_moment, record_of
from provisions.contents import Content, as_json, from_json
from provisions.held import held
from provisions.models import Change, ChangeKind, LineAssessment, Plan, Resource

# Plans share these, so that the latest word on one may stand in another plan's log.
SHARED = (Resource.PARTY, Resource.SOURCE)


@dataclass(frozen=True, slots=True)
class Told:
    """What the log says of a thing: its content as JSON, its version, and whether it was retracted."""

    content: Any
    version: int
    retracted: bool


def complaints(plan: Plan) -> Iterator[str]:
    """What does not fit together in a plan, a sentence each; nothing where all is well.

    The log has to be numbered without a gap up to the head, telling it from its beginning has to give the record as it
    stands, and the levels that are kept have to be those that the rule gives for the record.
    """
    with one_moment():
        plan = Plan.every.get(pk=plan.pk)
        yield from _of_the_numbers(plan)
        yield from _of_the_things(plan)
        yield from _of_the_levels(plan)


def _of_the_numbers(plan: Plan) -> Iterator[str]:
    seqs = list(plan.changes.order_by("seq").values_list("seq", flat=True))
    if seqs != list(range(1, plan.seq + 1)):
        yield f"{plan}: the log has {len(seqs)} changes and its head says {plan.seq}"


def _of_the_things(plan: Plan) -> Iterator[str]:
    log = _told(plan)
    for resource in Resource:
        if resource == Resource.ASSESSMENT:
            continue
        told = log[resource]
        kept = held(plan, resource, keys=list(told))
        for key, said in told.items():
            found = kept.get(key)
            if found is None and resource == Resource.PLAN and said.retracted:
                continue
            if found is None:
                yield f"{plan}: the log tells of {resource.label} '{key}', which is not on record"
            elif (found.version, found.retracted) != (said.version, said.retracted) or not _says(
                found.content, said.content
            ):
                yield f"{plan}: {resource.label} '{key}' is not what the log makes of it"
        # Of what plans share, the record has more than one plan's log tells.
        others = () if resource in SHARED else held(plan, resource).keys() - told.keys()
        yield from (f"{plan}: {resource.label} '{key}' is in no log" for key in sorted(others))


def _told(plan: Plan) -> defaultdict[Resource, dict[str, Told]]:
    """Everything that the log tells of, as its changes leave it."""
    told: defaultdict[Resource, dict[str, Told]] = defaultdict(dict)
    changes = Change.objects.filter(plan=plan).exclude(resource=Resource.ASSESSMENT).order_by("seq")
    for change in changes.iterator():
        _tell(told, change)
    for resource in SHARED:
        elsewhere = Change.objects.filter(resource=resource, key__in=list(told[resource])).order_by("version")
        for change in elsewhere.iterator():
            _tell(told, change)
    return told


def _tell(told: dict[Resource, dict[str, Told]], change: Change) -> None:
    retracted = change.kind == ChangeKind.RETRACTED
    content = change.before if retracted else change.after
    told[Resource(change.resource)][change.key] = Told(content, change.version, retracted)


def _says(content: Content, told: Any) -> bool:
    """Whether a content is what a log keeps. One written before contents grew a field does not name it."""
    try:
        return as_told(content) == told or content == from_json(content.resource, told)
    except ValueError:
        return False


def as_told(content: Any) -> Any:
    """A content as a log keeps it."""
    return json.loads(json.dumps(as_json(content)))


def _of_the_levels(plan: Plan) -> Iterator[str]:
    if plan.assessed_on is None or plan.assessed_seq < plan.seq:
        # What is due is worked out by the jobs, and is then right by itself.
        return
    found = assess(record_of(plan, known_at=timezone.now()), as_of=plan.assessed_on)
    anew = {slug: body for part in ("provisions", "gone") for slug, body in found[part].items()}
    rows = LineAssessment.objects.standing().filter(provision__plan=plan).select_related("provision")
    kept = {row.provision.slug: row.body for row in rows}
    for slug in sorted(anew.keys() | kept.keys()):
        if anew.get(slug) != kept.get(slug):
            yield f"{plan}: the level of '{slug}' that is kept is not the one that the rule gives"
