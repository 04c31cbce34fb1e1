"""`manage.py delete_plan PLAN --export DIR --confirm PLAN`: take a plan out as files, then out of sight."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from provisions.ending import MovedOn, delete
from provisions.exporting import CannotExport, NotEmpty, export, whole
from provisions.models import Plan, Via
from provisions.record import Author


class Command(BaseCommand):
    """Deletes a plan after it was exported. Its log stays, so that it can be brought back."""

    help = (
        "Export a plan to a folder, then delete it: its pages and its API answer 410 from then on. Its log is kept, "
        "and manage.py bring_back_plan makes it stand again."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("plan", help="the plan's slug")
        parser.add_argument("--export", type=Path, required=True, metavar="DIR", help="an empty folder for its files")
        parser.add_argument("--confirm", required=True, metavar="NAME", help="the plan's slug or title once more")
        parser.add_argument("--reason", required=True, help="why; its tombstone says so to everybody")

    def handle(self, *, plan: str, confirm: str, reason: str, **options: Any) -> None:
        folder: Path = options["export"]
        try:
            found = whole(plan)
            if confirm not in (plan, found.contents.plan.title):
                raise CommandError(f"Not deleted: --confirm says '{confirm}', and the plan is '{plan}'.")
            files, sha256 = export(found, folder, today=timezone.now().date())
            seq = delete(plan, name=confirm, seen=found.seq, by=Author(via=Via.SHELL, reason=reason))
        except Plan.DoesNotExist:
            known = ", ".join(Plan.objects.values_list("slug", flat=True)) or "none"
            raise CommandError(f"Not deleted: no plan '{plan}' is on record; there are: {known}.") from None
        except NotEmpty as error:
            raise CommandError(f"Not deleted: {error}. Name another folder.") from None
        except ValidationError as error:
            raise CommandError(f"Not deleted: {' '.join(error.messages)}") from None
        except (CannotExport, MovedOn, OSError) as error:
            raise CommandError(f"Not deleted: {error}") from error
        self.stdout.write(f"{plan}: {len(files)} files in {folder}, hash {sha256}.")
        self.stdout.write(f"{plan} is deleted; the last entry of its log is {seq}.")
