from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from tracker.backups import BackupError, drill, restore


class Command(BaseCommand):
    help = "Fill the empty database of the settings from a backup; or, with --check, prove that the backup restores."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--check",
            action="store_true",
            help="restore into a database made for it, tell every log from its beginning, compare, remove the database",
        )

    def handle(self, *, file: Path, check: bool, **options: Any) -> None:
        try:
            if not check:
                restore(file)
                self.stdout.write("Restored. Every plan has a new feed epoch, so that readers begin anew.")
            elif wrong := list(drill(file)):
                raise CommandError("\n".join(wrong))
            else:
                self.stdout.write(f"{file.name} restores, and its logs, record and levels agree.")
        except BackupError as reason:
            raise CommandError(str(reason)) from None
