"""`manage.py publish DIR`: a snapshot of the reading pages for an archive."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from tracker.publishing import CannotPublish, publish


class Command(BaseCommand):
    """Writes every page that needs no account as a file, with links that work from disk and without script."""

    help = "Write the reading pages of all plans as files into a new folder, for an archive."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, help="a folder that is not there yet, or is empty")

    def handle(self, *, folder: Path, verbosity: int, **options: Any) -> None:
        told = self.stdout.write if verbosity > 1 else lambda page: None
        try:
            if folder.exists() and any(folder.iterdir()):
                raise CommandError(f"Not written: {folder} is not empty. Name another folder.")
            number = publish(folder, told=told)
        except (CannotPublish, OSError) as error:
            raise CommandError(f"Not written: {error}") from error
        self.stdout.write(f"{number} pages are in {folder}; begin with {folder / 'index.html'}.")
