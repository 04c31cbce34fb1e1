"""All that is on record of one line: its words in every text, what each party said of them, and why it stands so."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import chain
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery

from parties.models import Source
from provisions.agreement.words import Level, Role, Stance
from provisions.assessing import one_moment
from provisions.board import Board, Cell, PartyHead, RevisionHead, Row, board_of_the_moment, revision_head
from provisions.chronicle import Entry as LogEntry
from provisions.chronicle import Names, chronicle_of_line
from provisions.contents import (
    CompanionContent,
    DisputeContent,
    FigureContent,
    PositionContent,
    ProvisionContent,
    WordingContent,
)
from provisions.figures import Chart, Quantity, charts
from provisions.held import beside_positions, held, held_then, position_content
from provisions.implementing import Acceptance, Step, current, history_of, is_acceptance, signed_on
from provisions.models import (
    Companion,
    Dispute,
    Implementation,
    Plan,
    Position,
    Provision,
    Removal,
    Resource,
    RevisionVersion,
    Ruling,
)
from provisions.proof import Proof, events_named
from provisions.redline import Piece, redline

CONSENTING = (Stance.IN_PRINCIPLE, Stance.CONDITIONAL, Stance.NO_OBJECTION, Stance.ACCEPT)


@dataclass(frozen=True, slots=True)
class Part:
    """A lettered part of a line, in one text."""

    slug: str
    title: str
    wording: WordingContent


@dataclass(frozen=True, slots=True)
class Text:
    """The line in one text. Without a wording it is not in it; then `left` says what became of it."""

    revision: RevisionHead
    wording: WordingContent | None
    parts: tuple[Part, ...]
    on_chain: bool
    current: bool
    left: str = ""

    @property
    def dim(self) -> bool:
        """Whether no source shows all of the words."""
        return self.wording is not None and self.wording.seen != "seen"

    @property
    def unseen(self) -> bool:
        return self.wording is None or self.wording.seen == "unseen" or self.revision.provenance.unseen


@dataclass(frozen=True, slots=True)
class Ruled:
    """An analyst's own status on words of the line, and what became of it."""

    level: Level | None
    reason: str
    text: RevisionHead
    recorded_at: datetime
    replaced_at: datetime | None
    holds: bool
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Said:
    """A position as it is shown. `counted` says whether its voice is the party's own and high enough for the rule."""

    content: PositionContent
    given_on: RevisionHead
    counted: bool
    retracted: str | None

    @property
    def of_the_whole_text(self) -> bool:
        return self.content.provision is None


@dataclass(frozen=True, slots=True)
class Voice:
    """All that one party said of the line, and how it reads now (no cell where the line is gone)."""

    party: PartyHead
    roles: tuple[Role, ...]
    essential: bool
    cell: Cell | None
    standing: Said | None
    claims: tuple[Said, ...]
    earlier: tuple[Said, ...]
    track: tuple[Stance | None, ...]


@dataclass(frozen=True, slots=True)
class CarriedOut:
    """What was carried out of a line: its history, the earliest step first; and the day on which it was signed."""

    steps: tuple[Step, ...]
    signed: date | None

    @property
    def current(self) -> Step | None:
        """The step that holds."""
        return current(self.steps)

    @property
    def latest_first(self) -> list[Step]:
        return list(reversed(self.steps))


@dataclass(frozen=True, slots=True)
class Sheet:
    """The page of one line. `shown` has its words in the current text, else its last; `base` those to compare with."""

    board: Board
    row: Row
    line: ProvisionContent
    texts: tuple[Text, ...]
    shown: Text | None
    base: Text | None
    pieces: list[Piece]
    voices: tuple[Voice, ...]
    proof: Proof | None
    rulings: tuple[Ruled, ...]
    disputes: tuple[DisputeContent, ...]
    companions: tuple[CompanionContent, ...]
    implementation: CarriedOut
    sources: Mapping[str, Source]
    history: list[LogEntry]

    @property
    def chain(self) -> list[Text]:
        """The texts that the current one continues, and itself."""
        return [text for text in self.texts if text.on_chain]

    @property
    def worded(self) -> list[Text]:
        """The texts that have words for this line."""
        return [text for text in self.texts if text.wording]

    @property
    def quantities(self) -> list[Quantity]:
        """The figures of the line, text by text, those of rival words included; an empty one where a text has none."""
        names = {party.slug: party.short for party in self.board.parties}
        return [
            Quantity(text.revision, figure, tuple(names.get(slug, slug) for slug in parties), sure=not text.dim)
            for text in self.worded
            for figure, parties in (*_figures(text), *(() if any(_figures(text)) else ((None, ()),)))
        ]

    @property
    def charts(self) -> list[Chart]:
        return charts(self.quantities)

    @property
    def ruling(self) -> Ruled | None:
        """The ruling that holds for the current words."""
        return next((ruled for ruled in self.rulings if ruled.holds), None)

    @property
    def past_rulings(self) -> list[Ruled]:
        """Those that were withdrawn or replaced, and those on words that the current ones no longer say."""
        return [ruled for ruled in self.rulings if ruled is not self.ruling]

    @property
    def essential(self) -> list[Voice]:
        return [voice for voice in self.voices if voice.essential]

    @property
    def others(self) -> list[Voice]:
        return [voice for voice in self.voices if not voice.essential]


class NoSuchLine(LookupError):
    """The plan has no such line, or the line has no words in the text that is shown or those before it."""


def sheet(
    plan: str,
    line: str,
    *,
    compare: str | None = None,
    as_of: date | None = None,
    known_at: datetime | None = None,
    revision: str | None = None,
) -> Sheet:
    """The sheet of a line, its words redlined against those in the text `compare`, else in the first text of the chain.

    At a past day, as it was known at a moment, or on another text, like the board.

    Raises Plan.DoesNotExist, PlanVersion.DoesNotExist, NoSuchLine. The number of queries does not grow with the record.
    """
    with one_moment():
        found = board_of_the_moment(plan, as_of=as_of, known_at=known_at, revision=revision)
        return _Reader(found, line).sheet(compare)


class _Reader:
    """What is fetched once for a sheet."""

    def __init__(self, found: Board, line: str) -> None:
        self.board = found
        self.row = _row(self.board, line)
        self.plan = Plan(pk=found.state.pk, slug=found.plan)
        self.known_at = found.known_at
        self.slug = line
        self.lines = self._lines()
        self.line: ProvisionContent = self.lines[line]
        self.revisions = self._revisions()
        self.texts = self._texts([each for each in self.lines.values() if each.parent])
        self.positions = self._positions()

    def sheet(self, compare: str | None) -> Sheet:
        shown = self._shown()
        base = self._base(compare, shown)
        disputes, companions = self._disputes(), self._companions()
        rulings, implementation = self._rulings(), self._implementation()
        return Sheet(
            board=self.board,
            row=self.row,
            line=self.line,
            texts=self.texts,
            shown=shown,
            base=base,
            pieces=_pieces(base, shown),
            voices=tuple(self._voice(party) for party in self.board.parties),
            proof=self._proof(),
            rulings=rulings,
            disputes=disputes,
            companions=companions,
            implementation=implementation,
            sources=self._sources(rulings, disputes, companions, implementation),
            history=chronicle_of_line(
                self.board.plan,
                self.slug,
                positions=[said.content.key for said in self.positions],
                names=self._names(),
                until=self.known_at,
            ),
        )

    def _then(self, versions: Any) -> Any:
        """The versions that stood at the moment that is shown."""
        return versions.known_at(self.known_at) if self.known_at else versions.standing()

    def _names(self) -> Names:
        """What the log of the line speaks of."""
        return Names(
            plan=self.board.plan,
            lines={slug: each.title for slug, each in self.lines.items()},
            parties={party.slug: party.name for party in self.board.parties},
            revisions={slug: head.short for slug, head in self.revisions.items()},
        )

    def _held(self, resource: Resource, keys: Collection[str] | QuerySet[Any, Any]) -> dict[str, Any]:
        found = (
            held_then(self.plan, resource, keys=keys, known_at=self.known_at)
            if self.known_at
            else held(self.plan, resource, keys=keys)
        )
        return {key: each.content for key, each in found.items()}

    # ---- The words ----

    def _lines(self) -> dict[str, ProvisionContent]:
        """The line and its parts."""
        family = Provision.objects.filter(plan=self.plan).filter(Q(slug=self.slug) | Q(parent__slug=self.slug))
        return self._held(Resource.PROVISION, family.values("slug"))

    def _revisions(self) -> dict[str, RevisionHead]:
        """The texts by slug. Beside them is kept what became of the line in those that removed it."""
        removals = Removal.objects.filter(revision_version=OuterRef("pk"), provision__slug=self.slug)
        rows = (
            self._then(RevisionVersion.objects)
            .filter(revision__plan=self.plan)
            .select_related("revision")
            .annotate(left=Subquery(removals.values("note")[:1]))
            .order_by("revision__order")
        )
        self.left = {row.revision.slug: row.left for row in rows if row.left}
        return {row.revision.slug: revision_head(row) for row in rows}

    def _texts(self, parts: Sequence[ProvisionContent]) -> tuple[Text, ...]:
        keys = [f"{revision}/{slug}" for revision in self.revisions for slug in (self.slug, *(p.slug for p in parts))]
        words = self._held(Resource.WORDING, keys)
        on_chain = {revision.slug for revision in self.board.chain}
        texts = [
            Text(
                revision=head,
                wording=words.get(f"{slug}/{self.slug}"),
                parts=tuple(
                    Part(part.slug, part.title, words[f"{slug}/{part.slug}"])
                    for part in parts
                    if f"{slug}/{part.slug}" in words
                ),
                on_chain=slug in on_chain,
                current=self.board.current is not None and slug == self.board.current.slug,
                left=self.left.get(slug, ""),
            )
            for slug, head in self.revisions.items()
        ]
        shown = [text for text in texts if (text.wording or text.left or text.on_chain) and self._had_come(text)]
        return tuple(sorted(shown, key=lambda text: text.revision.dated.day))

    def _had_come(self, text: Text) -> bool:
        """Whether a text was there on the day that is shown. The one that is read always is."""
        return text.on_chain or self.board.as_of is None or text.revision.dated.day <= self.board.as_of

    def _shown(self) -> Text | None:
        worded = [text for text in self.texts if text.wording]
        latest = [text for text in worded if text.on_chain] or worded
        return next((text for text in worded if text.current), latest[-1] if latest else None)

    def _base(self, compare: str | None, shown: Text | None) -> Text | None:
        """The text to compare with: the one that was asked for, or none, or else the first of the chain."""
        if compare == "none" or shown is None:
            return None
        others = [text for text in self.texts if text.wording and text is not shown]
        asked = next((text for text in others if text.revision.slug == compare), None)
        return asked or next((text for text in others if text.on_chain), None)

    # ---- What was said ----

    def _positions(self) -> list[Said]:
        """What was said of the line, of a whole text that has it, or of words that it came from; the latest first."""
        readings = self.row.proof.get("readings", {}).values()
        keys = {
            key
            for reading in readings
            for key in (reading["position"], *reading["claims"], *reading["elsewhere"])
            if key
        }
        having = [text.revision.slug for text in self.texts if text.wording]
        rows = (
            Position.objects.filter(plan=self.plan)
            .filter(Q(wording__provision__slug=self.slug) | Q(revision__slug__in=having) | Q(key__in=keys))
            .filter(*self._by_then())
            .select_related("party", "asserted_by", "wording__provision", "wording__revision", "revision", "follows")
            .select_related("retraction")
            .annotate(**beside_positions())
            .order_by("-stated_on", "-pk")
        )
        return [self._said(row) for row in rows]

    def _by_then(self) -> Iterator[Q]:
        """What had been said on the day that is shown, and was on record at the moment."""
        if self.board.as_of:
            yield Q(stated_on__lte=self.board.as_of)
        if self.known_at:
            yield Q(recorded_at__lte=self.known_at)

    def _retracted(self, row: Position) -> str | None:
        if not hasattr(row, "retraction") or (self.known_at and row.retraction.recorded_at > self.known_at):
            return None
        return row.retraction.reason

    def _said(self, row: Position) -> Said:
        content = position_content(row)
        own = content.asserted_by == content.party
        return Said(
            content=content,
            given_on=self.revisions[content.revision],
            counted=own and content.authority >= self.board.threshold,
            retracted=self._retracted(row),
        )

    def _voice(self, party: PartyHead) -> Voice:
        mine = [said for said in self.positions if said.content.party == party.slug]
        cell = next((cell for cell in self.row.cells if cell.party.slug == party.slug), None)
        standing = next((said for said in mine if cell and said.content.key == cell.position), None)
        claims = [said for said in mine if not said.counted and not said.retracted and not said.of_the_whole_text]
        return Voice(
            party=party,
            roles=tuple(role for who, role in self.line.roles if who == party.slug),
            essential=cell.essential if cell else False,
            cell=cell,
            standing=standing,
            claims=tuple(claims),
            earlier=tuple(said for said in mine if said is not standing and said not in claims),
            track=tuple(_stance_on(mine, text) for text in self.texts if text.on_chain),
        )

    # ---- Why, and where it was read ----

    def _proof(self) -> Proof | None:
        if not self.row.cells:
            return None
        return Proof(self.row, board=self.board, events=events_named(self.board))

    # ---- What stands beside it ----

    def _rulings(self) -> tuple[Ruled, ...]:
        """All rulings on words of the line, the latest first."""
        rows = (
            Ruling.objects.filter(wording__revision__plan=self.plan, wording__provision__slug=self.slug)
            .select_related("wording__revision")
            .prefetch_related("sources")
            .order_by("-recorded_at", "-pk")
        )
        if self.known_at:
            rows = rows.filter(recorded_at__lte=self.known_at)
        return tuple(self._ruled(row) for row in rows)

    def _ruled(self, row: Ruling) -> Ruled:
        mark = self.row.ruling
        replaced = row.superseded_at
        if replaced and self.known_at and replaced > self.known_at:
            replaced = None
        return Ruled(
            level=Level(row.level) if row.level else None,
            reason=row.reason,
            text=self.revisions[row.wording.revision.slug],
            recorded_at=row.recorded_at,
            replaced_at=replaced,
            holds=mark is not None and mark.recorded_at == row.recorded_at and bool(row.level),
            sources=tuple(source.slug for source in row.sources.all()),
        )

    def _disputes(self) -> tuple[DisputeContent, ...]:
        """Those about the line. They have no past on record, so a moment of the past has none."""
        if self.known_at:
            return ()
        about = Dispute.objects.filter(plan=self.plan, provisions__slug=self.slug)
        return tuple(self._held(Resource.DISPUTE, about.values("slug")).values())

    def _companions(self) -> tuple[CompanionContent, ...]:
        """The documents about the line or a part of it, and those that name a figure of it as its drafts do."""
        if self.known_at:
            return ()
        names = {figure.name for text in self.texts for figure, _parties in _figures(text)}
        about = Q(provisions__slug__in=self.lines) | Q(figures__name__in=names)
        found = self._held(Resource.COMPANION, Companion.objects.filter(about, plan=self.plan).values("slug"))
        return tuple(sorted(found.values(), key=lambda each: each.dated.day))

    def _implementation(self) -> CarriedOut:
        """What had come by the day that is shown, as it was known at the moment; nothing of what was not signed."""
        signed = self._signed()
        if signed is None:
            return CarriedOut((), None)
        mine = Implementation.objects.filter(plan=self.plan, provision__slug=self.slug)
        found = self._held(Resource.IMPLEMENTATION, mine)
        until = self.board.as_of or date.max
        return CarriedOut(history_of(each for each in found.values() if each.since.day <= until), signed)

    def _signed(self) -> date | None:
        """The day on which the first text with words of the line was signed."""
        principals = {party.slug for party in self.board.parties if party.principal}
        accepted: dict[str, list[Acceptance]] = {text.revision.slug: [] for text in self.texts if text.wording}
        for said in self.positions:
            each = said.content
            if said.of_the_whole_text and said.retracted is None and is_acceptance(each):
                accepted[each.revision].append(Acceptance(each.party, each.authority, each.stated_on.day))
        days = (signed_on(acceptances, principals) for acceptances in accepted.values())
        return min((day for day in days if day is not None), default=None)

    def _sources(
        self,
        rulings: Iterable[Ruled],
        disputes: Iterable[DisputeContent],
        companions: Iterable[CompanionContent],
        implementation: CarriedOut,
    ) -> dict[str, Source]:
        slugs = set(
            chain(
                *(text.wording.sources for text in self.texts if text.wording),
                *(variant.sources for text in self.texts if text.wording for variant in text.wording.variants),
                *((each.source for each in said.content.evidence) for said in self.positions),
                *(ruled.sources for ruled in rulings),
                *(claim.sources for dispute in disputes for claim in dispute.claims),
                *(companion.sources for companion in companions),
                *(step.said.sources for step in implementation.steps),
            )
        )
        return {source.slug: source for source in Source.objects.filter(slug__in=slugs)}


def _row(board: Board, line: str) -> Row:
    for row in board.rows:
        if row.slug == line:
            return row
    raise NoSuchLine(line)


def _pieces(base: Text | None, shown: Text | None) -> list[Piece]:
    if shown is None or shown.wording is None:
        return []
    after = shown.wording.text
    return redline(base.wording.text if base and base.wording else after, after)


def _figures(text: Text) -> Iterable[tuple[FigureContent, tuple[str, ...]]]:
    if text.wording is None:
        return
    for wording in (text.wording, *(part.wording for part in text.parts)):
        yield from ((figure, ()) for figure in wording.figures)
        for variant in wording.variants:
            yield from ((figure, variant.parties) for figure in variant.figures)


def _stance_on(mine: Sequence[Said], text: Text) -> Stance | None:
    """What the party said last of these words; failing that, its consent to the whole text."""
    of_text = [said for said in mine if said.counted and not said.retracted and said.given_on == text.revision]
    own = [said.content.stance for said in of_text if not said.of_the_whole_text]
    whole = [said.content.stance for said in of_text if said.of_the_whole_text and said.content.stance in CONSENTING]
    return next(iter([*own, *whole]), None)
