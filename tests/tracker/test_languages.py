"""The languages of the interface: which one a reader gets, and that no word of it is missing."""

import re

import pytest
from django.conf import settings
from django.test import Client

from tests.provisions.pages import part

METHOD = "/method/"


def language_of(response) -> str:
    (language,) = re.findall(r'<html lang="([^"]+)"', response.content.decode())
    return str(language)


def test_the_browser_is_asked_for_its_language(client: Client, db):
    page = client.get(METHOD, headers={"Accept-Language": "uk, en;q=0.5"})
    assert language_of(page) == "uk"
    assert page["Content-Language"] == "uk"
    assert "Accept-Language" in page["Vary"]
    assert "Cookie" in page["Vary"]


@pytest.mark.parametrize("asked", ["en", "en-GB", "ja", "*", "", "x" * 999])
def test_whoever_asks_for_another_language_gets_english(client: Client, db, asked):
    assert language_of(client.get(METHOD, headers={"Accept-Language": asked})) == "en"


def test_a_language_is_chosen_by_a_button_that_works_without_script_and_is_remembered(client: Client, db):
    form = part(client.get(METHOD).content.decode(), "header")
    assert '<form method="post" action="/language/"' in form
    assert '<button class="btn quiet small" name="language" value="uk" lang="uk">Українська</button>' in form
    answer = client.post("/language/", {"language": "uk"}, headers={"Referer": f"http://testserver{METHOD}?x=1"})
    assert answer["Location"] == f"http://testserver{METHOD}?x=1"
    page = client.get(METHOD, headers={"Accept-Language": "en"})
    assert language_of(page) == "uk"
    assert 'lang="en">English</button>' in page.content.decode()


def test_nobody_is_sent_to_another_site_after_choosing_a_language(client: Client, db):
    for asked in ({"next": "https://example.org/"}, {}):
        answer = client.post("/language/", {"language": "uk", **asked}, headers={"Referer": "https://example.org/"})
        assert answer["Location"] == "/"


def test_a_page_without_a_form_of_its_own_gives_no_token(client: Client, db):
    assert settings.CSRF_COOKIE_NAME not in client.get(METHOD).cookies


def test_the_cookie_of_the_language_is_for_us_alone(client: Client, db):
    cookie = client.post("/language/", {"language": "uk"}).cookies[settings.LANGUAGE_COOKIE_NAME]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert settings.LANGUAGE_COOKIE_SECURE == settings.SESSION_COOKIE_SECURE


def test_the_api_speaks_english_whatever_is_asked_for(client: Client, accord):
    english = client.get("/api/v1/codelists/level")
    assert english.status_code == 200
    ukrainian = client.get("/api/v1/codelists/level", headers={"Accept-Language": "uk"})
    assert english.content == ukrainian.content
    assert ukrainian["Content-Language"] == "en"
