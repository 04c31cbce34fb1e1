"""Where the words of each line come from, and what they are to the words before."""

from __future__ import annotations

from dataclasses import replace

from provisions.agreement.words import WordingChange
from provisions.contents import FigureContent, VariantContent, WordingContent
from provisions.record.checks import settled_change, why_not

from .index import Index, Words, circles
from .places import Faults
from .schema import FigureEntry


def settle(index: Index, *, faults: Faults) -> dict[str, WordingContent]:
    """The wordings by key, each with its origins and with the change that its text decides.

    A change that a file states and the text contradicts is noted.
    """
    drafts = {key: _draft(words, index=index) for key, words in index.wordings.items()}
    for circle in circles({key: draft.comes_from for key, draft in drafts.items()}):
        if any(index.wordings[key].entry.origins for key in circle):
            place = index.wordings[circle[0]].entry.at("from")
            faults.note(place, f"words cannot come from themselves: {' from '.join(circle)}; mend one of them")
    settled = {key: replace(draft, change=settled_change(draft, before=drafts)) for key, draft in drafts.items()}
    for key, words in index.wordings.items():
        stated = words.entry.change
        if stated is not None and stated != settled[key].change and _known(drafts[key], index=index):
            faults.note(words.entry.at("change"), _as_remark(why_not(drafts[key])))
    return settled


def _as_remark(sentence: str) -> str:
    """A sentence of the record's in the form that faults have here."""
    return sentence[0].lower() + sentence[1:].removesuffix(".")


def _known(draft: WordingContent, *, index: Index) -> bool:
    return all(key in index.wordings for key in draft.comes_from)


def _draft(words: Words, *, index: Index) -> WordingContent:
    """The words as they are written, with the change that the file states, or else a substantive one."""
    entry = words.entry
    return WordingContent(
        provision=entry.provision,
        revision=words.revision.slug,
        number=entry.number,
        heading=entry.heading,
        gist=entry.gist,
        text=entry.text,
        seen=entry.evidence,
        change=entry.change or WordingChange.SUBSTANTIVE,
        change_reason=entry.reason,
        comes_from=_before(words, index=index) if entry.origins is None else tuple(entry.origins),
        figures=figures(entry.figures),
        variants=tuple(
            VariantContent(
                parties=tuple(variant.parties),
                text=variant.text,
                figures=figures(variant.figures),
                sources=tuple(variant.sources),
            )
            for variant in entry.variants
        ),
        sources=tuple(entry.sources),
        note=entry.note,
    )


def _before(words: Words, *, index: Index) -> tuple[str, ...]:
    """The line's words in the nearest revision that this one derives from and that has some."""
    passed = {words.revision.slug}
    here = words.revision.derives_from
    while here is not None and here in index.revisions and here not in passed:
        if (key := f"{here}/{words.entry.provision}") in index.wordings:
            return (key,)
        passed.add(here)
        here = index.revisions[here].derives_from
    return ()


def figures(entries: list[FigureEntry]) -> tuple[FigureContent, ...]:
    """Figures as the record has them."""
    return tuple(
        FigureContent(name=each.name, label=each.label, value=each.value, unit=each.unit, note=each.note)
        for each in entries
    )
