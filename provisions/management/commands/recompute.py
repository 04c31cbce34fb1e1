"""Work out levels anew, for plans by name or for all of them."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from provisions.assessing import recompute
from provisions.models import Plan, Setback


class Command(BaseCommand):
    help = (
        "Work out the levels of plans anew and keep what changed. It can be stopped at any time: what is kept is kept, "
        "and the last line says how to go on."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("plans", nargs="*", metavar="plan", help="slugs of plans")
        parser.add_argument("--all", dest="every", action="store_true", help="every plan, in the order of their slugs")
        parser.add_argument("--after", default="", help="with --all: go on after this plan")

    def handle(self, *, plans: list[str], every: bool, after: str, **options: Any) -> None:
        if bool(plans) == every:
            raise CommandError("Name plans, or say --all.")
        rows = Plan.objects.filter(slug__gt=after) if every else Plan.objects.filter(slug__in=plans)
        if unknown := set(plans) - set(rows.values_list("slug", flat=True)):
            raise CommandError(f"There is no plan '{min(unknown)}'.")
        todo = list(rows.order_by("slug").values_list("pk", "slug"))
        moved = 0
        last = after
        try:
            for number, (pk, slug) in enumerate(todo, start=1):
                moved += recompute(pk, anew=True)
                last = slug
                self.stderr.write(f"\r{number} of {len(todo)}", ending="")
        except KeyboardInterrupt:
            self.stderr.write("")
            raise CommandError(f"Stopped. Go on with: manage.py recompute --all --after '{last}'") from None
        self.stderr.write("")
        self.stdout.write(f"{len(todo)} plans worked out, {moved} moved.")
        for setback in Setback.objects.filter(plan__in=[pk for pk, _ in todo]).select_related("plan"):
            self.stderr.write(f"{setback.plan.slug}: {setback.reason}")
        if Setback.objects.filter(plan__in=[pk for pk, _ in todo]).exists():
            raise CommandError("Some plans could not be worked out.")
