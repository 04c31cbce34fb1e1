"""Answers made smaller for the way, each once for all who ask for it.

What was just made is packed quickly: it is asked for until the next change, and a reader who waits gains more by that
than by a tenth of the bytes.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable

from backports.zstd import compress as zstd
from brotli import compress as brotli  # type: ignore[import-untyped]
from django_http_compression.middleware import best_coding

SMALLEST = 50
IDENTITY = "identity"
# As gzip begins and ends around what zlib makes: without a name and a time, so that the same is the same.
GZIP_WINDOW = 31

_PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": lambda content: zlib.compress(content, 2, GZIP_WINDOW),
    "br": lambda content: brotli(content, quality=1),
    "zstd": lambda content: zstd(content, 1),
}


def coding_for(accept_encoding: str) -> str:
    """The best coding that a reader takes."""
    return best_coding(accept_encoding)


def packed(content: bytes, coding: str) -> bytes | None:
    """The content in a coding, or None where that makes it no smaller."""
    if coding == IDENTITY or len(content) < SMALLEST:
        return None
    found = _PACKERS[coding](content)
    return found if len(found) < len(content) else None
