"""How it came about, and what changed between two texts, as data."""

from __future__ import annotations

from datetime import date

import pytest

from provisions.agreement.words import Stance
from provisions.assessing import recompute
from provisions.models import Plan
from provisions.models.plan import new_epoch
from tests.api.conftest import Reader
from tests.builders import ACCORD, BREVIA, long_plan, revision, says

PLAN = f"/api/v1/plans/{ACCORD}"


def test_levels_are_told_day_by_day_up_to_the_day_as_of_which_they_are_worked_out(everything, reader: Reader):
    told = reader.json(f"{PLAN}/series")
    days = [row["day"] for row in told["results"]]
    assert (days[0], days[-1]) == ("2026-01-05", "2026-01-20")
    assert len(days) == 16
    board = reader.json(f"{PLAN}/board")
    assert told["results"][-1]["vector"] == board["vector"]
    assert told["results"][-1]["revision"] == "draft-2"
    assert told["results"][0]["revision"] == "draft-1"


def test_of_a_week_or_a_month_the_last_day_is_told_and_of_the_running_one_the_latest(everything, reader: Reader):
    assert [row["day"] for row in reader.json(f"{PLAN}/series?interval=week")["results"]] == [
        "2026-01-11",
        "2026-01-18",
        "2026-01-20",
    ]
    assert [row["day"] for row in reader.json(f"{PLAN}/series?interval=month")["results"]] == ["2026-01-20"]
    days = reader.json(f"{PLAN}/series?since=2026-01-08&until=2026-01-09")["results"]
    assert [row["day"] for row in days] == ["2026-01-08", "2026-01-09"]


def test_the_turns_of_a_line_name_what_was_behind_them(everything, reader: Reader):
    said = says(BREVIA, Stance.ACCEPT, "prisoners", on="2026-01-12")
    recompute(everything.pk, today=date(2026, 1, 21))
    told = reader.json(f"{PLAN}/provisions/prisoners/history")
    first, last = told["results"][0], told["results"][-1]
    assert first["before"] is None
    assert last["level"] == reader.json(f"{PLAN}/provisions/prisoners")["level"]
    assert said in [cause["id"] for turn in told["results"] for cause in turn["because"]] or len(told["results"]) == 1
    assert reader.problem(f"{PLAN}/provisions/nowhere/history")["status"] == 404


def test_a_redline_tells_what_became_of_each_line_and_word(everything, reader: Reader):
    told = reader.json(f"{PLAN}/redline?from=draft-1&to=draft-2")
    assert (told["before"]["slug"], told["after"]["slug"]) == ("draft-1", "draft-2")
    fates = {part["provision"]: part["fate"] for row in told["results"] for part in row["parts"]}
    assert fates["ceasefire"] == "modified"
    (row,) = [row for row in told["results"] if row["parts"][0]["provision"] == "ceasefire"]
    after = row["after"][0]
    assert "".join(piece["text"] + piece["gap"] for piece in after["pieces"]).strip() == after["text"]
    assert [piece["text"] for piece in after["pieces"] if piece["edit"] == "inserted"] == ["dusk"]
    assert [piece["text"] for piece in row["before"][0]["pieces"] if piece["edit"] == "deleted"] == ["noon"]


def test_without_texts_the_first_is_compared_with_the_current_one(everything, reader: Reader):
    assert reader.json(f"{PLAN}/redline") == reader.json(f"{PLAN}/redline?from=draft-1&to=draft-2")
    one = reader.json(f"{PLAN}/redline?provision=prisoners")["results"]
    assert [part["provision"] for row in one for part in row["parts"]] == ["prisoners"]


@pytest.mark.parametrize("name", ["redline", "concordance"])
def test_a_text_that_is_not_there_is_refused_by_name(everything, reader: Reader, name):
    told = reader.problem(f"{PLAN}/{name}?from=nowhere")
    assert told["errors"][0]["pointer"] == "/query/from"
    assert "draft-1" in told["detail"]


def test_the_concordance_names_the_words_that_answer_to_each_other(everything, reader: Reader):
    told = reader.json(f"{PLAN}/concordance?from=draft-1&to=draft-2")
    assert {"fate": "modified", "before": ["draft-1/ceasefire"], "after": ["draft-2/ceasefire"]} in told["results"]


def test_the_feed_of_all_plans_tells_each_change_once(everything, reader: Reader):
    long_plan(3, plan="pact")
    cursor, found = "", []
    while True:
        page = reader.json("/api/v1/changes?limit=7" + (f"&since={cursor}" if cursor else ""))
        found += [(row["plan"], row["seq"]) for row in page["results"]]
        cursor = page["next"]
        if not page["has_more"]:
            break
    heads = dict(Plan.objects.values_list("slug", "seq"))
    assert found == [(slug, seq) for slug in sorted(heads) for seq in range(1, heads[slug] + 1)]
    assert reader.json(f"/api/v1/changes?since={cursor}")["results"] == []
    revision("draft-2", words={"line-1": "Other words."}, derives_from="draft-1", plan="pact", dated=date(2026, 2, 1))
    news = reader.json(f"/api/v1/changes?since={cursor}")["results"]
    assert {row["plan"] for row in news} == {"pact"}
    assert reader.get(news[0]["url"]).status_code == 200


def test_the_feed_of_all_plans_starts_again_after_a_restore_of_one(everything, reader: Reader):
    cursor = reader.json("/api/v1/changes?since=now")["next"]
    Plan.objects.filter(slug=ACCORD).update(epoch=new_epoch())
    told = reader.problem(f"/api/v1/changes?since={cursor}")
    assert (told["status"], told["start"]) == (410, "http://testserver/api/v1/plans")
    for nonsense in ("abc", "e30x", "W10"):
        assert reader.problem(f"/api/v1/changes?since={nonsense}")["status"] == 400
