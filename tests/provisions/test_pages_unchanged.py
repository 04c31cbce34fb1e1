"""A board that did not change is not told again, and one that did always is."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from provisions.agreement.words import Stance
from provisions.assessing import recompute
from provisions.models import Plan
from provisions.views.unchanged import fingerprint
from tests.api.test_conditional import (
    WRITES,
    a_party_that_another_plan_renames,
    a_restore,
    a_retraction,
)
from tests.builders import ACCORD, ARDEN, BREVIA, event, says

BOARD = f"/plans/{ACCORD}/"
DAY = date(2026, 1, 20)
PATHS = (
    BOARD,
    f"{BOARD}?open=ceasefire",
    f"{BOARD}?q=noon",
    f"{BOARD}?as_of=2026-01-10",
    f"{BOARD}?as_of=2026-01-10&revision=draft-1",
)
HTMX = {"HX-Request": "true"}


def work_out(day: date = DAY, *, anew: bool = False) -> None:
    recompute(Plan.objects.get(slug=ACCORD).pk, today=day, anew=anew)


def a_recomputation() -> None:
    work_out()


def a_recomputation_that_moves_nothing() -> None:
    work_out(anew=True)


def a_new_day() -> None:
    work_out(DAY + timedelta(days=1))


@pytest.fixture
def story(accord: Plan) -> Plan:
    """A plan on which something of every kind was said, with levels."""
    says(ARDEN, Stance.ACCEPT, "ceasefire")
    event("truce", ("unmet", date(2026, 1, 6)))
    work_out()
    return accord


def ask(client: Client, path: str, *, holding: Any = None, **headers: str) -> Any:
    """The answer to a reader who holds another one, or none."""
    held = {"If-None-Match": holding["ETag"]} if holding is not None else {}
    return client.get(path, headers={**held, **headers})


@pytest.mark.parametrize("path", PATHS)
def test_what_did_not_change_is_not_told_again(client: Client, story, path):
    first = ask(client, path)
    again = ask(client, path, holding=first)
    assert (first.status_code, again.status_code, again.content) == (200, 304, b"")
    assert again["ETag"] == first["ETag"]
    assert "no-cache" in first["Cache-Control"]
    assert "no-cache" in again["Cache-Control"]


@pytest.mark.parametrize("path", [BOARD, f"{BOARD}?as_of=2026-01-10"])
def test_caches_are_told_what_a_page_depends_on(client: Client, story, path):
    first = ask(client, path)
    for answer in (first, ask(client, path, holding=first)):
        assert {"Cookie", "HX-Request", "Accept-Language"} <= set(re.split(r",\s*", answer["Vary"]))


@pytest.mark.parametrize("step", [*WRITES, a_restore, a_new_day, a_party_that_another_plan_renames],
                         ids=lambda step: step.__name__)  # fmt: skip
def test_a_change_is_never_hidden_behind_a_304(client: Client, story, step):
    before = {path: ask(client, path) for path in PATHS}
    step()
    for path in PATHS:
        after = ask(client, path, holding=before[path])
        assert after.status_code == 200, path
        assert after["ETag"] != before[path]["ETag"]


def test_after_any_write_and_recomputation_a_304_is_only_given_for_the_same_page(client: Client, story):
    """Walks through changes of every kind; what a reader holds is at each step what a new reader would get."""
    held = {path: ask(client, path) for path in PATHS}
    steps = [step for write in WRITES if write is not a_retraction for step in (write, a_recomputation)]
    for step in (
        a_retraction,
        a_recomputation_that_moves_nothing,
        *steps,
        a_new_day,
        a_party_that_another_plan_renames,
    ):
        step()
        for path in PATHS:
            answer = ask(client, path, holding=held[path])
            if answer.status_code == 200:
                held[path] = answer
            fresh = ask(client, path)
            assert held[path].content == fresh.content, (path, step.__name__)


def test_a_new_level_reaches_a_reader_who_waited_for_it(client: Client, story):
    says(BREVIA, Stance.REJECT, "ceasefire", on=date(2026, 1, 10))
    between = ask(client, BOARD)
    assert "Levels are being worked out again" in between.content.decode()
    work_out()
    after = ask(client, BOARD, holding=between)
    assert after.status_code == 200
    assert "Levels are being worked out again" not in after.content.decode()


def test_pages_to_different_askings_are_never_taken_for_each_other(client: Client, story):
    answers = [ask(client, path) for path in (*PATHS, f"{BOARD}?level=open", f"{BOARD}?rows=current")]
    answers += [ask(client, BOARD, **HTMX)]
    answers += [ask(client, BOARD, **HTMX, **{"HX-History-Restore-Request": "true"})]
    assert len({answer["ETag"] for answer in answers}) == len(answers)


def test_another_language_is_another_page(client: Client, story, settings):
    settings.LANGUAGES = [("en", "English"), ("fr", "French")]
    english = ask(client, BOARD)
    assert ask(client, BOARD, holding=english, **{"Accept-Language": "fr"}).status_code == 200
    assert ask(client, BOARD, holding=english, **{"Accept-Language": "en"}).status_code == 304


def test_who_is_signed_in_is_always_told(client: Client, story, django_user_model):
    held = ask(client, BOARD)
    client.force_login(django_user_model.objects.create_user("reader"))
    mine = ask(client, BOARD, holding=held)
    assert mine.status_code == 200
    assert "ETag" not in mine
    assert "reader" in mine.content.decode()


def test_a_message_that_waits_is_not_lost(client: Client, story):
    held = ask(client, BOARD)
    client.cookies[settings.MESSAGE_COOKIE_NAME] = "something"
    assert ask(client, BOARD, holding=held).status_code == 200


def test_a_new_day_is_told_even_before_anybody_worked_it_out(client: Client, story, monkeypatch):
    held = ask(client, BOARD)
    from django.utils import timezone

    tomorrow = timezone.now() + timedelta(days=1)
    monkeypatch.setattr(timezone, "now", lambda: tomorrow)
    assert ask(client, BOARD, holding=held).status_code == 200


def test_an_unchanged_board_costs_one_query(client: Client, story, django_assert_num_queries):
    held = ask(client, BOARD)
    with django_assert_num_queries(1):
        assert ask(client, BOARD, holding=held).status_code == 304


def test_a_plan_that_is_not_there_is_never_unchanged(client: Client, db):
    assert client.get("/plans/nowhere/", headers={"If-None-Match": '"anything"'}).status_code == 404
    assert client.get("/plans/nowhere/", headers={"If-None-Match": "*"}).status_code == 404


def test_another_release_makes_other_pages(tmp_path):
    (tmp_path / "templates").mkdir()
    page = tmp_path / "templates" / "page.html"
    page.write_text("One.", encoding="utf-8")
    first = fingerprint(tmp_path)
    assert fingerprint(tmp_path) == first
    page.write_text("Two.", encoding="utf-8")
    assert fingerprint(tmp_path) != first
    page.write_text("One.", encoding="utf-8")
    page.rename(page.with_name("other.html"))
    assert fingerprint(tmp_path) != first
