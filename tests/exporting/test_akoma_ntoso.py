"""A draft as Akoma Ntoso: the structure that the format asks for, and every word of the draft in it."""

import xml.etree.ElementTree as ET
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from provisions.exporting import whole
from provisions.exporting.akoma_ntoso import NAMESPACE, akoma_ntoso
from provisions.importing import apply, read_plan
from provisions.models import Via
from provisions.record import Author

TODAY = date(2026, 11, 27)
EVERYTHING = Path(__file__).parents[1] / "importing" / "everything.yaml"

# For each element in which order its children may come: a small part of the standard, written down by hand.
ORDER = {
    "akomaNtoso": ["bill"],
    "bill": ["meta", "preface", "body"],
    "meta": ["identification", "references", "notes"],
    "identification": ["FRBRWork", "FRBRExpression", "FRBRManifestation"],
    "FRBRWork": ["FRBRthis", "FRBRuri", "FRBRdate", "FRBRauthor", "FRBRcountry"],
    "FRBRExpression": ["FRBRthis", "FRBRuri", "FRBRdate", "FRBRauthor", "FRBRlanguage"],
    "FRBRManifestation": ["FRBRthis", "FRBRuri", "FRBRdate", "FRBRauthor", "FRBRformat"],
    "references": ["TLCOrganization"],
    "notes": ["note"],
    "note": ["p"],
    "preface": ["longTitle"],
    "longTitle": ["p"],
    "body": ["article"],
    "article": ["num", "heading", "intro", "content", "paragraph"],
    "paragraph": ["num", "heading", "content"],
    "intro": ["p"],
    "content": ["p"],
    "p": ["noteRef"],
}


@pytest.fixture
def everything(db):
    apply(read_plan(EVERYTHING, today=TODAY), by=Author(via=Via.IMPORT))
    return whole("everything")


def tag(element: ET.Element) -> str:
    return element.tag.removeprefix(f"{{{NAMESPACE}}}")


@pytest.mark.parametrize("revision", ["first", "second", "third"])
def test_elements_stand_in_the_order_of_the_standard_and_ids_are_unique(everything, revision):
    root = ET.fromstring(akoma_ntoso(everything, revision, made=TODAY))  # noqa: S314 -- our own
    for element in root.iter():
        places = [ORDER[tag(element)].index(tag(child)) for child in element]
        assert places == sorted(places), tag(element)
    ids = [element.get("eId") for element in root.iter() if element.get("eId")]
    assert len(ids) == len(set(ids))
    named = {element.get("href", "")[1:] for element in root.iter() if element.get("href", "").startswith("#")}
    assert named <= set(ids)


def test_numbers_headings_parts_and_rival_words_are_there(everything):
    first = akoma_ntoso(everything, "first", made=TODAY)
    assert "<p>Arden keeps 20 boats.</p>" in first
    assert '<paragraph eId="art_forces__para_forces-reserve">' in first
    second = akoma_ntoso(everything, "second", made=TODAY)
    assert "<num>1a</num>" in second
    assert "<heading>Boats</heading>" in second
    assert '<noteRef href="#note_forces_1"' in second
    assert "<p>Brevia: Arden has 10 boats.</p>" in second


def test_words_that_look_like_mark_up_stay_words(everything):
    odd = "Fire </p> ceases & <b>at noon</b>."
    wordings = tuple(replace(each, text=odd) for each in everything.contents.wordings)
    found = replace(everything, contents=replace(everything.contents, wordings=wordings))
    root = ET.fromstring(akoma_ntoso(found, "first", made=TODAY))  # noqa: S314 -- our own
    assert [each.text for each in root.iter(f"{{{NAMESPACE}}}p")].count(odd) == 3


def test_the_command_writes_the_document(everything, capsys):
    call_command("export_akn", "everything", "first")
    assert capsys.readouterr().out == akoma_ntoso(everything, "first", made=timezone.now().date())


def test_an_unknown_text_is_answered_with_those_there_are(everything):
    with pytest.raises(CommandError, match="has no revision 'fourth'; there are: first, third, second"):
        call_command("export_akn", "everything", "fourth")
