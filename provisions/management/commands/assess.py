"""Work out the levels of a plan by rule AS-1, from the database or from a record file alone."""

import json
import sys
from argparse import ArgumentParser
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from provisions.agreement import BadRecord, assess, dumps
from provisions.agreement.replay import revision_on
from provisions.assessing import record_of
from provisions.models import Plan


class Command(BaseCommand):
    help = (
        "Work out the levels of a plan and write them with their proof as JSON. From the database or, with --record, "
        "from a file alone: the same bytes both ways. A past day is worked out on the text that was on the table then, "
        "unless --revision names another."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("plan", nargs="?", help="the plan's slug")
        parser.add_argument("--record", type=Path, help="a file written by `manage.py record`; no database is asked")
        parser.add_argument("--as-of", type=date.fromisoformat, help="the day, such as 2026-01-15 (today)")
        parser.add_argument("--known-at", type=_moment, help="as it was known then, such as 2026-01-15T12:00:00Z (now)")
        parser.add_argument("--revision", help="the revision that is worked out")

    def handle(
        self,
        *,
        plan: str | None,
        record: Path | None,
        as_of: date | None,
        known_at: datetime | None,
        revision: str | None,
        **options: Any,
    ) -> None:
        if (plan is None) == (record is None):
            raise CommandError("Name a plan, or a file with --record.")
        document = _read(record) if record else _write(str(plan))
        moment = known_at or datetime.now(UTC)
        day = as_of or moment.date()
        try:
            shown = revision or revision_on(document, as_of=day, known_at=moment)
            assessment = assess(document, as_of=day, known_at=moment, revision=shown)
        except BadRecord as error:
            raise CommandError(f"Not a record: {error}") from error
        sys.stdout.buffer.write(dumps(assessment))


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _read(path: Path) -> dict[str, Any]:
    try:
        document = json.loads(path.read_bytes())
    except (OSError, ValueError) as error:
        raise CommandError(f"{path}: {error}") from error
    if not isinstance(document, dict):
        raise CommandError(f"{path}: a record is a JSON object")
    return document


def _write(plan: str) -> dict[str, Any]:
    try:
        return record_of(Plan.objects.get(slug=plan))
    except Plan.DoesNotExist:
        raise CommandError(f"There is no plan '{plan}'.") from None
