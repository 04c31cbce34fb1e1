"""Answers for spreadsheets: the same columns always, and nothing in them is ever worked out."""

from __future__ import annotations

import csv
import io
import zipfile

import pytest

from provisions.agreement.words import Stance
from tests.api.conftest import BOARD, CHANGES, Reader
from tests.builders import ACCORD, ARDEN, BREVIA, CALDOR, DORNE, long_plan, plan, says
from tracker.api.forms import TABLES

PLAN = f"/api/v1/plans/{ACCORD}"
LEVELS = [f"{PLAN}/implementations", f"{PLAN}/implementation-history"]
EVERY = [BOARD, f"{PLAN}/provisions", f"{PLAN}/positions", *LEVELS, CHANGES, "/api/v1/changes"]


def rows(answer) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


def header(answer) -> list[str]:
    return next(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))


def test_a_board_is_a_row_a_line_with_a_column_for_all_that_each_party_reads(everything, reader: Reader):
    answer = reader.get(f"{BOARD}.csv")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Content-Disposition"] == f'attachment; filename="{ACCORD}-board.csv"'
    assert answer.content.startswith(b"\xef\xbb\xbf")
    told = reader.json(BOARD)["results"]
    found = rows(answer)
    assert [row["provision"] for row in found] == [row["provision"] for row in told]
    assert [row["level"] for row in found] == [row["level"] for row in told]
    for row, line in zip(found, told, strict=True):
        assert row["counts_consent"] == str((line["counts"] or {}).get("consent", ""))
        assert row["ruling_level"] == ((line["ruling"] or {}).get("level") or "")
        for party in (ARDEN, BREVIA, CALDOR, DORNE):
            reading = line["readings"][party]
            assert row[f"{party}_stance"] == ((reading or {}).get("stance") or "")


@pytest.mark.parametrize(
    ("path", "narrower"),
    [
        (BOARD, "level=agreed"),
        (BOARD, "party=dorne"),
        (f"{PLAN}/provisions", "limit=1"),
        (f"{PLAN}/positions", "party=dorne"),
        (CHANGES, "since=now"),
        ("/api/v1/changes", "since=now"),
    ],
)
def test_columns_are_the_same_where_less_or_nothing_is_found(everything, reader: Reader, path, narrower):
    assert header(reader.get(f"{path}.csv?{narrower}")) == header(reader.get(f"{path}.csv"))


def test_a_plan_without_anything_has_the_columns_of_one_with_all(everything, reader: Reader):
    plan("pact")
    for name in ("board", "provisions", "positions", "implementations", "implementation-history"):
        empty = header(reader.get(f"/api/v1/plans/pact/{name}.csv"))
        assert empty == header(reader.get(f"{PLAN}/{name}.csv"))


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@sum", "\t=1"])
def test_what_a_spreadsheet_would_work_out_is_quoted(accord, reader: Reader, text):
    says(ARDEN, Stance.ACCEPT, "ceasefire", summary=text)
    (row,) = rows(reader.get(f"{PLAN}/positions.csv"))
    assert row["summary"] == f"'{text}"
    sheet = zipfile.ZipFile(io.BytesIO(reader.get(f"{PLAN}/positions.xlsx").content))
    assert "<f>" not in sheet.read("xl/worksheets/sheet1.xml").decode()


@pytest.mark.parametrize("path", EVERY)
@pytest.mark.parametrize("form", TABLES, ids=lambda form: form.name)
def test_a_table_that_did_not_change_is_not_sent_again(everything, reader: Reader, path, form):
    first = reader.get(f"{path}{form.suffix}")
    assert (first.status_code, first["Content-Type"]) == (200, form.content_type)
    assert reader.get(f"{path}{form.suffix}", holding=first["ETag"]).status_code == 304
    assert reader.get(path, holding=first["ETag"]).status_code == 200
    says(ARDEN, Stance.REJECT, "prisoners", on="2026-01-10")
    assert reader.get(f"{path}{form.suffix}", holding=first["ETag"]).status_code == 200


def test_a_workbook_has_the_rows_of_the_csv(everything, reader: Reader):
    book = zipfile.ZipFile(io.BytesIO(reader.get(f"{PLAN}/positions.xlsx").content))
    sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert sheet.count("<row ") == 1 + len(rows(reader.get(f"{PLAN}/positions.csv")))
    assert "Arden says accept." in book.read("xl/sharedStrings.xml").decode()


def test_pages_of_a_table_follow_each_other_by_the_header(db, reader: Reader):
    long_plan(12)
    found, address = [], f"{PLAN}/positions.csv?limit=10"
    while address:
        answer = reader.get(address)
        found += [row["id"] for row in rows(answer)]
        links = dict(part.split("; ")[::-1] for part in answer.get("Link", "").split(", ") if part)
        address = links.get('rel="next"', "").strip("<>")
    assert sorted(found) == sorted(row["id"] for row in rows(reader.get(f"{PLAN}/positions.csv")))
    assert len(found) == 24


def test_a_problem_with_a_table_is_told_as_every_problem(accord, reader: Reader):
    assert reader.problem(f"{BOARD}.csv?colour=red")["code"] == "unknown-parameter"
    assert reader.problem(f"{PLAN}/positions.csv?fields=id")["code"] == "unknown-parameter"
    assert reader.problem("/api/v1/plans/nowhere/board.csv")["status"] == 404
    assert reader.get(f"{BOARD}.csv", accept="text/csv").status_code == 200
    assert reader.get(f"{BOARD}.csv", accept="image/png").status_code == 406


def test_a_table_of_the_log_goes_on_where_the_last_one_ended(accord, reader: Reader):
    first = reader.get(f"{CHANGES}.csv?limit=3")
    (address, rel) = first["Link"].split("; ")
    assert rel == 'rel="next"'
    assert [row["seq"] for row in rows(first) + rows(reader.get(address.strip("<>")))] == [
        str(entry["seq"]) for entry in reader.json(CHANGES)["results"][:6]
    ]


@pytest.mark.parametrize("path", [f"{PLAN}/positions", f"{PLAN}/provisions", BOARD])
def test_a_reader_may_ask_for_some_keys_only(everything, reader: Reader, path):
    told = reader.json(path)["results"][0]
    names = sorted(told)[:2]
    narrow = reader.json(f"{path}?fields={','.join(names)}")
    assert narrow["results"][0] == {name: told[name] for name in names}
    problem = reader.problem(f"{path}?fields={names[0]},colour")
    assert problem["code"] == "bad-value"
    assert "'colour' cannot be used" in problem["detail"]
