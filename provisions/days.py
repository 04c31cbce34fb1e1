"""Days as people write them, in English and Ukrainian, as long as they can be read in one way only."""

from __future__ import annotations

import re
from datetime import date

from provisions.agreement.words import Precision
from provisions.contents import When

MONTHS = (
    ("january", "січень", "січня"),
    ("february", "лютий", "лютого"),
    ("march", "березень", "березня"),
    ("april", "квітень", "квітня"),
    ("may", "травень", "травня"),
    ("june", "червень", "червня"),
    ("july", "липень", "липня"),
    ("august", "серпень", "серпня"),
    ("september", "вересень", "вересня"),
    ("october", "жовтень", "жовтня"),
    ("november", "листопад", "листопада"),
    ("december", "грудень", "грудня"),
)
# Shorter beginnings of a month could be of two.
LEAST_LETTERS = 3

YEAR_FIRST = re.compile(r"(?P<year>[0-9]{4})(?:[-/](?P<month>[0-9]{1,2})(?:[-/](?P<day>[0-9]{1,2}))?)?")
DAY_FIRST = re.compile(r"(?P<day>[0-9]{1,2})\.(?P<month>[0-9]{1,2})\.(?P<year>[0-9]{4})")
IN_WORDS = re.compile(r"(?:(?P<day>[0-9]{1,2})\.? )?(?P<name>[^\W\d_]+)\.?,? (?P<year>[0-9]{4})")
IN_AMERICAN_WORDS = re.compile(r"(?P<name>[^\W\d_]+)\.? (?P<day>[0-9]{1,2}), (?P<year>[0-9]{4})")
# 2025 р., 2025 року
OF_THE_YEAR = re.compile(r" ?(?:р\.?|року)$")


def read_day(text: str) -> When | None:
    """A day, a month or a year. None where it is none, or could be two: 5/6/2025 is in May or in June."""
    bare = OF_THE_YEAR.sub("", " ".join(text.casefold().split()))
    for form in (YEAR_FIRST, DAY_FIRST, IN_WORDS, IN_AMERICAN_WORDS):
        if found := form.fullmatch(bare):
            said = found.groupdict()
            month = _month(said["name"]) if "name" in said else said["month"]
            return _when(said["year"], month, said["day"]) if month or "name" not in said else None
    return None


def _month(name: str) -> int | None:
    if len(name) < LEAST_LETTERS:
        return None
    months = [n for n, names in enumerate(MONTHS, 1) if any(each.startswith(name) for each in names)]
    return months[0] if len(months) == 1 else None


def _when(year: str, month: str | int | None, day: str | None) -> When | None:
    precision = Precision.DAY if day else Precision.MONTH if month else Precision.YEAR
    try:
        return When(date(int(year), int(month or 1), int(day or 1)), precision)
    except ValueError:
        return None
