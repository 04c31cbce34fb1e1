"""All texts of a plan at a glance, as people read them."""

import re
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from django.test import Client

from provisions.agreement.words import Provenance
from provisions.contents import RelationContent, RemovalContent
from provisions.held import held
from provisions.models import Outcome, RelationKind, Resource, Seen
from provisions.record import writing
from tests import builders
from tests.builders import ACCORD, TESTER, revision

from .pages import part, seen, words

PAGE = f"/plans/{ACCORD}/texts/"
RIVAL = "rival"


@pytest.fixture
def three_texts(accord: Any) -> None:
    """The accord's second draft changes one line and drops another; beside the chain stands a text of its own."""
    revision("beside", words={"ceasefire": "Fire may cease."}, derives_from="draft-1", dated=date(2026, 1, 6))
    revision(
        "draft-2",
        words={"ceasefire": "All fire ceases at dusk.", "anthem": "An anthem is written."},
        derives_from="draft-1",
        dated=date(2026, 1, 7),
    )


def put(resource: Resource, key: str, *, plan: str = ACCORD, **fields: Any) -> None:
    with writing(plan, by=TESTER) as pen:
        pen.put([replace(held(pen.plan, resource)[key].content, **fields)])


def related(kind: RelationKind, *, line: str = "truce", to: str = "ceasefire", note: str = "") -> None:
    """An analyst's judgement on words of the rival plan beside the first words of the accord."""
    relation = RelationContent(
        provision=line,
        revision="draft-1",
        other=f"{ACCORD}/draft-1/{to}",
        kind=kind,
        note=note,
        sources=("S1",),
    )
    with writing(RIVAL, by=TESTER) as pen:
        pen.put([relation])


@pytest.fixture
def rival(three_texts: None) -> None:
    """Caldor's own plan, which has a truce and a museum."""
    builders.plan(RIVAL, lines={"truce": "All fire ceases for a week.", "museum": "A museum is built."})


def columns(response: Any) -> list[str]:
    head = part(response.content.decode(), "thead")
    return [words(each) for each in re.findall(r"<th.*?</th>", head, flags=re.DOTALL)]


def cells(response: Any, line: str, *, plan: str = ACCORD) -> list[str]:
    row = part(response.content.decode(), f"line-{plan}-{line}")
    return [words(each) for each in re.findall(r"<td>(.*?)</td>", row, flags=re.DOTALL)]


# ---- Texts and lines ----


def test_the_texts_are_columns_in_the_order_of_their_days(client: Client, three_texts):
    assert columns(client.get(PAGE)) == ["Line", "draft-1 5 Jan 2026", "beside 6 Jan 2026", "draft-2 7 Jan 2026"]


def test_a_row_says_how_each_text_treats_the_line(client: Client, three_texts):
    page = client.get(PAGE)
    assert cells(page, "ceasefire") == [
        "1 first words: All fire ceases at noon.",
        "1 other words: Fire may cease.",
        "1 other words: All fire ceases at dusk.",
    ]
    assert cells(page, "prisoners") == ["2 first words: All prisoners return home.", "no counterpart", "no counterpart"]
    assert cells(page, "anthem") == ["no counterpart", "no counterpart", "2 only here: An anthem is written."]


def test_words_ruled_to_mean_the_same_are_the_same(client: Client, accord):
    words = {"ceasefire": "At noon all fire ceases."}
    revision("draft-2", words=words, derives_from="draft-1", editorial=("ceasefire",))
    assert cells(client.get(PAGE), "ceasefire")[1].startswith("1 same: ")


def test_a_gist_stands_for_the_words_where_somebody_wrote_one(client: Client, three_texts):
    put(Resource.WORDING, "draft-2/ceasefire", gist="At dusk")
    assert cells(client.get(PAGE), "ceasefire")[2] == "1 other words: At dusk"


def test_what_became_of_a_line_is_told_in_its_cell(client: Client, three_texts):
    removal = RemovalContent(provision="prisoners", outcome=Outcome.MOVED, note="Left to the envoys.")
    put(Resource.REVISION, "draft-2", removals=(removal,))
    assert cells(client.get(PAGE), "prisoners")[2] == "moved elsewhere"


def test_lines_that_answer_to_several_stand_with_each_of_them(client: Client, accord):
    revision(
        "draft-2",
        words={"peace": "Fire ceases and prisoners return."},
        derives_from="draft-1",
        comes_from={"peace": ("draft-1/ceasefire", "draft-1/prisoners")},
    )
    page = client.get(PAGE)
    merged = "1 merged: Fire ceases and prisoners return."
    assert cells(page, "ceasefire")[1] == merged
    assert cells(page, "prisoners")[1] == merged


def test_a_line_leads_to_its_page_if_the_chain_has_it(client: Client, three_texts):
    revision("other", words={"parade": "A parade is held."}, dated=date(2026, 1, 8))
    put(Resource.PLAN, ACCORD, current_revision="draft-2")
    html = client.get(PAGE).content.decode()
    assert f'href="/plans/{ACCORD}/provisions/ceasefire/"' in html
    assert f'href="/plans/{ACCORD}/provisions/parade/"' not in html


# ---- What was not seen ----


def test_a_text_that_nobody_saw_has_no_missing_lines_only_unreported_ones(client: Client, three_texts):
    put(Resource.REVISION, "beside", provenance=Provenance.REPORTED)
    assert cells(client.get(PAGE), "prisoners")[1] == "not reported"


def test_a_text_seen_in_part_says_how_much_of_it_and_what_is_unknown(client: Client, three_texts):
    put(Resource.REVISION, "beside", point_count=9)
    page = client.get(PAGE)
    assert columns(page)[2] == "beside 6 Jan 2026 1 of 9 points on record"
    assert cells(page, "prisoners")[1] == "not seen"
    assert cells(page, "anthem")[1] == "no counterpart seen"


def test_words_seen_in_part_say_so_to_those_who_see_no_italics(client: Client, three_texts):
    put(Resource.WORDING, "beside/ceasefire", seen=Seen.PARTIAL)
    assert cells(client.get(PAGE), "ceasefire")[1] == "1 other words, seen in part: Fire may cease."


def test_a_text_without_words_has_no_column_and_is_named(client: Client, three_texts):
    revision("unwritten", words={}, provenance=Provenance.ANNOUNCED, dated=date(2026, 1, 9))
    page = client.get(PAGE)
    assert not any("unwritten" in each for each in columns(page))
    assert "without a column: Unwritten, 9 Jan 2026." in seen(page)


# ---- Texts of other plans ----


def test_a_text_of_another_plan_is_a_column_once_somebody_related_it(client: Client, rival):
    assert len(columns(client.get(PAGE))) == 4
    related(RelationKind.NARROWER)
    page = client.get(PAGE)
    assert len(columns(page)) == 5
    assert "1 narrower: All fire ceases for a week." in cells(page, "ceasefire")
    assert "The Draft-1 is a plan of its own" in seen(page)


def test_one_line_can_answer_to_several_and_several_to_one(client: Client, rival):
    related(RelationKind.NARROWER)
    related(RelationKind.CONTRADICTS, to="prisoners")
    related(RelationKind.RELATED, line="museum")
    page = client.get(PAGE)
    assert "1 narrower: All fire ceases for a week. 2 other words: A museum is built." in cells(page, "ceasefire")
    assert "1 contradicts: All fire ceases for a week." in cells(page, "prisoners")


def test_seen_from_the_other_plan_the_relation_reads_the_other_way_round(client: Client, rival):
    related(RelationKind.NARROWER)
    page = client.get(f"/plans/{RIVAL}/texts/")
    assert "1 broader: All fire ceases at noon." in cells(page, "truce", plan=RIVAL)


def test_lines_that_only_the_other_plan_has_stand_apart(client: Client, rival):
    related(RelationKind.NARROWER)
    page = client.get(PAGE)
    assert "Only in the Draft-1" in seen(page)
    apart = cells(page, "museum", plan=RIVAL)
    assert apart.count("no counterpart") == 3
    assert "2 only here: A museum is built." in apart


def test_words_judged_to_treat_another_matter_do_not_answer(client: Client, rival):
    related(RelationKind.UNRELATED)
    assert len(columns(client.get(PAGE))) == 4


def test_the_judgements_stand_below_with_their_reasons_and_sources(client: Client, rival):
    related(RelationKind.NARROWER, note="A week is not for ever.")
    text = seen(client.get(PAGE))
    assert "Narrower 1 Truce in the draft-1, beside 1 Ceasefire in the draft-1. A week is not for ever." in text
    assert text.rstrip().endswith("The Daily Record")


def test_words_without_a_number_are_judged_by_their_title(client: Client, rival):
    put(Resource.WORDING, "draft-1/truce", plan=RIVAL, number=None)
    related(RelationKind.NARROWER)
    assert "<b>Truce</b>" in client.get(PAGE).content.decode()


# ---- The page ----


def test_a_plan_without_words_says_so(client: Client, db):
    builders.plan()
    assert "No words on record yet" in seen(client.get(PAGE))


def test_a_plan_that_is_not_on_record_is_not_found(client: Client, db):
    assert client.get("/plans/nowhere/texts/").status_code == 404


@pytest.mark.parametrize("count", [2, 25])
def test_the_page_costs_the_same_queries_however_many_lines_and_relations(
    client: Client, db, count, django_assert_num_queries
):
    lines = {f"line-{n}": f"Words of line {n}." for n in range(1, count + 1)}
    builders.plan(lines=lines)
    builders.plan(RIVAL, lines=lines)
    for n in range(1, count + 1):
        related(RelationKind.RELATED, line=f"line-{n}", to=f"line-{n}")
    # Two open and settle the moment; the plan, its version, relations and their sources, titles of the plans, lines,
    # texts, words, removals, categories.
    with django_assert_num_queries(2 + 10):
        client.get(PAGE)
