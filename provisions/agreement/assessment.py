"""Section 10: the assessment of a plan's record."""

from datetime import date, datetime
from typing import Any


class BadRecord(ValueError):
    """What is wrong with a record, and where."""


def assess(
    record: dict[str, Any],
    *,
    as_of: date | None = None,
    known_at: datetime | None = None,
    revision: str | None = None,
) -> dict[str, Any]:
    """What rule AS-1 says of a record, with its proof."""
    raise NotImplementedError
