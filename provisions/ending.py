"""Deleting a plan: an export that can be imported again, its name typed, and a last entry in its log."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from provisions.exporting import Whole, proven, whole
from provisions.models import Resource
from provisions.record import Author, bring_back, entomb, writing

__all__ = ["Ending", "MovedOn", "bring_back", "delete", "ending"]

# The contents of a plan by kind, as `PlanContents` names them, in the order in which a page counts them.
COUNTED = {
    "revisions": Resource.REVISION,
    "provisions": Resource.PROVISION,
    "wordings": Resource.WORDING,
    "positions": Resource.POSITION,
    "rulings": Resource.RULING,
    "events": Resource.EVENT,
    "silence_procedures": Resource.SILENCE_PROCEDURE,
    "companions": Resource.COMPANION,
    "disputes": Resource.DISPUTE,
    "relations": Resource.RELATION,
    "implementations": Resource.IMPLEMENTATION,
    "categories": Resource.CATEGORY,
    "topics": Resource.TOPIC,
}


class MovedOn(Exception):
    """The plan was changed after it was looked at."""

    def __init__(self, *, seen: int, seq: int) -> None:
        super().__init__(f"The plan was looked at with seq {seen} and is at {seq} now; look again and export it anew.")


@dataclass(frozen=True, slots=True)
class Ending:
    """What deleting a plan would take out of sight, as its record stands at `seq`."""

    plan: str
    title: str
    seq: int
    goes: Mapping[Resource, int]
    retracted: int


def ending(plan: str) -> Ending:
    """What would go. Raises Plan.DoesNotExist."""
    found = whole(plan)
    counts = {each.name: getattr(found.contents, each.name) for each in fields(found.contents)}
    goes = {resource: len(counts[name]) for name, resource in COUNTED.items() if counts[name]}
    return Ending(plan, found.contents.plan.title, found.seq, goes, len(found.retracted))


def delete(plan: str, *, name: str, seen: int, by: Author) -> int:
    """Delete a plan that was looked at and exported at `seen`, for the author's reason; the seq of its last change.

    `name` is what somebody typed: the plan's slug or its title. Raises Plan.DoesNotExist, NeedsApproval, CannotExport,
    MovedOn, and ValidationError for another name or no reason. What other plans share, parties and sources, stays.
    """
    if not by.reason.strip():
        raise ValidationError({"reason": _("Say why it is deleted.")})
    with writing(plan, by=by) as pen:
        if pen.seq != seen:
            raise MovedOn(seen=seen, seq=pen.seq)
        found = whole(plan)
        if name.strip() not in (plan, found.contents.plan.title):
            raise ValidationError({"name": _("This is not the name of the plan. Nothing was deleted.")})
        entomb(pen, export={"seq": found.seq, "sha256": _hash(found)})
        return pen.seq


def _hash(found: Whole) -> str:
    """The hash of the files that the plan makes, which were read back. Raises CannotExport."""
    with tempfile.TemporaryDirectory() as folder:
        return proven(found, Path(folder), today=timezone.now().date()).sha256
