"""Measures of the literature against values that were published with them, or that follow by hand."""

import pytest

from provisions.measures import agreement_a, agreement_index, consensus, rice

SEVEN_POSITIONS = (30, 40, 210, 130, 530, 50, 10)


def test_van_der_eijks_a_of_the_published_example():
    assert round(agreement_a(SEVEN_POSITIONS), 4) == 0.6113


def test_tastle_and_wiermans_consensus_of_the_published_example():
    assert round(consensus(SEVEN_POSITIONS), 4) == 0.7257


@pytest.mark.parametrize(
    ("frequencies", "a", "agreed"),
    [((0, 0, 9, 0), 1, 1), ((5, 5, 5, 5), 0, None), ((5, 0, 0, 0, 5), -1, 0)],
    ids=["all in one place", "evenly spread", "at both ends"],
)
def test_the_ends_of_the_scales(frequencies, a, agreed):
    assert agreement_a(frequencies) == pytest.approx(a)
    if agreed is not None:
        assert consensus(frequencies) == pytest.approx(agreed)


def test_four_rejections_are_as_cohesive_as_four_acceptances_which_is_why_no_index_decides():
    assert rice(yes=4, no=0) == rice(yes=0, no=4) == 1
    assert agreement_index(4, 0, 0) == agreement_index(0, 4, 0) == 1


def test_a_split_house():
    assert rice(yes=3, no=1) == 0.5
    assert agreement_index(yes=2, no=2, abstain=2) == 0


def test_nobody_counted_is_no_value():
    assert (rice(0, 0), agreement_index(0, 0, 0), agreement_a((0, 0, 0)), consensus((0, 0, 0))) == (None,) * 4
