"""A draft as Akoma Ntoso 3.0, the XML of parliaments and of the United Nations, for other programs that read texts.

A draft is a `bill`, a text that is proposed. Each line is an article, its lettered parts are paragraphs in it, and
rival words are notes. All words are paraphrases of ours, which the document says of itself.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET  # nosec B405
from collections.abc import Iterable, Mapping
from datetime import date

from provisions.contents import PartyContent, PlanContents, RevisionContent, WordingContent

from .whole import Whole

NAMESPACE = "http://docs.oasis-open.org/legaldocml/ns/akn/3.0"
US = "tracker"


class NoSuchText(LookupError):
    """The plan has no revision of this name."""


def akoma_ntoso(found: Whole, revision: str, *, made: date) -> str:
    """A revision as an XML document. Raises NoSuchText."""
    contents = found.contents
    text = next((each for each in contents.revisions if each.slug == revision), None)
    if text is None:
        raise NoSuchText(revision)
    order = {each.slug: place for place, each in enumerate(contents.provisions)}
    words = sorted(
        (each for each in contents.wordings if each.revision == revision), key=lambda each: order[each.provision]
    )
    ET.register_namespace("", NAMESPACE)
    root = ET.Element(_name("akomaNtoso"))
    bill = _add(root, "bill", name="draft")
    notes = _meta(bill, contents=contents, text=text, words=words, seq=found.seq, made=made)
    preface = _add(bill, "preface")
    _add(_add(preface, "longTitle"), "p").text = f"{contents.plan.title}: {text.title}"
    body = _add(bill, "body")
    line_of = {each.slug: each.parent for each in contents.provisions}
    titles = {each.slug: each.title for each in contents.provisions}
    for line in (each for each in words if line_of[each.provision] is None):
        parts = [each for each in words if line_of[each.provision] == line.provision]
        _article(body, line, parts=parts, titles=titles, notes=notes)
    if not len(body):
        # The format asks for something in the body; no words of this text are on record.
        _add(_add(_add(body, "article", eId="art_none"), "content"), "p").text = "No words of this text are on record."
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _name(tag: str) -> str:
    return f"{{{NAMESPACE}}}{tag}"


def _add(parent: ET.Element, tag: str, **attributes: str) -> ET.Element:
    return ET.SubElement(parent, _name(tag), attributes)


def _meta(
    bill: ET.Element,
    *,
    contents: PlanContents,
    text: RevisionContent,
    words: Iterable[WordingContent],
    seq: int,
    made: date,
) -> Mapping[str, list[str]]:
    """What the document is; and by line the ids of the notes on it."""
    meta = _add(bill, "meta")
    work = f"/akn/un/bill/{text.dated.day.isoformat()}/{contents.plan.slug}-{text.slug}"
    identification = _add(meta, "identification", source=f"#{US}")
    for level, address, day in (
        ("FRBRWork", work, text.dated.day),
        ("FRBRExpression", f"{work}/eng@{made.isoformat()}", made),
        ("FRBRManifestation", f"{work}/eng@{made.isoformat()}/state-{seq}.xml", made),
    ):
        block = _add(identification, level)
        _add(block, "FRBRthis", value=f"{address}/!main" if level != "FRBRManifestation" else address)
        _add(block, "FRBRuri", value=address)
        _add(block, "FRBRdate", date=day.isoformat(), name="dated" if level == "FRBRWork" else "made")
        _add(block, "FRBRauthor", href=f"#{US}")
        if level == "FRBRWork":
            _add(block, "FRBRcountry", value="un")
        elif level == "FRBRExpression":
            _add(block, "FRBRlanguage", language="eng")
        else:
            _add(block, "FRBRformat", value="application/akn+xml")
    _references(meta, contents.parties)
    return _notes(meta, words, short={each.slug: each.short for each in contents.parties})


def _references(meta: ET.Element, parties: Iterable[PartyContent]) -> None:
    block = _add(meta, "references", source=f"#{US}")
    _add(block, "TLCOrganization", eId=US, href="/akn/ontology/organization/tracker", showAs="Provision Tracker")
    for each in parties:
        href = f"/akn/ontology/organization/{each.slug}"
        _add(block, "TLCOrganization", eId=f"party_{each.slug}", href=href, showAs=each.name)


def _notes(meta: ET.Element, words: Iterable[WordingContent], *, short: Mapping[str, str]) -> Mapping[str, list[str]]:
    """That the words are ours, and rival words; by line the ids of the notes on it."""
    block = _add(meta, "notes", source=f"#{US}")
    general = _add(block, "note", eId="note_paraphrase")
    _add(general, "p").text = "All words are a paraphrase by the Provision Tracker, and no official text."
    found: dict[str, list[str]] = {}
    for each in words:
        for number, variant in enumerate(each.variants, start=1):
            name = f"note_{each.provision}_{number}"
            whose = ", ".join(short.get(party, party) for party in variant.parties)
            _add(_add(block, "note", eId=name), "p").text = f"{whose}: {variant.text}"
            found.setdefault(each.provision, []).append(name)
    return found


def _article(
    body: ET.Element,
    line: WordingContent,
    *,
    parts: list[WordingContent],
    titles: Mapping[str, str],
    notes: Mapping[str, list[str]],
) -> None:
    article = _add(body, "article", eId=f"art_{line.provision}")
    if line.number:
        _add(article, "num").text = line.number
    _add(article, "heading").text = line.heading or titles[line.provision]
    _said(_add(article, "intro" if parts else "content"), line, notes=notes)
    for part in parts:
        paragraph = _add(article, "paragraph", eId=f"art_{line.provision}__para_{part.provision}")
        if part.number:
            _add(paragraph, "num").text = part.number
        _said(_add(paragraph, "content"), part, notes=notes)


def _said(block: ET.Element, words: WordingContent, *, notes: Mapping[str, list[str]]) -> None:
    paragraph = _add(block, "p")
    paragraph.text = words.text
    for name in notes.get(words.provision, ()):
        _add(paragraph, "noteRef", href=f"#{name}")
