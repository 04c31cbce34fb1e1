"""Looking back: the day and the moment that a page is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _

from provisions.models import Change, PlanVersion, RevisionVersion

from .asking import Request

# What the box "Only what was known then" sends.
THEN = "then"


@dataclass(frozen=True, slots=True)
class Past:
    """What was asked of the past. `wrong` says which of it could not be read, so that nobody takes today for then."""

    as_of: date | None = None
    known_at: datetime | None = None
    revision: str | None = None
    wrong: str = ""

    def __bool__(self) -> bool:
        return self.as_of is not None or self.known_at is not None or self.revision is not None

    @property
    def asked(self) -> dict[str, str]:
        """What an address says to ask for the same."""
        said = {
            "as_of": self.as_of.isoformat() if self.as_of else "",
            "known_at": self.known_at.isoformat().replace("+00:00", "Z") if self.known_at else "",
            "revision": self.revision or "",
        }
        return {name: value for name, value in said.items() if value}

    @property
    def query(self) -> str:
        """The same as the end of an address, empty where nothing is asked."""
        return f"?{urlencode(self.asked)}" if self.asked else ""


def asked_past(query: Mapping[str, str], *, plan: str = "") -> Past:
    """`as_of` is a day. `known_at` is a moment, a day (until its end), or "then": until the end of `as_of`.

    `seq` is the moment of a change of `plan`, by its number. `revision` is a text of the plan, as it was known at the
    moment. Pages without a plan do not ask for either.
    """
    wrong = ""
    as_of, known_at = None, None
    if query.get("as_of"):
        as_of = _day(query["as_of"])
        if as_of is None:
            wrong = _("“%(asked)s” is not a past day, such as 2026-02-20.") % {"asked": query["as_of"]}
    if query.get("known_at") and not wrong:
        known_at = _end(as_of) if query["known_at"] == THEN else _moment(query["known_at"])
        if known_at is None:
            wrong = _("“%(asked)s” is not a past moment, such as 2026-02-20T12:00Z.") % {"asked": query["known_at"]}
    if plan and query.get("seq") and not wrong:
        known_at = _state(plan, query["seq"])
        if known_at is None:
            wrong = _("“%(asked)s” is not a state of this plan.") % {"asked": query["seq"]}
    revision = query.get("revision") or None
    if plan and revision and not wrong and not _has(plan, revision, known_at):
        wrong = _("“%(asked)s” is not a text of this plan.") % {"asked": revision}
    return Past(wrong=wrong) if wrong else Past(as_of, known_at, revision if plan else None)


def _state(plan: str, seq: str) -> datetime | None:
    """When a change was recorded."""
    if not seq.isdecimal():
        return None
    return Change.objects.filter(plan__slug=plan, seq=int(seq)).values_list("recorded_at", flat=True).first()


def _has(plan: str, revision: str, known_at: datetime | None) -> bool:
    versions = RevisionVersion.objects.filter(revision__plan__slug=plan, revision__slug=revision)
    return (versions.known_at(known_at) if known_at else versions.standing()).exists()


def _day(text: str) -> date | None:
    try:
        day = parse_date(text)
    except ValueError:
        return None
    return day if day and day <= timezone.now().date() else None


def _moment(text: str) -> datetime | None:
    """A moment, or the end of a day, but not of a day to come; without a time zone it is UTC."""
    try:
        moment = _end(parse_date(text)) or parse_datetime(text)
    except ValueError:
        return None
    if moment is not None and moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return moment if moment and moment.date() <= timezone.now().date() else None


def _end(day: date | None) -> datetime | None:
    """The end of a day."""
    return datetime.combine(day, time.max, tzinfo=UTC) if day else None


def before_the_record(request: Request, plan: str, past: Past) -> HttpResponse:
    """What a page shows of a moment before the plan was on record; without a moment there is no such plan."""
    first = PlanVersion.objects.filter(plan__slug=plan).order_by("version").first()
    if first is None or past.known_at is None:
        raise Http404
    return render(request, "provisions/before_the_record.html", {"first": first, "past": past, "plan": plan})
