import time
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from provisions.status import note_backup
from tracker.backups import BackupError, take

HOUR = 3600


class Command(BaseCommand):
    help = "Write a backup of everything into a folder, with a note of what it holds beside it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path)
        parser.add_argument("--keep", type=int, help="so many backups stay, the latest; all of them without it")
        parser.add_argument("--every", type=float, metavar="HOURS", help="go on, one backup every so many hours")

    def handle(self, *, folder: Path, keep: int | None, every: float | None, **options: Any) -> None:
        if keep is not None and keep < 1:
            raise CommandError("--keep is the number of backups that stay: at least 1.")
        while True:
            try:
                file = take(folder, keep=keep)
            except (BackupError, OSError) as reason:
                if not every:
                    raise CommandError(str(reason)) from None
                self.stderr.write(f"{reason} The next try is in {every:g} hours.")
            else:
                note_backup()
                self.stdout.write(f"{file} ({file.stat().st_size / 1e6:.1f} MB)")
            if not every:
                return
            time.sleep(every * HOUR)
