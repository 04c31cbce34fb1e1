"""Past days: which text was on the table, how its lines stood, and which words still say what the current ones say."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from provisions.agreement.evaluation import evaluate
from provisions.agreement.facts import Record
from provisions.agreement.lineage import reaches, text_of
from provisions.agreement.parsing import parse
from provisions.agreement.words import Level


class Stand(NamedTuple):
    """A day on which something may have moved: the text on the table from then on, and the levels of its lines."""

    day: date
    revision: str | None
    levels: dict[str, Level]


def stands(record: dict[str, Any], *, until: date) -> Iterator[Stand]:
    """The levels of all lines from the first draft of the chain until a day: one stand for each day that can differ.

    The same levels as `assess` gives day by day. Worked out anew are only the lines that something dated since the last
    stand can have moved, so that a long record costs little more than what was said in it.
    """
    parsed = parse(record)
    moment = parsed.known_at
    drafted = _drafted(record, parsed, moment)
    if not drafted:
        return
    tides = [*_tides(parsed), *((day, None) for day, _ in drafted)]
    since = min(day for day, _ in drafted)
    influence = _influence(parsed)
    last: Stand | None = None
    for day in sorted({day for day, _ in tides if since <= day <= until}):
        revision = next(slug for on, slug in drafted if on <= day)
        text = text_of(parsed.at(as_of=day, known_at=moment), revision)
        if last is None or last.revision != revision:
            levels = evaluate(text).levels.least
        else:
            moved = [line for on, line in tides if last.day < on <= day]
            lines = text.current if None in moved else _led_to(moved, influence) & text.current.keys()
            levels = {**last.levels, **evaluate(text, lines).levels.least}
        last = Stand(day, revision, levels)
        yield last


def _drafted(record: dict[str, Any], parsed: Record, moment: datetime) -> list[tuple[date, str]]:
    """The current text and those that it derives from, each with its day, the current one first."""
    facts = parsed.at(as_of=parsed.as_of, known_at=moment)
    dated = _dated(record, moment)
    chain = text_of(facts, parsed.evaluated(facts.plan.revision, known_at=moment)).chain
    return [(date.fromisoformat(dated[slug]), slug) for slug in chain]


def _tides(parsed: Record) -> Iterator[tuple[date, str | None]]:
    """Every day on which the rule may read something new, and of which line; None where it may be any."""
    line_of = {version.thing.id: version.thing.line for version in parsed.wordings}
    waiting: dict[str, set[str | None]] = {}
    for position in (version.thing for version in parsed.positions):
        line = line_of[position.wording] if position.wording else None
        yield position.in_time_from, line
        for condition in position.conditions:
            waiting.setdefault(condition.target, set()).add(line)
    for silence in (version.thing for version in parsed.silences):
        yield silence.deadline + timedelta(days=1), line_of[silence.wording]
        if silence.broken_on is not None:
            yield silence.broken_on, line_of[silence.wording]
    for report in (version.thing for version in parsed.events):
        yield from ((report.stated_on, line) for line in waiting.get(report.event, ()))


def _influence(parsed: Record) -> dict[str, set[str]]:
    """By line: those whose words come from its words, and those on which somebody names it in a condition."""
    line_of = {version.thing.id: version.thing.line for version in parsed.wordings}
    led: dict[str, set[str]] = {}
    for wording in (version.thing for version in parsed.wordings):
        for origin in wording.came_from:
            led.setdefault(line_of[origin], set()).add(wording.line)
    for position in (version.thing for version in parsed.positions):
        waiting = {line_of[position.wording]} if position.wording else set(line_of.values())
        for condition in position.conditions:
            led.setdefault(condition.target, set()).update(waiting)
    return led


def _led_to(lines: Iterable[str | None], influence: dict[str, set[str]]) -> set[str]:
    """These lines and all that they have an influence on."""
    found: set[str] = set()
    ahead = [line for line in lines if line is not None]
    while ahead:
        line = ahead.pop()
        if line not in found:
            found.add(line)
            ahead += influence.get(line, ())
    return found


def revision_on(record: dict[str, Any], *, as_of: date, known_at: datetime | None = None) -> str | None:
    """The text that was on the table on a day: of the current one and those that it derives from, the latest by then.

    Before the first of them was dated it is the first; None for a plan without a text.
    """
    parsed = parse(record)
    moment = known_at or parsed.known_at
    facts = parsed.at(as_of=as_of, known_at=moment)
    chain = text_of(facts, parsed.evaluated(facts.plan.revision, known_at=moment)).chain
    dated = _dated(record, moment)
    by_then = (slug for slug in chain if dated[slug] <= as_of.isoformat())
    return next(by_then, chain[-1] if chain else None)


def speaking(record: dict[str, Any], *, revision: str | None = None) -> dict[str, list[str]]:
    """By line, the wordings that the current words still say: since then only numbers and style changed."""
    parsed = parse(record)
    facts = parsed.at(as_of=parsed.as_of, known_at=parsed.known_at)
    text = text_of(facts, parsed.evaluated(revision or facts.plan.revision, known_at=parsed.known_at))
    return {
        line: sorted(wording for wording, reach in reaches(text, line).items() if reach.speaks) for line in text.current
    }


def _dated(record: dict[str, Any], moment: datetime) -> dict[str, str]:
    """The day of every text that was known at the moment."""
    return {
        version["slug"]: version["dated"]
        for version in sorted(record["revisions"], key=lambda version: _moment(version["recorded_at"]))
        if _moment(version["recorded_at"]) <= moment
        and (version["superseded_at"] is None or moment < _moment(version["superseded_at"]))
    }


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
