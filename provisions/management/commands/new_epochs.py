from typing import Any

from django.core.management.base import BaseCommand

from provisions.record import draw_new_epochs


class Command(BaseCommand):
    help = "Draw a new feed epoch for every plan: after a recovery that lost changes which readers may have seen."

    def handle(self, **options: Any) -> None:
        self.stdout.write(f"{draw_new_epochs()} plan(s) have a new feed epoch; readers begin anew from a snapshot.")
