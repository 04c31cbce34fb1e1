"""An import is on record whole or not at all, wherever it is cut off, and is taken up again."""

import time

import pytest
from django.contrib.auth.models import User

from provisions import intake
from provisions.importing import applying
from provisions.models import Change, Import, ImportState, Plan
from tests.importing import accord

WAIT_SECONDS = 60
# So many kinds are put on record one after the other.
KINDS = 15


@pytest.fixture
def waiting(transactional_db, monkeypatch):
    """An import that was previewed and is to be applied by a worker; committed, so that one sees it."""
    monkeypatch.setattr(intake, "AT_ONCE", 0)
    monkeypatch.setattr(intake, "ring_for_import", lambda pk: None)
    files = [(name.replace("/", "-"), text.encode()) for name, text in accord.FILES.items()]
    files.append(("rulings.yaml", RULING))
    row = intake.upload(files, reason="A leak", by=User.objects.create_user("ada"))
    intake.step(row.pk)
    row.refresh_from_db()
    intake.ask_to_apply(row, let_vanish=False)
    return row


RULING = b"""\
rulings:
  - {provision: forces, revision: draft-1, level: open, reason: So it reads., sources: [N1]}
"""


def state(row: Import) -> str:
    return Import.objects.get(pk=row.pk).state


class Killed(BaseException):
    """What nobody catches, as nobody catches SIGKILL."""


def test_cut_off_at_any_kind_nothing_is_written_and_the_next_try_writes_all(waiting, monkeypatch):
    monkeypatch.setattr(intake, "MOST_TRIES", KINDS + 1)
    for point in range(1, KINDS + 1):
        with monkeypatch.context() as patched:
            patched.setattr(applying, "_put", cut_off_at(point))
            with pytest.raises(Killed):
                intake.step(waiting.pk)
        assert not Plan.objects.exists()
        assert not Change.objects.exists()
        assert state(waiting) == ImportState.WAITING
    intake.step(waiting.pk)
    assert state(waiting) == ImportState.DONE
    seq = Import.objects.get(pk=waiting.pk).report["seq_after"]
    assert Change.objects.count() == Plan.objects.get().seq == seq


def cut_off_at(point: int):
    """Puts things on record as ever, until the kind of this number."""
    put, calls = applying._put, []

    def cut_off(contents, **context):
        calls.append(contents)
        if len(calls) == point:
            raise Killed
        put(contents, **context)

    return cut_off


def test_a_worker_killed_in_the_middle_loses_nothing(waiting, worker, beat):
    first = worker()
    intake.ring_for_import(waiting.pk)
    beat()
    time.sleep(0.5)
    first.kill()
    assert state(waiting) in (ImportState.WAITING, ImportState.DONE)
    worker()
    until = time.monotonic() + WAIT_SECONDS
    while state(waiting) != ImportState.DONE and time.monotonic() < until:
        time.sleep(0.1)
    assert state(waiting) == ImportState.DONE
    imported = Change.objects.filter(via="import")
    assert imported.count() == Import.objects.get(pk=waiting.pk).report["seq_after"]
