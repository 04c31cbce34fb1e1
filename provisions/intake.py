"""An import as administrators make it: uploaded, read, looked at, applied, and undone as a whole.

Each step is one transaction under a lock of its own, so that whoever dies in it leaves nothing behind and somebody else
can take it up. Small ones are done at once, large ones by a worker; the sweep finds those whose bell was not heard.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import structlog
from django.conf import settings
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from redis import Redis, RedisError

from provisions.bell import ring_for_import
from provisions.importing import (
    BadPlan,
    Expected,
    Fault,
    Files,
    MovedOn,
    Vanishing,
    import_files,
    opened,
    preview_files,
)
from provisions.importing.reports import error_as_json, outcome_as_json, preview_as_json
from provisions.importing.uploads import laid_out, packed, unpacked
from provisions.models import Import, ImportState, Resource, Via
from provisions.record import Author, Deleted, TakenBack, revert_all

log = structlog.get_logger(__name__)

# Up to so many bytes of plan files are read and applied while somebody waits for the page.
AT_ONCE = 300_000
# A report with more effects than that tells only how many there are; the log will have them.
MOST_EFFECTS = 5000
PROGRESS_SECONDS = 600
MOST_TRIES = 3
LOCK = 7_0013


class Stopped(Exception):
    """Somebody asked to stop; what was written is taken back."""


def upload(uploads: Iterable[tuple[str, bytes]], *, reason: str, by: User) -> Import:
    """Take plan files in, and read them. Raises BadUpload."""
    given = list(uploads)
    files = unpacked(given)
    name = given[0][0] if len(given) == 1 else f"{len(files)} files"
    row = Import.objects.create(
        name=name[-200:], files=packed(files), reason=reason, uploaded_by=by, uploaded_at=timezone.now()
    )
    _go_on(row, size=sum(map(len, files.values())))
    return row


def decide_origins(row: Import, decisions: Mapping[str, str]) -> None:
    """Say where words come from that were guessed at, and look again."""
    row.decisions = {**row.decisions, **decisions}
    preview_again(row)


def preview_again(row: Import) -> None:
    """Read the files anew, against the plan as it is now."""
    row.state = ImportState.READING
    row.report = {}
    row.save(update_fields=["decisions", "state", "report"])
    _go_on(row, size=len(row.files))


def ask_to_apply(row: Import, *, let_vanish: bool) -> None:
    """Apply what was previewed, and nothing else."""
    if row.state != ImportState.READY:
        raise ValidationError("Only an import that was previewed without faults can be applied.")
    row.state, row.let_vanish, row.stop_asked = ImportState.WAITING, let_vanish, False
    row.save(update_fields=["state", "let_vanish", "stop_asked"])
    _go_on(row, size=len(row.files))


def ask_to_stop(row: Import) -> None:
    """Have an import that is being applied taken back, if it is not done yet."""
    Import.objects.filter(pk=row.pk, state=ImportState.WAITING).update(stop_asked=True)


def _go_on(row: Import, *, size: int) -> None:
    if size <= AT_ONCE:
        step(row.pk)
    else:
        transaction.on_commit(lambda: ring_for_import(row.pk))
    row.refresh_from_db()


def unfinished() -> Iterable[int]:
    """The imports that a job is at, or should be."""
    return Import.objects.filter(state__in=[state for state in ImportState if state.moving]).values_list(
        "pk", flat=True
    )


def step(pk: int) -> None:
    """Do what is next for an import, unless somebody is at it."""
    # On its own, so that it counts even where whoever tries dies.
    with transaction.atomic():
        if not _taken(pk):
            return
        Import.objects.filter(pk=pk).update(tries=F("tries") + 1)
    with transaction.atomic():
        if not _taken(pk):
            return
        row = Import.objects.select_related("uploaded_by").get(pk=pk)
        if ImportState(row.state).moving:
            _do(row)


def _taken(pk: int) -> bool:
    """Whether nobody else is at it, and now we are until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [LOCK, pk])
        return bool(cursor.fetchone()[0])


def _do(row: Import) -> None:
    reading = row.state == ImportState.READING
    wrong = ImportState.FAULTY if reading else ImportState.REFUSED
    if row.tries > MOST_TRIES:
        _end(row, wrong, {**row.report, "error": "broken", "message": "Whoever tried it did not live to tell."})
        return
    try:
        with transaction.atomic():
            (_read if reading else _apply)(row)
    except Stopped:
        _end(row, ImportState.STOPPED, row.report)
    except (BadPlan, MovedOn, Vanishing) as error:
        _end(row, wrong, {**row.report, **error_as_json(error)})
    except (OperationalError, InterfaceError):
        # The database is away, which says nothing of the files.
        raise
    except Exception as error:
        log.exception("import_broken", imported=row.pk)
        _end(row, wrong, {**row.report, "error": "broken", "message": f"{type(error).__name__}: {error}"})


def _read(row: Import) -> None:
    with _laid_out(row) as files:
        found = preview_files(files, by=_author(row), today=timezone.now().date(), origins=_origins(row))
    row.plan = found.outcome.plan
    report = preview_as_json(found)
    report["things"] = len(report["effects"])
    if len(report["effects"]) > MOST_EFFECTS:
        del report["effects"]
    _end(row, ImportState.READY, report)


def _apply(row: Import) -> None:
    expected = Expected(row.report["seq_before"], row.report["sha256"])
    with _laid_out(row) as files:
        outcome = import_files(
            files,
            by=_author(row),
            today=timezone.now().date(),
            origins=_origins(row),
            expected=expected,
            let_vanish=row.let_vanish,
            told=_watched(row),
        )
    if not _end(row, ImportState.DONE, {**row.report, **outcome_as_json(outcome)}, unless_stopped=True):
        raise Stopped


def _end(row: Import, state: ImportState, report: Mapping[str, Any], *, unless_stopped: bool = False) -> bool:
    """Note what came of a step; whether it could be."""
    rows = Import.objects.filter(pk=row.pk)
    if unless_stopped:
        rows = rows.filter(stop_asked=False)
    return bool(rows.update(state=state, report=report, plan=row.plan, tries=0, ended_at=timezone.now()))


@contextmanager
def _laid_out(row: Import) -> Iterator[Files]:
    """The files as they were uploaded. What is wrong in them is said with places below the upload."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        laid_out(bytes(row.files), folder)
        try:
            yield opened(folder)
        except BadPlan as bad:
            raise BadPlan([_below(folder, fault) for fault in bad.faults]) from None


def _origins(row: Import) -> dict[str, tuple[str, ...]]:
    return {key: (origin,) if origin else () for key, origin in row.decisions.items()}


def _within(folder: Path, text: str) -> str:
    return text.replace(f"{folder}/", "").replace(str(folder), "upload")


def _below(folder: Path, fault: Fault) -> Fault:
    return Fault(replace(fault.place, file=_within(folder, fault.place.file)), _within(folder, fault.message))


def _author(row: Import) -> Author:
    return Author(actor=row.uploaded_by, via=Via.IMPORT, reason=row.reason, request_id=f"import-{row.pk}")


# ---- Progress, which can be lost ----


def _watched(row: Import) -> Callable[[Resource, int], None]:
    """Tells how far it is, and stops where it is asked to."""
    total = sum(tally["added"] + tally["changed"] + tally["unchanged"] for tally in row.report["tallies"].values())
    done = 0

    def told(resource: Resource, number: int) -> None:
        nonlocal done
        if Import.objects.filter(pk=row.pk, stop_asked=True).exists():
            raise Stopped
        _tell(row.pk, {"what": resource.value, "number": number, "done": done, "total": max(total, 1)})
        done += number

    return told


def _valkey() -> Redis:
    return Redis.from_url(settings.CELERY_BROKER_URL, socket_timeout=1, socket_connect_timeout=1)


def _tell(pk: int, said: Mapping[str, Any]) -> None:
    try:
        with _valkey() as client:
            client.set(f"import:{pk}", json.dumps(said), ex=PROGRESS_SECONDS)
    except RedisError as error:
        log.warning("progress_not_told", imported=pk, error=str(error))


def progress(row: Import) -> Mapping[str, Any] | None:
    """What a job said last of how far it is; nothing if it said nothing."""
    try:
        with _valkey() as client:
            said = client.get(f"import:{row.pk}")
    except RedisError:
        return None
    return json.loads(said) if said else None


# ---- Undo ----


def undo(row: Import, *, by: Author, rehearse: bool = False) -> TakenBack:
    """Take back what an import wrote, as one; a rehearsal says what that would do. Raises ValidationError."""
    if row.state != ImportState.DONE:
        raise ValidationError("Only an import that was applied can be undone.")
    with transaction.atomic():
        before, after = row.report["seq_before"], row.report["seq_after"]
        try:
            done = revert_all(row.plan, after=before, up_to=after, by=by)
        except Deleted:
            raise ValidationError(_("The plan was deleted. Bring it back first.")) from None
        Import.objects.filter(pk=row.pk).update(state=ImportState.UNDONE)
        if rehearse:
            transaction.set_rollback(True)
    return done


def last_imports(number: int) -> QuerySet[Import]:
    """The latest ones, without their files."""
    return Import.objects.select_related("uploaded_by").defer("files", "report")[:number]
