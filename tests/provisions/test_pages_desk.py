"""Editing at the desk without script: forms begin from a version, conflicts lose nothing, effects are said first."""

import re
from dataclasses import replace
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from django.urls import reverse

from parties.models import Source
from provisions.agreement.words import Stance, WordingChange
from provisions.assessing import recompute
from provisions.contents import TopicContent
from provisions.held import held
from provisions.models import Change, Opened, Plan, Resource, Via
from provisions.record import change, writing
from tests.builders import ACCORD, ARDEN, BREVIA, TESTER, event, revision, says

from .pages import fields, seen

WORDS = "draft-1/ceasefire"


@pytest.fixture
def analyst(client: Client, accord: Plan) -> User:
    user = User.objects.create_user("ana")
    user.groups.add(Group.objects.create(name="analyst"))
    client.force_login(user)
    return user


@pytest.fixture
def lead(client: Client, accord: Plan) -> User:
    user = User.objects.create_user("lea")
    user.groups.add(Group.objects.create(name="lead"))
    client.force_login(user)
    return user


def at(resource: str, key: str = "") -> str:
    return reverse("edit-thing", args=[ACCORD, resource, key]) if key else reverse("add-thing", args=[ACCORD, resource])


def save(client: Client, where: str, *, page: Any = None, **changed: Any) -> Any:
    """Fill in the form as it is on the page, with what is changed, and press Save."""
    sent = fields(page or client.get(where)) | {"reason": "Read again."} | changed
    return client.post(where, sent)


def on_record(resource: Resource, key: str) -> Any:
    return held(Plan.objects.get(slug=ACCORD), resource, keys=[key])[key]


def test_the_desk_lists_what_can_be_edited_and_leads_to_each(client: Client, analyst):
    event("truce")
    page = client.get(reverse("desk", args=[ACCORD])).content.decode()
    assert at("event", "truce") in page
    assert at("provision", "ceasefire") in page
    # What only a plan lead arranges is named and not offered.
    assert at("category", "peace") not in page
    assert at("plan", ACCORD) not in page


# ---- Words ----


def test_words_are_corrected_with_a_reason_and_the_log_has_both_versions(client: Client, analyst):
    answer = save(client, at("wording", WORDS), text="All fire ceases at dawn.", sources="S1", reason="A slip of ours.")
    assert answer["Location"] == reverse("provision", args=[ACCORD, "ceasefire"])
    assert on_record(Resource.WORDING, WORDS).content.text == "All fire ceases at dawn."
    entry = Change.objects.latest("seq")
    assert entry.before
    assert entry.after
    assert (entry.before["text"], entry.after["text"]) == ("All fire ceases at noon.", "All fire ceases at dawn.")
    assert (entry.actor, entry.via, entry.reason) == (analyst, Via.PAGE, "A slip of ours.")


def test_other_words_need_a_source(client: Client, analyst):
    page = save(client, at("wording", WORDS), text="All fire ceases at dawn.")
    assert page.status_code == 422
    assert "Name the source in which the words were read." in seen(page)
    assert "All fire ceases at dawn." in page.content.decode()


def test_a_new_source_is_described_in_the_form(client: Client, analyst):
    save(client, at("wording", WORDS), text="All fire ceases at dawn.", **{
        "source-title": "The Evening Record", "source-url": "https://record.example/1", "source-kind": "news",
    })  # fmt: skip
    source = Source.objects.get(url="https://record.example/1")
    assert on_record(Resource.WORDING, WORDS).content.sources == (source.slug,)


def test_an_editorial_ruling_needs_its_reason_and_says_before_what_it_revives(client: Client, analyst):
    says(ARDEN, Stance.ACCEPT, "ceasefire")
    revision("draft-2", words={"ceasefire": "At noon all fire ceases."}, derives_from="draft-1")
    where = at("wording", "draft-2/ceasefire")
    page = save(client, where, change="editorial")
    assert "Say why the meaning is the same." in seen(page)
    told = client.post(where, fields(client.get(where)) | {
        "change": "editorial", "change_reason": "Only the order of words.", "more": "effect", "sources": "S1",
    })  # fmt: skip
    assert "Arden on Ceasefire then reads: accepts" in seen(told)
    save(client, where, change="editorial", change_reason="Only the order of words.", sources="S1")
    assert on_record(Resource.WORDING, "draft-2/ceasefire").content.change == WordingChange.EDITORIAL


def test_the_consents_that_would_lapse_are_listed_before_saving(client: Client, analyst):
    says(ARDEN, Stance.ACCEPT, "ceasefire")
    says(BREVIA, Stance.ACCEPT, "ceasefire")
    revision("draft-2", words={"ceasefire": "All fire ceases at noon."}, derives_from="draft-1")
    recompute(Plan.objects.get(slug=ACCORD).pk)
    where = at("wording", "draft-2/ceasefire")
    seq = Plan.objects.get(slug=ACCORD).seq
    told = seen(
        client.post(
            where, fields(client.get(where)) | {"text": "All fire ceases at dawn.", "sources": "S1", "more": "effect"}
        )
    )
    assert "Ceasefire: Agreed → Open" in told
    assert "2 consents would lapse, because they were given on other words: Arden, Ceasefire (accepts)" in told
    assert Plan.objects.get(slug=ACCORD).seq == seq


def test_a_correction_settles_anew_whether_later_words_are_the_same(client: Client, analyst):
    revision("draft-2", words={"ceasefire": "All fire ceases at dawn."}, derives_from="draft-1")
    assert on_record(Resource.WORDING, "draft-2/ceasefire").content.change == WordingChange.SUBSTANTIVE
    save(client, at("wording", WORDS), text="All fire ceases at dawn.", sources="S1")
    assert on_record(Resource.WORDING, "draft-2/ceasefire").content.change == WordingChange.IDENTICAL


def test_figures_and_rival_words_are_typed_in_rows(client: Client, analyst):
    where = at("wording", WORDS)
    more = client.post(where, fields(client.get(where)) | {"figures-0-name": "hours", "more": "figures"})
    assert 'name="figures-2-name"' in more.content.decode()
    save(client, where, page=more, **{
        "figures-0-label": "Hours of truce", "figures-0-value": "1,000", "figures-0-unit": "hours",
        "variants-0-parties": f"{ARDEN} {BREVIA}", "variants-0-text": "All fire ceases at once.",
        "variants-0-sources": "S1",
    })  # fmt: skip
    content = on_record(Resource.WORDING, WORDS).content
    assert [(each.name, str(each.value), each.unit) for each in content.figures] == [("hours", "1E+3", "hours")]
    assert [(each.parties, each.text, each.sources) for each in content.variants] == [
        ((ARDEN, BREVIA), "All fire ceases at once.", ("S1",))
    ]


# ---- Rulings, roles, and what stands beside ----


def test_a_ruling_is_made_and_taken_back_with_reasons(client: Client, analyst):
    where = at("ruling", WORDS)
    assert "a ruling cannot be saved without a source" in seen(save(client, where, level="agreed", why="Both said so."))
    save(client, where, level="agreed", why="Both said so.", sources="S1")
    assert on_record(Resource.RULING, WORDS).content.level == "agreed"
    save(client, where, level="", why="One took it back.")
    assert on_record(Resource.RULING, WORDS).content.level is None
    assert Change.objects.filter(resource=Resource.RULING).count() == 2


def test_roles_and_essential_parties_are_edited_with_the_effect_said(client: Client, analyst):
    says(ARDEN, Stance.ACCEPT, "ceasefire")
    recompute(Plan.objects.get(slug=ACCORD).pk)
    where = at("provision", "ceasefire")
    assert "Say why these parties decide the line." in seen(save(client, where, essential=[ARDEN]))
    sent = fields(client.get(where)) | {"essential": [ARDEN], "essential_reason": "Only Arden is bound."}
    assert "Ceasefire: Open → Agreed" in seen(client.post(where, sent | {"more": "effect"}))
    client.post(where, sent | {"reason": "The words bind Arden."})
    content = on_record(Resource.PROVISION, "ceasefire").content
    assert (content.essential, content.essential_reason) == ((ARDEN,), "Only Arden is bound.")


def test_an_event_is_added_and_its_state_moves_on(client: Client, analyst):
    save(client, at("event"), title="The truce holds", dated="6 Jan 2026", sources="S1", **{
        "states-0-stated_on": "2026-01-06", "states-0-state": "unmet",
    })  # fmt: skip
    save(client, at("event", "the-truce-holds"), **{"states-1-stated_on": "2026-01-09", "states-1-state": "met"})
    assert [each.state for each in on_record(Resource.EVENT, "the-truce-holds").content.states] == ["unmet", "met"]


def test_a_name_that_is_taken_is_a_conflict_and_not_a_second_thing(client: Client, analyst):
    save(client, at("topic"), title="Fishing")
    page = save(client, at("topic"), title="Fishing")
    assert page.status_code == 409


def test_the_rest_is_edited_too(client: Client, lead):
    save(
        client,
        at("companion"),
        title="An annex",
        dated="2026-01",
        parties=[ARDEN],
        provisions=["ceasefire"],
        sources="S1",
    )
    annex = on_record(Resource.COMPANION, "an-annex").content
    assert (annex.parties, annex.provisions) == ((ARDEN,), ("ceasefire",))
    save(client, at("dispute"), subject="When it was said", status="open", provisions=["ceasefire"], **{
        "claims-0-text": "At noon.", "claims-0-sources": "S1",
    })  # fmt: skip
    assert on_record(Resource.DISPUTE, "when-it-was-said").content.claims[0].sources == ("S1",)
    save(client, at("silence_procedure", WORDS), addressees=[ARDEN], deadline="2026-02-01", sources="S1")
    assert on_record(Resource.SILENCE_PROCEDURE, WORDS).content.addressees == (ARDEN,)
    save(client, at("category", "peace"), title="Making peace")
    assert on_record(Resource.CATEGORY, "peace").content.title == "Making peace"
    save(client, at("plan", ACCORD), horizon_days="30")
    assert on_record(Resource.PLAN, ACCORD).content.horizon_days == 30
    save(client, at("revision", "draft-1"), title="The first draft", sources="S1")
    assert on_record(Resource.REVISION, "draft-1").content.title == "The first draft"
    save(client, at("source", "S1"), publisher="The Record")
    assert Source.objects.get(slug="S1").publisher == "The Record"


@pytest.mark.parametrize(("resource", "key"), [("plan", ACCORD), ("category", "peace"), ("revision", "draft-1")])
def test_an_analyst_does_not_arrange_the_plan(client: Client, analyst, resource, key):
    assert client.get(at(resource, key)).status_code == 403
    assert client.post(at(resource, key), {}).status_code == 403


def test_what_is_the_same_is_not_saved_again(client: Client, analyst):
    seq = Plan.objects.get(slug=ACCORD).seq
    page = client.get(save(client, at("provision", "ceasefire"))["Location"])
    assert "Nothing was different" in seen(page)
    assert Plan.objects.get(slug=ACCORD).seq == seq


@pytest.mark.parametrize("where", [("wording", "draft-1/nothing"), ("ruling", "draft-9/ceasefire"), ("vote", "x")])
def test_what_is_not_there_is_not_found(client: Client, analyst, where):
    assert client.get(at(*where)).status_code == 404


# ---- Two people at once ----


def they_save(**changed: Any) -> None:
    found = on_record(Resource.PROVISION, "ceasefire")
    change(ACCORD, replace(found.content, **changed), seen=found.version, by=TESTER)


def test_an_older_version_is_refused_with_base_theirs_and_yours_and_calm_fields_merge(client: Client, analyst):
    where = at("provision", "ceasefire")
    page = client.get(where)
    they_save(title="A truce", note="They noted it.")
    refused = save(client, where, page=page, title="An armistice", lead="I described it.", reason="Mine.")
    assert refused.status_code == 409
    told = seen(refused)
    assert "One field differs and needs your choice; the rest was merged." in told
    assert "Title choose A truce An armistice" in told
    assert "Ceasefire" in told.partition("Show version 1, where you both began")[2]
    assert "They noted it. unchanged They noted it. theirs" in told
    assert "unchanged I described it. I described it. yours" in told
    # Nothing was saved of it yet, and the reason is kept.
    assert on_record(Resource.PROVISION, "ceasefire").content.title == "A truce"
    assert fields(refused)["reason"] == "Mine."
    saved = save(client, where, page=refused, title="An armistice")
    assert saved.status_code == 302
    content = on_record(Resource.PROVISION, "ceasefire").content
    assert (content.title, content.lead, content.note) == ("An armistice", "I described it.", "They noted it.")


def test_theirs_yours_or_both_are_taken_without_script_and_what_was_typed_over_stays(client: Client, analyst):
    where = at("provision", "ceasefire")
    page = client.get(where)
    they_save(lead="Theirs.", title="Their title")
    refused = save(client, where, page=page, lead="Mine.", title="My title")
    sent = fields(refused)
    assert (sent["lead"], sent["yours-lead"], sent["title"]) == ("Theirs.", "Mine.", "Their title")
    both = client.post(where, sent | {"title": "A third title", "more": "take:lead:both"})
    assert both.status_code == 409
    assert fields(both)["lead"] == "Theirs.\nMine."
    assert fields(both)["title"] == "A third title"
    mine = client.post(where, fields(both) | {"more": "take:lead:yours"})
    assert fields(mine)["lead"] == "Mine."
    save(client, where, page=mine)
    assert on_record(Resource.PROVISION, "ceasefire").content.title == "A third title"


def test_a_second_conflict_is_against_the_newest_version(client: Client, analyst):
    where = at("provision", "ceasefire")
    page = client.get(where)
    they_save(title="A truce")
    refused = save(client, where, page=page, title="An armistice")
    they_save(title="A pause")
    again = save(client, where, page=refused, title="An armistice")
    assert again.status_code == 409
    assert "A pause An armistice" in seen(again)
    assert "Show version 2, where you both began" in seen(again)


def test_choices_rows_and_lists_take_part_in_a_conflict(client: Client, analyst):
    event("truce")
    where = at("event", "truce")
    page = client.get(where)
    found = on_record(Resource.EVENT, "truce")
    theirs = save(client, where, **{"states-0-stated_on": "2026-01-06", "states-0-state": "met"})
    assert theirs.status_code == 302
    refused = save(client, where, page=page, **{"states-0-stated_on": "2026-01-06", "states-0-state": "failed"})
    assert refused.status_code == 409
    assert fields(refused)["states-0-state"] == "met"
    mine = client.post(where, fields(refused) | {"more": "take:states:yours"})
    assert fields(mine)["states-0-state"] == "failed"
    save(client, where, page=mine)
    assert [each.state for each in on_record(Resource.EVENT, "truce").content.states] == ["failed"]
    assert on_record(Resource.EVENT, "truce").version == found.version + 2


def test_a_mistake_on_an_older_version_is_a_conflict_first(client: Client, analyst):
    where = at("provision", "ceasefire")
    page = client.get(where)
    they_save(title="A truce")
    assert save(client, where, page=page, title="", reason="").status_code == 409


def test_who_else_has_it_open_is_said_and_nobody_is_locked_out(client: Client, analyst):
    where = at("provision", "ceasefire")
    ben = User.objects.create_superuser("ben")
    other = Client()
    other.force_login(ben)
    other.get(where)
    page = client.get(where)
    assert "ben opened this" in seen(page)
    began = fields(page)["version"]
    they_save(title="A truce")
    told = client.post(reverse("opened", args=[ACCORD, "provision", "ceasefire"]), {"version": began})
    assert "has saved a newer version" in seen(told, within="")
    other.post(where, fields(other.get(where)) | {"reason": "Done."})
    assert not Opened.objects.filter(user=ben).exists()


# ---- Nothing typed is lost ----


def test_an_expired_session_keeps_what_was_typed_until_after_the_sign_in(client: Client, analyst):
    analyst.set_password("a long password")
    analyst.save()
    where = at("provision", "ceasefire")
    sent = fields(client.get(where)) | {"title": "An armistice", "reason": "Mine."}
    client.logout()
    answer = client.post(where, sent)
    assert answer["Location"] == f"/accounts/login/?next={where}"
    back = client.post(answer["Location"], {"login": "ana", "password": "a long password", "next": where}, follow=True)
    assert "What you typed is here again; it is not saved yet." in seen(back)
    assert (fields(back)["title"], fields(back)["reason"]) == ("An armistice", "Mine.")
    # Once: a page that is opened later is as the record has it.
    assert fields(client.get(where))["title"] == "Ceasefire"


def test_htmx_is_led_to_the_sign_in_as_a_whole_page(client: Client, accord):
    answer = client.post(at("provision", "ceasefire"), {"title": "An armistice"}, headers={"HX-Request": "true"})
    assert answer["HX-Redirect"].startswith("/accounts/login/")


def test_a_form_that_is_too_old_shows_what_was_typed_and_sends_it_again(accord):
    ana = User.objects.create_superuser("ana")
    client = Client(enforce_csrf_checks=True)
    client.force_login(ana)
    where = at("provision", "ceasefire")
    sent = fields(client.get(where)) | {"title": "An armistice", "csrfmiddlewaretoken": "x" * 64}
    refused = client.post(where, sent, headers={"Origin": "http://testserver"})
    assert refused.status_code == 403
    assert "nothing that you typed is lost" in seen(refused)
    html = refused.content.decode()
    assert '<input type="hidden" name="title" value="An armistice">' in html
    mark = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', html)
    assert mark
    again = sent | {"csrfmiddlewaretoken": mark[1], "reason": "Mine."}
    assert client.post(where, again, headers={"Origin": "http://testserver"}).status_code == 302
    assert on_record(Resource.PROVISION, "ceasefire").content.title == "An armistice"


@pytest.mark.parametrize("origin", ["https://elsewhere.example", None])
def test_what_comes_from_another_site_is_not_offered_to_be_sent_again(accord, origin):
    client = Client(enforce_csrf_checks=True)
    client.force_login(User.objects.create_superuser("ana"))
    headers = {"Origin": origin} if origin else {}
    refused = client.post(at("provision", "ceasefire"), {"title": "Lured"}, headers=headers)
    assert refused.status_code == 403
    assert "Lured" not in refused.content.decode()


def test_a_password_is_never_shown_again(db):
    client = Client(enforce_csrf_checks=True)
    refused = client.post(
        "/accounts/login/", {"login": "ana", "password": "secret words"}, headers={"Origin": "http://testserver"}
    )
    assert refused.status_code == 403
    assert "secret words" not in refused.content.decode()


def test_a_draft_comes_back_as_a_form_rows_included(client: Client, analyst):
    where = at("event")
    typed = {"title": "Half", "states-0-stated_on": "2026", "states-1-state": "met", "version": "0", "more": "draft"}
    page = client.post(where, typed)
    assert page.status_code == 200
    assert (fields(page)["title"], fields(page)["states-0-stated_on"], fields(page)["states-1-state"]) == (
        "Half",
        "2026",
        "met",
    )
    assert not Change.objects.filter(resource=Resource.EVENT).exists()


def test_a_form_costs_as_many_queries_however_many_lines_there_are(
    client: Client, analyst, django_assert_max_num_queries
):
    with writing(ACCORD, by=TESTER) as pen:
        pen.put([TopicContent(slug=f"topic-{n}", title=f"Topic {n}") for n in range(60)])
    client.get(at("provision", "ceasefire"))
    # Session, person, roles; the thing with its roles; names of parties, categories, topics; presence; sources.
    with django_assert_max_num_queries(26):
        client.get(at("provision", "ceasefire"))
