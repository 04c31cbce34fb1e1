"""Files that were imported before: in which state of the record they change nothing, so that nobody reads them again.

What an import does follows from the files, the code that reads them, the day, the plan, and what other plans may change
of that which they share. Where none of it moved on, the files have nothing new.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
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


def remember(
    file: PlanFile, *, things: Mapping[Resource, int], kept: Mapping[Resource, Sequence[str]], pen: Pen
) -> None:
    """Keep in mind that these files are on record as the pen leaves it."""
    row = ImportedFiles(
        plan=pen.plan.slug,
        epoch=pen.plan.epoch,
        seq=pen.seq,
        sha256=file.sha256,
        code=_code(),
        read_on=file.read_on,
        shared=_versions(_shared(file, plan=pen.plan.slug)),
        # As lists, because JSON keeps no order of keys.
        things=list(things.items()),
        kept=list(kept.items()),
    )
    fields = [field.name for field in ImportedFiles._meta.concrete_fields if not field.primary_key]
    ImportedFiles.objects.bulk_create([row], update_conflicts=True, unique_fields=["plan"], update_fields=fields)


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


def _shared(file: PlanFile, *, plan: str) -> dict[str, set[str]]:
    """What other plans may change, by kind and key. Of a plan to whose words relations lead it is all of it."""
    named = {each.other.partition("/")[0] for each in file.contents.relations}
    return {
        Resource.PARTY.value: {each.slug for each in file.contents.parties},
        Resource.SOURCE.value: {each.slug for each in file.contents.sources},
        Resource.PLAN.value: named - {plan},
    }


def _versions(shared: Mapping[str, Mapping[str, int] | set[str]]) -> dict[str, dict[str, int]]:
    """The versions of these things as they are now."""
    rows: dict[str, QuerySet[Any, Any]] = {
        Resource.PARTY.value: Party.objects.values_list("slug", "version"),
        Resource.SOURCE.value: Source.objects.values_list("slug", "version"),
        Resource.PLAN.value: Plan.every.values_list("slug", "seq"),
    }
    return {kind: dict(rows[kind].filter(slug__in=keys)) if keys else {} for kind, keys in shared.items()}


@cache
def _code() -> str:
    """The hash of all that files are read by and put on record by."""
    digest = hashlib.sha256(f"{yaml.__version__} {pydantic.VERSION}".encode())
    for path in sorted(path for app in ("parties", "provisions") for path in (OURS / app).rglob("*.py")):
        digest.update(f"{path.relative_to(OURS)}\0".encode() + path.read_bytes())
    return digest.hexdigest()
