"""Plain builders of records, which show only what matters.

The cast is us, ua, ru and eu; ua and ru are the principals. Texts are official and known since November, words are
those of ministers with two good sources, and a test looks back from the first of March.
"""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from provisions.agreement import assess, text_sha256
from provisions.agreement.words import RULE

Part = tuple[str, dict[str, Any]]
Json = dict[str, Any]

LONG_AGO = "2025-11-01T00:00:00Z"
GOOD = (("S001", "A1"), ("S002", "B1"))

ACCEPT, NO_OBJECTION, CONDITIONAL = "accept", "no_objection", "conditional"
IN_PRINCIPLE, RESERVE, REJECT, ABSTAIN = "in_principle", "reserve", "reject", "abstain"
REPORTED, NEGOTIATOR, PRESIDENT, SIGNED = 1, 2, 3, 4


def record(*parts: Any, as_of: str = "2026-03-01", known_at: str | None = None, **plan: Any) -> Json:
    """A record of these parts; the last revision is current, and lines that nobody described just bind."""
    flat = _flat(parts)
    made: Json = {
        "rule": RULE,
        "as_of": as_of,
        "known_at": known_at or f"{as_of}T12:00:00Z",
        "plan": {
            "slug": "accord",
            "principals": ["ua", "ru"],
            "threshold": 2,
            "horizon_days": 60,
            "revision": next((thing["slug"] for kind, thing in reversed(flat) if kind == "revisions"), None),
            "recorded_at": LONG_AGO,
            "superseded_at": None,
        }
        | plan,
        "parties": ["us", "ua", "ru", "eu"],
        "categories": [
            {"slug": "peace", "title": "Peace", "order": 1},
            {"slug": "trade", "title": "Trade", "order": 2},
        ],
    }
    for kind in ("revisions", "provisions", "wordings", "positions", "silence_procedures", "events"):
        made[kind] = [thing for its, thing in flat if its == kind]
    described = {thing["slug"] for thing in made["provisions"]}
    for name in dict.fromkeys(wording["provision"] for wording in made["wordings"]):
        if name not in described:
            made["provisions"].append(line(name)[1])
    for i, position in enumerate(made["positions"], 1):
        position["id"] = position["id"] or f"p-{i}"
    _settle_texts(made["wordings"])
    return made


def _flat(parts: Iterable[Any]) -> list[Part]:
    return [part for some in parts for part in (_flat(some) if isinstance(some, list) else [some])]


def _settle_texts(wordings: list[Json]) -> None:
    """Words that only got another number keep the text of those that they come from."""
    texts = {wording["id"]: wording["text_sha256"] for wording in wordings}
    for wording in wordings:
        while wording["text_sha256"] in texts:
            wording["text_sha256"] = texts[wording["text_sha256"]]


def revision(
    slug: str,
    *wordings: Json | str,
    after: str | None = None,
    provenance: str = "official",
    recorded: str = LONG_AGO,
) -> list[Part]:
    """A dated draft with its words; a name alone is a line that it adds."""
    made: list[Part] = [
        (
            "revisions",
            {
                "slug": slug,
                "dated": recorded[:10],
                "derives_from": after,
                "provenance": provenance,
                "recorded_at": recorded,
                "superseded_at": None,
            },
        )
    ]
    for number, words in enumerate(wordings, 1):
        wording = added(words) if isinstance(words, str) else words
        name = f"{slug}/{wording['provision']}"
        parents = [parent if "/" in parent else f"{after}/{parent}" for parent in wording["from"]]
        same = wording["change"] == "identical"
        details = {
            "id": name,
            "revision": slug,
            "number": str(number),
            "from": parents,
            "text_sha256": parents[0] if same else text_sha256(name),
            "recorded_at": recorded,
            "superseded_at": None,
        }
        made.append(("wordings", wording | details))
    return made


def added(line: str) -> Json:
    """Words where there were none."""
    return {"provision": line, "change": "added", "from": []}


def same(line: str, *, came_from: str = "") -> Json:
    """The same words, perhaps under another number."""
    return {"provision": line, "change": "identical", "from": [came_from or line]}


def edited(line: str) -> Json:
    """Other words that an analyst ruled to be editorial."""
    return {"provision": line, "change": "editorial", "from": [line]}


def rewritten(line: str, *, came_from: str = "") -> Json:
    """Other words."""
    return {"provision": line, "change": "substantive", "from": [came_from or line]}


def part(line: str, *, of: str) -> Json:
    """A line made out of a part of another."""
    return {"provision": line, "change": "split", "from": [of]}


def merged(line: str, *out_of: str) -> Json:
    """A line made out of several."""
    return {"provision": line, "change": "merged", "from": list(out_of)}


def line(
    slug: str,
    *,
    kind: str = "operative",
    category: str = "peace",
    essential: tuple[str, ...] = (),
    recorded: str = LONG_AGO,
    **roles: tuple[str, ...],
) -> Part:
    """A line, with what parties are to it: `obligor=("us",)`."""
    return "provisions", {
        "slug": slug,
        "category": category,
        "kind": kind,
        "roles": [{"party": party, "role": role} for role, parties in roles.items() for party in parties],
        "essential_override": {"parties": list(essential), "reason": "ruled"} if essential else None,
        "recorded_at": recorded,
        "superseded_at": None,
    }


def says(
    party: str,
    stance: str,
    on: str,
    *,
    day: str = "2026-02-01",
    authority: int = PRESIDENT,
    by: str | None = None,
    precision: str = "day",
    given: tuple[Json, ...] = (),
    evidence: tuple[tuple[str, str | None], ...] = GOOD,
    id: str = "",  # noqa: A002 - it is what the record calls it
    recorded: str | None = None,
    superseded: str | None = None,
) -> Part:
    """What a party said `on` a wording (r1/troops) or on a whole revision (r1), `given` its conditions."""
    return "positions", {
        "id": id,
        "party": party,
        "wording": on if "/" in on else None,
        "revision": None if "/" in on else on,
        "stance": stance,
        "authority": authority,
        "asserted_by": by or party,
        "stated_on": day,
        "precision": precision,
        "conditions": list(given),
        "evidence": [{"source": source, "grade": grade} for source, grade in evidence],
        "recorded_at": recorded or f"{day}T09:00:00Z",
        "superseded_at": superseded,
    }


def reaches(line: str, level: str) -> Json:
    """The condition that a line reaches a level."""
    return {"kind": "provision_reaches", "provision": line, "level": level}


def happens(event: str) -> Json:
    """The condition that an event is met."""
    return {"kind": "event_met", "event": event}


def absent(line: str) -> Json:
    """The condition that a line is not in the text."""
    return {"kind": "provision_absent", "provision": line}


def event(slug: str, state: str, day: str, *, recorded: str | None = None) -> Part:
    """How an event stood from a day on."""
    stamp = {"recorded_at": recorded or f"{day}T09:00:00Z", "superseded_at": None}
    return "events", {"slug": slug, "state": state, "stated_on": day} | stamp


def silence(
    on: str,
    *addressees: str,
    until: str,
    broken_on: str | None = None,
    broken_by: str | None = None,
    recorded: str = "2026-01-01T00:00:00Z",
) -> Part:
    """A silence procedure on words, which stand unless somebody objects until the end of a day."""
    return "silence_procedures", {
        "wording": on,
        "addressees": list(addressees),
        "deadline": until,
        "broken_on": broken_on,
        "broken_by": broken_by,
        "recorded_at": recorded,
        "superseded_at": None,
    }


def both(stance: str, on: str, **details: Any) -> list[Part]:
    """The same word of both principals."""
    return [says("ua", stance, on, **details), says("ru", stance, on, **details)]


def status(record: Json, line: str, **asked: Any) -> Json:
    """What the rule says of one line."""
    return assess(record, **asked)["provisions"][line]


def level(record: Json, line: str = "troops", **asked: Any) -> str:
    """The level of one line."""
    return status(record, line, **asked)["level"]


def reading(record: Json, party: str, line: str = "troops", **asked: Any) -> Json:
    """How one party reads on one line."""
    return status(record, line, **asked)["readings"][party]


def day(text: str) -> date:
    """A day."""
    return date.fromisoformat(text)


def moment(text: str) -> datetime:
    """A moment."""
    return datetime.fromisoformat(text)
