from hypothesis import given
from hypothesis import strategies as st

from provisions.redline import Edit, redline

words = st.lists(st.sampled_from(["a", "the", "Kherson", "600,000", "would", ",", ".", "it’s"]), max_size=30)


def shown(before: str, after: str) -> str:
    marks = {Edit.KEPT: "{}", Edit.DELETED: "[-{}-]", Edit.INSERTED: "{{+{}+}}"}
    return "".join(marks[piece.edit].format(piece.text) + piece.gap for piece in redline(before, after))


def test_only_the_words_that_changed_are_marked():
    assert shown(
        "The armed forces would be held to 600,000.", "The armed forces would stay at 800,000 in peacetime."
    ) == ("The armed forces would [-be held to 600,000-] {+stay at 800,000 in peacetime+}.")


def test_a_number_is_one_word_and_a_full_stop_is_not_part_of_it():
    assert shown("up to 600,000.", "up to 800,000.") == "up to [-600,000-] {+800,000+}."


def test_a_rewritten_sentence_is_not_a_mosaic_around_the_word_the():
    assert shown("Troops leave the north of the region.", "Forces hold the south and east of the region.") == (
        "[-Troops leave the north-] {+Forces hold the south and east+} of the region."
    )


def test_a_passage_that_both_texts_keep_stays_unmarked_between_two_changes():
    assert shown(
        "Frozen at once, the line of contact would be monitored.", "Later, the line of contact would be free."
    ) == ("[-Frozen at once-] {+Later+}, the line of contact would be [-monitored-] {+free+}.")


def test_equal_texts_are_kept_whole():
    assert shown("Nothing changes.", "Nothing changes.") == "Nothing changes."


def test_the_same_words_otherwise_spaced_are_the_same_words():
    assert shown("Nothing  changes\nhere.", "Nothing changes here.") == "Nothing changes here."


def test_a_text_that_was_not_there_before_is_all_new():
    assert shown("", "All new.") == "{+All new.+}"
    assert shown("All gone.", "") == "[-All gone.-]"


@given(words, words)
def test_a_redline_holds_both_texts(before, after):
    pieces = redline(" ".join(before), " ".join(after))

    def text(*edits):
        return " ".join(piece.text for piece in pieces if piece.edit in edits).split()

    assert text(Edit.KEPT, Edit.DELETED) == before
    assert text(Edit.KEPT, Edit.INSERTED) == after
