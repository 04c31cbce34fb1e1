"""The texts of plans as the concordance reads them: whole lines with their words, where these come from, what left."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from enum import StrEnum

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Q
from django.db.models.functions import Left

from provisions.agreement.words import WordingChange
from provisions.board import RevisionHead, revision_head
from provisions.models import Outcome, Plan, ProvisionVersion, Removal, RevisionVersion, Seen, WordingVersion

# So much of the words stands for a gist where nobody wrote one.
GLIMPSE = 60


class Absence(StrEnum):
    """Why a text has no words of a line."""

    REMOVED = Outcome.REMOVED.value
    MOVED = Outcome.MOVED.value
    MERGED = Outcome.MERGED.value
    UNCLEAR = Outcome.UNCLEAR.value
    UNREPORTED = "unreported"
    UNSEEN = "unseen"
    NONE_SEEN = "none_seen"
    NONE = "none"

    @property
    def unknown(self) -> bool:
        """Whether the text may have the line all the same."""
        return self in (Absence.UNCLEAR, Absence.UNREPORTED, Absence.UNSEEN, Absence.NONE_SEEN)


@dataclass(frozen=True, slots=True)
class Missing:
    """That a text has no words of a line, and what a source says of that."""

    why: Absence
    note: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a plan."""

    plan: str
    slug: str
    title: str
    category: str


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a line in one text, without the words themselves. `origins` are the ids of those they come from."""

    id: int
    plan: str
    revision: str
    line: str
    number: str
    gist: str
    seen: Seen
    change: WordingChange
    origins: tuple[int, ...]

    @property
    def dim(self) -> bool:
        """Whether no source shows all of the words."""
        return self.seen != Seen.SEEN


@dataclass(frozen=True, slots=True, eq=False)
class Text:
    """A draft with the words of its lines, and the lines that it is known to have no longer."""

    plan: str
    head: RevisionHead
    derives_from: str | None
    point_count: int | None
    words: dict[str, Words] = field(default_factory=dict)
    left: dict[str, Missing] = field(default_factory=dict)

    @property
    def slug(self) -> str:
        return self.head.slug

    @property
    def whole(self) -> bool:
        """Whether every point that the text is said to have is on record, or known to be gone."""
        return self.point_count is None or len(self.words) + len(self.left) >= self.point_count


class Library:
    """The texts of some plans, their lines, and all words by id. So many queries, however much there is to read."""

    def __init__(self, plans: Collection[Plan]) -> None:
        self._plans = plans
        self.lines = self._lines()
        self.texts = self._texts()
        self.words = {words.id: words for text in self.texts.values() for words in text.words.values()}

    def chain(self, text: Text) -> list[Text]:
        """A text and those that it derives from, the latest first."""
        chain = [text]
        while (before := self.texts.get((text.plan, chain[-1].derives_from or ""))) and before not in chain:
            chain.append(before)
        return chain

    def missing(self, text: Text, line: Line) -> Missing:
        """Why a text has no words of a line."""
        if text.plan == line.plan and line.slug in text.left:
            return text.left[line.slug]
        if text.head.provenance.unseen:
            return Missing(Absence.UNREPORTED)
        if text.whole:
            return Missing(Absence.NONE)
        inherited = text.plan == line.plan and any(line.slug in each.words for each in self.chain(text))
        return Missing(Absence.UNSEEN if inherited else Absence.NONE_SEEN)

    def _lines(self) -> dict[tuple[str, str], Line]:
        rows = (
            ProvisionVersion.objects.standing()
            .filter(provision__plan__in=self._plans, provision__parent=None)
            .order_by("provision__plan", "provision__order")
            .values_list("provision__plan__slug", "provision__slug", "title", "category__slug")
        )
        return {(plan, slug): Line(plan, slug, title, category) for plan, slug, title, category in rows}

    def _texts(self) -> dict[tuple[str, str], Text]:
        rows = (
            RevisionVersion.objects.standing()
            .filter(revision__plan__in=self._plans)
            .select_related("revision__plan", "derives_from")
            .order_by("revision__plan", "revision__order")
        )
        texts = {}
        for row in rows:
            before = row.derives_from.slug if row.derives_from else None
            plan = row.revision.plan.slug
            texts[plan, row.revision.slug] = Text(plan, revision_head(row), before, row.point_count)
        for words in self._words():
            texts[words.plan, words.revision].words[words.line] = words
        for plan, revision, line, outcome, note in self._removals():
            texts[plan, revision].left[line] = Missing(Absence(outcome), note)
        return texts

    def _words(self) -> list[Words]:
        rows = (
            WordingVersion.objects.standing()
            .filter(revision__plan__in=self._plans, wording__provision__parent=None)
            .annotate(
                origins=ArrayAgg("comes_from", filter=Q(comes_from__isnull=False), default=[]),
                glimpse=Left("text", GLIMPSE),
            )
            .order_by("wording__provision__order")
        )
        columns = (
            "wording_id", "revision__plan__slug", "revision__slug", "wording__provision__slug", "number", "gist",
            "glimpse", "seen", "change", "origins",
        )  # fmt: skip
        return [
            Words(
                id=row.wording_id,
                plan=row.revision__plan__slug,
                revision=row.revision__slug,
                line=row.wording__provision__slug,
                number=row.number,
                gist=row.gist or (row.glimpse if len(row.glimpse) < GLIMPSE else f"{row.glimpse.rstrip()}…"),
                seen=Seen(row.seen),
                change=WordingChange(row.change),
                origins=tuple(row.origins),
            )
            for row in rows.values_list(*columns, named=True)
        ]

    def _removals(self) -> list[tuple[str, str, str, str, str]]:
        rows = Removal.objects.filter(
            revision_version__revision__plan__in=self._plans,
            revision_version__superseded_at=None,
            provision__parent=None,
        )
        return list(
            rows.values_list(
                "revision_version__revision__plan__slug",
                "revision_version__revision__slug",
                "provision__slug",
                "outcome",
                "note",
            )
        )
