"""Negotiations that are not the one of 2025 show like it, and nothing of that one is wired in."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.urls import reverse

from provisions.assessing import recompute
from provisions.board import board
from provisions.models import Plan

from .pages import part, rows, seen

ROOT = Path(settings.BASE_DIR)
EXAMPLES = {
    "minsk-package-2015": (["Ukraine", "Russia", "Certain areas", "OSCE"], 5, 17),
    "good-friday-agreement": (
        ["UK Government", "Irish Government", "Alliance", "DUP", "SDLP", "Sinn Féin", "UUP"],
        6,
        13,
    ),
}


@pytest.fixture
def example(request, db) -> str:
    call_command("import_plan", str(ROOT / "fixtures" / request.param), verbosity=0)
    recompute(Plan.objects.get(slug=request.param).pk)
    return request.param


@pytest.mark.parametrize("example", EXAMPLES, indirect=True)
def test_the_board_has_its_own_parties_categories_and_lines(example, client):
    parties, categories, lines = EXAMPLES[example]
    shown = board(example)
    assert [party.short for party in shown.parties] == parties
    assert len(shown.categories) == categories
    response = client.get(reverse("board", args=[example]))
    assert len(rows(response)) == lines
    heads = part(response.content.decode(), "thead")
    assert list(re.findall(r'class="c-st"><a[^>]*>([^<]*)<', heads)) == parties


@pytest.mark.parametrize("example", EXAMPLES, indirect=True)
@pytest.mark.parametrize("name", ["timeline", "parties", "queue", "events", "changes", "texts", "choose-texts"])
def test_every_page_of_the_plan_has_something_to_show(example, client, name):
    response = client.get(reverse(name, args=[example]), follow=True)
    assert response.status_code == 200
    assert "No plan" not in seen(response)


@pytest.mark.parametrize("example", EXAMPLES, indirect=True)
def test_every_line_has_a_page(example, client):
    for row in board(example).rows:
        assert client.get(reverse("provision", args=[example, row.slug])).status_code == 200


FOLDERS = ("parties", "provisions", "tracker", "templates", "static")
KINDS = {".py", ".html", ".css", ".js"}
# Where the plan that comes with the tracker is named, because it is the one that comes with it.
NAMED = {"provisions/management/commands/import_plan.py", "templates/provisions/home.html", "tracker/api/schema.py"}
NAMED |= {"tracker/management/commands/prepare.py"}
# What the description of the API gives as examples can be sent to the plan that comes with the project.
NAMED |= {"provisions/api/writing.py", "tracker/api/subscriptions.py"}
OURS = re.compile(r"28.point|(?<![\w-])(20|28) points|[\"'](ua|ru|us|eu)[\"']|data-(ua|ru|us|eu)\b")


def test_no_code_template_style_or_script_knows_those_parties_or_points():
    found = {}
    for path in sorted(each for folder in FOLDERS for each in (ROOT / folder).rglob("*") if each.suffix in KINDS):
        name = str(path.relative_to(ROOT))
        marks = [mark[0] for mark in OURS.finditer(path.read_text())]
        if marks and name not in NAMED and "migrations" not in name:
            found[name] = marks
    assert found == {}
