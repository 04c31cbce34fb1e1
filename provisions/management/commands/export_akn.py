"""`manage.py export_akn PLAN REVISION`: a draft as Akoma Ntoso XML."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from provisions.exporting import whole
from provisions.exporting.akoma_ntoso import NoSuchText, akoma_ntoso
from provisions.models import Plan


class Command(BaseCommand):
    help = "Write a revision as Akoma Ntoso 3.0 to standard output."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("plan", help="the plan's slug")
        parser.add_argument("revision", help="the revision's slug")

    def handle(self, *, plan: str, revision: str, **options: Any) -> None:
        try:
            found = whole(plan)
            self.stdout.write(akoma_ntoso(found, revision, made=timezone.now().date()), ending="")
        except Plan.DoesNotExist:
            raise CommandError(f"No plan '{plan}' is on record.") from None
        except NoSuchText:
            known = ", ".join(each.slug for each in found.contents.revisions) or "none"
            raise CommandError(f"'{plan}' has no revision '{revision}'; there are: {known}.") from None
