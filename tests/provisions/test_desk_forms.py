"""What the record holds, told in fields and read back, is the same; two versions of a form come together."""

from decimal import Decimal
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.http import QueryDict

from provisions.forms.desk import FORMS, Shelf, Thing, pairs
from provisions.forms.desk.fields import Column, LinesField, RowsField, _merge, a_number
from provisions.held import held
from provisions.models import Plan, Resource

PLAN = "28-point-framework"


def as_sent(form) -> QueryDict:
    """A form as a browser sends it back without anybody having touched it."""
    sent = QueryDict(mutable=True)
    for name, raw in form.told(form.thing.content).items():
        for key, value in pairs(form.fields[name], name, raw):
            sent.appendlist(key, value)
    sent["version"], sent["reason"] = str(form.thing.version), "Looked at again."
    return sent


@pytest.fixture
def framework(db: None) -> Plan:
    call_command("import_plan", str(Path(settings.BASE_DIR, "fixtures", PLAN)), verbosity=0, let_vanish=True)
    return Plan.objects.get(slug=PLAN)


def test_whatever_is_on_record_goes_through_its_form_unchanged(framework):
    shelf, told = Shelf(PLAN), 0
    for resource, kind in FORMS.items():
        keys = [f"S{n:03}" for n in range(1, 60)] if resource == Resource.SOURCE else None
        for key, each in held(framework, resource, keys=keys).items():
            thing = Thing(key, each.content, each.version)
            form = kind(shelf, thing, data=as_sent(kind(shelf, thing)))
            # What the desk asks for and an import need not have.
            missing = {name for name in form.errors if name == "sources"} if not form.is_valid() else set()
            assert form.is_valid() or missing == set(form.errors), f"{resource} {key}: {form.errors}"
            if form.is_valid():
                assert form.content(key) == each.content, f"{resource} {key}"
                assert form.also() == []
                told += 1
    assert told > 200


LINES, ROWS = LinesField(), RowsField(Column("name", "Name"), Column("value", "Value"))


@pytest.mark.parametrize(
    ("field", "base", "theirs", "yours", "merged", "fate"),
    [
        (None, "a", "a", "a", "a", "same"),
        (None, "a", "b", "b", "b", "same"),
        (None, "a", "b", "a", "b", "theirs"),
        (None, "a", "a", "c", "c", "yours"),
        (None, "a", "b", "c", "b", "clash"),
        (LINES, ("x", "y"), ("x", "y", "z"), ("y",), ("y", "z"), "merged"),
        (LINES, ("x",), (), ("x", "w"), ("w",), "merged"),
        (ROWS, (("a", "1"),), (("a", "2"),), (("a", "1"), ("b", "9")), (("a", "2"), ("b", "9")), "merged"),
        (ROWS, (("a", "1"), ("b", "2")), (("b", "2"),), (("a", "1"), ("b", "3")), (("b", "3"),), "merged"),
        (ROWS, (("a", "1"),), (("a", "2"),), (("a", "3"),), (("a", "2"),), "clash"),
        (ROWS, (("a", "1"),), (), (("a", "3"),), (), "clash"),
    ],
)
def test_two_versions_of_a_field_come_together_or_clash(field, base, theirs, yours, merged, fate):
    assert _merge(field, base, theirs, yours) == (merged, fate)


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("600000", "600000"),
        ("600 000", "600000"),
        ("600,000", "600000"),
        ("1,250,000.5", "1250000.5"),
        ("12.5", "12.5"),
    ],
)
def test_a_figure_is_read_as_people_write_it(typed, read):
    assert a_number(typed) == Decimal(read)


@pytest.mark.parametrize("typed", ["many", "6,00", "1.2.3"])
def test_a_figure_that_is_none_is_said(typed):
    with pytest.raises(ValueError, match="write a number"):
        a_number(typed)
