"""A story that is told from memory leaves what the record left when it was told for the first time."""

import pytest
from django.db import connection, transaction
from django.utils import timezone

from provisions.models import Change, Plan
from provisions.verifying import complaints
from tests import builders, remembered
from tests.builders import ARDEN, says

STORY = {"slug": "told-twice", "lines": {"ceasefire": "All fire ceases; nobody's guns are heard."}}


def rows() -> dict[str, list[str]]:
    """By table, whoever made it, all rows as text, but for moments and the epoch, which is drawn anew."""
    found = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            moments = [name for name, kind in remembered._columns(table) if kind == remembered.MOMENTS]
            cursor.execute(f"SELECT (to_jsonb(given) - %s::text[])::text FROM {table} AS given", [[*moments, "epoch"]])  # noqa: S608
            found[table] = sorted(text for (text,) in cursor.fetchall())
    return found


@pytest.mark.django_db
def test_every_row_is_there_again_and_the_record_goes_on_from_it():
    with transaction.atomic():
        first = builders.plan(**STORY).epoch
        told, then = rows(), Change.objects.latest("seq").recorded_at
        transaction.set_rollback(True)
    assert not Plan.objects.exists()
    again = builders.plan(**STORY)
    assert rows() == told
    assert told["provisions_change"]
    assert again.epoch != first
    assert then < Change.objects.latest("seq").recorded_at <= timezone.now()
    says(ARDEN, "accept", "ceasefire", plan="told-twice")
    assert list(complaints(again)) == []
