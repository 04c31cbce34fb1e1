"""What became of what was said of a text when another took its place. The readings are those of rule AS-1."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from django.db.models import Q
from django.utils import timezone

from provisions.agreement import assess
from provisions.agreement.words import Carried, Gone, Level, Precision, Reading, ReadingClass, Stance
from provisions.assessing import record_of
from provisions.board import PartyHead
from provisions.contents import When
from provisions.models import LineAssessment, Plan, PlanAssessment, PlanVersion, Position

from .texts import Text

Assessment = Mapping[str, Any]

RESTATED = (Carried.SAME, Carried.REVISION)
CONSENTING = (ReadingClass.CONSENT, ReadingClass.PARTIAL)


@dataclass(frozen=True, slots=True)
class Reckoning:
    """On how many lines of a text one party spoke anew, an older word of it stands or lapsed, or it has no word."""

    party: PartyHead
    restated: int
    standing: int
    lapsed: int
    silent: int


@dataclass(frozen=True, slots=True)
class Demand:
    """A party whose consent to the last words of a line still stands, and since when."""

    party: PartyHead
    stance: Stance
    stated_on: When
    key: str


@dataclass(frozen=True, slots=True)
class Refused:
    """A party that refused or reserved on a text as a whole, and when."""

    party: PartyHead
    stance: Stance
    stated_on: When


class Voices:
    """What the parties of a plan said, as it reads on several of its texts."""

    def __init__(self, plan: Plan, version: PlanVersion, *, current: str | None, texts: Collection[str]) -> None:
        """`texts` are those that will be asked for; what is kept of the `current` one is not worked out again."""
        self.plan, self.threshold = plan, version.threshold
        self.parties = {
            place.party.slug: PartyHead(
                place.party.slug, place.party.name, place.party.short, place.party.slug in version.principals
            )
            for place in plan.places.select_related("party").order_by("order")
        }
        others = tuple(sorted({*texts} - {current}))
        self.of: dict[str, Assessment] = (
            _assessments(plan.pk, plan.epoch, plan.seq, others, timezone.now().date()) if others else {}
        )
        if current in texts and current is not None:
            self.of = {**self.of, current: _kept(plan)}
        self.positions = self._positions()

    def reckonings(self, text: str) -> list[Reckoning]:
        """By party, over all lines of a text; empty while its levels are not worked out."""
        lines = [body["readings"] for body in self.of[text]["provisions"].values() if "readings" in body]
        return [self._reckoning(party, [readings[party.slug] for readings in lines]) for party in self._in(lines)]

    def level(self, text: str, line: str) -> Level | Gone | None:
        """The level of a line in a text, or what became of it there; None while it is not worked out."""
        whole = self.of[text]
        if body := whole["provisions"].get(line):
            return Level(body["level"])
        return Gone(whole["gone"][line]["state"]) if line in whole["gone"] else None

    def demands(self, line: str, *, last: Text, since: Collection[str]) -> list[Demand]:
        """Who still stands by the words of a line in the last text that had it.

        Not who consented later to one of the texts `since` as a whole: those do without the line.
        """
        readings = self.of[last.slug]["provisions"].get(line, {}).get("readings", {})
        found = (self._demand(slug, reading, since) for slug, reading in readings.items())
        order = list(self.parties)
        return sorted(filter(None, found), key=lambda each: order.index(each.party.slug))

    def refusals(self, text: str) -> list[Refused]:
        """Who refused a text as a whole, with its last word on it."""
        refused = []
        for slug in self.of[text]["refused_by"]:
            said = [each for each in self._of_the_whole(slug, [text]) if not Stance(each.stance).consenting]
            if said:
                last = max(said, key=lambda each: each.stated_on)
                refused.append(Refused(self.parties[slug], Stance(last.stance), _when(last)))
        return refused

    def _in(self, lines: Collection[Mapping[str, Any]]) -> Iterable[PartyHead]:
        return [party for party in self.parties.values() if all(party.slug in readings for readings in lines) and lines]

    def _reckoning(self, party: PartyHead, readings: list[Mapping[str, Any]]) -> Reckoning:
        kinds = [_kind(reading) for reading in readings]
        return Reckoning(party, *(kinds.count(kind) for kind in ("restated", "standing", "lapsed", "silent")))

    def _demand(self, slug: str, reading: Mapping[str, Any], since: Collection[str]) -> Demand | None:
        said = self.positions.get(reading["position"] or "")
        if said is None or reading["class"] not in CONSENTING or reading["carried"] == Carried.REVISION:
            return None
        if any(
            Stance(later.stance).consenting and later.stated_on >= said.stated_on
            for later in self._of_the_whole(slug, since)
        ):
            return None
        return Demand(self.parties[slug], Stance(said.stance), _when(said), said.key)

    def _of_the_whole(self, slug: str, texts: Collection[str]) -> list[Any]:
        """The party's own words on whole texts that are high enough for the rule."""
        return [
            each
            for each in self.positions.values()
            if each.revision__slug in texts
            and each.party__slug == each.asserted_by__slug == slug
            and each.authority >= self.threshold
        ]

    def _positions(self) -> dict[str, Any]:
        """Those that readings rest on, and all that were on whole texts."""
        keys = {
            reading["position"]
            for assessment in self.of.values()
            for body in assessment["provisions"].values()
            for reading in body.get("readings", {}).values()
        }
        rows = Position.objects.filter(plan=self.plan, retraction=None).filter(
            Q(key__in=keys - {None}) | Q(revision__isnull=False)
        )
        columns = (
            "key", "party__slug", "asserted_by__slug", "revision__slug", "stance", "authority", "stated_on",
            "precision", "approximate",
        )  # fmt: skip
        return {row.key: row for row in rows.values_list(*columns, named=True)}


def _kind(reading: Mapping[str, Any]) -> str:
    if reading["reading"] == Reading.STALE:
        return "lapsed"
    if reading["carried"] in RESTATED:
        return "restated"
    return "silent" if reading["carried"] == Carried.NONE else "standing"


def _when(row: Any) -> When:
    return When(row.stated_on, Precision(row.precision), row.approximate)


def _kept(plan: Plan) -> Assessment:
    """The assessment of the current text as it is kept."""
    rows = LineAssessment.objects.standing().filter(provision__plan=plan)
    lines = dict(rows.values_list("provision__slug", "body"))
    whole = PlanAssessment.objects.standing().filter(plan=plan).first()
    return {
        "provisions": {slug: body for slug, body in lines.items() if "readings" in body},
        "gone": {slug: body for slug, body in lines.items() if "readings" not in body},
        "refused_by": whole.body.get("refused_by", []) if whole else [],
    }


@lru_cache(maxsize=64)
def _assessments(pk: int, _epoch: str, _seq: int, texts: tuple[str, ...], today: date) -> dict[str, Assessment]:
    """What the rule says of several texts of one plan, kept under the head of the log: the same log says the same."""
    record = record_of(Plan.objects.get(pk=pk), known_at=timezone.now())
    return {text: assess(record, as_of=today, revision=text) for text in texts}
