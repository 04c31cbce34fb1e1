from typing import Any

from django.core.management.base import BaseCommand, CommandError

from provisions.status import status


class Command(BaseCommand):
    help = "Whether somebody looks for lost doorbells: exit code 0 if the sweep came round lately, else 1."

    def handle(self, **options: Any) -> None:
        found = status()
        if found.asleep:
            raise CommandError(f"The last sweep was at {found.swept_at}." if found.swept_at else "Nobody ever swept.")
