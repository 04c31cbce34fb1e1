"""A draft given as changes: what it does not mention is as in the texts before."""

import pytest

from provisions.held import held
from provisions.models import Plan, Resource

from . import accord

DRAFT_3 = """\
revisions:
  - slug: draft-3
    title: Third draft
    short: Draft 3
    dated: 2026-03-01
    derives_from: draft-1
    provenance: leaked
    rest_unchanged: true
    wordings:
      - {provision: ceasefire, number: "1", text: All fire ceases at dusk.}
"""


@pytest.fixture
def third(folder):
    (folder / "drafts/3.yaml").write_text(DRAFT_3)


def words(draft: str) -> dict[str, tuple[str, str, str]]:
    contents = (each.content for each in held(Plan.objects.get(), Resource.WORDING).values())
    return {each.provision: (each.number, each.text, each.change) for each in contents if each.revision == draft}


def test_lines_and_parts_that_are_not_mentioned_are_taken_over(third, load):
    load()
    assert words("draft-3") == {
        "ceasefire": ("1", "All fire ceases at dusk.", "substantive"),
        "forces": ("1.10", "Arden keeps 600,000 personnel.", "identical"),
        "forces-reserve": ("1.10a", "The reserve is not counted.", "identical"),
        "prisoners": ("3", "All prisoners return home.", "identical"),
    }
    taken_over = held(Plan.objects.get(), Resource.WORDING)["draft-3/forces"].content
    assert taken_over.comes_from == ("draft-1/forces",)
    assert [each.name for each in taken_over.figures] == ["troop-cap"]


def test_what_is_said_to_be_gone_is_not_taken_over(folder, third, load):
    text = (folder / "drafts/3.yaml").read_text()
    (folder / "drafts/3.yaml").write_text(text + "    removals: [{provision: prisoners, outcome: removed}]\n")
    load()
    assert set(words("draft-3")) == {"ceasefire", "forces", "forces-reserve"}


def test_a_line_that_another_takes_up_is_not_taken_over(folder, third, load):
    accord.edit(folder, "drafts/3.yaml", "at dusk.}", "at dusk., from: [draft-1/ceasefire, draft-1/prisoners]}")
    load()
    assert "prisoners" not in words("draft-3")


def test_what_a_text_between_dropped_is_not_taken_over(folder, third, load):
    accord.edit(folder, "drafts/3.yaml", "derives_from: draft-1", "derives_from: draft-2")
    load()
    # The second draft says that the prisoners are gone, and has the forces without their reserve.
    assert set(words("draft-3")) == {"ceasefire", "forces"}


def test_a_number_that_is_given_anew_while_it_is_taken_over_is_a_fault(folder, third, faults):
    accord.edit(folder, "drafts/3.yaml", 'number: "1"', 'number: "3"')
    (fault,) = faults()
    assert "the number 3 is taken" in fault


def test_a_text_that_derives_from_none_has_nothing_to_take_over(folder, third, load):
    accord.edit(folder, "drafts/3.yaml", "    derives_from: draft-1\n", "")
    load()
    assert set(words("draft-3")) == {"ceasefire"}
