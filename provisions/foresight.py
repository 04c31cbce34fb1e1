"""What would a change do, were it on record, or one that is, were it undone? The rule is asked twice."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from provisions.agreement import assess, text_sha256
from provisions.agreement.words import Gone, Level, Reading
from provisions.assessing import one_moment, record_of
from provisions.contents import (
    ConditionContent,
    Content,
    EventContent,
    PlanContent,
    PositionContent,
    ProvisionContent,
    RevisionContent,
    SilenceProcedureContent,
    WordingContent,
)
from provisions.models import (
    Change,
    ConditionKind,
    Plan,
    PlanParty,
    Provision,
    ProvisionVersion,
    Via,
    WordingVersion,
)
from provisions.record import Author, Stale, TakenBack, Unknown, revert, revert_all

Json = dict[str, Any]


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


@dataclass(frozen=True, slots=True)
class Move:
    """A line whose level would move; none where it is not in the text, before or after."""

    line: str
    before: Level | Gone | None
    after: Level | Gone | None


@dataclass(frozen=True, slots=True)
class ReadingMove:
    """A party that would read otherwise on a line."""

    line: str
    party: str
    before: Reading | None
    after: Reading


@dataclass(frozen=True, slots=True)
class Foresight:
    """All that changes would move."""

    levels: tuple[Move, ...]
    readings: tuple[ReadingMove, ...]
    phase: str
    phase_then: str
    # What lines and parties are called.
    lines: Mapping[str, str]
    parties: Mapping[str, str]

    @property
    def stale(self) -> tuple[ReadingMove, ...]:
        """Whose consent would lapse, because it was given on other words."""
        return tuple(move for move in self.readings if move.after == Reading.STALE)

    @property
    def other_readings(self) -> tuple[ReadingMove, ...]:
        return tuple(move for move in self.readings if move.after != Reading.STALE)

    @property
    def lines_that_move(self) -> list[tuple[Move, list[ReadingMove]]]:
        """The lines whose level would move, each with the readings that are why."""
        return [(move, [each for each in self.readings if each.line == move.line]) for move in self.levels]

    @property
    def readings_alone(self) -> list[ReadingMove]:
        """The readings that would change where the level stays."""
        moving = {move.line for move in self.levels}
        return [each for each in self.readings if each.line not in moving]

    @property
    def nothing(self) -> bool:
        return not self.levels and not self.readings and self.phase == self.phase_then


def effect(plan: str, position: PositionContent, *, line: str) -> Effect:
    """What a position would do to a line; `others` are the other lines whose level would move."""
    record = _record(plan)
    now, then = assess(record), assess(_with(record, [position]))
    threshold = record["plan"][0]["threshold"]
    return Effect(
        level=_level(now, line) or Gone.WITHDRAWN,
        level_then=_level(then, line) or Gone.WITHDRAWN,
        reading=_reading(now, line, position.party),
        reading_then=_reading(then, line, position.party),
        others=tuple(
            slug
            for slug, body in then["provisions"].items()
            if slug != line and body["level"] != now["provisions"][slug]["level"]
        ),
        counted=position.asserted_by == position.party and position.authority >= threshold,
    )


def foresee(plan: str, contents: Sequence[Content], *, without: Collection[str] = ()) -> Foresight:
    """What changes would move, together; `without` names positions that would not be there."""
    record = _record(plan)
    record_then = _with(record, contents)
    record_then["positions"] = [each for each in record_then["positions"] if each["id"] not in without]
    now, then = assess(record), assess(record_then)
    lines = [*dict.fromkeys([*then["provisions"], *then["gone"], *now["provisions"], *now["gone"]])]
    return Foresight(
        levels=tuple(
            Move(line, before, after)
            for line in lines
            if (before := _level(now, line)) != (after := _level(then, line))
        ),
        readings=tuple(
            ReadingMove(line, party, read, read_then)
            for line in then["provisions"]
            for party in then["provisions"][line]["readings"]
            if (read_then := _reading(then, line, party))
            and (read := _reading(now, line, party)) != read_then
            # A party that would be asked for the first time, and says nothing, is no news.
            and (read is not None or read_then != Reading.SILENT)
        ),
        phase=now["phase"],
        phase_then=then["phase"],
        lines=_titles(plan, contents),
        parties=dict(PlanParty.objects.filter(plan__slug=plan).values_list("party__slug", "party__name")),
    )


@dataclass(frozen=True, slots=True)
class Undoing:
    """What undoing would do: why it cannot be done, or which levels would move; of a set, also what goes back."""

    refused: tuple[str, ...] = ()
    moves: tuple[Move, ...] = ()
    back: TakenBack | None = None


def undoing(change: Change) -> Undoing:
    """Undo the change, see what the rule makes of it, and take all of it back."""
    # Also where it takes two: it is then proposed.
    by = Author(via=Via.PAGE, reason="A rehearsal.", approved=True)
    return _rehearsed(change.plan_id, lambda plan: revert(plan, change.seq, by=by))


def undoing_together(changes: Sequence[Change]) -> Undoing:
    """The same for a set of changes, undone as one."""
    first, last, by = changes[0], changes[-1], Author(via=Via.PAGE, reason="A rehearsal.")
    return _rehearsed(first.plan_id, lambda plan: revert_all(plan, after=first.seq - 1, up_to=last.seq, by=by))


def _rehearsed(plan_pk: int, undo: Callable[[str], int | TakenBack]) -> Undoing:
    with transaction.atomic():
        # As long as this takes, nobody else writes to the plan: what is seen is what would happen.
        plan = Plan.objects.select_for_update().get(pk=plan_pk)
        now = _levels(plan)
        try:
            with transaction.atomic():
                done = undo(plan.slug)
        except ValidationError as error:
            return Undoing(refused=tuple(error.messages))
        except (Unknown, Stale, ValueError) as error:
            return Undoing(refused=(str(error),))
        then = _levels(plan)
        transaction.set_rollback(True)
    moves = (Move(line, now.get(line), then.get(line)) for line in {**now, **then} if now.get(line) != then.get(line))
    return Undoing(moves=tuple(moves), back=done if isinstance(done, TakenBack) else None)


def _levels(plan: Plan) -> dict[str, Level | Gone | None]:
    """The level of each line as the record is now, or what became of it."""
    assessment = assess(record_of(plan, known_at=timezone.now()))
    return {line: _level(assessment, line) for line in (*assessment["provisions"], *assessment["gone"])}


def _titles(plan: str, contents: Sequence[Content]) -> dict[str, str]:
    rows = ProvisionVersion.objects.standing().filter(provision__plan__slug=plan)
    new = {content.slug: content.title for content in contents if isinstance(content, ProvisionContent)}
    return dict(rows.values_list("provision__slug", "title")) | new


def _record(plan: str) -> Json:
    with one_moment():
        return record_of(Plan.objects.get(slug=plan), known_at=timezone.now())


def _level(assessment: Json, line: str) -> Level | Gone | None:
    if line in assessment["provisions"]:
        return Level(assessment["provisions"][line]["level"])
    return Gone(assessment["gone"][line]["state"]) if line in assessment["gone"] else None


def _reading(assessment: Json, line: str, party: str) -> Reading | None:
    body = assessment["provisions"].get(line)
    return Reading(body["readings"][party]["reading"]) if body and party in body["readings"] else None


# ---- The record with changes laid over it ----


def _with(record: Json, contents: Iterable[Content]) -> Json:
    """A record that says what it says, and what these contents say instead. What the rule does not read is left out."""
    then = dict(record)
    stamp = {"recorded_at": record["known_at"], "superseded_at": None}
    words = [content for content in contents if isinstance(content, WordingContent)]
    if words:
        then["wordings"] = _laid_over(record["wordings"], _wordings(record["plan"][0]["slug"], words, stamp), "id")
    for content in contents:
        match content:
            case PositionContent():
                then["positions"] = [*then["positions"], _position(content) | stamp]
            case PlanContent():
                then["plan"] = [_plan(content) | stamp]
            case RevisionContent():
                then["revisions"] = _laid_over(then["revisions"], [_revision(content) | stamp], "slug")
            case ProvisionContent() if content.parent is None:
                then["provisions"] = _laid_over(then["provisions"], [_provision(content) | stamp], "slug")
            case SilenceProcedureContent():
                entry = _silence_procedure(content) | stamp
                then["silence_procedures"] = _laid_over(then["silence_procedures"], [entry], "wording")
            case EventContent():
                states = [
                    {"slug": content.slug, "state": each.state, "stated_on": each.stated_on.isoformat()} | stamp
                    for each in content.states
                ]
                then["events"] = [each for each in then["events"] if each["slug"] != content.slug] + states
    return then


def _laid_over(entries: list[Json], anew: Sequence[Json], name: str) -> list[Json]:
    """Entries in their order, some of them told anew, and new ones after them."""
    instead = {entry[name]: entry for entry in anew}
    kept = [instead.pop(entry[name], entry) for entry in entries]
    return [*kept, *instead.values()]


def _plan(content: PlanContent) -> Json:
    return {
        "slug": content.slug,
        "principals": list(content.principals),
        "threshold": int(content.threshold),
        "horizon_days": content.horizon_days,
        "revision": content.current_revision,
    }


def _revision(content: RevisionContent) -> Json:
    return {
        "slug": content.slug,
        "dated": content.dated.day.isoformat(),
        "derives_from": content.derives_from,
        "provenance": content.provenance,
    }


def _provision(content: ProvisionContent) -> Json:
    override = None
    if content.essential is not None:
        override = {"parties": list(content.essential), "reason": content.essential_reason}
    return {
        "slug": content.slug,
        "category": content.category,
        "kind": content.kind,
        "roles": [{"party": party, "role": role} for party, role in content.roles],
        "essential_override": override,
    }


def _silence_procedure(content: SilenceProcedureContent) -> Json:
    return {
        "wording": content.key,
        "addressees": list(content.addressees),
        "deadline": content.deadline.isoformat(),
        "broken_on": content.broken_on.isoformat() if content.broken_on else None,
        "broken_by": content.broken_by,
    }


def _wordings(plan: str, words: Sequence[WordingContent], stamp: Json) -> list[Json]:
    """The lines that words are of, each with the words of its parts as they would be."""
    parents = dict(Provision.objects.filter(plan__slug=plan, parent__isnull=False).values_list("slug", "parent__slug"))
    lines = {(content.revision, parents.get(content.provision, content.provision)) for content in words}
    texts: dict[tuple[str, str], dict[str, str]] = {}
    heads: dict[tuple[str, str], Json] = {}
    named = {line for _revision, line in lines}
    rows = (
        WordingVersion.objects.standing()
        .filter(revision__plan__slug=plan)
        .filter(Q(wording__provision__slug__in=named) | Q(wording__provision__parent__slug__in=named))
        .prefetch_related("comes_from__revision", "comes_from__provision")
        .select_related("revision", "wording__provision__parent")
        .order_by("wording__provision__order")
    )
    for row in rows:
        slug, parent = row.wording.provision.slug, row.wording.provision.parent
        place = (row.revision.slug, parent.slug if parent else slug)
        if place in lines:
            texts.setdefault(place, {})[slug] = row.text
            if parent is None:
                origins = sorted(f"{each.revision.slug}/{each.provision.slug}" for each in row.comes_from.all())
                heads[place] = {"number": row.number or None, "change": row.change, "from": origins}
    for content in words:
        place = (content.revision, parents.get(content.provision, content.provision))
        texts.setdefault(place, {})[content.provision] = content.text
        if content.provision not in parents:
            origins = sorted(content.comes_from)
            heads[place] = {"number": content.number, "change": content.change, "from": origins}
    return [
        {
            "id": f"{revision}/{line}",
            "provision": line,
            "revision": revision,
            "text_sha256": text_sha256(_joined(texts[revision, line], line), head["number"]),
            **head,
            **stamp,
        }
        for (revision, line), head in heads.items()
    ]


def _joined(texts: dict[str, str], line: str) -> str:
    """The words of a line, then those of its parts in their order."""
    return "\n".join([texts[line], *(text for slug, text in texts.items() if slug != line)])


def _position(position: PositionContent) -> Json:
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
    }


def _condition(condition: ConditionContent) -> Json:
    match condition.kind:
        case ConditionKind.PROVISION_REACHES:
            return {"kind": condition.kind, "provision": condition.provision, "level": condition.level}
        case ConditionKind.EVENT_MET:
            return {"kind": condition.kind, "event": condition.event}
        case _:
            return {"kind": condition.kind, "provision": condition.provision}
