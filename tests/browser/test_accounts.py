"""A passkey in a real browser, with a key that Chromium makes up."""

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import CDPSession, Page, expect

PASSWORD = "a long password"


@pytest.fixture
def key(page: Page) -> CDPSession:
    """A device that keeps passkeys, and whose owner agrees to everything."""
    browser = page.context.new_cdp_session(page)
    browser.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    options |= {"isUserVerified": True, "automaticPresenceSimulation": True}
    browser.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return browser


def test_a_passkey_is_added_and_opens_without_a_password(transactional_db, page: Page, key, live_site: str):
    User.objects.create_superuser("ana", password=PASSWORD)
    page.goto(f"{live_site}/accounts/login/?next=/accounts/2fa/")
    page.get_by_label("User name").fill("ana")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_role("link", name="Add one").click()
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Confirm").click()
    page.get_by_label("Passwordless").check()
    page.get_by_role("button", name="Add").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Recovery Codes")
    page.get_by_role("button", name="Sign out").click()
    page.goto(f"{live_site}/accounts/login/?next=/accounts/2fa/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_text("One is registered.")).to_be_visible()
