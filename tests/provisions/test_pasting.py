"""Pasted lists of statements: what is read of a row, what is not, and what to do about it."""

from datetime import date

import pytest
from django.utils import translation

from provisions import pasting
from provisions.agreement.words import Authority, Precision, Stance
from provisions.contents import SourceContent, When
from provisions.days import read_day
from provisions.models import PlanVersion
from provisions.pasting import Column, TooMuch, read
from provisions.pasting.columns import table
from provisions.record import writing
from tests.builders import ACCORD, ARDEN, BREVIA, TESTER, revision

from .pages import cost

PAGE = "https://record.example/15"


@pytest.fixture
def register(accord):
    """Two texts: in the second the ceasefire is point 7, and the prisoners are gone."""
    revision(
        "draft-2",
        words={"ceasefire": "All fire ceases at dawn."},
        derives_from="draft-1",
        numbers={"ceasefire": "7"},
        dated=date(2026, 1, 20),
    )
    with writing(ACCORD, by=TESTER) as pen:
        pen.put([SourceContent(slug="S15", title="The Daily Record", url=PAGE, kind="news")])


def one(text: str) -> pasting.Statement:
    (said,) = read(ACCORD, text).statements
    return said


def remedy(said: pasting.Statement, column: Column) -> str:
    return " ".join(fault.remedy for fault in said.faults if fault.column == column)


# ---- Days ----


@pytest.mark.parametrize(
    "written",
    [
        "2025-12-24", "2025/12/24", "24.12.2025", "24 Dec 2025", "24 December 2025", "24 dec. 2025", "Dec 24, 2025",
        "December 24, 2025", "24 грудня 2025", "24 груд. 2025 р.", "24 грудня 2025 року", " 24  Dec   2025 ",
    ],
)  # fmt: skip
def test_a_day_is_read_as_people_write_it(written):
    assert read_day(written) == When(date(2025, 12, 24))


@pytest.mark.parametrize(
    ("written", "when"),
    [
        ("2025-12", When(date(2025, 12, 1), Precision.MONTH)),
        ("Dec 2025", When(date(2025, 12, 1), Precision.MONTH)),
        ("грудень 2025", When(date(2025, 12, 1), Precision.MONTH)),
        ("травня 2025", When(date(2025, 5, 1), Precision.MONTH)),
        ("2025", When(date(2025, 1, 1), Precision.YEAR)),
    ],
)
def test_a_month_or_a_year_is_read_as_such(written, when):
    assert read_day(written) == when


@pytest.mark.parametrize(
    "written",
    ["5/6/2025", "05-06-2025", "30 Feb 2025", "24 Ju 2025", "32.1.2025", "0000", "24 Dec", "soon", "²025"],
)
def test_what_is_no_day_or_could_be_two_is_not_guessed(written):
    assert read_day(written) is None


# ---- Rows and columns ----


@pytest.mark.parametrize("sign", ["\t", ";", ",", "|"])
def test_cells_are_parted_by_what_the_lines_have(sign):
    (row,) = table(sign.join(["2026-01-15", "Arden", '"7"', "accept"])).rows
    assert row.cells == ("2026-01-15", "Arden", "7", "accept")


def test_a_comma_inside_a_sentence_parts_nothing_where_semicolons_do():
    (row,) = table("2026-01-15;Arden;7;accept;;Yes, but later, at noon.").rows
    assert row.cells[5] == "Yes, but later, at noon."


def test_a_quotation_mark_that_is_never_closed_spoils_one_row():
    assert [row.number for row in table('a;"b\n\nc;d\n').rows] == [1, 3]


def test_heads_are_known_in_both_languages_and_can_stand_in_any_order():
    found = table("Сторона;Date;Пункт;Mood\nArden;2026-01-15;7;glad")
    assert found.columns == (Column.PARTY, Column.DAY, Column.LINE, None)
    assert found.unknown == ("Mood",)
    assert found.told(found.rows[0]) == {Column.PARTY: "Arden", Column.DAY: "2026-01-15", Column.LINE: "7"}


@pytest.mark.parametrize("text", ["a;b\n" * 502, "x" * 100_001, "a;b\n" * 501])
def test_more_than_is_read_at_once_is_refused(accord, text):
    with pytest.raises(TooMuch, match="Paste at most"):
        read(ACCORD, text)


# ---- What a row says ----


def test_a_whole_row_is_read_to_the_last_cell(register):
    said = one(f"about 15 Jan 2026;Arden;7;accept;draft-2;Keeps to it.;{PAGE};The president;Head of state;3")
    assert said.faults == []
    assert (said.day, said.approximate) == ("2026-01-15", True)
    assert (said.party, said.line, said.text, said.stance) == (ARDEN, "ceasefire", "draft-2", Stance.ACCEPT)
    assert (said.summary, said.sources, said.new_source) == ("Keeps to it.", ["S15"], "")
    assert (said.speaker, said.office, said.authority) == ("The president", "Head of state", Authority.AUTHORITATIVE)


def test_a_line_is_known_by_its_number_or_name(register):
    points = ["7", "7.", "point 7", "No. 7", "#7", "№ 7", "п. 7", "пункт 7", "ceasefire", "CEASEFIRE"]
    said = read(ACCORD, "\n".join(f";Arden;{point};accept" for point in points)).statements
    assert [each.line for each in said] == ["ceasefire"] * len(points)


def test_a_number_is_that_of_the_text_that_the_row_names_or_else_of_the_current_one(register):
    assert one(";Arden;1;accept;draft-1").line == "ceasefire"
    assert one(";Arden;1;accept").line == ""
    gone = one(";Arden;prisoners;accept")
    assert (gone.line, gone.text) == ("prisoners", "draft-1")


def test_a_stance_is_known_in_both_languages_whichever_the_page_is_in(register):
    rows = "\n".join(f";Brevia;7;{word}" for word in ["accept", "Accepts", "ACCEPTS", "Приймає"])
    for language in ("en", "uk"):
        with translation.override(language):
            assert {each.stance for each in read(ACCORD, rows).statements} == {Stance.ACCEPT}


def test_a_page_that_is_on_record_is_known_by_its_address(register):
    same = [PAGE, f"{PAGE}/", f"{PAGE}#top", PAGE.replace("https", "http"), f"<{PAGE}>,", "s15"]
    said = read(ACCORD, "\n".join(f"\t{BREVIA}\t7\taccept\t\tYes.\t{address}" for address in same)).statements
    assert [each.sources for each in said] == [["S15"]] * len(same)


def test_a_page_that_is_not_is_a_new_source_to_be_described(register):
    said = one(f"2026-01-15;Arden;7;accept;;Yes.;S15 {PAGE}/more https://other.example/")
    assert (said.sources, said.new_source) == (["S15"], f"{PAGE}/more")
    assert "“https://other.example/” is not on record" in remedy(said, Column.SOURCE)


def test_a_row_without_a_place_is_left_to_be_mended(register):
    check(
        (";Elam;7;accept", Column.PARTY, "No party is called “Elam”; write one of: Arden, Brevia"),
        (";;7;accept", Column.PARTY, "Name the party"),
        (";Arden;99;accept", Column.LINE, "No line “99” in the Draft-2."),
        (";Arden;;accept", Column.LINE, "Name the line"),
        (";Arden;7;accept;draft-9", Column.TEXT, "No text is called “draft-9”; write one of: draft-1, draft-2."),
        (";Arden;prisoners;accept;draft-2", Column.LINE, "The Draft-2 has no words of this line."),
        placed=False,
    )


def test_what_else_is_not_read_is_said_and_left_to_the_form(register):
    check(
        ("5/6/2025;Arden;7;accept", Column.DAY, "Write the day as 24 Dec 2025"),
        ("2099-01-01;Arden;7;accept", Column.DAY, "The day must be today or earlier."),
        (";Arden;7;maybe", Column.STANCE, "Write one of: reject"),
        (";Arden;7;accept;;", Column.SUMMARY, "Say in a sentence"),
        (";Arden;7;accept;;It said “we will”.", Column.SUMMARY, "say it in your own words"),
        (";Arden;7;accept;;" + "x" * 4001, Column.SUMMARY, "It was cut"),
        (";Arden;7;accept;;Yes.;The news", Column.SOURCE, "“The” is not on record"),
        (";Arden;7;accept;;Yes.;S1;;;9", Column.AUTHORITY, "Write one of: 0 attributed"),
        placed=True,
    )


def check(*expected: tuple[str, Column, str], placed: bool) -> None:
    """Paste the rows together; each is placed or not, and says this of this column."""
    said = read(ACCORD, "\n".join(row for row, _column, _told in expected)).statements
    for statement, (row, column, told) in zip(said, expected, strict=True):
        assert statement.placed is placed, row
        assert told in remedy(statement, column), row


def test_no_list_breaks_the_reader(register):
    hostile = [
        "\0;\0\0",
        "=HYPERLINK();<script>;7;accept",
        ";" * 5000,
        "\u202e;Arden;7",
        "http://[;Arden;7;accept;;x;http://[",
        '"' * 999,
        "\ud800;Arden;7;accept;\ud800;\ud800;http://\ud800",
    ]
    for text in hostile:
        assert len(read(ACCORD, text).statements) == 1


def test_what_is_left_keeps_its_head_and_its_words_to_the_letter(register):
    rest = read(ACCORD, "party;line;day\nArden;7;2026-01-15\n  Elam ; 7 ;x\n").rest
    assert rest == "party;line;day\n  Elam ; 7 ;x"


def test_a_longer_list_costs_no_more_queries(register):
    rows = [f"2026-01-15;Arden;7;accept;;Says it {n} times.;https://record.example/{n}" for n in range(300)]
    read(ACCORD, rows[0])
    assert cost(lambda: read(ACCORD, "\n".join(rows))) == cost(lambda: read(ACCORD, rows[0]))


def test_a_plan_that_is_not_there_is_said(accord):
    with pytest.raises(PlanVersion.DoesNotExist):
        read("nowhere", "a;b")
