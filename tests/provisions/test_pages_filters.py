"""Filters that people keep: under a name, for themselves, in one plan."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import Client

from provisions import filters
from provisions.filters import NameInUse, save_filter
from provisions.models import Change, FilteredPage, SavedFilter
from tests import builders
from tests.builders import ACCORD, ARDEN

from .pages import part, seen

BOARD = f"/plans/{ACCORD}/"
FILTERS = f"{BOARD}filters/"
PLACES = {
    "board": BOARD,
    "timeline": f"{BOARD}timeline/",
    "queue": f"{BOARD}queue/",
    "positions": f"{BOARD}positions/",
    "changes": f"{BOARD}changes/",
}


@pytest.fixture
def vic(client: Client, accord: Any) -> User:
    """Somebody with an account and no role: enough to keep filters."""
    user = User.objects.create_user("vic")
    client.force_login(user)
    return user


def save(client: Client, name: str = "Mine", *, page: str = "board", query: str = f"party={ARDEN}", **sent: str) -> Any:
    return client.post(FILTERS, {"page": page, "name": name, "query": query, **sent})


def kept() -> list[tuple[str, str, str]]:
    return list(SavedFilter.objects.values_list("page", "name", "query"))


@pytest.mark.parametrize("page", PLACES)
def test_each_list_offers_to_save_its_filter_and_then_to_choose_it(client: Client, vic, page: str):
    asked = f"party={ARDEN}" if page != "changes" else f"party={ARDEN}&via=page"
    html = client.get(f"{PLACES[page]}?{asked}&since=somewhere&after=p1&open=ceasefire").content.decode()
    assert f'name="page" value="{page}"' in part(html, "saved-filters")
    assert f'name="query" value="{asked.replace("&", "&amp;")}' in part(html, "saved-filters")
    answer = save(client, "Arden’s", page=page, query=f"{asked}&after=p1")
    assert answer["Location"] == f"{PLACES[page]}?{asked}"
    back = client.get(answer["Location"])
    assert "Saved: the filter “Arden’s”." in seen(back, within="said")
    shown = part(back.content.decode(), "saved-filters")
    assert "1 saved filter" in shown
    assert 'aria-current="true">Arden’s</a>' in shown
    assert Change.objects.filter(actor=vic).count() == 0


def test_others_and_other_plans_do_not_see_it(client: Client, vic):
    client.get(save(client)["Location"])
    builders.plan("other-accord", lines={"ceasefire": "All fire ceases at dawn."})
    assert "Mine" not in seen(client.get("/plans/other-accord/filters/"))
    number = SavedFilter.objects.get().pk
    client.force_login(User.objects.create_user("eve"))
    assert "You have not saved any filter yet" in seen(client.get(FILTERS))
    assert "Mine" not in seen(client.get(BOARD))
    for do in ("delete", "rename"):
        assert client.post(f"{FILTERS}{number}/", {"do": do, "name": "Eve’s"}).status_code == 404
    assert kept() == [("board", "Mine", f"party={ARDEN}")]


def test_the_signed_out_are_offered_none_and_sign_in_first(client: Client, accord):
    assert "saved-filters" not in client.get(BOARD).content.decode()
    assert client.get(FILTERS)["Location"].startswith("/accounts/login/")
    assert save(client)["Location"].startswith("/accounts/login/")
    assert kept() == []


def test_what_was_sent_before_signing_in_is_there_afterwards(client: Client, accord):
    save(client, "Arden’s")
    user = User.objects.create_user("vic", password="a long way home")
    client.post(f"/accounts/login/?next={FILTERS}", {"login": user.username, "password": "a long way home"})
    assert 'name="name" value="Arden’s"' in client.get(FILTERS).content.decode()


def test_a_name_in_use_is_asked_about_before_it_is_replaced(client: Client, vic):
    save(client, "Mine")
    answer = save(client, "  mine ", query="level=open")
    assert answer.status_code == 409
    assert "You have a filter “Mine” for this list already. Replace it, or choose another name." in seen(answer)
    assert kept() == [("board", "Mine", f"party={ARDEN}")]
    save(client, "Mine too", query="level=open")
    save(client, "mine", query="level=agreed", replace="yes")
    assert kept() == [("board", "Mine too", "level=open"), ("board", "mine", "level=agreed")]
    # The same name for another list is another filter.
    assert save(client, "Mine", page="changes").status_code == 302


@pytest.mark.parametrize(
    ("name", "query", "told"),
    [
        (" ", "level=open", "Give it a name."),
        ("x" * 61, "level=open", "At most 60 characters."),
        ("Mine", "open=ceasefire&level=", "Nothing is filtered. Choose something in the list first, then save it."),
        ("Mine", "q=" + "x" * 1000, "That is more than can be kept. Search for fewer words."),
    ],
)
def test_what_cannot_be_kept_is_said_and_stays_typed(client: Client, vic, name: str, query: str, told: str):
    answer = save(client, name, query=query)
    assert answer.status_code == 422
    assert told in seen(answer)
    assert f'name="name" value="{name}"' in answer.content.decode()
    assert kept() == []


def test_a_list_that_is_none_is_not_found(client: Client, vic):
    assert save(client, page="sources").status_code == 404


def test_a_short_list_stays_short(client: Client, vic, monkeypatch):
    monkeypatch.setattr(filters, "MOST", 1)
    save(client, "One")
    answer = save(client, "Two")
    assert "You keep 1 for this list already. Delete one first." in seen(answer)
    assert save(client, "One", query="level=open", replace="yes").status_code == 302


def test_one_is_renamed_and_deleted(client: Client, vic):
    save(client, "One")
    save(client, "Two", query="level=open")
    first, second = SavedFilter.objects.order_by("pk")
    assert f"One party: {ARDEN}" in seen(client.get(FILTERS))
    page = client.post(f"{FILTERS}{first.pk}/", {"name": "First"}, follow=True)
    assert "Renamed: the filter is called “First” now." in seen(page, within="said")
    answer = client.post(f"{FILTERS}{first.pk}/", {"name": "TWO"})
    assert answer.status_code == 409
    assert "Another filter of this list is called “Two” already." in seen(answer)
    assert f'<a href="#name-{first.pk}">' in answer.content.decode()
    assert 'value="TWO"' in answer.content.decode()
    assert client.post(f"{FILTERS}{first.pk}/", {"name": ""}).status_code == 422
    page = client.post(f"{FILTERS}{first.pk}/", {"do": "delete", "name": "First"}, follow=True)
    assert "Deleted: the filter “First”." in seen(page, within="said")
    assert kept() == [("board", "Two", "level=open")]
    assert second.pk == SavedFilter.objects.get().pk


def test_of_two_who_give_a_name_at_one_moment_the_second_is_asked(vic, monkeypatch):
    """Two tabs of the same person: what the look before saving missed, the database keeps."""
    there = filters.filters_of

    def as_if_first(user: User, plan: str, page: str = "") -> Any:
        monkeypatch.setattr(filters, "filters_of", there)
        save_filter(user, plan, FilteredPage(page), name="Mine", query="level=open")
        return SavedFilter.objects.none()

    monkeypatch.setattr(filters, "filters_of", as_if_first)
    with pytest.raises(NameInUse):
        save_filter(vic, ACCORD, FilteredPage.BOARD, name="mine", query="level=agreed")
    assert kept() == [("board", "Mine", "level=open")]


@pytest.mark.parametrize("row", [{"page": "sources"}, {"name": ""}, {"query": ""}])
def test_the_database_keeps_what_a_filter_is(vic, row: dict[str, str]):
    filled = {"plan": ACCORD, "user": vic, "page": "board", "name": "Mine", "query": "level=open"}
    with pytest.raises(IntegrityError), transaction.atomic():
        SavedFilter.objects.create(**{**filled, **row})


def test_who_goes_takes_their_filters_along(vic):
    with pytest.raises(ValidationError):
        save_filter(vic, ACCORD, FilteredPage.BOARD, name="Mine", query="nothing=asked")
    save_filter(vic, ACCORD, FilteredPage.BOARD, name="Mine", query="level=open")
    vic.delete()
    assert kept() == []
