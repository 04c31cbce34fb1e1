"""The board as data: every row has the same keys, filters choose rows, a past day can be asked for."""

from __future__ import annotations

from datetime import date

import pytest

from provisions.agreement.words import Level, Stance
from provisions.assessing import recompute
from provisions.codebook import VOCABULARIES
from provisions.contents import RulingContent
from provisions.models import Change, Plan
from provisions.record import change
from tests.api.conftest import BOARD, Reader
from tests.builders import ACCORD, ARDEN, BREVIA, CALDOR, TESTER, long_plan, revision, says

DAY = date(2026, 1, 20)


def work_out(day: date = DAY) -> None:
    recompute(Plan.objects.get(slug=ACCORD).pk, today=day)


@pytest.fixture
def story(accord):
    """Both accept the ceasefire; on prisoners Brevia objects. The second draft drops the prisoners."""
    says(ARDEN, Stance.ACCEPT, "ceasefire", on="2026-01-06")
    says(BREVIA, Stance.ACCEPT, "ceasefire", on="2026-01-07")
    says(BREVIA, Stance.REJECT, "prisoners", on="2026-01-08")
    work_out()
    return accord


def rows(reader: Reader, query: str = "") -> list[str]:
    return [row["provision"] for row in reader.json(BOARD + query)["results"]]


def test_a_row_says_where_the_line_stands_and_how_each_party_reads(story, reader: Reader):
    board = reader.json(BOARD)
    ceasefire, prisoners = board["results"]
    assert (ceasefire["provision"], ceasefire["number"], ceasefire["level"]) == ("ceasefire", "1", "agreed")
    assert ceasefire["counts"] == {"consent": 2, "partial": 0, "unknown": 0, "reject": 0}
    assert (ceasefire["interval"], ceasefire["updated"]) == (["2/2", "2/2"], "2026-01-07")
    assert prisoners["level"] == "contested"
    assert list(prisoners["readings"]) == [ARDEN, BREVIA, CALDOR, "dorne"]
    assert prisoners["readings"][BREVIA] == {
        "essential": True,
        "reading": "reject",
        "reading_class": "reject",
        "stance": "reject",
        "authority": 3,
        "position": "p3",
        "stated_on": "2026-01-08",
        "stated_on_precision": "day",
        "stated_on_approximate": False,
        "given_on": "draft-1",
        "carried": "same",
        "aged": False,
        "claimed_by": [],
        "flags": [],
    }
    assert (board["phase"], board["provisional"], board["level"]) == ("under_negotiation", True, "contested")
    assert (board["closed"], board["operative"]) == (1, 2)
    assert board["vector"] == {level: int(level in ("agreed", "contested")) for level in Level}
    assert board["categories"][0]["vector"] == board["vector"]


def test_levels_that_were_not_worked_out_yet_are_null_and_not_absent(accord, reader: Reader):
    board = reader.json(BOARD)
    assert (board["phase"], board["assessed_seq"], board["assessed_on"]) == (None, 0, None)
    row = board["results"][0]
    assert (row["level"], row["counts"], row["readings"][ARDEN]) == (None, None, None)


def test_every_row_has_the_same_keys_also_one_that_is_gone(story, reader: Reader):
    revision("draft-2", words={"ceasefire": "All fire ceases at noon."}, derives_from="draft-1", dated=DAY)
    work_out()
    ceasefire, prisoners = reader.json(BOARD)["results"]
    assert prisoners["level"] == "withdrawn"
    assert (prisoners["number"], prisoners["counts"], prisoners["change_since_first"]) == (None, None, "removed")
    assert set(ceasefire) == set(prisoners)
    assert set(ceasefire["readings"]) == set(prisoners["readings"])
    assert set(prisoners["readings"].values()) == {None}
    category = reader.json(BOARD)["categories"][0]
    assert (category["operative"], category["withdrawn"]) == (1, 1)


@pytest.mark.parametrize(
    ("query", "lines"),
    [
        ("", ["ceasefire", "prisoners"]),
        ("?level=agreed", ["ceasefire"]),
        ("?level=agreed&level=contested", ["ceasefire", "prisoners"]),
        ("?level=withdrawn", []),
        ("?category=peace", ["ceasefire", "prisoners"]),
        ("?stance=reject", ["prisoners"]),
        ("?stance=reject&party=arden", []),
        ("?stance=reject&party=arden&party=brevia", ["prisoners"]),
        ("?stance=accept&party=brevia", ["ceasefire"]),
        ("?flag=stale", []),
        ("?flag=claimed", ["prisoners"]),
        ("?flag=claimed&level=agreed", []),
    ],
)
def test_filters_choose_rows(story, reader: Reader, query, lines):
    says(CALDOR, Stance.ACCEPT, "prisoners", asserted_by=ARDEN, authority=0)
    work_out()
    assert rows(reader, query) == lines


def test_filters_leave_the_counts_of_the_whole_alone(story, reader: Reader):
    whole, some = reader.json(BOARD), reader.json(f"{BOARD}?level=agreed&party=brevia")
    assert list(some["results"][0]["readings"]) == [BREVIA]
    assert {**some, "results": None} == {**whole, "results": None}


def test_a_past_day_shows_what_had_been_said_by_then(story, reader: Reader):
    board = reader.json(f"{BOARD}?as_of=2026-01-06")
    assert board["as_of"] == "2026-01-06"
    assert [row["level"] for row in board["results"]] == ["open", "unaddressed"]
    assert reader.json(BOARD)["as_of"] is None


def test_what_was_recorded_later_is_not_known_earlier(story, reader: Reader):
    before_the_objection = Change.objects.get(plan=story, key="p3").recorded_at.isoformat().replace("+00:00", "Z")
    known = Change.objects.get(plan=story, key="p2").recorded_at.isoformat().replace("+00:00", "Z")
    assert known < before_the_objection
    board = reader.json(f"{BOARD}?known_at={known}")
    assert board["known_at"] == known
    assert [row["level"] for row in board["results"]] == ["agreed", "unaddressed"]


def test_another_revision_can_be_evaluated(story, reader: Reader):
    revision("draft-2", words={"ceasefire": "All fire ceases at dusk."}, derives_from="draft-1", dated=DAY)
    work_out()
    assert reader.json(BOARD)["revision"]["slug"] == "draft-2"
    board = reader.json(f"{BOARD}?revision=draft-1")
    assert (board["revision"]["slug"], board["as_of"]) == ("draft-1", "2026-01-20")
    assert [row["level"] for row in board["results"]] == ["agreed", "contested"]


def test_a_revision_cannot_be_asked_for_before_it_was_known(story, reader: Reader):
    before = Change.objects.latest("seq").recorded_at.isoformat().replace("+00:00", "Z")
    revision("draft-2", words={"ceasefire": "All fire ceases at dusk."}, derives_from="draft-1", dated=DAY)
    told = reader.problem(f"{BOARD}?revision=draft-2&known_at={before}")
    assert told["detail"] == ("revision: 'draft-2' is not one of this plan as it was known then; use one of: draft-1.")


def test_a_ruling_stands_beside_the_level(story, reader: Reader):
    ruling = RulingContent(
        provision="prisoners",
        revision="draft-1",
        level=Level.OPEN,
        reason="The objection is tactical.",
        sources=("S1",),
    )
    change(ACCORD, ruling, seen=0, by=TESTER)
    row = reader.json(BOARD)["results"][1]
    assert row["level"] == "contested"
    assert (row["ruling"]["level"], row["ruling"]["wording"]) == ("open", "draft-1/prisoners")


def test_a_long_plan_is_told_whole(db, reader: Reader):
    long_plan(60)
    work_out()
    assert len(rows(reader)) == 60


def test_the_plan_says_how_far_its_log_and_its_levels_go(story, reader: Reader):
    told = reader.json("/api/v1/plans/accord")
    story.refresh_from_db()
    assert (told["seq"], told["assessed_seq"], told["assessed_on"]) == (story.seq, story.seq, "2026-01-20")
    assert (told["phase"], told["current_revision"]) == ("under_negotiation", "draft-1")
    assert (told["principals"], told["parties"][0]) == ([ARDEN, BREVIA], ARDEN)
    listed = reader.json("/api/v1/plans")
    assert listed == {"results": [told], "next": None, "previous": None, "count": None, "seq": None}
    assert reader.get(told["url"]).json() == told


@pytest.mark.parametrize("name", VOCABULARIES)
def test_every_vocabulary_can_be_read_in_its_order(reader: Reader, name):
    told = reader.json(f"/api/v1/codelists/{name}")
    assert [word["value"] for word in told["results"]] == [each.value for each in VOCABULARIES[name]]
    assert all(word["label"] for word in told["results"])
    assert [word["order"] for word in told["results"]] == list(range(1, len(told["results"]) + 1))
    assert told in reader.json("/api/v1/codelists")["results"]
