"""A snapshot of the reading pages stands by itself."""

import re
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from provisions.agreement.words import Stance
from provisions.assessing import recompute
from tests import builders
from tests.builders import ARDEN, says
from tests.provisions.pages import words


@pytest.fixture
def snapshot(accord, tmp_path, settings) -> Path:
    builders.revision("draft-2", words={"ceasefire": "All fire ceases at dawn."}, derives_from="draft-1")
    builders.plan("rival", lines={"truce": "All fire ceases for a week."})
    says(ARDEN, Stance.ACCEPT, "ceasefire", revision="draft-2")
    recompute(accord.pk)
    call_command("publish", str(tmp_path / "site"))
    return tmp_path / "site"


def html(folder: Path) -> dict[str, str]:
    return {str(path.relative_to(folder)): path.read_text() for path in folder.rglob("*.html")}


def test_every_reading_page_is_there(snapshot):
    pages = html(snapshot)
    for name in (
        "index.html",
        "method/index.html",
        "sources/S1/index.html",
        "plans/accord/index.html",
        "plans/accord/provisions/ceasefire/index.html",
        "plans/accord/parties/arden/index.html",
        "plans/accord/compare/draft-1..draft-2/index.html",
        "plans/rival/timeline/index.html",
    ):
        assert name in pages
    assert "dawn" in words(pages["plans/accord/provisions/ceasefire/index.html"])
    assert "Snapshot of " in pages["plans/accord/index.html"]


def test_links_lead_to_files_that_are_there_and_nowhere_else(snapshot):
    for name, page in html(snapshot).items():
        for target in re.findall(r'\s(?:href|src)="([^"]*)"', page):
            if not target.startswith(("#", "http://", "https://", "mailto:", "data:")):
                assert (snapshot / name).parent.joinpath(target.partition("#")[0]).resolve().is_file(), (name, target)


def test_nothing_needs_a_server_or_a_script(snapshot):
    for name, page in html(snapshot).items():
        assert not re.search(r"<script|<form|<button| hx-", page), name
        assert "Sign in" not in words(page), name
    assert (snapshot / "static" / "css" / "app.css").is_file()


def test_a_folder_that_holds_something_is_left_alone(accord, tmp_path):
    (tmp_path / "kept").write_text("")
    with pytest.raises(CommandError, match="is not empty"):
        call_command("publish", str(tmp_path))
