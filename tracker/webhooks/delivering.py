"""Which subscriber is to be told what, and what to do where one does not answer."""

from __future__ import annotations

import json
import random
from datetime import timedelta

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from provisions.api import Asked
from provisions.api.places import place_of
from provisions.models import Change, Plan, Resource
from tracker.models import Answered, Delivery, Subscription

from .sending import NotSent, send

log = structlog.get_logger(__name__)

AT_ONCE = 50
# Longer than all that one round can take.
BUSY = timedelta(minutes=10)
SHORTEST, LONGEST = timedelta(seconds=5), timedelta(days=1)
GIVEN_UP_AFTER = timedelta(days=5)
KEPT = timedelta(days=30)
ANSWERS_KEPT = timedelta(days=7)
SUCCESS = range(200, 300)
GONE = 410


class NotWanted(Exception):
    """The subscription was ended or switched off while messages were under way."""


def due() -> list[int]:
    """The subscriptions that have something to be told, and whose time has come."""
    now = timezone.now()
    behind = ~Q(epoch=F("plan__epoch")) | Q(seq__lt=F("plan__seq"))
    found = Subscription.objects.filter(behind, off_since=None, retry_at__lte=now, busy_until__lte=now)
    # Whose account was closed is not told any more.
    found = found.exclude(owner__is_active=False)
    return list(found.values_list("pk", flat=True))


def deliver(pk: int) -> int:
    """Tell a subscriber what is new, in order, until there is nothing more or it does not answer; how many it took."""
    now = timezone.now()
    # One worker at a time, so that changes arrive in order; should it die, another one may after a while.
    mine = Subscription.objects.filter(pk=pk, off_since=None, busy_until__lte=now).update(busy_until=now + BUSY)
    if not mine:
        return 0
    subscription = Subscription.objects.select_related("plan").get(pk=pk)
    told = 0
    try:
        for message, body, seq in _news(subscription):
            _must_be_wanted(pk)
            if not _tell(subscription, message, body):
                break
            subscription.epoch, subscription.seq = subscription.plan.epoch, seq
            subscription.failures, subscription.failing_since = 0, None
            _keep(subscription, "epoch", "seq", "failures", "failing_since")
            told += 1
    except NotWanted:
        log.info("subscription_ended_meanwhile", subscription=pk)
    finally:
        Subscription.objects.filter(pk=pk).update(busy_until=timezone.now())
    return told


def _must_be_wanted(pk: int) -> None:
    if not Subscription.objects.filter(pk=pk, off_since=None).exists():
        raise NotWanted


def send_again(delivery: Delivery) -> Delivery:
    """Send what was sent once more, whatever became of it then."""
    return _sent(delivery.subscription, delivery.message, delivery.body)


def forget() -> None:
    """Let go of deliveries and answers that nobody will ask for any more."""
    now = timezone.now()
    Delivery.objects.filter(sent_at__lt=now - KEPT).delete()
    Answered.objects.filter(answered_at__lt=now - ANSWERS_KEPT).delete()


def _news(subscription: Subscription) -> list[tuple[str, str, int]]:
    """The messages that are due: the name of each, its body, and the change after which it is told."""
    plan = subscription.plan
    asked = Asked({"plan": plan.slug}, {}, {}, f"{settings.SITE_ADDRESS}/api/v1/", "")
    if subscription.epoch != plan.epoch or subscription.seq > plan.seq:
        # The log was restored from a backup: what the subscriber holds may differ from it.
        again = {"kind": "start-again", "plan": plan.slug, "url": asked.url("plans", plan.slug, "snapshot")}
        return [(_name(subscription, plan, plan.seq), json.dumps({**again, "seq": plan.seq}), plan.seq)]
    rows = Change.objects.filter(plan=plan, seq__gt=subscription.seq).order_by("seq")[:AT_ONCE]
    return [(_name(subscription, plan, row.seq), json.dumps(_body(row, plan, asked)), row.seq) for row in rows]


def _name(subscription: Subscription, plan: Plan, seq: int) -> str:
    return f"msg_{subscription.pk}_{plan.epoch}_{seq}"


def _body(row: Change, plan: Plan, asked: Asked) -> dict[str, object]:
    """Thin: whoever wants to know more reads it, and so always reads what holds now."""
    return {
        "kind": row.kind,
        "plan": plan.slug,
        "seq": row.seq,
        "resource": row.resource,
        "id": row.key,
        "version": row.version,
        "url": place_of(Resource(row.resource), row.key, asked),
    }


def _tell(subscription: Subscription, message: str, body: str) -> bool:
    sent = _sent(subscription, message, body)
    if sent.status in SUCCESS:
        return True
    now = timezone.now()
    subscription.failures += 1
    subscription.failing_since = subscription.failing_since or now
    pause = min(SHORTEST * 2 ** min(subscription.failures - 1, 20), LONGEST)
    # Not all of those that failed together come back together.
    subscription.retry_at = now + pause * (1 + 0.1 * random.random())  # noqa: S311  # nosec B311
    if sent.status == GONE or now - subscription.failing_since >= GIVEN_UP_AFTER:
        subscription.off_since = now
        log.warning("subscription_switched_off", subscription=subscription.pk, address=subscription.address)
    _keep(subscription, "failures", "failing_since", "retry_at", *(["off_since"] if subscription.off_since else []))
    return False


def _keep(subscription: Subscription, *fields: str) -> None:
    """Note how it went, and nothing that its owner may have changed meanwhile; it may also be gone."""
    Subscription.objects.filter(pk=subscription.pk).update(**{name: getattr(subscription, name) for name in fields})


def _sent(subscription: Subscription, message: str, body: str) -> Delivery:
    keys = [key for key in (subscription.secret, subscription.old_secret) if key]
    status, failure = None, ""
    try:
        status = send(subscription.address, message=message, body=body, keys=keys)
    except NotSent as error:
        failure = str(error)
    with transaction.atomic():
        if not Subscription.objects.select_for_update().filter(pk=subscription.pk).exists():
            raise NotWanted
        return Delivery.objects.create(
            subscription=subscription, message=message, body=body, status=status, failure=failure
        )
