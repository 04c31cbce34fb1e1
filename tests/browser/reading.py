"""How the tests walk through pages: by keys, as one who uses no mouse does."""

import re

from playwright.sync_api import Page

MOST_TABS = 250


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until the element has the focus."""
    for _n in range(MOST_TABS):
        if page.locator(f"{selector}:focus").count():
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab never reaches {selector}")


def focused(page: Page) -> str:
    """The id of the element that has the focus."""
    found = page.locator(":focus")
    return (found.first.get_attribute("id") or "") if found.count() else ""


def at(path: str) -> re.Pattern[str]:
    """An address on the site, to the letter."""
    return re.compile(rf"^https?://[^/]+{re.escape(path)}$")


def fill_by_keys(page: Page) -> None:
    """Everything that a position needs, typed; a choice is made by its first letter or by an arrow, as keyboards do."""
    tab_to(page, "[name=stance]")
    page.keyboard.press("Space")
    for _n in range(5):
        page.keyboard.press("ArrowRight")
    for control, typed in (("#id_stated_on", "6 Jan 2026"), ("#id_speaker", "The president"), ("#id_authority", "3")):
        tab_to(page, control)
        page.keyboard.type(typed)
    tab_to(page, "#id_summary")
    page.keyboard.type("Arden accepts the ceasefire.")
    tab_to(page, "#id_evidence-0-source")
    page.keyboard.type("S1")
    tab_to(page, "#id_reason")
    page.keyboard.type("It was in the papers.")
