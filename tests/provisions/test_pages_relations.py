"""Parties and relations of words, added and changed at the desk."""

from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from django.urls import reverse

from provisions.agreement.words import Stance
from provisions.contents import PartyContent
from provisions.held import held
from provisions.models import Change, Plan, RelationKind, Resource
from provisions.record import revert, writing
from tests import builders
from tests.builders import ACCORD, ARDEN, DORNE, PARTIES, TESTER, says

from .pages import fields, seen

OTHER = "other-accord"
PAIR = f"draft-1/ceasefire to {OTHER}/draft-1/truce"
SAID = {
    "revision": "draft-1",
    "provision": "ceasefire",
    "other_text": f"{OTHER}/draft-1",
    "other_line": "1",
    "kind": "narrower",
    "note": "By day only.",
}


@pytest.fixture
def person(client: Client, accord: Plan, request: Any) -> User:
    user = User.objects.create_user("pat")
    user.groups.add(Group.objects.create(name=getattr(request, "param", "lead")))
    client.force_login(user)
    return user


@pytest.fixture
def other(accord: Plan) -> Plan:
    return builders.plan(OTHER, lines={"truce": "All fire ceases by day."})


def at(resource: str, key: str = "") -> str:
    return reverse("edit-thing", args=[ACCORD, resource, key]) if key else reverse("add-thing", args=[ACCORD, resource])


def save(client: Client, where: str, **changed: Any) -> Any:
    return client.post(where, fields(client.get(where)) | {"reason": "Read again."} | changed)


def on_record(resource: Resource, key: str) -> Any:
    return held(Plan.objects.get(slug=ACCORD), resource, keys=[key])[key].content


# ---- Relations ----


def test_words_of_two_plans_are_related_by_the_number_that_a_text_gives_them(client: Client, person, other):
    answer = save(client, at("relation"), **SAID)
    assert answer["Location"] == reverse("desk", args=[ACCORD])
    relation = on_record(Resource.RELATION, PAIR)
    assert (relation.kind, relation.note) == (RelationKind.NARROWER, "By day only.")
    assert "Ceasefire (draft-1): narrower, Truce (draft-1)" in seen(client.get(reverse("desk", args=[ACCORD])))
    assert "By day only." in seen(client.get(reverse("texts", args=[ACCORD])))


def test_a_relation_is_changed_from_the_concordance_and_the_change_undone(client: Client, person, other):
    save(client, at("relation"), **SAID)
    assert at("relation", PAIR) in client.get(reverse("texts", args=[ACCORD])).content.decode()
    page = client.get(at("relation", PAIR))
    assert "Ceasefire (draft-1): narrower, Truce (draft-1)" in seen(page)
    assert 'name="provision"' not in page.content.decode()
    assert save(client, at("relation", PAIR), kind="contradicts")["Location"] == reverse("texts", args=[ACCORD])
    assert on_record(Resource.RELATION, PAIR).kind == RelationKind.CONTRADICTS
    revert(ACCORD, Change.objects.latest("seq").seq, by=TESTER)
    assert on_record(Resource.RELATION, PAIR).kind == RelationKind.NARROWER


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"other_line": "9"}, "That text has no line with the number or name “9”."),
        ({"other_text": f"{ACCORD}/draft-1"}, "Words are related to those of another text."),
        ({"provision": "elsewhere"}, "That text has no words of this line as a whole."),
        ({"kind": ""}, "Fill this in."),
    ],
)
def test_what_cannot_be_related_is_said_and_nothing_typed_is_lost(client: Client, person, other, typed, told):
    builders.line("elsewhere")
    page = save(client, at("relation"), **SAID | typed)
    assert page.status_code == 422
    assert told in seen(page)
    assert "By day only." in page.content.decode()


def test_two_who_change_one_relation_see_both_versions(client: Client, person, other):
    save(client, at("relation"), **SAID)
    mine = fields(client.get(at("relation", PAIR)))
    save(client, at("relation", PAIR), kind="broader")
    page = client.post(at("relation", PAIR), mine | {"kind": "same", "reason": "Read again."})
    assert page.status_code == 409
    assert "pat saved this while you were editing" in seen(page)


@pytest.mark.parametrize("person", ["contributor"], indirect=True)
def test_a_contributor_proposes_a_relation(client: Client, person, other):
    answer = save(client, at("relation"), **SAID)
    assert answer["Location"] == reverse("proposal", args=[ACCORD, 1])
    assert "narrower" in seen(client.get(answer["Location"])).lower()


# ---- Parties ----


def test_a_new_party_comes_last_among_those_of_the_plan(client: Client, person):
    answer = save(client, at("party"), name="League of Elam", short="Elam")
    assert answer["Location"] == reverse("desk", args=[ACCORD])
    assert on_record(Resource.PARTY, "league-of-elam").short == "Elam"
    assert on_record(Resource.PLAN, ACCORD).parties == (*PARTIES, "league-of-elam")
    assert "League of Elam" in seen(client.get(reverse("party", args=[ACCORD, "league-of-elam"])))


def test_a_party_is_renamed_for_every_plan(client: Client, person, other):
    save(client, at("party", ARDEN), name="Republic of Arden", note="Since its constitution of 1990.")
    assert "Republic of Arden" in seen(client.get(reverse("board", args=[OTHER])))
    assert Change.objects.latest("seq").resource == Resource.PARTY


def test_a_party_of_another_plan_joins_this_one(client: Client, person, other):
    with writing(OTHER, by=TESTER) as pen:
        pen.put([PartyContent(slug="elam", name="Elam", short="Elam")])
    save(client, at("plan", ACCORD), **{"parties-4-party": "elam"})
    assert on_record(Resource.PLAN, ACCORD).parties == (*PARTIES, "elam")


def test_a_party_that_spoke_stays_and_another_can_leave(client: Client, person):
    says(ARDEN, Stance.ACCEPT, "ceasefire")
    page = save(client, at("plan", ACCORD), **{"parties-0-party": ""})
    assert page.status_code == 422
    assert "Arden spoke on this plan or has a role in it" in seen(page)
    save(client, at("plan", ACCORD), **{"parties-3-party": ""})
    assert DORNE not in on_record(Resource.PLAN, ACCORD).parties


def test_a_party_is_not_named_twice(client: Client, person):
    assert "A party is named twice." in seen(save(client, at("plan", ACCORD), **{"parties-4-party": ARDEN}))


@pytest.mark.parametrize("person", ["analyst"], indirect=True)
def test_parties_are_arranged_by_leads(client: Client, person):
    for where in (at("party"), at("party", ARDEN)):
        assert client.get(where).status_code == 403
    assert at("party", ARDEN) not in client.get(reverse("desk", args=[ACCORD])).content.decode()
