"""`manage.py import_plan PATH`: put the plan in a folder, or in one file, on record."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from provisions.importing import (
    BadPlan,
    Expected,
    MovedOn,
    Outcome,
    Preview,
    Vanishing,
    import_files,
    opened,
    preview_files,
)
from provisions.importing.previewing import Line, Text
from provisions.importing.reports import error_as_json, outcome_as_json, preview_as_json
from provisions.models import Resource, Via
from provisions.record import Author

PATIENCE = 2.0
KEPT_SHOWN = 10


class Command(BaseCommand):
    """Imports a plan, all or nothing. Can be run again: what is on record already is left as it is."""

    help = (
        "Put the plan in a folder of YAML or JSON files, or in one file, on record. All or nothing; can be repeated. "
        "Ends with 0 when it is done, 1 for faults in the files, 2 for a wrong option, 3 when the plan or the files "
        "are not what --expect-seq and --expect-hash say, 4 for lines that would vanish."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("path", type=Path, help="a folder, such as fixtures/28-point-framework, or one file")
        parser.add_argument("--dry-run", action="store_true", help="say what would happen, and write nothing")
        parser.add_argument("--json", action="store_true", help="say it as JSON on standard output")
        parser.add_argument("--expect-seq", type=int, metavar="SEQ", help="refuse if the plan has moved on from there")
        parser.add_argument("--expect-hash", default="", metavar="HASH", help="refuse if these are other files")
        parser.add_argument(
            "--let-vanish", action="store_true", help="import a text though lines of the one before vanish from it"
        )

    def handle(self, *, path: Path, dry_run: bool, **options: Any) -> None:
        by = Author(via=Via.IMPORT, reason=f"Import of {path.resolve().name}")
        expected = Expected(options["expect_seq"], options["expect_hash"])
        progress = _Progress(self)
        try:
            files, today = opened(path), timezone.now().date()
            if dry_run:
                found = preview_files(files, by=by, today=today, expected=expected)
                told, said = preview_as_json(found), [*_summary(found.outcome), *_effect(found)]
            else:
                outcome = import_files(
                    files, by=by, today=today, expected=expected, let_vanish=options["let_vanish"], told=progress.told
                )
                told, said = outcome_as_json(outcome), [*_summary(outcome), _end(outcome)]
        except (BadPlan, MovedOn, Vanishing) as error:
            progress.end()
            raise self._refused(error, as_json=options["json"]) from error
        progress.end()
        self.stdout.write(json.dumps(told, ensure_ascii=False, indent=1) if options["json"] else "\n".join(said))

    def _refused(self, error: BadPlan | MovedOn | Vanishing, *, as_json: bool) -> CommandError:
        """Say what is wrong; the error with the exit code."""
        if as_json:
            self.stdout.write(json.dumps(error_as_json(error), ensure_ascii=False, indent=1))
        match error:
            case BadPlan():
                if not as_json:
                    for fault in error.faults:
                        self.stderr.write(str(fault))
                number = len(error.faults)
                return _not_imported(f"{number} {'fault' if number == 1 else 'faults'}.", code=1)
            case MovedOn():
                return _not_imported(str(error), code=3)
            case Vanishing():
                remedy = "Say under 'removals' what became of them, or add --let-vanish."
                lost = f"lines of the text before would vanish without a word: {error}."
                return _not_imported(f"{lost} {remedy}", code=4)


def _not_imported(why: str, *, code: int) -> CommandError:
    return CommandError(f"Not imported: {why} Nothing was written.", returncode=code)


class _Progress:
    """What is being written, on one line of the terminal; elsewhere a line for each kind once it takes long."""

    def __init__(self, command: BaseCommand) -> None:
        self._stderr = command.stderr
        self._began = time.monotonic()
        self._drawn = False

    def told(self, resource: Resource, number: int) -> None:
        line = f"writing: {resource.label}, {number}"
        if self._stderr.isatty():
            self._stderr.write(f"\r\x1b[K{line}", ending="")
            self._drawn = True
        elif time.monotonic() - self._began > PATIENCE:
            self._stderr.write(line)

    def end(self) -> None:
        if self._drawn:
            self._stderr.write("\r\x1b[K", ending="")
            self._drawn = False


def _summary(outcome: Outcome) -> list[str]:
    lines = [f"{'':<20}{'added':>10}{'changed':>10}{'unchanged':>10}"]
    for resource, tally in outcome.tallies.items():
        lines.append(f"{resource.label:<20}{tally.added:>10}{tally.changed:>10}{tally.unchanged:>10}")
    for resource, keys in outcome.kept.items():
        shown = ", ".join(keys[:KEPT_SHOWN]) + (f" and {len(keys) - KEPT_SHOWN} more" if len(keys) > KEPT_SHOWN else "")
        lines.append(f"Kept, though not in the files: {resource.label} {shown}")
    return lines


def _end(outcome: Outcome, *, went: str = "went") -> str:
    if outcome.seq_after == outcome.seq_before:
        return f"{outcome.plan}: nothing to change, its seq stays {outcome.seq_before}."
    return f"{outcome.plan}: its seq {went} from {outcome.seq_before} to {outcome.seq_after}."


def _effect(found: Preview) -> Iterator[str]:
    """What a reader of the plan would see of it, one thing a line."""
    for text in found.texts:
        yield from _text(text)
    for each in found.overwritten:
        yield f"Overwrites {each.resource.label} {each.key} ({', '.join(each.fields)}), last changed by {each.by}"
    for lapsed in found.lapsed:
        yield f"Goes stale: {lapsed.party} on {lapsed.line} ({lapsed.position})"
    for moved in found.moved:
        alarm = ", THOUGH IT WAS AGREED" if moved.alarm else ""
        yield f"Level: {moved.line} from {moved.level or 'none'} to {moved.level_then or 'none'}{alarm}"
    if found.phase != found.phase_then:
        yield f"Phase: from {found.phase or 'none'} to {found.phase_then or 'none'}"
    if found.unworkable:
        yield f"Levels could not be worked out: {found.unworkable}"
    yield _end(found.outcome, went="would go")
    yield f"To import just this: --expect-seq {found.outcome.seq_before} --expect-hash {found.sha256}"
    yield "Dry run: nothing was written."


def _text(text: Text) -> Iterator[str]:
    derived = f", which derives from {text.base}" if text.base else ""
    yield f"{'New text' if text.new else 'Text'} {text.slug}{derived}:"
    for line in text.lines:
        yield f"  {_number(line)} {line.line}: {_fate(line)}"
    for removal in text.removals:
        yield f"  {removal.provision}: no longer there ({removal.outcome})"
    for slug, _title in text.vanishing:
        yield f"  {slug}: VANISHES, and nothing says what became of it; see --let-vanish"
    for guess in text.guesses:
        yield f"  {guess.words.partition('/')[2]}: may come from {guess.origin}, alike to {guess.likeness:.0%}"


def _number(line: Line) -> str:
    if line.renumbered:
        return f"{line.number_before or 'no number'} -> {line.number or 'no number'}"
    return line.number or "-"


def _fate(line: Line) -> str:
    origins = f" from {', '.join(line.comes_from)}" if line.comes_from else ""
    here = "" if line.held is None else "; its words here change" if line.held != line.words else "; words stay here"
    return f"{line.change}{origins}{here}"
