"""Being told of changes, arranged by API: one's own subscriptions alone, and a secret that is told once."""

from __future__ import annotations

import json
from io import StringIO
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone
from jsonschema import Draft202012Validator

from provisions.agreement.words import Stance
from provisions.models import DeskRole, Plan
from tests.api.conftest import Writer, person, refused
from tests.api.test_openapi import closed, followed
from tests.api.wire import Web
from tests.builders import ACCORD, ARDEN, BREVIA, says
from tracker.api.schema import openapi
from tracker.models import Answered, ApiKey, Delivery, Scope, Subscription
from tracker.webhooks import delivering
from tracker.webhooks.subscribing import MOST_OF_ONE_OWNER

ROOT = "/api/v1/subscriptions"
HOOK = {"plan": ACCORD, "address": "https://example.org/hook", "name": "The wire"}
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")


def key_for(user: User, *scopes: str) -> Writer:
    return Writer(ApiKey.make(user, name="x", scopes=list(scopes))[1])


@pytest.fixture
def reader_of_changes(accord: Plan) -> Writer:
    return key_for(person("ria", "viewer"), Scope.WEBHOOKS)


@pytest.fixture
def somebody_else(accord: Plan) -> Writer:
    return key_for(person("sam", "lead"), Scope.WEBHOOKS, Scope.EDIT)


@pytest.fixture
def made(reader_of_changes: Writer) -> Any:
    return reader_of_changes.post(ROOT, HOOK).json()


def get(writer: Writer, path: str) -> Any:
    return writer.send("GET", path, {})


def as_described(answer: Any, path: str, method: str) -> None:
    """Whether the answer has the keys that the description names, of the kinds that it names, and no others."""
    described = closed(openapi())
    response = followed(described, described["paths"][path][method]["responses"][str(answer.status_code)])
    schema = response["content"]["application/json"]["schema"]
    Draft202012Validator({**schema, "components": described["components"]}).validate(answer.json())


def answering(monkeypatch, *statuses: int) -> list[str]:
    """The addresses that something was sent to, while they answer so."""
    left, sent = list(statuses), []

    def send(address: str, **_: Any) -> int:
        sent.append(address)
        return left.pop(0)

    monkeypatch.setattr(delivering, "send", send)
    return sent


def test_a_program_subscribes_and_is_told_its_secret_once(reader_of_changes: Writer):
    answer = reader_of_changes.post(ROOT, HOOK)
    told = answer.json()
    as_described(answer, ROOT, "post")
    assert (answer.status_code, answer["Location"], answer["Cache-Control"]) == (201, told["url"], "no-store")
    kept = Subscription.objects.get(owner__username="ria", address=HOOK["address"])
    assert told["secret"] == kept.secret
    assert (told["seq"], told["active"], told["version"]) == (Plan.objects.get(slug=ACCORD).seq, True, 1)
    for path, described in ((ROOT, ROOT), (told["url"], f"{ROOT}/{{subscription}}")):
        read = get(reader_of_changes, path)
        as_described(read, described, "get")
        assert kept.secret not in read.content.decode()
        assert read["Cache-Control"] == "private, no-store"
        assert "X-Poll-Interval" not in read
    assert get(reader_of_changes, ROOT).json()["results"] == [get(reader_of_changes, told["url"]).json()]


def test_nobody_sees_or_changes_what_is_anothers(made, somebody_else: Writer):
    assert get(somebody_else, ROOT).json()["results"] == []
    for method, path, body in (
        ("GET", made["url"], {}),
        ("PATCH", made["url"], {"name": "Mine", "version": 1}),
        ("DELETE", made["url"], {"version": 1}),
        ("POST", f"{made['url']}/secret", {}),
        ("DELETE", f"{made['url']}/secret", {}),
    ):
        refused(somebody_else.send(method, path, body), 404, "not-found")
    assert Subscription.objects.get().version == 1


def test_what_the_operator_made_is_nobodys(reader_of_changes: Writer):
    call_command("webhook", HOOK["address"], plan=ACCORD, stdout=StringIO())
    assert get(reader_of_changes, ROOT).json()["results"] == []
    refused(get(reader_of_changes, f"{ROOT}/None"), 404, "not-found")


@pytest.mark.parametrize("role", [None, *DeskRole], ids=lambda role: role or "signed-out")
def test_only_a_key_for_webhooks_opens_any_of_it_whatever_its_owner_may(accord, role: DeskRole | None):
    paths = (ROOT, f"{ROOT}/nothing", f"{ROOT}/nothing/secret")
    client = Client()
    owner = person("pat", role)
    client.force_login(owner)
    keys = {None: None} if role is None else {scope: key_for(owner, scope) for scope in Scope}
    for path in paths:
        operations = openapi()["paths"][path.replace("nothing", "{subscription}")]
        for method in METHODS:
            there = "get" if method == "HEAD" else method.lower()
            for scope, key in keys.items():
                answer = (
                    key.send(method, path, {})
                    if key
                    else client.generic(method, path, b"{}", content_type="application/json")
                )
                told = f"{method} {path}: {answer.status_code}"
                if there not in operations:
                    assert answer.status_code == 405, told
                elif key is None:
                    assert answer.status_code == 401, told
                elif scope != Scope.WEBHOOKS:
                    assert answer.status_code == 403, told
                else:
                    assert answer.status_code in (200, 400, 404), told
    assert not Subscription.objects.exists()


@pytest.mark.parametrize(
    "address",
    [
        "http://example.org/",
        "https://localhost/",
        "https://127.0.0.1/",
        "https://127.1/",
        "https://2130706433/",
        "https://0x7f000001/",
        "https://[::1]/",
        "https://[::ffff:10.0.0.1]/",
        "https://10.0.0.1:8443/x",
        "https://169.254.169.254/latest/meta-data",
        "https://intranet/hook",
        "https://hooks.internal/",
        "https://printer.local./",
        "https://user:word@example.org/",
        "https://example.org/#x",
        "https://example.org:99999/",
        "https://[nothing]/",
        "https://:443/",
    ],
)
def test_nothing_is_sent_into_a_network_that_is_not_public(reader_of_changes: Writer, address):
    told = refused(reader_of_changes.post(ROOT, {**HOOK, "address": address}), 422, "not-valid")
    assert told["errors"][0]["pointer"] == "/body/address"
    with pytest.raises(CommandError):
        call_command("webhook", address, plan=ACCORD, stdout=StringIO())
    assert not Subscription.objects.exists()


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"address": "ftp://example.org/"}, "/body/address"),
        ({"address": "https://example.org/a b"}, "/body/address"),
        ({"address": "https://example.org/" + "a" * 500}, "/body/address"),
        ({"plan": "nowhere"}, "/body/plan"),
        ({"name": " "}, "/body/name"),
        ({"secret": "mine"}, "/body/secret"),
    ],
)
def test_what_is_no_subscription_is_refused(reader_of_changes: Writer, changes, pointer):
    told = refused(reader_of_changes.post(ROOT, {**HOOK, **changes}), 400, "bad-body")
    assert [error["pointer"] for error in told["errors"]] == [pointer]


def test_one_may_have_so_many_and_another_as_many(reader_of_changes: Writer, somebody_else: Writer):
    for _ in range(MOST_OF_ONE_OWNER):
        assert reader_of_changes.post(ROOT, HOOK).status_code == 201
    refused(reader_of_changes.post(ROOT, HOOK), 422, "not-valid")
    assert somebody_else.post(ROOT, HOOK).status_code == 201
    first = get(reader_of_changes, ROOT).json()["results"][0]
    assert reader_of_changes.send("DELETE", first["url"], {"version": 1}).status_code == 204
    assert reader_of_changes.post(ROOT, HOOK).status_code == 201


def test_the_same_again_is_done_once_and_keeps_no_secret(reader_of_changes: Writer):
    first = reader_of_changes.post(ROOT, HOOK, idempotency_key="a").json()
    again = reader_of_changes.post(ROOT, HOOK, idempotency_key="a")
    as_described(again, ROOT, "post")
    assert again.json() == {**first, "secret": None}
    assert (again.status_code, again["Idempotency-Replayed"]) == (201, "true")
    assert Subscription.objects.count() == 1
    turned = reader_of_changes.post(f"{first['url']}/secret", {}, idempotency_key="b").json()
    assert reader_of_changes.post(f"{first['url']}/secret", {}, idempotency_key="b").json()["secret"] is None
    kept = str(list(Answered.objects.values()))
    assert first["secret"] not in kept
    assert turned["secret"] not in kept
    refused(reader_of_changes.post(ROOT, {**HOOK, "name": "y"}, idempotency_key="a"), 422, "idempotency-mismatch")


def test_a_change_says_on_which_version_it_was_made(reader_of_changes: Writer, made):
    path = made["url"]
    refused(reader_of_changes.patch(path, {"name": "New"}), 428, "version-missing")
    refused(reader_of_changes.send("DELETE", path, {}), 428, "version-missing")
    told = refused(reader_of_changes.patch(path, {"name": "New", "version": 7}), 409, "edit-conflict")
    assert told["current"]["version"] == 1
    refused(reader_of_changes.patch(path, {"name": "New"}, if_match='"other"'), 412, "precondition-failed")
    tag = get(reader_of_changes, path)["ETag"]
    answer = reader_of_changes.patch(path, {"name": "New"}, if_match=tag)
    as_described(answer, f"{ROOT}/{{subscription}}", "patch")
    assert (answer.status_code, answer.json()["name"], answer.json()["version"]) == (200, "New", 2)
    refused(reader_of_changes.send("DELETE", path, {}, if_match=tag), 412, "precondition-failed")
    ended = reader_of_changes.client.delete(
        path, headers={"authorization": f"Bearer {reader_of_changes.text}", "if-match": answer["ETag"]}
    )
    assert (ended.status_code, ended.content) == (204, b"")
    assert not Subscription.objects.exists()


def test_an_address_is_changed_with_the_same_care(reader_of_changes: Writer, made):
    bad = {"address": "https://127.0.0.1/", "version": 1}
    refused(reader_of_changes.patch(made["url"], bad), 422, "not-valid")
    moved = {"address": "https://example.com/other", "version": 1}
    assert reader_of_changes.patch(made["url"], moved).json()["address"] == moved["address"]


def test_it_is_stopped_and_begins_again_where_it_stopped(reader_of_changes: Writer, made, monkeypatch):
    says(ARDEN, Stance.ACCEPT, "ceasefire")
    off = reader_of_changes.patch(made["url"], {"active": False, "version": 1}).json()
    assert (off["active"], off["off_since"] is None) == (False, False)
    assert delivering.due() == []
    Subscription.objects.update(failures=3, failing_since=timezone.now())
    on = reader_of_changes.patch(made["url"], {"active": True, "version": 2}).json()
    assert (on["active"], on["failures"], on["failing_since"], on["seq"]) == (True, 0, None, made["seq"])
    answering(monkeypatch, 204)
    (pk,) = delivering.due()
    assert delivering.deliver(pk) == 1


def test_a_secret_is_turned_with_the_one_before_still_good(reader_of_changes: Writer, made):
    path = f"{made['url']}/secret"
    answer = reader_of_changes.client.generic(
        "POST", path, headers={"authorization": f"Bearer {reader_of_changes.text}"}
    )
    as_described(answer, f"{ROOT}/{{subscription}}/secret", "post")
    kept = Subscription.objects.get()
    assert (answer.json()["secret"], made["secret"]) == (kept.secret, kept.old_secret)
    assert get(reader_of_changes, made["url"]).json()["two_secrets"] is True
    for _ in range(2):
        assert reader_of_changes.send("DELETE", path, {}).status_code == 204
    kept.refresh_from_db()
    assert (kept.old_secret, kept.version) == ("", 3)


def test_how_deliveries_go_can_be_read_and_moves_no_version(reader_of_changes: Writer, made, monkeypatch):
    answering(monkeypatch, 500, 204, 204)
    tag = get(reader_of_changes, made["url"])["ETag"]
    for party in (ARDEN, BREVIA):
        says(party, Stance.ACCEPT, "ceasefire")
    pk = Subscription.objects.get().pk
    assert delivering.deliver(pk) == 0
    told = get(reader_of_changes, made["url"]).json()
    assert (told["failures"], told["last_failure"]["status"], told["last_success_at"]) == (1, 500, None)
    assert told["next_attempt_at"] > told["failing_since"]
    Subscription.objects.update(retry_at=timezone.now())
    assert delivering.deliver(pk) == 2
    answer = get(reader_of_changes, made["url"])
    as_described(answer, f"{ROOT}/{{subscription}}", "get")
    told = answer.json()
    assert (told["seq"], told["failures"], told["next_attempt_at"]) == (made["seq"] + 2, 0, None)
    assert told["last_success_at"] > told["last_failure"]["at"]
    assert (answer["ETag"], told["version"]) == (tag, 1)


def test_a_longer_list_takes_no_more_queries(reader_of_changes: Writer, django_assert_num_queries):
    """The key with its owner, that it was used, and the list with what came of the latest messages."""
    for number in (1, 5):
        while Subscription.objects.count() < number:
            reader_of_changes.post(ROOT, HOOK)
        ApiKey.objects.update(last_used_at=None)
        with django_assert_num_queries(3):
            assert len(get(reader_of_changes, ROOT).json()["results"]) == number


@pytest.mark.parametrize("ending", ["delete", "stop"])
def test_who_ends_it_while_messages_are_under_way_gets_no_more(reader_of_changes, made, monkeypatch, ending):
    def send(address: str, **_: Any) -> int:
        if ending == "delete":
            reader_of_changes.send("DELETE", made["url"], {"version": 1})
        else:
            reader_of_changes.patch(made["url"], {"active": False, "version": 1})
        return 204

    monkeypatch.setattr(delivering, "send", send)
    for party in (ARDEN, BREVIA):
        says(party, Stance.ACCEPT, "ceasefire")
    assert delivering.deliver(Subscription.objects.get().pk) == (0 if ending == "delete" else 1)
    assert Delivery.objects.count() == (0 if ending == "delete" else 1)
    assert Subscription.objects.count() == (0 if ending == "delete" else 1)


def test_whose_account_is_closed_is_not_told_any_more(made):
    says(ARDEN, Stance.ACCEPT, "ceasefire")
    assert delivering.due() != []
    User.objects.filter(username="ria").update(is_active=False)
    assert delivering.due() == []


@pytest.mark.django_db(transaction=True)
def test_no_answer_to_one_is_kept_for_another(transactional_db, accord, made, reader_of_changes, somebody_else):
    web = Web()
    try:
        for _ in range(2):
            for writer, number in ((reader_of_changes, 1), (somebody_else, 0)):
                answer = web.get(ROOT, authorization=f"Bearer {writer.text}")
                assert len(json.loads(answer.content)["results"]) == number
        assert web.get(ROOT).status_code == 401
        assert web.to_django == 5
    finally:
        web.end()


def test_a_page_elsewhere_may_end_one_with_a_key(reader_of_changes: Writer):
    headers = {"origin": "https://example.org", "access-control-request-method": "DELETE"}
    assert "DELETE" in reader_of_changes.client.options(ROOT, headers=headers)["Access-Control-Allow-Methods"]
