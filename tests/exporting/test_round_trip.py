"""What is exported can be imported: nothing changes, and the same record gives the same bytes."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings

from provisions.agreement.words import Authority, Stance
from provisions.contents import EvidenceContent, PositionContent, When
from provisions.exporting import CannotExport, export, plan_files, whole
from provisions.exporting.entries import entries
from provisions.held import held
from provisions.importing import apply, read_plan
from provisions.importing.schema import FileEntry
from provisions.models import Change, Position, Resource, Via
from provisions.record import Author, record_position, retract_position, revert, writing
from tests import builders
from tests.builders import ACCORD, ARDEN, TESTER, says
from tests.importing.test_docs import entries as kinds_of_entry

from .generated import build, moves

EVERYTHING = Path(__file__).parents[1] / "importing" / "everything.yaml"
FIXTURES = Path(__file__).parents[2] / "fixtures"
PLANS = sorted(path for path in FIXTURES.iterdir() if path.is_dir())
TODAY = date(2026, 11, 27)
BY = Author(via=Via.IMPORT)

EXAMPLES = int(os.environ.get("HYPOTHESIS_EXAMPLES", "500")) // 25


@contextmanager
def taken_back() -> Iterator[None]:
    """What is written inside is not there afterwards."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def load(folder: Path) -> tuple[int, int]:
    outcome = apply(read_plan(folder, today=TODAY), by=BY)
    return outcome.seq_before, outcome.seq_after


@pytest.mark.django_db
def test_each_fixture_comes_out_and_in_again_without_a_change_and_with_the_same_bytes_elsewhere(tmp_path):
    with taken_back():
        for path in PLANS:
            load(path)
        for path in PLANS:
            export(whole(path.name), tmp_path / path.name, today=TODAY)
            before, after = load(tmp_path / path.name)
            assert before == after
    for path in PLANS:
        load(tmp_path / path.name)
    for path in PLANS:
        again = plan_files(whole(path.name))
        assert again == {name: (tmp_path / path.name / name).read_text() for name in again}


@pytest.mark.django_db
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(moves)
def test_any_record_comes_out_and_in_again_without_a_change(tmp_path_factory, steps):
    folder = tmp_path_factory.mktemp("plan")
    with taken_back():
        build(steps)
        found = whole(ACCORD)
        export(found, folder, today=TODAY)
        before, after = load(folder)
        assert before == after
    with taken_back():
        load(folder)
        assert (whole(ACCORD).contents, whole(ACCORD).retracted) == (found.contents, found.retracted)
        assert plan_files(whole(ACCORD)) == plan_files(found)


@pytest.mark.django_db
def test_every_key_of_the_format_comes_out_as_it_went_in(tmp_path):
    load(EVERYTHING)
    export(whole("everything"), tmp_path, today=TODAY)
    text = "\n".join(path.read_text() for path in tmp_path.rglob("*.yaml"))
    keys = {field.alias or name for kind in kinds_of_entry(FileEntry) for name, field in kind.model_fields.items()}
    # What is given as changes comes out whole.
    assert {key for key in keys if not re.search(rf"\b{key}:", text)} == {"rest_unchanged"}
    before, after = load(tmp_path)
    assert before == after


def test_what_a_statement_says_of_several_lines_is_one_entry(accord):
    with writing(ACCORD, by=TESTER) as pen:
        pen.put([_said("a-1.ceasefire", "ceasefire"), _said("a-1.prisoners", "prisoners"), _said("a-2", None)])
    ids = {entry.id: entry.provisions for entry in entries(whole(ACCORD)).positions}
    assert ids == {"a-1": ["ceasefire", "prisoners"], "a-2": []}


def test_statements_that_one_entry_could_not_say_are_written_line_by_line(accord, tmp_path):
    with writing(ACCORD, by=TESTER) as pen:
        pen.put([_said("a-1.ceasefire", "ceasefire"), _said("a-1.prisoners", "prisoners")])
        pen.put([_said("a-2", None, follows="a-1.prisoners")])
    ids = {entry.id: (entry.line, entry.follows) for entry in entries(whole(ACCORD)).positions}
    assert ids == {
        "a-1.ceasefire": ("ceasefire", None),
        "a-1.prisoners": ("prisoners", None),
        "a-2": (None, "a-1.prisoners"),
    }
    export(whole(ACCORD), tmp_path, today=TODAY)
    before, after = load(tmp_path)
    assert before == after


def test_a_position_that_came_back_after_its_retraction_keeps_its_key(accord, tmp_path):
    key = says(ARDEN, Stance.ACCEPT, "ceasefire")
    retract_position(ACCORD, key, by=TESTER)
    revert(ACCORD, Change.objects.latest("seq").seq, by=replace(TESTER, reason="It was right."))
    export(whole(ACCORD), tmp_path, today=TODAY)
    with taken_back():
        before, after = load(tmp_path)
        assert before == after
    assert sorted(Position.objects.values_list("key", flat=True)) == [key, f"{key}-2"]


def test_what_plan_files_cannot_say_is_refused_by_name(accord, tmp_path):
    record_position(ACCORD, replace(_said("a-1", None), summary="A bell \x07 rang."), by=TESTER)
    with pytest.raises(CannotExport, match=r"positions/arden\.yaml:.*U\+0007 cannot stand in a text"):
        export(whole(ACCORD), tmp_path, today=TODAY)
    assert list(tmp_path.iterdir()) == []


def test_a_changed_word_changes_one_line_of_one_file(accord):
    before = plan_files(whole(ACCORD))
    words = held(accord, Resource.WORDING)["draft-1/ceasefire"].content
    with writing(ACCORD, by=TESTER) as pen:
        pen.put([replace(words, text="All fire ceases at dawn.")])
    after = plan_files(whole(ACCORD))
    (name,) = [name for name in after if after[name] != before[name]]
    different = [
        pair for pair in zip(before[name].splitlines(), after[name].splitlines(), strict=True) if pair[0] != pair[1]
    ]
    assert different == [("        text: All fire ceases at noon.", "        text: All fire ceases at dawn.")]


def test_a_longer_record_is_read_in_as_many_queries(accord):
    def grow(draft: str, *, after: str) -> None:
        for line in ("ceasefire", "prisoners", None):
            says(ARDEN, Stance.ACCEPT, line)
        words = {"ceasefire": f"All fire ceases, says {draft}.", "prisoners": "All prisoners return home."}
        builders.revision(draft, words=words, derives_from=after)

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            whole(ACCORD)
        return len(queries)

    grow("draft-2", after="draft-1")
    few = asked()
    for number in range(3, 7):
        grow(f"draft-{number}", after=f"draft-{number - 1}")
    assert asked() == few


def _said(key: str, line: str | None, *, follows: str | None = None) -> PositionContent:
    return PositionContent(
        key=key,
        party=ARDEN,
        asserted_by=ARDEN,
        revision="draft-1",
        provision=line,
        stance=Stance.ACCEPT,
        authority=Authority.AUTHORITATIVE,
        stated_on=When(builders.FIRST_DAY),
        speaker="A spokesperson",
        summary="Arden accepts.",
        evidence=(EvidenceContent(source="S1", grade="A1"),),
        follows=follows,
    )
