"""A real browser on the real site: pytest-playwright with the Chromium of this machine."""

import os
import shutil
from pathlib import Path
from typing import Any

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome")

# Playwright keeps an event loop in the thread of the tests, and Django then refuses to query from it.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


def chromium() -> Path | None:
    """The browser of this machine, if it has one."""
    return next((Path(found) for name in NAMES if (found := shutil.which(name))), None)


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
    # Chromium's sandbox refuses to run as root.
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    return {**browser_type_launch_args, "executable_path": str(executable), "args": sandbox}


@pytest.fixture
def live_site(live_server: Any) -> str:
    """The address of the site, served from the test database to a browser, to the worker and to us alike."""
    return str(live_server.url)
