"""How fast rule AS-1 is, moves included: `python -m bench.agreement`.

One plan of 28 lines; 2,000 lines with 50,000 positions; and how the work grows with the lines: twice the lines should
take little more than twice the calls, as n log n does. The time grows a little faster where the caches of the machine
are too small for the record.
"""

import gc
import random
import sys
import time
from itertools import pairwise
from math import log
from statistics import median
from typing import Any

from provisions.agreement import assess

PARTIES = ("us", "ua", "ru", "eu")
STANCES = ("accept",) * 6 + ("no_objection", "in_principle", "conditional", "conditional", "reserve", "reject")
LEVELS = ("agreed_in_principle", "agreed_conditionally", "agreed_ad_referendum", "agreed")
SIZES = (500, 1000, 2000, 4000)
GRADES = ("A1", "A2", "B1", "B2", "C3", None)


def a_record(*, lines: int, positions: int, revisions: int = 5) -> dict[str, Any]:
    """A plan as talks leave it: a chain of drafts, and positions all along it, some on conditions."""
    dice = random.Random(lines)
    stamp = {"recorded_at": "2025-11-20T08:00:00Z", "superseded_at": None}
    slugs = [f"line-{i}" for i in range(lines)]
    drafts = [f"r{i}" for i in range(revisions)]
    wordings = []
    texts: dict[str, str] = {}
    for i, draft in enumerate(drafts):
        for n, slug in enumerate(slugs, 1):
            change = dice.choice(("identical", "identical", "editorial", "substantive")) if i else "added"
            texts[slug] = texts[slug] if change == "identical" else f"{draft}/{slug}"
            wordings.append(
                {
                    "id": f"{draft}/{slug}",
                    "provision": slug,
                    "revision": draft,
                    "number": str(n),
                    "change": change,
                    "from": [f"{drafts[i - 1]}/{slug}"] if i else [],
                    "text_sha256": texts[slug],
                    **stamp,
                }
            )
    said = []
    for i in range(positions):
        stance = dice.choice(STANCES)
        draft = dice.choice(drafts)
        waits_for = {"kind": "provision_reaches", "provision": dice.choice(slugs), "level": dice.choice(LEVELS)}
        said.append(
            {
                "id": f"p-{i}",
                "party": (party := dice.choice(PARTIES)),
                "wording": f"{draft}/{slugs[i % lines]}",
                "revision": None,
                "stance": stance,
                "authority": dice.choice((2, 3, 3, 4)),
                "asserted_by": dice.choice((party, party, party, party, "us")),
                "stated_on": f"2026-0{dice.randint(1, 3)}-{dice.randint(10, 28)}",
                "precision": "day",
                "conditions": [waits_for] if stance == "conditional" else [],
                "evidence": [{"source": f"S{dice.randint(100, 199)}", "grade": dice.choice(GRADES)}],
                "recorded_at": f"2026-03-{dice.randint(10, 28)}T10:{dice.randint(10, 59)}:00Z",
                "superseded_at": None,
            }
        )
    return {
        "rule": "AS-1.0",
        "as_of": "2026-04-01",
        "known_at": "2026-04-01T12:00:00Z",
        "plan": {
            "slug": "bench",
            "principals": ["ua", "ru"],
            "threshold": 2,
            "horizon_days": 60,
            "revision": drafts[-1],
        }
        | stamp,
        "parties": list(PARTIES),
        "categories": [{"slug": name, "title": name, "order": i} for i, name in enumerate("abcd")],
        "revisions": [
            {"slug": draft, "dated": "2025-11-20", "derives_from": before, "provenance": "official", **stamp}
            for draft, before in zip(drafts, [None, *drafts], strict=False)
        ],
        "provisions": [
            {
                "slug": slug,
                "category": dice.choice("abcd"),
                "kind": "operative",
                "roles": [
                    {"party": dice.choice(PARTIES), "role": dice.choice(("obligor", "beneficiary", "guarantor"))}
                ],
                "essential_override": None,
                **stamp,
            }
            for slug in slugs
        ],
        "wordings": wordings,
        "positions": said,
        "silence_procedures": [],
        "events": [],
    }


def a_chain(*, lines: int) -> dict[str, Any]:
    """The hardest knot: every line waits for the one before it."""
    record = a_record(lines=lines, positions=0, revisions=1)
    for i in range(lines):
        for party in PARTIES:
            waits = party == "ua" and i > 0
            waits_for = {"kind": "provision_reaches", "provision": f"line-{i - 1}", "level": "agreed"}
            record["positions"].append(
                {
                    "id": f"{party}-{i}",
                    "party": party,
                    "wording": f"r0/line-{i}",
                    "revision": None,
                    "stance": "conditional" if waits else "in_principle" if i == 0 else "accept",
                    "authority": 3,
                    "asserted_by": party,
                    "stated_on": "2026-03-01",
                    "precision": "day",
                    "conditions": [waits_for] if waits else [],
                    "evidence": [],
                    "recorded_at": "2026-03-01T12:00:00Z",
                    "superseded_at": None,
                }
            )
    return record


def seconds(record: dict[str, Any], *, times: int) -> float:
    """The median time that an assessment takes of the processor, whatever else the machine is at."""
    taken = []
    for _ in range(times):
        begun = time.process_time()
        assess(record)
        taken.append(time.process_time() - begun)
    return median(taken)


def steps(record: dict[str, Any]) -> int:
    """How many calls of functions an assessment takes: the same on every machine, whatever its caches hold."""
    counted = 0

    def count(*_: object) -> None:
        nonlocal counted
        counted += 1

    sys.setprofile(count)
    try:
        assess(record)
    finally:
        sys.setprofile(None)
    return counted


def growth(name: str, records: list[dict[str, Any]]) -> None:
    """Say how calls and time grew from each size to the next, beside what n log n would be."""
    sizes = [len(record["provisions"]) for record in records]
    called = [steps(record) for record in records]
    taken = [seconds(record, times=5) for record in records]
    for n, c, t in zip(sizes, called, taken, strict=True):
        sys.stdout.write(f"{name}: {n:,} lines: {t:.2f} s, {c:,} calls\n")
    for (n, c, t), (m, d, u) in pairwise(zip(sizes, called, taken, strict=True)):
        most = m * log(m) / (n * log(n))
        sys.stdout.write(
            f"{name}: {n:,} to {m:,} lines takes {d / c:.2f} times the calls, {u / t:.2f} times the time "
            f"(n log n: {most:.2f})\n"
        )


def main() -> None:
    """Print the figures."""
    small = seconds(a_record(lines=28, positions=184, revisions=3), times=50)
    sys.stdout.write(f"one plan of 28 lines, 4 parties, 184 positions: {small * 1000:.2f} ms\n")
    # What an earlier record left in memory would slow the collector of the next.
    gc.freeze()
    growth("25 positions a line", [a_record(lines=n, positions=25 * n) for n in SIZES])
    growth("one chain of conditions", [a_chain(lines=n) for n in SIZES])


if __name__ == "__main__":
    main()
