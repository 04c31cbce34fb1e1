"""Where the words of each line come from, and what they are to the words before."""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import replace

from provisions.agreement.words import WordingChange
from provisions.contents import FigureContent, VariantContent, WordingContent
from provisions.record.checks import settled_change, why_not

from .brackets import BadBrackets, variants_in
from .index import Index, Words, circles
from .places import Faults
from .schema import FigureEntry, PartWordingEntry


def settle(index: Index, *, faults: Faults) -> dict[str, WordingContent]:
    """The wordings by key, each with its origins and with the change that its text decides.

    A change that a file states and the text contradicts is noted.
    """
    derived = {slug: each.derives_from for slug, each in index.revisions.items()}
    drafts = {}
    for key, words in index.wordings.items():
        before = words_before(words.entry.provision, words.revision.slug, derived=derived, worded=index.wordings)
        variants = _variants(words.entry, index=index, faults=faults)
        drafts[key] = _draft(words, before=before, variants=variants)
    for circle in circles({key: draft.comes_from for key, draft in drafts.items()}):
        if any(index.wordings[key].entry.origins for key in circle):
            place = index.wordings[circle[0]].entry.at("from")
            faults.note(place, f"words cannot come from themselves: {' from '.join(circle)}; mend one of them")
    settled = {key: _changed(draft, settled_change(draft, before=drafts)) for key, draft in drafts.items()}
    for key, words in index.wordings.items():
        stated = words.entry.change
        if stated is not None and stated != settled[key].change and _known(drafts[key], index=index):
            faults.note(words.entry.at("change"), _as_remark(why_not(drafts[key])))
    return settled


def decide(wordings: tuple[WordingContent, ...], origins: Mapping[str, tuple[str, ...]]) -> tuple[WordingContent, ...]:
    """The wordings where some, by key, come from other words than was thought."""
    decided = {
        each.key: replace(each, comes_from=origins[each.key]) if each.key in origins else each for each in wordings
    }
    return tuple(_changed(each, settled_change(each, before=decided)) for each in decided.values())


def _changed(words: WordingContent, change: WordingChange) -> WordingContent:
    return words if words.change == change else replace(words, change=change)


def _as_remark(sentence: str) -> str:
    """A sentence of the record's in the form that faults have here."""
    return sentence[0].lower() + sentence[1:].removesuffix(".")


def _known(draft: WordingContent, *, index: Index) -> bool:
    return all(key in index.wordings for key in draft.comes_from)


def _variants(entry: PartWordingEntry, *, index: Index, faults: Faults) -> tuple[VariantContent, ...]:
    """The rival words that the file states, else those that follow from the brackets of the text."""
    if entry.variants is None:
        try:
            return variants_in(entry.text, names=index.called)
        except BadBrackets as error:
            faults.note(entry.at("text"), str(error))
    return tuple(
        VariantContent(
            parties=tuple(variant.parties),
            text=variant.text,
            figures=figures(variant.figures),
            sources=tuple(variant.sources),
        )
        for variant in entry.variants or ()
    )


def _draft(words: Words, *, before: tuple[str, ...], variants: tuple[VariantContent, ...]) -> WordingContent:
    """The words as they are written, with the change that the file states, or else one that fits where they come from.

    They come from the words `before` unless the file says otherwise.
    """
    entry = words.entry
    came_from = before if entry.origins is None else tuple(entry.origins)
    return WordingContent(
        provision=entry.provision,
        revision=words.revision.slug,
        number=entry.number,
        heading=entry.heading,
        gist=entry.gist,
        text=entry.text,
        seen=entry.evidence,
        change=entry.change or (WordingChange.SUBSTANTIVE if came_from else WordingChange.ADDED),
        change_reason=entry.reason,
        comes_from=came_from,
        figures=figures(entry.figures),
        variants=variants,
        sources=tuple(entry.sources),
        note=entry.note,
    )


def words_before(
    line: str, revision: str, *, derived: Mapping[str, str | None], worded: Container[str]
) -> tuple[str, ...]:
    """The key of the line's words in the nearest revision that this one derives from and that has some."""
    passed = {revision}
    here = derived.get(revision)
    while here is not None and here not in passed:
        if (key := f"{here}/{line}") in worded:
            return (key,)
        passed.add(here)
        here = derived.get(here)
    return ()


def figures(entries: list[FigureEntry]) -> tuple[FigureContent, ...]:
    """Figures as the record has them."""
    return tuple(
        FigureContent(name=each.name, label=each.label, value=each.value, unit=each.unit, note=each.note)
        for each in entries
    )
