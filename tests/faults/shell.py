"""An editor at a shell: puts edits of several lines on record together, and says on stdout what came of it.

`python -m tests.faults.shell PLAN CLIENT PAUSE` goes on until its input ends.
"""

from __future__ import annotations

import json
import random
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from typing import Any

import django

# Now and then it takes a line of the others with its own.
STRAYS = 0.3


def main(plan: str, client: str, pause: str) -> None:
    django.setup()
    chance = random.Random(client)
    over = threading.Event()
    threading.Thread(target=until_input_ends, args=(over,), daemon=True).start()
    numbers = iter(range(1, sys.maxsize))
    while not over.is_set():
        told = put_together(plan, client, some_lines(chance), numbers)
        print(json.dumps(asdict(told)), flush=True)
        over.wait(float(pause) * chance.random())


def until_input_ends(over: threading.Event) -> None:
    sys.stdin.read()
    over.set()


def some_lines(chance: random.Random) -> list[str]:
    from tests.faults.rig import AT_A_SHELL, AT_THE_API

    return [*AT_A_SHELL, *([chance.choice(AT_THE_API)] if chance.random() < STRAYS else [])]


def put_together(plan: str, client: str, lines: Sequence[str], numbers: Iterator[int]) -> Any:
    """Add a mark to the note of each line, all or none. Whatever comes, never the same again."""
    from django.db import InterfaceError, OperationalError, connection

    from provisions.held import held
    from provisions.models import Resource, Via
    from provisions.record import Author, writing
    from tests.faults.clients import with_mark
    from tests.faults.histories import Told

    began = time.monotonic()
    marks = tuple(f"<{client}.{next(numbers)}>" for _ in lines)
    dropped: list[str] = []
    try:
        with writing(plan, by=Author(via=Via.SHELL, reason="The rig.")) as pen:
            read = held(pen.plan, Resource.PROVISION, keys=lines)
            contents = []
            for line, mark in zip(lines, marks, strict=True):
                note, gone = with_mark(read[line].content.note, mark)
                contents.append(replace(read[line].content, note=note))
                dropped += gone
            pen.put(contents, seen={line: read[line].version for line in lines})
        return Told(client, "ok", began, time.monotonic(), marks, pen.seq, tuple(dropped))
    except (OperationalError, InterfaceError):
        connection.close()
        time.sleep(0.1)
        return Told(client, "unknown", began, time.monotonic(), marks, None, tuple(dropped))


if __name__ == "__main__":
    main(*sys.argv[1:])
