"""What a page must pass for those who see, hear or hold things otherwise; on the real plan, at both ends of widths."""

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.core.management import call_command
from django.test import Client
from playwright.sync_api import BrowserContext, Page

from provisions.assessing import recompute
from provisions.models import Plan

from .conftest import sign_in

FRAMEWORK = "/plans/28-point-framework/"
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


@pytest.fixture
def framework(transactional_db: None) -> Plan:
    call_command("import_plan", str(Path(settings.BASE_DIR, "fixtures", "28-point-framework")), verbosity=0)
    plan = Plan.objects.get()
    recompute(plan.pk)
    return plan


def findings(page: Page) -> list[str]:
    """What axe-core finds, each with the element that it is about."""
    violations = Axe().run(page, options=RULES).response["violations"]
    return [f"{found['id']}: {node['html'][:160]}" for found in violations for node in found["nodes"]]


def look(page: Page, where: str) -> list[str]:
    """Everything that is wrong with the page that is open, in both themes and at both widths, and at 360 px."""
    wrong = []
    for width in (1440, 390):
        page.set_viewport_size({"width": width, "height": 900})
        for theme in ("light", "dark"):
            page.emulate_media(color_scheme=theme)
            # Heads that stick cover what is scrolled below them, wherever a page happens to stand.
            page.evaluate("scrollTo(0, 0)")
            wrong += [f"{where}, {width} px, {theme}: {found}" for found in findings(page)]
    page.set_viewport_size({"width": 360, "height": 800})
    if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
        wrong.append(f"{where} scrolls sideways at 360 px")
    return wrong


def test_no_page_has_a_finding_or_scrolls_sideways(
    page: Page, framework: Plan, client: Client, context: BrowserContext, live_site: str
):
    wrong = []
    page.goto(f"{live_site}/accounts/login/")
    page.get_by_role("button", name="Sign in").click()
    wrong += look(page, "sign-in with errors")
    page.goto(f"{live_site}{FRAMEWORK}")
    page.get_by_role("button", name="Territories: details").click()
    page.locator("#d-territories .detail-in").wait_for()
    wrong += look(page, "board with an open row")
    page.goto(f"{live_site}{FRAMEWORK}changes/")
    page.locator("details summary").first.click()
    wrong += look(page, "changes")
    for where in ("compare/us-28..us-ua-20/", "texts/", "?as_of=2025-12-01&open=amnesty"):
        page.goto(f"{live_site}{FRAMEWORK}{where}")
        wrong += look(page, where)
    sign_in(client, context, live_site)
    page.goto(f"{live_site}{FRAMEWORK}provisions/znpp/")
    page.evaluate("for (const closed of document.querySelectorAll('details')) closed.open = true")
    wrong += look(page, "provision with everything open")
    page.goto(f"{live_site}{FRAMEWORK}provisions/znpp/positions/ru/add/")
    page.get_by_text("The source is not on record yet").click()
    page.get_by_role("button", name="Save position").last.click()
    wrong += look(page, "form with errors")
    assert not wrong, "\n".join(wrong)


def test_small_pages_have_no_finding(page: Page, framework: Plan, live_site: str):
    wrong = []
    for where in ("/no-such-page/", f"{FRAMEWORK}?q=nothing+of+the+kind", f"{FRAMEWORK}provisions/amnesty/"):
        # A page that is not found is an error to the browser's console, which is none of ours.
        page.goto(f"{live_site}/livez")
        page.set_content(page.request.get(f"{live_site}{where}").text())
        wrong += [f"{where}: {found}" for found in findings(page)]
    assert not wrong, "\n".join(wrong)
