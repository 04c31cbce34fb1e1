"""The page on which the API describes itself, under the site's policy: no script or style but our own files."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from provisions.models import Plan

from .test_access import findings


def test_the_api_can_be_read_about_and_tried(accord: Plan, page: Page, live_site: str) -> None:
    page.goto(f"{live_site}/api/v1/docs/")
    expect(page.get_by_text("Where every line stands", exact=True)).to_be_visible()
    page.locator("#operations-board-board .opblock-summary-control").click()
    page.get_by_role("button", name="Try it out").click()
    page.get_by_placeholder("plan", exact=True).fill("accord")
    page.get_by_role("button", name="Execute").click()
    told = page.locator("#operations-board-board .live-responses-table")
    expect(told.locator(".response-col_status").last).to_contain_text("200")
    expect(told).to_contain_text("ceasefire")


def test_the_page_has_a_heading_of_its_own_and_no_finding_of_axe_core(accord: Plan, page: Page, live_site: str) -> None:
    page.goto(f"{live_site}/api/v1/docs/")
    expect(page.locator("header").get_by_role("heading", level=1)).to_have_text("API: what there is, and trying it")
    # The groups get their level once all is there.
    expect(page.locator("#operations-tag-board")).to_have_attribute("aria-level", "2")
    assert not list(findings(page))
