"""A board that is brought up to date by what is new is, to the byte, the board that a new process would make."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from provisions.agreement.words import Authority, Stance
from provisions.api import Asked, read
from provisions.api.board import BOARD
from provisions.api.summary import SUMMARY
from provisions.assessing import recompute
from provisions.board import board, keeping
from provisions.board.reading import BoardReading
from provisions.contents import SourceContent
from provisions.models import Change, Plan, Position, Resource
from provisions.record import retract_position, revert, writing
from provisions.record.undo import why_not
from tests.api.test_conditional import (
    a_party_by_another_name,
    a_restore,
    a_ruling,
    another_category_title,
    another_title,
    changed,
)
from tests.builders import ACCORD, ARDEN, BREVIA, CALDOR, PARTIES, TESTER, plan, revision, says
from tracker.api.forms import as_json

FIRST = date(2026, 1, 20)
LINES = {f"line-{n}": f"Words of line {n}." for n in range(1, 6)}


@pytest.fixture
def story(db) -> Plan:
    """Two texts: in the second one, the first line is gone and the fourth one came from the third."""
    made = plan(lines=LINES)
    says(ARDEN, Stance.REJECT, "line-1")
    says(BREVIA, Stance.RESERVE, None)
    words = {name: text for name, text in LINES.items() if name != "line-1"} | {"line-2": "Other words of line 2."}
    revision("draft-2", words=words, derives_from="draft-1", dated=date(2026, 1, 9))
    recompute(made.pk, today=FIRST)
    return made


@contextmanager
def process(kept: dict[str, Any]) -> Iterator[None]:
    """What is kept inside is what this process kept, and not another one."""
    others = dict(keeping._kept)
    keeping.forget()
    keeping._kept.update(kept)
    try:
        yield
    finally:
        kept.clear()
        kept.update(keeping._kept)
        keeping.forget()
        keeping._kept.update(others)


def asking(endpoint: Any, **given: str) -> Asked:
    values = read(endpoint.parameters, {name: [value] for name, value in given.items()})
    return Asked(names={"plan": ACCORD}, given={}, values=values, root="http://localhost/api/v1/", here="")


QUESTIONS = (
    (BOARD, asking(BOARD)),
    (BOARD, asking(BOARD, fields="provision,level,updated")),
    (BOARD, asking(BOARD, party=ARDEN, stance="accept")),
    (SUMMARY, asking(SUMMARY)),
)


def answers() -> list[bytes]:
    """What is told by this process."""
    return [as_json(endpoint.answer(asked), endpoint.shape) for endpoint, asked in QUESTIONS]


def answers_by_news() -> list[bytes | None]:
    """What is told in front of Django, with nothing asked but for news; None where that is not enough."""
    return [by_news(endpoint, asked) for endpoint, asked in QUESTIONS]


def by_news(endpoint: Any, asked: Asked) -> bytes | None:
    if (since := endpoint.update.since(asked)) is None:
        return None
    with CaptureQueriesContext(connection) as queries:
        with connection.cursor() as cursor:
            cursor.execute(endpoint.update.sql, {"plan": ACCORD, "since": since})
            (told,) = cursor.fetchone()
        if (found := endpoint.update.answer(asked, told)) is None:
            return None
    assert len(queries) == 1
    head, body = found
    assert head == endpoint.rests_on.read(asked)
    return as_json(body, endpoint.shape)


# ---- What can happen ----


def a_position(chance: random.Random) -> None:
    party = chance.choice(PARTIES)
    claimed = chance.random() < 0.2
    in_force = chance.choice(["draft-1", "draft-2"])
    line = chance.choice([None, *LINES]) if in_force == "draft-1" else chance.choice([None, *list(LINES)[1:]])
    says(
        party,
        chance.choice([Stance.ACCEPT, Stance.REJECT, Stance.RESERVE]),
        line,
        on=FIRST - timedelta(days=chance.randrange(300)),
        revision=in_force,
        asserted_by=chance.choice([other for other in PARTIES if other != party]) if claimed else None,
        authority=Authority.ATTRIBUTED if claimed else chance.choice([2, 3, 4]),
    )


def a_retraction(chance: random.Random) -> None:
    if keys := sorted(Position.objects.filter(retraction=None).values_list("key", flat=True)):
        retract_position(ACCORD, chance.choice(keys), by=TESTER)


def an_undo(chance: random.Random) -> None:
    if found := [each for each in Change.objects.filter(plan__slug=ACCORD, resource="position") if not why_not(each)]:
        revert(ACCORD, chance.choice(found).seq, by=TESTER)


def levels(chance: random.Random) -> None:
    now = Plan.objects.get(slug=ACCORD)
    recompute(now.pk, today=now.assessed_on)


def a_later_day(chance: random.Random) -> None:
    now = Plan.objects.get(slug=ACCORD)
    recompute(now.pk, today=(now.assessed_on or FIRST) + timedelta(days=chance.choice([1, 40, 200])))


def a_source(chance: random.Random) -> None:
    with writing(ACCORD, by=TESTER) as pen:
        pen.put([SourceContent(slug=f"S{pen.seq}", title="The Evening Record", kind="news")])


def an_import(chance: random.Random) -> None:
    """More changes at once than can be told as news."""
    with writing(ACCORD, by=TESTER) as pen:
        pen.put([SourceContent(slug=f"S{pen.seq}-{n}", title="Many records", kind="news") for n in range(120)])
    a_position(chance)


def a_text(chance: random.Random) -> None:
    number = Change.objects.count()
    revision(f"draft-{number}", words={"line-2": f"Words {number}.", "line-5": "Five."}, derives_from="draft-2")


def a_line_by_another_title() -> None:
    changed(Resource.PROVISION, "line-2", title="Another title")


def other_words() -> None:
    changed(Resource.WORDING, "draft-2/line-2", gist="In a few words.")


OFTEN = (a_position, a_position, a_position, a_retraction, an_undo, levels, levels, a_later_day, a_source)
SELDOM = (an_import, a_text)


@pytest.mark.parametrize("seed", range(3))
def test_after_any_sequence_of_changes_what_is_known_and_new_tells_the_same_as_the_record(story, seed):
    """In a process that asks after each change, and in one that asks now and then."""
    chance = random.Random(seed)
    eager: dict[str, Any] = {}
    lazy: dict[str, Any] = {}
    with process(eager):
        answers()
    shortened = 0
    for n in range(18):
        chance.choice(SELDOM if n % 9 == 8 else OFTEN)(chance)
        with process({}):
            truth = answers()
        with process(eager):
            told = answers_by_news()
            shortened += told == truth
            assert told in ([None] * len(truth), truth), n
            assert answers() == truth, n
        if chance.random() < 0.3:
            with process(lazy):
                assert answers() == truth, n
    assert shortened >= 8


@pytest.mark.parametrize(
    "write",
    [a_party_by_another_name, a_restore, a_line_by_another_title, other_words, another_title, another_category_title],
    ids=lambda write: write.__name__,
)
def test_what_news_by_lines_cannot_tell_is_read_anew(story, write):
    answers()
    write()
    assert answers_by_news() == [None] * len(QUESTIONS)
    told = answers()
    with process({}):
        assert told == answers()


def test_a_ruling_is_told(accord):
    recompute(accord.pk, today=FIRST)
    before = answers()
    a_ruling()
    told = answers()
    assert told[0] != before[0]
    with process({}):
        assert told == answers()


def test_a_change_that_was_taken_back_with_its_transaction_is_not_told(story):
    """Another change gets the same number, and the board that was read meanwhile is not gone on from."""
    answers()
    with transaction.atomic():
        says(CALDOR, Stance.REJECT, "line-1", on=FIRST)
        answers()
        transaction.set_rollback(True)
    a_source(random.Random(0))
    told = answers()
    with process({}):
        assert told == answers()


def test_rows_that_say_what_they_said_are_not_made_again(story, monkeypatch):
    before = {row.slug: row for row in board(ACCORD).rows}
    says(ARDEN, Stance.ACCEPT, "line-3", on=date(2026, 1, 19))
    levels(random.Random(0))
    made = []
    row = BoardReading.row
    monkeypatch.setattr(BoardReading, "row", lambda self, line: made.append(line.provision.slug) or row(self, line))
    after = {row.slug: row for row in board(ACCORD).rows}
    assert made == ["line-3"]
    assert [slug for slug, row in after.items() if row is not before[slug]] == ["line-3"]
