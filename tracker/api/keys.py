"""Who asks? A program says so by its key: as a bearer's, or as a password for programs that know only those."""

from __future__ import annotations

import base64
import binascii
from contextlib import suppress

from django.contrib.auth.models import User
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from tracker.models import ApiKey

from .problems import CHALLENGE


class KeyAuthentication(BaseAuthentication):
    """A session or a cookie opens nothing here, so no page elsewhere can make a browser write."""

    def authenticate(self, request: Request) -> tuple[User, ApiKey] | None:
        header = request.headers.get("Authorization", "")
        if not header:
            return None
        key = ApiKey.of(key_in(header))
        if key is None:
            raise AuthenticationFailed("The key is unknown, expired or revoked.")
        key.note_use()
        return key.user, key

    def authenticate_header(self, request: Request) -> str:
        return CHALLENGE


def key_in(header: str) -> str:
    """The key that an Authorization header carries. Raises AuthenticationFailed."""
    scheme, _, told = header.partition(" ")
    match scheme.lower():
        case "bearer":
            return told.strip()
        case "basic":
            with suppress(binascii.Error, UnicodeDecodeError):
                # The name is not looked at: some programs insist on sending one.
                return base64.b64decode(told.strip(), validate=True).decode().partition(":")[2]
    raise AuthenticationFailed("Send the key as `Authorization: Bearer …`, or as the password of Basic.")
