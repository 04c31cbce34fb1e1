"""A mirror stays one through many edits, disconnections and a restore. `MIRROR_EDITS=10000` makes more of them."""

from __future__ import annotations

import os
import random
from datetime import date, timedelta

from django.db import connection
from django.db.models import QuerySet

from provisions.agreement.words import Authority, EventState, Role, Stance
from provisions.contents import EventStateContent, RulingContent
from provisions.held import held
from provisions.models import Plan, Position, Resource
from provisions.models.plan import new_epoch
from provisions.record import change, retract_position
from tests.api.conftest import Reader
from tests.api.test_snapshot import Mirror, changed, is_up_to_date
from tests.builders import ACCORD, ARDEN, BREVIA, CALDOR, DORNE, TESTER, says

EDITS = int(os.environ.get("MIRROR_EDITS", "60"))
SOME = max(EDITS // 12, 3)


class CutOff(Exception):
    """The line went dead."""


class ReaderOnABadLine(Reader):
    """Is cut off before an answer arrives, now and then."""

    def __init__(self, chance: random.Random) -> None:
        super().__init__()
        self.chance = chance
        self.cut = 0

    def get(self, path: str, **asked: str):  # type: ignore[override]
        answer = super().get(path, **asked)
        if self.chance.random() < 0.05:
            self.cut += 1
            raise CutOff
        return answer


def said_and_not_signed() -> QuerySet[Position]:
    """What can be retracted: levels of implementation rest on the signatures."""
    standing = Position.objects.filter(plan__slug=ACCORD, retraction=None)
    return standing.exclude(authority=Authority.FORMAL).order_by("pk")


def edit(chance: random.Random, number: int) -> None:
    """One of the things that editors do."""
    line = chance.choice(["ceasefire", "prisoners"])
    match chance.randrange(6):
        case 0:
            changed(Resource.WORDING, "draft-1/prisoners", gist=f"Gist {number}")
        case 1:
            party = chance.choice([ARDEN, BREVIA])
            changed(Resource.PROVISION, line, roles=((party, Role.GUARANTOR),), lead=f"Lead {number}")
        case 2:
            states = (EventStateContent(EventState.MET, date(2026, 1, 6) + timedelta(days=number % 200)),)
            changed(Resource.EVENT, "truce", states=states)
        case 3 if (standing := said_and_not_signed()).exists():
            retract_position(ACCORD, chance.choice(list(standing)).key, by=TESTER)
        case 4:
            key = "draft-1/prisoners"
            now = held(Plan.objects.get(slug=ACCORD), Resource.RULING, keys=[key])[key]
            ruling = RulingContent(
                provision="prisoners", revision="draft-1", level=None, reason=f"Reading {number}.", sources=("S1",)
            )
            change(ACCORD, ruling, seen=now.version, by=TESTER)
        case _:
            says(chance.choice([ARDEN, BREVIA, CALDOR, DORNE]), chance.choice(list(Stance)[:1]), line, on="2026-01-12")


def test_a_mirror_is_the_record_after_many_edits_disconnections_and_a_restore(everything):
    chance = random.Random(6)
    with connection.cursor() as cursor:
        # All that is written here is looked at once more at the end, in one statement.
        cursor.execute("SET LOCAL statement_timeout = 0")
    reader = ReaderOnABadLine(chance)
    mirror = None
    while mirror is None:
        mirror = begun(reader)
    for number in range(EDITS):
        edit(chance, number)
        if number == EDITS // 2:
            Plan.objects.filter(slug=ACCORD).update(epoch=new_epoch())
        if number % SOME == 0:
            catch_up(mirror)
    catch_up(mirror)
    assert reader.cut > 0
    assert is_up_to_date(mirror, Reader())


def begun(reader: Reader) -> Mirror | None:
    try:
        return Mirror(reader)
    except CutOff:
        return None


def catch_up(mirror: Mirror) -> None:
    """Follow until it is through, however often the line goes dead."""
    while True:
        try:
            mirror.follow()
        except CutOff:
            continue
        return
