"""The writer: one lock, one transaction, one change for each thing that changes."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from provisions.agreement.words import Authority, Role, Stance, WordingChange
from provisions.contents import (
    ConditionContent,
    EvidenceContent,
    PositionContent,
    ProvisionContent,
    SourceContent,
    TopicContent,
    When,
    as_json,
)
from provisions.held import held
from provisions.models import (
    Change,
    ChangeKind,
    ConditionKind,
    Plan,
    Position,
    ProvisionVersion,
    Resource,
    Topic,
    Via,
    WordingVersion,
)
from provisions.record import Author, Stale, Unknown, change, record_position, retract_position, writing
from provisions.record.additions import add
from tests.builders import ACCORD, ARDEN, BREVIA, TESTER, revision, says


def seq() -> int:
    return Plan.objects.get(slug=ACCORD).seq


def wording(key: str = "draft-1/ceasefire"):
    return held(Plan.objects.get(slug=ACCORD), Resource.WORDING)[key]


def position(**fields) -> PositionContent:
    given: dict[str, Any] = {
        "key": "p-1",
        "party": ARDEN,
        "asserted_by": ARDEN,
        "revision": "draft-1",
        "provision": "ceasefire",
        "stance": Stance.ACCEPT,
        "authority": Authority.AUTHORITATIVE,
        "stated_on": When(date(2026, 1, 6)),
        "speaker": "The president",
        "summary": "Arden accepts the ceasefire.",
        "evidence": (EvidenceContent(source="S1", grade="A1"),),
    }
    return PositionContent(**(given | fields))


def test_a_position_appends_one_change_that_says_what_was_put_on_record(accord):
    before = seq()
    record_position(ACCORD, position(), by=Author(via=Via.PAGE, reason="It was in the papers."))
    entry = Change.objects.latest("seq")
    assert (entry.seq, entry.kind, entry.resource, entry.key) == (before + 1, "added", "position", "p-1")
    assert (entry.via, entry.reason, entry.before) == ("page", "It was in the papers.", None)
    assert entry.after["stance"] == "accept"
    assert entry.after["stated_on"] == {"day": "2026-01-06", "approximate": False}


def test_the_log_counts_from_one_without_a_gap(accord):
    says(ARDEN, Stance.ACCEPT, "ceasefire")
    numbers = list(Change.objects.filter(plan=accord).order_by("seq").values_list("seq", flat=True))
    assert numbers == list(range(1, seq() + 1))


def test_what_is_put_again_unchanged_writes_nothing(accord):
    before = seq()
    change(ACCORD, wording().content, seen=1, by=TESTER)
    assert seq() == before


def test_new_words_supersede_the_old_ones_which_stay_readable(accord):
    change(ACCORD, replace(wording().content, text="All fire ceases at dawn."), seen=1, by=TESTER)
    versions = WordingVersion.objects.filter(wording__provision__slug="ceasefire").order_by("version")
    assert [version.text for version in versions] == ["All fire ceases at noon.", "All fire ceases at dawn."]
    assert versions[0].superseded_at == versions[1].recorded_at
    assert versions[1].superseded_at is None


def test_an_edit_of_an_older_version_is_refused_and_says_what_is_there_now(accord):
    seen = wording()
    change(ACCORD, replace(seen.content, text="All fire ceases at dawn."), seen=1, by=TESTER)
    before = seq()
    with pytest.raises(Stale) as refused:
        change(ACCORD, replace(seen.content, text="All fire ceases at dusk."), seen=1, by=TESTER)
    assert refused.value.held.content.text == "All fire ceases at dawn."
    assert refused.value.held.version == 2
    assert seq() == before


def test_a_thing_that_was_taken_to_be_new_is_refused_when_it_is_there(accord):
    record_position(ACCORD, position(), by=TESTER)
    with pytest.raises(Stale):
        record_position(ACCORD, position(summary="Something else."), by=TESTER)


def test_a_position_is_never_rewritten_not_even_by_an_import(accord):
    record_position(ACCORD, position(), by=TESTER)
    with pytest.raises(ValidationError, match="Retract it"), writing(ACCORD, by=TESTER) as pen:
        pen.put([position(stance=Stance.REJECT)])
    assert Position.objects.get(key="p-1").stance == "accept"


def test_a_retracted_position_stays_readable_with_its_reason(accord):
    record_position(ACCORD, position(), by=TESTER)
    retract_position(ACCORD, "p-1", by=replace(TESTER, reason="It was another Arden."))
    entry = Change.objects.latest("seq")
    assert (entry.kind, entry.key, entry.reason) == (ChangeKind.RETRACTED, "p-1", "It was another Arden.")
    assert entry.before["summary"] == "Arden accepts the ceasefire."
    assert Position.objects.get(key="p-1").retraction.reason == "It was another Arden."


@pytest.mark.parametrize("reason", ["", "   "])
def test_a_retraction_needs_a_reason(accord, reason):
    record_position(ACCORD, position(), by=TESTER)
    before = seq()
    with pytest.raises(ValidationError):
        retract_position(ACCORD, "p-1", by=replace(TESTER, reason=reason))
    assert seq() == before


def test_a_position_is_retracted_once(accord):
    record_position(ACCORD, position(), by=TESTER)
    retract_position(ACCORD, "p-1", by=TESTER)
    with pytest.raises(ValidationError, match="retracted before"):
        retract_position(ACCORD, "p-1", by=TESTER)


REFUSED = {
    "a day in the future": ({"stated_on": When(date(2999, 1, 1))}, "stated_on"),
    "no source": ({"evidence": ()}, "evidence"),
    "no speaker": ({"speaker": " "}, "speaker"),
    "no summary": ({"summary": ""}, "summary"),
    "a claim about another with authority": ({"asserted_by": BREVIA}, "authority"),
    "conditions of one who accepts": (
        {"conditions": (ConditionContent(kind=ConditionKind.PROVISION_ABSENT, provision="prisoners"),)},
        "conditions",
    ),
}


@pytest.mark.parametrize(("fields", "at_fault"), REFUSED.values(), ids=REFUSED)
def test_a_position_is_refused_at_the_field_at_fault_and_nothing_is_written(accord, fields, at_fault):
    before = seq()
    with pytest.raises(ValidationError) as refused:
        record_position(ACCORD, position(**fields), by=TESTER)
    assert set(refused.value.message_dict) == {at_fault}
    assert (seq(), Position.objects.count()) == (before, 0)


def test_a_position_on_words_that_do_not_exist_is_refused(accord):
    with pytest.raises((ValidationError, Unknown)):
        record_position(ACCORD, position(provision="reparations"), by=TESTER)
    assert Position.objects.count() == 0


def test_a_position_on_a_part_belongs_on_its_line(accord):
    with writing(ACCORD, by=TESTER) as pen:
        pen.put(
            [ProvisionContent(slug="ceasefire-at-sea", order=9, parent="ceasefire", title="At sea", category="peace")]
        )
    with pytest.raises(ValidationError) as refused:
        record_position(ACCORD, position(provision="ceasefire-at-sea"), by=TESTER)
    assert "provision" in refused.value.message_dict


def test_the_same_text_is_identical_whoever_says_otherwise(accord):
    revision("draft-2", derives_from="draft-1", words={"ceasefire": "All fire ceases at noon."})
    copied = wording("draft-2/ceasefire")
    assert copied.content.change == WordingChange.IDENTICAL
    ruled = replace(copied.content, change=WordingChange.EDITORIAL, change_reason="A comma.")
    with pytest.raises(ValidationError, match="to the letter"):
        change(ACCORD, ruled, seen=1, by=TESTER)


def test_revisions_do_not_derive_from_each_other(accord):
    revision("draft-2", derives_from="draft-1", words={})
    first = held(accord, Resource.REVISION)["draft-1"]
    with pytest.raises(ValidationError, match="derive from itself"):
        change(ACCORD, replace(first.content, derives_from="draft-2"), seen=1, by=TESTER)


def test_a_change_of_roles_keeps_the_roles_as_they_were(accord):
    line = held(accord, Resource.PROVISION)["ceasefire"]
    change(ACCORD, replace(line.content, roles=((ARDEN, Role.OBLIGOR),)), seen=1, by=TESTER)
    versions = ProvisionVersion.objects.filter(provision__slug="ceasefire").order_by("version")
    assert [[role.party.slug for role in version.roles.all()] for version in versions] == [[], [ARDEN]]


def test_what_an_error_interrupts_is_not_written_at_all(accord):
    before = seq()
    with pytest.raises(ValidationError), writing(ACCORD, by=TESTER) as pen:
        pen.put([position(), position(key="p-2", speaker="")])
    assert (seq(), Position.objects.count()) == (before, 0)


def test_everything_that_is_put_on_record_reads_back_the_same(accord):
    given = position(
        stance=Stance.CONDITIONAL,
        stated_on=When.parse("2026-01", approximate=True),
        thin=True,
        note="Seen in part.",
        conditions=(
            ConditionContent(kind=ConditionKind.PROVISION_REACHES, provision="prisoners", level="agreed"),
            ConditionContent(kind=ConditionKind.PROVISION_ABSENT, provision="prisoners"),
        ),
    )
    record_position(ACCORD, given, by=TESTER)
    assert held(accord, Resource.POSITION)["p-1"].content == given
    assert Change.objects.latest("seq").after == as_json(given)


def test_two_lines_cannot_bear_one_number(accord):
    both = replace(wording("draft-1/prisoners").content, number="1")
    with pytest.raises(IntegrityError, match="one_provision_of_each_number"), transaction.atomic():
        change(ACCORD, both, seen=1, by=TESTER)


def test_the_moment_of_record_is_taken_under_the_lock(accord):
    says(ARDEN, Stance.ACCEPT, "ceasefire")
    entry = Change.objects.latest("seq")
    assert timezone.now() - entry.recorded_at < timedelta(minutes=1)
    assert entry.recorded_at == Position.objects.get().recorded_at


@pytest.mark.parametrize("url", ["javascript:alert(1)", "ftp://example.org/paper", "example.org/paper"])
def test_an_address_of_which_no_page_may_make_a_link_is_refused(accord, url):
    with pytest.raises(ValidationError, match="begin with https"), writing(ACCORD, by=TESTER) as pen:
        pen.put([SourceContent(slug="S2", title="A paper", kind="news", url=url)])


def test_words_that_are_too_long_for_their_column_are_refused_and_not_cut(accord):
    party = held(accord, Resource.PARTY)[ARDEN].content
    before = Change.objects.count()
    with pytest.raises(ValidationError, match="at most 20 characters"), writing(ACCORD, by=TESTER) as pen:
        pen.put([replace(party, short="Council of all of Arden")])
    assert (held(accord, Resource.PARTY)[ARDEN].content, Change.objects.count()) == (party, before)


def test_many_things_at_once_are_read_back_as_few_are(accord):
    few, many = ([TopicContent(slug=f"of-{n}-{each}", title="Ün\\t topic\n") for each in range(n)] for n in (2, 40))
    with writing(ACCORD, by=TESTER) as pen:
        pen.put(few)
        pen.put(many)
    topics = held(accord, Resource.TOPIC)
    assert [topics[each.key].content for each in few + many] == few + many
    assert Change.objects.get(key="of-40-7").after == as_json(many[7])


def test_many_things_at_once_are_refused_as_few_are(accord):
    with pytest.raises(IntegrityError, match="topic_slug_once_in_a_plan"), transaction.atomic():
        add([Topic(plan=accord, slug="sea", title="The sea") for _ in range(40)])
