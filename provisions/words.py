"""Small words: days as exactly as they are known, and lists as one says them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime
from decimal import Decimal

from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from provisions.agreement.words import Precision
from provisions.contents import FigureContent, When


def _format(precision: Precision) -> str:
    """How a day is written in the reader's language, in Django's letters for it."""
    if precision == Precision.YEAR:
        return "Y"
    if precision == Precision.MONTH:
        return pgettext("form of a month", "M Y")
    return pgettext("form of a day", "j M Y")


def day_in_words(value: When | date) -> str:
    """24 Dec 2025, Dec 2025 or 2025; an approximate day says so."""
    if isinstance(value, When):
        written = date_format(value.day, _format(value.precision))
        return _("about %(day)s") % {"day": written} if value.approximate else written
    return date_format(value, _format(Precision.DAY))


def moment_in_words(value: datetime) -> str:
    """24 Dec 2025, 14:05 UTC."""
    day = timezone.localtime(value, UTC)
    return f"{date_format(day, _format(Precision.DAY))}, {day:%H:%M} UTC"


def month_in_words(value: When) -> str:
    """Dec 2025, where there is no room for the day and it matters little; 2025 where that is all that is known."""
    return date_format(value.day, _format(Precision.YEAR if value.precision == Precision.YEAR else Precision.MONTH))


def whole_month_in_words(day: date) -> str:
    """December 2025, in a title."""
    return date_format(day, pgettext("form of a month in a title", "F Y"))


def listed(items: Iterable[str]) -> str:
    """a, b and c."""
    *most, last = [*items] or [""]
    return _("%(most)s and %(last)s") % {"most": ", ".join(most), "last": last} if most else last


BILLION, MILLION = Decimal(10**9), Decimal(10**6)


def quantity_in_words(figure: FigureContent) -> str:
    """800,000 personnel, USD 200 billion, 33 percent; or that no value is known."""
    if figure.value is None:
        return _("not known")
    money = figure.unit.isupper()
    if money and figure.value >= BILLION:
        number = _("%(number)s billion") % {"number": _plain(figure.value / BILLION)}
    elif money and figure.value >= MILLION:
        number = _("%(number)s million") % {"number": _plain(figure.value / MILLION)}
    elif figure.unit == "year":
        return f"{figure.value:f}"
    else:
        number = _plain(figure.value)
    return f"{figure.unit} {number}" if money else f"{number} {figure.unit}"


LONG_NUMBER = re.compile(r"(?<![\d.,])\d{5,}(?![\d.,]*\d)")


def grouped(text: str) -> str:
    """A text whose whole numbers of five digits or more are written as the reader writes them: 800,000; no year is."""
    return LONG_NUMBER.sub(lambda found: number_format(int(found[0]), force_grouping=True), text)


def _plain(number: Decimal) -> str:
    return number_format(f"{number.normalize():f}", force_grouping=True)
