"""From files to the record: only what is new or different, and nothing that the record forbids."""

from dataclasses import fields, replace

import pytest

from provisions.agreement.words import Level
from provisions.contents import PlanContents, RulingContent
from provisions.held import held
from provisions.importing import BadPlan, Tally
from provisions.models import Change, Plan, Resource, RevisionVersion, Via, WordingVersion
from provisions.record import Author, change, retract_position, writing
from tests import builders

from . import accord


def seq(slug: str = "accord") -> int:
    return Plan.objects.get(slug=slug).seq


def on_record(contents: PlanContents) -> PlanContents:
    """The same things as the record holds them, each kind in the order of the contents."""
    plan = Plan.objects.get(slug=contents.plan.slug)
    kinds = {field.name: getattr(contents, field.name) for field in fields(contents) if field.name != "plan"}

    def found(given):
        known = held(plan, given[0].resource, keys={each.key for each in given}) if given else {}
        return tuple(known[each.key].content for each in given)

    head = held(plan, Resource.PLAN)[plan.slug].content
    return PlanContents(plan=head, **{name: found(given) for name, given in kinds.items()})


def refused(load) -> list[str]:
    """What the record says against the files, having made sure that it stayed as it was."""
    before = Change.objects.count()
    with pytest.raises(BadPlan) as bad:
        load()
    assert Change.objects.count() == before
    return [str(fault) for fault in bad.value.faults]


def test_the_record_holds_what_the_files_say(load, read):
    load()
    assert on_record(read().contents) == read().contents


def test_every_thing_gets_one_change_that_says_where_it_came_from(load):
    outcome = load()
    assert (outcome.seq_before, outcome.seq_after) == (0, seq())
    assert seq() == Change.objects.count() == sum(tally.added for tally in outcome.tallies.values())
    assert set(Change.objects.values_list("via", "reason")) == {("import", "Import of accord")}


def test_importing_twice_leaves_the_same_seq(load):
    first = load()
    again = load()
    assert again.seq_before == again.seq_after == first.seq_after == seq()
    assert all(tally.added == tally.changed == 0 for tally in again.tallies.values())


def test_a_changed_wording_appends_exactly_one_change(folder, load):
    before = load().seq_after
    accord.edit(folder, "drafts/2.yaml", "All fire ceases at dawn.", "All fire ceases at dusk.")
    outcome = load()
    assert outcome.seq_after == before + 1
    assert outcome.tallies[Resource.WORDING] == Tally(added=0, changed=1, unchanged=5)
    latest = Change.objects.latest("seq")
    assert (latest.kind, latest.resource, latest.key, latest.version) == ("changed", "wording", "draft-2/ceasefire", 2)


def test_words_that_become_those_before_are_identical_without_being_touched(folder, load):
    load()
    accord.edit(folder, "drafts/1.yaml", "All fire ceases at noon.", "All fire ceases at dawn.")
    load()
    changes = dict(Change.objects.filter(resource="wording", kind="changed").values_list("key", "after__change"))
    assert changes == {"draft-1/ceasefire": "added", "draft-2/ceasefire": "identical"}


def test_a_dry_run_says_the_same_and_writes_nothing(load):
    rehearsal = load(dry_run=True)
    assert not Plan.objects.exists()
    assert load() == rehearsal


def test_a_dry_run_over_a_record_leaves_it_as_it_was(folder, load):
    before = load().seq_after
    accord.edit(folder, "drafts/2.yaml", "All fire ceases at dawn.", "All fire ceases at dusk.")
    assert load(dry_run=True).seq_after == before + 1
    assert seq() == Change.objects.count() == before
    standing = WordingVersion.objects.standing().get(
        wording__revision__slug="draft-2", wording__provision__slug="ceasefire"
    )
    assert standing.text == "All fire ceases at dawn."


def test_two_lines_may_swap_their_numbers(folder, load, read):
    load()
    accord.edit(folder, "drafts/1.yaml", 'number: "1"\n', "number: swap\n")
    accord.edit(folder, "drafts/1.yaml", 'number: "3"', 'number: "1"')
    accord.edit(folder, "drafts/1.yaml", "number: swap", 'number: "3"')
    load()
    assert on_record(read().contents) == read().contents


def test_a_number_given_up_by_words_that_come_from_others_can_be_taken_by_new_ones(folder, load, read):
    load()
    # The words before change as well, so those that come from them are written last.
    accord.edit(folder, "drafts/1.yaml", "Arden keeps 600,000", "Arden keeps 700,000")
    accord.edit(folder, "drafts/2.yaml", 'number: "2"', 'number: "3"')
    accord.edit(folder, "drafts/2.yaml", "      - {provision: prisoners, outcome: unclear, sources: [N1]}\n", "")
    accord.edit(folder, "drafts/2.yaml", "    removals:\n", "")
    text = (folder / "drafts/2.yaml").read_text()
    words = '      - {provision: prisoners, number: "2", text: Nobody returns., from: []}\n'
    (folder / "drafts/2.yaml").write_text(text + words)
    load()
    assert on_record(read().contents) == read().contents


def test_what_the_files_no_longer_have_is_left_alone_and_listed(folder, load):
    load()
    accord.edit(
        folder,
        "drafts/1.yaml",
        '      - provision: prisoners\n        number: "3"\n        text: All prisoners return home.\n',
        "",
    )
    accord.edit(folder, "plan.yaml", "  - {slug: caldor, name: Caldor, short: Caldor}\n", "")
    accord.edit(folder, "lines.yaml", ", verifier: [caldor]", "")
    outcome = load()
    assert outcome.kept == {Resource.PARTY: ("caldor",), Resource.WORDING: ("draft-1/prisoners",)}
    assert WordingVersion.objects.standing().filter(wording__provision__slug="prisoners").exists()
    # Positions may be Caldor's, so its place in the plan stays, too.
    assert list(Plan.objects.get(slug="accord").places.values_list("party__slug", flat=True)) == [
        "arden",
        "brevia",
        "caldor",
    ]


def test_positions_that_analysts_added_are_left_alone(load):
    load()
    position = held(Plan.objects.get(slug="accord"), Resource.POSITION)["b-1"].content
    with writing("accord", by=Author(via=Via.PAGE)) as pen:
        pen.put([replace(position, key="p-1")])
    before = seq()
    assert load().kept == {Resource.POSITION: ("p-1",)}
    assert seq() == before


def test_a_position_is_not_rewritten(folder, load):
    load()
    accord.edit(folder, "said.yaml", "stance: accept", "stance: reject")
    remedy = "a position is never rewritten, so retract it and add this one under a new id"
    assert refused(load) == [
        f"accord/said.yaml:2:9: positions[a-1].id: 'a-1.{line}' is on record with other words (stance); {remedy}"
        for line in ("ceasefire", "forces")
    ]


def test_a_position_under_a_new_id_takes_the_place_of_a_retracted_one(folder, load):
    load()
    accord.edit(folder, "said.yaml", "id: a-1", "id: a-2")
    accord.edit(folder, "said.yaml", "stance: accept", "stance: reject")
    for line in ("ceasefire", "forces"):
        retract_position("accord", f"a-1.{line}", by=Author(via=Via.PAGE, reason="Misread."))
    assert load().tallies[Resource.POSITION] == Tally(added=2, changed=0, unchanged=1)


def test_a_retracted_position_stays_retracted(load):
    load()
    retract_position("accord", "b-1", by=Author(via=Via.PAGE, reason="Misread."))
    before = seq()
    load()
    assert seq() == before
    assert held(Plan.objects.get(slug="accord"), Resource.POSITION)["b-1"].retracted


@pytest.mark.parametrize("passage", ["title: The accord as it was leaked", "url: https://news.example/accord"])
def test_a_source_with_the_same_title_or_address_is_brought_up_to_date(folder, load, passage):
    load()
    accord.edit(folder, "plan.yaml", passage, passage + "-2")
    assert load().tallies[Resource.SOURCE] == Tally(added=0, changed=1, unchanged=0)


def test_a_source_id_does_not_change_hands(folder, load):
    load()
    accord.edit(folder, "plan.yaml", "title: The accord as it was leaked", "title: Another page")
    accord.edit(folder, "plan.yaml", "https://news.example/accord", "https://news.example/other")
    whose = "'N1' is already another source, 'The accord as it was leaked'"
    assert refused(load) == [f"accord/plan.yaml:15:9: sources[N1].id: {whose}; give this one another id"]


def test_a_party_of_another_plan_is_not_made_somebody_else(folder, load):
    builders.plan("other")
    accord.edit(
        folder, "plan.yaml", "{slug: arden, name: Arden, short: Arden}", "{slug: arden, name: Ardennes, short: Ard}"
    )
    assert refused(load) == [
        "accord/plan.yaml:7:12: parties[arden].slug: 'arden' is Arden in another plan; give this party another slug"
    ]


def test_a_party_may_be_renamed_by_its_only_plan(folder, load):
    load()
    accord.edit(
        folder, "plan.yaml", "{slug: arden, name: Arden, short: Arden}", "{slug: arden, name: Ardennes, short: Ard}"
    )
    assert load().tallies[Resource.PARTY] == Tally(added=0, changed=1, unchanged=2)


def test_two_plans_share_parties_and_sources(folder, load):
    load()
    accord.edit(folder, "plan.yaml", "slug: accord", "slug: pact")
    shared = load().tallies
    assert shared[Resource.PARTY] == Tally(added=0, changed=0, unchanged=3)
    assert shared[Resource.SOURCE] == Tally(added=0, changed=0, unchanged=1)
    assert shared[Resource.PROVISION] == Tally(added=4, changed=0, unchanged=0)
    assert seq("pact") < seq("accord")


def test_a_number_that_words_on_record_have_is_not_given_away(folder, load):
    load()
    accord.edit(folder, "drafts/1.yaml", "  - provision: prisoners", "  - provision: exchange")
    accord.edit(
        folder,
        "lines.yaml",
        "  - slug: prisoners",
        "  - {slug: exchange, title: Exchange, category: peace}\n  - slug: prisoners",
    )
    place = "accord/drafts/1.yaml:23:17: revisions[draft-1].wordings[exchange].number"
    assert refused(load) == [f"{place}: on record the number 3 is that of 'prisoners'; give this one another number"]


def test_a_derivation_may_turn_round(folder, load, read):
    load()
    accord.edit(folder, "drafts/2.yaml", "    derives_from: draft-1\n", "")
    accord.edit(
        folder, "drafts/1.yaml", "    provenance: leaked\n", "    provenance: leaked\n    derives_from: draft-2\n"
    )
    load()
    assert on_record(read().contents) == read().contents
    assert RevisionVersion.objects.standing().get(revision__slug="draft-1").derives_from.slug == "draft-2"


def test_a_position_that_the_file_retracts_is_withdrawn_once(folder, load):
    load()
    accord.edit(folder, "said.yaml", "  - id: b-1\n", "  - id: b-1\n    retracted: Misread.\n")
    assert load().tallies[Resource.POSITION] == Tally(added=0, changed=1, unchanged=2)
    position = held(Plan.objects.get(slug="accord"), Resource.POSITION)["b-1"]
    assert position.retracted
    before = seq()
    load()
    assert seq() == before


RULING = """\
rulings:
  - {provision: forces, revision: draft-1, level: open, reason: So it reads., sources: [N1]}
"""


def test_a_ruling_in_a_file_is_put_on_words_that_nobody_judged(folder, load):
    (folder / "rulings.yaml").write_text(RULING)
    assert load().tallies[Resource.RULING] == Tally(added=1, changed=0, unchanged=0)
    assert held(Plan.objects.get(slug="accord"), Resource.RULING)["draft-1/forces"].content.reason == "So it reads."


def test_a_ruling_in_a_file_does_not_touch_what_an_analyst_ruled(folder, load):
    load()
    mine = RulingContent(provision="forces", revision="draft-1", level=Level.AGREED, reason="I say.", sources=("N1",))
    change("accord", mine, seen=0, by=Author(via=Via.PAGE, reason="I say."))
    (folder / "rulings.yaml").write_text(RULING)
    before = seq()
    assert load().tallies[Resource.RULING] == Tally(added=0, changed=0, unchanged=1)
    assert (seq(), held(Plan.objects.get(slug="accord"), Resource.RULING)["draft-1/forces"].content) == (before, mine)
