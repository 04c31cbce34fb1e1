"""What changed from one text of a plan to another?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from provisions.agreement import normalise
from provisions.agreement.words import Gone, Level
from provisions.assessing import one_moment
from provisions.models import Plan, PlanVersion, WordingVersion
from provisions.redline import Piece

from .marking import marked
from .pairing import Fate, Group, Pairing, Share
from .quantities import Move, moves
from .said import Demand, Reckoning, Refused, Voices
from .texts import Library, Line, Missing, Text, Words


class NoSuchText(LookupError):
    """The plan has no such revision."""


@dataclass(frozen=True, slots=True)
class Side:
    """The words of a line in one of the two texts, in pieces that say what the other text does not have."""

    line: Line
    words: Words
    text: str
    pieces: Sequence[Piece]


@dataclass(frozen=True, slots=True)
class Part:
    """A line of a row: its fate and its level, and who still stands by its last words where it vanished."""

    line: Line
    fate: Fate
    level: Level | Gone | None
    before: Missing | None
    after: Missing | None
    demands: tuple[Demand, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """A line in both texts, or the several lines that were split or merged, side by side."""

    parts: tuple[Part, ...]
    before: tuple[Side, ...]
    after: tuple[Side, ...]

    @property
    def fates(self) -> set[Fate]:
        return {part.fate for part in self.parts}


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two texts of a plan. `texts` are all that can be chosen; `levelled` says whether rows carry levels."""

    plan: Plan
    title: str
    texts: tuple[Text, ...]
    before: Text
    after: Text
    rows: tuple[Row, ...]
    figures: tuple[Move, ...]
    reckonings: tuple[Reckoning, ...]
    refusals: tuple[Refused, ...]
    levelled: bool

    @property
    def lines(self) -> int:
        """How many lines have words in one of the two texts."""
        return sum(len(row.parts) for row in self.rows)

    @property
    def tally(self) -> dict[Fate, int]:
        """How many lines met each fate. That some were not seen is told only where it is so."""
        counts = {fate: sum(part.fate == fate for row in self.rows for part in row.parts) for fate in Fate}
        return {fate: lines for fate, lines in counts.items() if lines or fate != Fate.UNSEEN}


def ends_of_chain(plan: str) -> tuple[str, str] | None:
    """The first and the current text of the chain; None where there is no text, the same twice where there is one.

    Raises Plan.DoesNotExist, PlanVersion.DoesNotExist.
    """
    found = Plan.objects.get(slug=plan)
    current = PlanVersion.objects.standing().select_related("current_revision").get(plan=found).current_revision
    if current is None:
        return None
    library = Library([found])
    chain = [text.slug for text in library.chain(library.texts[plan, current.slug]) if text.words]
    return (chain[-1], chain[0]) if chain else None


def comparison(plan: str, before: str, after: str) -> Comparison:
    """Every line of two texts side by side, and what became of it and of what was said of it.

    Raises Plan.DoesNotExist, PlanVersion.DoesNotExist, NoSuchText. Costs the same number of queries however many lines
    there are.
    """
    with one_moment():
        found = Plan.objects.get(slug=plan)
        version = PlanVersion.objects.standing().select_related("current_revision").get(plan=found)
        return _Reader(found, version, before, after).comparison()


class _Reader:
    """What is fetched once for a comparison."""

    def __init__(self, plan: Plan, version: PlanVersion, before: str, after: str) -> None:
        self.plan, self.version = plan, version
        self.library = Library([plan])
        self.before, self.after = self._text(before), self._text(after)
        self.texts = self._words()
        bare = {words: normalise(text) for words, text in self.texts.items()}
        self.groups = Pairing(self.library, self.before, self.after, bare).groups()
        self.last = {share.line.slug: self._last(share) for group in self.groups for share in _vanished(group)}
        current = version.current_revision
        self.current = current.slug if current else None
        self.voices = Voices(
            plan,
            version,
            current=self.current,
            texts={self.after.slug, *(text.slug for text in self.last.values())},
        )

    def comparison(self) -> Comparison:
        shares = {share.line.slug: share for group in self.groups for share in group.shares}
        names = {slug: party.short for slug, party in self.voices.parties.items()}
        return Comparison(
            plan=self.plan,
            title=self.version.title,
            texts=tuple(
                text for text in self.library.texts.values() if text.words or text in (self.before, self.after)
            ),
            before=self.before,
            after=self.after,
            rows=tuple(self._row(group) for group in self.groups),
            figures=tuple(moves(self.plan.pk, self.before, self.after, shares=shares, names=names)),
            reckonings=tuple(self.voices.reckonings(self.after.slug)),
            refusals=tuple(self.voices.refusals(self.after.slug)),
            levelled=self.after.slug == self.current,
        )

    def _text(self, slug: str) -> Text:
        try:
            return self.library.texts[self.plan.slug, slug]
        except KeyError:
            raise NoSuchText(slug) from None

    def _words(self) -> dict[int, str]:
        wanted = [words.id for text in (self.before, self.after) for words in text.words.values()]
        rows = WordingVersion.objects.standing().filter(wording__in=wanted)
        return dict(rows.values_list("wording", "text"))

    def _last(self, share: Share) -> Text:
        """The last text that had a line which the later one has no more."""
        chain = self.library.chain(self.after)
        if self.before not in chain:
            return self.before
        return next(text for text in chain if share.line.slug in text.words)

    def _row(self, group: Group) -> Row:
        old, new = ([self.texts[words.id] for words in side] for side in (group.before, group.after))
        pieces_before, pieces_after = marked(old, new)
        return Row(
            parts=tuple(self._part(share) for share in group.shares),
            before=tuple(self._sides(group.before, old, pieces_before)),
            after=tuple(self._sides(group.after, new, pieces_after)),
        )

    def _sides(
        self, several: Iterable[Words], texts: Iterable[str], pieces: Iterable[Sequence[Piece]]
    ) -> Iterable[Side]:
        for words, text, own in zip(several, texts, pieces, strict=True):
            yield Side(self.library.lines[self.plan.slug, words.line], words, text, own)

    def _part(self, share: Share) -> Part:
        line = share.line.slug
        return Part(
            line=share.line,
            fate=share.fate,
            # Kept levels are those of the current text alone.
            level=self.voices.level(self.after.slug, line) if self.after.slug == self.current else None,
            before=share.missing_before,
            after=share.missing_after,
            demands=tuple(self.voices.demands(line, last=self.last[line], since=self._since(self.last[line])))
            if line in self.last
            else (),
        )

    def _since(self, last: Text) -> list[str]:
        """The texts that came after one on the way to the later text, and that text."""
        chain = self.library.chain(self.after)
        return [text.slug for text in chain[: chain.index(last) if last in chain else 1]]


def _vanished(group: Group) -> list[Share]:
    return [share for share in group.shares if share.vanished]
