"""`manage.py new_plan DIR`: write an annotated plan to start from."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

import provisions.importing
from provisions.importing.json_schema import json_schema

STARTER = Path(provisions.importing.__file__).parent / "starter"
SCHEMA = ".plan-files.schema.json"


class Command(BaseCommand):
    """Writes a small plan that can be imported as it is, with what each key is for, and the schema for an editor."""

    help = "Write an annotated plan to start from into a new folder. It can be imported as it is."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, help="a folder that is not there yet, or is empty")

    def handle(self, *, folder: Path, **options: Any) -> None:
        try:
            if folder.exists() and any(folder.iterdir()):
                raise CommandError(f"Not written: {folder} is not empty. Name another folder.")
            shutil.copytree(STARTER, folder, dirs_exist_ok=True)
            (folder / SCHEMA).write_text(json_schema(), encoding="utf-8")
        except OSError as error:
            raise CommandError(f"Not written: {error}") from error
        self.stdout.write(
            f"A plan to fill in is in {folder}. Look at it with: manage.py import_plan {folder} --dry-run"
        )
