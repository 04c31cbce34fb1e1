"""`manage.py import_plan PATH...`: put plans, each in a folder or in one file, on record."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from provisions.importing import BadPlan, Expected, MovedOn, Outcome, Preview, Vanishing
from provisions.importing.many import Errand, Result, bring, bring_all
from provisions.importing.reports import error_as_json, outcome_as_json, preview_as_json
from provisions.importing.summaries import in_full, in_short
from provisions.models import Resource, Via
from provisions.processes import as_many_as_help
from provisions.record import Author

PATIENCE = 2.0
STOPPED = 130


class Command(BaseCommand):
    """Imports plans, each all or nothing. Can be run again: what is on record already is left as it is."""

    help = (
        "Put the plan in a folder of YAML or JSON files, or in one file, on record. All or nothing; can be repeated. "
        "Ends with 0 when it is done, 1 for faults in the files, 2 for a wrong option, 3 when the plan or the files "
        "are not what --expect-seq and --expect-hash say, 4 for lines that would vanish. Of several plans each is "
        "imported by itself: one that is refused does not stop the others, and the command ends as the first such did; "
        "130 after Ctrl-C."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "paths",
            nargs="+",
            type=Path,
            metavar="PATH",
            help="a folder, such as fixtures/28-point-framework, or one file",
        )
        parser.add_argument("--dry-run", action="store_true", help="say what would happen, and write nothing")
        parser.add_argument(
            "--json", action="store_true", help="say it as JSON on standard output; of several plans one object a line"
        )
        parser.add_argument("--expect-seq", type=int, metavar="SEQ", help="refuse if the plan has moved on from there")
        parser.add_argument("--expect-hash", default="", metavar="HASH", help="refuse if these are other files")
        parser.add_argument(
            "--let-vanish", action="store_true", help="import a text though lines of the one before vanish from it"
        )
        parser.add_argument(
            "--jobs",
            type=int,
            default=as_many_as_help(),
            metavar="N",
            help="processes for many plans; by default one for each core but not more than four, here %(default)s",
        )

    def handle(self, *, paths: Sequence[Path], jobs: int, **options: Any) -> None:
        expected = Expected(options["expect_seq"], options["expect_hash"])
        if len(paths) > 1 and expected != Expected():
            raise CommandError("--expect-seq and --expect-hash speak of one plan; name one PATH.", returncode=2)
        if jobs < 1:
            raise CommandError("--jobs is 1 or more.", returncode=2)
        errands = [_errand(path, expected=expected, **options) for path in paths]
        if len(errands) == 1:
            self._one(errands[0], as_json=options["json"])
        else:
            self._several(errands, as_json=options["json"], jobs=jobs)

    def _one(self, errand: Errand, *, as_json: bool) -> None:
        progress = _Progress(self)
        result = bring(errand, told=progress.told)
        progress.end()
        if as_json:
            self.stdout.write(json.dumps(_as_json(result), ensure_ascii=False, indent=1))
        elif isinstance(result, Outcome | Preview):
            self.stdout.write("\n".join(in_full(result)))
        else:
            self._list_faults(result)
        if isinstance(result, Exception):
            why, code = _refused(result)
            raise CommandError(f"Not imported: {why} Nothing was written.", returncode=code)

    def _several(self, errands: Sequence[Errand], *, as_json: bool, jobs: int) -> None:
        progress = _Progress(self)
        refused: dict[Path, int] = {}
        done = 0
        try:
            for done, (errand, result) in enumerate(bring_all(errands, jobs=jobs), start=1):
                progress.end()
                self._tell(errand, result, as_json=as_json)
                if isinstance(result, Exception):
                    _, refused[errand.path] = _refused(result)
                progress.plans(done, of=len(errands))
        except KeyboardInterrupt:
            told = f"Stopped after {done} of {len(errands)} plans; some more may be done. Run it again for the others."
            raise CommandError(told, returncode=STOPPED) from None
        finally:
            progress.end()
        if refused:
            told = f"Not imported: {len(refused)} of {len(errands)} plans. Of those nothing was written."
            raise CommandError(told, returncode=next(refused[each.path] for each in errands if each.path in refused))

    def _tell(self, errand: Errand, result: Result, *, as_json: bool) -> None:
        """One of several."""
        if as_json:
            self.stdout.write(json.dumps({"path": str(errand.path)} | _as_json(result), ensure_ascii=False))
        elif isinstance(result, Outcome):
            self.stdout.write("\n".join(in_short(result)))
        elif isinstance(result, Preview):
            self.stdout.write("\n".join(in_full(result)))
        else:
            self._list_faults(result)
            self.stderr.write(f"{errand.path}: not imported: {_refused(result)[0]}")
        # Who reads it through a pipe waits for each.
        self.stdout.flush()

    def _list_faults(self, result: Result) -> None:
        if isinstance(result, BadPlan):
            for fault in result.faults:
                self.stderr.write(str(fault))


def _errand(path: Path, *, expected: Expected, dry_run: bool, let_vanish: bool, **_: Any) -> Errand:
    by = Author(via=Via.IMPORT, reason=f"Import of {path.resolve().name}")
    return Errand(path, by=by, today=timezone.now().date(), dry_run=dry_run, expected=expected, let_vanish=let_vanish)


def _as_json(result: Result) -> dict[str, Any]:
    match result:
        case Outcome():
            return outcome_as_json(result)
        case Preview():
            return preview_as_json(result)
    return error_as_json(result)


def _refused(error: BadPlan | MovedOn | Vanishing) -> tuple[str, int]:
    """Why, and the exit code."""
    match error:
        case BadPlan():
            number = len(error.faults)
            return f"{number} {'fault' if number == 1 else 'faults'}.", 1
        case MovedOn():
            return str(error), 3
        case Vanishing():
            remedy = "Say under 'removals' what became of them, or add --let-vanish."
            return f"lines of the text before would vanish without a word: {error}. {remedy}", 4


class _Progress:
    """How far it is, on one line of the terminal; elsewhere, of one plan, a line for each kind once it takes long."""

    def __init__(self, command: BaseCommand) -> None:
        self._stderr = command.stderr
        self._began = time.monotonic()
        self._drawn = False

    def told(self, resource: Resource, number: int) -> None:
        line = f"writing: {resource.label}, {number}"
        if self._stderr.isatty():
            self._draw(line)
        elif time.monotonic() - self._began > PATIENCE:
            self._stderr.write(line)

    def plans(self, done: int, *, of: int) -> None:
        """Where this is no terminal, that each plan is told is progress enough."""
        if self._stderr.isatty():
            left = (time.monotonic() - self._began) / done * (of - done)
            self._draw(f"{done} of {of} plans, about {left:.0f} s left")

    def end(self) -> None:
        if self._drawn:
            self._stderr.write("\r\x1b[K", ending="")
            self._drawn = False

    def _draw(self, line: str) -> None:
        self._stderr.write(f"\r\x1b[K{line}", ending="")
        self._drawn = True
