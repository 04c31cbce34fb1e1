"""What was carried out, over the API: rows as they are on record, and the history with what follows from them."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest

from provisions.models import Change, Plan, Resource
from tests.api.conftest import CHANGES, Reader, Writer, cost, refused
from tests.builders import ACCORD, carried_out, sign

PLAN = f"/api/v1/plans/{ACCORD}"
HISTORY = f"{PLAN}/implementation-history"
LEVEL = {
    "provision": "ceasefire",
    "since": "2026-02",
    "level": 2,
    "note": "Fire ceased, but on the lake.",
    "sources": ["S1"],
    "reason": "The monitors reported.",
}


@pytest.fixture
def signed(accord: Plan) -> Plan:
    sign(on="2026-01-20")
    return accord


@pytest.fixture
def levels(signed: Plan) -> Plan:
    """A ceasefire that held, fell and came back; of the prisoners a beginning."""
    carried_out("ceasefire", 3, since="2026-02-01")
    carried_out("ceasefire", 1, since="2026-03", approximate=True)
    carried_out("ceasefire", 2, since="2026-04-01")
    carried_out("prisoners", 1, since="2026-02-10")
    return signed


def told(reader: Reader, query: str = "") -> list[tuple[Any, ...]]:
    """Line, day, level, and the level that it fell from."""
    rows = reader.json(f"{HISTORY}{query}")["results"]
    return [
        (row["provision"], row["since"], row["level"], (row["fell_from"] or {}).get("level"), row["latest"])
        for row in rows
        if row["stands"]
    ]


# ---- Rows of the record ----


def test_a_level_is_told_as_it_is_on_record(levels, reader: Reader):
    row = reader.json(f"{PLAN}/implementations/ceasefire/2026-03")
    recorded_at, url = row.pop("recorded_at"), row.pop("url")
    assert row == {
        "provision": "ceasefire",
        "since": "2026-03-01",
        "since_precision": "month",
        "since_approximate": True,
        "level": 1,
        "note": "As was seen.",
        "sources": ["S1"],
        "version": 1,
    }
    assert recorded_at
    assert reader.json(url)["since"] == "2026-03-01"
    entry = reader.json(f"{CHANGES}?limit=1000")["results"][-3]
    assert (entry["resource"], entry["id"], entry["url"]) == ("implementation", "ceasefire/2026-03", url)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["2026-02-01", "2026-03-01", "2026-04-01", "2026-02-10"]),
        ("?provision=prisoners", ["2026-02-10"]),
        ("?level=3&level=2", ["2026-02-01", "2026-04-01"]),
        ("?ordering=-since", ["2026-04-01", "2026-03-01", "2026-02-10", "2026-02-01"]),
        ("?ordering=since&limit=2", ["2026-02-01", "2026-02-10"]),
        ("?updated_since=2999-01-01T00:00:00Z", []),
    ],
)
def test_levels_are_chosen_and_put_in_order(levels, reader: Reader, query, found):
    assert [row["since"] for row in reader.json(f"{PLAN}/implementations{query}")["results"]] == found


@pytest.mark.parametrize("query", ["?level=4", "?provision=nothing", "?reversal=yes"])
def test_what_cannot_be_asked_is_refused(levels, reader: Reader, query):
    assert reader.problem(f"{PLAN}/implementations{query}")["status"] == 400


@pytest.mark.parametrize("address", ["ceasefire/2026-03-01", "ceasefire/2026", "ceasefire/soon", "nothing/2026-03"])
def test_only_the_day_as_exactly_as_it_is_known_is_an_address(levels, reader: Reader, address):
    assert reader.problem(f"{PLAN}/implementations/{address}")["status"] == 404


def test_one_that_was_withdrawn_says_so_and_why(levels, reader: Reader):
    carried_out("prisoners", None, since="2026-02-10", note="Of another line.", sources=(), seen=1)
    row = reader.json(f"{PLAN}/implementations/prisoners/2026-02-10")
    assert (row["level"], row["note"], row["version"]) == (None, "Of another line.", 2)


def test_lists_cost_the_same_queries_however_much_is_on_them(levels, reader: Reader):
    assert [cost(reader, path) for path in (f"{PLAN}/implementations", HISTORY)] == [4, 3]
    costs = set()
    for month in range(5, 9):
        carried_out("prisoners", month % 4, since=f"2026-{month:02}")
        # After a change the head is read once more, to keep the answer under it.
        costs |= {(cost(reader, f"{PLAN}/implementations"), cost(reader, HISTORY))}
    assert costs == {(5, 4)}


# ---- The history ----


def test_the_history_says_what_holds_and_what_is_a_reversal(levels, reader: Reader):
    assert told(reader) == [
        ("ceasefire", "2026-02-01", 3, None, False),
        ("ceasefire", "2026-03-01", 1, 3, False),
        ("ceasefire", "2026-04-01", 2, None, True),
        ("prisoners", "2026-02-10", 1, None, True),
    ]
    fall = reader.json(f"{HISTORY}?provision=ceasefire")["results"][1]
    assert fall["reversal"] is True
    assert fall["fell_from"] == {
        "level": 3, "since": "2026-02-01", "since_precision": "day", "since_approximate": False,
    }  # fmt: skip
    assert (fall["note"], fall["sources"]) == ("As was seen.", ["S1"])


def test_a_past_day_has_what_had_come_and_a_past_moment_what_was_known(levels, reader: Reader):
    assert told(reader, "?provision=ceasefire&as_of=2026-03-31") == [
        ("ceasefire", "2026-02-01", 3, None, False),
        ("ceasefire", "2026-03-01", 1, 3, True),
    ]
    moment = Change.objects.get(resource=Resource.IMPLEMENTATION, key="ceasefire/2026-03").recorded_at
    carried_out("ceasefire", None, since="2026-02-01", note="Misread.", sources=(), seen=1)
    assert told(reader, "?provision=ceasefire") == [
        ("ceasefire", "2026-03-01", 1, None, False),
        ("ceasefire", "2026-04-01", 2, None, True),
    ]
    assert told(reader, f"?known_at={moment.isoformat().replace('+00:00', 'Z')}") == [
        ("ceasefire", "2026-02-01", 3, None, False),
        ("ceasefire", "2026-03-01", 1, 3, True),
    ]


def test_of_two_from_one_day_the_lower_stands_and_the_other_is_told_too(levels, reader: Reader):
    carried_out("prisoners", 0, since="2026-03-01")
    carried_out("prisoners", 2, since="2026-03")
    rows = reader.json(f"{HISTORY}?provision=prisoners")["results"]
    assert [(row["level"], row["stands"], row["reversal"], row["latest"]) for row in rows] == [
        (1, True, False, False),
        (2, False, False, False),
        (0, True, True, True),
    ]


def test_as_a_table_a_reversal_has_the_columns_of_what_it_fell_from(levels, reader: Reader):
    text = reader.get(f"{HISTORY}.csv").content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [(row["level"], row["reversal"], row["fell_from_level"], row["fell_from_since"]) for row in rows] == [
        ("3", "false", "", ""),
        ("1", "true", "3", "2026-02-01"),
        ("2", "false", "", ""),
        ("1", "false", "", ""),
    ]
    assert reader.get(f"{PLAN}/implementations.xlsx").status_code == 200


# ---- Writing ----


def test_a_level_is_put_on_record_with_a_key(signed, writer: Writer, reader: Reader):
    answer = writer.post(f"{PLAN}/implementations", LEVEL)
    body = answer.json()
    assert (answer.status_code, body["level"], body["since_precision"]) == (201, 2, "month"), body
    assert answer["Location"] == body["url"]
    assert Change.objects.latest("seq").reason == "The monitors reported."


def test_it_is_corrected_and_withdrawn_on_the_version_that_was_read(signed, writer: Writer):
    writer.post(f"{PLAN}/implementations", LEVEL)
    refused(writer.post(f"{PLAN}/implementations", {**LEVEL, "level": 1}), 409, "edit-conflict")
    assert writer.post(f"{PLAN}/implementations", {**LEVEL, "level": 1, "version": 1}).json()["version"] == 2
    answer = writer.post(f"{PLAN}/implementations", {**LEVEL, "level": None, "note": "Misread.", "version": 2})
    assert (answer.json()["level"], answer.json()["note"]) == (None, "Misread.")


def test_where_nothing_is_signed_it_is_refused_with_the_remedy(accord, writer: Writer):
    answer = refused(writer.post(f"{PLAN}/implementations", LEVEL), 422, "not-valid")
    (error,) = answer["errors"]
    assert error["pointer"] == "/body/provision"
    assert "every principal accepts it, at least two of them with formal authority" in error["detail"]


@pytest.mark.parametrize(
    ("given", "status", "pointer"),
    [
        ({"level": 4}, 400, "/body/level"),
        ({"level": "2"}, 400, "/body/level"),
        ({"reason": " "}, 400, "/body/reason"),
        ({"since": "soon"}, 400, "/body/since"),
        ({"reversal": True}, 400, "/body/reversal"),
        ({"since": "2026-01-19"}, 422, "/body/since"),
        ({"sources": []}, 422, "/body/sources"),
        ({"note": " "}, 422, "/body/note"),
    ],
)
def test_what_is_wrong_is_said_of_its_key(signed, writer: Writer, given, status, pointer):
    answer = writer.post(f"{PLAN}/implementations", {**LEVEL, **given}).json()
    assert (answer["status"], [error["pointer"] for error in answer["errors"]]) == (status, [pointer])
