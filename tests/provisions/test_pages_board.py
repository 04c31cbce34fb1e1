"""The board as people read it."""

from dataclasses import replace
from datetime import date

import pytest
from django.test import Client

from provisions.agreement.words import Authority, Provenance, Stance
from provisions.assessing import recompute
from provisions.contents import ConditionContent
from provisions.held import held
from provisions.models import ConditionKind, Plan, Resource
from provisions.record import writing
from tests import builders
from tests.builders import ACCORD, ARDEN, BREVIA, CALDOR, revision, says

from .pages import part, rows, seen, words

BOARD = f"/plans/{ACCORD}/"
HTMX = {"HX-Request": "true"}
DAY = date(2026, 1, 10)


def work_out() -> None:
    recompute(Plan.objects.get(slug=ACCORD).pk, today=DAY)


@pytest.fixture
def halfway(accord):
    """Both accept the ceasefire; Arden rejects the prisoners' return, on which Brevia is silent."""
    says(ARDEN, Stance.ACCEPT, "ceasefire")
    says(BREVIA, Stance.ACCEPT, "ceasefire")
    says(ARDEN, Stance.REJECT, "prisoners")
    work_out()


def test_a_reader_sees_where_every_line_stands_and_who_keeps_it_there(client: Client, halfway):
    page = client.get(BOARD)
    assert rows(page) == ["ceasefire", "prisoners"]
    ceasefire, prisoners = (seen(page, within=f"row-{line}") for line in rows(page))
    assert "Arden" not in ceasefire
    assert "Accepts Accepts Silent , not essential Silent , not essential Agreed" in ceasefire
    assert "Rejects Silent" in prisoners
    assert "Contested Arden rejects" in prisoners


def test_the_head_counts_lines_and_never_gives_a_percentage(client: Client, halfway):
    head = seen(client.get(BOARD), within="head")
    assert "Where the lines of the draft-1 stand 1 agreed 1 contested 1 of 2 closed, ad referendum or better" in head
    assert "Provisional. Nothing is agreed until everything is agreed." in head
    assert "%" not in head


def test_the_bar_says_its_counts_to_those_who_do_not_see_it(client: Client, halfway):
    assert 'aria-label="The plan: 1 agreed, 1 contested"' in client.get(BOARD).content.decode()


def test_the_phase_is_marked_in_the_ribbon(client: Client, halfway):
    head = part(client.get(BOARD).content.decode(), "head")
    assert '<li aria-current="step">Under negotiation</li>' in head


def test_a_refusal_of_the_whole_text_marks_the_plan_and_no_line(client: Client, accord):
    says(BREVIA, Stance.REJECT, None, on="2026-01-08")
    work_out()
    page = client.get(BOARD)
    assert "Refused as a whole by Brevia, 8 Jan 2026" in seen(page, within="head")
    assert "Rejects" not in seen(page, within="row-ceasefire")


def test_consent_to_earlier_words_is_stale_and_says_on_which_text_it_was_given(client: Client, halfway):
    revision("draft-2", words={"ceasefire": "All fire ceases at dawn.", "prisoners": "All prisoners return home."},
             derives_from="draft-1")  # fmt: skip
    work_out()
    row = seen(client.get(BOARD), within="row-ceasefire")
    assert "Stale Accepts on the draft-1" in row
    assert "Open Arden, Brevia stale" in row
    assert "Modified" in row


def test_a_line_that_is_gone_stays_on_the_board_and_says_so(client: Client, halfway):
    revision("draft-2", words={"ceasefire": "All fire ceases at noon."}, derives_from="draft-1")
    work_out()
    page = client.get(BOARD)
    row = seen(page, within="row-prisoners")
    assert "→ out" in row
    assert "Withdrawn last words: draft-1, contested" in row
    assert "1 of 1" in seen(page, within="head")


def test_a_line_that_was_agreed_and_then_dropped_is_an_alarm_at_the_head(client: Client, halfway):
    revision("draft-2", words={"prisoners": "All prisoners return home."}, derives_from="draft-1")
    work_out()
    page = client.get(BOARD)
    assert "Agreed, then dropped: 1 Ceasefire was agreed in the last text that had it" in seen(page, within="head")
    assert "Agreed, then dropped" in seen(page, within="row-ceasefire")


def test_a_claim_says_who_makes_it(client: Client, accord):
    says(BREVIA, Stance.ACCEPT, "ceasefire", authority=Authority.ATTRIBUTED, asserted_by=CALDOR)
    says(ARDEN, Stance.ACCEPT, "ceasefire", authority=Authority.REPORTED)
    work_out()
    row = seen(client.get(BOARD), within="row-ceasefire")
    assert "Claimed by press" in row
    assert "Claimed by Caldor" in row


def test_lines_that_close_only_together_are_named_at_the_head_and_tagged(client: Client, accord):
    def hangs_on(line: str) -> tuple[ConditionContent, ...]:
        return (ConditionContent(kind=ConditionKind.PROVISION_REACHES, provision=line, level="agreed"),)

    says(ARDEN, Stance.CONDITIONAL, "ceasefire", conditions=hangs_on("prisoners"))
    says(BREVIA, Stance.ACCEPT, "ceasefire")
    says(ARDEN, Stance.ACCEPT, "prisoners")
    says(BREVIA, Stance.CONDITIONAL, "prisoners", conditions=hangs_on("ceasefire"))
    work_out()
    page = client.get(BOARD)
    assert "Packages: Ceasefire with Prisoners." in seen(page, within="head")
    assert "Conditionally Arden: condition unmet Closes only with 1 other" in seen(page, within="row-ceasefire")


def test_what_is_written_and_not_yet_worked_out_is_said_at_the_head(client: Client, halfway):
    says(BREVIA, Stance.ACCEPT, "prisoners")
    head = seen(client.get(BOARD), within="head")
    plan = Plan.objects.get(slug=ACCORD)
    assert f"The record is at state {plan.seq}, the levels are those of state {plan.assessed_seq}" in head


def test_a_plan_whose_levels_nobody_worked_out_yet_has_a_board(client: Client, accord):
    page = client.get(BOARD)
    assert "No level has been worked out yet" in seen(page)
    assert "Readings are not worked out yet" in seen(page, within="row-ceasefire")


def test_a_text_that_only_the_press_was_told_of_says_so(client: Client, db):
    builders.plan(lines={"ceasefire": "Something about fire."}, provenance=Provenance.REPORTED)
    work_out()
    assert "Text not seen" in seen(client.get(BOARD), within="head")


# ---- Filters ----


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("level=contested", ["prisoners"]),
        ("level=agreed", ["ceasefire"]),
        ("party=brevia&stance=silent", ["prisoners"]),
        ("stance=reject", ["prisoners"]),
        ("party=caldor", []),
        ("party=arden", ["ceasefire", "prisoners"]),
        ("q=home", ["prisoners"]),
        ("q=2", ["prisoners"]),
        ("q=CEASE", ["ceasefire"]),
        ("q=nothing+of+the+kind", []),
        ("level=no-such-level", ["ceasefire", "prisoners"]),
        ("sort=level", ["prisoners", "ceasefire"]),
        ("sort=moves", ["ceasefire", "prisoners"]),
        ("sort=title", ["ceasefire", "prisoners"]),
        ("sort=arden", ["prisoners", "ceasefire"]),
        ("rows=current&level=contested", ["prisoners"]),
    ],
)
def test_the_address_says_which_lines_are_shown_and_in_what_order(client: Client, halfway, query, shown):
    assert rows(client.get(f"{BOARD}?{query}")) == shown


def test_a_filter_is_selected_in_its_control_after_the_page_is_loaded_again(client: Client, halfway):
    html = client.get(f"{BOARD}?level=contested&q=home").content.decode()
    assert '<option value="contested" selected>Contested (1)</option>' in html
    assert 'value="home"' in html


def test_a_search_that_finds_nothing_says_so_and_offers_to_clear(client: Client, halfway):
    page = seen(client.get(f"{BOARD}?q=drones&level=agreed"), within="none")
    assert "No provision matches “drones” at level Agreed" in page
    assert "Clear filters" in page


def test_flags_can_be_filtered_for(client: Client, halfway):
    says(CALDOR, Stance.REJECT, "ceasefire")
    work_out()
    assert rows(client.get(f"{BOARD}?flag=objection_by_non_essential")) == ["ceasefire"]


def test_htmx_gets_the_matrix_alone_with_the_address_that_a_reader_would_share(client: Client, halfway):
    piece = client.get(f"{BOARD}?q=&level=contested&party=&open=prisoners", headers=HTMX)
    html = piece.content.decode()
    assert html.strip().startswith('<div id="matrix">')
    assert rows(piece) == ["prisoners"]
    assert piece["HX-Push-Url"] == f"{BOARD}?level=contested"
    assert "HX-Request" in piece["Vary"]


def test_going_back_in_the_browser_gets_the_whole_page(client: Client, halfway):
    page = client.get(BOARD, headers={**HTMX, "HX-History-Restore-Request": "true"})
    assert "<!doctype html>" in page.content.decode()


# ---- Rows that open ----


def test_a_row_opens_to_what_changed_in_its_words(client: Client, halfway):
    revision("draft-2", words={"ceasefire": "All fire ceases at dawn."}, derives_from="draft-1")
    work_out()
    piece = client.get(f"{BOARD}provisions/ceasefire/row/", headers=HTMX)
    text = words(piece.content.decode())
    assert "Wording, draft-1 to draft-2 All fire ceases at deleted: noon (end) inserted: dawn (end) ." in text
    assert "By the clause: some essential party is in class unknown. Support 0 of 2 now, 2 of 2 at most." in text


def test_without_script_a_row_opens_by_the_address(client: Client, halfway):
    direct = client.get(f"{BOARD}provisions/ceasefire/row/")
    assert direct["Location"] == f"{BOARD}?open=ceasefire#row-ceasefire"
    page = client.get(direct["Location"])
    assert "All fire ceases at noon." in seen(page, within="d-ceasefire")
    assert "All prisoners return home." not in seen(page)


def test_a_line_that_does_not_exist_has_no_row(client: Client, halfway):
    assert client.get(f"{BOARD}provisions/no-such-line/row/", headers=HTMX).status_code == 404


# ---- News ----


def news_address(client: Client) -> str:
    html = part(client.get(BOARD).content.decode(), "poll")
    return html.partition('hx-get="')[2].partition('"')[0]


def test_while_nothing_is_new_the_page_is_told_nothing(client: Client, halfway):
    answer = client.get(news_address(client), headers=HTMX)
    assert (answer.status_code, answer.content) == (204, b"")


def test_a_page_learns_within_one_question_that_a_level_moved(client: Client, halfway):
    address = news_address(client)
    says(BREVIA, Stance.REJECT, "ceasefire", on="2026-01-09")
    work_out()
    news = client.get(f"{address}&q=&level=contested&open=prisoners", headers=HTMX)
    assert news.status_code == 200
    html = news.content.decode()
    assert 'id="matrix" hx-swap-oob="true"' in html
    assert 'id="head" hx-swap-oob="true"' in html
    assert "Point 1, Ceasefire, is now Contested." in words(part(html, "live"))
    # The filter holds, and the row that was open comes open.
    assert rows(news) == ["ceasefire", "prisoners"]
    assert "All prisoners return home." in seen(news, within="d-prisoners")


def test_a_new_state_is_asked_for_next_time(client: Client, halfway):
    says(BREVIA, Stance.ACCEPT, "prisoners")
    news = client.get(f"{BOARD}seq/?seen=1.1.", headers=HTMX).content.decode()
    address = part(news, "poll").partition('hx-get="')[2].partition('"')[0]
    assert client.get(address, headers=HTMX).status_code == 204


# ---- The way in ----


def test_the_home_page_leads_to_the_only_plan(client: Client, accord):
    assert client.get("/")["Location"] == BOARD


def test_the_home_page_lists_several_plans(client: Client, accord):
    builders.plan("armistice", lines={})
    page = client.get("/")
    assert f'href="{BOARD}"' in page.content.decode()
    assert 'href="/plans/armistice/"' in page.content.decode()


def test_without_a_plan_the_home_page_says_how_to_begin(client: Client, db):
    assert "No plan is on record yet" in seen(client.get("/"))


def test_a_plan_that_does_not_exist_is_not_found(client: Client, db):
    page = client.get("/plans/no-such-plan/")
    assert page.status_code == 404
    assert "This page is not in the record" in seen(page)


# ---- Since when ----


@pytest.fixture
def three_drafts(halfway):
    """The ceasefire changed in the second draft and not in the third; the prisoners changed in the third."""
    first = {"ceasefire": "All fire ceases at noon.", "prisoners": "All prisoners return home."}
    second = {**first, "ceasefire": "All fire ceases at dawn."}
    revision("draft-2", words=second, derives_from="draft-1", dated=date(2026, 1, 6))
    revision("draft-3", words={**second, "prisoners": "All return."}, derives_from="draft-2", dated=date(2026, 1, 7))
    work_out()


def changes(page) -> list[bool]:
    """Of each row, whether its words changed."""
    return ["Modified" in seen(page, within=f"row-{line}") for line in rows(page)]


def test_changes_are_told_since_the_first_text_or_since_the_words_before(client: Client, three_drafts):
    assert changes(client.get(BOARD)) == [True, True]
    assert changes(client.get(f"{BOARD}?since=last")) == [False, True]
    assert "Last change" in seen(client.get(f"{BOARD}?since=last"), within="matrix")
    assert "Since draft-1" in seen(client.get(BOARD), within="matrix")


def test_the_filter_by_change_follows(client: Client, three_drafts):
    assert rows(client.get(f"{BOARD}?change=substantive")) == ["ceasefire", "prisoners"]
    assert rows(client.get(f"{BOARD}?since=last&change=substantive")) == ["prisoners"]
    assert rows(client.get(f"{BOARD}?since=last&change=identical")) == ["ceasefire"]


def test_a_row_that_is_kept_for_one_asking_is_not_shown_for_another(client: Client, three_drafts):
    for _again in range(2):
        assert changes(client.get(BOARD)) == [True, True]
        assert changes(client.get(f"{BOARD}?since=last")) == [False, True]


# ---- What it costs ----


@pytest.mark.parametrize("lines", [28, 500])
def test_a_board_of_any_length_costs_the_same_queries(client: Client, db, lines, django_assert_num_queries):
    builders.long_plan(lines)
    work_out()
    # Two to have one moment of the record. Then the state of the plan; its version with its parties, its categories and
    # the level of the whole; the texts with what they removed and what was ruled on them; the lines with their levels;
    # the words; the positions that decide. None is asked for a line.
    with django_assert_num_queries(2 + 6):
        assert len(rows(client.get(BOARD))) == lines


def test_a_board_on_which_nothing_changed_costs_one_query(client: Client, halfway, django_assert_num_queries):
    client.get(BOARD)
    with django_assert_num_queries(2 + 1):
        client.get(BOARD)


def test_a_search_and_open_rows_cost_one_query_each(client: Client, halfway, django_assert_num_queries):
    with django_assert_num_queries(8 + 2):
        assert rows(client.get(f"{BOARD}?q=noon&open=ceasefire&open=prisoners")) == ["ceasefire"]


def test_asking_for_news_costs_one_query(client: Client, halfway, django_assert_num_queries):
    address = news_address(client)
    with django_assert_num_queries(1):
        client.get(address, headers=HTMX)


# ---- The levels over time ----


def course_of(client: Client, query: str = "") -> str:
    return client.get(f"{BOARD}levels/{query}", headers=HTMX).content.decode()


def test_the_head_leads_from_each_count_to_its_lines(client: Client, halfway):
    head = part(client.get(BOARD).content.decode(), "head")
    assert f'<a href="{BOARD}?level=contested#matrix">contested</a>' in head
    assert f'<a href="{BOARD}?level=agreed#cat-peace">agreed</a>' in head
    assert rows(client.get(f"{BOARD}?level=contested")) == ["prisoners"]


def test_the_counts_of_a_past_day_lead_to_its_lines(client: Client, halfway):
    head = part(client.get(f"{BOARD}?as_of=2026-01-06").content.decode(), "head")
    assert f'<a href="{BOARD}?as_of=2026-01-06&amp;level=contested#matrix">contested</a>' in head


def test_the_levels_over_time_are_told_in_words_beside_their_chart(client: Client, accord):
    says(ARDEN, Stance.ACCEPT, "ceasefire", on=date(2026, 1, 6))
    says(ARDEN, Stance.REJECT, "prisoners", on=date(2026, 1, 9))
    assert words(part(course_of(client), "course-words")).startswith(
        "In words 5 Jan 2026 , draft-1: 2 unaddressed 6 Jan 2026 , draft-1: 1 open, 1 unaddressed"
        " 9 Jan 2026 , draft-1: 1 open, 1 contested"
    )
    assert "%" not in words(course_of(client))


def test_a_past_day_ends_the_levels_over_time(client: Client, accord):
    says(ARDEN, Stance.REJECT, "prisoners", on=date(2026, 1, 9))
    assert "contested" not in course_of(client, "?as_of=2026-01-08")
    assert "contested" in course_of(client, "?as_of=2026-01-09")


def test_points_without_words_are_an_empty_field_of_the_chart(client: Client, accord):
    text = held(accord, Resource.REVISION)["draft-1"].content
    with writing(ACCORD, by=builders.TESTER) as pen:
        pen.put([replace(text, point_count=7)])
    chart = course_of(client)
    assert "2 unaddressed; 5 points without words on record" in words(chart)
    assert 'class="gapbox"' in chart


def test_a_plan_without_words_has_no_chart(client: Client, db):
    builders.plan()
    assert course_of(client).strip() == ""


def test_the_chart_opened_directly_leads_to_the_timeline(client: Client, halfway):
    assert client.get(f"{BOARD}levels/").headers["Location"] == f"{BOARD}timeline/#levels"


def test_an_unchanged_chart_is_not_sent_again(client: Client, halfway):
    tag = client.get(f"{BOARD}levels/", headers=HTMX).headers["ETag"]
    assert client.get(f"{BOARD}levels/", headers={**HTMX, "If-None-Match": tag}).status_code == 304


def test_the_chart_of_a_plan_that_is_not_there_is_not_found(client: Client, db):
    assert client.get("/plans/nowhere/levels/", headers=HTMX).status_code == 404


def test_a_longer_record_makes_the_chart_no_dearer(client: Client, db, django_assert_num_queries):
    builders.long_plan(40)
    course_of(client)
    # One moment and its end; the state; the plan, its version, its parties; words and titles of lines; texts.
    with django_assert_num_queries(2 + 7):
        course_of(client)
