"""Writing with a key: by the same writers as the pages, never over somebody else's change, once only."""

from __future__ import annotations

import base64
import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.utils import timezone

from provisions.models import Change, Plan, Position, Via
from provisions.proposals import approve, set_four_eyes
from tests.api.conftest import BOARD, CHANGES, Reader, Writer, person, refused
from tests.builders import ACCORD, ARDEN, event, revision, says
from tracker.models import Answered, ApiKey

MET = {"state": "met", "stated_on": "2026-01-09"}
PLAN = f"/api/v1/plans/{ACCORD}"
POSITION = {
    "party": ARDEN,
    "revision": "draft-1",
    "provision": "ceasefire",
    "stance": "accept",
    "authority": 4,
    "stated_on": "2026-01-10",
    "speaker": "A spokesperson",
    "summary": "Arden accepts.",
    "evidence": [{"source": "S1", "grade": "A1"}],
    "reason": "It was on the wire.",
}


def test_a_position_is_put_on_record_in_the_name_of_the_owner_of_the_key(writer, analyst, reader: Reader):
    tag, seq = reader.get(BOARD)["ETag"], Plan.objects.get(slug=ACCORD).seq
    answer = writer.post(f"{PLAN}/positions", POSITION)
    told = answer.json()
    assert (answer.status_code, told["seq"], told["asserted_by"]) == (201, seq + 1, ARDEN), told
    assert answer["Location"] == told["url"]
    read = reader.get(answer["Location"])
    assert read.json() == {name: value for name, value in told.items() if name != "seq"}
    assert read["ETag"] == answer["ETag"]
    entry = Change.objects.get(plan__slug=ACCORD, seq=seq + 1)
    assert (entry.actor, entry.via, entry.reason) == (analyst, Via.API, "It was on the wire.")
    assert entry.request_id == answer["X-Request-ID"]
    assert reader.get(BOARD, holding=tag).status_code == 200


def test_what_is_read_can_be_written_back_as_it_is(writer, reader: Reader):
    key = says(ARDEN, "accept", "ceasefire", on="2026-01")
    told = reader.json(f"{PLAN}/positions/{key}")
    body = {name: value for name, value in told.items() if name not in ("retracted", "recorded_at", "url")}
    again = writer.post(f"{PLAN}/positions", {**body, "id": "p-again"}).json()
    for name, value in body.items():
        assert again[name] == ("p-again" if name == "id" else value), name


def test_a_key_is_also_taken_as_a_password(writer):
    told = base64.b64encode(f"anything:{writer.text}".encode()).decode()
    assert writer.post(f"{PLAN}/positions", POSITION, authorization=f"Basic {told}").status_code == 201


def test_without_a_usable_key_nothing_is_written(writer, analyst):
    before = Change.objects.count()
    key = ApiKey.objects.get()
    for header in ("", "Bearer", "Bearer pt_wrong", "Basic !!", "Digest x", f"Bearer {writer.text}x"):
        answer = writer.post(f"{PLAN}/positions", POSITION, authorization=header)
        refused(answer, 401, "unauthorized")
        assert answer["WWW-Authenticate"].startswith("Bearer")
    for field, value in (("expires_at", timezone.now() - timedelta(seconds=1)), ("revoked_at", timezone.now())):
        ApiKey.objects.filter(pk=key.pk).update(**{field: value})
        refused(writer.post(f"{PLAN}/positions", POSITION), 401, "unauthorized")
        ApiKey.objects.filter(pk=key.pk).update(**{field: None})
    User.objects.filter(pk=analyst.pk).update(is_active=False)
    refused(writer.post(f"{PLAN}/positions", POSITION), 401, "unauthorized")
    assert Change.objects.count() == before


def test_a_session_opens_nothing(accord, analyst):
    client = Client()
    client.force_login(analyst)
    answer = client.post(f"{PLAN}/positions", json.dumps(POSITION), content_type="application/json")
    refused(answer, 401, "unauthorized")


@pytest.mark.parametrize(("group", "scopes"), [("viewer", ["edit"]), (None, ["edit"]), ("analyst", ["read"])])
def test_nobody_may_do_more_by_a_key_than_the_key_and_its_owner_may(accord, group, scopes):
    writer = Writer(ApiKey.make(person("somebody", group), name="x", scopes=scopes)[1])
    refused(writer.post(f"{PLAN}/positions", POSITION), 403, "forbidden")


def test_where_changes_take_two_a_program_proposes_and_somebody_else_decides(accord, writer, analyst, reader: Reader):
    set_four_eyes(ACCORD, on=True, by=User.objects.create_superuser("root"))
    told = refused(writer.post(f"{PLAN}/positions", POSITION), 403, "forbidden")
    assert "propose" in told["detail"]
    proposer = Writer(ApiKey.make(analyst, name="x", scopes=["edit", "propose"])[1])
    answer = proposer.post(f"{PLAN}/positions", {**POSITION, "id": "p-1"}, idempotency_key="a")
    assert (answer.status_code, answer.json()["status"], answer.json()["id"]) == (202, "open", "p-1")
    assert proposer.post(f"{PLAN}/positions", {**POSITION, "id": "p-1"}, idempotency_key="a").status_code == 202
    edit = {"text": "All fire ceases at dawn.", "version": 1, "reason": "A slip."}
    assert proposer.patch(f"{PLAN}/wordings/draft-1/ceasefire", edit).json()["base_version"] == 1
    assert Position.objects.count() == 0
    approve(ACCORD, answer.json()["proposal"], by=person("rev", "reviewer"), reason="Checked.")
    assert reader.json(f"{PLAN}/positions/p-1")["party"] == ARDEN
    retraction = proposer.post(f"{PLAN}/positions/p-1/retraction", {"reason": "Misread."})
    assert (retraction.status_code, retraction.json()["resource"]) == (202, "position")


def test_who_may_only_propose_proposes(accord):
    writer = Writer(ApiKey.make(person("con", "contributor"), name="x", scopes=["propose"])[1])
    assert writer.post(f"{PLAN}/positions", POSITION).status_code == 202
    refused(writer.patch(f"{PLAN}/wordings/draft-1/ceasefire", {"text": "x", "version": 2}), 400, "bad-body")
    refused(writer.post(f"{PLAN}/positions", {**POSITION, "reason": ""}), 422, "not-valid")
    only = Writer(ApiKey.make(User.objects.get(username="con"), name="y", scopes=["edit"])[1])
    refused(only.post(f"{PLAN}/positions", POSITION), 403, "forbidden")


def test_the_key_is_kept_nowhere_and_its_use_is_noted(writer):
    key = ApiKey.objects.get()
    assert writer.text not in str([getattr(key, field.name) for field in key._meta.fields])
    assert key.last_used_at is None
    writer.post(f"{PLAN}/positions", POSITION)
    assert ApiKey.objects.get().last_used_at is not None


@pytest.mark.parametrize(
    ("changes", "status", "pointer"),
    [
        ({"stance": "likes"}, 400, "/body/stance"),
        ({"colour": "red"}, 400, "/body/colour"),
        ({"stated_on": "soon"}, 400, "/body/stated_on"),
        ({"evidence": [{"sauce": "S1"}]}, 400, "/body/evidence/0"),
        ({"evidence": []}, 422, "/body/evidence"),
        ({"stated_on": "2199-01-01"}, 422, "/body/stated_on"),
        ({"revision": "draft-9"}, 422, "/body/revision"),
        ({"party": "nobody"}, 400, "/body"),
        ({"summary": " "}, 422, "/body/summary"),
    ],
)
def test_what_cannot_be_put_on_record_is_refused_by_key(writer, changes, status, pointer):
    told = refused(
        writer.post(f"{PLAN}/positions", {**POSITION, **changes}), status, "bad-body" if status == 400 else "not-valid"
    )
    assert any(error["pointer"].startswith(pointer) for error in told["errors"]), told
    assert Position.objects.count() == 0


@pytest.mark.parametrize(
    ("body", "headers", "status", "code"),
    [
        (b"{", {}, 400, "bad-request"),
        (b"[]", {}, 400, "bad-body"),
        (b"null", {}, 400, "bad-body"),
        (b"{}", {}, 400, "bad-body"),
        (b"x=1", {"content_type": "application/x-www-form-urlencoded"}, 415, "unsupported-media-type"),
    ],
)
def test_what_is_no_body_is_refused(writer, body, headers, status, code):
    refused(writer.post(f"{PLAN}/positions", body, **headers), status, code)


def test_a_position_is_retracted_with_a_reason(writer, reader: Reader):
    key = says(ARDEN, "accept", "ceasefire")
    refused(writer.post(f"{PLAN}/positions/{key}/retraction", {}), 400, "bad-body")
    answer = writer.post(f"{PLAN}/positions/{key}/retraction", {"reason": "Misread."})
    assert (answer.status_code, answer.json()["retracted"]) == (201, True)
    assert reader.json(f"{PLAN}/positions/{key}")["retracted"] is True
    refused(writer.post(f"{PLAN}/positions/none/retraction", {"reason": "Misread."}), 404, "not-found")


def test_rulings_and_events_are_put_on_record(writer, reader: Reader):
    ruling = {"provision": "ceasefire", "revision": "draft-1", "level": "open", "reason": "Tactics.", "sources": ["S1"]}
    assert writer.post(f"{PLAN}/rulings", ruling).json()["level"] == "open"
    refused(writer.post(f"{PLAN}/rulings", {**ruling, "level": "contested"}), 409, "edit-conflict")
    again = writer.post(f"{PLAN}/rulings", {**ruling, "level": None, "version": 1})
    assert (again.status_code, again.json()["level"]) == (201, None)
    happened = {
        "slug": "truce",
        "title": "A truce",
        "dated": "2026-01",
        "states": [{"state": "met", "stated_on": "2026-01-09"}],
    }
    told = writer.post(f"{PLAN}/events", happened).json()
    assert (told["dated"], told["dated_precision"], told["states"][0]["state"]) == ("2026-01-01", "month", "met")


def test_an_edit_changes_what_is_given_and_leaves_the_rest(writer, reader: Reader):
    before = reader.json(f"{PLAN}/wordings/draft-1/ceasefire")
    answer = writer.patch(
        f"{PLAN}/wordings/draft-1/ceasefire", {"heading": "Ceasefire", "version": 1, "reason": "Title."}
    )
    told = answer.json()
    assert (answer.status_code, told["heading"], told["version"]) == (200, "Ceasefire", 2)
    same = set(before) - {"heading", "version", "recorded_at"}
    assert {name: told[name] for name in same} == {name: before[name] for name in same}
    roles = [{"party": "caldor", "role": "guarantor"}]
    assert writer.patch(f"{PLAN}/provisions/ceasefire", {"roles": roles, "version": 1}).json()["roles"] == roles
    event("truce", ("unmet", timezone.now().date()))
    dated = writer.patch(f"{PLAN}/events/truce", {"dated": "2026", "version": 1}).json()
    assert (dated["dated_precision"], dated["title"]) == ("year", "Truce")


def test_an_edit_says_on_which_version_it_was_made(writer):
    refused(writer.patch(f"{PLAN}/wordings/draft-1/ceasefire", {"heading": "Ceasefire"}), 428, "version-missing")
    refused(writer.patch(f"{PLAN}/wordings/draft-1/ceasefire", {"heading": "x", "version": 7}), 400, "bad-body")
    refused(writer.patch(f"{PLAN}/wordings/draft-1/nothing", {"heading": "x", "version": 1}), 404, "not-found")


def test_an_edit_of_what_somebody_else_changed_is_told_both_sides(writer, analyst):
    address = f"{PLAN}/wordings/draft-1/ceasefire"
    assert writer.patch(address, {"text": "All fire ceases at dawn.", "version": 1}).status_code == 200
    told = refused(writer.patch(address, {"text": "All fire ceases at dusk.", "version": 1}), 409, "edit-conflict")
    assert (told["changed_by"], told["current"]["version"]) == ("ana", 2)
    assert told["differences"] == [
        {
            "field": "text",
            "base": "All fire ceases at noon.",
            "theirs": "All fire ceases at dawn.",
            "yours": "All fire ceases at dusk.",
        }
    ]
    assert writer.patch(address, {"text": "All fire ceases at dusk.", "version": 2}).status_code == 200


def test_an_edit_may_name_the_answer_that_it_was_made_on(writer, reader: Reader):
    address = f"{PLAN}/wordings/draft-1/ceasefire"
    tag = reader.get(address)["ETag"]
    first = writer.patch(address, {"heading": "One"}, if_match=f"W/{tag}")
    assert first.status_code == 200
    told = refused(writer.patch(address, {"heading": "Two"}, if_match=tag), 412, "precondition-failed")
    assert told["current"]["heading"] == "One"
    assert writer.patch(address, {"heading": "Two"}, if_match=first["ETag"]).status_code == 200
    assert writer.patch(address, {"heading": "Three"}, if_match="*").status_code == 200
    refused(writer.patch(f"{PLAN}/wordings/draft-1/nothing", {"heading": "x"}, if_match="*"), 404, "not-found")
    # One with other things in full tells more than the thing, and the thing alone is written.
    assert "expanded" not in first.json()
    tag = reader.get(f"{address}?expand=revision")["ETag"]
    refused(writer.patch(address, {"heading": "Four"}, if_match=tag), 412, "precondition-failed")


def test_the_same_again_under_one_key_is_done_once(writer):
    first = writer.post(f"{PLAN}/positions", POSITION, idempotency_key="a-1")
    again = writer.post(f"{PLAN}/positions", POSITION, idempotency_key="a-1")
    assert (again.status_code, again.content, again["ETag"]) == (201, first.content, first["ETag"])
    assert again["Idempotency-Replayed"] == "true"
    assert Position.objects.count() == 1
    other = {**POSITION, "summary": "Something else."}
    refused(writer.post(f"{PLAN}/positions", other, idempotency_key="a-1"), 422, "idempotency-mismatch")
    assert writer.post(f"{PLAN}/positions", other, idempotency_key="a-2").status_code == 201
    refused(writer.post(f"{PLAN}/positions", POSITION, idempotency_key="a b"), 400, "bad-request")


def test_what_was_refused_may_be_sent_again_under_the_same_key(writer):
    refused(writer.post(f"{PLAN}/positions", {**POSITION, "summary": ""}, idempotency_key="a-1"), 422, "not-valid")
    assert Answered.objects.count() == 0
    assert writer.post(f"{PLAN}/positions", POSITION, idempotency_key="a-1").status_code == 201


@pytest.mark.django_db(transaction=True)
def test_the_same_sent_by_several_at_once_is_done_once(transactional_db, writer):
    def send(_: int) -> bytes:
        try:
            return Writer(writer.text).post(f"{PLAN}/positions", POSITION, idempotency_key="once").content
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=6) as pool:
        assert len(set(pool.map(send, range(12)))) == 1
    assert Position.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_several_edits_of_one_version_one_is_kept(transactional_db, writer):
    def edit(number: int) -> int:
        try:
            body = {"heading": f"Heading {number}", "version": 1}
            return Writer(writer.text).patch(f"{PLAN}/wordings/draft-1/ceasefire", body).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=6) as pool:
        assert sorted(pool.map(edit, range(6))) == [200] + 5 * [409]


def test_what_was_written_is_in_the_feed(writer, reader: Reader):
    cursor = reader.json(f"{CHANGES}?since=now")["next"]
    key = writer.post(f"{PLAN}/positions", POSITION).json()["id"]
    assert [entry["id"] for entry in reader.json(f"{CHANGES}?since={cursor}")["results"]] == [key]


def test_reading_with_a_key_is_reading(writer, reader: Reader):
    first = reader.get(BOARD)
    own = writer.client.get(BOARD, headers={"authorization": f"Bearer {writer.text}"})
    assert (own.content, own["ETag"]) == (first.content, first["ETag"])
    wrong = writer.client.get(BOARD, headers={"authorization": "Bearer pt_wrong"})
    refused(wrong, 401, "unauthorized")


def test_parts_of_a_plan_that_is_not_there_cannot_be_written(writer):
    refused(writer.post("/api/v1/plans/nowhere/positions", POSITION), 404, "not-found")


def test_keys_are_made_listed_and_revoked_by_a_command(accord, analyst):
    def said(*words: str, **options: Any) -> str:
        out = StringIO()
        call_command("api_key", *words, stdout=out, **options)
        return out.getvalue()

    text = said("ana", "--name=the wire").splitlines()[0]
    assert Writer(text).post(f"{PLAN}/positions", POSITION).status_code == 201
    assert "the wire" in said()
    assert "revoked" in said("--revoke", text[:9])
    refused(Writer(text).post(f"{PLAN}/positions", POSITION), 401, "unauthorized")
    for wrong in (("nobody", "--name=x"), ("ana",), ("--revoke", "pt_none")):
        with pytest.raises(CommandError):
            said(*wrong)


def test_a_revision_that_came_meanwhile_does_not_disturb_an_edit(writer):
    revision("draft-2", words={"ceasefire": "All fire ceases at dusk."}, derives_from="draft-1")
    assert writer.patch(f"{PLAN}/wordings/draft-1/ceasefire", {"heading": "One", "version": 1}).status_code == 200
