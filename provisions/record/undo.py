"""Undo: a new change that names the one it takes back. Nothing is erased, and nothing that stands on it falls."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

from django.core.exceptions import ValidationError
from django.db.models import Max
from django.utils.translation import gettext as _

from provisions.contents import Content, ImplementationContent, PositionContent, RulingContent, from_json
from provisions.models import Change, ChangeKind, Plan, Position, Resource

from .pen import Author, Pen, writing

MOST_NAMED = 10
# What is added and taken out again by itself: nothing else rests on it.
STANDS_ALONE = (Resource.POSITION, Resource.RULING, Resource.IMPLEMENTATION)


def why_not(change: Change) -> str:
    """Why a change cannot be undone, in a sentence; nothing if it can."""
    if change.kind == ChangeKind.ASSESSED:
        return _("Levels follow from the record. Undo what moved them.")
    later = Change.objects.filter(
        plan=change.plan, resource=change.resource, key=change.key, seq__gt=change.seq
    ).first()
    if later is not None:
        return _("Change %(seq)s stands on it. Undo that one first.") % {"seq": later.seq}
    if _may_carry_others(change):
        return _("What others may stand on is not taken out again; correct it instead.")
    return ""


def undoable(changes: Sequence[Change]) -> set[int]:
    """The seqs of those changes of one plan that `why_not` has nothing against; one query for all."""
    those = [each for each in changes if each.kind != ChangeKind.ASSESSED and not _may_carry_others(each)]
    if not those:
        return set()
    rows = Change.objects.filter(
        plan=those[0].plan_id, resource__in={each.resource for each in those}, key__in={each.key for each in those}
    )
    latest = {(resource, key): seq for resource, key, seq in rows.values_list("resource", "key").annotate(Max("seq"))}
    return {each.seq for each in those if latest[each.resource, each.key] == each.seq}


def saved_together(change: Change) -> list[Change]:
    """The set that a change is of, itself among them: what one pen wrote, at one moment and for one reason."""
    shared = ("plan_id", "recorded_at", "actor_id", "via", "reason", "request_id")
    rows = Change.objects.filter(**{name: getattr(change, name) for name in shared})
    return list(rows.exclude(kind=ChangeKind.ASSESSED).order_by("seq"))


def _may_carry_others(change: Change) -> bool:
    return change.kind == ChangeKind.ADDED and change.resource not in STANDS_ALONE


def revert(plan: str, seq: int, *, by: Author) -> int:
    """Undo the change `seq` for the author's reason; the seq of the change that does it.

    Raises Change.DoesNotExist, ValidationError where it cannot be undone.
    """
    if not by.reason.strip():
        raise ValidationError({"reason": _("Say why it is undone.")})
    with writing(plan, by=replace(by, reverts=seq)) as pen:
        take_back(pen, seq, reason=by.reason)
        return pen.seq


def take_back(pen: Pen, seq: int, *, reason: str) -> None:
    """Undo the change `seq` with a pen whose author names it. Raises ValidationError where it cannot be undone."""
    change = Change.objects.get(plan=pen.plan, seq=seq)
    if refused := why_not(change):
        raise ValidationError(refused)
    _take_back(pen, change, reason=reason)


@dataclass(frozen=True, slots=True)
class TakenBack:
    """What undoing a whole import does, or would do: how many things go back, and what was added and stays."""

    seq: int
    undone: int
    staying: Mapping[Resource, tuple[str, ...]]


def revert_all(plan: str, *, after: int, up_to: int, by: Author) -> TakenBack:
    """Undo the changes after one seq and up to another as one: all that can be, or nothing.

    What others may stand on is not taken out again, and stays. Raises ValidationError if any of it was changed since.
    """
    if not by.reason.strip():
        raise ValidationError({"reason": _("Say why it is undone.")})
    with writing(plan, by=by) as pen:
        entries = list(Change.objects.filter(plan=pen.plan, seq__gt=after, seq__lte=up_to).order_by("seq"))
        things = _by_thing([each for each in entries if each.kind != ChangeKind.ASSESSED])
        if blocked := sorted(_changed_since(pen.plan, set(things), up_to=up_to)):
            shown = ", ".join(blocked[:MOST_NAMED]) + (", …" if len(blocked) > MOST_NAMED else "")
            raise ValidationError(_("Changed since, so that it cannot be undone: %(what)s.") % {"what": shown})
        pen.reverting = {thing: changes[-1].seq for thing, changes in things.items()}
        staying: dict[Resource, list[str]] = defaultdict(list)
        before: dict[Resource, list[Content]] = defaultdict(list)
        for (_resource, key), changes in reversed(things.items()):
            first = changes[0]
            if _may_carry_others(first):
                staying[Resource(first.resource)].append(key)
            elif first.kind == ChangeKind.CHANGED:
                before[Resource(first.resource)].append(from_json(Resource(first.resource), first.before or {}))
            elif first.kind == ChangeKind.RETRACTED or len(changes) == 1:
                _take_back(pen, first, reason=by.reason)
        for contents in before.values():
            pen.put(contents)
        undone = len(things) - sum(map(len, staying.values()))
        return TakenBack(pen.seq, undone, {resource: tuple(sorted(keys)) for resource, keys in staying.items()})


def _by_thing(changes: Sequence[Change]) -> dict[tuple[str, str], list[Change]]:
    things: dict[tuple[str, str], list[Change]] = defaultdict(list)
    for change in changes:
        things[change.resource, change.key].append(change)
    return things


def _changed_since(plan: Plan, things: set[tuple[str, str]], *, up_to: int) -> set[str]:
    """The keys of those things of which the log says something later."""
    later = Change.objects.filter(plan=plan, seq__gt=up_to).exclude(kind=ChangeKind.ASSESSED)
    return {key for resource, key in later.values_list("resource", "key") if (resource, key) in things}


def _take_back(pen: Pen, change: Change, *, reason: str) -> None:
    match change.kind, change.resource:
        case ChangeKind.ADDED, Resource.POSITION:
            pen.retract(change.key, reason=reason)
        case ChangeKind.ADDED, Resource.RULING:
            ruling = cast("RulingContent", from_json(Resource.RULING, change.after or {}))
            pen.put([replace(ruling, level=None, reason=reason)], seen={change.key: change.version})
        case ChangeKind.ADDED, Resource.IMPLEMENTATION:
            level = cast("ImplementationContent", from_json(Resource.IMPLEMENTATION, change.after or {}))
            pen.put([replace(level, level=None, note=reason)], seen={change.key: change.version})
        case ChangeKind.RETRACTED, _:
            position = cast("PositionContent", from_json(Resource.POSITION, change.before or {}))
            position = replace(position, key=_free_key(pen.plan, position.key))
            pen.reverting = {**pen.reverting, (Resource.POSITION, position.key): change.seq}
            pen.put([position])
        case _:
            before: Mapping[str, Any] = change.before or {}
            pen.put([from_json(Resource(change.resource), before)], seen={change.key: change.version})


def _free_key(plan: Plan, key: str) -> str:
    """A retracted position comes back as another one: the old key keeps its history."""
    taken = set(Position.objects.filter(plan=plan, key__startswith=key).values_list("key", flat=True))
    return next(free for number in range(2, len(taken) + 3) if (free := f"{key}-{number}") not in taken)
