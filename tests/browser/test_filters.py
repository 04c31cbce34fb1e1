"""Saved filters in a browser: what the board was filtered to without a new page is what is saved."""

from django.contrib.auth.models import User
from playwright.sync_api import Page, expect

from provisions.models import SavedFilter
from tests.builders import ACCORD, ARDEN

from .reading import at, tab_to
from .test_access import look

BOARD = f"/plans/{ACCORD}/"


def test_the_present_filter_of_the_board_is_saved_chosen_and_asked_about(page: Page, signed_in: User, live_site: str):
    page.goto(f"{live_site}{BOARD}")
    page.locator("#f-party").select_option(ARDEN)
    expect(page).to_have_url(at(f"{BOARD}?party={ARDEN}"))
    tab_to(page, "#saved-filters-s")
    page.keyboard.press("Enter")
    tab_to(page, "#filter-name")
    page.keyboard.type("Arden’s")
    page.keyboard.press("Enter")
    expect(page.locator("#said")).to_contain_text("Saved: the filter “Arden’s”.")
    expect(page).to_have_url(at(f"{BOARD}?party={ARDEN}"))
    expect(page.locator("#saved-filters-s")).to_be_focused()
    page.goto(f"{live_site}{BOARD}?sort=title")
    page.locator("#saved-filters-s").click()
    page.get_by_label("Name for the present filter").fill("arden’s")
    page.get_by_role("button", name="Save the filter").click()
    asked = page.get_by_role("alert")
    expect(asked).to_contain_text("You have a filter “Arden’s” for this list already.")
    expect(asked).to_be_focused()
    assert not look(page, "a name in use")
    page.get_by_role("button", name="Replace the other one").click()
    expect(page).to_have_url(at(f"{BOARD}?sort=title"))
    assert SavedFilter.objects.get(user=signed_in).query == "sort=title"
    page.locator("#saved-filters-s").click()
    page.get_by_role("link", name="Rename or delete").click()
    assert not look(page, "one's own filters")
    page.get_by_role("button", name="Delete arden’s").click()
    expect(page.get_by_role("heading", name="You have not saved any filter yet")).to_be_visible()
