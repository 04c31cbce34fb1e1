"""Drafts in a browser: kept by themselves, resumed in another browser, with script and without."""

import re

import pytest
from django.contrib.auth.models import User
from django.test import Client
from playwright.sync_api import Browser, Page, expect

from provisions.held import held
from provisions.models import Draft, Plan, Position, Resource
from tests.builders import ACCORD

from .conftest import sign_in
from .reading import at
from .test_access import look

EDIT = f"/plans/{ACCORD}/edit/provision/ceasefire/"
LINE = f"/plans/{ACCORD}/provisions/ceasefire/"
DESK = f"/plans/{ACCORD}/desk/"


def title() -> str:
    return str(held(Plan.objects.get(slug=ACCORD), Resource.PROVISION, keys=["ceasefire"])["ceasefire"].content.title)


def test_what_is_typed_is_kept_by_itself_and_resumed_in_another_browser(
    page: Page, browser: Browser, signed_in: User, client: Client, live_site: str
):
    page.goto(f"{live_site}{EDIT}")
    page.locator("#id_title").fill("An armistice")
    expect(page.locator("[data-kept]")).to_contain_text("Draft kept at")
    # The server has it, so this browser need not.
    assert page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('draft:')).length") == 0
    elsewhere = browser.new_context()
    cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_site}
    elsewhere.add_cookies([cookie])  # type: ignore[list-item]
    there = elsewhere.new_page()
    there.goto(f"{live_site}{DESK}")
    there.get_by_role("link", name="Provision: Ceasefire").click()
    expect(there.locator("#kept")).to_contain_text("This is your draft of")
    expect(there.locator("#id_title")).to_have_value("An armistice")
    wrong = look(there, "a draft")
    assert not wrong, "\n".join(wrong)
    there.locator("#id_reason").fill("Read again.")
    there.locator("#save").click()
    expect(there).to_have_url(at(LINE))
    assert title() == "An armistice"
    assert not Draft.objects.exists()
    elsewhere.close()


def test_the_button_keeps_it_at_once_and_leaving_asks_no_more(page: Page, signed_in: User, live_site: str):
    page.goto(f"{live_site}{EDIT}")
    page.locator("#id_title").fill("An armistice")
    page.get_by_role("button", name="Keep as a draft").click()
    expect(page.locator("[data-kept]")).to_contain_text("Draft kept at")
    expect(page.locator("#live")).to_contain_text("Draft kept at")
    expect(page.get_by_role("button", name="Keep as a draft")).to_be_focused()
    expect(page.get_by_text("Not saved yet")).to_be_hidden()
    page.get_by_role("link", name="Desk").first.click()
    expect(page).to_have_url(at(DESK))
    expect(page.get_by_role("heading", name="My drafts")).to_be_visible()
    page.get_by_role("link", name="Provision: Ceasefire").click()
    page.get_by_role("button", name="Discard the draft").click()
    expect(page.locator("#id_title")).to_have_value("Ceasefire")
    expect(page.locator("#kept, #draft:visible")).to_have_count(0)


def test_what_is_discarded_on_leaving_is_no_draft_either(page: Page, signed_in: User, live_site: str):
    page.goto(f"{live_site}{EDIT}")
    page.locator("#id_title").fill("An armistice")
    expect(page.locator("[data-kept]")).to_contain_text("Draft kept at")
    page.get_by_role("link", name="Desk").first.click()
    with page.expect_response("**/drafts/discard/"):
        page.get_by_role("button", name="Discard and leave").click()
    expect(page).to_have_url(at(DESK))
    expect(page.get_by_role("heading", name="My drafts")).to_have_count(0)
    assert not Draft.objects.exists()


@pytest.mark.parametrize("again", [False, True], ids=["kept", "kept twice"])
def test_a_draft_is_kept_and_resumed_without_script(
    browser: Browser, accord: Plan, client: Client, live_site: str, again: bool
):
    context = browser.new_context(java_script_enabled=False)
    sign_in(client, context, live_site)
    page = context.new_page()
    page.goto(f"{live_site}{EDIT}")
    for typed in ["An armistice", *["An armistice of a week"][: int(again)]]:
        page.locator("#id_title").fill(typed)
        page.get_by_role("button", name="Keep as a draft").click()
        expect(page.locator("#said")).to_contain_text("Kept as a draft.")
        expect(page.locator("#id_title")).to_have_value(typed)
    page.goto(f"{live_site}{DESK}")
    page.get_by_role("link", name="Provision: Ceasefire").click()
    page.locator("#id_reason").fill("Read again.")
    page.locator("#save").click()
    expect(page).to_have_url(at(LINE))
    assert title() == typed
    assert not Draft.objects.exists()
    context.close()


LIST = "day;party;line;stance;summary;source\n2026-01-15;Arden;1;accept;Arden keeps to it.;S1\n;Elam;1;accept;Yes.;S1"


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_a_pasted_list_becomes_drafts_that_are_completed_and_saved(
    browser: Browser, accord: Plan, client: Client, live_site: str, script: bool
):
    context = browser.new_context(java_script_enabled=script)
    sign_in(client, context, live_site)
    page = context.new_page()
    page.goto(f"{live_site}{DESK}")
    page.get_by_role("link", name="Paste a list of statements").click()
    page.locator("#id_statements").fill(LIST)
    page.get_by_role("button", name="Read the list").click()
    expect(page.locator("#row-3")).to_contain_text("No party is called “Elam”")
    if script:
        expect(page.locator("#read-h")).to_be_focused()
        wrong = look(page, "a list")
        assert not wrong, "\n".join(wrong)
    page.get_by_role("button", name="Keep 1 draft").first.click()
    expect(page.locator("#said")).to_contain_text("1 row is kept as a draft.")
    expect(page.locator("#id_statements")).to_have_value(re.compile("Elam"))
    page.goto(f"{live_site}{DESK}")
    page.get_by_role("link", name="Position of Arden: Ceasefire").click()
    expect(page.locator("#kept")).to_contain_text("Read from the pasted row:")
    page.locator("#id_speaker").fill("The president")
    page.locator("#id_authority").select_option("3")
    page.locator("#id_reason").fill("It was in the papers.")
    page.locator("#save").click()
    expect(page.locator("#said")).to_contain_text("Saved: a position of Arden on point 1.")
    position = Position.objects.get()
    assert (position.stance, position.summary) == ("accept", "Arden keeps to it.")
    assert not Draft.objects.exists()
    context.close()
