"""The browser of this machine: never one that is downloaded."""

import os
import shutil
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome")


def chromium() -> Path | None:
    """Where it is, if there is one."""
    return next((Path(found) for name in NAMES if (found := shutil.which(name))), None)


def arguments() -> list[str]:
    """How it has to be started: its sandbox refuses to run as root."""
    return ["--no-sandbox"] if os.geteuid() == 0 else []
