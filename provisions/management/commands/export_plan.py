"""`manage.py export_plan PLAN DIR`: write a plan on record to plan files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from provisions.exporting import CannotExport, NotEmpty, export, whole
from provisions.models import Plan


class Command(BaseCommand):
    """Exports a plan. The same record gives the same files, byte for byte, and importing them changes nothing."""

    help = "Write a plan on record to a folder of YAML files, which can be imported again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("plan", help="the plan's slug")
        parser.add_argument("folder", type=Path, help="where to write; made if it is not there")
        parser.add_argument("--replace", action="store_true", help="let plan files that are there give way")

    def handle(self, *, plan: str, folder: Path, replace: bool, **options: Any) -> None:
        try:
            found = whole(plan)
            files, _ = export(found, folder, today=timezone.now().date(), replace=replace)
        except Plan.DoesNotExist:
            known = ", ".join(Plan.objects.values_list("slug", flat=True)) or "none"
            raise CommandError(f"Not exported: no plan '{plan}' is on record; there are: {known}.") from None
        except NotEmpty as error:
            raise CommandError(f"Not exported: {error}. Name another folder, or add --replace.") from None
        except (CannotExport, OSError) as error:
            raise CommandError(f"Not exported: {error}") from error
        self.stdout.write(f"{plan}: {len(files)} files in {folder}, as the record stood at seq {found.seq}.")
