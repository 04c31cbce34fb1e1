"""The plans of this repository: what their files say is what the record holds, in a moment and once."""

import time
from datetime import date
from pathlib import Path

import pytest

from provisions.importing import apply, read_plan
from provisions.models import Change, Plan, Via
from provisions.record import Author

from .test_applying import on_record

FIXTURES = Path(__file__).parents[2] / "fixtures"
PLANS = sorted(path for path in FIXTURES.iterdir() if path.is_dir())
LAST_LOOK = date(2026, 11, 22)
BY = Author(via=Via.IMPORT)


@pytest.mark.django_db
def test_each_plan_goes_on_record_as_its_files_have_it():
    for path in PLANS:
        file = read_plan(path, today=LAST_LOOK)
        outcome = apply(file, by=BY)
        assert outcome.kept == {}
        assert on_record(file.contents) == file.contents
        assert outcome.seq_after == Plan.objects.get(slug=path.name).seq


@pytest.mark.django_db
def test_plans_that_are_imported_again_in_another_order_change_nothing():
    files = [read_plan(path, today=LAST_LOOK) for path in PLANS]
    for file in files:
        apply(file, by=BY)
    before = Change.objects.count()
    for file in reversed(files):
        again = apply(file, by=BY)
        assert again.seq_before == again.seq_after
    assert Change.objects.count() == before


@pytest.mark.django_db
def test_the_28_points_are_imported_in_at_most_three_seconds_of_work():
    began = time.process_time()
    apply(read_plan(FIXTURES / "28-point-framework", today=LAST_LOOK), by=BY)
    assert time.process_time() - began < 3
