"""The desk in a browser: conflicts by keys alone, and nothing typed is lost."""

from dataclasses import replace
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, expect

from provisions.held import held
from provisions.models import Plan, Resource
from provisions.record import change
from tests.builders import ACCORD, ARDEN, TESTER, says

from .conftest import sign_in
from .reading import at, focused, tab_to
from .test_access import look

EDIT = f"/plans/{ACCORD}/edit/provision/ceasefire/"
LINE = f"/plans/{ACCORD}/provisions/ceasefire/"


def line() -> Any:
    return held(Plan.objects.get(slug=ACCORD), Resource.PROVISION, keys=["ceasefire"])["ceasefire"]


def they_save(**changed: Any) -> None:
    change(ACCORD, replace(line().content, **changed), seen=line().version, by=TESTER)


def retype(page: Page, control: str, typed: str) -> None:
    tab_to(page, control)
    page.keyboard.press("Control+A")
    page.keyboard.type(typed)


def wait_for_draft(page: Page) -> None:
    """Until this browser has kept what was typed; the server does not keep it meanwhile."""
    page.route("**/drafts/keep/**", lambda route: route.fulfill(json={}))
    for _n in range(50):
        if page.evaluate("Object.keys(localStorage).some((key) => key.startsWith('draft:'))"):
            return
        page.wait_for_timeout(100)
    raise AssertionError("nothing was kept")


def test_a_conflict_is_solved_by_keys_alone(page: Page, signed_in: User, live_site: str):
    page.goto(f"{live_site}{EDIT}")
    they_save(lead="They led it so.", title="A truce", note="They noted it.")
    retype(page, "#id_title", "An armistice")
    retype(page, "#id_lead", "I led it so.")
    retype(page, "#id_reason", "Read again.")
    page.keyboard.press("Control+Enter")
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_have_text("Somebody saved this while you were editing")
    expect(heading).to_be_focused()
    expect(page).to_have_url(at(EDIT))
    expect(page.locator("tr.clash")).to_have_count(2)
    expect(page.locator("#take-title")).to_have_value("A truce")
    tab_to(page, "#take-title-yours")
    page.keyboard.press("Space")
    expect(page.locator("#take-title")).to_have_value("An armistice")
    assert focused(page) == "take-title-yours"
    tab_to(page, "#take-lead-both")
    page.keyboard.press("Enter")
    expect(page.locator("#take-lead")).to_have_value("They led it so.\nI led it so.")
    tab_to(page, "#save")
    page.keyboard.press("Enter")
    expect(page).to_have_url(at(LINE))
    expect(page.locator("#said")).to_contain_text("Saved")
    content = line().content
    assert (content.title, content.lead, content.note) == (
        "An armistice",
        "They led it so.\nI led it so.",
        "They noted it.",
    )
    # Saved is saved: nothing is offered to be brought back.
    page.goto(f"{live_site}{EDIT}")
    expect(page.locator("#draft")).to_be_hidden()


def test_a_conflict_is_solved_without_script(browser: Browser, accord: Plan, client: Client, live_site: str):
    context = browser.new_context(java_script_enabled=False)
    sign_in(client, context, live_site)
    page = context.new_page()
    page.goto(f"{live_site}{EDIT}")
    they_save(title="A truce")
    page.locator("#id_title").fill("An armistice")
    page.locator("#id_reason").fill("Read again.")
    page.locator("#save").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("saved this while you were editing")
    page.get_by_role("group", name="Whose version of: Title").get_by_role("button", name="Yours").click()
    expect(page.locator("#take-title")).to_have_value("An armistice")
    page.locator("#save").click()
    expect(page).to_have_url(at(LINE))
    assert line().content.title == "An armistice"
    context.close()


def test_what_was_typed_comes_back_after_a_closed_tab_even_on_an_older_version(
    page: Page, signed_in: User, context: BrowserContext, live_site: str
):
    page.goto(f"{live_site}{EDIT}")
    page.locator("#id_title").fill("An armistice")
    wait_for_draft(page)
    page.close()
    they_save(lead="They led it so.")
    again = context.new_page()
    again.goto(f"{live_site}{EDIT}")
    expect(again.locator("#draft")).to_contain_text("this browser has kept it")
    expect(again.locator("#id_title")).to_have_value("Ceasefire")
    again.get_by_role("button", name="Bring it back").click()
    expect(again.locator("#id_title")).to_have_value("An armistice")
    again.locator("#id_reason").fill("Read again.")
    again.locator("#save").click()
    # It began from the older version, so both come together.
    expect(again.get_by_role("heading", level=1)).to_contain_text("saved this while you were editing")
    again.locator("#save").click()
    expect(again).to_have_url(at(LINE))
    assert (line().content.title, line().content.lead) == ("An armistice", "They led it so.")


def test_who_signs_out_leaves_nothing_in_the_browser_that_was_typed(
    page: Page, signed_in: User, context: BrowserContext, live_site: str
):
    page.goto(f"{live_site}{EDIT}")
    page.locator("#id_title").fill("An armistice")
    wait_for_draft(page)
    page.close()
    again = context.new_page()
    again.goto(f"{live_site}{LINE}")
    again.get_by_role("button", name="Sign out").click()
    expect(again.get_by_role("link", name="Sign in")).to_be_visible()
    assert again.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('draft:'))") == []


def test_a_draft_can_be_discarded(page: Page, signed_in: User, live_site: str):
    page.goto(f"{live_site}{EDIT}")
    page.locator("#id_title").fill("An armistice")
    wait_for_draft(page)
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto(f"{live_site}{EDIT}")
    page.get_by_role("button", name="Discard it").click()
    expect(page.locator("#draft")).to_be_hidden()
    assert focused(page) == "id_title"
    page.reload()
    expect(page.locator("#draft")).to_be_hidden()


def test_a_network_that_is_away_loses_nothing(
    page: Page, signed_in: User, context: BrowserContext, live_site: str, expected_complaints: list[str]
):
    # The browser's own words, and those of htmx.
    expected_complaints += ["ERR_INTERNET_DISCONNECTED", "htmx:"]
    page.goto(f"{live_site}{EDIT}")
    page.locator("#id_title").fill("An armistice")
    page.locator("#id_reason").fill("Read again.")
    context.set_offline(True)
    page.locator("#save").click()
    expect(page.locator("#trouble")).to_be_visible()
    expect(page.locator("#id_title")).to_have_value("An armistice")
    context.set_offline(False)
    page.locator("#save").click()
    expect(page).to_have_url(at(LINE))
    assert line().content.title == "An armistice"


def test_an_expired_session_loses_nothing(
    page: Page, signed_in: User, client: Client, context: BrowserContext, live_site: str
):
    signed_in.set_password("a long password")
    signed_in.save()
    client.force_login(signed_in)
    context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_site}])
    page.goto(f"{live_site}{EDIT}")
    Session.objects.all().delete()
    page.locator("#id_title").fill("An armistice")
    page.locator("#id_reason").fill("Read again.")
    page.locator("#save").click()
    page.locator("#id_login").fill("ana")
    page.locator("#id_password").fill("a long password")
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.locator("#said")).to_contain_text("What you typed is here again")
    expect(page.locator("#id_title")).to_have_value("An armistice")
    page.locator("#save").click()
    expect(page).to_have_url(at(LINE))
    assert line().content.title == "An armistice"


def test_a_form_that_is_too_old_loses_nothing(
    page: Page, signed_in: User, context: BrowserContext, live_site: str, expected_complaints: list[str]
):
    expected_complaints.append("status of 403")
    page.goto(f"{live_site}{EDIT}")
    page.locator("#id_title").fill("An armistice")
    page.locator("#id_reason").fill("Read again.")
    context.clear_cookies(name="csrftoken")
    page.locator("#save").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("This form is too old to be sent")
    page.get_by_role("button", name="Send it again").click()
    expect(page).to_have_url(at(LINE))
    assert line().content.title == "An armistice"


def test_refusals_put_the_focus_where_it_is_needed_and_rows_are_added_by_keys(
    page: Page, signed_in: User, live_site: str
):
    page.goto(f"{live_site}/plans/{ACCORD}/add/event/")
    page.locator("#id_title").fill("The truce holds")
    tab_to(page, "#more-states")
    page.keyboard.press("Enter")
    expect(page.locator("[name=states-1-state]")).to_be_visible()
    expect(page.locator("#id_title")).to_have_value("The truce holds")
    page.locator("#save").click()
    expect(page.get_by_role("alert")).to_be_focused()
    assert page.title().startswith("Error: ")
    expect(page.locator("#id_title")).to_have_value("The truce holds")


def test_the_effect_is_said_while_a_ruling_of_parties_is_filled_in(page: Page, signed_in: User, live_site: str):
    says(ARDEN, "accept", "ceasefire")
    page.goto(f"{live_site}{EDIT}")
    page.get_by_role("group", name="Essential parties, overridden").get_by_label("Arden").check()
    page.locator("#id_essential_reason").fill("Only Arden is bound.")
    page.locator("#id_essential_reason").blur()
    expect(page.locator("#foresight")).to_contain_text("Ceasefire: Open → Agreed")
    assert line().version == 1


@pytest.mark.parametrize("where", ["desk", "form", "errors", "conflict", "draft"])
def test_no_state_of_the_desk_has_a_finding(page: Page, signed_in: User, live_site: str, where: str):
    page.goto(f"{live_site}/plans/{ACCORD}/desk/" if where == "desk" else f"{live_site}{EDIT}")
    if where == "errors":
        page.locator("#id_title").fill("")
        page.locator("#save").click()
        page.get_by_role("alert").wait_for()
    elif where == "conflict":
        they_save(title="A truce", lead="Theirs.")
        page.locator("#id_title").fill("An armistice")
        page.locator("#id_lead").fill("Mine.")
        page.locator("#save").click()
        page.locator("#conflict-h").wait_for()
    elif where == "draft":
        page.locator("#id_title").fill("An armistice")
        wait_for_draft(page)
        page.on("dialog", lambda dialog: dialog.accept())
        page.goto(f"{live_site}{EDIT}")
        page.locator("#draft").wait_for()
    wrong = look(page, where)
    assert not wrong, "\n".join(wrong)
