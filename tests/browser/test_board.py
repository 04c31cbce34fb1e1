"""The board in a browser: it reads, it opens, it is walked by keys, and it follows the record."""

from datetime import date

import pytest
from playwright.sync_api import Browser, Page, expect

from provisions.agreement.words import Stance
from provisions.assessing import recompute
from provisions.models import Plan
from tests.builders import ACCORD, ARDEN, BREVIA, says

from .reading import at, focused, tab_to

DAY = date(2026, 1, 10)


def work_out() -> None:
    recompute(Plan.objects.get(slug=ACCORD).pk, today=DAY)


@pytest.fixture
def board(page: Page, accord: Plan, live_site: str) -> Page:
    says(ARDEN, Stance.ACCEPT, "ceasefire")
    says(BREVIA, Stance.ACCEPT, "ceasefire")
    says(ARDEN, Stance.REJECT, "prisoners")
    work_out()
    page.goto(f"{live_site}/plans/{ACCORD}/")
    return page


def test_the_board_shows_every_line_and_a_row_opens_in_place(board: Page):
    expect(board.get_by_role("heading", level=1)).to_have_text("An accord")
    expect(board.locator(".prow")).to_have_count(2)
    toggle = board.get_by_role("button", name="Ceasefire: details")
    toggle.click()
    expect(toggle).to_have_attribute("aria-expanded", "true")
    expect(board.locator("#d-ceasefire")).to_contain_text("All fire ceases at noon.")
    expect(toggle).to_be_focused()
    toggle.click()
    expect(board.locator("#d-ceasefire")).to_be_hidden()


def test_keys_move_between_rows_open_them_and_lead_back(board: Page):
    tab_to(board, "#t-ceasefire")
    for key, there in (("j", "t-prisoners"), ("j", "t-prisoners"), ("k", "t-ceasefire"), ("End", "t-prisoners"),
                       ("Home", "t-ceasefire"), ("ArrowDown", "t-prisoners"), ("ArrowUp", "t-ceasefire")):  # fmt: skip
        board.keyboard.press(key)
        assert focused(board) == there
    board.keyboard.press("Enter")
    expect(board.locator("#d-ceasefire")).to_contain_text("All fire ceases at noon.")
    tab_to(board, "#d-ceasefire a.primary")
    board.keyboard.press("Escape")
    expect(board.locator("#d-ceasefire")).to_be_hidden()
    assert focused(board) == "t-ceasefire"
    board.keyboard.press("o")
    expect(board).to_have_url(at("/plans/accord/provisions/ceasefire/"))


def test_keys_work_from_inside_an_open_row_too_and_enter_closes_it(board: Page):
    tab_to(board, "#t-ceasefire")
    board.keyboard.press("Enter")
    expect(board.locator("#d-ceasefire")).to_contain_text("All fire ceases at noon.")
    board.keyboard.press("Enter")
    expect(board.locator("#d-ceasefire")).to_be_hidden()
    assert focused(board) == "t-ceasefire"
    board.keyboard.press("Enter")
    tab_to(board, "#d-ceasefire a.primary")
    # The arrows scroll the page there, as everywhere outside the buttons of rows.
    board.keyboard.press("ArrowDown")
    expect(board.locator("#d-ceasefire a.primary")).to_be_focused()
    board.keyboard.press("j")
    assert focused(board) == "t-prisoners"


def test_single_keys_do_nothing_away_from_the_rows(board: Page):
    board.locator("h1").click()
    for key in ("j", "k", "o", "e", "End", "Escape"):
        board.keyboard.press(key)
        assert focused(board) == "main"
    expect(board).to_have_url(at("/plans/accord/"))
    tab_to(board, "#f-sort")
    board.keyboard.press("o")
    assert focused(board) == "f-sort"
    expect(board).to_have_url(at("/plans/accord/"))


def test_tab_goes_through_the_rows_in_reading_order(board: Page):
    tab_to(board, "#matrix .prow a")
    seen = []
    while focused(board) != "t-prisoners":
        seen.append(board.evaluate("document.activeElement.closest('.prow').id"))
        board.keyboard.press("Tab")
        assert len(seen) < 30
    # The numbers, titles and readings of a row, then its button; nothing is jumped to by a number of its own.
    assert seen == sorted(seen, key=["row-ceasefire", "row-prisoners"].index)
    assert board.locator("[tabindex]:not([tabindex='0'], [tabindex='-1'])").count() == 0
    assert board.get_by_role("grid").count() == 0


def test_printed_the_board_is_light_says_what_it_shows_and_leaves_out_what_is_pressed(board: Page):
    board.emulate_media(media="print", color_scheme="dark")
    for left_out in (".nav", ".filters", "#t-ceasefire", "[data-print]"):
        expect(board.locator(left_out).first).to_be_hidden()
    said = board.locator(".print-only", has_text="Filter: none")
    expect(said).to_be_visible()
    expect(said).to_contain_text("State")
    assert board.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert board.evaluate("getComputedStyle(document.querySelector('h1')).color") == "rgb(27, 30, 35)"


def test_a_key_leads_to_adding_a_position(board: Page):
    tab_to(board, "#t-prisoners")
    board.keyboard.press("e")
    expect(board).to_have_url(at("/accounts/login/?next=/plans/accord/provisions/prisoners/positions/"))


def test_slash_searches_question_mark_helps_and_a_switch_turns_single_keys_off(board: Page):
    board.keyboard.press("/")
    assert focused(board) == "q"
    # In a field a key is a letter.
    board.keyboard.type("j?/")
    expect(board.locator("#q")).to_have_value("j?/")
    board.locator("#q").fill("")
    board.locator("h1").click()
    board.keyboard.press("?")
    help_window = board.get_by_role("dialog", name="Keyboard")
    expect(help_window).to_be_visible()
    tab_to(board, "#keys-on")
    board.keyboard.press("Space")
    board.keyboard.press("Escape")
    expect(help_window).to_be_hidden()
    tab_to(board, "#t-ceasefire")
    board.keyboard.press("j")
    board.keyboard.press("?")
    assert focused(board) == "t-ceasefire"
    expect(help_window).to_be_hidden()


def test_a_filter_lives_in_the_address_keeps_the_focus_and_is_said(board: Page):
    board.locator("#f-level").focus()
    board.locator("#f-level").select_option("contested")
    expect(board.locator(".prow")).to_have_count(1)
    expect(board).to_have_url(at("/plans/accord/?level=contested"))
    assert focused(board) == "f-level"
    expect(board.locator("#live")).to_have_text("1 of 2 provisions")
    board.locator("#f-sort").focus()
    board.locator("#f-sort").select_option("level")
    expect(board).to_have_url(at("/plans/accord/?level=contested&sort=level"))
    assert focused(board) == "f-sort"
    board.reload()
    expect(board.locator(".prow")).to_have_count(1)
    expect(board.get_by_label("Level", exact=True)).to_have_value("contested")
    board.get_by_role("link", name="Clear").first.click()
    expect(board.locator(".prow")).to_have_count(2)
    expect(board).to_have_url(at("/plans/accord/"))
    assert focused(board) == "q"
    board.go_back()
    expect(board.locator(".prow")).to_have_count(1)


def test_typing_in_the_search_filters_and_enter_does_not_open_a_row(board: Page):
    board.get_by_label("Search").fill("home")
    expect(board.locator(".prow")).to_have_count(1)
    board.keyboard.press("Enter")
    expect(board).to_have_url(at("/plans/accord/?q=home"))
    expect(board.locator("#d-prisoners")).to_be_hidden()
    board.get_by_label("Search").fill("nothing of the kind")
    expect(board.get_by_text("No provision matches “nothing of the kind”")).to_be_visible()


def test_a_level_that_moves_shows_on_the_open_page_within_seconds_and_moves_no_focus(board: Page):
    board.get_by_role("button", name="Prisoners: details").click()
    expect(board.locator("#d-prisoners")).to_contain_text("All prisoners return home.")
    tab_to(board, "#t-ceasefire")
    says(BREVIA, Stance.REJECT, "ceasefire", on="2026-01-09")
    expect(board.locator("#settling")).to_be_visible()
    work_out()
    expect(board.locator("#row-ceasefire .status")).to_have_text("Contested")
    expect(board.locator("#head")).to_contain_text("2 contested")
    expect(board.locator("#live")).to_contain_text("Ceasefire, is now Contested")
    expect(board.locator("#settling")).to_have_count(0)
    assert focused(board) == "t-ceasefire"
    # What was open is open, and opens and closes as before.
    expect(board.locator("#d-prisoners")).to_contain_text("All prisoners return home.")
    board.get_by_role("button", name="Prisoners: details").click()
    expect(board.locator("#d-prisoners")).to_be_hidden()


def test_the_theme_is_kept_from_page_to_page(board: Page):
    switch = board.get_by_role("button", name="Colour theme")
    switch.click()
    switch.click()
    expect(board.locator("html")).to_have_attribute("data-theme", "dark")
    board.get_by_role("link", name="Changes").click()
    expect(board.locator("html")).to_have_attribute("data-theme", "dark")


def test_without_script_filters_rows_and_sorting_work_by_the_address(browser: Browser, board: Page):
    page = browser.new_context(java_script_enabled=False).new_page()
    page.goto(board.url)
    page.get_by_label("Level", exact=True).select_option("contested")
    page.get_by_role("button", name="Apply").click()
    expect(page.locator(".prow")).to_have_count(1)
    page.get_by_role("button", name="Prisoners: details").click()
    expect(page.locator("#d-prisoners")).to_contain_text("All prisoners return home.")
    expect(page.locator(".prow")).to_have_count(1)
    page.get_by_role("link", name="Clear").first.click()
    page.get_by_role("link", name="Level", exact=True).click()
    expect(page.locator(".prow").first).to_contain_text("Prisoners")
    page.context.close()
