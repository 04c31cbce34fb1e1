"""Relations in plan files: how the words of a line stand to words of another text, of this plan or another."""

import pytest

from provisions.held import held
from provisions.importing import BadPlan
from provisions.models import Plan, Relation, Resource
from tests import builders

RELATIONS = """\
relations:
  - from: draft-2/ceasefire
    to: accord/draft-1/forces
    kind: related
    note: Forces that cease fire.
    sources: [N1]
  - from: draft-2/ceasefire
    to: rival/draft-1/truce
    kind: broader
"""


@pytest.fixture
def relations(folder):
    """Writes relations into the plan's files."""

    def written(text: str = RELATIONS) -> None:
        (folder / "relations.yaml").write_text(text)

    return written


@pytest.fixture
def rival(db):
    """A plan on record to which the accord can be related."""
    return builders.plan("rival", lines={"truce": "All fire ceases for a week."})


def only(**fields: str) -> str:
    given = {"from": "draft-2/ceasefire", "to": "accord/draft-1/forces", "kind": "related"} | fields
    return "relations:\n  - " + "\n    ".join(f"{key}: {value}" for key, value in given.items()) + "\n"


def test_relations_come_on_record_with_their_note_and_sources(relations, rival, load):
    relations()
    outcome = load()
    assert outcome.tallies[Resource.RELATION].added == 2
    contents = {
        each.content.other: each.content for each in held(Plan.objects.get(slug="accord"), Resource.RELATION).values()
    }
    assert contents["accord/draft-1/forces"].note == "Forces that cease fire."
    assert contents["accord/draft-1/forces"].sources == ("N1",)
    assert contents["rival/draft-1/truce"].kind == "broader"


def test_a_second_import_changes_none(relations, rival, load):
    relations()
    load()
    again = load()
    assert (again.seq_before, again.tallies[Resource.RELATION].unchanged) == (again.seq_after, 2)


def test_a_plan_that_is_not_on_record_yet_is_named_in_its_place_and_nothing_is_written(relations, load):
    relations()
    with pytest.raises(BadPlan) as bad:
        load()
    (fault,) = map(str, bad.value.faults)
    place, _, message = fault.partition(" no ")
    assert place == "accord/relations.yaml:8:9: relations[2].to:"
    assert message == "plan on record has a line with the words 'rival/draft-1/truce'; import that plan first"
    assert not Plan.objects.filter(slug="accord").exists()
    assert not Relation.objects.exists()


FAULTY = {
    "no path": (only(to="draft-1/forces"), "write plan/revision/provision"),
    "another word": (only(kind="wider"), "is not one of same, broader, narrower, contradicts, related, unrelated"),
    "own words that are nowhere": (only(**{"from": "draft-2/force"}), "did you mean 'draft-2/forces'?"),
    "other words of the plan that are nowhere": (only(to="accord/draft-1/force"), "did you mean 'draft-1/forces'?"),
    "words of the same text": (only(to="accord/draft-2/forces"), "those of another text"),
    "a part": (only(to="accord/draft-1/forces-reserve"), "name its line 'forces'"),
    "a part of its own": (only(**{"from": "draft-1/forces-reserve", "to": "rival/a/b"}), "name its line 'forces'"),
    "two of one pair": (only() + only().removeprefix("relations:\n"), "is defined twice"),
    "a source that is nowhere": (only(sources="[S9]"), "no file defines the source 'S9'"),
}


@pytest.mark.parametrize(("text", "said"), FAULTY.values(), ids=FAULTY)
def test_a_fault_is_told_in_its_place(relations, faults, text, said):
    relations(text)
    (fault,) = faults()
    assert fault.startswith("relations.yaml:")
    assert said in fault
