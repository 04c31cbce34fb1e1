"""docker-compose.yml and the Dockerfile, read as the tests need them."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
DOCUMENT: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, dict[str, Any]] = DOCUMENT["services"]
OURS = tuple(name for name, service in SERVICES.items() if "build" in service)
DOCKERFILE = (ROOT / "Dockerfile").read_text().replace("\\\n", "")
SITE = "tracker.example.org"


def environment(service: str, *, secrets: Path) -> dict[str, str]:
    """The environment of a service, with the folder of secrets that a container would have elsewhere."""
    given = SERVICES[service]["environment"]
    return {
        name: re.sub(r"\$\{SITE[^}]*\}", SITE, value).replace("/run/secrets", str(secrets))
        for name, value in given.items()
    }


def copied() -> list[str]:
    """What the Dockerfile takes from the checkout into the last stage."""
    last = DOCKERFILE.rpartition("\nFROM ")[2]
    return [source for line in re.findall(r"^COPY (?!--from)(.+)$", last, re.MULTILINE) for source in line.split()[:-1]]


def copy_as_the_dockerfile_does(to: Path) -> None:
    for source in copied():
        if (ROOT / source).is_dir():
            shutil.copytree(ROOT / source, to / source, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / source, to / source)


def collect_step() -> tuple[dict[str, str], list[str]]:
    """The step of the image that collects the files of the site: its variables and its words for the interpreter."""
    (line,) = re.findall(r"^RUN (.+collectstatic.+?) && ", DOCKERFILE, re.MULTILINE)
    words = shlex.split(line)
    at = words.index("python")
    return dict(word.split("=", 1) for word in words[:at]), words[at + 1 :]
