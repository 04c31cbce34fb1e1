"""Past days: which text was on the table, and which of a line's words still say what the current ones say."""

from datetime import date, datetime
from typing import Any

from provisions.agreement.lineage import reaches, text_of
from provisions.agreement.parsing import parse


def revision_on(record: dict[str, Any], *, as_of: date, known_at: datetime | None = None) -> str | None:
    """The text that was on the table on a day: of the current one and those that it derives from, the latest by then.

    Before the first of them was dated it is the first; None for a plan without a text.
    """
    parsed = parse(record)
    moment = known_at or parsed.known_at
    facts = parsed.at(as_of=as_of, known_at=moment)
    chain = text_of(facts, parsed.evaluated(facts.plan.revision, known_at=moment)).chain
    dated = {
        version["slug"]: version["dated"]
        for version in sorted(record["revisions"], key=lambda version: _moment(version["recorded_at"]))
        if _moment(version["recorded_at"]) <= moment
        and (version["superseded_at"] is None or moment < _moment(version["superseded_at"]))
    }
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


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
