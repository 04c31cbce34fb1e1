"""Section 1: what counts as the same words."""

import unicodedata

import pytest

from provisions.agreement import normalise, text_sha256


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The  forces\n\tare\u00a0reduced. ", "The forces are reduced."),
        ("Ukraine\u2019s \u2018forces\u2019", "Ukraine's 'forces'"),
        ("\u201cforces\u201d \u201eforces\u201f \u00abforces\u00bb \u2033", '"forces" "forces" "forces" "'),
        ("a\u2010b\u2011c\u2012d\u2013e\u2014f\u2015g\u2212h", "a-b-c-d-e-f-g-h"),
        ("\u201aa\u201b \u2039b\u203a c\u2032 `d\u00b4", "'a' 'b' c' 'd'"),
        ("re\u00adduced\u200b at\u2060 once\ufeff", "reduced at once"),
        (unicodedata.normalize("NFD", "Lützow, Orbán, Київ"), "Lützow, Orbán, Київ"),
    ],
)
def test_white_space_quote_marks_dashes_and_composed_letters_are_folded(one, other):
    assert normalise(one) == normalise(other) == other
    assert text_sha256(one) == text_sha256(other)


@pytest.mark.parametrize("other", ["the forces", "The forces.", "The force", "The  for ces", ""])
def test_any_other_letter_makes_other_words(other):
    assert normalise(other) != normalise("The forces")
    assert text_sha256(other) != text_sha256("The forces")


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("6. The forces", "6"),
        ("6) The forces", "6"),
        ("(6) The forces", "6"),
        ("6: The forces", "6"),
        ("6.) The forces", "6"),
        (" 6 \u2013 The forces", "6"),
        ("10a. The forces", "10a"),
        ("VI. The forces", "VI"),
        ("6. The forces", "6."),
        ("Article 6. The forces", "Article 6"),
        ("1.2. The forces", "1.2"),
    ],
)
def test_a_lines_own_number_is_dropped(text, number):
    assert normalise(text, number) == "The forces"
    assert text_sha256(text, number) == text_sha256("The forces", None)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("6 billion dollars", "6"),
        ("6.5 billion dollars", "6"),
        ("6-month period", "6"),
        ("60. The forces", "6"),
        ("16. The forces", "6"),
        ("102. The forces", "1.2"),
        ("The forces, see 6. above", "6"),
        ("6. The forces", "7"),
        ("6. The forces", ""),
        ("6. The forces", None),
    ],
)
def test_other_figures_are_words(text, number):
    assert normalise(text, number) == text


def test_the_number_is_dropped_once():
    assert normalise("6. 6. The forces", "6") == "6. The forces"


def test_a_number_alone_leaves_nothing():
    assert normalise("6.", "6") == ""


def test_the_fingerprint_is_the_sha256_of_the_normalised_text():
    assert text_sha256("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert text_sha256("3.  abc", "3") == text_sha256("abc")
