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
