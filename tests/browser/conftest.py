"""A real browser on the real site: pytest-playwright with the Chromium of this machine."""

import os
import threading
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.core.signals import request_finished, request_started
from django.test import Client
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, expect
from playwright.sync_api import Error as PlaywrightError

from provisions.models import Plan
from tests import builders

from .chromium import NAMES, arguments, chromium

# Playwright keeps an event loop in the thread of the tests, and Django then refuses to query from it.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
# The other tests run beside, on as few cores.
expect.set_options(timeout=30_000)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """How pytest-playwright starts the browser: ours, never one that it downloads."""
    executable = chromium()
    if executable is None:
        reason = (
            f"There is no Chromium on this machine (looked for {', '.join(NAMES)}); apt install chromium brings one."
        )
        # A build that leaves the browser out would be green for no reason.
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(reason)
    return {**browser_type_launch_args, "executable_path": str(executable), "args": arguments()}


class BeingAnswered:
    """Counts the requests that the site is answering."""

    def __init__(self) -> None:
        self.count = 0
        self.changed = threading.Condition()

    def begin(self, **_: Any) -> None:
        self._move(1)

    def end(self, **_: Any) -> None:
        self._move(-1)

    def _move(self, by: int) -> None:
        with self.changed:
            self.count += by
            self.changed.notify_all()

    def wait_until_none(self, *, seconds: float) -> None:
        with self.changed:
            self.changed.wait_for(lambda: self.count <= 0, timeout=seconds)


@pytest.fixture
def being_answered() -> Iterator[BeingAnswered]:
    count = BeingAnswered()
    request_started.connect(count.begin)
    request_finished.connect(count.end)
    yield count
    request_started.disconnect(count.begin)
    request_finished.disconnect(count.end)


@pytest.fixture
def live_site(
    live_server: Any, page: Page, nothing_in_the_console: list[str], being_answered: BeingAnswered
) -> Iterator[str]:
    """The address of the site, served from the test database to a browser, to the worker and to us alike."""
    yield str(live_server.url)
    before_leaving = list(nothing_in_the_console)
    for each in page.context.pages:
        with suppress(PlaywrightError):
            each.goto("about:blank")
    # The tables are emptied next, which a request that is still being answered would be in the way of.
    being_answered.wait_until_none(seconds=5)
    # A page that is left while it asks for something complains of that.
    nothing_in_the_console[:] = before_leaving


@pytest.fixture
def expected_complaints() -> list[str]:
    """What the browser may complain of besides: a refusal is an answer to us, and an error to its console.

    So is a question that a newer one replaces, on a machine that is slow to answer; one that fails is a sendError.
    """
    return ["status of 409", "status of 422", "htmx:sendAbort", "htmx:afterRequest"]


@pytest.fixture(autouse=True)
def nothing_in_the_console(page: Page, expected_complaints: list[str]) -> Iterator[list[str]]:
    """Whatever a test does, the browser complains of nothing: no error, no warning, nothing that the policy stops."""
    complaints: list[str] = []

    def heard(message: ConsoleMessage) -> None:
        expected = any(each in message.text for each in expected_complaints)
        if message.type in ("error", "warning") and not expected:
            complaints.append(f"{message.text} ({message.location['url']})")

    page.on("console", heard)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield complaints
    assert complaints == []


@pytest.fixture
def accord(transactional_db: None) -> Plan:
    """The accord of the other tests, committed, so that the site can read it."""
    return builders.the_accord()


@pytest.fixture
def signed_in(accord: Plan, client: Client, context: BrowserContext, live_site: str) -> User:
    """An analyst whose browser is signed in."""
    return sign_in(client, context, live_site)


def sign_in(client: Client, context: BrowserContext, site: str) -> User:
    user = User.objects.create_user("ana")
    user.groups.add(Group.objects.create(name="analyst"))
    client.force_login(user)
    context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": site}])
    return user
