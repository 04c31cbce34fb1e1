"""A preview says what an import will do: to things, to texts, to positions and to levels. It writes nothing."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from provisions import assessing
from provisions.agreement.words import Level
from provisions.contents import RulingContent
from provisions.held import held
from provisions.importing import Expected, MovedOn, Vanishing, apply, preview, read_plan
from provisions.models import Change, ChangeKind, LineAssessment, Plan, Position, Resource, Ruling, Via, Wording
from provisions.record import Author, change, writing
from tests.exporting.test_round_trip import EXAMPLES, taken_back

from . import accord
from .conftest import IMPORTER, TODAY

ANALYST = Author(via=Via.PAGE, reason="An analyst saw it so.")

DRAFT_3 = """\
revisions:
  - slug: draft-3
    title: Third draft
    short: Draft 3
    dated: 2026-03-01
    derives_from: draft-2
    provenance: leaked
    wordings:
      - {provision: forces, number: "1", text: Arden keeps half of its personnel.}
      - {provision: truce, number: "2", text: All fire ceases at dawn on all fronts.}
"""


@pytest.fixture
def look(folder, db):
    """Previews the accord as its files are now, having made sure that nothing was written."""

    def looked(**options):
        before = Change.objects.count()
        found = preview(read_plan(folder, today=TODAY), by=IMPORTER, **options)
        assert Change.objects.count() == before
        return found

    return looked


@pytest.fixture
def third_draft(folder, load):
    """The accord is on record; its files get a draft that drops the ceasefire and has a truce much like it."""
    load()
    (folder / "drafts/3.yaml").write_text(DRAFT_3)
    accord.edit(
        folder,
        "lines.yaml",
        "  - slug: prisoners\n",
        "  - {slug: truce, title: Truce, category: peace}\n  - slug: prisoners\n",
    )
    accord.edit(folder, "plan.yaml", "current_revision: draft-2", "current_revision: draft-3")


def test_a_plan_that_is_new_is_previewed_whole(look):
    found = look()
    assert {each.kind for each in found.effects} == {ChangeKind.ADDED}
    assert len(found.effects) == found.outcome.seq_after
    assert [(text.slug, text.new, text.base) for text in found.texts] == [
        ("draft-1", True, None),
        ("draft-2", True, "draft-1"),
    ]
    assert {(moved.line, moved.level) for moved in found.moved} == {
        ("ceasefire", None), ("forces", None), ("prisoners", None),
    }  # fmt: skip
    assert not Plan.objects.exists()


def test_nothing_to_do_is_nothing_to_see(load, look):
    load()
    found = look()
    assert (found.effects, found.texts, found.lapsed, found.moved) == ((), (), (), ())


def test_a_new_text_is_told_line_by_line(third_draft, look):
    (text,) = look().texts
    assert (text.slug, text.new, text.base) == ("draft-3", True, "draft-2")
    forces, truce = text.lines
    assert (forces.change, forces.number_before, forces.number, forces.renumbered) == ("substantive", "2", "1", True)
    assert (forces.base, forces.held) == ("Arden keeps 600,000 personnel.", None)
    assert forces.words == "Arden keeps half of its personnel."
    assert (truce.change, truce.base, truce.renumbered) == ("added", None, False)


def test_three_states_of_the_words_are_told_where_the_record_has_some(folder, load, look):
    load()
    accord.edit(folder, "drafts/2.yaml", "All fire ceases at dawn.", "All fire ceases at dusk.")
    ((line,),) = (text.lines for text in look().texts)
    assert (line.base, line.held, line.words) == (
        "All fire ceases at noon.", "All fire ceases at dawn.", "All fire ceases at dusk.",
    )  # fmt: skip


def test_lines_that_vanish_without_a_word_are_told_and_refused(folder, third_draft, look):
    (text,) = look().texts
    assert text.vanishing == (("ceasefire", "Ceasefire"),)
    before = Change.objects.count()
    with pytest.raises(Vanishing, match="draft-3: ceasefire"):
        apply(read_plan(folder, today=TODAY), by=IMPORTER, let_vanish=False)
    assert Change.objects.count() == before


def test_a_line_that_is_said_to_be_removed_does_not_vanish(folder, third_draft, look):
    text = (folder / "drafts/3.yaml").read_text()
    (folder / "drafts/3.yaml").write_text(text + "    removals: [{provision: ceasefire, outcome: removed}]\n")
    (told,) = look().texts
    assert (told.vanishing, [each.provision for each in told.removals]) == ((), ["ceasefire"])


def test_a_line_that_other_words_take_up_does_not_vanish(folder, third_draft, look):
    accord.edit(folder, "drafts/3.yaml", "on all fronts.}", "on all fronts., from: [draft-2/ceasefire]}")
    (text,) = look().texts
    assert text.vanishing == ()
    assert [line.comes_from for line in text.lines if line.line == "truce"] == [("draft-2/ceasefire",)]


@pytest.mark.parametrize("known", ["provenance: reported", "provenance: leaked\n    point_count: 9"])
def test_a_text_that_was_not_seen_whole_loses_nothing_by_what_it_leaves_out(folder, third_draft, look, known):
    accord.edit(folder, "drafts/3.yaml", "provenance: leaked", known)
    (text,) = look().texts
    assert text.vanishing == ()


def test_words_that_begin_and_are_like_others_before_are_guessed_to_come_from_them(third_draft, look):
    (guess,) = look().guesses
    assert (guess.words, guess.origin, guess.origin_goes_on) == ("draft-3/truce", "draft-2/ceasefire", False)
    assert 0.6 < guess.likeness < 0.9


def test_nothing_is_guessed_where_the_file_says_that_words_begin(folder, third_draft, look):
    accord.edit(folder, "drafts/3.yaml", "on all fronts.}", "on all fronts., from: []}")
    assert look().guesses == ()


def test_what_a_person_changed_since_is_named_before_a_file_overwrites_it(load, look):
    load()
    words = held(Plan.objects.get(), Resource.WORDING)["draft-2/ceasefire"]
    seq = change("accord", replace(words.content, text="All fire ceases at six."), seen=1, by=ANALYST)
    (found,) = look().overwritten
    assert (found.resource, found.key, found.fields) == (Resource.WORDING, "draft-2/ceasefire", ("text",))
    assert (found.seq, found.by, found.reason) == (seq, "page", "An analyst saw it so.")


def test_levels_that_move_and_consents_that_go_stale_are_those_that_come(folder, third_draft, look):
    levels = levels_now()
    found = look()
    assert ("forces", "brevia", "b-1") in [(each.line, each.party, each.position) for each in found.lapsed]
    apply(read_plan(folder, today=TODAY), by=IMPORTER)
    moved = {line: level for line, level in levels_now().items() if levels.get(line) != level}
    assert moved
    assert {each.line: each.level_then for each in found.moved} == moved


def levels_now() -> dict[str, str]:
    assessing.recompute(Plan.objects.get().pk)
    rows = LineAssessment.objects.standing().values_list("provision__slug", "level")
    return dict(rows)


def test_an_import_is_refused_where_the_plan_has_moved_on_since_the_preview(folder, load, look):
    load()
    found = look()
    expected = Expected(found.outcome.seq_before, found.sha256)
    with writing("accord", by=ANALYST) as pen:
        position = held(pen.plan, Resource.POSITION)["b-1"].content
        pen.put([replace(position, key="b-2")])
    before = Change.objects.count()
    with pytest.raises(MovedOn, match="preview again"):
        apply(read_plan(folder, today=TODAY), by=IMPORTER, expected=expected)
    with pytest.raises(MovedOn):
        look(expected=expected)
    assert Change.objects.count() == before


def test_an_import_is_refused_where_the_files_have_changed_since_the_preview(folder, load, look):
    load()
    expected = Expected(sha256=look().sha256)
    accord.edit(folder, "drafts/2.yaml", "All fire ceases at dawn.", "All fire ceases at dusk.")
    with pytest.raises(MovedOn, match="The files are not those"):
        apply(read_plan(folder, today=TODAY), by=IMPORTER, expected=expected)


# What a draft may be made of: for each line nothing, words as before, other words, or those of another line.
LINES = ("ceasefire", "forces", "prisoners")
drafts = st.lists(st.tuples(*(st.integers(0, 5) for _ in LINES)), min_size=1, max_size=3)


@pytest.mark.django_db
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(drafts, st.integers(0, 3))
def test_a_preview_is_the_effect_and_a_second_import_changes_nothing(tmp_path_factory, shape, analyst):
    folder = accord.write(tmp_path_factory.mktemp("accord"))
    with taken_back():
        apply(read_plan(folder, today=TODAY), by=IMPORTER)
        for number in range(analyst):
            work(number)
        assessing.recompute(Plan.objects.get().pk)
        theirs = untouchable()
        levels = levels_now()
        for number, choices in enumerate(shape, start=3):
            (folder / f"drafts/{number}.yaml").write_text(draft(number, choices))
        plan = (folder / "plan.yaml").read_text()
        current = f"current_revision: draft-{len(shape) + 2}"
        (folder / "plan.yaml").write_text(plan.replace("current_revision: draft-2", current))

        file = read_plan(folder, today=TODAY)
        found = preview(file, by=IMPORTER)
        outcome = apply(file, by=IMPORTER, expected=Expected(found.outcome.seq_before, found.sha256))
        assert outcome == found.outcome
        entries = Change.objects.filter(seq__gt=outcome.seq_before).exclude(kind=ChangeKind.ASSESSED).order_by("seq")
        assert [(each.kind, each.resource, each.key, each.before, each.after) for each in found.effects] == list(
            entries.values_list("kind", "resource", "key", "before", "after")
        )
        then = levels_now()
        assert {each.line: each.level_then for each in found.moved} == {
            line: level for line, level in then.items() if levels.get(line) != level
        }
        assert untouchable() == theirs
        again = apply(file, by=IMPORTER)
        assert not any(tally.added or tally.changed for tally in again.tallies.values())


def draft(number: int, choices: tuple[int, ...]) -> str:
    words = []
    for line, choice in zip(LINES, choices, strict=True):
        if choice:
            said = f"Draft {number} speaks of {line}." if choice > 2 else f"All {line} as agreed."
            origin = (
                f", from: [draft-1/{LINES[choice % 3]}, draft-1/{line}]"
                if choice == 5 and choice % 3 != LINES.index(line)
                else ""
            )
            words.append(f"      - {{provision: {line}, number: '{choice}{line[0]}', text: '{said}'{origin}}}")
    body = "\n".join(["    wordings:", *words]) if words else ""
    return (
        f"revisions:\n  - slug: draft-{number}\n    title: Draft {number}\n    short: '{number}'\n"
        f"    dated: 2026-04-0{number}\n    derives_from: draft-{number - 1}\n    provenance: official\n{body}\n"
    )


def work(number: int) -> None:
    """What an analyst does meanwhile: a later position, a ruling, a retraction."""
    plan = Plan.objects.get()
    position = held(plan, Resource.POSITION)["a-1.forces"].content
    if number == 0:
        with writing("accord", by=ANALYST) as pen:
            pen.put(
                [replace(position, key="later.forces", stated_on=replace(position.stated_on, day=date(2026, 5, 1)))]
            )
    elif number == 1:
        ruling = RulingContent(provision="forces", revision="draft-2", level=Level.OPEN, reason="So.", sources=("N1",))
        change("accord", ruling, seen=0, by=ANALYST)
    else:
        with writing("accord", by=ANALYST) as pen:
            pen.retract("b-1", reason="Misread.")


def untouchable() -> list[object]:
    return [
        list(Position.objects.order_by("pk").values_list("key", "stance", "retraction__reason")),
        list(Ruling.objects.order_by("pk").values_list("level", "reason", "superseded_at")),
        Wording.objects.filter(rulings__isnull=False).count(),
    ]
