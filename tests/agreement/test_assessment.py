"""Section 10: the assessment as JSON."""

import json

from provisions.agreement import assess, dumps
from provisions.agreement.words import EventState, Level, Stance
from tests.agreement.builders import (
    ACCEPT,
    CONDITIONAL,
    REJECT,
    Json,
    both,
    happens,
    reaches,
    record,
    revision,
    same,
    says,
    status,
)


def the_record_of_the_specification() -> Json:
    known = {"recorded_at": "2025-11-21T18:00:00+02:00", "superseded_at": None}
    return {
        "rule": "AS-1.0",
        "as_of": "2026-01-15",
        "known_at": "2026-01-15T12:00:00Z",
        "plan": {
            "slug": "28-point-framework",
            "principals": ["ua", "ru"],
            "threshold": 2,
            "horizon_days": 60,
            "revision": "us-28",
        }
        | known,
        "parties": ["us", "ua", "ru", "eu"],
        "categories": [
            {"slug": "achieving-peace", "title": "Achieving peace", "order": 1},
            {"slug": "security-guarantees", "title": "Security guarantees", "order": 2},
        ],
        "revisions": [{"slug": "us-28", "dated": "2025-11-20", "derives_from": None, "provenance": "leaked"} | known],
        "provisions": [
            {
                "slug": "armed-forces-cap",
                "category": "security-guarantees",
                "kind": "operative",
                "roles": [{"party": "ua", "role": "obligor"}],
                "essential_override": None,
            }
            | known
        ],
        "wordings": [
            {
                "id": "us-28/6",
                "provision": "armed-forces-cap",
                "revision": "us-28",
                "number": "6",
                "change": "added",
                "from": [],
                "text_sha256": "...",
            }
            | known
        ],
        "positions": [
            {
                "id": "p-17",
                "party": "ua",
                "wording": "us-28/6",
                "revision": None,
                "stance": "reject",
                "authority": 3,
                "asserted_by": "ua",
                "stated_on": "2025-11-21",
                "precision": "day",
                "conditions": [],
                "evidence": [{"source": "S001", "grade": "B2"}],
            }
            | known
        ],
        "silence_procedures": [
            {"wording": "us-28/6", "addressees": ["ru"], "deadline": "2026-01-15", "broken_on": None, "broken_by": None}
            | known
        ],
        "events": [{"slug": "ceasefire", "state": "met", "stated_on": "2026-01-02"} | known],
    }


def silent() -> Json:
    return {
        "reading": "silent",
        "class": "unknown",
        "stance": None,
        "authority": None,
        "position": None,
        "wording": None,
        "carried": "none",
        "conditions": [],
        "evidence": [],
        "flags": [],
        "claims": [],
        "elsewhere": [],
        "confidence": {"level": "medium", "reasons": ["provenance_not_official"]},
    }


def test_the_assessment_of_the_specifications_record():
    withdraw = {"move": "withdraw_objection", "party": "ua"}
    none: Json = {"level": None, "vector": {}, "closed": "0/0"}
    apart = {"apart": {"preambular": 0, "succeeded": 0, "withdrawn": 0}}
    assert json.loads(dumps(assess(the_record_of_the_specification()))) == {
        "rule": "AS-1.0",
        "plan": "28-point-framework",
        "revision": "us-28",
        "as_of": "2026-01-15",
        "known_at": "2026-01-15T12:00:00Z",
        "phase": "under_negotiation",
        "provisional": True,
        "refused_by": [],
        "provisions": {
            "armed-forces-cap": {
                "level": "contested",
                "clause": "some essential party rejects",
                "greatest": "contested",
                "essential": ["ru", "ua"],
                "readings": {
                    "us": silent(),
                    "ua": {
                        "reading": "reject",
                        "class": "reject",
                        "stance": "reject",
                        "authority": 3,
                        "position": "p-17",
                        "wording": "us-28/6",
                        "carried": "same",
                        "conditions": [],
                        "evidence": [{"source": "S001", "grade": "B2"}],
                        "flags": [],
                        "claims": [],
                        "elsewhere": [],
                        "confidence": {"level": "low", "reasons": ["one_source", "provenance_not_official"]},
                    },
                    "ru": silent(),
                    "eu": silent(),
                },
                "counts": {"consent": 0, "partial": 0, "unknown": 1, "reject": 1},
                "interval": ["0/2", "1/2"],
                "flags": [],
                "confidence": {"level": "low", "reasons": ["one_source", "provenance_not_official"]},
                "package": None,
                "waits_on": [],
                "would_take": {"next": [withdraw], "agreed": [withdraw, {"move": "state", "party": "ru"}]},
                "moves": {"next": 1, "agreed": 2},
            }
        },
        "gone": {},
        "categories": {
            "achieving-peace": none | apart,
            "security-guarantees": {"level": "contested", "vector": {"contested": 1}, "closed": "0/1"} | apart,
        },
        "packages": [],
        "keystone": None,
    }


def test_the_bytes_are_canonical():
    assert dumps({"b": "Ł", "a": [1, {"d": None, "c": True}]}) == (
        '{\n "a": [\n  1,\n  {\n   "c": true,\n   "d": null\n  }\n ],\n "b": "Ł"\n}\n'.encode()
    )


def test_a_reading_shows_its_conditions_and_their_states_and_ungraded_evidence():
    given = (reaches("borders", "agreed"), happens("vote"))
    plan = record(
        revision("r1", "troops", "borders"),
        says("ua", CONDITIONAL, "r1/troops", given=given, evidence=(("S002", None), ("S001", "A1"))),
        both(ACCEPT, "r1/borders"),
    )
    heard = status(plan, "troops")["readings"]["ua"]
    assert heard["conditions"] == [
        {"kind": "event_met", "event": "vote", "state": "unmet"},
        {"kind": "provision_reaches", "provision": "borders", "level": "agreed", "state": "met"},
    ]
    assert heard["evidence"] == [{"source": "S001", "grade": "A1"}, {"source": "S002", "grade": None}]


def test_the_moment_is_given_in_universal_time_to_the_microsecond():
    plan = record(revision("r1", "troops"), known_at="2026-03-01T12:00:00.000001+02:00")
    assert assess(plan)["known_at"] == "2026-03-01T10:00:00.000001Z"


def test_gone_lines_are_told_apart_from_those_with_words():
    plan = record(revision("r1", "troops", "jets"), revision("r2", same("troops"), after="r1"), both(REJECT, "r1"))
    found = assess(plan)
    assert set(found["provisions"]) == {"troops"}
    assert found["gone"] == {
        "jets": {
            "state": "withdrawn",
            "last_wording": "r1/jets",
            "successors": [],
            "last_level": "unaddressed",
            "alarm": None,
        }
    }


def test_vocabularies_know_their_order():
    assert sorted(Level, key=lambda level: level.rank) == list(Level)
    assert [level.rank for level in (Level.REJECTED, Level.OPEN, Level.AGREED)] == [0, 3, 7]
    assert [stance.rank for stance in Stance] == [0, 1, 2, 3, 4, 5, 1]
    assert [stance for stance in Stance if not stance.consenting] == [Stance.REJECT, Stance.RESERVE, Stance.ABSTAIN]
    assert sorted(EventState, key=lambda state: state.rank) == ["failed", "unmet", "unknown", "met"]
