"""The record part by part: pages that skip and repeat nothing, filters that are exact, things with addresses."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from provisions.agreement.words import Stance
from provisions.held import held
from provisions.models import Resource
from provisions.record import retract_position, writing
from tests.api.conftest import CHANGES, Reader, cost, hang_much_on
from tests.builders import ACCORD, BREVIA, CALDOR, TESTER, long_plan, says

PLAN = f"/api/v1/plans/{ACCORD}"
LISTS = [
    f"{PLAN}/{name}"
    for name in (
        "revisions",
        "provisions",
        "wordings",
        "positions",
        "rulings",
        "silence-procedures",
        "implementations",
        "events",
        "companions",
        "disputes",
        "categories",
        "topics",
    )
] + ["/api/v1/parties", "/api/v1/sources"]


def pages(reader: Reader, path: str, *, link: str = "next") -> Iterator[Any]:
    """A page, and all those that it leads to."""
    address: str | None = path
    while address:
        told = reader.json(address)
        yield told
        address = told[link]


def ids(pages_of: Iterator[Any], key: str = "id") -> list[str]:
    return [row[key] for told in pages_of for row in told["results"]]


def test_every_list_has_the_same_frame_and_every_thing_an_address(everything, reader: Reader):
    for path in LISTS:
        told = reader.json(path)
        assert {"results", "next", "previous", "count", "seq"} == set(told)
        assert told["results"], path
        for row in told["results"]:
            assert set(row) == set(told["results"][0])
            assert reader.json(row["url"]) == row


def test_page_by_page_a_list_is_what_it_is_at_once(everything, reader: Reader):
    for path in LISTS:
        whole = reader.json(path)["results"]
        one_by_one = list(pages(reader, f"{path}?limit=1"))
        assert [row for told in one_by_one for row in told["results"]] == whole
        assert one_by_one[0]["previous"] is None
        back = list(pages(reader, one_by_one[-1]["previous"], link="previous")) if len(whole) > 1 else []
        assert [row for told in reversed(back) for row in told["results"]] == whole[:-1]


def test_an_empty_list_has_the_frame_as_well(accord, reader: Reader):
    told = reader.json(f"{PLAN}/positions")
    assert told == {"results": [], "next": None, "previous": None, "count": None, "seq": accord.seq}


@pytest.mark.parametrize("ordering", ["-stated_on", "stated_on", "-recorded_at", "recorded_at", "id"])
def test_writes_while_somebody_reads_push_nothing_off_a_page(db, reader: Reader, ordering):
    long_plan(12)
    before = set(ids(pages(reader, f"{PLAN}/positions?limit=1000")))
    seen: list[str] = []
    for told in pages(reader, f"{PLAN}/positions?limit=5&ordering={ordering}"):
        seen += [row["id"] for row in told["results"]]
        says(CALDOR, Stance.ACCEPT, "line-1", on="2026-01-02")
        says(CALDOR, Stance.ACCEPT, "line-1", on="2026-01-10")
    assert len(seen) == len(set(seen))
    assert before <= set(seen)


def test_positions_come_in_the_order_that_is_asked_for(everything, reader: Reader):
    assert ids(pages(reader, f"{PLAN}/positions")) == ["p3", "p4", "p2", "p1", "p6", "p5"]
    assert ids(pages(reader, f"{PLAN}/positions?ordering=stated_on")) == ["p5", "p6", "p1", "p2", "p4", "p3"]
    assert ids(pages(reader, f"{PLAN}/positions?ordering=id")) == ["p1", "p2", "p3", "p4", "p5", "p6"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("positions?party=brevia", ["p3", "p2", "p6"]),
        ("positions?party=brevia&party=caldor", ["p3", "p4", "p2", "p6"]),
        ("positions?provision=ceasefire", ["p4", "p1"]),
        ("positions?stance=accept&party=arden", ["p1", "p5"]),
        ("positions?revision=draft-1", ["p3", "p4", "p2", "p1", "p6", "p5"]),
        ("positions?revision=draft-2", []),
        ("positions?retracted=yes", ["p2"]),
        ("positions?retracted=no", ["p3", "p4", "p1", "p6", "p5"]),
        ("positions?recorded_since=2999-01-01T00:00:00Z", []),
    ],
)
def test_filters_choose_positions(everything, reader: Reader, query, found):
    retract_position(ACCORD, "p2", by=TESTER)
    assert ids(pages(reader, f"{PLAN}/{query}")) == found


@pytest.mark.parametrize(
    ("query", "key", "found"),
    [
        ("wordings?revision=draft-2", "provision", ["ceasefire"]),
        ("wordings?provision=prisoners", "revision", ["draft-1"]),
        ("wordings?change=substantive", "revision", ["draft-2"]),
        ("provisions?level=withdrawn", "slug", ["prisoners"]),
        ("provisions?category=peace", "slug", ["ceasefire", "prisoners"]),
        ("revisions?ordering=-dated", "slug", ["draft-2", "draft-1"]),
        ("revisions?provenance=leaked", "slug", []),
        ("companions?revision=draft-1", "slug", ["annex"]),
        ("companions?provision=ceasefire", "slug", ["annex"]),
        ("disputes?provision=prisoners", "slug", []),
        ("disputes?status=open", "slug", ["troops"]),
    ],
)
def test_filters_choose_from_other_lists(everything, reader: Reader, query, key, found):
    assert ids(pages(reader, f"{PLAN}/{query}"), key) == found


def test_the_rows_of_all_pages_are_counted_when_asked(everything, reader: Reader):
    told = reader.json(f"{PLAN}/positions?limit=2&count=exact")
    assert (len(told["results"]), told["count"]) == (2, 6)
    assert reader.json(told["next"])["count"] == 6


def test_a_page_leads_to_those_beside_by_a_header_too(everything, reader: Reader):
    first = reader.get(f"{PLAN}/positions?limit=1")
    assert first["Link"] == f'<{first.json()["next"]}>; rel="next"'
    second = reader.get(first.json()["next"])
    assert second["Link"] == f'<{second.json()["next"]}>; rel="next", <{second.json()["previous"]}>; rel="prev"'
    assert "Link" not in reader.get(f"{PLAN}/positions")
    assert "Link" not in reader.get(CHANGES)


MADE_UP = (
    "[]",
    "{}",
    "3",
    "[" * 400,
    '["id","on"]',
    '["id","on","p1","p2"]',
    '["id","on",3]',
    '["id","away","p1"]',
    '["stated_on","on","yesterday","p1"]',
    '["recorded_at","on","2026-01-01 00:00:00","p1"]',
    '["id","on","\\u0000"]',
    "\xff\xfe",
)


@pytest.mark.parametrize("ordering", ["id", "stated_on", "recorded_at"])
def test_a_cursor_that_somebody_made_up_is_refused(accord, reader: Reader, ordering):
    for told in MADE_UP:
        cursor = base64.urlsafe_b64encode(told.encode("latin-1")).decode().rstrip("=")
        answer = reader.problem(f"{PLAN}/positions?ordering={ordering}&cursor={cursor}")
        assert (answer["status"], answer["code"]) == (400, "bad-value"), told


def test_a_cursor_is_of_one_order_only(everything, reader: Reader):
    following = reader.json(f"{PLAN}/positions?limit=1&ordering=id")["next"]
    assert reader.problem(following.replace("ordering=id", "ordering=stated_on"))["code"] == "bad-value"


@pytest.mark.parametrize(
    "path",
    [
        "positions/p99",
        "positions/%00",
        "positions/p1%00",
        "wordings/draft-1/nothing",
        "wordings/draft-9/ceasefire",
        "events/nothing",
        "revisions/draft-9",
        "provisions/nothing",
    ],
)
def test_a_thing_that_is_not_on_record_is_not_found(everything, reader: Reader, path):
    assert reader.problem(f"{PLAN}/{path}")["status"] == 404


def test_what_is_told_of_a_position_is_all_that_is_on_record(everything, reader: Reader):
    told = reader.json(f"{PLAN}/positions/p2")
    recorded_at = told.pop("recorded_at")
    assert recorded_at.endswith("Z")
    assert told == {
        "id": "p2",
        "party": BREVIA,
        "asserted_by": BREVIA,
        "revision": "draft-1",
        "provision": "prisoners",
        "stance": "reject",
        "authority": 3,
        "stated_on": "2026-01-07",
        "stated_on_precision": "day",
        "stated_on_approximate": False,
        "speaker": "A spokesperson",
        "speaker_role": None,
        "summary": "Brevia says reject.",
        "thin": False,
        "conditions": [],
        "evidence": [{"source": "S1", "grade": "A1"}],
        "follows": None,
        "note": None,
        "retracted": False,
        "url": "http://testserver/api/v1/plans/accord/positions/p2",
    }


def test_an_odd_id_has_an_address_too(everything, reader: Reader):
    known = held(everything, Resource.POSITION, keys=["p1"])["p1"].content
    with writing(ACCORD, by=TESTER) as pen:
        pen.put([replace(known, key="p1 again, really?", stance=Stance.RESERVE)])
    row = reader.json(f"{PLAN}/positions?ordering=-recorded_at")["results"][0]
    assert row["id"] == "p1 again, really?"
    assert reader.json(row["url"]) == row


def test_a_page_costs_the_same_queries_however_long_it_is(db, reader: Reader):
    """The head, the plan, the page's keys, and its things."""
    long_plan(500)
    # A thousand positions, five hundred of the others.
    for path in ("positions", "wordings", "provisions"):
        for limit in (1, 25, 200, 1000):
            assert cost(reader, f"{PLAN}/{path}?limit={limit}") == 4, path


def test_no_list_costs_more_than_six_queries_whatever_hangs_on_its_rows(everything, reader: Reader):
    """What may come to those: events have states, disputes claims, rulings and silence procedures sources."""
    hang_much_on(everything)
    assert all(cost(reader, path) <= 6 for path in LISTS)


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("positions?q=REJECT", ["p2"]),
        ("positions?q=says+brev", ["p3", "p2", "p6"]),
        ("positions?q=says&q=brevia", None),
        ("positions?q=50%25", []),
        ("positions?q=_revia", []),
        ("positions?q=%00", None),
        ("positions?q=+", None),
    ],
)
def test_words_are_found_wherever_they_stand(everything, reader: Reader, asked, found):
    if found is None:
        assert reader.problem(f"{PLAN}/{asked}")["code"] == "bad-value"
    else:
        assert ids(pages(reader, f"{PLAN}/{asked}")) == found


def test_lines_and_words_are_found_by_what_they_say(everything, reader: Reader):
    assert ids(pages(reader, f"{PLAN}/provisions?q=cease"), "slug") == ["ceasefire"]
    told = reader.json(f"{PLAN}/wordings?q=dusk+fire")["results"]
    assert [(row["revision"], row["provision"]) for row in told] == [("draft-2", "ceasefire")]
    assert ids(pages(reader, f"{PLAN}/revisions?q=DRAFT-2"), "slug") == ["draft-2"]


def test_what_was_changed_since_a_moment_is_found_retractions_too(everything, reader: Reader):
    kinds = ("positions", "provisions", "wordings", "revisions", "rulings", "silence-procedures")

    def since(kind: str, moment: str) -> list[Any]:
        return reader.json(f"{PLAN}/{kind}?updated_since={moment.replace('+00:00', 'Z')}")["results"]

    for kind in kinds:
        every = reader.json(f"{PLAN}/{kind}")["results"]
        assert since(kind, "2026-01-01T00:00:00Z") == every
        assert since(kind, "2999-01-01T00:00:00Z") == []
        latest = max(row["recorded_at"] for row in every)
        assert latest in {row["recorded_at"] for row in since(kind, latest)}
    seen = max(row["recorded_at"] for row in reader.json(f"{PLAN}/positions")["results"])
    assert "p1" not in {row["id"] for row in since("positions", seen)}
    retract_position(ACCORD, "p1", by=TESTER)
    assert "p1" in {row["id"] for row in since("positions", seen)}
