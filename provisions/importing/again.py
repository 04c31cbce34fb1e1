"""Files that were imported before: in which state of the record they change nothing, so that nobody reads them again.

What an import does follows from the files, the code that reads them, the day, the plan, and what other plans may change
of that which they share. Where none of it moved on, the files have nothing new.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pydantic
import yaml
from django.db.models import QuerySet

from parties.models import Party, Source
from provisions.models import Change, ChangeKind, ImportedFiles, Plan, Resource
from provisions.record import Pen

from .building import PlanFile
from .reading import Files

OURS = Path(__file__).parents[2]

PLAN = Resource.PLAN.value


def remember(
    file: PlanFile,
    *,
    things: Mapping[Resource, int],
    kept: Mapping[Resource, Sequence[str]],
    elsewhere: Mapping[str, int],
    pen: Pen,
) -> None:
    """Keep in mind that these files are on record as the pen leaves it, with other plans as they were before."""
    row = ImportedFiles(
        plan=pen.plan.slug,
        epoch=pen.plan.epoch,
        seq=pen.seq,
        sha256=file.sha256,
        code=_code(),
        read_on=file.read_on,
        shared={**{resource.value: versions for resource, versions in pen.shared.items()}, PLAN: elsewhere},
        # As lists, because JSON keeps no order of keys.
        things=list(things.items()),
        kept=list(kept.items()),
    )
    fields = [field.name for field in ImportedFiles._meta.concrete_fields if not field.primary_key]
    ImportedFiles.objects.bulk_create([row], update_conflicts=True, unique_fields=["plan"], update_fields=fields)


def others_as_they_are(file: PlanFile) -> dict[str, int]:
    """The seq of each other plan to whose words relations lead. To be asked before those are looked up."""
    named = {each.other.partition("/")[0] for each in file.contents.relations} - {file.contents.plan.slug}
    return _versions({PLAN: named})[PLAN]


def known(files: Files, *, today: date) -> ImportedFiles | None:
    """What is known of these files, if this code has imported them."""
    rows = ImportedFiles.objects.filter(sha256=files.sha256, code=_code(), read_on__lte=today)
    return None if files.faults else rows.first()


def holds(row: ImportedFiles, *, plan: Plan) -> bool:
    """Whether the files still change nothing of a plan whose row is locked."""
    return plan.epoch == row.epoch and not _moved_on(plan, since=row.seq) and _versions(row.shared) == row.shared


def _moved_on(plan: Plan, *, since: int) -> bool:
    """Whether the log tells of more than levels, which follow from the record."""
    later = Change.objects.filter(plan=plan, seq__gt=since).exclude(kind=ChangeKind.ASSESSED)
    return plan.seq != since and later.exists()


def _versions(shared: Mapping[str, Collection[str]]) -> dict[str, dict[str, int]]:
    """The versions of these things as they are now, by kind and key."""
    rows: dict[str, QuerySet[Any, Any]] = {
        Resource.PARTY.value: Party.objects.values_list("slug", "version"),
        Resource.SOURCE.value: Source.objects.values_list("slug", "version"),
        PLAN: Plan.every.values_list("slug", "seq"),
    }
    return {kind: dict(rows[kind].filter(slug__in=keys)) if keys else {} for kind, keys in shared.items()}


@cache
def _code() -> str:
    """The hash of all that files are read by and put on record by."""
    digest = hashlib.sha256(f"{yaml.__version__} {pydantic.VERSION}".encode())
    for path in sorted(path for app in ("parties", "provisions") for path in (OURS / app).rglob("*.py")):
        digest.update(f"{path.relative_to(OURS)}\0".encode() + path.read_bytes())
    return digest.hexdigest()
