"""Plan files from wherever they lie to the record, or to a preview: the one way of command line and pages.

Files of which it is known that they change nothing are not read. The answer is that of reading them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import DatabaseError, IntegrityError, OperationalError, connection, transaction
from psycopg.errors import DeadlockDetected, UniqueViolation

from provisions.models import ImportedFiles, Plan, Resource
from provisions.record import Author, Deleted, writing

from .again import holds, known
from .applying import Expected, Outcome, Tally, Told, apply, check_expected, deleted
from .building import PlanFile
from .lineage import decide
from .previewing import Preview, preview, preview_of_nothing
from .reading import Files, read

Origins = Mapping[str, tuple[str, ...]]
"""What was decided of where words come from, by key."""

MOST_TRIES = 5

Given = ParamSpec("Given")
Returned = TypeVar("Returned")


def _again_where_others_were_first(work: Callable[Given, Returned]) -> Callable[Given, Returned]:
    """Begin anew where another plan's import added the same party or source at this moment; now it is there."""

    @wraps(work)
    def tried(*args: Given.args, **kwargs: Given.kwargs) -> Returned:
        for _ in range(MOST_TRIES - 1):
            try:
                return work(*args, **kwargs)
            except (IntegrityError, OperationalError) as error:
                if not isinstance(error.__cause__, UniqueViolation | DeadlockDetected):
                    raise
        return work(*args, **kwargs)

    return tried


@_again_where_others_were_first
def import_files(
    files: Files,
    *,
    by: Author,
    today: date,
    origins: Origins | None = None,
    expected: Expected | None = None,
    let_vanish: bool = True,
    told: Told = lambda resource, number: None,
) -> Outcome:
    """Put the plan in these files on record, as `apply` does. Raises what it raises, and BadPlan for the files."""
    row = None if origins else _known(files, today=today)
    if row and (nothing := _nothing_to_do(row, by=by, expected=expected)):
        return nothing
    file = _read(files, today=today, origins=origins or {})
    return apply(file, by=by, expected=expected, let_vanish=let_vanish, told=told)


@_again_where_others_were_first
def preview_files(
    files: Files, *, by: Author, today: date, origins: Origins | None = None, expected: Expected | None = None
) -> Preview:
    """What an import of these files would do, as `preview` has it. Raises what it raises, and BadPlan for the files."""
    if row := None if origins else _known(files, today=today):
        with transaction.atomic():
            if nothing := _nothing_to_do(row, by=by, expected=expected):
                return preview_of_nothing(nothing, sha256=files.sha256)
    return preview(_read(files, today=today, origins=origins or {}), by=by, expected=expected)


def _known(files: Files, *, today: date) -> ImportedFiles | None:
    """What is known of the files. What is wrong in them is said also where no database is up, or up to date."""
    try:
        return known(files, today=today)
    except DatabaseError:
        if connection.in_atomic_block:
            raise
        return None


def _nothing_to_do(row: ImportedFiles, *, by: Author, expected: Expected | None) -> Outcome | None:
    """What an import comes to that changes nothing; None where it might. Raises MovedOn, BadPlan."""
    try:
        with writing(row.plan, by=by) as pen:
            if not holds(row, plan=pen.plan):
                return None
            check_expected(expected or Expected(), sha256=row.sha256, seq=pen.seq)
            return _outcome(row, seq=pen.seq)
    except Deleted:
        raise deleted(row.plan) from None
    except Plan.DoesNotExist:
        return None


def _outcome(row: ImportedFiles, *, seq: int) -> Outcome:
    return Outcome(
        plan=row.plan,
        seq_before=seq,
        seq_after=seq,
        tallies={Resource(kind): Tally(added=0, changed=0, unchanged=number) for kind, number in row.things},
        kept={Resource(kind): tuple(keys) for kind, keys in row.kept},
        vanishing={},
    )


def _read(files: Files, *, today: date, origins: Origins) -> PlanFile:
    """The files with what was decided since. Raises BadPlan."""
    file = read(files, today=today)
    if not origins:
        return file
    known_words = {each.key for each in file.contents.wordings}
    decided = {key: origin for key, origin in origins.items() if key in known_words}
    contents = replace(file.contents, wordings=decide(file.contents.wordings, decided))
    return replace(file, contents=contents, decided=file.decided | decided.keys(), as_given=False)
