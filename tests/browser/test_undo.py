"""Undoing a change in a browser: found in the log, looked at, done with a reason, and said."""

from datetime import date

from django.contrib.auth.models import User
from playwright.sync_api import Page, expect

from provisions.agreement.words import Stance
from provisions.assessing import recompute
from provisions.models import Change, Plan, Position
from tests.builders import ACCORD, ARDEN, BREVIA, says

from .reading import focused, tab_to

CHANGES = f"/plans/{ACCORD}/changes/"


def test_a_change_is_undone_by_keys_alone(page: Page, signed_in: User, live_site: str):
    says(ARDEN, Stance.ACCEPT, "ceasefire")
    says(BREVIA, Stance.REJECT, "ceasefire")
    recompute(Plan.objects.get(slug=ACCORD).pk, today=date(2026, 1, 10))
    seq = Change.objects.get(kind="added", resource="position", after__party=BREVIA).seq
    page.goto(f"{live_site}{CHANGES}?resource=position")
    tab_to(page, f"a[href='{CHANGES}{seq}/undo/']")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=f"Undo change {seq}?")).to_be_visible()
    expect(page.locator("#moves")).to_contain_text("Ceasefire moved from Contested to Open")
    tab_to(page, "#id_reason")
    page.keyboard.type("It was another Brevia.")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#said")).to_contain_text(f"Undone: change {seq}.")
    expect(page.locator("#live")).to_contain_text("Undone")
    done = Change.objects.latest("seq")
    assert done.reverts == seq
    assert focused(page) == f"change-{done.seq}"
    expect(page.locator(f"#change-{done.seq}")).to_contain_text(f"Undoes change {seq}")


def test_a_refused_undo_keeps_the_reason_asked_for_and_leaves_with_a_question(
    page: Page, signed_in: User, live_site: str
):
    says(ARDEN, Stance.ACCEPT, "ceasefire")
    seq = Change.objects.latest("seq").seq
    page.goto(f"{live_site}{CHANGES}{seq}/undo/")
    page.get_by_role("button", name="Undo it").click()
    expect(page.get_by_role("alert")).to_be_focused()
    expect(page.get_by_role("alert")).to_contain_text("Say why it is undone.")
    page.get_by_label("Reason").fill("Half a sentence")
    page.get_by_role("link", name="Leave it").click()
    expect(page.get_by_role("dialog", name="Leave without saving?")).to_be_visible()
    assert not Position.objects.exclude(retraction=None).exists()
