"""Several positions at once: ticked in a list, looked at, and retracted or read elsewhere as one set of changes."""

from dataclasses import replace
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client

from provisions import bulk
from provisions.agreement.words import Stance
from provisions.assessing import recompute
from provisions.contents import SourceContent
from provisions.held import held
from provisions.models import Change, ChangeKind, FourEyes, Plan, Position, Proposal, Resource
from provisions.record import Author, retract_position, writing
from tests import builders
from tests.builders import ACCORD, ARDEN, BREVIA, CALDOR, TESTER, says

from .pages import cost, fields, part, seen

LIST = f"/plans/{ACCORD}/positions/"
SEVERAL = f"{LIST}several/"
CHANGES = f"/plans/{ACCORD}/changes/"


def person(client: Client, role: str) -> User:
    user = User.objects.create_user(role)
    user.groups.add(Group.objects.get_or_create(name=role)[0])
    client.force_login(user)
    return user


@pytest.fixture
def analyst(client: Client, db: None) -> User:
    return person(client, "analyst")


@pytest.fixture
def spoken(accord: Plan) -> list[str]:
    """Both principals accept the ceasefire, and Arden the prisoners."""
    return [
        says(ARDEN, Stance.ACCEPT, "ceasefire"),
        says(BREVIA, Stance.ACCEPT, "ceasefire"),
        says(ARDEN, Stance.ACCEPT, "prisoners"),
    ]


@pytest.fixture
def other_source(accord: Plan) -> str:
    with writing(ACCORD, by=TESTER) as pen:
        pen.put([SourceContent(slug="S2", title="The Evening Post", kind="news", url="https://post.example/a")])
    return "S2"


def tick(client: Client, do: str, *keys: str, **sent: str) -> Any:
    """Press a button of the list with these ticked."""
    return client.post(SEVERAL, {"do": do, "position": keys, **sent})


def look(client: Client, page: Any, **typed: Any) -> Any:
    return client.post(SEVERAL, {**fields(page), **typed, "more": "look"})


def save(client: Client, page: Any, **typed: Any) -> Any:
    return client.post(SEVERAL, {**fields(page), "reason": "The report was withdrawn.", **typed, "save": "yes"})


def log() -> list[tuple[str, str, str]]:
    return list(Change.objects.order_by("seq").values_list("kind", "resource", "key"))


def standing() -> set[str]:
    return set(Position.objects.filter(retraction=None).values_list("key", flat=True))


# ---- The list ----


def test_the_list_has_what_stands_with_its_sources_and_a_box_for_who_may_propose(client: Client, analyst, spoken):
    retract_position(ACCORD, spoken[2], by=TESTER)
    page = client.get(LIST)
    assert "2 positions" in seen(page)
    assert "Ceasefire draft-1 Arden Arden says accept. 5 Jan 2026 , A spokesperson Accepts S1 A1" in seen(page)
    assert [f'value="{key}"' in page.content.decode() for key in spoken] == [True, True, False]


def test_readers_see_the_list_without_boxes(client: Client, spoken):
    page = client.get(LIST)
    assert "3 positions" in seen(page)
    assert "checkbox" not in part(page.content.decode(), "main")


@pytest.mark.parametrize(
    ("query", "number"),
    [
        (f"?party={ARDEN}", 2),
        ("?line=prisoners", 1),
        ("?stance=accept", 3),
        ("?stance=reject", 0),
        ("?source=S1", 3),
        ("?q=brevia", 1),
        ("?party=nobody&line=nowhere&source=S99&doubt=none", 3),
    ],
)
def test_the_list_is_filtered_by_what_its_address_says(client: Client, spoken, query: str, number: int):
    page = client.get(f"{LIST}{query}")
    assert (f"{number} position" if number else "No position answers to this") in seen(page)


def test_the_list_of_what_waits_in_the_queue(client: Client, spoken):
    words = {"ceasefire": "All fire ceases at dusk.", "prisoners": "All prisoners return home."}
    builders.revision("draft-2", words=words, derives_from="draft-1")
    recompute(Plan.objects.get(slug=ACCORD).pk, today=builders.FIRST_DAY)
    assert "2 positions" in seen(client.get(f"{LIST}?doubt=stale"))


def test_a_plan_on_which_nobody_spoke_says_so(client: Client, accord):
    assert "Nobody has said anything yet" in seen(client.get(LIST))


def test_all_are_ticked_without_script_and_pages_follow_each_other(client: Client, analyst, monkeypatch):
    monkeypatch.setattr("provisions.positions.PAGE", 4)
    builders.long_plan(3)
    page = client.get(f"{LIST}?tick=all")
    assert len(fields(page, form="several")["position"]) == 4
    assert "6 positions , 4 on this page" in seen(page)
    last = fields(page, form="several")["position"][-1]
    assert "2 on this page" in seen(client.get(f"{LIST}?after={last}"))


def test_a_longer_list_costs_no_more_queries(client: Client, db, django_assert_max_num_queries):
    builders.long_plan(3)
    few = cost(lambda: client.get(LIST))
    says(CALDOR, Stance.ACCEPT, "line-1")
    assert cost(lambda: client.get(LIST)) == few


def test_the_page_of_a_source_the_queue_and_the_desk_lead_to_the_list(client: Client, analyst, spoken):
    recompute(Plan.objects.get(slug=ACCORD).pk, today=builders.FIRST_DAY)
    assert f'href="{LIST}?source=S1"' in client.get("/sources/S1/").content.decode()
    assert f'href="{LIST}"' in client.get(f"/plans/{ACCORD}/desk/").content.decode()


# ---- Looking at it ----


def test_what_retracting_would_move_is_shown_with_the_readings_that_are_why(client: Client, analyst, spoken):
    page = tick(client, "retract", spoken[0], spoken[1])
    assert "Retract 2 positions?" in seen(page)
    assert "Ceasefire Agreed Unaddressed Arden: accepts → silent Brevia: accepts → silent" in seen(page)
    assert standing() == set(spoken)


def test_what_was_retracted_meanwhile_or_is_of_another_plan_is_left_out_and_said(client: Client, analyst, spoken):
    retract_position(ACCORD, spoken[1], by=TESTER)
    page = tick(client, "retract", *spoken[:2], "no-such")
    assert "retracted already" in seen(page)
    assert "no-such" in seen(page)
    assert "2 are left out, for the reasons beside them." in seen(page)
    assert "Retract 1 position" in seen(page)


def test_where_none_can_be_changed_nothing_is_offered(client: Client, analyst, spoken):
    retract_position(ACCORD, spoken[0], by=TESTER)
    page = tick(client, "retract", spoken[0])
    assert "none of those chosen can be changed so" in seen(page)
    assert 'name="save"' not in page.content.decode()


def test_nothing_ticked_is_said_kindly(client: Client, analyst, spoken):
    page = client.post(SEVERAL, {"do": "retract", "list": f"party={ARDEN}"})
    assert page.status_code == 422
    assert "Tick one or more in the list" in seen(page)
    assert f'href="{LIST}?party={ARDEN}"' in page.content.decode()


def test_more_than_can_be_looked_through_are_refused_and_stay_ticked(client: Client, analyst, spoken, monkeypatch):
    monkeypatch.setattr(bulk, "MOST", 2)
    page = tick(client, "retract", *spoken)
    assert page.status_code == 422
    assert "At most 2 at once, so that somebody can look through them; 3 are chosen." in seen(page)
    assert fields(page)["position"] == spoken
    assert "Retract 2 positions" in seen(look(client, page, position=spoken[:2]))


# ---- Retracting ----


def test_they_are_retracted_as_one_set_for_one_reason(client: Client, analyst, spoken):
    before = Change.objects.count()
    answer = save(client, tick(client, "retract", *spoken[:2], list=f"party={ARDEN}"), list=f"party={ARDEN}")
    assert answer.url == f"{LIST}?party={ARDEN}"
    assert "Retracted together: 2 positions." in seen(client.get(answer.url), within="said")
    assert standing() == {spoken[2]}
    changes = Change.objects.order_by("seq")[before:]
    assert [(each.kind, each.key) for each in changes] == [("retracted", spoken[0]), ("retracted", spoken[1])]
    assert len({(each.recorded_at, each.actor, each.reason) for each in changes}) == 1
    assert Position.objects.get(key=spoken[0]).retraction.reason == "The report was withdrawn."


def test_without_a_reason_nothing_is_saved_and_all_stays(client: Client, analyst, spoken):
    answer = save(client, tick(client, "retract", *spoken[:2]), reason=" ")
    assert answer.status_code == 422
    assert '<a href="#id_reason">Say why; the log keeps the reason.</a>' in answer.content.decode()
    assert fields(answer)["position"] == spoken[:2]
    assert standing() == set(spoken)


def test_a_record_that_moved_on_is_shown_anew_and_nothing_typed_is_lost(client: Client, analyst, spoken):
    page = tick(client, "retract", *spoken[:2])
    says(CALDOR, Stance.REJECT, "ceasefire")
    retract_position(ACCORD, spoken[1], by=TESTER)
    answer = save(client, page)
    assert answer.status_code == 409
    assert "The record has moved on since this was shown" in seen(answer)
    assert "retracted already" in seen(answer)
    assert fields(answer)["reason"] == "The report was withdrawn."
    assert spoken[0] in standing()
    assert save(client, answer, position=spoken[:1]).status_code == 422
    assert save(client, look(client, answer, position=spoken[:1])).status_code == 302
    assert spoken[0] not in standing()


def test_what_moves_nothing_that_was_shown_is_in_nobodys_way(client: Client, analyst, spoken):
    page = tick(client, "retract", *spoken[:2])
    says(CALDOR, Stance.ACCEPT, "prisoners")
    assert save(client, page).status_code == 302


def test_choosing_otherwise_than_was_shown_is_shown_before_it_is_saved(client: Client, analyst, spoken):
    page = tick(client, "retract", *spoken[:2])
    answer = save(client, page, position=spoken)
    assert answer.status_code == 422
    assert "You chose otherwise than was shown." in seen(answer)
    assert standing() == set(spoken)
    assert save(client, answer).status_code == 302
    assert standing() == set()


def test_sent_twice_it_is_done_once(client: Client, analyst, spoken):
    page = tick(client, "retract", *spoken[:2])
    save(client, page)
    after = log()
    assert save(client, page).status_code == 409
    assert log() == after


# ---- Reading elsewhere ----


def test_each_says_the_same_and_rests_on_the_other_source(client: Client, analyst, spoken, other_source):
    page = tick(client, "source", *spoken[:2])
    assert "Name another source for 2 positions" in seen(page)
    assert 'name="save"' not in page.content.decode()
    page = look(client, page, **{"evidence-0-source": "https://post.example/a", "evidence-0-grade": "B2"})
    assert "S1 A1 → S2 B2" in seen(page)
    assert "No reading and no level moves." in seen(page)
    before = held(Plan.objects.get(), Resource.POSITION, keys=spoken)
    seq = Change.objects.count()
    assert save(client, page).status_code == 302
    assert log()[seq:] == [
        (ChangeKind.RETRACTED, "position", "p1"),
        (ChangeKind.RETRACTED, "position", "p2"),
        (ChangeKind.ADDED, "position", "p1-2"),
        (ChangeKind.ADDED, "position", "p2-2"),
    ]
    after = held(Plan.objects.get(), Resource.POSITION, keys=["p1-2"])["p1-2"].content
    was = before["p1"].content
    assert (after.summary, after.stated_on, after.stance) == (was.summary, was.stated_on, was.stance)
    assert [(each.source, each.grade) for each in after.evidence] == [("S2", "B2")]


def test_one_source_is_replaced_and_the_others_stay(client: Client, analyst, spoken, other_source):
    page = tick(client, "source", spoken[0], instead_of="S1")
    assert fields(page)["instead_of"] == "S1"
    page = look(client, page, **{"evidence-0-source": "S2"})
    save(client, page)
    third = tick(client, "source", "p1-2", spoken[1], instead_of="S1")
    third = look(client, third, **{"evidence-0-source": "S2"})
    assert "does not rest on that source" in seen(third)
    assert "S1 A1 → S2" in seen(third)


def test_just_the_same_sources_are_no_other_ones(client: Client, analyst, spoken):
    page = look(client, tick(client, "source", *spoken), **{"evidence-0-source": "S1", "evidence-0-grade": "A1"})
    assert seen(page).count("rests on just these sources already") == 3


def test_a_new_source_is_described_right_there_and_comes_with_the_set(client: Client, analyst, spoken):
    new = {
        "source-title": "Minutes", "source-url": "https://minutes.example/1", "source-kind": "news",
        "source-publisher": "Minutes Daily", "source-grade": "A2",
    }  # fmt: skip
    page = look(client, tick(client, "source", *spoken[:2]), **new)
    assert save(client, page).status_code == 302
    source, first, second = Change.objects.order_by("-seq")[:3][::-1]
    assert (source.resource, first.kind, second.kind) == ("source", "added", "added")
    assert (first.after or {})["evidence"] == [{"source": source.key, "grade": "A2"}]


def test_without_a_source_it_leads_to_the_field(client: Client, analyst, spoken):
    page = look(client, tick(client, "source", *spoken))
    assert page.status_code == 422
    assert '<a href="#id_evidence-0-source">Enter the source in which they are read.</a>' in page.content.decode()
    assert fields(page)["position"] == spoken


def test_one_more_row_for_a_source_keeps_what_was_typed(client: Client, analyst, spoken):
    page = tick(client, "source", *spoken)
    page = client.post(SEVERAL, {**fields(page), "evidence-0-source": "S1", "reason": "Half", "more": "evidence"})
    left = fields(page)
    assert (left["evidence-0-source"], left["evidence-1-source"], left["reason"]) == ("S1", "", "Half")


def test_a_draft_comes_back_and_saves_nothing(client: Client, analyst, spoken):
    typed = {"do": "retract", "position": spoken, "reason": "Half a reason", "seen": "x.y", "more": "draft"}
    page = client.post(SEVERAL, typed)
    assert (fields(page)["position"], fields(page)["reason"]) == (spoken, "Half a reason")
    assert standing() == set(spoken)


def test_what_one_of_them_follows_is_told_anew_together_with_it(client: Client, analyst, spoken, other_source):
    content = held(Plan.objects.get(), Resource.POSITION, keys=["p1"])["p1"].content
    with writing(ACCORD, by=TESTER) as pen:
        pen.put([replace(content, key="later", follows="p1")], seen={"later": 0})
    save(client, look(client, tick(client, "source", "later", "p1"), **{"evidence-0-source": "S2"}))
    assert held(Plan.objects.get(), Resource.POSITION)["later-2"].content.follows == "p1-2"


# ---- Undoing the set ----


def test_the_whole_set_is_undone_together(client: Client, analyst, spoken, other_source):
    first = Change.objects.count() + 1
    save(client, look(client, tick(client, "source", *spoken[:2]), **{"evidence-0-source": "S2"}))
    page = client.get(f"{CHANGES}{first}/undo/")
    assert "It was saved together with others: 4 changes in all." in seen(page)
    page = client.get(f"{CHANGES}{first}/undo-together/")
    assert f"Undo changes {first} to {first + 3}?" in seen(page)
    assert "No level moves." in seen(page)
    answer = client.post(f"{CHANGES}{first}/undo-together/", {"reason": "It was the right report."}, follow=True)
    assert f"Undone: changes {first} to {first + 3}." in seen(answer)
    contents = held(Plan.objects.get(), Resource.POSITION, keys=standing())
    assert sorted(each.content.evidence[0].source for each in contents.values()) == ["S1", "S1", "S1"]
    assert Change.objects.filter(reverts__gte=first).count() == 4


def test_a_set_is_undone_without_a_reason_by_nobody(client: Client, analyst, spoken):
    first = Change.objects.count() + 1
    save(client, tick(client, "retract", *spoken[:2]))
    after = log()
    page = client.post(f"{CHANGES}{first}/undo-together/", {"reason": ""})
    assert '<a href="#id_reason">Say why it is undone.</a>' in page.content.decode()
    assert "Levels that would move, as the record is now:" in seen(page)
    assert log() == after


def test_a_set_on_which_something_stands_is_not_undone_and_says_why(client: Client, analyst, spoken, other_source):
    first = Change.objects.count() + 1
    save(client, look(client, tick(client, "source", *spoken[:2]), **{"evidence-0-source": "S2"}))
    retract_position(ACCORD, "p1-2", by=TESTER)
    page = client.get(f"{CHANGES}{first}/undo-together/")
    assert f"Changes {first} to {first + 3} cannot be undone together" in seen(page)
    assert "Changed since, so that it cannot be undone: p1-2." in seen(page)


def test_a_change_that_was_saved_alone_has_no_set(client: Client, analyst, spoken):
    seq = Change.objects.latest("seq").seq
    assert "saved together" not in seen(client.get(f"{CHANGES}{seq}/undo/"))
    assert client.get(f"{CHANGES}{seq}/undo-together/")["Location"] == f"{CHANGES}{seq}/undo/"


# ---- Who may ----


def approve(client: Client) -> Any:
    person(client, "reviewer")
    number = Proposal.objects.get().number
    return client.post(f"/plans/{ACCORD}/proposals/{number}/", {"decision": "approve", "reason": "So it is."})


def test_a_contributor_proposes_retractions_as_one_and_a_reviewer_approves_them_as_one(client: Client, spoken):
    person(client, "contributor")
    page = tick(client, "retract", *spoken[:2])
    assert "Propose it for 2 positions" in seen(page)
    answer = client.get(save(client, page)["Location"])
    assert "Proposed. Somebody else has to approve it before it is on record." in seen(answer, within="said")
    assert "Retract: 2 positions" in seen(answer)
    assert "Arden on Ceasefire then reads: silent" in seen(answer)
    assert standing() == set(spoken)
    assert approve(client).status_code == 302
    assert standing() == {spoken[2]}


def test_another_source_is_proposed_as_one_too(client: Client, spoken):
    person(client, "contributor")
    new = {"source-title": "Minutes", "source-url": "https://minutes.example/1", "source-kind": "news"}
    save(client, look(client, tick(client, "source", *spoken[:2]), **new))
    assert standing() == set(spoken)
    assert approve(client).status_code == 302
    assert standing() == {"p1-2", "p2-2", spoken[2]}
    assert Change.objects.filter(resource="source", key__startswith="minutes").exists()


def test_a_proposal_of_which_one_was_retracted_meanwhile_is_stale_as_a_whole(client: Client, spoken):
    person(client, "contributor")
    save(client, tick(client, "retract", *spoken[:2]))
    retract_position(ACCORD, spoken[1], by=TESTER)
    assert approve(client).status_code == 409
    assert spoken[0] in standing()


def test_where_it_takes_two_an_analyst_proposes_too(client: Client, analyst, spoken):
    FourEyes.objects.create(plan=Plan.objects.get(), set_by=analyst, set_at="2026-01-05T00:00:00Z")
    save(client, tick(client, "retract", *spoken[:2]))
    assert (Proposal.objects.get().several or {})["retracted"] == spoken[:2]
    assert standing() == set(spoken)


def test_a_set_is_not_undone_alone_where_it_takes_two(client: Client, analyst, spoken):
    first = Change.objects.count() + 1
    save(client, tick(client, "retract", *spoken[:2]))
    with connection.cursor() as cursor:
        # As at the end of a transaction: what was changed before it took two is not asked about.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
    FourEyes.objects.create(plan=Plan.objects.get(), set_by=analyst, set_at="2026-01-05T00:00:00Z")
    page = client.get(f"{CHANGES}{first}/undo-together/")
    assert "Changes of this plan take two people" in seen(page)
    client.post(f"{CHANGES}{first}/undo-together/", {"reason": "Alone."})
    assert standing() == {spoken[2]}


def test_a_plan_that_takes_two_meanwhile_is_not_written_to_alone(analyst, spoken):
    wish = bulk.Wish(plan=ACCORD, deed=bulk.Deed.RETRACT, keys=tuple(spoken))
    seen_ = bulk.preview(wish).mark
    FourEyes.objects.create(plan=Plan.objects.get(), set_by=analyst, set_at="2026-01-05T00:00:00Z")
    with pytest.raises(Exception, match="take two people"):
        bulk.carry_out(wish, seen=seen_, by=Author(actor=analyst, via="page", reason="Alone."))
    assert standing() == set(spoken)


def test_a_viewer_is_refused_and_the_signed_out_sign_in_and_find_it_again(client: Client, spoken):
    person(client, "viewer")
    assert tick(client, "retract", *spoken).status_code == 403
    client.logout()
    assert "/accounts/login/" in tick(client, "retract", *spoken).url
    analyst = User.objects.create_user("ana", password="a long way home")
    analyst.groups.add(Group.objects.get_or_create(name="analyst")[0])
    client.post(f"/accounts/login/?next={SEVERAL}", {"login": "ana", "password": "a long way home"})
    page = client.get(SEVERAL)
    assert "Retract 3 positions?" in seen(page)
    assert fields(page)["position"] == spoken


def test_what_the_writer_refuses_is_said_and_nothing_is_written(
    client: Client, analyst, spoken, other_source, monkeypatch
):
    page = look(client, tick(client, "source", *spoken), **{"evidence-0-source": "S2"})
    before = log()

    def refuse(*_args: object, **_options: object) -> None:
        raise ValidationError({"summary": "Say in a sentence what was said."})

    monkeypatch.setattr("provisions.record.pen.check", refuse)
    answer = save(client, page)
    assert answer.status_code == 422
    assert "Say in a sentence what was said." in seen(answer)
    assert log() == before


def test_many_cost_no_more_queries_than_few(client: Client, analyst, db):
    builders.long_plan(30)
    keys = sorted(standing())
    tick(client, "retract", keys[0])
    few = cost(lambda: tick(client, "retract", *keys[:2]))
    assert cost(lambda: tick(client, "retract", *keys)) == few
    # Few rows are written in another way than many, and those by one statement less.
    page = tick(client, "retract", *keys[:12])
    twelve = cost(lambda: save(client, page))
    page = tick(client, "retract", *keys[12:])
    assert cost(lambda: save(client, page)) == twelve
