"""What all pages share: signing in, what went wrong, what a browser may load."""

import re
from enum import EnumType
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.template.loader import get_template
from django.test import Client

from provisions.codebook import VOCABULARIES
from provisions.models import Plan
from tests.builders import ACCORD

from .pages import seen

LOGIN = "/accounts/login/"
TEMPLATES = sorted(Path(settings.BASE_DIR, "templates").rglob("*.html"))


def test_who_signs_in_comes_back_to_where_it_was_asked_for(client: Client, db):
    User.objects.create_user("ana", password="long enough")
    where = f"/plans/{ACCORD}/?level=open"
    page = client.get(LOGIN, {"next": where})
    assert f'name="next" value="{where}"' in page.content.decode()
    answer = client.post(LOGIN, {"login": "ana", "password": "long enough", "next": where})
    assert answer["Location"] == where


def test_nobody_is_sent_to_another_site_after_signing_in(client: Client, db):
    User.objects.create_user("ana", password="long enough")
    answer = client.post(LOGIN, {"login": "ana", "password": "long enough", "next": "https://example.org/"})
    assert answer["Location"] == "/"


def test_a_password_can_be_pasted_and_kept_by_a_manager(client: Client, db):
    html = client.get(LOGIN).content.decode()
    assert 'autocomplete="current-password"' in html
    assert 'autocomplete="username"' in html
    assert "onpaste" not in html


def test_a_wrong_password_is_said_and_the_name_is_kept(client: Client, db):
    page = client.post(LOGIN, {"login": "ana", "password": "wrong", "next": "/plans/x/"})
    assert "The user name or the password is not right." in seen(page)
    html = page.content.decode()
    assert 'value="ana"' in html
    assert 'value="/plans/x/"' in html
    assert "<title>Error: Sign in" in html


def test_signing_out_is_a_button_that_works_without_script(client: Client, accord):
    client.force_login(User.objects.create_user("ana"))
    html = client.get(f"/plans/{ACCORD}/").content.decode()
    assert '<form method="post" action="/accounts/logout/" data-signs-out>' in html
    client.post("/accounts/logout/")
    assert "Sign in" in seen(client.get(f"/plans/{ACCORD}/"), within="header")


@pytest.mark.urls("tests.provisions.broken_urls")
def test_a_failure_of_ours_gives_a_reference_that_is_in_the_log(client: Client):
    client.raise_request_exception = False
    page = client.get("/fail/")
    assert page.status_code == 500
    assert f"Reference {page['X-Request-ID']}" in seen(page)
    assert "disk" not in page.content.decode()


def test_a_form_without_its_safety_mark_is_refused_with_what_to_do(db):
    page = Client(enforce_csrf_checks=True).post(LOGIN, {"username": "ana"})
    assert page.status_code == 403
    assert "This form is too old to be sent" in seen(page)


def test_no_page_brings_script_or_style_of_its_own(client: Client, accord):
    page = client.get(f"/plans/{ACCORD}/")
    policy = page["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    html = page.content.decode()
    assert re.findall(r"<style|\sstyle=|\son\w+=|javascript:", html) == []
    assert [script for script in re.findall(r"<script([^>]*)>", html) if "src=" not in script] == []
    assert re.findall(r'(?:src|href)="(?:https?:)?//', html) == []


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_every_template_can_be_read_and_has_no_style_or_script_in_it(template):
    get_template(str(template.relative_to(settings.BASE_DIR / "templates")))
    text = template.read_text()
    assert re.findall(r"<style|\sstyle=|\son(?:click|change|input|load)=|hx-on", text) == []
    assert text.count("\n") < 250


def test_every_symbol_that_is_used_is_in_the_sprite(client: Client, accord):
    sprite = Path(settings.BASE_DIR, "templates", "components", "_sprite.html").read_text()
    drawn = set(re.findall(r'<(?:symbol|pattern) id="([^"]+)"', sprite))
    named = {each.symbol for codes in VOCABULARIES.values() for each in codes if each.symbol}
    named |= {each.pattern for each in VOCABULARIES["level"] if each.pattern.startswith("p-")}
    for template in TEMPLATES:
        named.update(re.findall(r'(?:icon "|<use href="#)([a-z]-[a-z]+)"', template.read_text()))
    assert named <= drawn


def test_every_word_of_the_rule_has_words_for_people():
    from provisions.agreement import words as rule

    spoken = {type(each.value): name for name, codes in VOCABULARIES.items() for each in codes}
    vocabularies = [each for each in vars(rule).values() if isinstance(each, EnumType) and len(each)]
    for enum in set(vocabularies) - {rule.ConditionKind}:
        assert {each.value for each in VOCABULARIES[spoken[enum]]} >= set(enum)


def test_no_word_for_people_speaks_of_votes_or_scores():
    told = " ".join(
        f"{each.label} {each.definition} {each.short}" for codes in VOCABULARIES.values() for each in codes
    ).lower()
    for word in ("vote", "approved", "score", "percent", "cave", "concede", "win "):
        assert word not in told


def test_the_state_of_the_record_stands_at_the_foot(client: Client, accord):
    foot = seen(client.get(f"/plans/{ACCORD}/"), within="footer")
    assert f"State {Plan.objects.get(slug=ACCORD).seq}" in foot
    assert "our own paraphrases" in foot
