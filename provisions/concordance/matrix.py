"""How does each text of a plan, and of plans that are related to it, treat each line?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from parties.models import Source
from provisions.agreement.words import WordingChange
from provisions.assessing import one_moment
from provisions.models import Category, Plan, PlanVersion, Relation, RelationKind

from .kinship import change_between, forebears
from .texts import Library, Line, Missing, Text, Words

# What a cell can say of its words besides a change and a relation.
FIRST, ONLY_HERE = "first", "only_here"


@dataclass(frozen=True, slots=True)
class Entry:
    """Words that answer to a line in one text, and what they are to the line's first words: a change or a relation."""

    words: Words
    tie: WordingChange | RelationKind | str


@dataclass(frozen=True, slots=True)
class Cell:
    """A line in one text: the words that answer to it, or why there are none."""

    entries: tuple[Entry, ...]
    missing: Missing | None


@dataclass(frozen=True, slots=True)
class Row:
    """A line in every text. `shown` says whether it has a page: whether the chain has words of it."""

    line: Line
    cells: tuple[Cell, ...]
    shown: bool


@dataclass(frozen=True, slots=True)
class Band:
    """The lines of a category, or those that only a text of another plan has."""

    title: str
    rows: tuple[Row, ...]
    only_in: Text | None = None


@dataclass(frozen=True, slots=True)
class Judgement:
    """What an analyst called the words of two texts, and why."""

    text: Text
    line: Line
    words: Words
    kind: RelationKind
    other_text: Text
    other_line: Line
    other: Words
    note: str
    sources: tuple[Source, ...]

    @property
    def key(self) -> str:
        """What the record calls it, in the plan of the words named first."""
        return f"{self.text.slug}/{self.words.line} to {self.other.plan}/{self.other.revision}/{self.other.line}"


@dataclass(frozen=True, slots=True)
class Concordance:
    """All texts with words on record, as columns in the order of their days, and all lines as rows.

    `chain` holds the texts of the current one's chain, `wordless` those of which no words are on record; `titles` are
    those of the plans.
    """

    plan: Plan
    titles: dict[str, str]
    columns: tuple[Text, ...]
    bands: tuple[Band, ...]
    chain: tuple[Text, ...]
    wordless: tuple[Text, ...]
    judgements: tuple[Judgement, ...]

    @property
    def title(self) -> str:
        return self.titles[self.plan.slug]

    @property
    def width(self) -> int:
        """The columns and the one that names the lines."""
        return len(self.columns) + 1

    @property
    def beside(self) -> list[Text]:
        """The texts of this plan that stand beside the chain."""
        return [text for text in self.columns if text.plan == self.plan.slug and text not in self.chain]

    @property
    def foreign(self) -> list[Text]:
        """The texts of other plans."""
        return [text for text in self.columns if text.plan != self.plan.slug]


def concordance(plan: str) -> Concordance:
    """Every line of a plan in every text of it, and in the texts of other plans that somebody related to it.

    Raises Plan.DoesNotExist, PlanVersion.DoesNotExist. Costs the same number of queries however much there is.
    """
    with one_moment():
        return _Reader(Plan.objects.get(slug=plan)).concordance()


@dataclass(frozen=True, slots=True)
class _Tie:
    """A recorded relation, read from the words `of` that it is about."""

    of: Words
    kind: RelationKind


class _Reader:
    """What is fetched once for a concordance."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        own = PlanVersion.objects.standing().select_related("current_revision").get(plan=plan)
        self.relations = self._relations()
        plans = {plan.pk: plan}
        for relation in self.relations:
            for wording in (relation.wording, relation.other):
                plans[wording.revision.plan_id] = wording.revision.plan
        self.titles = dict(PlanVersion.objects.standing().filter(plan__in=plans).values_list("plan__slug", "title"))
        self.library = Library(plans.values())
        self.ties = self._ties()
        self.own = [line for line in self.library.lines.values() if line.plan == plan.slug]
        current = own.current_revision
        self.chain = self.library.chain(self.library.texts[plan.slug, current.slug]) if current else []
        self.columns = self._columns()
        self.kin = {
            words.id: forebears(words, among=self.library.words)
            for text in self.columns
            for words in text.words.values()
        }
        self.heirs = self._heirs()

    def concordance(self) -> Concordance:
        mine = [text for text in self.library.texts.values() if text.plan == self.plan.slug]
        return Concordance(
            plan=self.plan,
            titles=self.titles,
            columns=tuple(self.columns),
            bands=(*self._bands(), *self._bands_apart()),
            chain=tuple(reversed([text for text in self.chain if text.words])),
            wordless=tuple(text for text in mine if not text.words),
            judgements=tuple(map(self._judgement, self.relations)),
        )

    def _relations(self) -> list[Relation]:
        standing = {f"{words}__revision__plan__in": Plan.objects.all() for words in ("wording", "other")}
        rows = (
            Relation.objects.filter(**standing)
            .exclude(kind=RelationKind.UNRELATED)
            .select_related("wording__revision__plan", "other__revision__plan")
        )
        of_plan = rows.filter(wording__revision__plan=self.plan) | rows.filter(other__revision__plan=self.plan)
        return list(of_plan.prefetch_related("sources").order_by("pk"))

    def _judgement(self, relation: Relation) -> Judgement:
        words, other = self.library.words[relation.wording_id], self.library.words[relation.other_id]
        return Judgement(
            text=self.library.texts[words.plan, words.revision],
            line=self.library.lines[words.plan, words.line],
            words=words,
            kind=RelationKind(relation.kind),
            other_text=self.library.texts[other.plan, other.revision],
            other_line=self.library.lines[other.plan, other.line],
            other=other,
            note=relation.note,
            sources=tuple(relation.sources.all()),
        )

    def _ties(self) -> dict[int, list[_Tie]]:
        """By the id of words, what other words are to them."""
        ties: dict[int, list[_Tie]] = defaultdict(list)
        words = self.library.words
        for each in self.relations:
            kind = RelationKind(each.kind)
            ties[each.other_id].append(_Tie(words[each.wording_id], kind))
            ties[each.wording_id].append(_Tie(words[each.other_id], kind.inverse))
        return ties

    def _columns(self) -> list[Text]:
        related = {(tie.of.plan, tie.of.revision) for ties in self.ties.values() for tie in ties}
        texts = [
            text
            for key, text in self.library.texts.items()
            if text.words and (text.plan == self.plan.slug or key in related)
        ]
        return sorted(texts, key=lambda text: text.head.dated.day)

    # ---- Rows ----

    def _bands(self) -> Iterator[Band]:
        by_category: dict[str, list[Row]] = defaultdict(list)
        on_chain = {line for text in self.chain for line in text.words}
        for line in self.own:
            cells = self._cells(line)
            if any(cell.entries for cell in cells):
                by_category[line.category].append(Row(line, cells, shown=line.slug in on_chain))
        for category in Category.objects.filter(plan=self.plan):
            if rows := by_category[category.slug]:
                yield Band(category.title, tuple(rows))

    def _bands_apart(self) -> Iterator[Band]:
        """Lines of other plans' texts that answer to nothing here."""
        answered = {tie.of.id for ties in self.ties.values() for tie in ties}
        for text in self.columns:
            if text.plan == self.plan.slug:
                continue
            apart = [words for words in text.words.values() if words.id not in answered]
            rows = tuple(self._row_apart(text, words) for words in apart)
            if rows:
                yield Band(text.head.title, rows, only_in=text)

    def _row_apart(self, text: Text, words: Words) -> Row:
        line = self.library.lines[words.plan, words.line]
        own = Cell((Entry(words, ONLY_HERE),), None)
        cells = (own if each is text else Cell((), self.library.missing(each, line)) for each in self.columns)
        return Row(line, tuple(cells), shown=True)

    def _cells(self, line: Line) -> tuple[Cell, ...]:
        worded = [text for text in self.columns if text.plan == self.plan.slug and line.slug in text.words]
        first = worded[0].words[line.slug] if worded else None
        return tuple(self._cell(line, text, first) for text in self.columns)

    def _cell(self, line: Line, text: Text, first: Words | None) -> Cell:
        if text.plan != self.plan.slug:
            entries = tuple(self._related(line, text))
        else:
            entries = tuple(self._descended(line, text, first)) if first else ()
        return Cell(entries, None if entries else self.library.missing(text, line))

    # ---- Entries ----

    def _descended(self, line: Line, text: Text, first: Words) -> Iterator[Entry]:
        """The line's own words in a text of this plan, then words of other lines that come from the line's."""
        own = text.words.get(line.slug)
        if own is not None:
            yield self._own(own, first)
        for words in self.heirs.get((text.slug, line.slug), ()):
            yield Entry(words, self._change(first, words))

    def _own(self, words: Words, first: Words) -> Entry:
        if words is first:
            alone = sum(words.line in text.words for text in self.columns if text.plan == words.plan) == 1
            only = alone and words.revision != self._earliest()
            return Entry(words, ONLY_HERE if only else FIRST)
        for tie in self.ties.get(first.id, ()):
            if tie.of is words:
                return Entry(words, tie.kind)
        return Entry(words, self._change(first, words))

    def _related(self, line: Line, text: Text) -> Iterator[Entry]:
        """Words of another plan's text that somebody related to words of the line, each once."""
        found: dict[int, Entry] = {}
        for mine in self.columns:
            own = mine.words.get(line.slug) if mine.plan == self.plan.slug else None
            for tie in self.ties.get(own.id, ()) if own else ():
                if (tie.of.plan, tie.of.revision) == (text.plan, text.slug):
                    found.setdefault(tie.of.id, Entry(tie.of, tie.kind))
        yield from (found[words.id] for words in text.words.values() if words.id in found)

    def _change(self, first: Words, words: Words) -> WordingChange:
        """What words are to the first ones of a line; without lineage nobody has said that they mean the same."""
        return change_between({first.id: ()}, self.kin[words.id]) or WordingChange.SUBSTANTIVE

    def _heirs(self) -> dict[tuple[str, str], list[Words]]:
        """By text and line, the words of other lines that come from the line's."""
        heirs: dict[tuple[str, str], list[Words]] = defaultdict(list)
        for text in self.columns:
            for words in text.words.values():
                for line in dict.fromkeys(self.library.words[origin].line for origin in self.kin[words.id]):
                    if line != words.line:
                        heirs[text.slug, line].append(words)
        return heirs

    def _earliest(self) -> str:
        return next(text.slug for text in self.columns if text.plan == self.plan.slug)
