"""Keeps what the rule worked out: a new version of each line whose proof changed, and one change for all of them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from provisions.models import (
    ChangeKind,
    LineAssessment,
    PlanAssessment,
    Provision,
    Resource,
    Revision,
    Setback,
    Via,
)

from .pen import Author, Pen, writing

LINES = ("provisions", "gone")
# What differs from one run to the next without anything having changed.
OF_THE_RUN = {"as_of", "known_at"}
TRIES = 8
LONGEST_REST = timedelta(minutes=5)


def keep_assessment(
    plan: str, assessment: Mapping[str, Any], *, speaks: Mapping[str, list[str]], up_to: int, as_of: date
) -> bool:
    """Keep an assessment that knew the log up to `up_to`; whether any line or the plan moved.

    `speaks` names by line the wordings that its current words still say.
    One that knew less than what is kept already is dropped. What did not change writes nothing but the mark.
    """
    with writing(plan, by=Author(via=Via.JOB, reason=f"Rule {assessment['rule']}")) as pen:
        head = pen.plan
        done = (head.assessed_seq, head.assessed_on or date.min)
        if up_to < head.assessed_seq or done == (up_to, as_of):
            return False
        # With nothing written since it was read, the change noted below is no news to the rule.
        nothing_since = head.seq == up_to
        moved = _keep(pen, assessment, speaks=speaks, as_of=as_of, up_to=up_to)
        head.assessed_seq = pen.seq if nothing_since else up_to
        head.assessed_on = as_of
        Setback.objects.filter(plan=head).delete()
        return moved


def note_setback(plan_pk: int, *, seq: int, reason: str) -> Setback:
    """Note that the log up to `seq` could not be worked out. After `TRIES` it is given up until the plan changes."""
    now = timezone.now()
    before = Setback.objects.filter(plan=plan_pk, seq=seq).first()
    tries = before.tries + 1 if before else 1
    rest = min(timedelta(seconds=2**tries), LONGEST_REST)
    setback, _ = Setback.objects.update_or_create(
        plan_id=plan_pk,
        defaults={
            "seq": seq,
            "tries": tries,
            "reason": reason,
            "failed_at": now,
            "retry_at": None if tries >= TRIES else now + rest,
        },
    )
    return setback


def _keep(pen: Pen, assessment: Mapping[str, Any], *, speaks: Mapping[str, list[str]], as_of: date, up_to: int) -> bool:
    lines = {slug: body for part in LINES for slug, body in assessment[part].items()}
    rest = {key: value for key, value in assessment.items() if key not in LINES and key not in OF_THE_RUN}
    before = {
        row.provision.slug: row
        for row in LineAssessment.objects.standing().filter(provision__plan=pen.plan).select_related("provision")
    }
    whole = PlanAssessment.objects.standing().filter(plan=pen.plan).first()
    changed = [
        slug
        for slug, body in lines.items()
        if (row := before.get(slug)) is None or row.body != body or row.speaks != speaks.get(slug, [])
    ]
    left = [slug for slug in before if slug not in lines]
    if not changed and not left and whole is not None and whole.body == rest:
        return False

    outdated = [before[slug].pk for slug in [*changed, *left] if slug in before]
    LineAssessment.objects.filter(pk__in=outdated).update(superseded_at=pen.now)
    ids = dict(Provision.objects.filter(plan=pen.plan, slug__in=changed).values_list("slug", "pk"))
    versions = _versions(list(ids.values()))
    LineAssessment.objects.bulk_create(
        LineAssessment(
            provision_id=ids[slug],
            version=versions.get(ids[slug], 0) + 1,
            as_of=as_of,
            seq=up_to,
            level=level_of(lines[slug]),
            body=lines[slug],
            speaks=speaks.get(slug, []),
            recorded_at=pen.now,
        )
        for slug in changed
    )
    version = whole.version + 1 if whole else 1
    PlanAssessment.objects.standing().filter(plan=pen.plan).update(superseded_at=pen.now)
    PlanAssessment.objects.create(
        plan=pen.plan,
        revision=Revision.objects.get(plan=pen.plan, slug=assessment["revision"]),
        version=version,
        as_of=as_of,
        seq=up_to,
        phase=assessment["phase"],
        body=rest,
        recorded_at=pen.now,
    )
    pen.note(
        ChangeKind.ASSESSED,
        Resource.ASSESSMENT,
        pen.plan.slug,
        version=version,
        before={
            "phase": whole.phase if whole else None,
            "levels": {slug: before[slug].level for slug in [*changed, *left] if slug in before},
        },
        after={"phase": assessment["phase"], "levels": {slug: level_of(lines[slug]) for slug in changed}},
    )
    return True


def level_of(body: Mapping[str, Any]) -> str:
    """The level of a line, or the state of one that is gone."""
    return body.get("level") or body["state"]


def _versions(provisions: list[int]) -> dict[int, int]:
    latest = LineAssessment.objects.filter(provision__in=provisions).order_by("provision", "-version")
    return dict(latest.distinct("provision").values_list("provision", "version"))
