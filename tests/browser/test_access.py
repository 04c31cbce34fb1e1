"""What every page must pass for those who see, hear or hold things otherwise: at three widths, in both themes."""

import os
from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.auth.models import User
from django.test import Client
from playwright.sync_api import BrowserContext, Page

from tests import builders
from tests.places import BOARD, furnish, places

AXE = Axe().axe_script
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
EVERYTHING: dict[str, Any] = {"runOnly": RULES}
# Colours take three quarters of the time, and hang on the theme more than on the width.
ALL_BUT_COLOURS: dict[str, Any] = {"runOnly": RULES, "rules": {"color-contrast": {"enabled": False}}}
LOOKS = [
    (360, "light", ALL_BUT_COLOURS),
    (768, "dark", {"runOnly": {"type": "rule", "values": ["color-contrast"]}}),
    (1440, "light", EVERYTHING),
]
if os.environ.get("AXE") == "everything":
    LOOKS = [(width, theme, EVERYTHING) for width in (360, 768, 1440) for theme in ("light", "dark")]


@pytest.fixture
def administrator(transactional_db: None) -> User:
    return furnish()


@pytest.fixture
def session(administrator: User, client: Client, context: BrowserContext, live_site: str) -> Client:
    """An administrator's browser, and a client that is signed in, too."""
    client.force_login(administrator)
    context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_site}])
    return client


@pytest.fixture
def expected_complaints() -> list[str]:
    """Answers with an error are errors to the browser's console; here they are pages like others."""
    return ["status of 404", "status of 410", "status of 409", "status of 422"]


def findings(page: Page, rules: dict[str, Any] = EVERYTHING) -> Iterator[str]:
    """What axe-core finds, each with the element that it is about."""
    if page.evaluate("typeof axe === 'undefined'"):
        page.evaluate(AXE)
    run = "options => axe.run(document, options).then(found => found.violations)"
    for found in page.evaluate(run, {**rules, "resultTypes": ["violations"]}):
        for node in found["nodes"]:
            yield f"{found['id']}: {node['html'][:160]}"


def scrolls_sideways(page: Page) -> bool:
    return page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")


def look(page: Page, where: str) -> list[str]:
    """Everything that is wrong with the page that is open, with all that it keeps closed."""
    wrong = []
    page.evaluate("for (const closed of document.querySelectorAll('details')) closed.open = true")
    for width, theme, rules in LOOKS:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
        # What sticks to the head of the window covers nothing then.
        page.evaluate("scrollTo(0, 0)")
        wrong += [f"{where}, {width} px, {theme}: {found}" for found in findings(page, rules)]
        if scrolls_sideways(page):
            wrong.append(f"{where} scrolls sideways at {width} px")
    return wrong


def test_no_page_has_a_finding_or_scrolls_sideways(page: Page, session: Client, live_site: str):
    wrong = []
    for place in places(session):
        page.goto(f"{live_site}{place.path}")
        wrong += look(page, place.path)
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("plan", ["good-friday-agreement", "minsk-package-2015"])
def test_a_plan_with_more_parties_or_longer_names_does_not_scroll_sideways(
    page: Page, transactional_db: None, live_site: str, plan: str
):
    furnish([plan])
    wide = []
    for room in ("", "compare/", "timeline/", "parties/", "queue/", "events/", "dossier/"):
        answer = page.goto(f"{live_site}/plans/{plan}/{room}")
        assert answer is not None
        assert answer.ok
        for width, _theme, _rules in LOOKS:
            page.set_viewport_size({"width": width, "height": 900})
            if scrolls_sideways(page):
                wide.append(f"{room or 'board'} at {width} px")
    assert not wide


def test_neither_a_site_without_a_plan_nor_a_plan_without_lines_has_a_finding(
    page: Page, transactional_db: None, live_site: str
):
    page.goto(live_site)
    page.get_by_role("heading", name="No plan is on record yet").wait_for()
    wrong = look(page, "the site without a plan")
    plan = builders.plan()
    page.goto(f"{live_site}/plans/{plan.slug}/")
    wrong += look(page, "the board of a plan without lines")
    assert not wrong, "\n".join(wrong)


def test_nothing_that_a_page_comes_to_has_a_finding(page: Page, session: Client, live_site: str):
    wrong = []
    page.goto(f"{live_site}{BOARD}")
    page.get_by_role("button", name="Territories: details").click()
    page.locator("#d-territories .detail-in").wait_for()
    wrong += look(page, "the board with an open row")
    page.goto(f"{live_site}{BOARD}provisions/znpp/positions/ru/add/")
    page.get_by_text("The source is not on record yet").click()
    page.get_by_role("button", name="Save position").last.click()
    page.get_by_role("alert").wait_for()
    wrong += look(page, "a form with errors")
    page.goto(f"{live_site}{BOARD}changes/?resource=position")
    page.get_by_role("link", name="Undo").first.click()
    page.get_by_role("button", name="Undo it").click()
    page.get_by_role("alert").wait_for()
    wrong += look(page, "an undo without a reason")
    page.context.clear_cookies()
    page.goto(f"{live_site}/accounts/login/")
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_role("alert").wait_for()
    wrong += look(page, "sign-in with errors")
    assert not wrong, "\n".join(wrong)
