"""Pasting a list of statements, without script: read, kept as drafts, completed and saved one by one."""

from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from django.urls import reverse

from provisions import drafts
from provisions.drafts import Begun
from provisions.models import Draft, Plan, Position
from tests.builders import ACCORD

from .pages import fields, seen

PASTE, LIST = f"/plans/{ACCORD}/drafts/paste/", f"/plans/{ACCORD}/drafts/"
HEAD = "day;party;line;stance;summary;source;speaker;authority"
WHOLE = "2026-01-15;Arden;1;accept;Arden keeps to it.;S1;The president;3"
HALF = "5/6/2026;Brevia;2;maybe;Brevia <b>asks</b> & waits.;https://record.example/7;;"
NONE = "2026-01-15;Elam;1;accept;Elam agrees.;S1;;"
EVERY = f"{HEAD}\n{WHOLE}\n{HALF}\n{NONE}"


@pytest.fixture
def analyst(client: Client, accord: Plan) -> User:
    user = User.objects.create_user("ana")
    user.groups.add(Group.objects.create(name="analyst"))
    client.force_login(user)
    return user


def paste(client: Client, rows: str, *, keep: bool = False, reason: str = "From the morning's news.") -> Any:
    button = {"keep": "1"} if keep else {"look": "1"}
    return client.post(PASTE, {"statements": rows, "reason": reason, **button}, follow=True)


def test_a_list_is_read_first_and_says_row_by_row_what_to_mend(client: Client, analyst):
    page = paste(client, EVERY)
    told = seen(page)
    assert "3 rows: 2 can be drafts, 1 of them read to the last part; to be mended first: 1." in told
    assert "2 read 2026-01-15 Arden Ceasefire Draft-1 Accepts Arden keeps to it. S1 3" in told
    assert "Day: Write the day as 24 Dec 2025 or 2025-12-24" in told
    assert "No party is called “Elam”; write one of: Arden, Brevia, Caldor, Dorne." in told
    assert "<b>asks" not in page.content.decode()
    assert fields(page)["statements"] == EVERY
    assert not Draft.objects.exists()


def test_what_was_read_is_kept_as_drafts_and_the_rest_stays_in_the_box(client: Client, analyst):
    seq = Plan.objects.get(slug=ACCORD).seq
    page = paste(client, EVERY, keep=True)
    assert "2 rows are kept as drafts. The others are left in the box, to be mended." in seen(page)
    assert fields(page) == fields(page) | {"statements": f"{HEAD}\n{NONE}", "reason": "From the morning's news."}
    assert Draft.objects.count() == 2
    page = paste(client, f"{HEAD}\n{NONE.replace('Elam;1', 'Dorne;1')}", keep=True)
    assert page.redirect_chain == [(LIST, 302)]
    assert "Position of Dorne: Ceasefire pasted Elam agrees." in seen(page)
    # Nothing of it is on record.
    assert Plan.objects.get(slug=ACCORD).seq == seq
    assert not Position.objects.exists()


def test_a_draft_of_a_row_is_opened_completed_and_saved(client: Client, analyst):
    paste(client, f"{HEAD}\n{WHOLE}", keep=True)
    where = Draft.objects.get().place
    page = client.get(where)
    assert f"Read from the pasted row: {WHOLE}" in seen(page)
    answer = client.post(where, fields(page))
    assert answer["Location"] == reverse("provision", args=[ACCORD, "ceasefire"])
    position = Position.objects.get()
    assert (position.stance, str(position.stated_on), position.speaker) == ("accept", "2026-01-15", "The president")
    assert [str(each) for each in position.evidence.all()] == ["The Daily Record"]
    assert not Draft.objects.exists()


def test_what_was_not_read_is_asked_in_the_form(client: Client, analyst):
    paste(client, f"{HEAD}\n{HALF}", keep=True)
    where = Draft.objects.get().place
    page = client.get(where)
    assert fields(page)["summary"] == "Brevia <b>asks</b> & waits."
    assert fields(page)["source-url"] == "https://record.example/7"
    assert '<details class="alt" id="new-source" open>' in page.content.decode()
    told = seen(client.post(where, fields(page)))
    for remedy in ("Choose the stance.", "Enter the day on which it was said.", "Enter the title of the new source."):
        assert remedy in told


def test_the_same_list_pasted_again_makes_no_second_draft_and_undoes_no_work(client: Client, analyst):
    paste(client, f"{HEAD}\n{WHOLE}\n{WHOLE}", keep=True)
    draft = Draft.objects.get()
    drafts.keep(analyst, ACCORD, [Begun(place=draft.place, typed="summary=Written+anew")])
    page = paste(client, f"{HEAD}\n{WHOLE}", keep=True)
    assert "1 row was a draft already." in seen(page)
    assert Draft.objects.get().typed == "summary=Written+anew"
    assert Draft.objects.get().pasted == WHOLE


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ("", "Paste the list first."),
        ("x;y\n" * 502, "Paste at most 500 rows at once."),
        (NONE, "No row could be read so far; the table says what to mend in each."),
    ],
)
def test_a_list_that_is_refused_stays_in_the_box(client: Client, analyst, rows: str, told: str):
    page = paste(client, rows, keep=True)
    assert page.status_code == 422
    assert told in seen(page)
    assert fields(page)["statements"] == rows


def test_without_room_nothing_is_kept_and_nothing_lost(client: Client, analyst, monkeypatch):
    monkeypatch.setattr(drafts, "MOST", 1)
    page = paste(client, EVERY, keep=True)
    assert "There would be more than 1 drafts in this plan." in seen(page)
    assert fields(page)["statements"] == EVERY
    assert not Draft.objects.exists()


def test_drafts_of_pasted_rows_are_thrown_away_together(client: Client, analyst):
    drafts.keep(analyst, ACCORD, [Begun(place=f"/plans/{ACCORD}/add/event/", typed="title=Truce")])
    paste(client, EVERY, keep=True)
    page = client.post(f"{LIST}discard/", {"all": "pasted"}, follow=True)
    assert "2 drafts were discarded." in seen(page)
    assert "Add: event Truce" in seen(page)
