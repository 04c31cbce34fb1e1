"""Who works while things go wrong: editors at the API and at a shell, and readers. Each notes what it was told."""

from __future__ import annotations

import contextlib
import http.client
import json
import random
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from tests.builders import ACCORD
from tests.faults.histories import Told
from tests.faults.rig import AT_THE_API, LINE, LINES, MARK, PATIENCE, PLAN, ROOT, Rig

# So many marks a note holds; whoever adds one drops the oldest.
KEPT = 12
# An editor has lines of its own, and as often as this one of all of them: conflicts are wanted.
STRAYS = 0.15


class Pace(NamedTuple):
    """Seconds between two deeds, at the most."""

    adding: float
    editing: float
    reading: float
    together: float


STEADY = Pace(adding=10.0, editing=2.0, reading=1.0, together=5.0)
CALM = Pace(adding=0.3, editing=0.05, reading=0.05, together=1.0)
# For as many edits as there can be: what they all wait for is to be spent on them.
HURRIED = Pace(adding=15.0, editing=0.0, reading=1.0, together=0.3)


def with_mark(note: str, mark: str) -> tuple[str, tuple[str, ...]]:
    """A note with one more mark, and the marks that had to go for it."""
    there = MARK.findall(note)
    dropped = tuple(there[: max(0, len(there) + 1 - KEPT)])
    for old in dropped:
        note = note.replace(old, "", 1)
    return note + mark, dropped


class Clients:
    """Editors who add positions and edit lines, and readers who poll."""

    def __init__(self, rig: Rig, *, seed: int, pace: Pace = CALM) -> None:
        self.rig = rig
        self.seed = seed
        self.pace = pace
        self.history: list[Told] = []
        self.counts: Counter[str] = Counter()
        """The edits by their outcome."""
        self.one_by_one = 0
        """Those that were acknowledged by themselves."""
        self.failed: Counter[str] = Counter()
        """The requests by method to which no answer came, or none but that it could not be done."""
        self.surprises: list[str] = []
        self.over = threading.Event()
        self._lock = threading.Lock()
        self._here = threading.local()
        self._read: dict[tuple[str, str], tuple[int, str]] = {}
        """The version of a line and its note, as an editor read them last."""
        self._tags: dict[str, tuple[str, int]] = {}
        self._cursors: dict[str, tuple[str, int]] = {}
        self._chances: dict[str, random.Random] = {}
        rig.histories.append(self.history)

    @property
    def acknowledged(self) -> int:
        return self.counts["ok"]

    def has_acknowledged(self, count: int, *, one_by_one: int) -> bool:
        """Whether so many edits were acknowledged, and so many of them by themselves."""
        return self.acknowledged >= count and self.one_by_one >= one_by_one

    def note(self, client: str, outcome: Any, began: float, **what: Any) -> None:
        self.keep(Told(client, outcome, began, time.monotonic(), **what))

    def keep(self, told: Told) -> None:
        with self._lock:
            self.history.append(told)
            self.counts[told.outcome] += len(told.marks)
            self.one_by_one += told.outcome == "ok" and len(told.marks) == 1

    # ---- What they do ----

    def add(self, client: str, number: int) -> None:
        """Add a position under an Idempotency-Key, and send the same again until there is an answer."""
        mark, began = f"<{client}.{number}>", time.monotonic()
        body = {
            "party": "arden", "revision": "draft-1", "provision": LINE, "stance": "accept", "authority": 4,
            "stated_on": "2026-01-10", "speaker": "A spokesperson", "summary": f"Arden accepts. {mark}",
            "evidence": [{"source": "S1", "grade": "A1"}], "reason": "The rig.",
        }  # fmt: skip
        for _try in range(30):
            status, told = self._sent(
                "POST", f"{PLAN}/positions", body, Idempotency_Key=f"{self.seed}-{client}-{number}"
            )
            if status == 201:
                return self.note(client, "ok", began, marks=(mark,), seq=told["seq"])
            if status not in {0, 409, 500, 503}:
                self.surprises.append(f"{mark}: {status} {told}")
                return self.note(client, "fail", began, marks=(mark,))
            if self.over.wait(0.2):
                break
        return self.note(client, "unknown", began, marks=(mark,))

    def edit(self, client: str, number: int, lines: Sequence[str] = LINES) -> None:
        """Add a mark to the note of a line, at the version that was read; whatever comes, never the same again."""
        chance = self._chances.setdefault(client, random.Random(f"{self.seed}-{client}"))
        line = chance.choice(LINES if chance.random() < STRAYS else lines)
        read = self._read.pop((client, line), None) or self._line(line)
        if read is None:
            return
        version, note = read
        mark, began = f"<{client}.{number}>", time.monotonic()
        note, dropped = with_mark(note, mark)
        body = {"note": note, "version": version, "reason": "The rig."}
        status, told = self._sent("PATCH", f"{PLAN}/provisions/{line}", body)
        match status:
            case 200:
                self._read[client, line] = told["version"], told["note"]
                self.note(client, "ok", began, marks=(mark,), seq=told["seq"], dropped=dropped)
            case 409 | 412:
                self.note(client, "fail", began, marks=(mark,))
            case 0 | 500 | 503:
                self.note(client, "unknown", began, marks=(mark,), dropped=dropped)
            case _:
                self.surprises.append(f"{mark}: {status} {told}")

    def _line(self, line: str) -> tuple[int, str] | None:
        status, told = self._sent("GET", f"{PLAN}/provisions/{line}", None)
        return (told["version"], told["note"] or "") if status == 200 else None

    def poll(self, client: str, number: int) -> None:
        """The board if it has changed."""
        held = self._tags.get(client)
        began = time.monotonic()
        try:
            status, told, body = self._ask("GET", f"{PLAN}/board", **({"If_None_Match": held[0]} if held else {}))
        except (OSError, http.client.HTTPException):
            return
        if status == 304 and held:
            self.note(client, "ok", began, seq=held[1])
        elif status == 200:
            seq = json.loads(body)["seq"]
            self._tags[client] = (told["etag"], seq)
            self.note(client, "ok", began, seq=seq)
        elif status not in {500, 503}:
            self.surprises.append(f"{client}: {status}")

    def follow(self, client: str, number: int) -> None:
        """The feed from where this client is, to its end."""
        more = True
        while more and not self.over.is_set():
            more = self._follow(client)

    def _follow(self, client: str) -> bool:
        cursor, last = self._cursors.get(client, ("", 0))
        began = time.monotonic()
        status, told = self._sent("GET", f"{PLAN}/changes?limit=100{f'&since={cursor}' if cursor else ''}", None)
        if status != 200:
            return False
        numbers = [each["seq"] for each in told["results"]]
        if numbers != list(range(last + 1, last + 1 + len(numbers))):
            self.surprises.append(f"{client} got {numbers} after {last}")
        last = numbers[-1] if numbers else last
        self._cursors[client] = (told["next"], last)
        if not told["has_more"]:
            self.note(client, "ok", began, seq=last)
        return bool(told["has_more"])

    def _sent(self, method: str, path: str, body: Any, **headers: str) -> tuple[int, Any]:
        try:
            status, _, text = self._ask(method, path, body, **headers)
            return status, json.loads(text)
        except (OSError, http.client.HTTPException, ValueError):
            return 0, None

    def _ask(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, dict[str, str], bytes]:
        """One request on the connection that this thread keeps; on a new one where the last brought no answer."""
        if not hasattr(self._here, "connection"):
            self._here.connection = self.rig.connection()
        try:
            answer = self.rig.ask_on(self._here.connection, method, path, body, **headers)
        except BaseException:
            self._here.connection.close()
            self.failed[method] += 1
            raise
        if answer[0] >= 500:
            self.failed[method] += 1
        return answer

    # ---- All of them at once ----

    @contextlib.contextmanager
    def at_work(self) -> Iterator[None]:
        threads = [threading.Thread(target=self._go_on, args=each) for each in self._deeds()]
        threads.append(threading.Thread(target=self._at_a_shell, args=(f"shell-{self.seed}",)))
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self.over.set()
            for thread in threads:
                thread.join(PATIENCE * 3)

    def _deeds(self) -> Iterator[tuple[str, Callable[[str, int], None], float]]:
        yield f"adder-{self.seed}", self.add, self.pace.adding
        for number, name in enumerate(("editor", "writer", "author", "rival")):
            yield f"{name}-{self.seed}", self._editing(AT_THE_API[number::4]), self.pace.editing
        yield f"reader-{self.seed}", self.poll, self.pace.reading
        yield f"mirror-{self.seed}", self.follow, self.pace.reading

    def _editing(self, lines: Sequence[str]) -> Callable[[str, int], None]:
        return lambda client, number: self.edit(client, number, lines)

    def _go_on(self, client: str, deed: Callable[[str, int], None], pause: float) -> None:
        chance = random.Random(f"{self.seed}-{client}-pauses")
        number = 0
        while not self.over.is_set():
            number += 1
            deed(client, number)
            self.over.wait(pause * chance.random())

    def _at_a_shell(self, client: str) -> None:
        """Keep what an editor at a shell says that it was told."""
        command = [sys.executable, "-m", "tests.faults.shell", ACCORD, client, str(self.pace.together)]
        pipe = subprocess.PIPE
        with (
            (self.rig.folder / f"{client}.log").open("wb") as log,
            subprocess.Popen(
                command, cwd=ROOT, env=self.rig.environment, stdin=pipe, stdout=pipe, stderr=log, text=True
            ) as process,
        ):
            threading.Thread(target=self._ends_with_us, args=(process,), daemon=True).start()
            for line in process.stdout or ():
                told = json.loads(line)
                self.keep(Told(**told | {name: tuple(told[name]) for name in ("marks", "dropped")}))
        if process.returncode:
            self.surprises.append(f"{client}: {self.rig.log_of(client)}")

    def _ends_with_us(self, process: subprocess.Popen[str]) -> None:
        self.over.wait()
        if process.stdin:
            process.stdin.close()
