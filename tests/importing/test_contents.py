"""What the files say, as contents: in the order of the files, with what they leave to the reader worked out."""

from datetime import date
from decimal import Decimal

import pytest

from provisions.agreement.words import Authority, Level, Precision, Role, Stance, WordingChange
from provisions.contents import ConditionContent, FigureContent, VariantContent, When
from provisions.importing import read_plan
from provisions.models import ConditionKind

from . import accord


def wordings(file):
    return {wording.key: wording for wording in file.contents.wordings}


def positions(file):
    return {position.key: position for position in file.contents.positions}


def third_draft(folder, *, derives_from: str, words: str) -> None:
    head = "revisions:\n  - {slug: draft-3, title: Third, short: Third, dated: 2026-03, provenance: leaked"
    (folder / "drafts" / "3.yaml").write_text(f"{head}, derives_from: {derives_from}, wordings: [{words}]}}\n")


def test_lines_and_their_parts_count_through_in_the_order_of_the_file(read):
    lines = [(line.order, line.slug, line.parent) for line in read().contents.provisions]
    assert lines == [
        (1, "ceasefire", None),
        (2, "forces", None),
        (3, "forces-reserve", "forces"),
        (4, "prisoners", None),
    ]


def test_a_part_stands_in_the_category_of_its_line_unless_it_says_otherwise(folder, read):
    accord.edit(folder, "plan.yaml", "categories:\n", "categories:\n  - {slug: arms, title: Arms}\n")
    assert read().contents.provisions[2].category == "peace"
    accord.edit(folder, "lines.yaml", "title: The reserve", "title: The reserve, category: arms")
    assert read().contents.provisions[2].category == "arms"


def test_roles_and_essential_parties(read):
    ceasefire, forces, *_ = read().contents.provisions
    assert ceasefire.roles == (("arden", Role.OBLIGOR), ("brevia", Role.OBLIGOR), ("caldor", Role.VERIFIER))
    assert (forces.essential, forces.essential_reason) == (("arden",), "The words bind Arden alone.")
    assert ceasefire.essential is None


def test_revisions_are_in_the_order_of_their_files(read):
    assert [(each.order, each.slug) for each in read().contents.revisions] == [(1, "draft-1"), (2, "draft-2")]


def test_a_number_is_text(read):
    held = wordings(read())
    assert held["draft-1/forces"].number == "1.10"
    assert held["draft-1/forces-reserve"].number == "1.10a"


def test_a_number_may_be_missing(folder, read):
    accord.edit(folder, "drafts/1.yaml", 'number: "3"', "number: null")
    assert wordings(read())["draft-1/prisoners"].number is None


def test_figures_and_variants(read):
    forces = wordings(read())["draft-1/forces"]
    assert forces.figures == (FigureContent(name="troop-cap", label="Cap", value=Decimal(600000), unit="personnel"),)
    assert forces.variants == (
        VariantContent(parties=("brevia",), text="Arden keeps 500,000 personnel.", sources=("N1",)),
    )


def test_a_figure_may_have_no_value(folder, read):
    accord.edit(folder, "drafts/1.yaml", "value: 600000", "value: null")
    assert wordings(read())["draft-1/forces"].figures[0].value is None


@pytest.mark.parametrize("written", ["0.5", '"0.5"', "0.50"])
def test_a_fraction_is_exact(folder, read, written):
    accord.edit(folder, "drafts/1.yaml", "value: 600000", f"value: {written}")
    assert wordings(read())["draft-1/forces"].figures[0].value == Decimal("0.5")


@pytest.mark.parametrize(
    ("written", "when"),
    [
        ("2026-01-05", When(date(2026, 1, 5), Precision.DAY)),
        ('"2026-01-05"', When(date(2026, 1, 5), Precision.DAY)),
        ("2026-01", When(date(2026, 1, 1), Precision.MONTH)),
        ("2026", When(date(2026, 1, 1), Precision.YEAR)),
        ("2026-01-05\n    approximate: true", When(date(2026, 1, 5), Precision.DAY, approximate=True)),
    ],
)
def test_a_date_is_as_exact_as_it_is_written(folder, read, written, when):
    accord.edit(folder, "drafts/1.yaml", "dated: 2026-01-05", f"dated: {written}")
    assert read().contents.revisions[0].dated == when


def test_words_come_from_the_nearest_words_of_their_line(folder, read):
    third_draft(
        folder,
        derives_from="draft-2",
        words="{provision: prisoners, text: All go home.}, {provision: ceasefire, text: All fire ceases.}",
    )
    held = wordings(read())
    assert held["draft-2/ceasefire"].comes_from == ("draft-1/ceasefire",)
    assert held["draft-3/ceasefire"].comes_from == ("draft-2/ceasefire",)
    # The second draft has no words on prisoners.
    assert held["draft-3/prisoners"].comes_from == ("draft-1/prisoners",)


def test_words_of_a_draft_beside_the_chain_are_nobodys_origin(folder, read):
    third_draft(folder, derives_from="draft-1", words="{provision: ceasefire, text: All fire ceases.}")
    assert wordings(read())["draft-3/ceasefire"].comes_from == ("draft-1/ceasefire",)


def test_a_part_has_a_lineage_of_its_own(folder, read):
    part = "{provision: forces-reserve, text: The reserve counts.}"
    third_draft(folder, derives_from="draft-2", words=f"{{provision: forces, text: Fewer forces., parts: [{part}]}}")
    held = wordings(read())
    assert held["draft-3/forces"].comes_from == ("draft-2/forces",)
    assert held["draft-3/forces-reserve"].comes_from == ("draft-1/forces-reserve",)


def test_no_origin_can_be_stated(folder, read):
    accord.edit(
        folder, "drafts/2.yaml", "text: All fire ceases at dawn.", "text: All fire ceases at dawn.\n        from: []"
    )
    ceasefire = wordings(read())["draft-2/ceasefire"]
    assert (ceasefire.comes_from, ceasefire.change) == ((), WordingChange.ADDED)


@pytest.mark.parametrize(
    ("written", "change"),
    [
        ("text: All fire ceases at dawn.", WordingChange.SUBSTANTIVE),
        ("text: All fire ceases at noon.", WordingChange.IDENTICAL),
        ("text: All fire  ceases at\n          noon.", WordingChange.IDENTICAL),
        ("text: Fire ceases at noon.\n        change: editorial\n        reason: Style.", WordingChange.EDITORIAL),
        ("text: All fire ceases at dawn.\n        change: split", WordingChange.SPLIT),
        ("text: Peace.\n        from: [draft-1/ceasefire, draft-1/prisoners]", WordingChange.MERGED),
    ],
)
def test_the_text_decides_the_change(folder, read, written, change):
    accord.edit(folder, "drafts/2.yaml", "text: All fire ceases at dawn.", written)
    assert wordings(read())["draft-2/ceasefire"].change == change


def test_a_position_on_lines_is_kept_line_by_line_and_one_on_a_revision_as_a_whole(read):
    assert list(positions(read())) == ["a-1.ceasefire", "a-1.forces", "b-1"]


def test_a_position_says_who_where_and_with_what_authority(read):
    said = positions(read())["a-1.forces"]
    assert (said.party, said.asserted_by, said.revision, said.provision) == ("arden", "arden", "draft-1", "forces")
    assert (said.stance, said.authority) == (Stance.ACCEPT, Authority.AUTHORITATIVE)
    assert [(proof.source, proof.grade) for proof in said.evidence] == [("N1", "B2")]


def test_conditions(folder, read):
    accord.edit(
        folder,
        "said.yaml",
        "      - {event: withdrawal}\n",
        "      - {event: withdrawal}\n      - {absent: prisoners}\n",
    )
    assert positions(read())["b-1"].conditions == (
        ConditionContent(kind=ConditionKind.PROVISION_REACHES, provision="forces", level=Level.AGREED),
        ConditionContent(kind=ConditionKind.EVENT_MET, event="withdrawal"),
        ConditionContent(kind=ConditionKind.PROVISION_ABSENT, provision="prisoners"),
    )


@pytest.mark.parametrize(
    ("earlier", "later", "followed"),
    [
        ("[ceasefire, forces]", "[forces]", ["a-1.forces"]),
        ("[ceasefire, forces]", "[forces, ceasefire]", ["a-1.forces", "a-1.ceasefire"]),
        ("[]", "[forces]", ["a-1"]),
        ("[]", "[]", ["a-1"]),
        ("[ceasefire]", "[forces]", ["a-1.ceasefire"]),
        ("[ceasefire]", "[]", ["a-1.ceasefire"]),
        ("[ceasefire, prisoners]", "[forces]", [None]),
        ("[ceasefire, prisoners]", "[]", [None]),
    ],
)
def test_a_position_follows_what_was_said_of_the_same_words(folder, read, earlier, later, followed):
    accord.edit(folder, "said.yaml", "provisions: [ceasefire, forces]", f"provisions: {earlier}")
    again = accord.SAID.partition("  - id: b-1")[0].removeprefix("positions:\n").replace("id: a-1", "id: a-2")
    again = again.replace("[ceasefire, forces]", later).replace("stance: accept", "stance: reject\n    follows: a-1")
    (folder / "said.yaml").write_text((folder / "said.yaml").read_text() + again)
    assert [said.follows for key, said in positions(read()).items() if key.startswith("a-2")] == followed


def test_states_of_an_event_are_in_the_order_of_their_days(folder, read):
    accord.edit(folder, "beside.yaml", "[{state", "[{state: met, stated_on: 2026-03-02}, {state")
    assert [str(each.state) for each in read().contents.events[0].states] == ["unmet", "met"]


def test_a_plan_may_be_one_file(tmp_path, read):
    drafts = accord.DRAFT_1 + accord.DRAFT_2.removeprefix("revisions:\n")
    (tmp_path / "whole.yaml").write_text(accord.PLAN + accord.LINES + drafts + accord.SAID + accord.BESIDE)
    assert read_plan(tmp_path / "whole.yaml", today=date(2026, 6, 1)).contents == read().contents
