"""Write a plan's record as JSON: everything that the rule reads, in all its versions."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from provisions.agreement import dumps
from provisions.assessing import record_of
from provisions.models import Plan


class Command(BaseCommand):
    help = "Write the record of a plan as JSON, from which anybody can work out its levels again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("plan", help="the plan's slug")
        parser.add_argument("--output", type=Path, help="a file; without it the record goes to standard output")

    def handle(self, *, plan: str, output: Path | None, **options: Any) -> None:
        try:
            document = dumps(record_of(Plan.objects.get(slug=plan)))
        except Plan.DoesNotExist:
            raise CommandError(f"There is no plan '{plan}'.") from None
        if output is None:
            sys.stdout.buffer.write(document)
        else:
            output.write_bytes(document)
            self.stdout.write(f"{output}: {len(document)} bytes")
