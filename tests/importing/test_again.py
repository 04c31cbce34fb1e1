"""The same files again: they are not read where nothing moved on, and the answer is that of reading them."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from provisions import assessing, intake
from provisions.contents import SourceContent
from provisions.exporting import export, whole
from provisions.held import held
from provisions.importing import (
    BadPlan,
    Expected,
    MovedOn,
    again,
    apply,
    bringing,
    import_files,
    opened,
    preview,
    preview_files,
    read_plan,
    reading,
)
from provisions.models import Change, Import, ImportedFiles, ImportState, Plan, Resource, Via
from provisions.record import Author, change, draw_new_epochs, entomb, retract_position, revert, writing
from tests import builders
from tests.builders import ACCORD, TESTER
from tests.exporting.generated import MOVES, build, texts
from tests.exporting.test_round_trip import EXAMPLES, taken_back

from . import accord
from .conftest import IMPORTER, TODAY

ANALYST = Author(via=Via.PAGE, reason="An analyst saw it so.")


@pytest.fixture
def times_read(monkeypatch) -> list[Path]:
    """The folders that were read since."""
    read_so_far: list[Path] = []

    def noted(files, *, today):
        read_so_far.append(files.path)
        return reading.read(files, today=today)

    monkeypatch.setattr(bringing, "read", noted)
    return read_so_far


@pytest.fixture
def bring(folder, db):
    """Imports the accord's files as they are now, as the command does."""
    return lambda **options: import_files(opened(folder), by=IMPORTER, **{"today": TODAY, **options})


def the_long_way(folder: Path, *, today: date = TODAY):
    """What reading the files and comparing them comes to."""
    return apply(read_plan(folder, today=today), by=IMPORTER, dry_run=True)


def test_the_same_files_again_are_not_read_and_the_answer_is_the_same(bring, folder, times_read):
    first = bring()
    assert times_read == [folder]
    long_way = the_long_way(folder)
    assert bring() == long_way
    assert list(bring().tallies) == list(first.tallies)
    assert times_read == [folder]


def test_what_the_files_do_not_mention_is_told_without_reading_them(bring, folder, times_read):
    builders.plan("other")
    bring()
    position = held(Plan.objects.get(slug="accord"), Resource.POSITION)["b-1"].content
    with writing("accord", by=ANALYST) as pen:
        pen.put([replace(position, key="p-1")])
    bring()
    assert len(times_read) == 2
    assert bring().kept == the_long_way(folder).kept == {Resource.POSITION: ("p-1",)}
    assert len(times_read) == 2


def test_levels_that_were_worked_out_meanwhile_change_nothing_of_it(bring, times_read):
    seq = bring().seq_after
    assessing.recompute(Plan.objects.get().pk)
    assert bring().seq_before == Plan.objects.get().seq > seq
    assert len(times_read) == 1


def test_a_preview_of_the_same_files_is_that_of_reading_them(bring, folder, times_read):
    bring()
    for _ in range(2):
        found = preview_files(opened(folder), by=IMPORTER, today=TODAY)
        assert found == preview(read_plan(folder, today=TODAY), by=IMPORTER)
        assessing.recompute(Plan.objects.get().pk)
    assert len(times_read) == 1


def test_a_dry_run_leaves_nothing_to_remember(bring, folder, db):
    the_long_way(folder)
    preview_files(opened(folder), by=IMPORTER, today=TODAY)
    assert not ImportedFiles.objects.exists()


def test_what_was_expected_is_held_to(bring):
    seq = bring().seq_after
    bring(expected=Expected(seq, opened(Path("accord")).sha256))
    with pytest.raises(MovedOn, match="the preview was made at 1"):
        bring(expected=Expected(1))
    with pytest.raises(MovedOn, match="not those"):
        bring(expected=Expected(seq, "0" * 64))


# ---- What makes it look again ----


def an_edit(folder: Path) -> None:
    line = held(Plan.objects.get(slug="accord"), Resource.PROVISION)["ceasefire"]
    change("accord", replace(line.content, title="A truce"), seen=line.version, by=ANALYST)


def an_undone_edit(folder: Path) -> None:
    an_edit(folder)
    revert("accord", Change.objects.latest("seq").seq, by=ANALYST)


def a_retraction(folder: Path) -> None:
    retract_position("accord", "b-1", by=ANALYST)


def another_plan_changes_a_source(folder: Path) -> None:
    builders.plan("other")
    source = SourceContent(slug="N1", title="The accord as it was leaked", kind="analysis")
    with writing("other", by=ANALYST) as pen:
        pen.put([source])


def another_plan_changes_a_party(folder: Path | None = None) -> None:
    if folder:
        builders.plan("other")
    party = held(Plan.objects.get(slug="other"), Resource.PARTY, keys=["arden"])["arden"].content
    with writing("other", by=ANALYST) as pen:
        pen.put([replace(party, note="Seen elsewhere.")])


def other_files(folder: Path) -> None:
    accord.edit(folder, "drafts/2.yaml", "All fire ceases at dawn.", "All fire ceases at dusk.")
    apply(read_plan(folder, today=TODAY), by=IMPORTER)
    accord.edit(folder, "drafts/2.yaml", "All fire ceases at dusk.", "All fire ceases at dawn.")


def a_new_name_of_a_file(folder: Path) -> None:
    (folder / "said.yaml").rename(folder / "told.yaml")


def a_restored_database(folder: Path) -> None:
    draw_new_epochs()


EVENTS = [
    an_edit, an_undone_edit, a_retraction, another_plan_changes_a_source, another_plan_changes_a_party, other_files,
    a_new_name_of_a_file, a_restored_database,
]  # fmt: skip


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.__name__)
def test_files_are_read_again_after(event: Callable[[Path], None], bring, folder, times_read):
    bring()
    event(folder)
    long_way = the_long_way(folder)
    assert bring() == long_way
    assert len(times_read) == 2


def test_files_are_read_again_after_a_party_was_changed_elsewhere_while_they_were_imported(
    folder, times_read, transactional_db
):
    builders.plan("other")

    def told(resource: Resource, number: int) -> None:
        if resource == Resource.REVISION:
            with ThreadPoolExecutor(1) as elsewhere:
                elsewhere.submit(in_a_connection_of_its_own, another_plan_changes_a_party).result()

    import_files(opened(folder), by=IMPORTER, today=TODAY, told=told)
    long_way = the_long_way(folder)
    assert long_way.tallies[Resource.PARTY].changed == 1
    assert import_files(opened(folder), by=IMPORTER, today=TODAY).tallies == long_way.tallies
    assert len(times_read) == 2


def in_a_connection_of_its_own(act: Callable[[], None]) -> None:
    try:
        act()
    finally:
        connection.close()


def test_a_deleted_plan_is_still_refused(bring, times_read):
    bring()
    with writing("accord", by=ANALYST) as pen:
        entomb(pen, export={"sha256": ""})
    with pytest.raises(BadPlan, match="the plan 'accord' was deleted"):
        bring()


def test_files_are_read_again_by_a_new_release(bring, times_read, monkeypatch):
    bring()
    monkeypatch.setattr(again, "_code", lambda: "another")
    bring()
    assert len(times_read) == 2
    bring()
    assert len(times_read) == 2


def test_files_are_read_again_where_the_clock_was_set_back(bring, times_read):
    bring()
    bring(today=TODAY + timedelta(days=1))
    assert len(times_read) == 1
    with pytest.raises(BadPlan, match="lies in the future"):
        bring(today=date(2026, 1, 1))


def test_files_are_read_again_when_a_plan_that_relations_lead_to_moved_on(bring, folder, times_read):
    builders.plan("other", lines={"ceasefire": "All fire ceases."})
    relation = "{from: draft-1/ceasefire, to: other/draft-1/ceasefire, kind: related}"
    (folder / "relations.yaml").write_text(f"relations:\n  - {relation}\n")
    bring()
    bring()
    assert len(times_read) == 1
    with writing("other", by=ANALYST) as pen:
        pen.put([SourceContent(slug="N2", title="Elsewhere", kind="news")])
    bring()
    assert len(times_read) == 2


def test_a_file_as_json_is_not_taken_for_the_same_as_yaml(tmp_path):
    for name in ("plan.yaml", "plan.json"):
        (tmp_path / name).write_text("{}")
    assert opened(tmp_path / "plan.yaml").sha256 != opened(tmp_path / "plan.json").sha256


def test_files_that_cannot_be_taken_in_are_refused_as_ever(bring, folder):
    bring()
    (folder / "more.yaml").write_bytes(b"\xff\xfeplan")
    with pytest.raises(BadPlan, match="UTF-16"):
        bring()


def test_what_was_decided_in_the_pages_is_not_what_the_files_say(folder, times_read, transactional_db):
    files = [(name.replace("/", "-"), text.encode()) for name, text in accord.FILES.items()]

    def uploaded() -> Import:
        return intake.upload(files, reason="A leak", by=ada)

    def applied(row: Import) -> Import:
        intake.ask_to_apply(row, let_vanish=False)
        row.refresh_from_db()
        assert row.state == ImportState.DONE
        return row

    ada = User.objects.create_user("ada")
    row = uploaded()
    intake.decide_origins(row, {"draft-2/forces": ""})
    applied(row)
    assert not ImportedFiles.objects.exists()
    before = len(times_read)
    assert applied(uploaded()).report["tallies"]["wording"]["changed"] == 1
    assert len(times_read) == before + 2
    before = len(times_read)
    assert applied(uploaded()).report["tallies"]["wording"]["changed"] == 0
    assert len(times_read) == before


# ---- Whatever happens to the record ----

moves = st.lists(st.tuples(st.integers(0, len(MOVES) - 1), st.integers(0, 10_000), texts), max_size=8)


@pytest.mark.django_db
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(moves, moves)
def test_whatever_happens_to_a_record_the_answer_is_that_of_the_long_way(tmp_path_factory, steps, later):
    folder = tmp_path_factory.mktemp("plan")
    today = date(2026, 11, 27)
    with taken_back():
        build(steps)
        export(whole(ACCORD), folder, today=today)
        apply(read_plan(folder, today=today), by=TESTER)
        files = opened(folder)
        for move, number, text in [(look_away, 0, ""), *((MOVES[kind], *rest) for kind, *rest in later)]:
            seq = Plan.objects.get(slug=ACCORD).seq
            move(number, text)
            plan = Plan.objects.get(slug=ACCORD)
            row = again.known(files, today=today)
            assert again.holds(row, plan=plan) <= (plan.seq == seq)
            if again.holds(row, plan=plan):
                nothing = import_files(files, by=TESTER, today=today)
                assert nothing == the_long_way(folder, today=today)
                assert nothing.seq_before == nothing.seq_after == seq


def look_away(number: int, text: str) -> None:
    """Nothing happens."""
