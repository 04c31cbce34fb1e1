"""What happens to accounts, told to the log: who signed in, from where, by what; what was refused; what was changed."""

from __future__ import annotations

from typing import Any

import structlog
from allauth.account.signals import password_changed
from allauth.mfa import signals as mfa
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import User
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.http import HttpRequest

from tracker.api.limits import address_of

from .sessions import note_beginning

log = structlog.get_logger(__name__)


def connect() -> None:
    """Have the signals of Django and of allauth told."""
    user_logged_in.connect(note_beginning)
    user_logged_in.connect(_signed_in)
    user_logged_out.connect(_signed_out)
    user_login_failed.connect(_refused)
    password_changed.connect(_password_changed)
    mfa.authentication_failed.connect(_factor_refused)
    mfa.authenticator_added.connect(_factor_added)
    mfa.authenticator_removed.connect(_factor_removed)
    mfa.authenticator_reset.connect(_factor_reset)


def _signed_in(request: HttpRequest, user: User, **_: Any) -> None:
    ways = [way.get("type") or way["method"] for way in request.session.get("account_authentication_methods", [])]
    log.info("signed_in", user=user.pk, address=address_of(request.META), by=ways)


def _signed_out(request: HttpRequest, user: User | None, **_: Any) -> None:
    if user is not None:
        log.info("signed_out", user=user.pk, address=address_of(request.META))


def _refused(credentials: dict[str, Any], request: HttpRequest | None = None, **_: Any) -> None:
    # Never the name that was typed: people type their password there.
    known = User.objects.filter(username=credentials.get("username", "")).values_list("pk", flat=True).first()
    log.warning("sign_in_refused", user=known, address=address_of(request.META) if request else "")


def _password_changed(request: HttpRequest, user: User, **_: Any) -> None:
    log.info("password_changed", user=user.pk, address=address_of(request.META))


def _factor_refused(request: HttpRequest, user: User, authenticator: Authenticator | None = None, **_: Any) -> None:
    kind = authenticator.type if authenticator else ""
    log.warning("second_factor_refused", user=user.pk, kind=kind, address=address_of(request.META))


def _factor_added(request: HttpRequest, user: User, authenticator: Authenticator, **_: Any) -> None:
    log.info("second_factor_added", user=user.pk, kind=authenticator.type, address=address_of(request.META))


def _factor_removed(request: HttpRequest, user: User, authenticator: Authenticator, **_: Any) -> None:
    log.info("second_factor_removed", user=user.pk, kind=authenticator.type, address=address_of(request.META))


def _factor_reset(request: HttpRequest, user: User, authenticator: Authenticator, **_: Any) -> None:
    log.info("second_factor_renewed", user=user.pk, kind=authenticator.type, address=address_of(request.META))
