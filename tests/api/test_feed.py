"""The log as a feed: nothing missed, nothing twice, and a way back after a restore."""

from __future__ import annotations

from datetime import date

import pytest

from provisions.agreement.words import Stance
from provisions.assessing import recompute
from provisions.models import Change, Plan, Resource
from provisions.models.plan import new_epoch
from provisions.record import retract_position
from tests.api.conftest import CHANGES, Reader
from tests.api.test_conditional import changed
from tests.builders import ACCORD, ARDEN, BREVIA, TESTER, long_plan, says


def read_to_the_end(reader: Reader, *, limit: int, cursor: str = "") -> list[dict]:
    """Follow the feed as a reader does, by nothing but its cursors."""
    found: list[dict] = []
    while True:
        page = reader.json(f"{CHANGES}?limit={limit}" + (f"&since={cursor}" if cursor else ""))
        found += page["results"]
        cursor = page["next"]
        if not page["has_more"]:
            return found


@pytest.mark.parametrize("limit", [1, 7, 100])
def test_read_to_the_end_it_is_the_log_without_gap_or_repetition(accord, reader: Reader, limit):
    says(ARDEN, Stance.ACCEPT, "ceasefire")
    told = read_to_the_end(reader, limit=limit)
    log = Change.objects.filter(plan=accord).order_by("seq")
    assert [entry["seq"] for entry in told] == list(range(1, log.count() + 1))
    assert [(entry["resource"], entry["id"], entry["kind"], entry["version"]) for entry in told] == list(
        log.values_list("resource", "key", "kind", "version")
    )


def test_writes_between_two_pages_are_neither_missed_nor_told_twice(accord, reader: Reader):
    first = reader.json(f"{CHANGES}?limit=5")
    says(ARDEN, Stance.ACCEPT, "ceasefire")
    rest = read_to_the_end(reader, limit=3, cursor=first["next"])
    seqs = [entry["seq"] for entry in [*first["results"], *rest]]
    accord.refresh_from_db()
    assert seqs == list(range(1, accord.seq + 1))


def test_a_reader_who_begins_now_gets_what_happens_from_now_on(accord, reader: Reader):
    begun = reader.json(f"{CHANGES}?since=now")
    assert (begun["results"], begun["has_more"], begun["head"]) == ([], False, accord.seq)
    quiet = reader.json(f"{CHANGES}?since={begun['next']}")
    assert (quiet["results"], quiet["next"]) == ([], begun["next"])
    key = says(BREVIA, Stance.REJECT, "prisoners")
    news = reader.json(f"{CHANGES}?since={begun['next']}")
    assert [entry["id"] for entry in news["results"]] == [key]
    assert news["next"] != begun["next"]


def test_an_entry_names_the_fields_that_changed(accord, reader: Reader):
    says(ARDEN, Stance.ACCEPT, "ceasefire")
    cursor = reader.json(f"{CHANGES}?since=now")["next"]
    changed(Resource.WORDING, "draft-1/ceasefire", text="All fire ceases at dawn.", heading="Ceasefire")
    retract_position(ACCORD, "p1", by=TESTER)
    recompute(accord.pk, today=date(2026, 1, 20))
    wording, retraction, assessment = reader.json(f"{CHANGES}?since={cursor}")["results"]
    assert (wording["kind"], sorted(wording["fields"])) == ("changed", ["heading", "text"])
    assert (retraction["kind"], retraction["id"], retraction["fields"]) == ("retracted", "p1", None)
    assert (assessment["kind"], sorted(assessment["fields"])) == ("assessed", ["levels", "phase"])


def test_every_entry_has_the_same_keys_and_an_address_only_where_there_is_one(accord, reader: Reader):
    recompute(accord.pk, today=date(2026, 1, 20))
    told = read_to_the_end(reader, limit=100)
    keys = {"seq", "recorded_at", "kind", "resource", "id", "version", "url", "fields"}
    assert all(set(entry) == keys for entry in told)
    urls = {entry["resource"]: entry["url"] for entry in told}
    assert urls["plan"] == "http://testserver/api/v1/plans/accord"
    for url in {url for url in urls.values() if url}:
        assert reader.get(url).status_code == 200


def test_after_a_restore_a_reader_is_told_where_to_begin_again(accord, reader: Reader):
    cursor = reader.json(f"{CHANGES}?since=now")["next"]
    Plan.objects.filter(slug=ACCORD).update(epoch=new_epoch())
    told = reader.problem(f"{CHANGES}?since={cursor}")
    assert (told["status"], told["code"]) == (410, "start-again")
    link = reader.get(f"{CHANGES}?since={cursor}")["Link"]
    assert link == f'<{told["start"]}>; rel="start"'
    assert reader.get(told["start"]).status_code == 200


def test_a_cursor_ahead_of_the_log_is_of_a_log_that_was_restored(accord, reader: Reader):
    epoch = reader.json(CHANGES)["next"].partition(".")[0]
    assert reader.problem(f"{CHANGES}?since={epoch}.{accord.seq + 1}")["status"] == 410


@pytest.mark.parametrize(
    "cursor", ["", "0", "then", "NOW", "abc.", ".3", "abc.-1", "abc.1.2", "a b.3", "a." + "9" * 30]
)
def test_a_malformed_cursor_is_refused(accord, reader: Reader, cursor):
    told = reader.problem(f"{CHANGES}?since={cursor}")
    assert (told["status"], told["code"]) == (400, "bad-value")
    assert "send back what an answer gave as next, or write now" in told["detail"]


def test_each_plan_has_a_log_of_its_own(accord, reader: Reader):
    long_plan(2, plan="pact")
    assert {entry["seq"] for entry in read_to_the_end(reader, limit=100)} == set(range(1, accord.seq + 1))
    told = reader.problem(f"{CHANGES}?since={reader.json('/api/v1/plans/pact/changes')['next']}")
    assert told["status"] == 410
    assert told["start"] == f"http://testserver/api/v1/plans/{ACCORD}/snapshot"
