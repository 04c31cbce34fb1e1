"""The board: where every line of a plan stands. The dashboards' main poll."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, cast

from provisions import board
from provisions.agreement.words import Alarm, Gone, Level, ReadingClass, Stance
from provisions.codebook import VOCABULARIES

from .asking import Asked, Choice, Name, Words
from .board_shape import BoardShape, CategoryShape, CellShape, Counts, RefusalShape, RowShape, RulingShape, Vector
from .endpoint import Endpoint, Update, the_levels
from .entries import must_be_among, the_plan
from .replay import REPLAY, replayed_day
from .shape import Results, party_ref, revision_ref

# What narrows the rows; most who poll take them all.
FILTERS = ("category", "level", "stance", "flag")
LEVELS = tuple(map(str, Level))
FLAGS = tuple(str(each.value) for each in VOCABULARIES["flag"])


def _board(asked: Asked) -> Mapping[str, Any]:
    return _told(board_of(asked), asked)


def _told(found: board.Board, asked: Asked) -> Mapping[str, Any]:
    shown = _shown_parties(found, asked)
    answer: BoardShape = {
        "plan": found.plan,
        "title": found.title,
        "seq": found.seq,
        "assessed_seq": found.assessed_seq,
        "assessed_on": found.assessed_on,
        "as_of": found.as_of,
        "known_at": found.known_at,
        "revision": revision_ref(found.current) if found.current else None,
        "first": revision_ref(found.first) if found.first else None,
        "phase": found.phase,
        "provisional": found.provisional,
        "level": found.level,
        "vector": vector(found.vector),
        "closed": closed(found.closed)[0],
        "operative": closed(found.closed)[1],
        "keystone": found.keystone,
        "packages": [list(package) for package in found.packages],
        "refused_by": [_refusal(each) for each in found.refusals],
        "parties": [party_ref(head) for head in found.parties],
        "categories": [_category(each) for each in found.categories],
        "results": cast("list[RowShape]", _results(found, shown, asked)),
    }
    return answer


def _results(found: board.Board, shown: list[str], asked: Asked) -> Results:
    # Whole rows are the same for all who ask; parts of them are asked for in too many ways to keep them all.
    is_whole = not asked["party"] and not asked.values.get("fields")
    return Results(
        _rows(found, shown, asked),
        tell=lambda row: _narrowed(_row(row, found, shown), asked),
        kept=partial(_written, provisional=found.provisional) if is_whole else None,
    )


def _written(row: board.Row, *, provisional: bool) -> tuple[dict[Any, bytes], Any]:
    return row.written, ("api", provisional)


def board_of(asked: Asked) -> board.Board:
    """The board that is asked for, replayed or as it stands. Raises NotOnRecord, BadValue."""
    plan = the_plan(asked)
    return board.board(
        plan.slug, as_of=replayed_day(plan, asked), known_at=asked["known_at"], revision=asked["revision"]
    )


def known_change(asked: Asked) -> int | None:
    """The change up to which this process knows the board that is asked for; None for a replay or an unknown one."""
    is_replay = any(asked[parameter.name] is not None for parameter in REPLAY)
    return None if is_replay else board.known_change(asked.names["plan"])


def updated(tell: Callable[[board.Board, Asked], Mapping[str, Any]]) -> Update:
    """The way to what is told of the board as it stands, by what is new."""

    def answer(asked: Asked, told: str) -> tuple[str, Mapping[str, Any]] | None:
        news = board.News.of(told)
        found = board.board_with(news)
        return None if found is None else (news.state.head, tell(found, asked))

    return Update(board.NEWS, known_change, answer)


def _shown_parties(found: board.Board, asked: Asked) -> list[str]:
    parties = [head.slug for head in found.parties]
    must_be_among(asked, "party", parties)
    return [slug for slug in parties if slug in asked["party"]] if asked["party"] else parties


def _rows(found: board.Board, shown: list[str], asked: Asked) -> list[board.Row]:
    must_be_among(asked, "category", [category.slug for category in found.categories])
    if not any(asked[name] for name in FILTERS):
        return list(found.rows)
    return [row for row in found.rows if _is_asked_for(row, shown, asked)]


def _is_asked_for(row: board.Row, shown: list[str], asked: Asked) -> bool:
    stances = {cell.stance for cell in row.cells if cell.party.slug in shown}
    return (
        (not asked["category"] or row.category in asked["category"])
        and (not asked["level"] or row.level in asked["level"])
        and (not asked["stance"] or not stances.isdisjoint(asked["stance"]))
        and (not asked["flag"] or not set(row.flags).isdisjoint(asked["flag"]))
    )


def _narrowed(row: RowShape, asked: Asked) -> RowShape:
    """A row with the keys that are asked for."""
    wanted = asked.values.get("fields")
    return cast("RowShape", {name: row[name] for name in row if name in wanted}) if wanted else row  # type: ignore[literal-required]


def _row(row: board.Row, found: board.Board, shown: list[str]) -> RowShape:
    cells = {cell.party.slug: cell for cell in row.cells}
    return {
        "provision": row.slug,
        "number": row.number,
        "first_number": row.first_number,
        "title": row.title,
        "lead": row.lead or None,
        "gist": row.gist or None,
        "category": row.category,
        "kind": row.kind,
        "level": row.level,
        "greatest": row.greatest,
        "last_level": row.last_level,
        "provisional": found.provisional,
        "ruling": _ruling(row.ruling) if row.ruling else None,
        "counts": _counts(row.counts) if row.counts else None,
        "interval": list(row.interval) or None,
        "flags": list(row.flags),
        "alarm": Alarm(row.alarm) if row.alarm else None,
        "removal": row.removal or None,
        "change": row.last_change,
        "change_since_first": row.change,
        "updated": row.updated.day if row.updated else None,
        "updated_precision": row.updated.precision if row.updated else None,
        "package": list(row.package),
        "waits_on": [list(package) for package in row.waits_on],
        "moves": row.moves,
        "keystone": row.keystone,
        "readings": {slug: _cell(cells[slug]) if slug in cells else None for slug in shown},
    }


def _cell(cell: board.Cell) -> CellShape:
    said = cell.stated_on
    return {
        "essential": cell.essential,
        "reading": cell.reading,
        "reading_class": ReadingClass(cell.reading_class),
        "stance": Stance(cell.stance) if cell.stance else None,
        "authority": cell.authority,
        "position": cell.position,
        "stated_on": said.day if said else None,
        "stated_on_precision": said.precision if said else None,
        "stated_on_approximate": said.approximate if said else None,
        "given_on": cell.given_on.slug if cell.given_on else None,
        "carried": cell.carried,
        "aged": cell.aged,
        "claimed_by": list(cell.claimed_by),
        "flags": list(cell.flags),
    }


def _ruling(mark: board.RulingMark) -> RulingShape:
    return {"level": mark.level, "reason": mark.reason, "wording": mark.wording, "recorded_at": mark.recorded_at}


def _category(category: board.CategoryBoard) -> CategoryShape:
    done, operative = closed(category.closed)
    gone = category.gone
    return {
        "slug": category.slug,
        "title": category.title,
        "level": category.level,
        "vector": vector(category.vector),
        "closed": done,
        "operative": operative,
        "succeeded": gone.get(Gone.SUCCEEDED, 0),
        "withdrawn": gone.get(Gone.WITHDRAWN, 0),
    }


def _refusal(refusal: board.Refusal) -> RefusalShape:
    return {
        "party": refusal.party.slug,
        "position": refusal.position,
        "stance": Stance(refusal.stance),
        "stated_on": refusal.stated_on.day,
        "stated_on_precision": refusal.stated_on.precision,
        "stated_on_approximate": refusal.stated_on.approximate,
    }


def _counts(counts: Mapping[str, int]) -> Counts:
    consent, partial, unknown, reject = (counts.get(name, 0) for name in ReadingClass)
    return {"consent": consent, "partial": partial, "unknown": unknown, "reject": reject}


def vector(counts: Mapping[str, int]) -> Vector:
    """The counts at all levels, also where there are none."""
    return cast("Vector", {level: counts.get(level, 0) for level in LEVELS})


def closed(share: str) -> tuple[int, int]:
    """How many lines are closed, and of how many."""
    done, _, operative = share.partition("/")
    return int(done), int(operative)


BOARD = Endpoint(
    name="board",
    path="plans/<slug:plan>/board",
    about="board",
    summary="Where every line stands",
    description=(
        "One row a line, with each party's reading; the vectors by category and of the whole. This is what to poll. "
        "Filters choose rows; vectors and categories are always those of the whole plan."
    ),
    shape=BoardShape,
    answer=_board,
    rests_on=the_levels,
    update=updated(_told),
    tabular=True,
    parameters=(
        *REPLAY,
        Name(name="category", does="Only lines of this category.", repeats=True),
        Choice(
            name="level",
            does="Only lines at this level, or that are gone in this way.",
            among=(*Level, *Gone),
            repeats=True,
        ),
        Name(
            name="party",
            does="Show only the readings of this party, and let `stance` look at it alone.",
            repeats=True,
        ),
        Choice(
            name="stance",
            does="Only lines on which a party that is shown has this stance.",
            among=tuple(Stance),
            repeats=True,
        ),
        Choice(name="flag", does="Only lines with this flag.", among=FLAGS, repeats=True),
        Words(name="fields", does="Only these keys of each row.", among=tuple(RowShape.__annotations__)),
    ),
)
