"""The whole way once, nothing in between replaced: browser, site, PostgreSQL, Valkey, Celery worker, browser."""

from django.contrib.auth.models import User
from playwright.sync_api import Page, expect

from provisions.agreement.words import Stance
from provisions.models import Change
from tests.builders import ACCORD, ARDEN, BREVIA, says

from .reading import fill_by_keys

LINE = f"/plans/{ACCORD}/provisions/ceasefire/"
WITHIN_MS = 30_000


def test_a_position_saved_in_the_browser_changes_a_level_through_a_real_worker(
    page: Page, signed_in: User, live_site: str, worker
):
    worker()
    says(BREVIA, Stance.ACCEPT, "ceasefire")
    page.goto(f"{live_site}{LINE}")
    expect(page.locator("#level .status")).to_have_text("Open", timeout=WITHIN_MS)
    page.goto(f"{live_site}{LINE}positions/{ARDEN}/add/")
    fill_by_keys(page)
    page.keyboard.press("Control+Enter")
    expect(page.locator("#said")).to_contain_text("Saved: a position of Arden on point 1.")
    expect(page.locator("#level .status")).to_have_text("Agreed", timeout=WITHIN_MS)
    # The log tells it, with its author, and the level that it made.
    saved = Change.objects.get(actor=signed_in)
    levelled = Change.objects.get(seq=saved.seq + 1)
    assert (saved.kind, levelled.kind) == ("added", "assessed")
