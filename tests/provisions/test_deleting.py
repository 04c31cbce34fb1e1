"""A plan that is deleted: out of sight everywhere, with a tombstone, and back again."""

from __future__ import annotations

import io
import json
import re
from dataclasses import replace
from io import StringIO
from zipfile import ZipFile

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from provisions.assessing import due, recompute
from provisions.board import board
from provisions.concordance import concordance
from provisions.contents import RelationContent, TopicContent
from provisions.ending import MovedOn, bring_back, delete, ending
from provisions.importing import BadPlan, apply, preview, read_plan
from provisions.models import (
    Change,
    DeskRole,
    FourEyes,
    Import,
    ImportState,
    Membership,
    Plan,
    PlanVersion,
    RelationKind,
    Resource,
    Via,
)
from provisions.record import Author, Deleted, change, writing
from provisions.search import search
from provisions.sources import source_sheet, sources
from provisions.status import status
from provisions.tombstones import tombstone, tombstones
from provisions.urls import urlpatterns
from provisions.verifying import complaints
from tests import builders
from tests.builders import ACCORD, ARDEN, TESTER, says
from tests.places import _example
from tracker.api.urls import v1

WHY = replace(TESTER, reason="It was a trial.")


@pytest.fixture
def plan(accord: Plan) -> Plan:
    """The accord, on which Arden has spoken, with levels."""
    says(ARDEN, "accept", "ceasefire")
    recompute(accord.pk)
    accord.refresh_from_db()
    return accord


@pytest.fixture
def deleted(plan: Plan) -> Plan:
    delete(ACCORD, name="An accord", seen=plan.seq, by=WHY)
    return Plan.every.get()


@pytest.fixture
def chief(client: Client) -> User:
    user = User.objects.create_superuser("chief")
    client.force_login(user)
    return user


EXAMPLES = {
    "plan": ACCORD, "line": "ceasefire", "party": ARDEN, "before": "draft-1", "after": "draft-1", "base": "draft-1",
    "seq": 1, "number": 1, "key": "draft-1/ceasefire", "key of retract-position": "p1", "resource": "wording",
    "resource of add-thing": "event", "revision": "draft-1", "provision": "ceasefire", "position": "p1", "event": "e",
    "companion": "c", "dispute": "d", "category": "peace", "topic": "t",
    "since": "2026-01-06",
}  # fmt: skip


def addresses(patterns, *, namespace: str = "") -> list[str]:
    """Every address of a plan, with the example in it."""
    of_plans = [each for each in patterns if "plan" in each.pattern.converters]
    return [reverse(f"{namespace}{each.name}", kwargs=_example(each, EXAMPLES)) for each in of_plans]


def test_every_page_of_the_plan_answers_410_with_who_deleted_it_when_and_why(deleted, client, chief):
    plan_stood_at = deleted.changes.get(seq=deleted.seq - 1).recorded_at
    pages = [each for each in addresses(urlpatterns) if not each.endswith("/bring-back/")]
    answered = 0
    for address in pages:
        for ask in (client.get, client.post):
            # As it was known at a moment when the plan stood.
            answer = ask(f"{address}?known_at={plan_stood_at:%Y-%m-%dT%H:%M:%S.%fZ}", follow=True)
            if answer.status_code != 405:
                assert answer.status_code == 410, f"{ask.__name__} {address}"
                assert "It was a trial." in answer.content.decode(), address
                answered += 1
    assert answered > 30
    shown = client.get(f"/plans/{ACCORD}/").content.decode()
    assert f"{timezone.now():%-d %b %Y}" in shown
    assert str(deleted.seq) in shown
    assert Change.objects.latest("seq").after["export"]["sha256"] in shown


def test_every_address_of_the_api_answers_410_but_the_feed_which_tells_of_the_end(plan, client):
    cursor = client.get(f"/api/v1/plans/{ACCORD}/changes?since=now").json()["next"]
    whole = client.get("/api/v1/changes?since=now").json()["next"]
    delete(ACCORD, name=ACCORD, seen=plan.seq, by=WHY)
    feeds = [f"/api/v1/plans/{ACCORD}/changes", f"/api/v1/plans/{ACCORD}/changes.csv"]
    readable = [
        each
        for each in v1
        if not hasattr(getattr(each.callback, "cls", None), "deeds") or hasattr(each.callback.cls, "endpoint")
    ]
    for address in addresses(readable, namespace="api:"):
        answer = client.get(address)
        if address.startswith(tuple(feeds)) and ".atom" not in address:
            assert answer.status_code == 200, address
        else:
            assert (answer.status_code, answer.json()["code"]) == (410, "deleted"), address
    told = client.get(f"/api/v1/plans/{ACCORD}").json()
    assert (told["reason"], told["plan_title"], told["seq"]) == ("It was a trial.", "An accord", plan.seq + 1)
    for feed in (f"/api/v1/plans/{ACCORD}/changes?since={cursor}", f"/api/v1/changes?since={whole}"):
        (last,) = client.get(feed).json()["results"]
        assert (last["kind"], last["resource"], last["id"], last["seq"]) == ("retracted", "plan", ACCORD, plan.seq + 1)
    assert client.get("/api/v1/plans").json()["results"] == []


@pytest.mark.parametrize("what", ["", "/board", "/positions", "/positions?expand=party", "/snapshot", "/changes.atom"])
def test_a_reader_who_polls_with_what_it_holds_is_never_told_that_nothing_changed(plan, client, what):
    held = client.get(f"/api/v1/plans/{ACCORD}{what}")["ETag"]
    assert client.get(f"/api/v1/plans/{ACCORD}{what}", headers={"If-None-Match": held}).status_code == 304
    delete(ACCORD, name=ACCORD, seen=plan.seq, by=WHY)
    assert client.get(f"/api/v1/plans/{ACCORD}{what}", headers={"If-None-Match": held}).status_code == 410


def test_a_page_that_is_open_reloads_and_finds_the_tombstone(deleted, client):
    answer = client.get(f"/plans/{ACCORD}/seq/?seen=1", headers={"HX-Request": "true"})
    assert (answer.status_code, answer["HX-Refresh"]) == (410, "true")


def test_lists_and_searches_have_it_no_more_and_what_plans_share_stays(deleted, client):
    builders.plan("treaty", lines={"ceasefire": "Weapons rest at noon."})
    assert client.get("/").status_code == 302
    found = repr(search("noon", plan=None))
    assert "/plans/treaty/" in found
    assert f"/plans/{ACCORD}/" not in found
    assert source_sheet("S1").statements == ()
    assert [each.total for each in sources().sources] == [0]
    assert client.get("/api/v1/parties").json()["results"]


def test_relations_to_its_words_are_not_shown_in_other_plans(plan):
    builders.plan("treaty", lines={"ceasefire": "Weapons rest at noon."})
    with writing("treaty", by=TESTER) as pen:
        relation = RelationContent(
            provision="ceasefire",
            revision="draft-1",
            other=f"{ACCORD}/draft-1/ceasefire",
            kind=RelationKind.SAME,
            note="Alike.",
        )
        pen.put([relation])
    assert concordance("treaty").judgements
    delete(ACCORD, name=ACCORD, seen=plan.seq, by=WHY)
    assert not concordance("treaty").judgements


def test_nobody_writes_to_it_and_jobs_leave_it_alone(deleted):
    with pytest.raises(Deleted):
        change(ACCORD, TopicContent(slug="sea", title="Sea"), seen=0, by=TESTER)
    assert list(due(today=timezone.now().date())) == []
    assert recompute(deleted.pk) is False
    assert status().waiting == ()
    deleted.refresh_from_db()
    assert deleted.seq == Change.objects.filter(plan=deleted).count()
    assert list(complaints(deleted)) == []


def test_its_files_are_refused_and_say_why(deleted, tmp_path):
    bring_back(ACCORD, by=TESTER)
    call_command("export_plan", ACCORD, str(tmp_path), stdout=StringIO())
    delete(ACCORD, name=ACCORD, seen=Plan.objects.get().seq, by=WHY)
    file = read_plan(tmp_path, today=timezone.now().date())
    for act in (apply, preview):
        with pytest.raises(BadPlan, match="'accord' was deleted; have an administrator bring it back"):
            act(file, by=Author(via=Via.IMPORT))


def test_it_comes_back_as_it_was_with_both_in_its_log(plan, client):
    before = client.get(f"/api/v1/plans/{ACCORD}/positions").json()["results"]
    held = ending(ACCORD)
    delete(ACCORD, name=ACCORD, seen=plan.seq, by=WHY)
    bring_back(ACCORD, by=replace(TESTER, reason="It was no trial."))
    assert ending(ACCORD) == replace(held, seq=held.seq + 2)
    assert client.get(f"/api/v1/plans/{ACCORD}/positions").json()["results"] == before
    assert list(complaints(Plan.objects.get())) == []
    assert tombstones() == []
    recompute(plan.pk)
    assert board(ACCORD).rows
    told = client.get(f"/plans/{ACCORD}/changes/").content.decode()
    assert "It was a trial." in told
    assert "It was no trial." in told
    gone, back = Change.objects.filter(plan=plan, resource=Resource.PLAN).order_by("-seq")[:2][::-1]
    assert back.reverts == gone.seq
    with pytest.raises(Plan.DoesNotExist):
        bring_back(ACCORD, by=TESTER)
    assert client.get(f"/plans/{ACCORD}/", headers={"If-None-Match": '"x"'}).status_code == 200
    # And once more.
    delete(ACCORD, name=ACCORD, seen=Plan.objects.get().seq, by=WHY)
    assert tombstone(ACCORD)


@pytest.mark.parametrize("name", ["accord2", "AN ACCORD", "an accord", ""])
def test_another_name_deletes_nothing(plan, name):
    with pytest.raises(ValidationError, match="not the name of the plan"):
        delete(ACCORD, name=name, seen=plan.seq, by=WHY)
    assert Plan.objects.get().seq == plan.seq


def test_what_moved_on_since_it_was_seen_is_not_deleted(plan):
    with pytest.raises(MovedOn):
        delete(ACCORD, name=ACCORD, seen=plan.seq - 1, by=WHY)


def test_a_version_closed_without_a_word_to_the_log_is_refused_by_postgresql(plan):
    with transaction.atomic():
        PlanVersion.objects.standing().update(superseded_at=timezone.now())
        with pytest.raises(DatabaseError, match="the log was told of no such change"):
            connection.check_constraints()
        transaction.set_rollback(True)


# ---- The pages ----


def fill(client: Client, **given: str) -> dict[str, str]:
    shown = client.get(f"/plans/{ACCORD}/delete/").content.decode()
    (seen,) = re.findall(r'name="seen" value="(\d+)"', shown)
    return {"seen": seen, "kept": "on", "name": "An accord", "reason": "It was a trial.", **given}


def test_an_administrator_takes_the_files_types_the_name_and_deletes_it(plan, client, chief, tmp_path):
    shown = client.get(f"/plans/{ACCORD}/delete/").content.decode()
    assert "Positions: 1" in shown or "Position: 1" in shown
    packed = client.get(f"/plans/{ACCORD}/files.zip")
    ZipFile(io.BytesIO(packed.content)).extractall(tmp_path)
    answer = client.post(f"/plans/{ACCORD}/delete/", fill(client), follow=True)
    assert answer.status_code == 410
    assert "Deleted: An accord." in answer.content.decode()
    found = tombstone(ACCORD)
    assert (found.deleted_by, found.reason) == ("chief", "It was a trial.")
    assert read_plan(tmp_path / ACCORD, today=timezone.now().date()).sha256 == found.sha256
    assert f'href="/plans/{ACCORD}/bring-back/"' in client.get("/imports/").content.decode()
    answer = client.post(f"/plans/{ACCORD}/bring-back/", {"reason": "It is needed."}, follow=True)
    assert answer.status_code == 200
    assert Plan.objects.get().changes.latest("seq").reason == "It is needed."


@pytest.mark.parametrize(
    ("given", "status_code", "told"),
    [
        ({"name": "Another"}, 422, "not the name of the plan"),
        ({"kept": ""}, 422, "Download the plan as files first"),
        ({"reason": " "}, 422, "Say why it is deleted"),
        ({"seen": "3"}, 409, "was changed after you opened this page"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(plan, client, chief, given, status_code, told):
    answer = client.post(f"/plans/{ACCORD}/delete/", fill(client, **given))
    assert answer.status_code == status_code
    assert told in answer.content.decode()
    assert ("It was a trial." in answer.content.decode()) == ("reason" not in given)
    assert Plan.objects.get().seq == plan.seq


def test_an_import_of_it_is_not_undone_before_it_is_brought_back(deleted, client, chief):
    done = {"uploaded_by": chief, "uploaded_at": timezone.now(), "state": ImportState.DONE, "plan": ACCORD}
    row = Import.objects.create(name="a.yaml", files=b"", report={"seq_before": 0, "seq_after": 1}, **done)
    shown = client.get(f"/imports/{row.pk}/undo/")
    assert shown.status_code == 200
    assert "The plan was deleted. Bring it back first." in shown.content.decode()


def test_a_plan_that_takes_two_people_is_not_deleted_by_one(plan, client, chief):
    FourEyes.objects.create(plan=plan, set_by=chief, set_at=timezone.now())
    answer = client.post(f"/plans/{ACCORD}/delete/", fill(client))
    assert "take two people" in answer.content.decode()
    assert Plan.objects.exists()


def test_a_lead_may_not(plan, client):
    lead = User.objects.create_user("lead")
    Membership.objects.create(plan=plan, user=lead, role=DeskRole.LEAD, recorded_at=timezone.now())
    client.force_login(lead)
    assert client.get(f"/plans/{ACCORD}/delete/").status_code == 403


# ---- The command ----


def test_the_command_exports_and_deletes_and_another_brings_it_back(plan, tmp_path):
    out = StringIO()
    options = {"export": tmp_path / "kept", "reason": "It was a trial.", "stdout": out}
    with pytest.raises(CommandError, match="--confirm says 'accrod'"):
        call_command("delete_plan", ACCORD, confirm="accrod", **options)
    assert not (tmp_path / "kept").exists()
    call_command("delete_plan", ACCORD, confirm=ACCORD, **options)
    assert read_plan(tmp_path / "kept", today=timezone.now().date()).sha256 == tombstone(ACCORD).sha256
    assert "is deleted" in out.getvalue()
    with pytest.raises(CommandError, match="no plan 'accord' is on record"):
        call_command("delete_plan", ACCORD, confirm=ACCORD, **options)
    call_command("bring_back_plan", ACCORD, reason="It is needed.", stdout=out)
    with pytest.raises(CommandError, match="no plan 'accord' was deleted; deleted are: none"):
        call_command("bring_back_plan", ACCORD, reason="It is needed.", stdout=out)
    assert json.dumps(Plan.objects.get().seq)
