"""Figures of a line as charts: plain values in, places out."""

from datetime import date
from decimal import Decimal

import pytest

from provisions.agreement.words import Provenance
from provisions.board import RevisionHead
from provisions.contents import FigureContent, When
from provisions.figures import Quantity, charts
from provisions.words import grouped


def text(n: int) -> RevisionHead:
    return RevisionHead(f"draft-{n}", f"Draft {n}", f"D{n}", When(date(2026, 1, n)), Provenance.OFFICIAL)


def says(n: int, value: int | None, *parties: str, name: str = "troops", sure: bool = True) -> Quantity:
    number = None if value is None else Decimal(value)
    figure = FigureContent(name=name, label=f"Number of {name}", value=number, unit="people")
    return Quantity(text(n), figure, parties, sure)


def nothing(n: int, *, sure: bool = True) -> Quantity:
    return Quantity(text(n), None, (), sure)


def test_a_figure_that_moved_steps_from_text_to_text():
    (chart,) = charts([says(1, 600), says(2, 600), says(3, 800)])
    assert [point.label for point in chart.points] == ["600 people", "600 people", "800 people"]
    low, same, high = chart.points
    assert (low.y, low.x < same.x < high.x, high.y < low.y) == (same.y, True, True)
    assert [path.d for path in chart.paths] == [
        f"M{low.x},{low.y} H{same.x} V{same.y}",
        f"M{same.x},{same.y} H{high.x} V{high.y}",
    ]
    assert not any(path.dashed for path in chart.paths)
    assert chart.told == "D1: 600 people; D2: 600 people; D3: 800 people"


def test_a_figure_that_never_moved_is_left_to_the_table():
    assert charts([says(1, 600), says(2, 600)]) == []
    assert charts([says(1, 600), nothing(2)]) == []
    assert charts([nothing(1), says(2, 600, "Arden"), says(2, 700, "Brevia")]) == []


def test_what_lies_between_two_numbers_is_dashed_where_nobody_knows_it():
    (chart,) = charts([says(1, 600), says(2, None), says(3, 800)])
    assert [path.dashed for path in chart.paths] == [True]
    assert [(point.hollow, point.label) for point in chart.points][1] == (True, "no number")
    assert chart.points[1].y == chart.points[0].y


def test_words_that_were_not_seen_whole_are_hollow_and_dashed():
    (chart,) = charts([says(1, 600), says(2, 800, sure=False)])
    assert [point.hollow for point in chart.points] == [False, True]
    assert [path.dashed for path in chart.paths] == [True]


def test_a_text_without_the_figure_says_whether_that_is_sure():
    (chart,) = charts([says(1, 600), nothing(2), nothing(3, sure=False), says(4, 800)])
    assert [stop.lacks for stop in chart.stops] == ["", "not in the text", "not seen", ""]
    assert "D2: not in the text; D3: not seen" in chart.told
    assert [path.dashed for path in chart.paths] == [True]


def test_numbers_of_rival_words_stand_alone_and_name_whose_they_are():
    (chart,) = charts([says(1, 600), says(2, 700, "Arden"), says(2, 800, "Brevia")])
    assert [point.label for point in chart.points] == ["600 people", "700 people (Arden)", "800 people (Brevia)"]
    assert chart.paths == ()


def test_every_figure_has_a_chart_of_its_own():
    found = charts([says(1, 1), says(1, 5, name="ships"), says(2, 2), says(2, 6, name="ships")])
    assert [chart.label for chart in found] == ["Number of troops", "Number of ships"]


def test_many_values_are_marked_by_the_least_and_the_greatest():
    (chart,) = charts([says(n, n * 100) for n in range(1, 7)])
    assert [level.label for level in chart.levels] == ["100 people", "600 people"]


@pytest.mark.parametrize(
    ("recorded", "read"),
    [
        ("800000-850000", "800,000-850,000"),
        ("up to 15000", "up to 15,000"),
        ("in 2026, 0.12345", "in 2026, 0.12345"),
        ("1,000000", "1,000000"),
        ("", ""),
    ],
)
def test_a_value_claimed_in_free_text_has_its_long_numbers_grouped_and_nothing_else(recorded, read):
    assert grouped(recorded) == read
