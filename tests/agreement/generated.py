"""Records for the properties: everything that the rule knows, drawn from a tape of bytes.

A tape is quick to draw and shrinks towards zeros, which read as the plainest choice everywhere.
"""

import os
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any, TypeVar

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.agreement.builders import (
    Json,
    Part,
    absent,
    added,
    edited,
    event,
    happens,
    line,
    merged,
    part,
    reaches,
    record,
    revision,
    rewritten,
    same,
    says,
    silence,
)

Choice = TypeVar("Choice")

PARTIES = ("ua", "ru", "us", "eu")
LINES = ("troops", "borders", "prisoners", "elections")
DAYS = ("2026-02-10", "2026-01-05", "2026-01-20", "2026-01-31", "2026-02-01", "2026-02-20", "2026-03-05")
REACHABLE = ("agreed", "agreed_ad_referendum", "agreed_conditionally", "agreed_in_principle")
STANCES = (
    "accept",
    "conditional",
    "accept",
    "conditional",
    "no_objection",
    "in_principle",
    "reserve",
    "reject",
    "abstain",
)
EXAMPLES = int(os.environ.get("HYPOTHESIS_EXAMPLES", "500"))


class Tape:
    """Choices to be made one after another; where it ends, the first of each."""

    def __init__(self, made: bytes) -> None:
        self._left = iter(made)

    def below(self, bound: int) -> int:
        return next(self._left, 0) % bound

    def pick(self, options: Sequence[Choice]) -> Choice:
        return options[self.below(len(options))]

    def chance(self, one_in: int) -> bool:
        return self.below(one_in) == one_in - 1

    def some(self, options: Sequence[Choice], most: int) -> tuple[Choice, ...]:
        return tuple(dict.fromkeys(self.pick(options) for _ in range(self.below(most + 1))))


def for_every_record(examples: int = EXAMPLES) -> Callable[[Callable[[Tape], None]], Callable[[], None]]:
    """Run a test with a tape for each of many records; the record is drawn first, the test may go on drawing."""

    def decorate(test: Callable[[Tape], None]) -> Callable[[], None]:
        drawn = given(made=st.binary(min_size=220, max_size=220))
        quick = settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck), database=None)

        def run(made: bytes) -> None:
            test(Tape(made))

        run.__name__ = test.__name__
        run.__doc__ = test.__doc__
        return quick(drawn(run))

    return decorate


def generated(tape: Tape) -> Json:
    """A plan with a chain of drafts, counter-proposals beside it, and what was said of both."""
    lines = LINES[: tape.pick((3, 4, 2, 1))]
    # Some plans are all about conditions, some about how a text came about, some about everything at once.
    knotted, storied = tape.pick(((True, False), (False, True), (False, False)))
    texts, chain = _texts(tape, lines, plain=knotted)
    wordings = [thing["id"] for kind, thing in texts if kind == "wordings"]
    current = [name for name in wordings if name.startswith(f"{chain[-1]}/")] or wordings
    drafts = [thing["slug"] for kind, thing in texts if kind == "revisions"]
    parts: list[Part | list[Part]] = [_described(tape, name) for name in lines]
    parts.append(texts)
    if knotted or storied or tape.chance(3):
        agreed = tape.pick(chain) if storied else chain[-1]
        parts += [says(party, "accept", agreed, day="2026-01-02", authority=tape.pick((3, 3, 2))) for party in PARTIES]
    if knotted and wordings:
        parts += [_knot(tape, i, current, lines) for i in range(1 + tape.below(6))]
    parts += [
        _position(tape, i, wordings, current, drafts, lines) for i in range(tape.below(4 if knotted or storied else 14))
    ]
    if current:
        parts += [_silence(tape, current) for _ in range(tape.pick((0, 0, 1, 2)))]
    parts += [
        event(tape.pick(("ceasefire", "vote")), tape.pick(("met", "unmet", "failed", "unknown")), tape.pick(DAYS))
        for _ in range(tape.below(3))
    ]
    made = record(
        *parts,
        as_of=tape.pick(("2026-03-10", "2026-06-01", "2026-03-10", "2026-02-10", "2026-01-25")),
        known_at=tape.pick(
            ("2026-06-01T12:00:00Z", "2026-06-01T12:00:00Z", "2026-06-01T12:00:00Z", "2026-02-10T12:00:00Z")
        ),
        principals=list(tape.pick((("ua", "ru"), ("ua", "ru"), ("ua",), ("us", "eu")))),
        threshold=tape.pick((2, 2, 2, 2, 2, 1, 3, 0, 4)),
        revision=chain[-1],
    )
    _later_versions(tape, made)
    return made


def _knot(tape: Tape, i: int, current: Sequence[str], lines: Sequence[str]) -> Part:
    """A principal's consent to current words that waits for other lines."""
    waits_for = (reaches(tape.pick(lines), tape.pick(REACHABLE)) for _ in range(tape.pick((1, 1, 2))))
    return says(
        tape.pick(("ua", "ru")),
        "conditional",
        tape.pick(current),
        day=tape.pick(DAYS),
        authority=tape.pick((3, 3, 2)),
        given=tuple(waits_for),
        id=f"knot-{i}",
        recorded="2026-01-03T00:00:00Z",
    )


def _described(tape: Tape, name: str) -> Part:
    roles: dict[str, Any] = (
        {role: tape.some(PARTIES, 2) for role in ("beneficiary", "obligor", "guarantor")} if tape.chance(2) else {}
    )
    return line(
        name,
        kind="preambular" if tape.chance(6) else "operative",
        category=tape.pick(("peace", "trade")),
        essential=tape.some(PARTIES, 2) if tape.chance(4) else (),
        **roles,
    )


def _texts(tape: Tape, lines: Sequence[str], *, plain: bool) -> tuple[list[Part], list[str]]:
    """A chain of one to three drafts, with a counter-proposal to the first that a later one may draw on."""
    parts = revision("r1", *(name for name in lines if not tape.chance(6)), provenance=_provenance(tape, plain=plain))
    chain = ["r1"]
    beside: list[str] = []
    for slug in ("r2", "r3")[: 0 if plain and tape.chance(2) else tape.below(3)]:
        before = [thing["provision"] for kind, thing in parts if kind == "wordings" and thing["revision"] == chain[-1]]
        if tape.chance(2) and before:
            rival = f"c-{slug}"
            parts += revision(rival, *(rewritten(name) for name in before), after=chain[-1])
            beside = [f"{rival}/{name}" for name in before]
        words = [_words(tape, name, before, beside) for name in lines]
        parts += revision(
            slug, *(word for word in words if word), after=chain[-1], provenance=_provenance(tape, plain=plain)
        )
        chain.append(slug)
    return parts, chain


def _provenance(tape: Tape, *, plain: bool) -> str:
    seen = ("official", "official", "official", "leaked")
    return tape.pick(seen if plain else (*seen, "reported", "announced"))


def _words(tape: Tape, name: str, before: Sequence[str], beside: Sequence[str]) -> Json | None:
    """What becomes of a line in the next draft."""
    kind = tape.pick(("same", "same", "same", "edited", "rewritten", "rewritten", "split", "merged", "rival", "gone"))
    if kind == "gone" or (not before and tape.chance(2)):
        return None
    if kind == "rival" and beside:
        return tape.pick((rewritten, same))(name, came_from=tape.pick(beside))
    if kind == "split" and before:
        return part(name, of=tape.pick(before))
    if kind == "merged" and len(before) > 1:
        return merged(name, *before[:2])
    if name not in before:
        return added(name)
    return {"edited": edited, "rewritten": rewritten}.get(kind, same)(name)


def _position(
    tape: Tape, i: int, wordings: Sequence[str], current: Sequence[str], drafts: Sequence[str], lines: Sequence[str]
) -> Part:
    on = tape.pick(drafts) if tape.chance(5) or not wordings else tape.pick(wordings)
    if current and tape.chance(2):
        on = tape.pick(current)
    party = tape.pick(PARTIES)
    stance = tape.pick(STANCES)
    said_on = tape.pick(DAYS)
    return says(
        party,
        stance,
        on,
        id=f"p-{i}",
        day=said_on,
        authority=tape.pick((3, 3, 2, 2, 4, 1, 0)),
        by=tape.pick(PARTIES) if tape.chance(6) else party,
        precision=tape.pick(("day", "day", "day", "month", "year")),
        given=_conditions(tape, lines) if stance == "conditional" else (),
        evidence=tape.pick(((("S001", "A1"),), (("S001", "B2"), ("S002", "B2")), (("S001", None),), ())),
        recorded=f"{tape.pick(DAYS)}T15:00:00Z" if tape.chance(4) else None,
        superseded=f"{tape.pick(DAYS)}T16:00:00Z" if tape.chance(6) else None,
    )


def _conditions(tape: Tape, lines: Sequence[str]) -> tuple[Json, ...]:
    kinds = (
        lambda: reaches(tape.pick(lines), tape.pick(REACHABLE)),
        lambda: reaches(tape.pick(lines), tape.pick(REACHABLE)),
        lambda: reaches(tape.pick(lines), tape.pick(REACHABLE)),
        lambda: happens(tape.pick(("ceasefire", "vote"))),
        lambda: absent(tape.pick(lines)),
    )
    return tuple(tape.pick(kinds)() for _ in range(tape.pick((1, 1, 2, 0))))


def _silence(tape: Tape, current: Sequence[str]) -> Part:
    broken = tape.chance(4)
    return silence(
        tape.pick(current),
        *(tape.some(PARTIES, 3) or ("ru",)),
        until=tape.pick(DAYS),
        broken_on=tape.pick(DAYS) if broken else None,
        broken_by=tape.pick(PARTIES) if broken else None,
    )


def _later_versions(tape: Tape, made: Json) -> None:
    """Some things have been corrected: another version of the same, recorded later, the old one superseded or not."""
    for kind in ("positions", "provisions", "wordings", "revisions"):
        if made[kind] and tape.chance(4):
            old = tape.pick(made[kind])
            changed = tape.pick(made[kind])
            name = "id" if "id" in old else "slug"
            if kind == "wordings":
                changed = old | {"change": "editorial", "text_sha256": "corrected"}
            if kind == "revisions":
                changed = old | {"provenance": tape.pick(("official", "leaked", "reported"))}
            stamp = f"{tape.pick(DAYS)}T18:00:00Z"
            made[kind].append(changed | {name: old[name], "recorded_at": stamp, "superseded_at": None})
            if tape.chance(2):
                old["superseded_at"] = stamp


def shuffled(tape: Tape, value: Any) -> Any:
    """The same, with every list in another order and some of the versions twice."""
    if isinstance(value, dict):
        return {name: shuffled(tape, value[name]) for name in sorted(value, reverse=tape.chance(2))}
    if isinstance(value, list):
        turned = [shuffled(tape, each) for each in value]
        cut = tape.below(len(turned)) if turned else 0
        turned = turned[cut:] + turned[:cut]
        return turned + turned[:1] if turned and tape.chance(2) else turned[::-1]
    return value


def day_after(day: str, days: int = 1) -> str:
    """The day so many days later."""
    return (date.fromisoformat(day) + timedelta(days=days)).isoformat()
