"""The bill of materials: what is installed to run the tracker, as CycloneDX reads it.

It is made of the lock, and of what packages say of their licences: of the same lock it is the same everywhere.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import Any, Final, NamedTuple

from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression
from packaging.requirements import Requirement

ROOT: Final = Path(__file__).resolve().parent.parent
FILE: Final = ROOT / "docs" / "sbom.cdx.json"
OSI: Final = "License :: OSI Approved :: "

Licences = list[dict[str, Any]]


class Locked(NamedTuple):
    """One package of the lock: where it is installed, and the files of it that are let in."""

    name: str
    version: str
    marker: str
    hashes: list[str]

    @property
    def purl(self) -> str:
        return f"pkg:pypi/{self.name}@{self.version}"


def written(before: str = "") -> str:
    """The file as it should be. Of packages that are not installed here it keeps the licence that `before` names."""
    kept = {each["purl"]: each.get("licenses", []) for each in json.loads(before or "{}").get("components", [])}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    asked = {Requirement(line).name for line in _lines("requirements.in")}
    packages = list(locked())
    bill = {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "bom-ref": project["name"],
                "name": project["name"],
                "version": project["version"],
                "description": project["description"],
                "licenses": [{"expression": project["license"]}],
            }
        },
        "components": [_component(each, kept) for each in packages],
        "dependencies": [
            {"ref": project["name"], "dependsOn": [each.purl for each in packages if each.name in asked]},
        ],
    }
    return json.dumps(bill, indent=1) + "\n"


def locked(lock: str = "requirements.txt") -> Iterator[Locked]:
    """What a lock pins, in its order."""
    for line in _lines(lock):
        words, *hashes = line.split(" --hash=sha256:")
        requirement = Requirement(words)
        (pin,) = requirement.specifier
        yield Locked(requirement.name, pin.version, str(requirement.marker or ""), [each.strip() for each in hashes])


def _lines(name: str) -> list[str]:
    lines = (ROOT / name).read_text().replace("\\\n", "").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def _component(package: Locked, kept: dict[str, Licences]) -> dict[str, Any]:
    found = _licences(package) or kept.get(package.purl, [])
    only_where = [{"name": "tracker:only-where", "value": package.marker}] if package.marker else []
    component = {
        "type": "library",
        "bom-ref": package.purl,
        "name": package.name,
        "version": package.version,
        "purl": package.purl,
        "licenses": found,
        # Any one of these is what was installed: which, says the machine. No address: every index has the same files.
        "externalReferences": [
            {
                "type": "distribution",
                "url": package.purl,
                "hashes": [{"alg": "SHA-256", "content": each} for each in package.hashes],
            }
        ],
        "properties": only_where,
    }
    return {key: value for key, value in component.items() if value}


def _licences(package: Locked) -> Licences:
    """What an installed package says of its licence, as exactly as it says it."""
    try:
        said = metadata.metadata(package.name)
    except metadata.PackageNotFoundError:
        return []
    if said["Version"] != package.version:
        return []
    in_words = said.get_all("License") or [""]
    for expression in (said.get_all("License-Expression") or [""]) + in_words:
        try:
            return [{"expression": str(canonicalize_license_expression(expression))}]
        except InvalidLicenseExpression:
            continue
    classified = [each.removeprefix(OSI) for each in said.get_all("Classifier") or [] if each.startswith(OSI)]
    return [{"license": {"name": name}} for name in classified or in_words[0].splitlines()[:1]]
