"""Undo: a new change that names the one it takes back."""

from dataclasses import replace

import pytest
from django.core.exceptions import ValidationError

from provisions.agreement.words import Level, Stance
from provisions.contents import RulingContent, as_json, from_json
from provisions.held import held
from provisions.models import Change, Plan, Position, Resource
from provisions.record import change, retract_position, revert
from tests.builders import ACCORD, ARDEN, TESTER, says

HASTY = replace(TESTER, reason="It was hasty.")


def latest() -> Change:
    return Change.objects.latest("seq")


def words():
    return held(Plan.objects.get(slug=ACCORD), Resource.WORDING)["draft-1/ceasefire"]


def test_a_changed_wording_reads_as_before_and_the_log_names_what_was_undone(accord):
    seq = change(ACCORD, replace(words().content, text="All fire ceases at dawn."), seen=1, by=TESTER)
    revert(ACCORD, seq, by=HASTY)
    assert words().content.text == "All fire ceases at noon."
    assert words().version == 3
    assert (latest().reverts, latest().reason) == (seq, "It was hasty.")


def test_an_undo_can_be_undone(accord):
    seq = change(ACCORD, replace(words().content, text="All fire ceases at dawn."), seen=1, by=TESTER)
    undone = revert(ACCORD, seq, by=HASTY)
    revert(ACCORD, undone, by=HASTY)
    assert words().content.text == "All fire ceases at dawn."


def test_an_added_position_is_retracted(accord):
    key = says(ARDEN, Stance.ACCEPT, "ceasefire")
    revert(ACCORD, latest().seq, by=HASTY)
    assert Position.objects.get(key=key).retraction.reason == "It was hasty."


def test_a_retracted_position_comes_back_as_another_that_says_the_same(accord):
    key = says(ARDEN, Stance.ACCEPT, "ceasefire")
    retract_position(ACCORD, key, by=TESTER)
    revert(ACCORD, latest().seq, by=HASTY)
    positions = held(accord, Resource.POSITION)
    assert positions[key].retracted
    again = positions[f"{key}-2"]
    assert not again.retracted
    assert replace(again.content, key=key) == positions[key].content


def test_a_ruling_is_withdrawn(accord):
    ruling = RulingContent(
        provision="ceasefire", revision="draft-1", level=Level.OPEN, reason="So it seems.", sources=("S1",)
    )
    seq = change(ACCORD, ruling, seen=0, by=TESTER)
    revert(ACCORD, seq, by=HASTY)
    assert held(accord, Resource.RULING)["draft-1/ceasefire"].content.level is None


def test_what_something_later_stands_on_is_not_undone(accord):
    first = change(ACCORD, replace(words().content, text="All fire ceases at dawn."), seen=1, by=TESTER)
    second = change(ACCORD, replace(words().content, text="All fire ceases at dusk."), seen=2, by=TESTER)
    with pytest.raises(ValidationError, match=f"Change {second} stands on it"):
        revert(ACCORD, first, by=HASTY)
    assert words().content.text == "All fire ceases at dusk."


def test_an_undo_needs_a_reason(accord):
    says(ARDEN, Stance.ACCEPT, "ceasefire")
    before = latest().seq
    with pytest.raises(ValidationError, match="Say why"):
        revert(ACCORD, before, by=replace(TESTER, reason=" "))
    assert latest().seq == before


def test_what_others_may_stand_on_is_corrected_instead(accord):
    added = Change.objects.get(resource="provision", key="ceasefire", kind="added")
    with pytest.raises(ValidationError, match="correct it instead"):
        revert(ACCORD, added.seq, by=HASTY)


def test_every_kind_of_content_reads_back_from_the_log_as_it_was_written(accord):
    says(ARDEN, Stance.ACCEPT, "ceasefire", on="2026-01")
    for resource in Resource:
        if resource not in (Resource.ASSESSMENT, Resource.PARTY, Resource.SOURCE):
            for each in held(accord, resource).values():
                assert from_json(resource, as_json(each.content)) == each.content
    for resource, keys in ((Resource.PARTY, [ARDEN]), (Resource.SOURCE, ["S1"])):
        (each,) = held(accord, resource, keys=keys).values()
        assert from_json(resource, as_json(each.content)) == each.content
