"""The method page and the codebook, which cannot say anything else than the code does."""

import re
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import Client

from provisions.agreement.level import CLAUSES
from provisions.agreement.words import RULE
from provisions.codebook import VOCABULARIES, rule
from provisions.codebook.method import PARTS, TITLES, parts

from .pages import part, seen, words


@pytest.fixture
def page(client: Client, db) -> str:
    return client.get("/method/").content.decode()


@pytest.mark.parametrize("name", VOCABULARIES)
def test_every_word_of_every_vocabulary_is_on_the_page_with_its_symbol_and_meaning(page, name):
    table = part(page, f"words-{name}")
    for code in VOCABULARIES[name]:
        row = part(table, f"{name}-{code.name}")
        said = words(row)
        assert str(code.label).lower() in said.lower()
        assert str(code.definition) in said
        assert f'href="#{code.symbol}"' in row or not code.symbol


def test_no_vocabulary_is_shown_twice_and_every_one_that_is_named_exists():
    shown = [each.name for _part, vocabularies in parts(VOCABULARIES) for each in vocabularies]
    assert sorted(shown) == sorted(VOCABULARIES)
    assert set(TITLES) <= set(VOCABULARIES)


def test_every_section_of_the_rule_that_the_code_names_is_a_part_of_the_method():
    modules = Path(settings.BASE_DIR, "provisions", "agreement").glob("*.py")
    named = {int(n) for module in modules for n in re.findall(r'^"""Sections? (\d+)', module.read_text())}
    # Section 10 is the record as JSON, which docs/api.md tells.
    assert named - {10} == {each.section for each in PARTS if each.section}


def test_the_clauses_stand_in_the_order_in_which_they_are_tried(page):
    assert [code.value for code in VOCABULARIES["level"]] == list(reversed(CLAUSES))
    shown = re.findall(r'<tr id="level-(\w+)"', part(page, "words-level"))
    assert shown == [level.value for level in reversed(CLAUSES)]


def test_the_clauses_for_people_are_those_of_the_rule():
    assert {level: str(clause) for level, clause in rule.CLAUSES.items()} == CLAUSES


def test_the_page_names_the_rule_that_the_code_works_by(client: Client, db):
    assert RULE in seen(client.get("/method/"))


def test_board_and_foot_lead_to_the_method(client: Client, accord):
    html = client.get("/plans/accord/").content.decode()
    assert 'href="/method/"' in part(html, "footer")
    assert 'href="/method/#level"' in part(html, "main")


def test_the_codebook_in_the_docs_is_the_one_of_the_code():
    """When it drifts on purpose: manage.py codebook > docs/codebook/words.md"""
    written = StringIO()
    call_command("codebook", stdout=written)
    assert Path(settings.BASE_DIR, "docs", "codebook", "words.md").read_text() == written.getvalue()
