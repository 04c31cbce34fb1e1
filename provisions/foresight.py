"""What would a position do, were it on record, or a change, were it undone? The rule is asked twice."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from provisions.agreement import assess
from provisions.agreement.words import Gone, Level, Reading
from provisions.assessing import one_moment, record_of
from provisions.contents import ConditionContent, PositionContent
from provisions.models import Change, ConditionKind, Plan, Via
from provisions.record import Author, Stale, Unknown, revert


@dataclass(frozen=True, slots=True)
class Effect:
    """The level of a line and the reading of a party now, and with the position. A line that is gone is not read."""

    level: Level | Gone
    level_then: Level | Gone
    reading: Reading | None
    reading_then: Reading | None
    others: tuple[str, ...]
    counted: bool

    @property
    def stays(self) -> bool:
        return self.level == self.level_then


def effect(plan: str, position: PositionContent, *, line: str) -> Effect:
    """What a position would do to a line; `others` are the other lines whose level would move."""
    with one_moment():
        found = Plan.objects.get(slug=plan)
        record = record_of(found, known_at=timezone.now())
    now = assess(record)
    then = assess({**record, "positions": [*record["positions"], _entry(position, at=record["known_at"])]})
    threshold = record["plan"][0]["threshold"]
    return Effect(
        level=_level(now, line),
        level_then=_level(then, line),
        reading=_reading(now, line, position.party),
        reading_then=_reading(then, line, position.party),
        others=tuple(
            slug
            for slug, body in then["provisions"].items()
            if slug != line and body["level"] != now["provisions"][slug]["level"]
        ),
        counted=position.asserted_by == position.party and position.authority >= threshold,
    )


@dataclass(frozen=True, slots=True)
class Move:
    """A line whose level would move."""

    line: str
    before: Level | Gone | None
    after: Level | Gone | None


@dataclass(frozen=True, slots=True)
class Undoing:
    """What undoing a change would do: why it cannot be done, or which levels would move."""

    refused: tuple[str, ...] = ()
    moves: tuple[Move, ...] = ()


def undoing(change: Change) -> Undoing:
    """Undo the change, see what the rule makes of it, and take all of it back."""
    with transaction.atomic():
        # As long as this takes, nobody else writes to the plan: what is seen is what would happen.
        plan = Plan.objects.select_for_update().get(pk=change.plan_id)
        now = _levels(plan)
        try:
            with transaction.atomic():
                revert(plan.slug, change.seq, by=Author(via=Via.PAGE, reason="A rehearsal."))
        except ValidationError as error:
            return Undoing(refused=tuple(error.messages))
        except (Unknown, Stale, ValueError) as error:
            return Undoing(refused=(str(error),))
        then = _levels(plan)
        transaction.set_rollback(True)
    moves = (Move(line, now.get(line), then.get(line)) for line in {**now, **then} if now.get(line) != then.get(line))
    return Undoing(moves=tuple(moves))


def _levels(plan: Plan) -> dict[str, Level | Gone]:
    """The level of each line as the record is now, or what became of it."""
    assessment = assess(record_of(plan, known_at=timezone.now()))
    return {line: _level(assessment, line) for line in (*assessment["provisions"], *assessment["gone"])}


def _level(assessment: dict[str, Any], line: str) -> Level | Gone:
    if line in assessment["provisions"]:
        return Level(assessment["provisions"][line]["level"])
    return Gone(assessment["gone"][line]["state"])


def _reading(assessment: dict[str, Any], line: str, party: str) -> Reading | None:
    body = assessment["provisions"].get(line)
    return Reading(body["readings"][party]["reading"]) if body else None


def _entry(position: PositionContent, *, at: str) -> dict[str, Any]:
    """A position as the rule reads it."""
    return {
        "id": position.key,
        "party": position.party,
        "wording": f"{position.revision}/{position.provision}" if position.provision else None,
        "revision": None if position.provision else position.revision,
        "stance": position.stance,
        "authority": int(position.authority),
        "asserted_by": position.asserted_by,
        "stated_on": position.stated_on.day.isoformat(),
        "precision": position.stated_on.precision,
        "conditions": [_condition(each) for each in position.conditions],
        "evidence": [{"source": each.source, "grade": each.grade or None} for each in position.evidence],
        "recorded_at": at,
        "superseded_at": None,
    }


def _condition(condition: ConditionContent) -> dict[str, Any]:
    match condition.kind:
        case ConditionKind.PROVISION_REACHES:
            return {"kind": condition.kind, "provision": condition.provision, "level": condition.level}
        case ConditionKind.EVENT_MET:
            return {"kind": condition.kind, "event": condition.event}
        case _:
            return {"kind": condition.kind, "provision": condition.provision}
