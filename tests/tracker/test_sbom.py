"""docs/sbom.cdx.json names what the lock installs: that, in that version, with those files, and nothing else."""

import json
import re

import pytest

from tracker import sbom

BILL = json.loads(sbom.FILE.read_text())
PIN = re.compile(r"^([a-z0-9][a-z0-9-]*)==([^\s;]+)((?:.*\\\n)+.*)", re.MULTILINE)
LOCK = {name: (version, rest) for name, version, rest in PIN.findall((sbom.ROOT / "requirements.txt").read_text())}


def test_every_pinned_package_is_named_in_its_version_and_nothing_else():
    named = [(each["name"], each["version"], each["purl"]) for each in BILL["components"]]
    assert named == [(name, version, f"pkg:pypi/{name}@{version}") for name, (version, _) in LOCK.items()]


def test_each_has_the_hashes_that_the_lock_lets_in_and_a_licence():
    for each in BILL["components"]:
        _, rest = LOCK[each["name"]]
        (distribution,) = each["externalReferences"]
        assert [found["content"] for found in distribution["hashes"]] == re.findall(r"sha256:([0-9a-f]{64})", rest)
        assert each["licenses"]


def test_what_the_tracker_asks_for_itself_is_told_from_what_came_with_it():
    (tree,) = BILL["dependencies"]
    asked = {re.split(r"[\[<>=]", line)[0] for line in (sbom.ROOT / "requirements.in").read_text().splitlines()[1:]}
    assert {purl.removeprefix("pkg:pypi/").partition("@")[0] for purl in tree["dependsOn"]} == asked


def test_the_file_is_what_the_command_writes():
    before = sbom.FILE.read_text()
    assert sbom.written(before) == before, "run: manage.py sbom"


def test_it_names_no_place_no_moment_and_no_number_that_would_change():
    text = sbom.FILE.read_text()
    assert re.findall(r"https?://[^\"]*", text) == ["http://cyclonedx.org/schema/bom-1.6.schema.json"]
    assert not {"serialNumber", "timestamp"} & {*BILL, *BILL["metadata"]}


@pytest.mark.parametrize(
    ("said", "licences"),
    [
        ("License-Expression: mit or apache-2.0", [{"expression": "MIT OR Apache-2.0"}]),
        ("License: BSD-3-Clause", [{"expression": "BSD-3-Clause"}]),
        (
            "License: Dual License\nClassifier: License :: OSI Approved :: BSD License\nClassifier: Typing :: Typed",
            [{"license": {"name": "BSD License"}}],
        ),
        ("License: New BSD", [{"license": {"name": "New BSD"}}]),
        ("Summary: says nothing", []),
    ],
)
def test_a_licence_is_named_as_exactly_as_the_package_names_it(monkeypatch, tmp_path, said, licences):
    folder = tmp_path / "made_up-1.0.dist-info"
    folder.mkdir()
    (folder / "METADATA").write_text(f"Metadata-Version: 2.4\nName: made-up\nVersion: 1.0\n{said}\n")
    monkeypatch.syspath_prepend(tmp_path)
    assert sbom._licences(sbom.Locked("made-up", "1.0", "", [])) == licences
    assert sbom._licences(sbom.Locked("made-up", "1.1", "", [])) == []
