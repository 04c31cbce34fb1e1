"""The languages of the interface: which one a reader gets, and that no word of it is missing."""

import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.utils import translation

from provisions.agreement.words import Precision
from provisions.assessing import recompute
from provisions.contents import FigureContent, When
from provisions.words import day_in_words, quantity_in_words
from tests.builders import ARDEN, says
from tests.provisions.pages import part, seen
from tracker.translations import compiled, file_of, missing, said, translations, written

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


# ---- Translations ----

OTHERS = [language for language, _name in settings.LANGUAGES if language != settings.LANGUAGE_CODE]
RENEW = "Run manage.py translations, translate what it lists, and run it again."


@pytest.mark.parametrize("language", OTHERS)
def test_everything_that_the_interface_says_is_translated_and_nothing_else(language):
    there = {(words(each), each.context) for each in translations(language) if each.id}
    wanted = {(words(each), each.context) for each in said() if each.id}
    assert wanted - there == set(), RENEW
    assert there - wanted == set(), RENEW
    assert missing(translations(language)) == [], RENEW


@pytest.mark.parametrize("language", OTHERS)
def test_the_compiled_translations_are_those_that_people_read(language):
    catalog = translations(language)
    assert file_of(language).read_bytes() == written(catalog), RENEW
    assert file_of(language).with_suffix(".mo").read_bytes() == compiled(catalog), RENEW


@pytest.mark.parametrize("language", OTHERS)
def test_a_translation_names_the_same_things_and_keeps_spaces_at_its_ends(language):
    for each in translations(language):
        if each.id:
            last = words(each)[-1]
            for form in (each.string,) if isinstance(each.string, str) else each.string:
                assert named(form) <= named("".join(words(each)))
                assert named(last) <= named(form) or isinstance(each.string, tuple)
                assert (form[:1] == " ", form[-1:] == " ") == (last[0] == " ", last[-1] == " ")
                assert re.findall(r"<[^>]+>", form) == re.findall(r"<[^>]+>", last)


def words(message) -> tuple[str, ...]:
    return (message.id,) if isinstance(message.id, str) else tuple(message.id)


def named(text: str) -> set[str]:
    return set(re.findall(r"%\(\w+\)s", text))


# Names, and what stands in files and addresses, are the same in every language.
NAMES = {
    "API",
    "Atom",
    "AS-1",
    "AS-1.0",
    "Ctrl",
    "End",
    "Enter",
    "CSV",
    "Esc",
    "Home",
    "JSON",
    "PA-X",
    "PAM",
    "Provision",
    "Tracker",
    "UTC",
}
# Readers of the API read English.
TEMPLATES = sorted(
    set(Path(settings.BASE_DIR, "templates").rglob("*.html")) - {Path(settings.BASE_DIR, "templates/api/docs.html")}
)
NO_WORDS = (
    r"\{#.*?#\}",
    r"\{% blocktranslate.*?\{% endblocktranslate %\}",
    r"\{% block mark %\}.*?\{% endblock %\}",
    r"\{[%{].*?[%}]\}",
    r"<(code|script|svg)\b.*?</\1>",
)


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_no_words_of_a_template_stay_behind_when_the_language_changes(template):
    text = template.read_text()
    for each in NO_WORDS:
        text = re.sub(each, "", text, flags=re.DOTALL)
    spoken = re.findall(r'(?:aria-label|placeholder|title)="([^"]*)"', text)
    spoken += re.split(r"<[^>]*>", re.sub(r'="[^"]*"', "", text))
    left = {word for said in spoken for word in re.findall(r"[A-Za-z][\w.-]*[A-Za-z0-9]", said)}
    assert left - NAMES == set()


def test_days_and_numbers_come_in_the_readers_form():
    day, figure = date(2025, 12, 24), FigureContent(name="cap", label="Cap", value=Decimal(1_200_000), unit="USD")
    with translation.override("en"):
        assert day_in_words(day) == "24 Dec 2025"
        assert day_in_words(When(day, Precision.MONTH, approximate=True)) == "about Dec 2025"
        assert quantity_in_words(figure) == "USD 1.2 million"
    with translation.override("uk"):
        assert day_in_words(day) == "24.12.2025"
        assert day_in_words(When(day, Precision.MONTH, approximate=True)) == "близько 12.2025"
        assert quantity_in_words(figure) == "USD 1,2 млн"


def test_what_is_on_record_is_marked_with_its_own_language_where_the_page_speaks_another(client: Client, accord):
    page = client.get("/plans/accord/", headers={"Accept-Language": "uk"}).content.decode()
    assert '<h1 lang="en">An accord</h1>' in page
    assert 'lang="en">Ceasefire</a>' in page
    assert "<h1>An accord</h1>" in client.get("/plans/accord/").content.decode()


def test_numbers_of_a_drawing_are_written_as_browsers_read_them(client: Client, accord):
    says(ARDEN, "accept", "ceasefire")
    recompute(accord.pk)
    html = client.get("/plans/accord/", headers={"Accept-Language": "uk"}).content.decode()
    assert 'class="dist"' in html
    assert re.findall(r'<rect[^>]*="\d+,\d+"[^>]*>', html) == []


def test_the_board_speaks_ukrainian_and_leaves_the_record_as_it_is(client: Client, accord):
    page = seen(client.get("/plans/accord/", headers={"Accept-Language": "uk"}), within="body")
    assert "План на переговорах" in page
    assert "An accord" in page
    assert "Ceasefire" in page
