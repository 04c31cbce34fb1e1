"""Subscriptions are made, changed and ended here, by the command of whoever runs the site and by the API."""

from __future__ import annotations

import secrets

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from provisions.models import Plan
from tracker.models import Subscription, new_secret

from .addresses import split

MOST_OF_ONE_OWNER = 10
NAME_BYTES = 9


class TooMany(Exception):
    """Somebody has as many subscriptions as one may have."""


@transaction.atomic
def subscribe(plan: Plan, address: str, *, name: str, owner: User | None = None) -> Subscription:
    """Somebody is told of every change of the plan from now on. Raises BadAddress, TooMany."""
    split(address)
    slug = None
    if owner is not None:
        # Those that arrive together shall not be one too many together.
        User.objects.select_for_update().get(pk=owner.pk)
        if owner.subscriptions.count() >= MOST_OF_ONE_OWNER:
            raise TooMany
        slug = secrets.token_hex(NAME_BYTES)
    now = Plan.objects.get(pk=plan.pk)
    return Subscription.objects.create(
        plan=now, address=address, name=name, owner=owner, slug=slug, epoch=now.epoch, seq=now.seq
    )


def change(subscription: Subscription, *, address: str, name: str, active: bool) -> None:
    """Tell somebody elsewhere, stop telling, or begin again where it stopped. Raises BadAddress."""
    split(address)
    was_active = subscription.off_since is None
    subscription.address, subscription.name = address, name
    if active != was_active:
        switch(subscription, on=active)
    subscription.version += 1
    subscription.save(update_fields=["address", "name", "version"])


def switch(subscription: Subscription, *, on: bool) -> None:
    subscription.off_since = None if on else timezone.now()
    fields = ["off_since"]
    if on:
        subscription.failing_since, subscription.failures, subscription.retry_at = None, 0, timezone.now()
        fields += ["failing_since", "failures", "retry_at"]
    subscription.save(update_fields=fields)


def rotate(subscription: Subscription) -> None:
    """A new secret. The one before signs as well, until it is let go."""
    subscription.old_secret, subscription.secret = subscription.secret, new_secret()
    subscription.version += 1
    subscription.save(update_fields=["old_secret", "secret", "version"])


def let_old_secret_go(subscription: Subscription) -> None:
    subscription.old_secret = ""  # nosec B105
    subscription.version += 1
    subscription.save(update_fields=["old_secret", "version"])
