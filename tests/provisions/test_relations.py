"""Relations between the words of two texts, put on record like everything else."""

from dataclasses import replace

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from provisions.contents import ProvisionContent, RelationContent, WordingContent
from provisions.held import held
from provisions.models import Change, Plan, Relation, RelationKind, Resource, Wording
from provisions.record import Unknown, change, writing
from tests import builders
from tests.builders import ACCORD, TESTER

RIVAL = "rival"


@pytest.fixture
def rival(accord: Plan) -> Plan:
    """Caldor's own text, which has a truce instead of the ceasefire of the accord."""
    return builders.plan(RIVAL, lines={"truce": "All fire ceases for a week."})


def relation(**fields) -> RelationContent:
    given = {
        "provision": "truce",
        "revision": "draft-1",
        "other": f"{ACCORD}/draft-1/ceasefire",
        "kind": RelationKind.NARROWER,
        "note": "A week is not for ever.",
        "sources": ("S1",),
    }
    return RelationContent(**(given | fields))


def test_a_relation_reaches_into_another_plan_and_reads_back_the_same(rival):
    change(RIVAL, relation(), seen=0, by=TESTER)
    kept = held(rival, Resource.RELATION)
    assert [each.content for each in kept.values()] == [relation()]
    row = Relation.objects.get()
    assert (row.wording.revision.plan.slug, row.other.revision.plan.slug) == (RIVAL, ACCORD)


def test_it_stands_in_the_log_of_the_plan_whose_words_it_is_of(rival, accord):
    before = Plan.objects.get(slug=ACCORD).seq
    change(RIVAL, relation(), seen=0, by=TESTER)
    entry = Change.objects.get(resource=Resource.RELATION)
    assert (entry.plan.slug, entry.key) == (RIVAL, "draft-1/truce to accord/draft-1/ceasefire")
    assert Plan.objects.get(slug=ACCORD).seq == before


def test_a_second_thought_is_a_new_version_and_the_log_keeps_the_first(rival):
    change(RIVAL, relation(), seen=0, by=TESTER)
    change(RIVAL, relation(kind=RelationKind.UNRELATED, sources=()), seen=1, by=TESTER)
    (kept,) = held(rival, Resource.RELATION).values()
    assert (kept.version, kept.content.kind, kept.content.sources) == (2, "unrelated", ())
    latest = Change.objects.filter(resource=Resource.RELATION).latest("seq")
    assert (latest.before["kind"], latest.before["sources"], latest.after["kind"]) == ("narrower", ["S1"], "unrelated")


def test_two_texts_of_one_plan_can_be_related_beyond_their_lineage(accord):
    builders.revision("draft-2", derives_from="draft-1", words={"ceasefire": "All fire ceases at noon and at night."})
    own = relation(provision="ceasefire", revision="draft-2", kind=RelationKind.BROADER)
    change(ACCORD, own, seen=0, by=TESTER)
    assert Relation.objects.get().other == Wording.objects.get(revision__slug="draft-1", provision__slug="ceasefire")


def test_words_of_the_same_text_are_not_related(accord):
    with pytest.raises(ValidationError, match="another text"):
        change(ACCORD, relation(provision="prisoners"), seen=0, by=TESTER)
    assert not Relation.objects.exists()


def test_words_of_other_plans_that_are_not_on_record_are_named(rival):
    with pytest.raises(Unknown, match="accord/draft-1/reparations"):
        change(RIVAL, relation(other=f"{ACCORD}/draft-1/reparations"), seen=0, by=TESTER)
    with pytest.raises(Unknown, match="nowhere/draft-1/ceasefire"):
        change(RIVAL, relation(other="nowhere/draft-1/ceasefire"), seen=0, by=TESTER)


def test_a_part_of_a_line_is_not_related_by_itself(rival):
    with writing(ACCORD, by=TESTER) as pen:
        pen.put([ProvisionContent(slug="at-sea", order=9, parent="ceasefire", title="At sea", category="peace")])
        first = held(pen.plan, Resource.WORDING)["draft-1/ceasefire"].content
        assert isinstance(first, WordingContent)
        pen.put([replace(first, provision="at-sea", number="1a", text="All fire ceases at sea.")])
    with pytest.raises(ValidationError, match="whole lines"):
        change(RIVAL, relation(other=f"{ACCORD}/draft-1/at-sea"), seen=0, by=TESTER)


def test_postgresql_refuses_a_second_relation_of_the_same_words_and_one_to_themselves(rival):
    change(RIVAL, relation(), seen=0, by=TESTER)
    row = Relation.objects.get()
    with pytest.raises(IntegrityError, match="one_relation_of_two_wordings"), transaction.atomic():
        Relation.objects.create(wording=row.wording, other=row.other, kind=RelationKind.SAME)
    with pytest.raises(IntegrityError, match="relation_is_to_other_words"), transaction.atomic():
        Relation.objects.create(wording=row.wording, other=row.wording, kind=RelationKind.SAME)


@pytest.mark.parametrize(
    ("kind", "seen_from_there"),
    [("broader", "narrower"), ("narrower", "broader"), ("contradicts", "contradicts"), ("same", "same")],
)
def test_a_relation_reads_the_other_way_round_from_the_other_side(kind, seen_from_there):
    assert RelationKind(kind).inverse == seen_from_there
