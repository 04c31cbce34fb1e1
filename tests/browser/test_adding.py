"""Adding a position in a browser: by keys alone, with script and without, and nothing typed is lost."""

from datetime import date

import pytest
from django.contrib.auth.models import User
from django.test import Client
from playwright.sync_api import Browser, Page, expect

from provisions.agreement.words import Stance
from provisions.assessing import recompute
from provisions.models import Plan, Position
from tests.builders import ACCORD, ARDEN, BREVIA, says

from .conftest import sign_in
from .reading import at, fill_by_keys, focused, tab_to

LINE = f"/plans/{ACCORD}/provisions/ceasefire/"
ADD = f"{LINE}positions/{ARDEN}/add/"
DAY = date(2026, 1, 10)


def work_out() -> None:
    recompute(Plan.objects.get(slug=ACCORD).pk, today=DAY)


def test_a_position_is_added_by_keys_alone_and_the_level_follows_on_the_page(
    page: Page, signed_in: User, live_site: str
):
    says(BREVIA, Stance.ACCEPT, "ceasefire")
    work_out()
    page.goto(f"{live_site}{LINE}")
    tab_to(page, f"#add-{ARDEN}")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Add a position of Arden on point 1")).to_be_visible()
    fill_by_keys(page)
    # Before saving the form says what saving would do.
    expect(page.locator("#foresight")).to_contain_text("If saved, point 1 moves to")
    expect(page.locator("#foresight .status")).to_have_text("Agreed")
    expect(page.get_by_text("Not saved yet")).to_be_visible()
    page.keyboard.press("Control+Enter")
    expect(page).to_have_url(at(LINE))
    expect(page.locator("#said")).to_contain_text("Saved: a position of Arden on point 1.")
    expect(page.locator("#live")).to_contain_text("Saved")
    assert focused(page) == f"add-{ARDEN}"
    expect(page.locator("#level")).to_contain_text("Being worked out again")
    work_out()
    expect(page.locator("#level .status")).to_have_text("Agreed")
    expect(page.locator("#live")).to_contain_text("Level: Agreed")
    assert focused(page) == f"add-{ARDEN}"
    position = Position.objects.get(party__slug=ARDEN)
    assert (position.key, position.stance) == ("arden-2026-01-06.ceasefire", "accept")


def test_a_position_is_added_without_script(browser: Browser, accord: Plan, client: Client, live_site: str):
    context = browser.new_context(java_script_enabled=False)
    sign_in(client, context, live_site)
    page = context.new_page()
    page.goto(f"{live_site}{LINE}")
    tab_to(page, f"#add-{ARDEN}")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Add a position of Arden on point 1")).to_be_visible()
    # One more source, of two; nothing that was typed is lost.
    fill_by_keys(page)
    page.get_by_role("button", name="Add another source").click()
    expect(page.locator("[name=evidence-1-source]")).to_be_visible()
    expect(page.locator("#id_reason")).to_have_value("It was in the papers.")
    page.get_by_role("button", name="Say what saving would do").click()
    expect(page.locator("#foresight")).to_contain_text("If saved, point 1")
    tab_to(page, "#save")
    page.keyboard.press("Enter")
    expect(page.locator("#said")).to_contain_text("Saved: a position of Arden on point 1.")
    assert Position.objects.get().stance == "accept"
    context.close()


def test_what_is_refused_keeps_the_words_and_leads_to_the_field(page: Page, signed_in: User, live_site: str):
    page.goto(f"{live_site}{ADD}")
    fill_by_keys(page)
    page.locator("#id_stated_on").fill("1 Jan 2099")
    page.locator("#id_reason").fill(" ")
    page.get_by_role("button", name="Save position").click()
    summary = page.get_by_role("alert")
    expect(summary).to_be_focused()
    expect(summary).to_contain_text("The day must be today or earlier.")
    expect(summary).to_contain_text("Say why it is added")
    assert page.title().startswith("Error: ")
    expect(page.locator("#id_summary")).to_have_value("Arden accepts the ceasefire.")
    expect(page.locator("[name=stance]:checked")).to_have_value("accept")
    expect(page.locator("#id_stated_on")).to_have_value("1 Jan 2099")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert focused(page) == "id_stated_on"
    assert not Position.objects.exists()


def test_leaving_a_form_with_words_in_it_asks_first_and_staying_is_the_default(
    page: Page, signed_in: User, live_site: str
):
    page.goto(f"{live_site}{ADD}")
    page.locator("#id_summary").fill("Half a sentence")
    page.keyboard.press("Escape")
    expect(page.locator("#id_summary")).to_have_value("Half a sentence")
    expect(page).to_have_url(at(ADD))
    cancel = page.get_by_role("link", name="Cancel")
    cancel.click()
    dialog = page.get_by_role("dialog", name="Leave without saving?")
    expect(dialog.get_by_role("button", name="Stay here")).to_be_focused()
    page.keyboard.press("Enter")
    expect(cancel).to_be_focused()
    expect(page.locator("#id_summary")).to_have_value("Half a sentence")
    cancel.click()
    dialog.get_by_role("button", name="Discard and leave").click()
    expect(page).to_have_url(at(f"{LINE}#add-{ARDEN}"))
    expect(page.locator(f"#add-{ARDEN}")).to_be_focused()


def test_a_position_is_followed_by_a_later_one_by_keys_alone(page: Page, signed_in: User, live_site: str):
    earlier = says(ARDEN, Stance.REJECT, "ceasefire", on="2026-01-05")
    work_out()
    page.goto(f"{live_site}{LINE}")
    tab_to(page, f"#follow-{earlier}".replace(".", "\\."))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Add a position of Arden on point 1")).to_be_visible()
    fill_by_keys(page)
    page.keyboard.press("Control+Enter")
    expect(page.locator("#said")).to_contain_text("Saved: a position of Arden on point 1.")
    later = Position.objects.latest("pk")
    assert (later.follows and later.follows.key, later.stance) == (earlier, "accept")
    assert focused(page)


def test_a_position_is_retracted_after_a_question(page: Page, signed_in: User, live_site: str):
    says(ARDEN, Stance.REJECT, "ceasefire")
    work_out()
    page.goto(f"{live_site}{LINE}")
    page.locator(f"#pos-{ARDEN}").get_by_role("link", name="Retract").click()
    page.get_by_label("Reason").fill("It was another Arden.")
    page.get_by_role("button", name="Retract it").click()
    expect(page.locator("#said")).to_contain_text("Retracted: what A spokesperson said.")
    work_out()
    page.reload()
    expect(page.locator(f"#pos-{ARDEN}")).to_contain_text("1 other entry")


@pytest.mark.parametrize("where", [LINE, f"/plans/{ACCORD}/"])
def test_a_server_that_is_away_is_said_and_what_is_there_stays(page: Page, accord: Plan, live_site: str, where: str):
    page.goto(f"{live_site}{where}")
    page.route("**/seq/**", lambda route: route.fulfill(status=200, body="", headers={"HX-Reswap": "none"}))
    expect(page.locator("#trouble")).to_be_hidden()
    page.evaluate("document.dispatchEvent(new CustomEvent('htmx:sendError'))")
    expect(page.get_by_role("alert")).to_contain_text("The page could not be refreshed.")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
