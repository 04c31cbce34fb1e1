"""A new text made from one on record, line by line: what becomes of each line, as contents for the writer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from provisions.agreement.words import Level, WordingChange
from provisions.contents import Content, PlanContent, ProvisionContent, RemovalContent, RevisionContent, WordingContent
from provisions.held import held
from provisions.models import LineAssessment, Outcome, Plan, Resource
from provisions.record.checks import settled_change


class Fate(StrEnum):
    """What becomes of a line of the text before."""

    CARRY = "carry"
    CHANGE = "change"
    SPLIT = "split"
    MERGE = "merge"
    DROP = "drop"

    @property
    def vanishes(self) -> bool:
        """Whether the new text has no words for the line."""
        return self in (Fate.SPLIT, Fate.MERGE, Fate.DROP)


@dataclass(frozen=True, slots=True)
class OldLine:
    """A line of the text before: its words, those of its parts, and whether it was agreed."""

    line: ProvisionContent
    words: WordingContent
    parts: tuple[WordingContent, ...]
    level: str

    @property
    def agreed(self) -> bool:
        return self.level in (Level.AGREED, Level.AGREED_AD_REFERENDUM)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What becomes of a line: its fate and what that needs."""

    fate: Fate
    number: str = ""
    text: str = ""
    editorial: str = ""  # the reason of an editorial ruling
    into: str = ""
    outcome: Outcome | None = None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewLine:
    """A line that the text before does not have, or that is made out of some of its lines."""

    line: ProvisionContent
    number: str
    text: str
    made_of: tuple[str, ...] = ()


def old_lines(plan: Plan, revision: str) -> list[OldLine]:
    """The lines of a text, in the order of the plan. The number of queries does not grow with the text."""
    lines = {key: each.content for key, each in held(plan, Resource.PROVISION).items()}
    words = {
        each.content.provision: each.content
        for each in held(plan, Resource.WORDING).values()
        if each.content.revision == revision
    }
    levels = dict(
        LineAssessment.objects.filter(superseded_at=None, provision__plan=plan).values_list("provision__slug", "level")
    )
    return [
        OldLine(
            line,
            words[slug],
            tuple(words[part] for part, each in lines.items() if each.parent == slug and part in words),
            levels.get(slug, ""),
        )
        for slug, line in lines.items()
        if line.parent is None and slug in words
    ]


def drafted(
    revision: RevisionContent, old: Sequence[OldLine], decisions: Mapping[str, Decision], new: Sequence[NewLine]
) -> list[Sequence[Content]]:
    """The contents of a new text, kind by kind in the order in which they are written."""
    before = {words.key: words for each in old for words in (each.words, *each.parts)}
    merged: dict[str, list[str]] = {}
    for each in old:
        decision = decisions[each.line.slug]
        if decision.fate == Fate.MERGE:
            merged.setdefault(decision.into, []).append(each.words.key)
    wordings = [
        words
        for each in old
        if not (decision := decisions[each.line.slug]).fate.vanishes
        for words in _carried(each, decision, revision, also=merged.get(each.line.slug, []))
    ]
    wordings += [_made(each, revision) for each in new]
    settled = [replace(words, change=settled_change(words, before=before)) for words in wordings]
    lines = [each.line for each in new]
    head = replace(revision, removals=tuple(_removals(old, decisions)))
    return [lines, [head], settled]


def made_current(plan: PlanContent, revision: str) -> PlanContent:
    """The plan with the new text on the table."""
    return replace(plan, current_revision=revision)


def _carried(
    old: OldLine, decision: Decision, revision: RevisionContent, *, also: list[str]
) -> Iterable[WordingContent]:
    text = decision.text if decision.fate == Fate.CHANGE else old.words.text
    stated = WordingChange.EDITORIAL if decision.editorial else WordingChange.SUBSTANTIVE
    yield replace(
        old.words,
        revision=revision.slug,
        number=decision.number or None,
        text=text,
        change=stated,
        change_reason=decision.editorial if not also else "",
        comes_from=(old.words.key, *also),
        # Rival words and gists are of the text that they stand in; what is carried to the letter keeps them.
        variants=old.words.variants if text == old.words.text else (),
        sources=revision.sources,
    )
    for part in old.parts:
        yield replace(
            part,
            revision=revision.slug,
            change=WordingChange.IDENTICAL,
            change_reason="",
            comes_from=(part.key,),
            sources=revision.sources,
        )


def _made(new: NewLine, revision: RevisionContent) -> WordingContent:
    return WordingContent(
        provision=new.line.slug,
        revision=revision.slug,
        number=new.number or None,
        text=new.text,
        change=WordingChange.SPLIT if len(new.made_of) == 1 else WordingChange.ADDED,
        comes_from=new.made_of,
        sources=revision.sources,
    )


def _removals(old: Sequence[OldLine], decisions: Mapping[str, Decision]) -> Iterable[RemovalContent]:
    """What became of the lines that vanish, and of their parts with them."""
    for each in old:
        decision = decisions[each.line.slug]
        outcome = Outcome.MERGED if decision.fate in (Fate.MERGE, Fate.SPLIT) else decision.outcome
        if decision.fate.vanishes and outcome:
            for slug in (each.line.slug, *(part.provision for part in each.parts)):
                yield RemovalContent(provision=slug, outcome=outcome, note=decision.note)
