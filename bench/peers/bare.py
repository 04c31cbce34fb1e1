"""The least that a WSGI answer can cost on this server: the same bytes, from memory, without looking at anything."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

_KEPT = Path(os.environ["BARE_ANSWERS"])
BODY = (_KEPT / "body").read_bytes()
HEADERS = [tuple(line.split(": ", 1)) for line in (_KEPT / "headers").read_text().splitlines()]
UNCHANGED = [tuple(line.split(": ", 1)) for line in (_KEPT / "unchanged").read_text().splitlines()]


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    if environ["PATH_INFO"] == "/unchanged":
        start_response("304 Not Modified", UNCHANGED)
        return ()
    start_response("200 OK", HEADERS)
    return (BODY,)
