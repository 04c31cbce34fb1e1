"""Things in full where rows name them: as at their own addresses, read once a page, and never late."""

from __future__ import annotations

from typing import Any

import pytest

from provisions.agreement.words import Stance
from provisions.api.beside import COMPANIONS, DISPUTES, EVENTS
from provisions.api.endpoint import every_log, the_levels, the_log, widest
from provisions.api.entries import Kind
from provisions.api.implementing import IMPLEMENTATIONS
from provisions.api.said import POSITIONS, RULINGS, SILENCE_PROCEDURES
from provisions.api.texts import PROVISIONS, REVISIONS, WORDINGS
from provisions.contents import SourceContent
from provisions.models import Plan
from provisions.record import writing
from tests.api.conftest import Reader, cost, hang_much_on
from tests.api.test_conditional import (
    a_new_day,
    a_party_that_another_plan_renames,
    other_words,
    work_out,
)
from tests.builders import ACCORD, BREVIA, TESTER, long_plan, plan, says

PLAN = f"/api/v1/plans/{ACCORD}"
KINDS = (
    REVISIONS,
    PROVISIONS,
    WORDINGS,
    POSITIONS,
    RULINGS,
    SILENCE_PROCEDURES,
    IMPLEMENTATIONS,
    EVENTS,
    COMPANIONS,
    DISPUTES,
)


@pytest.fixture
def all_of_it(everything: Plan) -> Plan:
    """A plan whose things name whatever they can name."""
    hang_much_on(everything)
    return everything


def a_source_that_another_plan_corrects() -> None:
    plan("pact-on-water", lines={"river": "The river is shared."})
    with writing("pact-on-water", by=TESTER) as pen:
        pen.put([SourceContent(slug="S1", title="The Daily Record, corrected", kind="news")])


def everything_in_full(kind: Kind) -> str:
    return f"{PLAN}/{kind.plural}?expand={','.join(each.word for each in kind.expansions)}"


def told_in_full(row: Any, word: str) -> list[Any]:
    """What a row has in full by a word, as a list."""
    found = row["expanded"][word]
    return found if isinstance(found, list) else [] if found is None else [found]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.plural)
def test_what_a_row_names_is_told_as_at_its_own_address_beside_the_row_as_it_was(all_of_it, reader: Reader, kind):
    bare = reader.json(f"{PLAN}/{kind.plural}")["results"]
    rows = reader.json(everything_in_full(kind))["results"]
    assert [{key: value for key, value in row.items() if key != "expanded"} for row in rows] == bare
    for each in kind.expansions:
        things = [thing for row in rows for thing in told_in_full(row, each.word)]
        assert things, each.word
        for address, thing in {thing["url"]: thing for thing in things}.items():
            assert reader.json(address) == thing
    for row in rows:
        assert list(row["expanded"]) == [each.word for each in kind.expansions]
        words = everything_in_full(kind).partition("?")[2]
        assert reader.json(f"{row['url']}?{words}") == row


def test_a_row_has_in_full_what_it_names_and_nothing_else(all_of_it, reader: Reader):
    rows = {row["id"]: row for row in reader.json(everything_in_full(POSITIONS))["results"]}
    told = rows["p9"]["expanded"]
    assert (told["party"]["slug"], told["asserted_by"]["slug"]) == (rows["p9"]["party"], rows["p9"]["asserted_by"])
    assert (told["wording"]["revision"], told["wording"]["provision"]) == ("draft-1", "ceasefire")
    assert (told["revision"]["slug"], told["provision"]["slug"]) == ("draft-1", "ceasefire")
    assert told["follows"]["id"] == "p1"
    assert [source["id"] for source in told["sources"]] == ["S1"]
    # What was said of the whole draft is of no line and of no words.
    whole = rows["p3"]["expanded"]
    assert (whole["revision"]["slug"], whole["provision"], whole["wording"]) == ("draft-1", None, None)
    (annex,) = reader.json(everything_in_full(COMPANIONS))["results"]
    assert [party["slug"] for party in annex["expanded"]["parties"]] == annex["parties"] == ["arden", "caldor"]
    assert annex["expanded"]["belongs_to"]["slug"] == "draft-1"


def test_only_what_is_asked_for_is_told_in_full_and_without_asking_nothing(all_of_it, reader: Reader):
    (row, *_) = reader.json(f"{PLAN}/positions?expand=sources,party")["results"]
    assert set(row["expanded"]) == {"party", "sources"}
    for kind in KINDS:
        assert all("expanded" not in row for row in reader.json(f"{PLAN}/{kind.plural}")["results"])
    snapshot = reader.json(f"{PLAN}/snapshot")
    assert all("expanded" not in row for kind in KINDS for row in snapshot[kind.plural.replace("-", "_")])


def test_with_fields_a_row_has_those_and_what_is_told_in_full(all_of_it, reader: Reader):
    (row, *_) = reader.json(f"{PLAN}/positions?fields=id,stance&expand=party")["results"]
    assert list(row) == ["id", "stance", "expanded"]
    assert list(row["expanded"]) == ["party"]
    assert "expanded" in reader.problem(f"{PLAN}/positions?fields=expanded")["detail"]


def test_the_next_page_has_in_full_what_the_first_has(all_of_it, reader: Reader):
    first = reader.json(f"{PLAN}/positions?limit=1&expand=party")
    assert list(reader.json(first["next"])["results"][0]["expanded"]) == ["party"]


@pytest.mark.parametrize("path", ["positions", "positions/p1"])
def test_what_cannot_be_asked_for_is_refused_by_name_with_all_that_can(all_of_it, reader: Reader, path):
    told = reader.problem(f"{PLAN}/{path}?expand=party,colour")
    assert (told["code"], told["errors"][0]["pointer"]) == ("bad-value", "/query/expand")
    for word in ("colour", "party", "asserted_by", "sources"):
        assert word in told["detail"]
    assert reader.problem(f"{PLAN}/{path}?expand=")["code"] == "bad-value"
    assert reader.problem(f"{PLAN}/{path}?expand=party&expand=sources")["code"] == "bad-value"


@pytest.mark.parametrize("path", ["positions.csv", "provisions.xlsx", "topics", "categories/peace"])
def test_where_nothing_is_told_in_full_the_parameter_is_refused(all_of_it, reader: Reader, path):
    told = reader.problem(f"{PLAN}/{path}?expand=party")
    assert (told["status"], told["code"]) == (400, "unknown-parameter")
    assert "'expand'" in told["detail"]


def test_it_costs_one_query_for_each_kind_of_thing_however_long_the_page(db, reader: Reader):
    """A line costs two, for its level is no part of the record; parties are one kind, whatever they are to the row.

    So parties and sources with positions are six.
    """
    long_plan(500)
    for limit in (1, 25, 200, 1000):
        assert cost(reader, f"{PLAN}/positions?limit={limit}&expand=party,asserted_by,sources") == 6
        assert cost(reader, f"{PLAN}/positions?limit={limit}&expand=party,sources,revision,wording,provision") == 10
    bare = cost(reader, f"{PLAN}/positions")
    # There is nothing that these follow.
    for word, more in (("party", 1), ("revision", 1), ("wording", 1), ("provision", 2), ("follows", 0)):
        assert cost(reader, f"{PLAN}/positions?expand={word}") == bare + more, word


def test_a_party_or_source_that_another_plan_renames_is_told_where_it_is_told_in_full(all_of_it, reader: Reader):
    """The change is in the other plan's log. What only names them by slug and id has not changed."""
    for change, word, name in (
        (a_party_that_another_plan_renames, "party", "Kingdom of Arden"),
        (a_source_that_another_plan_corrects, "sources", "The Daily Record, corrected"),
    ):
        asked = [f"{PLAN}/{path}?expand={word}" for path in ("positions", "positions/p1")]
        before = {path: reader.get(path)["ETag"] for path in (*asked, f"{PLAN}/positions", f"{PLAN}/positions/p1")}
        change()
        for path, tag in before.items():
            after = reader.get(path, holding=tag)
            if path in asked:
                assert after.status_code == 200, path
                assert name in after.content.decode()
            else:
                assert after.status_code == 304, path


def test_levels_are_told_where_lines_are_told_in_full(all_of_it, reader: Reader):
    says(BREVIA, Stance.REJECT, "ceasefire", on="2026-01-10", revision="draft-2")
    bare, asked = f"{PLAN}/wordings", f"{PLAN}/wordings?expand=provision"
    tags = {path: reader.get(path)["ETag"] for path in (bare, asked)}
    work_out()
    assert reader.get(asked, holding=tags[asked]).status_code == 200
    tags = {path: reader.get(path)["ETag"] for path in (bare, asked)}
    a_new_day()
    assert reader.get(asked, holding=tags[asked]).status_code == 200
    assert reader.get(bare, holding=tags[bare]).status_code == 304


def test_of_no_word_does_a_reader_ever_hold_what_is_no_longer_told(all_of_it, reader: Reader):
    """Each kind of thing that can be told in full is asked for alone once: what it rests on is its own."""
    words = {each.reading: f"{PLAN}/{kind.plural}?expand={each.word}" for kind in KINDS for each in kind.expansions}
    asked = list(words.values())
    assert len(asked) == 8
    answers = {path: reader.get(path) for path in asked}
    for step in (other_words, work_out, a_party_that_another_plan_renames, a_source_that_another_plan_corrects):
        step()
        for path in asked:
            answer = reader.get(path, holding=answers[path]["ETag"])
            if answer.status_code == 200:
                answers[path] = answer
            else:
                assert (answer.status_code, reader.get(path).content) == (304, answers[path].content), (path, step)


def test_of_several_heads_the_one_that_tells_most_stands_for_all():
    assert widest(the_levels, the_log) == the_levels
    assert widest(the_levels, every_log, the_log) == every_log
