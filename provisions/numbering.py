"""Numbers of points in the order in which people count: 2 before 10, and 10 before 10a."""

from __future__ import annotations

import re

LAST = 10**6


def counting(number: str | None) -> tuple[int, str]:
    """The place of a number among others; what has none comes last."""
    digits = re.match(r"\d+", number or "")
    return (int(digits[0]) if digits else LAST), number or ""
