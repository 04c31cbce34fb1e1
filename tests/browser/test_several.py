"""Several positions at once in a browser: ticked, looked at and retracted by keys alone, and without script."""

import pytest
from django.contrib.auth.models import User
from django.test import Client
from playwright.sync_api import Browser, Page, expect

from provisions.agreement.words import Stance
from provisions.models import Change, Plan, Position
from tests.builders import ACCORD, ARDEN, BREVIA, CALDOR, says

from .conftest import sign_in
from .reading import at, focused, tab_to
from .test_access import look

LIST = f"/plans/{ACCORD}/positions/"
SEVERAL = f"{LIST}several/"


@pytest.fixture
def spoken(accord: Plan) -> None:
    for party in (ARDEN, BREVIA, CALDOR):
        says(party, Stance.ACCEPT, "ceasefire")


def standing() -> set[str]:
    return set(Position.objects.filter(retraction=None).values_list("key", flat=True))


def test_several_are_retracted_by_keys_alone_after_a_look_and_a_record_that_moved_on(
    page: Page, signed_in: User, spoken: None, live_site: str
):
    page.goto(f"{live_site}{LIST}")
    tab_to(page, "#tick")
    page.keyboard.press("Enter")
    expect(page.locator("#ticked")).to_have_text("3 are ticked.")
    assert focused(page) == "tick"
    tab_to(page, "input[value=p3]")
    page.keyboard.press("Space")
    expect(page.locator("#ticked")).to_have_text("2 are ticked.")
    page.keyboard.press("Shift+Tab")
    while focused(page) != "do-retract":
        page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Retract 2 positions?")
    moves = page.get_by_role("region", name="Levels that would move")
    expect(moves).to_contain_text("Arden: accepts → silent")
    tab_to(page, "#id_reason")
    page.keyboard.type("The report was withdrawn.")
    # Enter looks again, and saves nothing.
    page.keyboard.press("Enter")
    expect(page.locator("#would-h")).to_be_focused()
    expect(page.locator("#id_reason")).to_have_value("The report was withdrawn.")
    says(ARDEN, Stance.REJECT, "ceasefire", on="2026-01-06")
    tab_to(page, "#save")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert").filter(has_text="moved on since this was shown")).to_be_focused()
    expect(page.locator("#id_reason")).to_have_value("The report was withdrawn.")
    assert len(standing()) == 4
    assert not look(page, "a record that moved on")
    page.locator("#save").click()
    expect(page).to_have_url(at(LIST))
    expect(page.locator("#said")).to_contain_text("Retracted together: 2 positions.")
    assert focused(page) == "positions-h"
    assert standing() == {"p3", "p4"}
    seq = Change.objects.filter(kind="retracted").latest("seq").seq
    page.goto(f"{live_site}/plans/{ACCORD}/changes/{seq}/undo/")
    page.get_by_role("link", name="Undo all of them").click()
    assert not look(page, "undoing a set")
    page.get_by_label("Reason").fill("It was the right report.")
    page.get_by_role("button", name="Undo all of them").click()
    expect(page.locator("#said")).to_contain_text("Undone: changes")
    assert standing() == {"p1-2", "p2-2", "p3", "p4"}


def test_several_are_read_elsewhere_without_script(
    browser: Browser, accord: Plan, spoken: None, client: Client, live_site: str
):
    context = browser.new_context(java_script_enabled=False)
    sign_in(client, context, live_site)
    page = context.new_page()
    page.goto(f"{live_site}{LIST}?source=S1")
    page.get_by_role("link", name="Tick all on this page").click()
    page.get_by_label("Choose: Caldor on Ceasefire").uncheck()
    page.get_by_role("button", name="Name another source…").first.click()
    expect(page.get_by_label("It takes the place of")).to_have_value("S1")
    page.locator("#save, #look").last.click()
    expect(page.get_by_role("alert")).to_contain_text("Enter the source in which they are read.")
    page.get_by_text("The source is not on record yet").click()
    page.get_by_label("Title").fill("Minutes")
    page.get_by_label("Address").fill("https://minutes.example/1")
    page.locator("#id_source-kind").select_option("news")
    page.locator("#look").click()
    expect(page.get_by_text("No reading and no level moves.")).to_be_visible()
    page.get_by_label("Reason").fill("The first report is gone.")
    page.locator("#save").click()
    expect(page.locator("#said")).to_contain_text("Saved together: 2 positions rest on the new source.")
    # Back on the list of what rests on the first source.
    expect(page.get_by_text("1 position.")).to_be_visible()
    assert standing() == {"p1-2", "p2-2", "p3"}
    context.close()
