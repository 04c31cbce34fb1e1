"""Webhooks: each change once at the least, in order, signed, and never into our own network."""

from __future__ import annotations

import ipaddress
import json
import socket
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from provisions.agreement.words import Stance
from provisions.models import Change, Plan
from provisions.models.plan import new_epoch
from tests.builders import ACCORD, ARDEN, BREVIA, says
from tracker.models import Delivery, Subscription
from tracker.webhooks import addresses, delivering, sending


class Subscriber(BaseHTTPRequestHandler):
    """Takes what is sent, and answers as it is told."""

    heard: list[tuple[dict[str, str], bytes]] = []
    answers: list[int] = []

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.heard.append(({name.lower(): value for name, value in self.headers.items()}, body))
        self.send_response(self.answers.pop(0) if self.answers else 204)
        self.send_header("Location", "/elsewhere")
        self.end_headers()

    def log_message(self, format: str, *parts: Any) -> None:  # noqa: A002
        """Say nothing."""


@pytest.fixture
def site() -> Iterator[str]:
    Subscriber.heard, Subscriber.answers = [], []
    server = HTTPServer(("127.0.0.1", 0), Subscriber)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/hook"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def subscription(accord: Plan, site: str, settings) -> Subscription:
    settings.WEBHOOK_PRIVATE_HOSTS = ["127.0.0.1"]
    accord.refresh_from_db()
    return Subscription.objects.create(plan=accord, address=site, name="x", epoch=accord.epoch, seq=accord.seq)


def heard() -> list[dict[str, Any]]:
    return [json.loads(body) for _, body in Subscriber.heard]


def later(subscription: Subscription) -> None:
    """The time of the next attempt has come."""
    Subscription.objects.filter(pk=subscription.pk).update(retry_at=timezone.now())


def test_each_change_is_told_in_order_and_once_where_all_goes_well(subscription):
    assert delivering.due() == []
    keys = [says(party, Stance.ACCEPT, "ceasefire") for party in (ARDEN, BREVIA)]
    assert delivering.due() == [subscription.pk]
    assert delivering.deliver(subscription.pk) == 2
    told = heard()
    assert [entry["id"] for entry in told] == keys
    assert [entry["seq"] for entry in told] == [subscription.seq + 1, subscription.seq + 2]
    assert set(told[0]) == {"kind", "plan", "seq", "resource", "id", "version", "url"}
    assert told[0]["url"] == f"http://127.0.0.1:8000/api/v1/plans/{ACCORD}/positions/{keys[0]}"
    assert delivering.deliver(subscription.pk) == 0
    assert delivering.due() == []


def test_a_message_is_signed_with_each_live_secret(subscription):
    call_command("webhook", rotate=subscription.pk, stdout=StringIO())
    subscription.refresh_from_db()
    says(ARDEN, Stance.ACCEPT, "ceasefire")
    delivering.deliver(subscription.pk)
    headers, body = Subscriber.heard[0]
    moment = int(headers["webhook-timestamp"])
    expected = [
        sending.signature(headers["webhook-id"], moment, body.decode(), key)
        for key in (subscription.secret, subscription.old_secret)
    ]
    assert headers["webhook-signature"].split(" ") == expected
    assert len(set(expected)) == 2
    call_command("webhook", rotated=subscription.pk, stdout=StringIO())
    says(BREVIA, Stance.ACCEPT, "ceasefire")
    delivering.deliver(subscription.pk)
    assert len(Subscriber.heard[1][0]["webhook-signature"].split(" ")) == 1


def test_the_signature_is_that_of_standard_webhooks():
    """The example of the specification."""
    key = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    told = sending.signature("msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, '{"test": 2432232314}', key)
    assert told == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_what_was_not_taken_is_sent_again_before_anything_after_it(subscription):
    Subscriber.answers = [500, 302]
    first, second = says(ARDEN, Stance.ACCEPT, "ceasefire"), says(BREVIA, Stance.ACCEPT, "ceasefire")
    for _ in range(2):
        assert delivering.deliver(subscription.pk) == 0
        assert delivering.due() == []
        later(subscription)
    assert delivering.due() == [subscription.pk]
    assert delivering.deliver(subscription.pk) == 2
    assert [entry["id"] for entry in heard()] == [first, first, first, second]
    names = [headers["webhook-id"] for headers, _ in Subscriber.heard]
    assert len(set(names[:3])) == 1
    assert names[3] != names[0]
    assert [each.status for each in Delivery.objects.order_by("pk")] == [500, 302, 204, 204]


def test_it_waits_longer_each_time_and_never_longer_than_a_day(subscription):
    Subscriber.answers = [500] * 20
    says(ARDEN, Stance.ACCEPT, "ceasefire")
    pauses = []
    for _ in range(20):
        delivering.deliver(subscription.pk)
        subscription.refresh_from_db()
        pauses.append((subscription.retry_at - timezone.now()).total_seconds())
        later(subscription)
    assert 4 < pauses[0] < 6
    assert pauses[:10] == sorted(pauses[:10])
    assert 86_000 < pauses[-1] <= 86_400 * 1.1


def test_after_five_days_without_success_it_is_switched_off(subscription):
    Subscriber.answers = [500, 500]
    says(ARDEN, Stance.ACCEPT, "ceasefire")
    delivering.deliver(subscription.pk)
    Subscription.objects.update(failing_since=timezone.now() - timedelta(days=5), retry_at=timezone.now())
    delivering.deliver(subscription.pk)
    subscription.refresh_from_db()
    assert subscription.off_since is not None
    assert delivering.due() == []
    call_command("webhook", on=subscription.pk, stdout=StringIO())
    assert delivering.deliver(subscription.pk) == 1


def test_who_is_gone_is_not_told_any_more(subscription):
    Subscriber.answers = [410]
    says(ARDEN, Stance.ACCEPT, "ceasefire")
    delivering.deliver(subscription.pk)
    subscription.refresh_from_db()
    assert subscription.off_since is not None


def test_a_worker_that_died_with_a_subscription_holds_it_for_a_while_only(subscription):
    says(ARDEN, Stance.ACCEPT, "ceasefire")
    Subscription.objects.update(busy_until=timezone.now() + timedelta(minutes=1))
    assert (delivering.due(), delivering.deliver(subscription.pk)) == ([], 0)
    Subscription.objects.update(busy_until=timezone.now())
    assert delivering.deliver(subscription.pk) == 1


def test_after_a_restore_a_subscriber_is_told_to_begin_again(subscription):
    Plan.objects.filter(slug=ACCORD).update(epoch=new_epoch())
    assert delivering.deliver(subscription.pk) == 1
    (told,) = heard()
    assert (told["kind"], told["url"]) == ("start-again", f"http://127.0.0.1:8000/api/v1/plans/{ACCORD}/snapshot")
    says(ARDEN, Stance.ACCEPT, "ceasefire")
    assert delivering.deliver(subscription.pk) == 1


def test_what_was_sent_can_be_sent_again(subscription):
    says(ARDEN, Stance.ACCEPT, "ceasefire")
    delivering.deliver(subscription.pk)
    call_command("webhook", again=Delivery.objects.get().pk, stdout=StringIO())
    (first, _), (again, _) = Subscriber.heard
    assert first["webhook-id"] == again["webhook-id"]


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.0.0.1",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "0.0.0.0",  # noqa: S104
        "100.64.0.1",
        "224.0.0.1",
        "::1",
        "::",
        "fe80::1",
        "fc00::1",
        "::ffff:127.0.0.1",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
    ],
)
def test_an_address_of_our_own_network_is_never_sent_to(address, monkeypatch):
    found = ipaddress.ip_address(address)
    assert not addresses.is_public(found)
    family = socket.AF_INET6 if found.version == 6 else socket.AF_INET
    # A name out in the world that leads back in, as one of several answers.
    places = [(socket.AF_INET, 1, 6, "", ("93.184.215.14", 443)), (family, 1, 6, "", (address, 443))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: places)
    monkeypatch.setattr(socket, "create_connection", lambda *_: pytest.fail("a line was opened"))
    with pytest.raises(sending.NotSent, match="not an address out in the world"):
        sending.send("https://example.org/hook", message="m", body="{}", keys=[])


def test_addresses_out_in_the_world_are_sent_to():
    for address in ("93.184.215.14", "2606:4700::1111"):
        assert addresses.is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", ["http://example.org/", "ftp://example.org/", "file:///etc/passwd", "https://:80"])
def test_only_https_is_sent_to(address):
    with pytest.raises(sending.NotSent):
        sending.send(address, message="m", body="{}", keys=[])


def test_a_site_that_does_not_answer_is_noted(subscription):
    Subscription.objects.update(address="http://127.0.0.1:1/hook")
    says(ARDEN, Stance.ACCEPT, "ceasefire")
    assert delivering.deliver(subscription.pk) == 0
    assert "Connection refused" in Delivery.objects.get().failure


def test_a_redirect_is_not_followed(subscription):
    Subscriber.answers = [307]
    says(ARDEN, Stance.ACCEPT, "ceasefire")
    assert delivering.deliver(subscription.pk) == 0
    assert len(Subscriber.heard) == 1
    assert Delivery.objects.get().status == 307


def test_subscriptions_are_made_and_listed_by_a_command(accord):
    out = StringIO()
    call_command("webhook", "https://example.org/hook", plan=ACCORD, name="them", stdout=out)
    made = Subscription.objects.get()
    assert made.secret in out.getvalue()
    accord.refresh_from_db()
    assert (made.epoch, made.seq) == (accord.epoch, Change.objects.filter(plan=accord).count())
    call_command("webhook", stdout=out)
    assert "them" in out.getvalue()
    for wrong in ({"address": "https://example.org/", "plan": "nowhere"}, {"address": "http://x.org", "plan": ACCORD}):
        with pytest.raises(CommandError):
            call_command("webhook", wrong["address"], plan=wrong["plan"], stdout=out)
    with pytest.raises(CommandError):
        call_command("webhook", off=made.pk + 1, stdout=out)


def test_what_is_old_is_let_go(subscription):
    says(ARDEN, Stance.ACCEPT, "ceasefire")
    delivering.deliver(subscription.pk)
    delivering.forget()
    assert Delivery.objects.count() == 1
    Delivery.objects.update(sent_at=timezone.now() - timedelta(days=31))
    delivering.forget()
    assert Delivery.objects.count() == 0


def test_the_job_tells_one_subscriber(subscription):

    from tracker.tasks import deliver

    says(ARDEN, Stance.ACCEPT, "ceasefire")
    deliver(subscription.pk)
    assert len(heard()) == 1
