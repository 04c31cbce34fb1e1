"""The feed while many write, roll back and are killed: nothing missed, nothing twice, no gap.

The same check finds what is lost by a reader who goes by the key that the database counts up.
`FEED_SECONDS=60` writes for longer.
"""

from __future__ import annotations

import os
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import psycopg
import pytest
from django.db import DatabaseError, InterfaceError, connection, transaction

from provisions.agreement.words import Authority, Stance
from provisions.contents import EvidenceContent, PositionContent, When
from provisions.models import Change, Plan
from provisions.record import writing
from tests.api.conftest import Reader
from tests.builders import ARDEN, FIRST_DAY, TESTER, plan

SECONDS = float(os.environ.get("FEED_SECONDS", "4"))
PLANS = tuple(f"plan-{n}" for n in range(1, 9))
WRITERS = 16
# Between what is written and its commit, so that commits overtake each other.
PAUSE_SECONDS = 0.06

Told = tuple[str, int]


@dataclass
class Story:
    """What writers did, and what each kind of reader was told meanwhile."""

    over: threading.Event = field(default_factory=threading.Event)
    nobody_writes: threading.Event = field(default_factory=threading.Event)
    kept: int = 0
    rolled_back: int = 0
    killed: int = 0


def a_position(key: str) -> PositionContent:
    return PositionContent(
        key=key,
        party=ARDEN,
        asserted_by=ARDEN,
        revision="draft-1",
        provision="ceasefire",
        stance=Stance.ACCEPT,
        authority=Authority.AUTHORITATIVE,
        stated_on=When(FIRST_DAY),
        speaker="A spokesperson",
        summary="Arden accepts.",
        evidence=(EvidenceContent(source="S1", grade="A1"),),
    )


def write(story: Story, number: int) -> None:
    chance = random.Random(number)
    count = 0
    while not story.over.is_set():
        count += 1
        slug = PLANS[chance.randrange(len(PLANS))]
        try:
            with transaction.atomic():
                with writing(slug, by=TESTER) as pen:
                    several = range(chance.randint(1, 3))
                    pen.put([a_position(f"w{number}-{count}-{n}") for n in several])
                time.sleep(PAUSE_SECONDS * chance.random())
                if changed_its_mind := chance.random() < 0.2:
                    transaction.set_rollback(True)
            story.rolled_back += changed_its_mind
            story.kept += not changed_its_mind
        except (DatabaseError, InterfaceError):
            # Killed, or its lock was waited for too long.
            pass
        finally:
            give_back()


def kill(story: Story) -> None:
    """Cut off a writer now and then, wherever it is. Stands outside the pool, which the others keep empty."""
    told = connection.get_connection_params()
    with psycopg.connect(**{name: told[name] for name in ("host", "port", "user", "password", "dbname")}) as killer:
        while not story.over.wait(SECONDS / 12):
            story.killed += killer.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
                " AND state = 'idle in transaction' AND pid <> pg_backend_pid() ORDER BY random() LIMIT 1"
            ).rowcount
            killer.commit()


def give_back() -> None:
    """What Django does after each request, and a thread of a test must do itself: the pool has fewer than we are."""
    connection.close()


def by_the_feed_of(slug: str) -> Callable[[Reader], Iterable[Told]]:
    """A reader of one plan's feed: each call tells what is new since the last one."""
    cursor = ""

    def told(reader: Reader) -> Iterable[Told]:
        nonlocal cursor
        page = ask(reader, f"/api/v1/plans/{slug}/changes?limit=40" + (f"&since={cursor}" if cursor else ""))
        cursor = page["next"]
        return [(slug, entry["seq"]) for entry in page["results"]]

    return told


def by_the_feed_of_all() -> Callable[[Reader], Iterable[Told]]:
    cursor = ""

    def told(reader: Reader) -> Iterable[Told]:
        nonlocal cursor
        page = ask(reader, "/api/v1/changes?limit=200" + (f"&since={cursor}" if cursor else ""))
        cursor = page["next"]
        return [(entry["plan"], entry["seq"]) for entry in page["results"]]

    return told


def by_the_key_that_counts_up() -> Callable[[Reader], Iterable[Told]]:
    """What anybody would write first, and what loses changes."""
    last = 0

    def told(reader: Reader) -> Iterable[Told]:
        nonlocal last
        rows = list(Change.objects.filter(pk__gt=last).order_by("pk").values_list("pk", "plan__slug", "seq")[:200])
        last = rows[-1][0] if rows else last
        return [(slug, seq) for _, slug, seq in rows]

    return told


def ask(reader: Reader, path: str) -> Any:
    """Its answer; asked again where the reader itself was cut off."""
    while True:
        answer = reader.get(path)
        if answer.status_code == 200:
            return answer.json()
        assert answer.status_code == 503, answer.content
        give_back()


def follow(story: Story, told: Callable[[Reader], Iterable[Told]]) -> list[Told]:
    """All that a reader is told until writers are done, and then until there is nothing more."""
    reader, found = Reader(), []
    while True:
        over = story.nobody_writes.is_set()
        try:
            news = list(told(reader))
        except (DatabaseError, InterfaceError):
            continue
        finally:
            give_back()
        found += news
        if over and not news:
            return found


NOTHING = {"missed": 0, "repeated": 0, "out of order": 0, "never written": 0}


def verdict(found: list[Told], truth: set[Told]) -> dict[str, int]:
    """What a reader missed, was told twice, or was told out of order."""
    counts = Counter(found)
    order = {slug: [seq for plan, seq in found if plan == slug] for slug in PLANS}
    return {
        "missed": len(truth - set(found)),
        "repeated": sum(times - 1 for times in counts.values()),
        "out of order": sum(later < earlier for seqs in order.values() for earlier, later in pairwise(seqs)),
        "never written": len(set(found) - truth),
    }


@pytest.mark.django_db(transaction=True)
def test_sixteen_writers_rollbacks_and_kills_hide_no_change_from_the_feed():
    for slug in PLANS:
        plan(slug, lines={"ceasefire": "All fire ceases at noon."})
    story = Story()

    readers = {
        **{f"feed of {slug}": by_the_feed_of(slug) for slug in PLANS},
        "feed of all": by_the_feed_of_all(),
    }
    with ThreadPoolExecutor(max_workers=WRITERS + len(readers) + 1) as pool:
        try:
            writers = [pool.submit(write, story, number) for number in range(WRITERS)]
            killer = pool.submit(kill, story)
            following = {name: pool.submit(follow, story, told) for name, told in readers.items()}
            time.sleep(SECONDS)
            story.over.set()
            for writer in [*writers, killer]:
                writer.result(timeout=600)
        finally:
            # Whatever failed, nobody goes on: leaving the pool waits for all of them.
            story.over.set()
            story.nobody_writes.set()
        told = {name: each.result(timeout=600) for name, each in following.items()}

    truth = set(Change.objects.values_list("plan__slug", "seq"))
    assert story.kept > WRITERS
    assert story.rolled_back > 0
    assert story.killed > 0
    heads = dict(Plan.objects.values_list("slug", "seq"))
    assert truth == {(slug, seq) for slug, head in heads.items() for seq in range(1, head + 1)}
    for slug in PLANS:
        assert verdict(told[f"feed of {slug}"], {each for each in truth if each[0] == slug}) == NOTHING
    assert verdict(told["feed of all"], truth) == NOTHING


@pytest.mark.django_db(transaction=True)
def test_the_same_check_finds_what_is_lost_by_a_reader_who_goes_by_the_key_that_counts_up():
    """A change is numbered by the database when it is written, and seen when it is committed: others overtake it."""
    for slug in PLANS[:2]:
        plan(slug, lines={"ceasefire": "All fire ceases at noon."})
    written, overtaken = threading.Event(), threading.Event()

    def slowly() -> None:
        try:
            with transaction.atomic():
                with writing(PLANS[0], by=TESTER) as pen:
                    pen.put([a_position("slow")])
                written.set()
                assert overtaken.wait(60)
        finally:
            give_back()

    reader = Reader()
    readers = {"key": by_the_key_that_counts_up(), "feed": by_the_feed_of_all()}
    found: dict[str, list[Told]] = {name: [] for name in readers}

    def read() -> None:
        for name, told in readers.items():
            while news := list(told(reader)):
                found[name] += news

    with ThreadPoolExecutor(max_workers=1) as pool:
        slow = pool.submit(slowly)
        assert written.wait(60)
        with writing(PLANS[1], by=TESTER) as pen:
            pen.put([a_position("quick")])
        read()
        overtaken.set()
        slow.result(timeout=60)
    read()
    truth = set(Change.objects.values_list("plan__slug", "seq"))
    assert verdict(found["feed"], truth) == NOTHING
    assert verdict(found["key"], truth) == NOTHING | {"missed": 1}
