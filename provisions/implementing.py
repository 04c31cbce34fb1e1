"""What was carried out of a signed text: when a text counts as signed, and the history of a line with its reversals.

None of it has to do with agreement: rule AS-1 reads no implementation, and no level of agreement moves by one.
"""

from __future__ import annotations

from calendar import monthrange
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import NamedTuple

from django.db.models import F
from django.utils.translation import gettext as _

from provisions.agreement.words import Authority, Precision, Stance
from provisions.contents import ImplementationContent, PositionContent, When
from provisions.held import held, held_then
from provisions.models import Plan, PlanVersion, Position, Resource, Wording

# Where there are that many principals, so many of them have to have signed: nobody concludes anything alone.
SIGNATURES = 2


@dataclass(frozen=True, slots=True)
class Step:
    """An assessment in the history of a line.

    `stands`: it is the level from its day on, which it is not where another of the same day is lower. `fell_from` is
    the assessment that held until then, where that one's level was higher: the step is a reversal.
    """

    said: ImplementationContent
    stands: bool
    fell_from: ImplementationContent | None = None


def history_of(assessed: Iterable[ImplementationContent]) -> tuple[Step, ...]:
    """The assessments of one line as its history, the earliest first; those that were withdrawn are left out.

    Days count by the first of the period that is known. Of several of one day the lowest stands.
    """
    there = [each for each in assessed if each.level is not None]
    steps: list[Step] = []
    before: ImplementationContent | None = None
    for _day, of_the_day in groupby(sorted(there, key=_in_order), key=lambda each: each.since.day):
        lowest, *others = of_the_day
        fell = before if before and _rank(before) > _rank(lowest) else None
        steps += [*(Step(each, stands=False) for each in reversed(others)), Step(lowest, stands=True, fell_from=fell)]
        before = lowest
    return tuple(steps)


def _in_order(said: ImplementationContent) -> tuple[date, int, str]:
    return (said.since.day, _rank(said), said.key)


def _rank(said: ImplementationContent) -> int:
    return int(said.level or 0)


def current(steps: Collection[Step]) -> Step | None:
    """The step that holds at the end of a history."""
    return next((step for step in reversed(tuple(steps)) if step.stands), None)


def histories(
    plan: Plan, *, until: date | None = None, known_at: datetime | None = None
) -> dict[str, tuple[Step, ...]]:
    """The history of each line that has one, until a day, as is known now or was at a moment. One query."""
    found = (
        held_then(plan, Resource.IMPLEMENTATION, keys=None, known_at=known_at)
        if known_at
        else held(plan, Resource.IMPLEMENTATION)
    )
    assessed: dict[str, list[ImplementationContent]] = defaultdict(list)
    for each in found.values():
        if until is None or each.content.since.day <= until:
            assessed[each.content.provision].append(each.content)
    steps = {line: history_of(levels) for line, levels in assessed.items()}
    return {line: history for line, history in steps.items() if history}


# ---- What was signed ----


def signed_texts(plan: Plan) -> dict[str, date]:
    """The texts of a plan that were signed, by slug, each with the day from which it was. Two queries.

    A text counts as signed once every principal has accepted the whole of it with a voice that is its own and
    authoritative, two of them formally, as who initials or signs does. What is said later takes no signature back.
    """
    principals = PlanVersion.objects.standing().filter(plan=plan).values_list("principals", flat=True).first()
    said: dict[str, list[Acceptance]] = defaultdict(list)
    accepted = Position.objects.filter(
        plan=plan,
        revision__isnull=False,
        stance=Stance.ACCEPT,
        authority__gte=Authority.AUTHORITATIVE,
        asserted_by=F("party"),
        retraction=None,
    )
    for text, party, authority, day in accepted.values_list("revision__slug", "party__slug", "authority", "stated_on"):
        said[text].append(Acceptance(party, authority, day))
    signed = {text: signed_on(acceptances, set(principals or ())) for text, acceptances in said.items()}
    return {text: day for text, day in signed.items() if day is not None}


class Acceptance(NamedTuple):
    """That a party has accepted a whole text."""

    party: str
    authority: int
    day: date


def is_acceptance(said: PositionContent) -> bool:
    """Whether a position on a whole text counts towards its signature."""
    own = said.asserted_by == said.party
    return own and said.stance == Stance.ACCEPT and said.authority >= Authority.AUTHORITATIVE


def signed_on(acceptances: Iterable[Acceptance], principals: Collection[str]) -> date | None:
    """The day of the last acceptance that a text needed to be signed; None where one is missing."""
    accepted: dict[str, date] = {}
    formally: dict[str, date] = {}
    for party, authority, day in acceptances:
        if party in principals:
            accepted[party] = min(day, accepted.get(party, day))
            if authority >= Authority.FORMAL:
                formally[party] = min(day, formally.get(party, day))
    needed = min(SIGNATURES, len(principals))
    if not principals or len(accepted) < len(principals) or len(formally) < needed:
        return None
    return max(*accepted.values(), sorted(formally.values())[needed - 1])


class SignedLines:
    """From which day on the lines of a plan have words in a text that was signed. Three queries for all."""

    def __init__(self, plan: Plan, lines: Iterable[str]) -> None:
        texts = signed_texts(plan)
        rows = Wording.objects.filter(revision__plan=plan, revision__slug__in=texts, provision__slug__in=set(lines))
        self._signed: dict[str, date] = {}
        for line, text in rows.values_list("provision__slug", "revision__slug"):
            self._signed[line] = min(texts[text], self._signed.get(line, texts[text]))

    def why_not(self, line: str, since: When) -> Mapping[str, str]:
        """What keeps a line from being assessed from a day on, by the field at fault, with the remedy."""
        signed = self._signed.get(line)
        if signed is None:
            told = _(
                "No signed text has words of '%(line)s', and only what was signed can be carried out. Record first, as "
                "positions on the whole text, that every principal accepts it, at least two of them with formal "
                "authority."
            )
            return {"provision": told % {"line": line}}
        if last_day(since) < signed:
            told = _("Not before %(day)s had all principals accepted the text; give that day or a later one.")
            return {"since": told % {"day": signed.isoformat()}}
        return {}


def left_unsigned(plan: Plan) -> list[str]:
    """The keys of levels that stand on record and rest on no signature as it stands now; one query where none is."""
    levels = [each.content for each in held(plan, Resource.IMPLEMENTATION).values() if each.content.level is not None]
    if not levels:
        return []
    signed = SignedLines(plan, [each.provision for each in levels])
    return [each.key for each in levels if signed.why_not(each.provision, each.since)]


def last_day(when: When) -> date:
    """The last day of the period that is known."""
    if when.precision == Precision.YEAR:
        return when.day.replace(month=12, day=31)
    if when.precision == Precision.MONTH:
        return when.day.replace(day=monthrange(when.day.year, when.day.month)[1])
    return when.day
