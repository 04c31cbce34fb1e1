"""Sends one message to an address that somebody gave: never into our own network, never on to another address."""

from __future__ import annotations

import base64
import hashlib
import hmac
import http.client
import socket
import ssl
import time
from collections.abc import Iterable

from django.conf import settings

from .addresses import BadAddress, public, split

TIMEOUT_SECONDS = 5


class NotSent(Exception):
    """Says in a sentence why there was no answer."""


def send(address: str, *, message: str, body: str, keys: Iterable[str]) -> int:
    """Post a message; the status of the answer. Raises NotSent."""
    try:
        parts = split(address)
        host = parts.hostname or ""
        allowed = host in settings.WEBHOOK_PRIVATE_HOSTS
        port = parts.port or (443 if parts.scheme == "https" else 80)
        with _connected(host, port, allowed=allowed) as line:
            connection = http.client.HTTPConnection(host, port, timeout=TIMEOUT_SECONDS)
            connection.sock = _secured(line, host) if parts.scheme == "https" else line
            path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            connection.request("POST", path, body.encode(), _headers(message, body, keys))
            answer = connection.getresponse()
            connection.close()
            # An answer that sends us elsewhere is not followed: it could lead anywhere.
            return answer.status
    except BadAddress as error:
        raise NotSent(str(error)) from None
    except (OSError, ValueError, http.client.HTTPException) as error:
        raise NotSent(f"{type(error).__name__}: {error}"[:300]) from error


def signature(message: str, moment: int, body: str, key: str) -> str:
    """What a reader compares with, of Standard Webhooks."""
    secret = base64.b64decode(key.removeprefix("whsec_"))
    signed = hmac.new(secret, f"{message}.{moment}.{body}".encode(), hashlib.sha256)
    return "v1," + base64.b64encode(signed.digest()).decode()


def _headers(message: str, body: str, keys: Iterable[str]) -> dict[str, str]:
    moment = int(time.time())
    return {
        "Content-Type": "application/json",
        "User-Agent": "provision-tracker",
        "webhook-id": message,
        "webhook-timestamp": str(moment),
        "webhook-signature": " ".join(signature(message, moment, body, key) for key in keys),
    }


def _connected(host: str, port: int, *, allowed: bool) -> socket.socket:
    """A line to the address that was looked at, and not to what the name means a moment later. Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    if not allowed and not public([str(place[0]) for _, _, _, _, place in found]):
        raise OSError(f"{host} is not an address out in the world")
    return socket.create_connection((str(found[0][4][0]), port), TIMEOUT_SECONDS)


def _secured(line: socket.socket, host: str) -> ssl.SSLSocket:
    return ssl.create_default_context().wrap_socket(line, server_hostname=host)
