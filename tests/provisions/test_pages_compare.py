"""Two texts side by side, as people read them."""

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from provisions.agreement.words import Authority, Provenance, Stance, WordingChange
from provisions.assessing import recompute
from provisions.contents import FigureContent, RemovalContent, VariantContent, WordingContent
from provisions.held import held
from provisions.models import Outcome, Plan, Resource, Seen
from provisions.record import writing
from tests import builders
from tests.builders import ACCORD, ARDEN, BREVIA, CALDOR, TESTER, revision, says

from .pages import part, seen, words

PAGE = f"/plans/{ACCORD}/compare/draft-1..draft-2/"
DAY = date(2026, 1, 10)

FIRST = {
    "ceasefire": "All fire ceases at noon.",
    "prisoners": "All prisoners return home.",
    "fund": "A fund pays for roads and for houses.",
    "border": "The border stays open.",
    "passes": "Passes are free.",
    "parade": "A parade is held every year.",
}
SECOND = {
    "ceasefire": "All fire ceases at dusk.",
    "prisoners": "All prisoners return home.",
    "fund": "A fund pays for roads.",
    "houses": "A fund pays for houses.",
    "border": "The border stays open and passes are free.",
    "anthem": "An anthem is written.",
}


@pytest.fixture
def two_drafts(db: None) -> Plan:
    """A second draft that changes, splits, merges, drops and adds lines of the first."""
    builders.plan(lines=FIRST)
    revision("draft-2", words={}, derives_from="draft-1", dated=date(2026, 1, 7))
    with writing(ACCORD, by=TESTER) as pen:
        pen.put([builders._line(pen.plan, name) for name in ("houses", "anthem")])
        origins = {
            "houses": ("draft-1/fund",),
            "border": ("draft-1/border", "draft-1/passes"),
            "anthem": (),
        }
        before = {key: each.content for key, each in held(pen.plan, Resource.WORDING).items()}
        pen.put(
            [
                builders.with_settled_change(
                    WordingContent(
                        provision=name,
                        revision="draft-2",
                        number=str(n),
                        text=text,
                        change=WordingChange.SPLIT if name in ("fund", "houses") else WordingChange.SUBSTANTIVE,
                        comes_from=origins.get(name, (f"draft-1/{name}",)),
                    ),
                    before,
                )
                for n, (name, text) in enumerate(SECOND.items(), start=1)
            ]
        )
    return Plan.objects.get(slug=ACCORD)


def work_out() -> None:
    recompute(Plan.objects.get(slug=ACCORD).pk, today=DAY)


def put(resource: Resource, key: str, **fields: Any) -> None:
    """Say something else of a thing that is on record."""
    with writing(ACCORD, by=TESTER) as pen:
        pen.put([replace(held(pen.plan, resource)[key].content, **fields)])


def row(response: Any, line: str) -> str:
    return seen(response, within=f"line-{line}")


def lines(response: Any) -> list[str]:
    """The first line of each row that is shown."""
    return re.findall(r'<article class="conc-row" id="line-([^"]+)"', response.content.decode())


def side(response: Any, line: str, which: int) -> str:
    """What stands on the left (0) or on the right (1) of a row."""
    return words(part(response.content.decode(), f"line-{line}").split('<div class="conc-side">')[which + 1])


# ---- Which texts ----


def test_without_a_choice_the_first_and_the_current_text_of_the_chain_are_compared(client: Client, two_drafts):
    revision("draft-3", words={"ceasefire": "All fire ceases."}, derives_from="draft-2", dated=date(2026, 1, 8))
    revision("beside", words={"ceasefire": "Fire may cease."}, dated=date(2026, 1, 9))
    put(Resource.PLAN, ACCORD, current_revision="draft-3")
    answer = client.get(f"/plans/{ACCORD}/compare/")
    assert answer["Location"] == f"/plans/{ACCORD}/compare/draft-1..draft-3/"


def test_the_form_leads_to_an_address_of_its_own(client: Client, two_drafts):
    answer = client.get(f"/plans/{ACCORD}/compare/?from=draft-2&to=draft-1")
    assert answer["Location"] == f"/plans/{ACCORD}/compare/draft-2..draft-1/"


@pytest.mark.parametrize(
    "address",
    [
        f"/plans/{ACCORD}/compare/draft-1..draft-9/",
        f"/plans/{ACCORD}/compare/draft-9..draft-1/",
        f"/plans/{ACCORD}/compare/?from=../../&to=draft-1",
        "/plans/nowhere/compare/draft-1..draft-2/",
        "/plans/nowhere/compare/",
    ],
)
def test_what_is_not_on_record_is_not_found(client: Client, two_drafts, address):
    assert client.get(address).status_code == 404


def test_the_selects_offer_the_texts_with_words_and_have_the_two_chosen(client: Client, two_drafts):
    revision("unwritten", words={}, provenance=Provenance.REPORTED, dated=date(2026, 1, 8))
    html = client.get(PAGE).content.decode()
    offered = re.findall(
        r'<option value="([^"]+)"( selected)?', html.partition('name="from"')[2].partition("</select")[0]
    )
    assert offered == [("draft-1", " selected"), ("draft-2", "")]


def test_a_text_without_words_that_is_compared_is_offered_too(client: Client, two_drafts):
    revision("unwritten", words={}, provenance=Provenance.REPORTED, dated=date(2026, 1, 8))
    html = client.get(f"/plans/{ACCORD}/compare/draft-1..unwritten/").content.decode()
    assert '<option value="unwritten" selected>' in html.partition('name="to"')[2]


def test_a_plan_without_a_text_says_so(client: Client, db):
    builders.plan()
    assert "No" in seen(client.get(f"/plans/{ACCORD}/compare/"))
    assert client.get(f"/plans/{ACCORD}/compare/").status_code == 200


def test_one_text_on_both_sides_says_so(client: Client, two_drafts):
    text = seen(client.get(f"/plans/{ACCORD}/compare/draft-2..draft-2/"))
    assert "one text on both sides" in text
    assert "6 Same in substance 0 Modified" in text


# ---- What became of the lines ----


def test_the_tally_counts_every_line_once(client: Client, two_drafts):
    text = seen(client.get(PAGE))
    assert "1 Same in substance 1 Modified 2 Split 2 Merged 1 Removed 1 Added" in text
    assert "Not seen" not in text


def test_a_changed_line_is_marked_word_by_word_on_both_sides(client: Client, two_drafts):
    page = client.get(PAGE)
    assert "All fire ceases at deleted: noon (end) ." in side(page, "ceasefire", 0)
    assert "All fire ceases at inserted: dusk (end) ." in side(page, "ceasefire", 1)
    assert "Modified" in row(page, "ceasefire")


def test_words_that_did_not_change_are_not_marked(client: Client, two_drafts):
    text = row(client.get(PAGE), "prisoners")
    assert text.count("All prisoners return home.") == 2
    assert "Same in substance" in text


def test_a_line_that_was_split_stands_beside_all_that_came_of_it(client: Client, two_drafts):
    page = client.get(PAGE)
    # Words that went on in the second line are kept, not deleted here and new there.
    assert "A fund pays for roads deleted: and (end) for houses." in side(page, "fund", 0)
    assert "3 Fund A fund pays for roads" in side(page, "fund", 1)
    assert "4 Houses" in side(page, "fund", 1)
    assert side(page, "fund", 1).endswith("(end) for houses.")
    assert 'id="line-houses"' in part(page.content.decode(), "line-fund")
    assert row(page, "fund").count("Split") == 2


def test_lines_that_were_merged_stand_side_by_side_with_what_they_became(client: Client, two_drafts):
    page = client.get(PAGE)
    assert "border" in lines(page)
    assert "passes" not in lines(page)
    assert "4 Border The border stays open" in side(page, "border", 0)
    assert "5 Passes deleted: Passes (end) are free." in side(page, "border", 0)
    text = row(page, "border")
    assert text.count("Merged") == 2
    assert "Passes." in side(page, "border", 1)


def test_an_added_and_a_removed_line_have_no_counterpart(client: Client, two_drafts):
    page = client.get(PAGE)
    assert side(page, "anthem", 0).startswith("No counterpart.")
    assert "Added" in row(page, "anthem")
    assert side(page, "parade", 1) == "No counterpart."
    assert "Removed" in row(page, "parade")


def test_read_backwards_added_is_removed_and_split_is_merged(client: Client, two_drafts):
    page = client.get(f"/plans/{ACCORD}/compare/draft-2..draft-1/")
    assert "1 Same in substance 1 Modified 2 Split 2 Merged 1 Removed 1 Added" in seen(page)
    assert "Removed" in row(page, "anthem")
    assert row(page, "fund").count("Merged") == 2


def test_a_removal_says_what_a_source_says_of_it(client: Client, two_drafts):
    removal = RemovalContent(provision="parade", outcome=Outcome.MOVED, note="Left to the towns.")
    put(Resource.REVISION, "draft-2", removals=(removal,))
    assert side(client.get(PAGE), "parade", 1) == "No counterpart. Moved elsewhere. Left to the towns."


def test_levels_stand_between_the_texts_where_the_later_one_is_current(client: Client, two_drafts):
    says(ARDEN, Stance.REJECT, "ceasefire")
    work_out()
    assert "Contested" in row(client.get(PAGE), "ceasefire")
    assert "Withdrawn" in row(client.get(PAGE), "parade")
    assert "Contested" not in row(client.get(f"/plans/{ACCORD}/compare/draft-2..draft-1/"), "ceasefire")


# ---- Drafts that were not seen whole ----


def test_a_line_that_an_unseen_text_may_still_have_is_not_called_removed(client: Client, two_drafts):
    put(Resource.REVISION, "draft-2", provenance=Provenance.REPORTED)
    page = client.get(PAGE)
    assert "0 Removed 1 Added 1 Not seen" in seen(page)
    assert side(page, "parade", 1) == "Not reported."


def test_a_text_seen_in_part_says_so_line_by_line(client: Client, two_drafts):
    put(Resource.REVISION, "draft-2", point_count=20)
    put(Resource.WORDING, "draft-2/ceasefire", seen=Seen.PARTIAL)
    page = client.get(PAGE)
    assert side(page, "parade", 1) == "Not seen."
    assert "Seen in part." in side(page, "ceasefire", 1)


def test_a_text_without_words_says_so(client: Client, two_drafts):
    revision("unwritten", words={}, provenance=Provenance.REPORTED, dated=date(2026, 1, 8))
    text = seen(client.get(f"/plans/{ACCORD}/compare/draft-1..unwritten/"))
    assert "No words of the Unwritten are on record." in text
    assert "6 Not seen" in text


# ---- Who still stands by what vanished ----


def test_who_consented_to_the_last_words_of_a_vanished_line_still_demands_it(client: Client, two_drafts):
    says(ARDEN, Stance.ACCEPT, "parade", on="2026-01-06")
    says(BREVIA, Stance.REJECT, "parade", on="2026-01-06")
    says(CALDOR, Stance.ACCEPT, "parade", asserted_by=BREVIA, authority=Authority.ATTRIBUTED)
    work_out()
    text = side(client.get(PAGE), "parade", 1)
    assert "Still demanded by Arden, 6 Jan 2026" in text
    assert "Brevia" not in text
    assert "Caldor" not in text


def test_who_accepted_the_later_text_as_a_whole_no_longer_demands_it(client: Client, two_drafts):
    says(ARDEN, Stance.ACCEPT, "parade", on="2026-01-06")
    says(ARDEN, Stance.ACCEPT, None, revision="draft-2", on="2026-01-08")
    work_out()
    assert "Arden" not in side(client.get(PAGE), "parade", 1)


def test_a_weaker_consent_is_called_what_it_is(client: Client, two_drafts):
    says(ARDEN, Stance.IN_PRINCIPLE, "parade", on="2026-01-06")
    work_out()
    assert "Consent of Arden stands: in principle, 6 Jan 2026" in side(client.get(PAGE), "parade", 1)


def test_what_was_said_is_reckoned_by_party_on_the_later_text(client: Client, two_drafts):
    says(ARDEN, Stance.ACCEPT, "ceasefire", on="2026-01-06")
    says(ARDEN, Stance.REJECT, "fund", on="2026-01-06")
    says(ARDEN, Stance.ACCEPT, "anthem", revision="draft-2", on="2026-01-08")
    work_out()
    table = seen(client.get(PAGE)).partition("No own word")[2].partition("Brevia")[0]
    # On the anthem; the objection to the fund stands on both lines that came of it; the ceasefire has other words now;
    # on prisoners and border it never spoke.
    assert table.strip() == "Arden 1 2 1 2"


def test_a_refusal_of_the_whole_later_text_is_said_once(client: Client, two_drafts):
    says(BREVIA, Stance.REJECT, None, revision="draft-2", on="2026-01-08")
    work_out()
    assert "Brevia refused the draft-2 as a whole on 8 Jan 2026" in seen(client.get(PAGE))


def test_levels_of_an_earlier_text_are_worked_out_for_the_reckoning(client: Client, two_drafts):
    says(ARDEN, Stance.ACCEPT, "ceasefire")
    text = seen(client.get(f"/plans/{ACCORD}/compare/draft-2..draft-1/"))
    assert "On the 6 lines of the draft-1." in text
    assert "Arden 1 0 0 5" in text


# ---- Figures ----


def figure(value: int | None, *, name: str = "hours", label: str = "Hours of rest", note: str = "") -> FigureContent:
    amount = None if value is None else Decimal(value)
    return FigureContent(name=name, label=label, value=amount, unit="hours", note=note)


def figures(response: Any) -> str:
    return seen(response).partition("Figures that moved")[2].partition("What became of what was said")[0]


def test_figures_that_moved_stand_with_both_values(client: Client, two_drafts):
    put(Resource.WORDING, "draft-1/ceasefire", figures=(figure(12),))
    put(Resource.WORDING, "draft-2/ceasefire", figures=(figure(18, note="At least."),))
    assert "Hours of rest was 12 hours now 18 hours At least." in figures(client.get(PAGE))


def test_figures_that_did_not_move_are_left_out(client: Client, two_drafts):
    for draft in ("draft-1", "draft-2"):
        put(Resource.WORDING, f"{draft}/ceasefire", figures=(figure(12, note=draft),))
    assert "No figure that both texts show differs." in figures(client.get(PAGE))


def test_a_figure_that_came_or_went_says_which_text_lacks_it(client: Client, two_drafts):
    put(Resource.WORDING, "draft-1/ceasefire", figures=(figure(12),))
    put(Resource.WORDING, "draft-2/fund", figures=(figure(7, name="roads", label="Roads"),))
    text = figures(client.get(PAGE))
    assert "Hours of rest was 12 hours not in the text" in text
    assert "Roads not in the text now 7 hours" in text


def test_words_seen_in_part_do_not_prove_that_a_figure_is_gone(client: Client, two_drafts):
    put(Resource.WORDING, "draft-1/ceasefire", figures=(figure(12),))
    put(Resource.WORDING, "draft-2/ceasefire", seen=Seen.PARTIAL)
    assert "Hours of rest was 12 hours not seen" in figures(client.get(PAGE))


def test_a_figure_of_rival_words_names_whose_they_are(client: Client, two_drafts):
    put(Resource.WORDING, "draft-1/ceasefire", figures=(figure(12),))
    rival = VariantContent(parties=(BREVIA,), text="All fire ceases at dawn.", figures=(figure(24),))
    put(Resource.WORDING, "draft-2/ceasefire", variants=(rival,))
    assert "now 24 hours" in figures(client.get(PAGE))
    assert "Brevia" in figures(client.get(PAGE))


# ---- The address, without htmx and with ----


@pytest.mark.parametrize(
    ("show", "expected"),
    [
        ("modified", ["ceasefire"]),
        ("changed", ["ceasefire", "fund", "border", "anthem"]),
        ("removed", ["parade"]),
        ("split", ["fund"]),
        ("nonsense", ["ceasefire", "prisoners", "fund", "border", "parade", "anthem"]),
    ],
)
def test_the_lines_that_are_shown_stand_in_the_address(client: Client, two_drafts, show, expected):
    assert lines(client.get(f"{PAGE}?show={show}")) == expected


def test_a_narrowed_list_says_how_many_it_shows_and_leads_back(client: Client, two_drafts):
    text = seen(client.get(f"{PAGE}?show=removed"), within="list")
    assert "Removed: 1 of 8 lines. Show all" in text


def test_nothing_to_show_says_so(client: Client, two_drafts):
    assert "No line to show" in seen(client.get(f"/plans/{ACCORD}/compare/draft-2..draft-2/?show=added"), within="list")


def test_the_clean_text_has_no_marks_and_keeps_the_filter(client: Client, two_drafts):
    page = client.get(f"{PAGE}?show=modified&text=clean")
    assert "<ins>" not in part(page.content.decode(), "list")
    assert "All fire ceases at dusk." in side(page, "ceasefire", 1)
    assert "?show=modified#list" in page.content.decode()


def test_htmx_gets_the_list_alone_and_says_how_many(client: Client, two_drafts):
    answer = client.get(f"{PAGE}?show=removed", headers={"HX-Request": "true"})
    html = answer.content.decode()
    assert "<html" not in html
    assert lines(answer) == ["parade"]
    assert "1 of 8 lines" in part(html, "live")
    assert "HX-Request" in answer["Vary"]


def test_htmx_that_restores_a_page_gets_the_whole_of_it(client: Client, two_drafts):
    answer = client.get(PAGE, headers={"HX-Request": "true", "HX-History-Restore-Request": "true"})
    assert "<html" in answer.content.decode()


# ---- What it costs ----


@pytest.mark.parametrize("count", [3, 30])
def test_a_comparison_costs_the_same_queries_however_many_lines(client: Client, db, count, django_assert_num_queries):
    builders.long_plan(count)
    revision(
        "draft-2",
        words={f"line-{n}": f"Other words of line {n}." for n in range(2, count + 1)},
        derives_from="draft-1",
    )
    work_out()
    client.get(PAGE)
    # Two open and settle the moment; the plan, its version, lines, texts, their words and removals, the words
    # themselves, parties, kept levels of the lines and of the plan, positions, figures. What the rule says of an
    # earlier text is worked out once and kept.
    with django_assert_num_queries(2 + 12):
        client.get(PAGE)
