"""`manage.py bring_back_plan PLAN --reason WHY`: have a deleted plan stand again."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from provisions.models import Plan, Via
from provisions.record import Author, bring_back
from provisions.tombstones import tombstones


class Command(BaseCommand):
    """Brings a deleted plan back as it stood, by one more change in its log."""

    help = "Have a plan that was deleted stand again, as it stood."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("plan", help="the plan's slug")
        parser.add_argument("--reason", required=True, help="why; the log keeps it")

    def handle(self, *, plan: str, reason: str, **options: Any) -> None:
        try:
            seq = bring_back(plan, by=Author(via=Via.SHELL, reason=reason))
        except Plan.DoesNotExist:
            known = ", ".join(each.plan for each in tombstones()) or "none"
            raise CommandError(f"Not brought back: no plan '{plan}' was deleted; deleted are: {known}.") from None
        self.stdout.write(f"{plan} stands again, with seq {seq}. Its levels are worked out by the jobs.")
