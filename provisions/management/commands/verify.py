from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from provisions.models import Plan
from provisions.verifying import complaints


class Command(BaseCommand):
    help = (
        "Tell each plan's log from its beginning and compare with the record as it stands, and its levels with the "
        "rule. Exit code 1 where they differ."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("plans", nargs="*", metavar="PLAN", help="the slugs of the plans; all of them without any")

    def handle(self, *, plans: list[str], **options: Any) -> None:
        found = Plan.every.filter(slug__in=plans) if plans else Plan.every.all()
        if unknown := set(plans) - {plan.slug for plan in found}:
            raise CommandError(f"There is no plan '{min(unknown)}'.")
        wrong = 0
        for plan in found:
            said = list(complaints(plan))
            wrong += len(said)
            self.stdout.write("\n".join(said) if said else f"{plan}: log, record and levels agree at {plan.seq}.")
        if wrong:
            raise CommandError(f"{wrong} thing(s) do not fit together.")
