"""Replaying a record in a browser: with script one sees where one stands, without it the form leads there as well."""

from datetime import date

import pytest
from playwright.sync_api import Browser, Page, expect

from provisions.agreement.words import Stance
from provisions.assessing import recompute
from provisions.contents import EventContent, When
from provisions.models import Plan
from provisions.record import writing
from tests.builders import ACCORD, ARDEN, BREVIA, TESTER, says

from .reading import focused, tab_to

TIMELINE = f"/plans/{ACCORD}/timeline/"


@pytest.fixture
def story(accord: Plan) -> Plan:
    says(ARDEN, Stance.ACCEPT, "ceasefire", on=date(2026, 1, 6))
    says(BREVIA, Stance.REJECT, "ceasefire", on=date(2026, 1, 8))
    with writing(ACCORD, by=TESTER) as pen:
        pen.put([EventContent(slug="talks", title="Talks", dated=When(date(2026, 1, 9)))])
    recompute(accord.pk)
    return accord


def test_a_past_day_is_chosen_by_keys_and_leads_to_the_board_of_that_day(page: Page, story: Plan, live_site: str):
    page.goto(f"{live_site}{TIMELINE}")
    tab_to(page, "#stop")
    page.keyboard.press("ArrowLeft")
    expect(page.locator("#stop-day")).to_have_text("9 Jan 2026")
    expect(page.locator("#stop-note")).to_have_text("Talks")
    page.keyboard.press("ArrowLeft")
    expect(page.locator("#stop")).to_have_attribute("aria-valuetext", "8 Jan 2026: Ceasefire: Contested")
    expect(page.locator("#as_of")).to_have_value("2026-01-08")
    assert focused(page) == "stop"
    page.get_by_role("button", name="Show the board as of this date").click()
    expect(page).to_have_url(f"{live_site}/plans/{ACCORD}/?as_of=2026-01-08")
    expect(page.locator("#row-ceasefire")).to_contain_text("Contested")


def test_the_step_buttons_say_where_they_came_to(page: Page, story: Plan, live_site: str):
    page.goto(f"{live_site}{TIMELINE}")
    before = page.get_by_role("button", name="Previous event")
    before.click()
    expect(page.locator("#live")).to_have_text("9 Jan 2026. Talks")
    expect(before).to_be_focused()


def test_on_a_small_screen_the_chart_follows_the_day(page: Page, story: Plan, live_site: str):
    page.set_viewport_size({"width": 360, "height": 700})
    page.goto(f"{live_site}{TIMELINE}")
    cursor = page.locator("#tl-cursor")
    page.locator("#stop").press("Home")
    expect(page.locator("#stop-day")).to_have_text("5 Jan 2026")
    room, mark = page.locator(".tl-scroll").bounding_box(), cursor.bounding_box()
    assert room
    assert mark
    assert room["x"] <= mark["x"] <= room["x"] + room["width"]


def test_a_day_that_is_typed_moves_the_mark_to_the_last_event_before_it(page: Page, story: Plan, live_site: str):
    page.goto(f"{live_site}{TIMELINE}")
    page.locator("#as_of").fill("2026-01-07")
    page.locator("#as_of").dispatch_event("change")
    expect(page.locator("#stop-day")).to_have_text("6 Jan 2026")
    expect(page.locator("#as_of")).to_have_value("2026-01-07")


def test_without_script_the_form_leads_to_the_board_of_a_day(browser: Browser, story: Plan, live_site: str):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{live_site}{TIMELINE}")
    page.locator("#as_of").fill("2026-01-07")
    page.get_by_role("button", name="Show the board as of this date").click()
    expect(page).to_have_url(f"{live_site}/plans/{ACCORD}/?as_of=2026-01-07")
    expect(page.locator("#row-ceasefire")).to_contain_text("Open")
    context.close()
