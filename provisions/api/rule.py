"""The record as rule AS-1 reads it and the assessment that follows from it: anybody can work the levels out again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from typing_extensions import TypedDict

from provisions.agreement import assess
from provisions.agreement.replay import revision_on
from provisions.agreement.words import Phase
from provisions.assessing import record_of
from provisions.models import Change, LineAssessment, Plan, PlanAssessment

from .asking import Asked, NotOnRecord
from .endpoint import Endpoint, the_levels
from .entries import the_plan
from .replay import REPLAY, replayed_day
from .shape import documented

Json = dict[str, Any]


@documented
class RecordShape(TypedDict):
    """All that rule AS-1 reads (section 10). What was superseded is there, too, with the time in which it stood."""

    rule: str
    as_of: str
    known_at: str
    plan: list[Json]
    """Versions of whose consent counts, and of which revision is on the table."""
    parties: list[str]
    categories: list[Json]
    revisions: list[Json]
    provisions: list[Json]
    wordings: list[Json]
    """Their words are named by the SHA-256 of the normalised text."""
    positions: list[Json]
    silence_procedures: list[Json]
    events: list[Json]


@documented
class AssessmentShape(TypedDict):
    """What rule AS-1 says of a record, with its proof (section 10)."""

    rule: str
    plan: str
    revision: str | None
    as_of: str
    known_at: str
    phase: Phase
    provisional: bool
    refused_by: list[str]
    provisions: dict[str, Json]
    """By line: level, clause, readings with what each rests on, and what it would take to lift it."""
    gone: dict[str, Json]
    """By line that has no words in the revision: what became of it."""
    categories: dict[str, Json]
    packages: list[list[str]]
    keystone: str | None


def _record(asked: Asked) -> Mapping[str, Any]:
    plan = the_plan(asked)
    record = _record_asked_for(plan, asked)
    if (shown := _shown(record, asked)) is not None:
        record["plan"] = [{**version, "revision": shown} for version in record["plan"]]
    return record


def _assessment(asked: Asked) -> Mapping[str, Any]:
    plan = the_plan(asked)
    if replayed_day(plan, asked) is None:
        return _kept(plan)
    record = _record_asked_for(plan, asked)
    return assess(record, revision=_shown(record, asked))


def _record_asked_for(plan: Plan, asked: Asked) -> Json:
    """The record, on the day and at the moment that are asked for. Neither is ever the clock's."""
    record = record_of(plan, known_at=asked["known_at"])
    moment = asked["known_at"] or plan.changes.latest("seq").recorded_at
    day = replayed_day(plan, asked) or plan.assessed_on or moment.date()
    return {**record, "as_of": day.isoformat(), "known_at": _text(moment)}


def _shown(record: Json, asked: Asked) -> str | None:
    """The revision that is evaluated, where that is not simply the one on the table."""
    if asked["revision"] is not None:
        revision: str = asked["revision"]
        return revision
    if asked["as_of"] is not None or asked["known_at"] is not None:
        return revision_on(record, as_of=datetime.fromisoformat(record["as_of"]).date())
    return None


def _kept(plan: Plan) -> Json:
    """The assessment as it is kept. Raises NotOnRecord before there is one."""
    whole = PlanAssessment.objects.standing().filter(plan=plan).first()
    if whole is None or plan.assessed_on is None:
        raise NotOnRecord("Levels have not been worked out yet.")
    rows = LineAssessment.objects.standing().filter(provision__plan=plan).order_by("provision__slug")
    bodies = dict(rows.values_list("provision__slug", "body"))
    known = Change.objects.get(plan=plan, seq=plan.assessed_seq).recorded_at
    return {
        **whole.body,
        "as_of": plan.assessed_on.isoformat(),
        "known_at": _text(known),
        "provisions": {slug: body for slug, body in bodies.items() if "level" in body},
        "gone": {slug: body for slug, body in bodies.items() if "level" not in body},
    }


def _text(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")


RECORD = Endpoint(
    name="record",
    path="plans/<slug:plan>/record",
    about="rule",
    summary="All that the rule reads",
    description=(
        "The record as JSON of section 10 of rule AS-1, with what was superseded: from it alone anybody can work out "
        "the levels, for any day and as it was known at any moment."
    ),
    shape=RecordShape,
    answer=_record,
    rests_on=the_levels,
    parameters=REPLAY,
)

ASSESSMENT = Endpoint(
    name="assessment",
    path="plans/<slug:plan>/assessment",
    about="rule",
    summary="What the rule says, with its proof",
    description="Levels of all lines with the readings that they follow from, and what it would take to lift them.",
    shape=AssessmentShape,
    answer=_assessment,
    rests_on=the_levels,
    parameters=REPLAY,
)
