"""Reads the record and the levels once, and makes rows and cells of them."""

from __future__ import annotations

import copy
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from operator import attrgetter
from typing import Any, Self, cast

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import JSONObject
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from provisions.agreement import assess
from provisions.agreement.replay import revision_on, speaking
from provisions.agreement.words import (
    Authority,
    Carried,
    Gone,
    Kind,
    Level,
    Phase,
    Precision,
    Provenance,
    Reading,
    Stance,
    WordingChange,
)
from provisions.assessing import record_of
from provisions.contents import When
from provisions.models import (
    Category,
    LineAssessment,
    Look,
    Plan,
    PlanAssessment,
    PlanParty,
    PlanVersion,
    Position,
    ProvisionVersion,
    Removal,
    RevisionVersion,
    Ruling,
    WordingVersion,
)

from .news import News, Said
from .shape import Board, CategoryBoard, Cell, LastWord, PartyHead, Refusal, RevisionHead, Row, RulingMark
from .state import State

CLOSED = (Level.AGREED_AD_REFERENDUM, Level.AGREED)
IN_ORDER_OF_TIME = attrgetter("stated_on", "pk")
CHANGE_ORDER = (
    WordingChange.SPLIT,
    WordingChange.MERGED,
    WordingChange.SUBSTANTIVE,
    WordingChange.EDITORIAL,
    WordingChange.IDENTICAL,
)


class BoardReading:
    """One reading of the record: what is fetched once and used by every row. Nobody writes in it once it is made."""

    def __init__(
        self,
        state: State,
        as_of: date | None = None,
        known_at: datetime | None = None,
        revision: str | None = None,
    ) -> None:
        self.state = state
        self.as_of, self.known_at, self.revision = as_of, known_at, revision
        self.replayed = as_of is not None or known_at is not None or revision is not None
        self.moment = known_at or timezone.now()
        self.version = self._version()
        self.parties = self._parties()
        self.revisions = self._revisions()
        self.provisions = list(self._provisions())
        current = self.version.current_revision
        self.looks = {(look["position"], look["line"]): look["on"] for look in self.version.looks}
        self.lines, self.speaks, self.rest = self._assessment()
        self.chain = self._chain(revision or self.rest.get("revision") or (current.slug if current else None))
        self.wordings = self._wordings()
        self.positions = self._positions()
        self.rows = {line.provision.slug: self.row(line) for line in self.provisions}

    def with_news(self, news: News) -> Self | None:
        """The reading of the record as it stands after some news; None where it has to be read anew.

        What the news leave as it was is not made again: its row is the same object.
        """
        if not news.tell_of_lines_only or news.state.names != self.state.names:
            return None
        after = copy.copy(self)
        after.state = news.state
        if news.whole is not None:
            after.rest = news.whole
            if after.rest["revision"] != self.rest.get("revision"):
                return None
        after.lines = _put(self.lines, {slug: each and each["body"] for slug, each in news.lines.items()})
        after.speaks = _put(self.speaks, {slug: each and each["speaks"] for slug, each in news.lines.items()})
        after.positions = self._with_positions(news)
        touched = self._touched(news, after)
        after.rows = {
            slug: _same(row, after.row(line)) if slug in touched else row
            for line, (slug, row) in zip(self.provisions, self.rows.items(), strict=True)
        }
        return after

    def _with_positions(self, news: News) -> dict[str, Said]:
        if not news.positions and not news.retracted:
            return self.positions
        found = {**self.positions, **{row.key: row for row in news.positions}}
        for key in news.retracted:
            found.pop(key, None)
        return found

    def _touched(self, news: News, after: BoardReading) -> set[str]:
        """The lines whose rows may have changed."""
        if news.retracted or news.state.assessed_on != self.state.assessed_on:
            return set(self.rows)
        keystones = {self.rest.get("keystone"), after.rest.get("keystone")}
        return {*news.lines, *self._with_last_words(news), *(keystones if len(keystones) > 1 else ())}

    def _with_last_words(self, news: News) -> set[str]:
        """The lines that are gone of which something more was said."""
        gone = {line for line, body in self.lines.items() if "state" in body}
        if any(row.revision__slug for row in news.positions):
            return gone
        return gone & {row.wording__provision__slug for row in news.positions if row.wording__provision__slug}

    def board(self) -> Board:
        rows = [row for row in self.rows.values() if row is not None]
        by_category: dict[str, list[Row]] = defaultdict(list)
        for row in rows:
            by_category[row.category].append(row)
        rolled = self.rest.get("categories", {})
        vector: dict[str, int] = {}
        for row in rows:
            if row.live and row.level and row.kind == Kind.OPERATIVE:
                vector[row.level] = vector.get(row.level, 0) + 1
        operative = sum(vector.values())
        return Board(
            plan=self.state.plan,
            title=self.version.title,
            summary=self.version.summary,
            state=self.state,
            as_of=self.as_of,
            known_at=self.known_at,
            asked_revision=self.revision,
            phase=Phase(self.rest["phase"]) if self.rest else None,
            provisional=self.rest.get("provisional", True),
            current=self.revisions[self.chain[0]] if self.chain else None,
            first=self.revisions[self.chain[-1]] if self.chain else None,
            chain=tuple(self.revisions[slug] for slug in reversed(self.chain)),
            parties=tuple(self.parties.values()),
            categories=tuple(
                CategoryBoard(
                    slug=category["slug"],
                    title=category["title"],
                    level=Level(roll["level"]) if (roll := rolled.get(category["slug"], {})).get("level") else None,
                    vector=roll.get("vector", {}),
                    closed=roll.get("closed", "0/0"),
                    rows=tuple(by_category[category["slug"]]),
                )
                for category in self.version.categories
            ),
            refusals=self._refusals(),
            packages=tuple(tuple(package) for package in self.rest.get("packages", ())),
            keystone=self.rest.get("keystone"),
            vector={level: vector[level] for level in Level if level in vector},
            threshold=Authority(self.version.threshold),
            closed=f"{sum(vector.get(level, 0) for level in CLOSED)}/{operative}",
            level=next((level for level in Level if level in vector), None),
        )

    # ---- What is fetched ----

    def _held(self, versions: QuerySet[Any]) -> Any:
        """The versions that are shown. What stands is asked of no clock: those of several machines differ."""
        return versions.known_at(self.moment) if self.replayed else versions.standing()  # type: ignore[attr-defined]

    def _version(self) -> Any:
        """The plan's head as it was known, with what hangs on the plan: parties, categories, the kept assessment."""
        parties = PlanParty.objects.filter(plan=OuterRef("plan")).order_by("order")
        categories = Category.objects.filter(plan=OuterRef("plan")).order_by("order")
        kept = PlanAssessment.objects.standing().filter(plan=OuterRef("plan"))
        looks = Look.objects.filter(plan=OuterRef("plan"))
        return (
            self._held(PlanVersion.objects.all())
            .select_related("current_revision")
            .annotate(
                places=ArraySubquery(
                    parties.values(json=JSONObject(slug="party__slug", name="party__name", short="party__short"))
                ),
                categories=ArraySubquery(categories.values(json=JSONObject(slug="slug", title="title"))),
                kept=Subquery(kept.values("body")[:1]),
                looks=ArraySubquery(
                    looks.values(json=JSONObject(position="position__key", line="provision__slug", on="looked_on"))
                ),
            )
            .get(plan=self.state.pk)
        )

    def _parties(self) -> dict[str, PartyHead]:
        return {
            place["slug"]: PartyHead(**place, principal=place["slug"] in self.version.principals)
            for place in self.version.places
        }

    def _revisions(self) -> dict[str, RevisionHead]:
        """The drafts by slug. Beside them is kept what each derives from, what it removed, and rulings on its words."""
        removals = Removal.objects.filter(revision_version=OuterRef("pk")).order_by("pk")
        rulings = (
            self._held(Ruling.objects.all())
            .filter(wording__revision=OuterRef("revision"))
            .exclude(level="")
            .order_by("recorded_at")
        )
        ruled = JSONObject(line="wording__provision__slug", level="level", reason="reason", recorded_at="recorded_at")
        rows = (
            self._held(RevisionVersion.objects.all())
            .filter(revision__plan=self.state.pk)
            .select_related("revision", "derives_from")
            .annotate(
                removed=ArraySubquery(removals.values(json=JSONObject(line="provision__slug", note="note"))),
                ruled=ArraySubquery(rulings.values(json=ruled)),
            )
        )
        self.derives = {row.revision.slug: row.derives_from.slug if row.derives_from else None for row in rows}
        self.removals = {row.revision.slug: {each["line"]: each["note"] for each in row.removed} for row in rows}
        self.rulings = {
            (f"{row.revision.slug}/{each['line']}"): RulingMark(
                Level(each["level"]),
                each["reason"],
                f"{row.revision.slug}/{each['line']}",
                cast("datetime", parse_datetime(each["recorded_at"])),
            )
            for row in rows
            for each in row.ruled
        }
        return {row.revision.slug: revision_head(row) for row in rows}

    def _assessment(self) -> tuple[Mapping[str, Any], Mapping[str, list[str]], Mapping[str, Any]]:
        """The entry of each line, the words that its current ones still say, and the assessment of the whole."""
        if self.replayed:
            record = record_of(Plan.objects.get(pk=self.state.pk), known_at=self.moment)
            day = self.as_of or self.moment.date()
            shown = self.revision or revision_on(record, as_of=day)
            whole = assess(record, as_of=day, revision=shown)
            return {**whole["provisions"], **whole["gone"]}, speaking(record, revision=shown), whole
        kept = {row.provision.slug: row.kept for row in self.provisions if row.kept}
        bodies = {slug: each["body"] for slug, each in kept.items()}
        return bodies, {slug: each["speaks"] for slug, each in kept.items()}, self.version.kept or {}

    def _ruling(self, line: str) -> RulingMark | None:
        """The latest ruling that the line's current words have not outgrown."""
        marks = [self.rulings[key] for key in self.speaks.get(line, ()) if key in self.rulings]
        return max(marks, key=lambda mark: mark.recorded_at, default=None)

    def _chain(self, slug: str | None) -> list[str]:
        """The evaluated revision and those that it derives from, the latest first."""
        chain: list[str] = []
        while slug is not None and slug in self.derives and slug not in chain:
            chain.append(slug)
            slug = self.derives[slug]
        return chain

    def _wordings(self) -> dict[str, dict[str, WordingVersion]]:
        """The words of each line in the revisions of the chain."""
        rows = (
            self._held(WordingVersion.objects.all())
            .filter(revision__plan=self.state.pk, revision__slug__in=self.chain)
            .select_related("wording__provision", "wording__revision")
        )
        found: dict[str, dict[str, WordingVersion]] = {}
        for row in rows:
            found.setdefault(row.wording.provision.slug, {})[row.wording.revision.slug] = row
        return found

    def _provisions(self) -> Iterable[Any]:
        """The lines in their order, each with its kept assessment."""
        kept = LineAssessment.objects.standing().filter(provision=OuterRef("provision"))
        return (
            self._held(ProvisionVersion.objects.all())
            .filter(provision__plan=self.state.pk, provision__parent=None)
            .select_related("provision", "category")
            .annotate(kept=Subquery(kept.values(json=JSONObject(body="body", speaks="speaks"))[:1]))
            .order_by("provision__order")
        )

    def _positions(self) -> dict[str, Said]:
        """Those that readings rest on, those on whole texts of the chain, and what was said of lines that are gone."""
        keys = {
            key
            for body in self.lines.values()
            for reading in body.get("readings", {}).values()
            for key in (reading["position"], *reading["claims"])
            if key
        }
        gone = [line for line, body in self.lines.items() if "state" in body]
        of_plan = Position.objects.filter(plan=self.state.pk)
        if self.replayed:
            known = of_plan.filter(recorded_at__lte=self.moment).exclude(retraction__recorded_at__lte=self.moment)
        else:
            known = of_plan.filter(retraction=None)
        rows = known.filter(
            Q(key__in=keys)
            | Q(revision__slug__in=self.chain)
            | Q(wording__provision__slug__in=gone, wording__revision__slug__in=self.chain)
        ).values_list(*Said._fields)
        return {row.key: row for row in map(Said._make, rows)}

    # ---- What is made of it ----

    def row(self, line: ProvisionVersion) -> Row | None:
        slug = line.provision.slug
        words = self.wordings.get(slug, {})
        seen_in = [revision for revision in self.chain if revision in words]
        body = self.lines.get(slug, {})
        if not seen_in and not body:
            # The line belongs to other texts than the one that is shown.
            return None
        now = words.get(self.chain[0])
        first = words.get(self.chain[-1])
        latest = words[seen_in[0]] if seen_in else None
        level = _level(body.get("level") or body.get("state"))
        cells = tuple(
            self._cell(slug, party, body["readings"][party.slug], essential=body["essential"])
            for party in self.parties.values()
            if party.slug in body.get("readings", {})
        )
        last_words = tuple(self._last_words(slug, seen_in)) if isinstance(level, Gone) else ()
        return Row(
            slug=slug,
            title=line.title,
            lead=line.lead,
            gist=latest.gist if latest else "",
            category=line.category.slug,
            kind=Kind(line.kind),
            first_number=(first.number or None) if first else None,
            number=(now.number or None) if now else None,
            level=level,
            greatest=Level(body["greatest"]) if body.get("greatest") else None,
            last_level=Level(body["last_level"]) if body.get("last_level") else None,
            change=self._change(slug, level),
            last_change=now.change if now else None,
            updated=self._updated((*cells, *last_words), now),
            cells=cells,
            last_words=last_words,
            counts=body.get("counts", {}),
            interval=tuple(body.get("interval", ())),
            flags=_flags(body, cells),
            alarm=body.get("alarm"),
            removal=self.removals.get(self.chain[0], {}).get(slug, "") if self.chain else "",
            package=tuple(body.get("package") or ()),
            waits_on=tuple(tuple(package) for package in body.get("waits_on", ())),
            moves=body["moves"]["agreed"] if "moves" in body else None,
            keystone=self.rest.get("keystone") == slug,
            ruling=self._ruling(slug),
            proof=body,
        )

    def _cell(self, line: str, party: PartyHead, reading: Mapping[str, Any], *, essential: list[str]) -> Cell:
        row = self.positions.get(reading["position"] or "")
        given_on = row.text if row else None
        stated_on = _when(row) if row else None
        return Cell(
            party=party,
            essential=party.slug in essential,
            reading=Reading(reading["reading"]),
            reading_class=reading["class"],
            stance=reading["stance"],
            authority=reading["authority"],
            position=reading["position"],
            stated_on=stated_on,
            given_on=self.revisions.get(given_on) if given_on else None,
            carried=Carried(reading["carried"]),
            aged=stated_on is not None and self._is_aged(stated_on.day),
            looked_on=self._looked_on(reading["position"], line),
            claimed_by=tuple(
                dict.fromkeys(
                    self.positions[key].asserted_by__slug for key in reading["claims"] if key in self.positions
                )
            ),
            flags=tuple(reading["flags"]),
        )

    def _last_words(self, line: str, seen_in: list[str]) -> Iterator[LastWord]:
        """By party, what it said last of the line itself; failing that, its last word on the last text that had it."""
        known = self.known_at.date() if self.known_at else self.state.assessed_on
        day = self.as_of or known or self.moment.date()
        own = sorted(
            (
                row
                for row in self.positions.values()
                if row.asserted_by__slug == row.party__slug
                and row.authority >= self.version.threshold
                and row.stated_on <= day
            ),
            key=IN_ORDER_OF_TIME,
        )
        of_line = {
            row.party__slug: row
            for row in own
            if row.wording__provision__slug == line and row.wording__revision__slug in self.chain
        }
        of_text = {row.party__slug: row for row in own if row.revision__slug and row.revision__slug == seen_in[0]}
        for slug, party in self.parties.items():
            if row := of_line.get(slug) or of_text.get(slug):
                yield LastWord(
                    party=party,
                    stance=Stance(row.stance),
                    stated_on=_when(row),
                    given_on=self.revisions[row.text],
                    of_the_whole=row.revision__slug is not None,
                )

    def _looked_on(self, position: str | None, line: str) -> date | None:
        found = self.looks.get((position, line))
        day = date.fromisoformat(found) if found and not self.replayed else None
        return None if day is None or self._is_aged(day) else day

    def _is_aged(self, day: date) -> bool:
        today = self.as_of or self.state.assessed_on or self.moment.date()
        return day < today - timedelta(days=self.version.horizon_days)

    def _change(self, slug: str, level: Level | Gone | None) -> str:
        """What became of the line's words between the first text of the chain and the one that is shown."""
        if level == Gone.WITHDRAWN:
            return "removed"
        if level == Gone.SUCCEEDED:
            return str(WordingChange.MERGED)
        words = self.wordings.get(slug, {})
        steps = [words[revision].change for revision in self.chain[:-1] if revision in words]
        if len(self.chain) > 1 and self.chain[-1] not in words:
            return str(WordingChange.ADDED)
        return str(next((kind for kind in CHANGE_ORDER if kind in steps), WordingChange.IDENTICAL))

    def _updated(self, cells: tuple[Cell | LastWord, ...], now: WordingVersion | None) -> When | None:
        days = [cell.stated_on for cell in cells if cell.stated_on]
        if now is not None:
            days.append(self.revisions[now.wording.revision.slug].dated)
        return max(days, key=lambda when: when.day, default=None)

    def _refusals(self) -> tuple[Refusal, ...]:
        """The whole-text positions of those who refused, as the rule lists them under `refused_by`."""
        found = (self._refusal(party) for party in self.rest.get("refused_by", ()))
        return tuple(refusal for refusal in found if refusal is not None)

    def _refusal(self, party: str) -> Refusal | None:
        """What the party said last of the latest text of the chain on which, as a whole, it spoke."""
        said = [
            row
            for row in self.positions.values()
            if row.revision__slug in self.chain
            and row.party__slug == row.asserted_by__slug == party
            and row.authority >= self.version.threshold
            and not Stance(row.stance).consenting
        ]
        if not said:
            return None
        last = max(said, key=lambda row: (-self.chain.index(row.text), row.stated_on, -row.pk))
        return Refusal(self.parties[party], last.key, last.stance, _when(last), given_on=self.revisions[last.text])


def _put(before: Mapping[str, Any], news: Mapping[str, Any]) -> dict[str, Any]:
    """What is held by line after some news, in which None stands for what is no longer held."""
    return {slug: each for slug, each in {**before, **news}.items() if each is not None}


def _same(before: Row | None, after: Row | None) -> Row | None:
    """A row that says what it said is the row that it was."""
    return before if before == after else after


def revision_head(row: RevisionVersion) -> RevisionHead:
    """A draft as heads and tags show it."""
    dated = When(row.dated, Precision(row.dated_precision), row.dated_approximate)
    return RevisionHead(row.revision.slug, row.title, row.short, dated, Provenance(row.provenance))


def _when(row: Any) -> When:
    return When(row.stated_on, Precision(row.precision), row.approximate)


def _level(word: str | None) -> Level | Gone | None:
    if word is None:
        return None
    return Gone(word) if word in set(Gone) else Level(word)


def _flags(body: Mapping[str, Any], cells: tuple[Cell, ...]) -> tuple[str, ...]:
    """The rule's flags of the line and its readings, and what a reader filters by besides."""
    found = [*body.get("flags", ()), *(flag for cell in cells for flag in cell.flags)]
    found += ["stale" for cell in cells if cell.reading == Reading.STALE]
    found += ["claimed" for cell in cells if cell.claimed_by]
    found += ["older_than_horizon" for cell in cells if cell.aged]
    found += ["carried_by_ruling" for cell in cells if cell.carried == Carried.EDITORIAL]
    return tuple(dict.fromkeys(found))
