"""An analyst's own status, beside the computed one."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from provisions.agreement.words import Level, Stance
from provisions.assessing import recompute
from provisions.board import board
from provisions.contents import RulingContent
from provisions.models import Change, Plan, Ruling, Wording
from provisions.record import change
from tests.builders import ACCORD, ARDEN, TESTER, revision, says

TODAY = date(2026, 1, 20)


def rule(
    level: Level | None = Level.CONTESTED, *, reason: str = "Both look away.", seen: int = 0, sources=("S1",)
) -> None:
    content = RulingContent(provision="ceasefire", revision="draft-1", level=level, reason=reason, sources=sources)
    change(ACCORD, content, seen=seen, by=TESTER)


def row():
    recompute(Plan.objects.get(slug=ACCORD).pk, today=TODAY)
    return next(row for row in board(ACCORD).rows if row.slug == "ceasefire")


def test_a_ruling_stands_beside_the_computed_level_and_moves_nothing(accord):
    says(ARDEN, Stance.ACCEPT, "ceasefire")
    before = row().level
    rule()
    assert row().level == before == "open"
    assert (row().ruling.level, row().ruling.reason) == ("contested", "Both look away.")


def test_a_ruling_holds_while_only_the_number_changes(accord):
    rule()
    revision(
        "draft-2", derives_from="draft-1", words={"ceasefire": "All fire ceases at noon."}, numbers={"ceasefire": "9"}
    )
    assert row().ruling.wording == "draft-1/ceasefire"


def test_a_ruling_lapses_when_the_words_change_in_substance(accord):
    rule()
    revision("draft-2", derives_from="draft-1", words={"ceasefire": "All fire ceases at dawn."})
    assert row().ruling is None


def test_a_ruling_is_shown_on_a_past_day_only_once_it_was_made(accord):
    before = timezone.now()
    rule()
    assert next(r for r in board(ACCORD, known_at=before).rows if r.slug == "ceasefire").ruling is None
    assert next(r for r in board(ACCORD, as_of=TODAY).rows if r.slug == "ceasefire").ruling is not None


def test_a_ruling_is_followed_by_another_and_withdrawn_with_a_reason(accord):
    rule()
    rule(Level.OPEN, reason="One answered.", seen=1)
    assert row().ruling.level == "open"
    rule(None, reason="It was hasty.", seen=2, sources=())
    assert row().ruling is None
    entries = Change.objects.filter(resource="ruling").values_list("version", "after__level")
    assert list(entries) == [(1, "contested"), (2, "open"), (3, None)]


@pytest.mark.parametrize(("given", "at_fault"), [({"reason": " "}, "reason"), ({"sources": ()}, "sources")])
def test_a_ruling_without_reason_or_evidence_is_refused(accord, given, at_fault):
    with pytest.raises(ValidationError) as refused:
        rule(**given)
    assert set(refused.value.message_dict) == {at_fault}


def test_postgresql_refuses_a_ruling_without_evidence_too(accord):
    bare = Ruling(wording=Wording.objects.first(), version=1, level="open", reason="So.", recorded_at=timezone.now())

    def put() -> None:
        bare.save()
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

    with pytest.raises(DatabaseError, match="no evidence"), transaction.atomic():
        put()
