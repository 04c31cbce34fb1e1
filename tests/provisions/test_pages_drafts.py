"""Drafts on the server, without script: kept for one person, listed, resumed, and gone once they are saved."""

from dataclasses import replace
from typing import Any
from urllib.parse import quote

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from django.urls import reverse

from provisions import drafts
from provisions.held import held
from provisions.models import Draft, Plan, Position, Resource
from provisions.record import change
from tests.builders import ACCORD, ARDEN, TESTER

from .pages import cost, fields, seen

EDIT = f"/plans/{ACCORD}/edit/provision/ceasefire/"
ADD = f"/plans/{ACCORD}/provisions/ceasefire/positions/{ARDEN}/add/"
LIST, DESK = f"/plans/{ACCORD}/drafts/", f"/plans/{ACCORD}/desk/"
KEEP, DISCARD = f"{LIST}keep/", f"{LIST}discard/"


def person(name: str, group: str = "analyst") -> User:
    user = User.objects.create_user(name)
    user.groups.add(Group.objects.get_or_create(name=group)[0])
    return user


@pytest.fixture
def analyst(client: Client, accord: Plan) -> User:
    user = person("ana")
    client.force_login(user)
    return user


def keep(client: Client, *, at: str = EDIT, quietly: bool = False, follow: bool = False, **typed: str) -> Any:
    """Fill in the form at an address and press “Keep as a draft”; quietly, as the script does it by itself."""
    sent = {"more": "keep", **fields(client.get(at)), **typed}
    headers = {"Accept": "application/json"} if quietly else {}
    return client.post(f"{KEEP}?place={quote(at)}", sent, headers=headers, follow=follow)


def test_a_draft_is_resumed_on_another_machine_and_gone_once_it_is_saved(client: Client, analyst):
    answer = keep(client, title="An armistice", reason="Read again.")
    assert answer["Location"] == EDIT
    elsewhere = Client()
    elsewhere.force_login(analyst)
    assert "Provision: Ceasefire An armistice" in seen(elsewhere.get(DESK))
    page = elsewhere.get(EDIT)
    assert "This is your draft of" in seen(page)
    assert fields(page)["title"] == "An armistice"
    assert elsewhere.post(EDIT, fields(page))["Location"] == reverse("provision", args=[ACCORD, "ceasefire"])
    assert not Draft.objects.exists()
    assert "This is your draft" not in seen(client.get(EDIT))
    assert "My drafts" not in seen(client.get(DESK))


def test_a_draft_of_a_position_keeps_every_field(client: Client, analyst):
    typed: dict[str, Any] = {
        "speaker": "The president",
        "summary": "Arden <accepts> & waits; ще й так",
        "stated_on": "nonsense",
        "evidence-0-source": "S1",
    }
    keep(client, at=ADD, **typed)
    page = client.get(ADD)
    assert fields(page) == fields(page) | typed
    assert "Position of Arden: Ceasefire" in seen(client.get(LIST))
    assert not Position.objects.exists()


def test_a_draft_on_an_older_version_meets_what_was_saved_since(client: Client, analyst):
    keep(client, title="An armistice", reason="Read again.")
    line = held(Plan.objects.get(slug=ACCORD), Resource.PROVISION, keys=["ceasefire"])["ceasefire"]
    change(ACCORD, replace(line.content, title="A truce"), seen=line.version, by=TESTER)
    page = client.post(EDIT, fields(client.get(EDIT)))
    assert page.status_code == 409
    assert "An armistice" in page.content.decode()
    assert "A truce" in page.content.decode()


def test_while_somebody_types_the_script_is_answered_and_they_stay(client: Client, analyst):
    answer = keep(client, quietly=True, title="An armistice")
    assert answer.json()["kept"].startswith("Draft kept at ")
    keep(client, quietly=True, title="An armistice of a week")
    assert "title=An+armistice+of+a+week" in Draft.objects.get().typed
    assert "csrfmiddlewaretoken" not in Draft.objects.get().typed


# ---- Whose they are ----


def test_nobody_else_sees_a_draft_or_throws_it_away(client: Client, analyst):
    keep(client, title="An armistice")
    other = Client()
    for user in (person("ben"), User.objects.create_superuser("adam")):
        other.force_login(user)
        assert "armistice" not in other.get(EDIT).content.decode()
        assert "armistice" not in other.get(LIST).content.decode()
        for sent in ({"place": EDIT}, {"draft": str(Draft.objects.get().pk)}, {"all": "pasted"}):
            other.post(DISCARD, sent)
    assert Draft.objects.get().user == analyst


def test_who_is_signed_out_meanwhile_finds_the_words_in_the_form_after_signing_in(client: Client, analyst):
    sent = fields(client.get(EDIT)) | {"title": "An armistice"}
    client.logout()
    answer = client.post(f"{KEEP}?place={EDIT}", sent)
    assert answer["Location"] == f"/accounts/login/?next={EDIT}"
    session = client.session["typed"]
    client.force_login(analyst)
    kept = client.session
    kept["typed"] = session
    kept.save()
    assert fields(client.get(EDIT))["title"] == "An armistice"


# ---- Throwing away ----


def test_a_draft_is_discarded_from_its_form_and_from_the_list(client: Client, analyst):
    keep(client, title="An armistice")
    page = client.post(DISCARD, {"place": EDIT}, follow=True)
    assert page.redirect_chain == [(EDIT, 302)]
    assert fields(page)["title"] == "Ceasefire"
    keep(client, title="An armistice")
    page = client.post(DISCARD, {"draft": [str(Draft.objects.get().pk), "99", "x"]}, follow=True)
    assert "1 draft was discarded." in seen(page)
    assert "No drafts" in seen(page)


# ---- Bounds, and what is sent with ill will ----


@pytest.mark.parametrize(
    "place",
    [
        "",
        "//evil.example/plans/accord/edit/provision/ceasefire/",
        "https://evil.example" + EDIT,
        "/accounts/logout/",
        f"/plans/{ACCORD}/provisions/ceasefire/",
        EDIT.replace(ACCORD, "other-accord"),
        f"{EDIT}?{'x' * 700}",
        "http://[",
    ],
)
def test_a_draft_is_only_kept_of_a_form_of_the_plan(client: Client, analyst, place: str):
    assert client.post(f"{KEEP}?place={quote(place)}", {"title": "x"}).status_code == 404
    assert client.post(DISCARD, {"place": place})["Location"] == LIST
    assert not Draft.objects.exists()


@pytest.mark.parametrize(
    ("bound", "most", "told"),
    [
        ("MOST", 1, "There would be more than 1 drafts in this plan."),
        ("MOST_CHARS", 20, "This is too long to be kept as a draft on the server."),
        ("MOST_CHARS_IN_ALL", 20, "Your drafts in this plan are too long together."),
    ],
)
def test_what_finds_no_room_is_said_and_stays_in_the_form(client: Client, analyst, monkeypatch, bound, most, told):
    keep(client, at=ADD)
    monkeypatch.setattr(drafts, bound, most)
    page = keep(client, title="An armistice", follow=True)
    assert told in seen(page)
    assert fields(page)["title"] == "An armistice"
    refused = keep(client, quietly=True, title="An armistice")
    assert (refused.status_code, refused.json()["error"].startswith(told)) == (422, True)
    assert Draft.objects.get().place == ADD


def test_a_draft_whose_thing_is_gone_can_still_be_read_and_discarded(client: Client, analyst):
    gone = f"{ADD}?follows=never-was"
    drafts.keep(analyst, ACCORD, [drafts.Begun(place=gone, typed="summary=Arden+accepts.")])
    assert client.get(gone).status_code == 404
    assert "Arden accepts." in seen(client.get(LIST))


def test_a_longer_list_costs_no_more_queries(client: Client, analyst):
    few, many = ([drafts.Begun(place=f"{ADD}?n={n}", typed=f"summary={n}") for n in range(top)] for top in (2, 60))
    drafts.keep(analyst, ACCORD, few)
    client.get(LIST)
    before = cost(lambda: client.get(LIST))
    drafts.keep(analyst, ACCORD, many)
    assert cost(lambda: client.get(LIST)) == before
