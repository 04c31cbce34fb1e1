"""Proposing and approving, a new text with a split and a merge, and what the pages of both look like to axe."""

from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, expect

from provisions.agreement.words import WordingChange
from provisions.held import held
from provisions.models import Plan, Resource
from tests.builders import ACCORD

from .reading import at
from .test_access import look

HERE = f"/plans/{ACCORD}"


def enter(client: Client, context: BrowserContext, site: str, name: str, role: str) -> None:
    """Have somebody with a role sit at the browser."""
    user, new = User.objects.get_or_create(username=name)
    if new:
        user.groups.add(Group.objects.get_or_create(name=role)[0])
    client.force_login(user)
    context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": site}])


def content(resource: Resource, key: str) -> Any:
    return held(Plan.objects.get(slug=ACCORD), resource, keys=[key])[key].content


def test_one_proposes_and_another_approves(
    page: Page, accord: Plan, client: Client, context: BrowserContext, live_site: str
):
    enter(client, context, live_site, "con", "contributor")
    page.goto(f"{live_site}{HERE}/edit/provision/ceasefire/")
    page.locator("#id_title").fill("A truce")
    page.locator("#id_reason").fill("Better.")
    page.get_by_role("button", name="Propose").last.click()
    expect(page).to_have_url(at(f"{HERE}/proposals/1/"))
    expect(page.locator("#said")).to_contain_text("Somebody else has to approve it")
    expect(page.get_by_role("button", name="Approve")).to_have_count(0)
    enter(client, context, live_site, "rea", "reviewer")
    page.goto(f"{live_site}{HERE}/proposals/")
    page.locator("main").get_by_role("link", name="1:").click()
    wrong = look(page, "proposal")
    page.set_viewport_size({"width": 1440, "height": 900})
    page.locator("#id_reason").fill("I agree.")
    page.get_by_role("button", name="Approve").click()
    expect(page.locator("#said")).to_contain_text("Approved, and on record.")
    assert content(Resource.PROVISION, "ceasefire").title == "A truce"
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_a_new_text_with_a_split_and_a_merge_is_made(
    browser: Browser, accord: Plan, client: Client, live_site: str, script: bool
):
    context = browser.new_context(java_script_enabled=script)
    enter(client, context, live_site, "lea", "lead")
    page = context.new_page()
    page.goto(f"{live_site}{HERE}/texts/draft-1/next/")
    for control, typed in (
        ("#id_title", "The second draft"), ("#id_short", "draft-2"), ("#id_dated", "10 Jan 2026"),
        ("#id_sources", "S1"), ("#id_reason", "Tabled today."),
    ):  # fmt: skip
        page.locator(control).fill(typed)
    page.locator("#id_provenance").select_option("official")
    page.get_by_role("button", name="Add another new line").click()
    expect(page.locator("[name=new-1-title]")).to_be_visible()
    expect(page.locator("#id_reason")).to_have_value("Tabled today.")
    page.locator("[name=line-prisoners-fate]").select_option("split")
    for n, title in enumerate(("Soldiers", "Civilians")):
        page.locator(f"[name=new-{n}-title]").fill(title)
        page.locator(f"[name=new-{n}-category]").select_option("peace")
        page.locator(f"[name=new-{n}-number]").fill(str(n + 2))
        page.locator(f"[name=new-{n}-text]").fill(f"{title} return home.")
        page.locator(f"[name=new-{n}-made_of]").select_option("prisoners")
    page.locator("[name=new-1-made_of]").select_option(["prisoners", "ceasefire"])
    page.locator("#save").click()
    expect(page).to_have_url(at(f"{HERE}/compare/draft-1..draft-2/"))
    assert content(Resource.WORDING, "draft-2/soldiers").change == WordingChange.SPLIT
    assert content(Resource.WORDING, "draft-2/civilians").change == WordingChange.MERGED
    context.close()


@pytest.mark.parametrize("where", ["people", "proposals", "texts/draft-1/next", "what-if"])
def test_no_page_of_working_together_has_a_finding(
    page: Page, accord: Plan, client: Client, context: BrowserContext, live_site: str, where: str
):
    enter(client, context, live_site, "lea", "lead")
    page.goto(f"{live_site}{HERE}/{where}/")
    if where == "what-if":
        page.locator("#add-supposed").click()
        page.get_by_role("heading", name="What would move").wait_for()
    page.evaluate("for (const closed of document.querySelectorAll('details')) closed.open = true")
    wrong = look(page, where)
    assert not wrong, "\n".join(wrong)
