"""The programs that a running tracker is made of, started alike on a laptop, in a container and as a service."""

from __future__ import annotations

from typing import Final

Command = list[str]

# Seconds after which a web process answers, on a machine that is busy.
BEGINS_WITHIN: Final = 15

_CELERY: Final = ["-m", "celery", "--app=tracker"]

WORKER: Final = [*_CELERY, "worker", "--concurrency=1", "--without-gossip", "--without-mingle"]
BEAT: Final = [*_CELERY, "beat"]


def web(*, host: str, port: int, processes: int = 1) -> Command:
    """The web server, as words for the interpreter."""
    return [
        "-m",
        "granian",
        "--interface=wsgi",
        f"--host={host}",
        f"--port={port}",
        f"--workers={processes}",
        "--blocking-threads=8",
        "--no-ws",
        # SIGHUP replaces one process after the other; an old one ends only when a new one has surely begun to answer.
        f"--respawn-interval={BEGINS_WITHIN}",
        "tracker.wsgi:application",
    ]
