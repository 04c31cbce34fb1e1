"""The site while its parts are killed and its network misbehaves: nothing acknowledged is lost, nothing is done twice.

Two seeds of 30 seconds belong to every run. `FAULTS=1000 EDITS=200000 pytest -s tests/faults/test_rig.py -o
faulthandler_timeout=0` goes on until there were so many, says how far it is, and holds the site to its times;
`VALKEY_AWAY=600` leaves it without Valkey for so many seconds.
"""

import os
import random
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pytest

from tests.builders import ACCORD
from tests.faults.clients import CALM, HURRIED, STEADY, Clients
from tests.faults.histories import LOST, TWICE
from tests.faults.rig import PLAN, Faults, Rig
from tracker.embedded.processes import wait_until

SEEDS = (1, 2)
# They share the faults, and the edits among which those are spread; without a number each goes on for a while.
FAULTS = int(os.environ.get("FAULTS", "8" if "EDITS" in os.environ else "0")) // len(SEEDS)
EDITS = int(os.environ.get("EDITS", "0")) // len(SEEDS)
SECONDS, LEAST_FAULTS = 30, 4
TOLD_EVERY = 20
VALKEY_AWAY = int(os.environ.get("VALKEY_AWAY", "5"))
# On a machine that does other things as well nobody is held to seconds.
LENIENT = 1 if "FAULTS" in os.environ else 6
UNAVAILABLE_WITHIN, WELL_WITHIN, DRAINED_WITHIN = 6 * LENIENT, 10 * LENIENT, 60

BOARD_PAGE = f"/plans/{ACCORD}/"
DOORS = ("/readyz", BOARD_PAGE, f"{PLAN}/board", f"{PLAN}/changes")


@pytest.fixture(scope="module")
def rig(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    rig = Rig(tmp_path_factory.mktemp("rig"))
    yield rig
    rig.end()


def seconds_until(reached, *, within: float) -> float:
    began = time.monotonic()
    assert wait_until(reached, seconds=within)
    return time.monotonic() - began


@pytest.mark.parametrize("seed", SEEDS)
def test_no_fault_loses_what_was_acknowledged_or_does_it_twice(rig: Rig, seed: int):
    clients = Clients(rig, seed=seed, pace=HURRIED if EDITS else CALM)
    with clients.at_work():
        faults = go_on(rig, clients, Faults(rig, random.Random(seed)))
    drained = seconds_until(rig.drained, within=DRAINED_WITHIN)
    found = rig.complaints()
    lost, twice = (sum(each.startswith(word) for each in found) for word in (LOST, TWICE))
    reads = sum(not each.marks for each in clients.history)
    print(
        f"\nseed {seed}: {faults} faults; of the edits {told_of(clients)}; {lost} lost, {twice} applied twice; "
        f"{reads} reads; {len(found)} complaints in all; drained after {drained:.1f} s",
        flush=True,
    )
    assert found == []
    assert clients.surprises == []
    assert clients.acknowledged > faults
    assert reads > faults


def go_on(rig: Rig, clients: Clients, faults: Faults) -> int:
    """Break one thing after the other while they work, for as long as is asked for; how many."""
    began, done, within = time.monotonic(), 0, 60 + EDITS / max(FAULTS, 1)
    for fault in faults.in_turn():
        before = clients.one_by_one
        fault()
        assert wait_until(rig.well, seconds=60), (fault.__name__, rig.log_of("web"))
        done += 1
        # Somebody has to have worked since, so that the next fault has something to destroy.
        at_work = partial(clients.has_acknowledged, EDITS * done // FAULTS if FAULTS else 0, one_by_one=before + 5)
        assert wait_until(at_work, seconds=within), fault.__name__
        elapsed = time.monotonic() - began
        if done % TOLD_EVERY == 0:
            rate = clients.acknowledged / elapsed
            print(f"{done} faults; {told_of(clients)}; {rate:.1f}/s; {elapsed:.0f} s", flush=True)
        if is_enough(done, elapsed):
            break
    return done


def is_enough(faults: int, seconds: float) -> bool:
    return faults >= FAULTS if FAULTS else faults >= LEAST_FAULTS and seconds > SECONDS


def told_of(clients: Clients) -> str:
    """The edits by what was said of them; those that were acknowledged by who made them."""
    made: Counter[str] = Counter()
    for each in list(clients.history):
        if each.outcome == "ok":
            made[each.client.partition("-")[0]] += len(each.marks)
    by_whom = {"positions": made["adder"], "together at a shell": made["shell"]}
    by_whom["one by one at the API"] = clients.acknowledged - sum(by_whom.values())
    parts = ", ".join(f"{count} {whom}" for whom, count in by_whom.items())
    counts = clients.counts
    return f"{counts['ok']} acknowledged ({parts}), {counts['fail']} refused, {counts['unknown']} unknown"


def test_without_postgresql_readers_are_told_so_and_it_is_well_again_by_itself(rig: Rig):
    rig.postgres_down()
    try:
        with ThreadPoolExecutor(len(DOORS)) as pool:
            away = dict(pool.map(lambda door: (door, answered(rig, door)), DOORS))
        assert {status for status, _ in away.values()} == {503}, away
        assert max(seconds for _, seconds in away.values()) < UNAVAILABLE_WITHIN
        assert rig.status("/livez") == 200
    finally:
        rig.postgres_up()
    back = seconds_until(lambda: all(rig.status(door) == 200 for door in DOORS), within=WELL_WITHIN)
    slowest = max(seconds for _, seconds in away.values())
    print(f"\n503 at {len(DOORS)} doors after {slowest:.1f} s at most, all well again after {back:.1f} s")


def answered(rig: Rig, door: str) -> tuple[int, float]:
    """The status of an answer, and the seconds that it took."""
    began = time.monotonic()
    return rig.status(door), time.monotonic() - began


def test_without_valkey_no_edit_and_no_read_fails(rig: Rig):
    clients = Clients(rig, seed=3, pace=STEADY)
    doors = (BOARD_PAGE, f"{PLAN}/board", "/readyz")
    asked = 0
    rig.engines.valkey.kill()
    try:
        with clients.at_work():
            until = time.monotonic() + VALKEY_AWAY
            while time.monotonic() < until:
                assert [rig.status(door) for door in doors] == [200] * len(doors)
                asked += len(doors)
                time.sleep(0.5)
    finally:
        rig.engines.valkey.start()
    drained = seconds_until(rig.drained, within=DRAINED_WITHIN)
    reads = asked + sum(not each.marks for each in clients.history)
    print(
        f"\n{VALKEY_AWAY} s without Valkey: {told_of(clients)}; {reads} reads; {sum(clients.failed.values())} edits or "
        f"reads failed; drained after {drained:.1f} s"
    )
    assert clients.failed == {}
    assert clients.counts["unknown"] == 0
    assert clients.acknowledged > VALKEY_AWAY
    assert clients.surprises == rig.complaints() == []


def test_without_a_worker_there_is_only_lag_and_the_page_says_so(rig: Rig):
    assert wait_until(rig.drained, seconds=DRAINED_WITHIN)
    rig.down("worker")
    try:
        clients = Clients(rig, seed=4)
        clients.add("adder-4", 1)
        assert [each.outcome for each in clients.history] == ["ok"]
        assert b"Levels are being worked out again" in rig.ask("GET", BOARD_PAGE)[2]
    finally:
        rig.up("worker")
    assert wait_until(rig.drained, seconds=DRAINED_WITHIN)
    assert b"Levels are being worked out again" not in rig.ask("GET", BOARD_PAGE)[2]


@pytest.fixture
def small_disk(rig: Rig) -> Iterator[Path]:
    """A disk of one megabyte that holds the positions."""
    disk = rig.engines.postgres.home / "disk"
    disk.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", disk], capture_output=True, check=False)
    if mounted.returncode:
        pytest.skip("a small disk takes the right to mount one")
    account = rig.engines.postgres.account
    if account:
        os.chown(disk, account.uid, account.gid)
    try:
        rig.in_sql(f"CREATE TABLESPACE small LOCATION '{disk}'")
        rig.in_sql("ALTER TABLE provisions_position SET TABLESPACE small")
        yield disk
        rig.in_sql("ALTER TABLE provisions_position SET TABLESPACE pg_default")
        rig.in_sql("DROP TABLESPACE small")
    finally:
        subprocess.run(["umount", "--lazy", disk], check=True)


def fill(file: Path) -> None:
    """Take all the room that there is on its disk."""
    handle = os.open(file, os.O_WRONLY | os.O_CREAT)
    with pytest.raises(OSError, match="No space left"):
        fill_on(handle)
    os.close(handle)


def fill_on(handle: int) -> None:
    while True:
        os.write(handle, bytes(4096))


def test_a_full_disk_refuses_edits_as_a_whole_and_serves_readers(rig: Rig, small_disk: Path):
    clients = Clients(rig, seed=5)
    clients.over.set()
    filler = small_disk / "filler"
    fill(filler)
    before = rig.in_sql("SELECT count(*) FROM provisions_change WHERE resource = 'position'")
    # The page that was begun still takes a few.
    for number in range(1, 60):
        clients.add("adder-5", number)
        if clients.history[-1].outcome != "ok":
            break
    else:
        pytest.fail("the disk was never full")
    assert rig.status(f"{PLAN}/board") == rig.status(BOARD_PAGE) == 200
    clients.edit("editor-5", 1)
    assert [each.outcome for each in clients.history[-1:]] == ["ok"], "what needs no new page is saved still"
    filler.unlink()
    clients.add("adder-5", 60)
    assert [each.outcome for each in clients.history[-1:]] == ["ok"]
    after = rig.in_sql("SELECT count(*) FROM provisions_change WHERE resource = 'position'")
    added = [each for each in clients.history if each.outcome == "ok" and each.client == "adder-5"]
    assert after[0][0] - before[0][0] == len(added)
    assert rig.complaints() == []
