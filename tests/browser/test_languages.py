"""The language of the pages, chosen by hand and without script; the search, by eye and ear."""

from playwright.sync_api import Browser, Page, expect

from provisions.models import Plan
from tests.builders import ACCORD

from .test_access import findings

BOARD = f"/plans/{ACCORD}/"


def test_a_language_is_chosen_without_script_and_stays(browser: Browser, accord: Plan, live_site: str):
    page = browser.new_context(java_script_enabled=False, locale="en-US").new_page()
    page.goto(f"{live_site}{BOARD}?level=open")
    page.get_by_role("button", name="Українська").click()
    expect(page).to_have_url(f"{live_site}{BOARD}?level=open")
    expect(page.locator("html")).to_have_attribute("lang", "uk")
    page.get_by_role("link", name="Пошук").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Пошук")
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Search")


def test_search_and_method_have_no_finding_in_either_language(browser: Browser, accord: Plan, live_site: str):
    for locale in ("en-US", "uk-UA"):
        page = browser.new_context(locale=locale).new_page()
        for where in ("/search/?q=noon", "/search/?q=zzzqqq", "/method/", BOARD):
            page.goto(f"{live_site}{where}")
            assert [f"{locale} {where}: {found}" for found in findings(page)] == []


def test_a_search_leads_to_the_words(page: Page, accord: Plan, live_site: str):
    page.goto(f"{live_site}/search/")
    page.get_by_label("Words to look for").fill("nooon")
    page.keyboard.press("Enter")
    expect(page.locator("#found")).to_contain_text("Showing results for noon")
    expect(page.locator("mark").first).to_have_text("noon")
    page.get_by_role("link", name="Ceasefire").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Ceasefire")
