"""Side measures of a plan's lines as CSV. They decide nothing."""

import csv
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from provisions.board import Row, board
from provisions.measures import agreement_a, agreement_index, consensus, rice
from provisions.models import Plan

# The stances from least to most consenting; a party without a word of its own has no place among them.
PLACES = {
    "reject": 0,
    "reserve": 1,
    "abstain": 1,
    "in_principle": 2,
    "conditional": 3,
    "no_objection": 4,
    "presumed": 4,
    "accept": 5,
}
COLUMNS = ("provision", "level", "consent", "partial", "unknown", "reject", "rice", "agreement_index", "a", "consensus")


class Command(BaseCommand):
    help = "Write Rice's index, the agreement index, van der Eijk's A and consensus of each line as CSV. None decides."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("plan", help="the plan's slug")

    def handle(self, *, plan: str, **options: Any) -> None:
        try:
            rows = board(plan).rows
        except Plan.DoesNotExist:
            raise CommandError(f"There is no plan '{plan}'.") from None
        table = csv.writer(self.stdout, lineterminator="\n")
        table.writerow(COLUMNS)
        for row in rows:
            if row.live:
                table.writerow(_measured(row))


def _measured(row: Row) -> list[Any]:
    classes = [cell.reading_class for cell in row.cells]
    yes, no = classes.count("consent"), classes.count("reject")
    frequencies = [0] * (max(PLACES.values()) + 1)
    for cell in row.cells:
        if cell.reading in PLACES:
            frequencies[PLACES[cell.reading]] += 1
    measured = (
        rice(yes, no),
        agreement_index(yes, no, len(classes) - yes - no),
        agreement_a(frequencies),
        consensus(frequencies),
    )
    counts = [classes.count(name) for name in ("consent", "partial", "unknown", "reject")]
    return [row.slug, row.level, *counts, *("" if value is None else f"{value:.4f}" for value in measured)]
