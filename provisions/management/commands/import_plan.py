"""`manage.py import_plan PATH`: put the plan in a folder, or in one file, on record."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from provisions.importing import BadPlan, Outcome, apply, read_plan
from provisions.models import Resource, Via
from provisions.record import Author

PATIENCE = 2.0
KEPT_SHOWN = 10


class Command(BaseCommand):
    """Imports a plan, all or nothing. Can be run again: what is on record already is left as it is."""

    help = "Put the plan in a folder of YAML or JSON files, or in one file, on record. All or nothing; can be repeated."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("path", type=Path, help="a folder, such as fixtures/28-point-framework, or one file")
        parser.add_argument("--dry-run", action="store_true", help="say what would happen, and write nothing")

    def handle(self, *, path: Path, dry_run: bool, **options: Any) -> None:
        by = Author(via=Via.IMPORT, reason=f"Import of {path.resolve().name}")
        progress = _Progress(self)
        try:
            outcome = apply(read_plan(path, today=timezone.now().date()), by=by, dry_run=dry_run, told=progress.told)
        except BadPlan as bad:
            progress.end()
            for fault in bad.faults:
                self.stderr.write(str(fault))
            number = len(bad.faults)
            raise CommandError(
                f"Not imported: {number} {'fault' if number == 1 else 'faults'}. Nothing was written."
            ) from bad
        progress.end()
        self.stdout.write("\n".join(_summary(outcome, dry_run=dry_run)))


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


def _summary(outcome: Outcome, *, dry_run: bool) -> list[str]:
    lines = [f"{'':<20}{'added':>10}{'changed':>10}{'unchanged':>10}"]
    for resource, tally in outcome.tallies.items():
        lines.append(f"{resource.label:<20}{tally.added:>10}{tally.changed:>10}{tally.unchanged:>10}")
    for resource, keys in outcome.kept.items():
        shown = ", ".join(keys[:KEPT_SHOWN]) + (f" and {len(keys) - KEPT_SHOWN} more" if len(keys) > KEPT_SHOWN else "")
        lines.append(f"Kept, though not in the files: {resource.label} {shown}")
    if outcome.seq_after == outcome.seq_before:
        lines.append(f"{outcome.plan}: nothing to change, its seq stays {outcome.seq_before}.")
    else:
        would = "would go" if dry_run else "went"
        lines.append(f"{outcome.plan}: its seq {would} from {outcome.seq_before} to {outcome.seq_after}.")
    if dry_run:
        lines.append("Dry run: nothing was written.")
    return lines
