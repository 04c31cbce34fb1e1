"""Where may be sent to? Out into the world by https, and into our own network only to names that are allowed."""

from __future__ import annotations

import ipaddress
import re
import socket
from urllib.parse import SplitResult, urlsplit

from django.conf import settings

LONGEST = 500
# Addresses that carry another one, of IPv4, within them.
NAT64 = ipaddress.ip_network("64:ff9b::/96")
# Names that mean something in our own network only.
OURS = (".localhost", ".local", ".internal", ".home.arpa")
PLAIN = re.compile(r"[\x21-\x5b\x5d-\x7e]+")

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class BadAddress(ValueError):
    """Says in a sentence why nothing is sent there."""


def split(address: str) -> SplitResult:
    """The parts of an address that may be sent to, as far as it says so itself. Raises BadAddress.

    Where a name leads is looked at each time that something is sent: it may lead elsewhere by then.
    """
    if len(address) > LONGEST or not PLAIN.fullmatch(address):
        raise BadAddress(f"Write an address of {LONGEST} characters at the most, without blanks; others as %20.")
    try:
        parts = urlsplit(address)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise BadAddress("It is no address: write one as https://example.org/hook.") from None
    allowed = host in settings.WEBHOOK_PRIVATE_HOSTS
    if parts.scheme != "https" and not (allowed and parts.scheme == "http"):
        raise BadAddress("Only https addresses are sent to.")
    if not host or port == 0:
        raise BadAddress("It names no host: write an address as https://example.org/hook.")
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise BadAddress("Leave out names, passwords and what follows a #.")
    if not allowed and not _may_be_public(host):
        raise BadAddress(f"{host} is not an address out in the world.")
    return parts


def is_public(found: Address) -> bool:
    """Whether an address is out in the world, also where it hides another one."""
    if isinstance(found, ipaddress.IPv6Address):
        inner = found.ipv4_mapped or found.sixtofour or (found.teredo[1] if found.teredo else None)
        if inner is None and found in NAT64:
            inner = ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(inner)
    return found.is_global and not found.is_multicast


def public(places: list[str]) -> bool:
    """Whether all of these, as the system tells addresses, are out in the world."""
    return all(is_public(ipaddress.ip_address(place.partition("%")[0])) for place in places)


def _may_be_public(host: str) -> bool:
    """Whether a host is a name that may lead out, or an address that is, in whatever way it is written."""
    try:
        # As the system reads it when something is sent: 127.1 and 0x7f000001 are addresses, too. Nobody is asked.
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
    except (OSError, UnicodeError):
        name = host.rstrip(".").lower()
        return "." in name and not f".{name}".endswith(OURS)
    return public([str(place[0]) for _, _, _, _, place in found])
