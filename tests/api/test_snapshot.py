"""A mirror is a snapshot and from then on the feed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Any

from provisions.agreement.words import EventState, Role, Stance
from provisions.assessing import recompute
from provisions.contents import (
    CategoryContent,
    CompanionContent,
    EventStateContent,
    PartyContent,
    RulingContent,
    SourceContent,
    TopicContent,
    When,
)
from provisions.held import held
from provisions.models import Plan, Resource
from provisions.models.plan import new_epoch
from provisions.record import change, retract_position, writing
from tests.api.conftest import CHANGES, Reader
from tests.builders import ACCORD, ARDEN, BREVIA, DORNE, TESTER, event, revision, says

SNAPSHOT = f"/api/v1/plans/{ACCORD}/snapshot"


class Mirror:
    """A reader's copy of a plan: rows by address, kept up to date by nothing but the feed."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self.begin()

    def begin(self) -> None:
        told = self.reader.json(SNAPSHOT)
        self.cursor = told["next"]
        self.rows = {row["url"]: row for row in rows_of(told)}

    def follow(self) -> None:
        more = True
        while more:
            answer = self.reader.get(f"{CHANGES}?limit=3&since={self.cursor}")
            if answer.status_code == 410:
                self.begin()
                return
            page = answer.json()
            for entry in page["results"]:
                if entry["resource"] != "assessment":
                    self.rows[entry["url"]] = self.reader.json(entry["url"])
            self.cursor, more = page["next"], page["has_more"]


def rows_of(snapshot: Any) -> Iterable[Any]:
    yield snapshot["plan"]
    for part in snapshot.values():
        if isinstance(part, list):
            yield from part


def without_levels(row: Any) -> Any:
    """What of a row is on record. Levels are told by the board; the head of the log moves with each change."""
    return {key: value for key, value in row.items() if key not in ("level", "phase", "seq", "assessed_seq")}


def is_up_to_date(mirror: Mirror, reader: Reader) -> bool:
    truth = {row["url"]: without_levels(row) for row in rows_of(reader.json(SNAPSHOT))}
    return {url: without_levels(row) for url, row in mirror.rows.items()} == truth


def changed(resource: Resource, key: str, **fields: Any) -> None:
    now = held(Plan.objects.get(slug=ACCORD), resource, keys=[key])[key]
    change(ACCORD, replace(now.content, **fields), seen=now.version, by=TESTER)


def test_a_snapshot_has_all_that_lists_have(everything, reader: Reader):
    told = reader.json(SNAPSHOT)
    everything.refresh_from_db()
    assert told["seq"] == everything.seq
    assert told["next"] == reader.json(f"{CHANGES}?since=now")["next"]
    for name in ("revisions", "provisions", "wordings", "positions", "rulings", "events", "companions", "disputes"):
        assert told[name] == reader.json(f"/api/v1/plans/{ACCORD}/{name}")["results"]
    assert told["sources"] == reader.json("/api/v1/sources")["results"]
    assert [row["slug"] for row in told["parties"]] == [ARDEN, BREVIA, "caldor", DORNE]


def test_a_mirror_that_follows_the_feed_equals_the_record(everything, reader: Reader):
    mirror = Mirror(reader)
    says(DORNE, Stance.RESERVE, "ceasefire", on="2026-01-10", revision="draft-2")
    retract_position(ACCORD, "p2", by=TESTER)
    changed(Resource.WORDING, "draft-2/ceasefire", text="All fire ceases at dawn.")
    changed(Resource.PROVISION, "ceasefire", roles=((DORNE, Role.VERIFIER),))
    mirror.follow()
    assert is_up_to_date(mirror, reader)
    revision("draft-3", words={"mines": "All mines are cleared."}, derives_from="draft-2", dated=date(2026, 1, 11))
    changed(Resource.EVENT, "truce", states=(EventStateContent(EventState.MET, date(2026, 1, 12)),))
    event("summit")
    changed(Resource.RULING, "draft-1/prisoners", reason="We read it otherwise.")
    changed(Resource.PARTY, ARDEN, name="Republic of Arden")
    with writing(ACCORD, by=TESTER) as pen:
        pen.put([PartyContent(slug="elbe", name="Elbe", short="Elbe")])
        pen.put([CategoryContent(slug="order", title="Order", order=2)])
        pen.put([TopicContent(slug="mines", title="Mines")])
        pen.put([SourceContent(slug="S2", title="The Evening Post", kind="news")])
        pen.put([CompanionContent(slug="map", title="Map", dated=When(date(2026, 1, 3)), sources=("S2",))])
    changed(Resource.PLAN, ACCORD, parties=(ARDEN, BREVIA, "caldor", DORNE, "elbe"))
    recompute(everything.pk, today=date(2026, 1, 20))
    assert not is_up_to_date(mirror, reader)
    mirror.follow()
    assert is_up_to_date(mirror, reader)


def test_a_mirror_finds_its_way_back_after_a_restore(everything, reader: Reader):
    mirror = Mirror(reader)
    Plan.objects.filter(slug=ACCORD).update(epoch=new_epoch())
    says(DORNE, Stance.RESERVE, "ceasefire", on="2026-01-10", revision="draft-2")
    mirror.follow()
    assert is_up_to_date(mirror, reader)


def test_what_was_withdrawn_can_still_be_read(everything, reader: Reader):
    mirror = Mirror(reader)
    withdrawn = RulingContent(provision="prisoners", revision="draft-1", level=None, reason="We were wrong.")
    change(ACCORD, withdrawn, seen=1, by=TESTER)
    retract_position(ACCORD, "p1", by=TESTER)
    mirror.follow()
    assert is_up_to_date(mirror, reader)
    assert reader.json(f"/api/v1/plans/{ACCORD}/rulings/draft-1/prisoners")["level"] is None
    assert reader.json(f"/api/v1/plans/{ACCORD}/positions/p1")["retracted"] is True
