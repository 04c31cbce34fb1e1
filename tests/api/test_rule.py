"""Record and assessment as published: from the one anybody can work out the other."""

from __future__ import annotations

from datetime import date

import pytest

from provisions.agreement import assess
from provisions.agreement.words import Stance
from provisions.assessing import recompute
from provisions.models import Change
from tests.api.conftest import Reader
from tests.builders import ARDEN, BREVIA, says

PLAN = "/api/v1/plans/accord"


def moment_of(key: str) -> str:
    return Change.objects.get(resource="position", key=key).recorded_at.isoformat().replace("+00:00", "Z")


QUESTIONS = ["", "?as_of=2026-01-06", "?as_of=2026-01-07", "?revision=draft-1", "?as_of=2026-01-07&revision=draft-2"]


@pytest.mark.parametrize("query", QUESTIONS)
def test_whoever_works_the_record_out_finds_the_assessment(everything, reader: Reader, query):
    assert assess(reader.json(f"{PLAN}/record{query}")) == reader.json(f"{PLAN}/assessment{query}")


def test_also_as_it_was_known_at_a_moment(everything, reader: Reader):
    query = f"?known_at={moment_of('p2')}"
    told = reader.json(f"{PLAN}/assessment{query}")
    assert assess(reader.json(f"{PLAN}/record{query}")) == told
    assert told["revision"] == "draft-1"
    assert told["provisions"]["prisoners"]["level"] == "contested"


def test_the_assessment_has_the_levels_of_the_board(everything, reader: Reader):
    for query in QUESTIONS:
        told = reader.json(f"{PLAN}/assessment{query}")
        levels = {line: body["level"] for line, body in told["provisions"].items()}
        levels |= {line: body["state"] for line, body in told["gone"].items()}
        board = reader.json(f"{PLAN}/board{query}")
        assert {row["provision"]: row["level"] for row in board["results"]} == levels


def test_neither_depends_on_the_clock(everything, reader: Reader):
    for part in ("record", "assessment"):
        told = reader.json(f"{PLAN}/{part}")
        assert told["as_of"] == "2026-01-20"
        assert told["known_at"] == Change.objects.latest("seq").recorded_at.isoformat().replace("+00:00", "Z")


def test_while_levels_lag_the_assessment_says_up_to_when_it_knew(everything, reader: Reader):
    before = reader.json(f"{PLAN}/assessment")
    says(ARDEN, Stance.REJECT, "ceasefire", on="2026-01-10")
    assert reader.json(f"{PLAN}/assessment") == before
    recompute(everything.pk, today=date(2026, 1, 20))
    after = reader.json(f"{PLAN}/assessment")
    assert after["known_at"] > before["known_at"]
    assert after["provisions"]["ceasefire"]["readings"][ARDEN]["reading"] == "reject"


def test_before_levels_are_worked_out_there_is_no_assessment(accord, reader: Reader):
    told = reader.problem(f"{PLAN}/assessment")
    assert (told["status"], told["detail"]) == (404, "Levels have not been worked out yet.")
    assert reader.json(f"{PLAN}/assessment?as_of=2026-01-06")["phase"] == "tabled"


def test_the_summary_is_flat_and_agrees_with_the_board(everything, reader: Reader):
    for query in QUESTIONS:
        summary, board = reader.json(f"{PLAN}/summary{query}"), reader.json(f"{PLAN}/board{query}")
        assert not [key for key, value in summary.items() if isinstance(value, dict | list)]
        for key in ("seq", "phase", "level", "operative", "closed", "keystone", "as_of"):
            assert summary[key] == board[key], key
        assert {key: summary[key] for key in board["vector"]} == board["vector"]
        assert summary["revision"] == board["revision"]["slug"]


def test_the_summary_counts_what_is_gone_stale_and_refused(everything, reader: Reader):
    summary = reader.json(f"{PLAN}/summary")
    assert (summary["revision"], summary["operative"], summary["withdrawn"]) == ("draft-2", 1, 1)
    # Brevia held back on the whole of the first draft, and said nothing of the second.
    assert (summary["stale"], summary["alarms"], summary["refusals"]) == (1, 0, 1)
    assert summary["updated"] == "2026-01-09"
    says(BREVIA, Stance.ACCEPT, None, on="2026-01-10", revision="draft-2")
    recompute(everything.pk, today=date(2026, 1, 20))
    assert reader.json(f"{PLAN}/summary")["refusals"] == 0
    says(ARDEN, Stance.REJECT, None, on="2026-01-11", revision="draft-2")
    recompute(everything.pk, today=date(2026, 1, 20))
    assert reader.json(f"{PLAN}/summary")["refusals"] == 1


def test_before_levels_are_worked_out_the_summary_has_the_same_keys(accord, reader: Reader):
    early = reader.json(f"{PLAN}/summary")
    recompute(accord.pk, today=date(2026, 1, 20))
    assert set(early) == set(reader.json(f"{PLAN}/summary"))
    assert (early["phase"], early["level"], early["open"]) == (None, None, 0)
