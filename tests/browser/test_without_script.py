"""What several people do at the desk, in a browser whose scripts are switched off."""

from collections.abc import Iterator

import pytest
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, expect

from provisions.agreement.words import Stance
from provisions.models import Change, Plan, Position, Resource
from tests.builders import ARDEN, says

from .reading import at, fill_by_keys
from .test_adding import work_out
from .test_desk_together import HERE, content, enter

LINE = f"{HERE}/provisions/ceasefire/"


@pytest.fixture
def plain(browser: Browser, accord: Plan, live_site: str) -> Iterator[BrowserContext]:
    context = browser.new_context(java_script_enabled=False)
    yield context
    context.close()


@pytest.fixture
def paper(plain: BrowserContext, client: Client, live_site: str) -> Page:
    """A page that an analyst has before them."""
    enter(client, plain, live_site, "ana", "analyst")
    return plain.new_page()


def test_a_position_is_followed_retracted_and_the_retraction_undone(paper: Page, live_site: str):
    earlier = says(ARDEN, Stance.REJECT, "ceasefire", on="2026-01-05")
    work_out()
    paper.goto(f"{live_site}{LINE}")
    paper.locator(f"[id='follow-{earlier}']").click()
    fill_by_keys(paper)
    paper.locator("#save").click()
    expect(paper.locator("#said")).to_contain_text("Saved: a position of Arden on point 1.")
    later = Position.objects.latest("pk")
    work_out()
    paper.reload()
    assert later.follows
    assert (later.follows.key, later.stance) == (earlier, "accept")
    paper.locator(f"[id='retract-{later.key}']").click()
    paper.get_by_label("Reason").fill("It was another Arden.")
    paper.get_by_role("button", name="Retract it").click()
    expect(paper.locator("#said")).to_contain_text("Retracted: what The president said.")
    seq = Change.objects.filter(resource=Resource.POSITION).latest("seq").seq
    paper.goto(f"{live_site}{HERE}/changes/{seq}/undo/")
    paper.get_by_label("Reason").fill("It was this one.")
    paper.get_by_role("button", name="Undo it").click()
    expect(paper.locator("#said")).to_contain_text(f"Undone: change {seq}.")
    assert Position.objects.filter(retraction=None, stance="accept").exists()


def test_a_change_is_proposed_and_approved(plain: BrowserContext, client: Client, live_site: str):
    enter(client, plain, live_site, "con", "contributor")
    page = plain.new_page()
    page.goto(f"{live_site}{HERE}/edit/provision/ceasefire/")
    page.locator("#id_title").fill("A truce")
    page.locator("#id_reason").fill("Better.")
    page.get_by_role("button", name="Propose").last.click()
    expect(page).to_have_url(at(f"{HERE}/proposals/1/"))
    enter(client, plain, live_site, "rea", "reviewer")
    page.goto(f"{live_site}{HERE}/proposals/1/")
    page.locator("#id_reason").fill("I agree.")
    page.get_by_role("button", name="Approve").click()
    expect(page.locator("#said")).to_contain_text("Approved, and on record.")
    assert content(Resource.PROVISION, "ceasefire").title == "A truce"
