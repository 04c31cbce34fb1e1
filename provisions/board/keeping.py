"""Keeps the latest reading of each plan, and brings it up to date by what is new instead of reading all again."""

from __future__ import annotations

from datetime import date, datetime
from functools import lru_cache
from typing import NamedTuple

from django.utils import timezone

from provisions.assessing import one_moment
from provisions.models import Plan
from provisions.replica import read_connection

from .news import NEWS, News
from .reading import BoardReading
from .shape import Board
from .state import State, plan_state

PLANS = 16
# No change has this id.
NOTHING = 0


class _Kept(NamedTuple):
    head: int | None
    reading: BoardReading
    board: Board


_kept: dict[str, _Kept] = {}


def board(
    plan: str, *, as_of: date | None = None, known_at: datetime | None = None, revision: str | None = None
) -> Board:
    """Where every line of a plan stands; at a past day, as it was known at a moment, or on another revision.

    Raises Plan.DoesNotExist, PlanVersion.DoesNotExist. Costs the same number of queries however many lines there are,
    and a single one while nothing has changed since the last reading, or only what was said and levels.
    """
    with one_moment():
        return board_of_the_moment(plan, as_of=as_of, known_at=known_at, revision=revision)


def board_of_the_moment(
    plan: str, *, as_of: date | None = None, known_at: datetime | None = None, revision: str | None = None
) -> Board:
    """The same, for who has opened a moment of the record already and reads on in it."""
    if as_of is None and known_at is None and revision is None:
        return _standing(plan)
    return _replayed(plan_state(plan), as_of, known_at, revision, timezone.now().date())


def known_change(plan: str) -> int | None:
    """The id of the change up to which a plan was read last, by which to ask for news."""
    kept = _kept.get(plan)
    return kept.head if kept else None


def board_with(news: News) -> Board | None:
    """The board as it stands after some news; None where it has to be read anew."""
    plan = news.state.plan
    kept = _kept.get(plan)
    if kept is None or (kept.reading.state.pk, kept.reading.state.epoch) != (news.state.pk, news.state.epoch):
        return None
    if (kept.head, kept.reading.state) == (news.head, news.state):
        return kept.board
    reading = kept.reading.with_news(news)
    return None if reading is None else _keep(plan, news, reading)


def forget() -> None:
    """Let go of all that is kept, as a process that begins."""
    _kept.clear()
    _replayed.cache_clear()


def _standing(plan: str) -> Board:
    with read_connection().cursor() as cursor:
        cursor.execute(NEWS, {"plan": plan, "since": known_change(plan) or NOTHING})
        found = cursor.fetchone()
    if found is None:
        raise Plan.DoesNotExist(plan)
    news = News.of(found[0])
    return board_with(news) or _keep(plan, news, BoardReading(news.state))


def _keep(plan: str, news: News, reading: BoardReading) -> Board:
    made = reading.board()
    # One step each: two who read at once keep one after the other, and both are right.
    _kept[plan] = _Kept(news.head, reading, made)
    # A copy of the names: another thread may keep a plan of its own meanwhile.
    for oldest in list(_kept)[: max(len(_kept) - PLANS, 0)]:
        _kept.pop(oldest, None)
    return made


@lru_cache(maxsize=16)
def _replayed(state: State, as_of: date | None, known_at: datetime | None, revision: str | None, _today: date) -> Board:
    """Kept under the state that it was read in: as long as that is the same, so is the board. Nobody writes in it."""
    return BoardReading(state, as_of, known_at, revision).board()
