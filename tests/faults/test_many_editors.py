"""Many people edit the same lines at once, by pages, by htmx and by the API, while a plan file is imported.

Each edit adds a mark of its own to the note of a line, so that an edit that was accepted and then lost is seen.
`EDITORS=50 EDITS=200 pytest -s tests/faults/test_many_editors.py -o faulthandler_timeout=0` is the full run.
"""

from __future__ import annotations

import os
import random
import re
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import OperationalError, connection
from django.test import Client
from django.utils import timezone
from psycopg.errors import LockNotAvailable

from provisions.exporting import export, whole
from provisions.forms.desk import FORMS, Shelf, Thing, pairs
from provisions.held import held
from provisions.importing import Expected, MovedOn, apply, read_plan
from provisions.models import Change, ChangeKind, Plan, ProvisionVersion, Resource, Via
from provisions.record import Author, Pen
from tests import builders
from tests.builders import ACCORD
from tests.provisions.pages import fields
from tracker.models import ApiKey

EDITORS = int(os.environ.get("EDITORS", "8"))
EDITS = int(os.environ.get("EDITS", "12"))
LINES = 20
TRIES = 12

# A web process answers so many at a time, and each answer gives its connection back.
ANSWERING = threading.Semaphore(6)


@contextmanager
def answering() -> Iterator[None]:
    with ANSWERING:
        try:
            yield
        finally:
            connection.close()


@dataclass
class Told:
    """What the editors and the importer were told: every save that was accepted, every refusal with its explanation."""

    accepted: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    marks: dict[str, set[str]] = field(default_factory=dict)
    unexplained: list[str] = field(default_factory=list)
    imported: int = 0
    imports_refused: int = 0
    lock: Any = field(default_factory=threading.Lock)

    def accept(self, door: str, line: str, mark: str) -> None:
        with self.lock:
            self.accepted[door] += 1
            self.marks.setdefault(line, set()).add(mark)

    def refuse(self, door: str, *, explained: bool) -> None:
        with self.lock:
            self.refused[door] += 1
            if not explained:
                self.unexplained.append(door)


@pytest.fixture
def record(transactional_db: None) -> None:
    builders.plan(lines={f"line-{n}": f"Words of line {n}." for n in range(1, LINES + 1)})


def at(line: str) -> str:
    return f"/plans/{ACCORD}/edit/provision/{line}/"


class Editor:
    """One who reads a line, thinks, and saves it with a mark added; refused, they add it to what the others saved."""

    def __init__(self, number: int, told: Told) -> None:
        self.chance = random.Random(number)
        self.name = f"editor-{number}"
        self.user = User.objects.create_superuser(self.name)
        self.client = Client(raise_request_exception=False)
        self.client.force_login(self.user)
        self.key = {"Authorization": f"Bearer {ApiKey.make(self.user, name='the wire', scopes=['edit'])[1]}"}
        self.told = told

    def edit(self, number: int) -> None:
        line, mark = f"line-{self.chance.randint(1, LINES)}", f"<{self.name}.{number}>"
        door: Callable[[str, str], None] = self.chance.choice([self.by_page, self.by_htmx, self.by_api])
        door(line, mark)

    # ---- Doors ----

    def by_page(self, line: str, mark: str) -> None:
        self._through("page", line, mark, headers={})

    def by_htmx(self, line: str, mark: str) -> None:
        self._through("htmx", line, mark, headers={"HX-Request": "true"})

    def by_api(self, line: str, mark: str) -> None:
        address = f"/api/v1/plans/{ACCORD}/provisions/{line}"
        # An ETag is of the whole plan's record: here it is old soon. The version is of the line alone.
        by_tag = self.chance.random() < 0.1
        for _n in range(TRIES):
            with answering():
                found = self.client.get(address)
            self._think()
            told = found.json()
            sent = {"note": (told["note"] or "") + mark, "reason": "An edit of many."}
            held = {"If-Match": found["ETag"]} if by_tag else {}
            with answering():
                answer = self.client.patch(
                    address,
                    sent if by_tag else sent | {"version": told["version"]},
                    content_type="application/json",
                    headers=self.key | held,
                )
            if answer.status_code == 200:
                return self.told.accept("api", line, mark)
            said = answer.json()
            stale = said["code"] == ("precondition-failed" if by_tag else "edit-conflict") and "current" in said
            busy = said["code"] == "unavailable" and "Retry-After" in answer
            self.told.refuse("api", explained=stale or busy)
        return None

    def _through(self, door: str, line: str, mark: str, *, headers: dict[str, str]) -> None:
        with answering():
            sent = self._open(line)
        for _n in range(TRIES):
            sent["note"] = sent["note"] + mark
            self._think()
            with answering():
                answer = self.client.post(at(line), sent | {"reason": "An edit of many."}, headers=headers)
            if answer.status_code == 302 or answer.headers.get("HX-Redirect"):
                return self.told.accept(door, line, mark)
            said = answer.content.decode()
            if answer.status_code == 409:
                # What the others saved stands in the box; the mark is added to it.
                explained = "saved this while you were editing" in said and "yours-note" in said
                self.told.refuse(door, explained=explained)
                sent = fields(answer)
            elif answer.status_code == 503:
                self.told.refuse(door, explained="Many are saving to this plan at the moment" in said)
                sent["note"] = sent["note"].removesuffix(mark)
            else:
                return self.told.refuse(door, explained=False)
        return None

    def _open(self, line: str) -> dict[str, Any]:
        """The form as the page has it; mostly made without the page, which takes a tenth of the time."""
        if self.chance.random() < 0.1:
            return fields(self.client.get(at(line)))
        found = held(Plan.objects.get(slug=ACCORD), Resource.PROVISION, keys=[line])[line]
        form = FORMS[Resource.PROVISION](Shelf(ACCORD), Thing(line, found.content, found.version))
        sent: dict[str, Any] = {"version": str(found.version)}
        for name, raw in form.told(found.content).items():
            sent.update(pairs(form.fields[name], name, raw))
        return sent

    def _think(self) -> None:
        time.sleep(self.chance.random() * 0.02)


def keep_importing(folder: Path, told: Told, stopped: threading.Event) -> None:
    """Export the plan, change its title in the file, import it on the state that was exported; again and again."""
    by = Author(via=Via.IMPORT, reason="Import of many.")
    number = 0
    # Once more when all have finished: then nobody is in the way.
    last = False
    while not last:
        last = stopped.wait(0.3)
        number += 1
        with answering():
            found = whole(ACCORD)
        export(found, folder, today=timezone.now().date(), replace=True)
        head = folder / "plan.yaml"
        retold = re.sub(r"title: [^\n]*An accord[^\n]*", f"title: An accord {number}", head.read_text(), count=1)
        head.write_text(retold)
        try:
            with answering():
                file = read_plan(folder, today=timezone.now().date())
                outcome = apply(file, by=by, expected=Expected(found.seq))
        except (MovedOn, OperationalError) as error:
            told.imports_refused += 1
            if not isinstance(error, MovedOn) and not isinstance(error.__cause__, LockNotAvailable):
                told.unexplained.append("import")
        else:
            told.imported += outcome.seq_after - outcome.seq_before


def all_edit(folder: Path) -> Told:
    """Everybody edits at the same time, and somebody imports."""
    told = Told()
    editors = [Editor(number, told) for number in range(EDITORS)]
    stopped = threading.Event()

    def work(editor: Editor) -> None:
        for number in range(EDITS):
            editor.edit(number)

    importer = threading.Thread(target=keep_importing, args=(folder, told, stopped))
    threads = [threading.Thread(target=work, args=(editor,)) for editor in editors]
    for thread in (importer, *threads):
        thread.start()
    for thread in threads:
        thread.join()
    stopped.set()
    importer.join()
    return told


def nothing_is_lost(told: Told, *, began: int) -> None:
    """Accepted = versions = log entries, each accepted mark stands in its line, every refusal was explained."""
    plan = Plan.objects.get(slug=ACCORD)
    notes = {key: each.content.note for key, each in held(plan, Resource.PROVISION).items()}
    lost = {mark for line, marks in told.marks.items() for mark in marks if mark not in notes[line]}
    twice = [mark for line, marks in told.marks.items() for mark in marks if notes[line].count(mark) > 1]
    accepted = sum(told.accepted.values())
    entries = Change.objects.filter(plan=plan, resource=Resource.PROVISION, kind=ChangeKind.CHANGED).count()
    versions = ProvisionVersion.objects.filter(provision__plan=plan).count() - LINES
    print(
        f"\n{EDITORS} editors x {EDITS} edits: accepted {accepted} {dict(told.accepted)}, refused {dict(told.refused)},"
        f" lost {len(lost)}, versions {versions}, log entries {entries}, imported {told.imported},"
        f" imports refused {told.imports_refused}"
    )
    assert not lost, f"{len(lost)} accepted edits were lost"
    assert not twice
    assert accepted == versions == entries
    assert plan.seq == began + accepted + told.imported == Change.objects.filter(plan=plan).count()
    assert told.unexplained == []


def test_many_editors_and_an_import_lose_nothing(record, tmp_path):
    began = Plan.objects.get(slug=ACCORD).seq
    told = all_edit(tmp_path / "files")
    nothing_is_lost(told, began=began)
    assert sum(told.refused.values()) > 0, "nobody was in anybody's way, so nothing was proven"
    assert set(told.accepted) == {"page", "htmx", "api"}
    assert told.imported > 0


def test_without_the_comparison_of_versions_edits_are_lost(record, tmp_path, monkeypatch):
    """The same on a build whose writer does not compare: if this found nothing, the test above would prove nothing."""
    compares = Pen.put
    monkeypatch.setattr(Pen, "put", lambda self, contents, seen=None: compares(self, contents))
    began = Plan.objects.get(slug=ACCORD).seq
    told = all_edit(tmp_path / "files")
    with pytest.raises(AssertionError, match="accepted edits were lost"):
        nothing_is_lost(told, began=began)
