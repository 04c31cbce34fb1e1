"""Has anything changed? A 304 when nothing did, and never when something did."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from provisions.agreement.words import EventState, Level, Role, Stance
from provisions.api import Asked
from provisions.api.board import BOARD as BOARD_ENDPOINT
from provisions.assessing import recompute
from provisions.contents import EventStateContent, PartyContent, RulingContent
from provisions.held import held
from provisions.models import Plan, Resource
from provisions.models.plan import new_epoch
from provisions.record import change, retract_position, writing
from tests.api.conftest import BOARD, CHANGES, Reader, readable, somewhere
from tests.builders import ACCORD, ARDEN, BREVIA, TESTER, event, long_plan, plan, revision, says
from tracker.api.conditional import fingerprint
from tracker.api.views import EndpointView

DAY = date(2026, 1, 20)
PLAN = f"/api/v1/plans/{ACCORD}"
PLANS = "/api/v1/plans"


def held_now(resource: Resource, key: str):
    return held(Plan.objects.get(slug=ACCORD), resource, keys=[key])[key]


def changed(resource: Resource, key: str, **fields) -> None:
    now = held_now(resource, key)
    change(ACCORD, replace(now.content, **fields), seen=now.version, by=TESTER)


def work_out(day: date = DAY) -> None:
    recompute(Plan.objects.get(slug=ACCORD).pk, today=day)


@pytest.fixture
def story(accord):
    """A plan on which something of every kind was said, with levels."""
    says(ARDEN, Stance.ACCEPT, "ceasefire")
    event("truce", ("unmet", date(2026, 1, 6)))
    work_out()
    return accord


def a_position() -> None:
    says(BREVIA, Stance.REJECT, "ceasefire", on=date(2026, 1, 10))


def a_retraction() -> None:
    retract_position(ACCORD, "p1", by=TESTER)


def other_words() -> None:
    changed(Resource.WORDING, "draft-1/ceasefire", text="All fire ceases at dawn.")


def another_revision() -> None:
    revision("draft-2", words={"ceasefire": "All fire ceases at dusk."}, derives_from="draft-1", dated=date(2026, 1, 9))


def other_roles() -> None:
    changed(Resource.PROVISION, "ceasefire", roles=(("caldor", Role.GUARANTOR),))


def an_event_that_is_met() -> None:
    changed(
        Resource.EVENT,
        "truce",
        states=(
            EventStateContent(EventState.UNMET, date(2026, 1, 6)),
            EventStateContent(EventState.MET, date(2026, 1, 8)),
        ),
    )


def a_ruling() -> None:
    ruling = RulingContent(
        provision="ceasefire", revision="draft-1", level=Level.CONTESTED, reason="So we read it.", sources=("S1",)
    )
    change(ACCORD, ruling, seen=0, by=TESTER)


def another_title() -> None:
    changed(Resource.PLAN, ACCORD, title="Another accord")


def another_category_title() -> None:
    changed(Resource.CATEGORY, "peace", title="Keeping peace")


def a_party_by_another_name() -> None:
    changed(Resource.PARTY, ARDEN, name="Republic of Arden")


def a_party_that_another_plan_renames() -> None:
    plan("pact", lines={"border": "The border is open."})
    with writing("pact", by=TESTER) as pen:
        pen.put([PartyContent(slug=ARDEN, name="Kingdom of Arden", short="Arden")])


def a_new_day() -> None:
    """Nothing moves but the day as of which levels are worked out."""
    work_out(DAY + timedelta(days=1))


def a_restore() -> None:
    Plan.objects.filter(slug=ACCORD).update(epoch=new_epoch())


WRITES: tuple[Callable[[], None], ...] = (
    a_position,
    a_retraction,
    other_words,
    another_revision,
    other_roles,
    an_event_that_is_met,
    a_ruling,
    another_title,
    another_category_title,
    a_party_by_another_name,
)
ENCODINGS = ["identity", "gzip", "br", "zstd"]


@pytest.mark.parametrize("path", [BOARD, PLAN, PLANS, CHANGES, f"{BOARD}?as_of=2026-01-10", f"{CHANGES}?since=now"])
def test_what_did_not_change_is_not_told_again(story, reader: Reader, path):
    for encoding in ENCODINGS:
        first = reader.get(path, accept_encoding=encoding)
        assert first.status_code == 200
        for form in ("{}", "W/{}", '"other", {}', 'W/"other",W/{}'):
            again = reader.get(path, accept_encoding=encoding, holding=form.format(first["ETag"]))
            assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])


@pytest.mark.parametrize("write", [*WRITES, a_restore], ids=lambda write: write.__name__)
def test_a_change_is_never_hidden_behind_a_304(story, reader: Reader, write):
    paths = [BOARD, PLAN, PLANS, CHANGES, f"{BOARD}?as_of=2026-01-10"]
    before = {path: reader.get(path)["ETag"] for path in paths}
    write()
    for path in paths:
        after = reader.get(path, holding=before[path])
        assert after.status_code == 200, path
        assert after["ETag"] != before[path]


@pytest.mark.parametrize("write", WRITES, ids=lambda write: write.__name__)
def test_levels_worked_out_after_a_change_are_not_hidden_either(story, reader: Reader, write):
    write()
    between = reader.get(BOARD)
    work_out()
    after = reader.get(BOARD, holding=between["ETag"])
    assert after.status_code == 200
    assert after.json()["assessed_seq"] == after.json()["seq"]


def test_at_no_address_does_a_reader_ever_hold_what_is_no_longer_told(everything, reader: Reader):
    """After each kind of write, and after levels were worked out: a 304 is only ever given for the same body."""
    paths = [somewhere(path) for path in readable()]
    answers = {path: reader.get(path) for path in paths}
    assert {answer.status_code for answer in answers.values()} == {200}
    steps = [step for write in WRITES if write is not a_retraction for step in (write, work_out)]
    for step in (a_retraction, *steps, a_new_day, a_party_that_another_plan_renames):
        step()
        for path in paths:
            answer = reader.get(path, holding=answers[path]["ETag"])
            if answer.status_code == 200:
                answers[path] = answer
            else:
                assert (answer.status_code, reader.get(path).content) == (304, answers[path].content), (path, step)


def test_a_day_that_moves_no_level_is_told_where_it_is_shown(story, reader: Reader):
    board, feed = reader.get(BOARD), reader.get(CHANGES)
    a_new_day()
    assert reader.get(BOARD, holding=board["ETag"]).json()["assessed_on"] == "2026-01-21"
    assert reader.get(CHANGES, holding=feed["ETag"]).status_code == 304


def test_an_answer_to_another_question_is_not_what_the_reader_holds(story, reader: Reader):
    tags = {
        reader.get(path)["ETag"]
        for path in (
            BOARD,
            f"{BOARD}?level=open",
            f"{BOARD}?level=agreed",
            f"{BOARD}?as_of=2026-01-10",
            f"{BOARD}?as_of=2026-01-11",
            f"{BOARD}?known_at=2999-01-01T00:00:00Z",
            f"{BOARD}?revision=draft-1",
            PLAN,
            PLANS,
            CHANGES,
            f"{CHANGES}?limit=2",
        )
    }
    assert len(tags) == 11


def test_the_same_question_in_other_words_is_the_same(story, reader: Reader):
    held_tag = reader.get(f"{BOARD}?level=open&level=agreed&known_at=2999-01-01T00:00:00Z")["ETag"]
    again = reader.get(f"{BOARD}?known_at=2999-01-01T02:00:00%2B02:00&level=agreed&level=open", holding=held_tag)
    assert again.status_code == 304
    assert reader.get(f"{CHANGES}?limit=100")["ETag"] == reader.get(CHANGES)["ETag"]


def test_the_tag_is_strong_and_the_same_in_every_encoding(accord, reader: Reader):
    answers = [reader.get(BOARD, accept_encoding=name) for name in ENCODINGS]
    assert [answer.get("Content-Encoding", "identity") for answer in answers] == ENCODINGS
    (tag,) = {answer["ETag"] for answer in answers}
    assert tag.startswith('"')


@pytest.mark.parametrize("nonsense", ["", "etag", '"', "W/", '"other"', "**", "\x7f"])
def test_what_is_no_tag_of_ours_gets_the_whole_answer(accord, reader: Reader, nonsense):
    assert reader.get(BOARD, holding=nonsense).status_code == 200


def test_a_star_is_content_with_anything_that_is_there(accord, reader: Reader):
    assert reader.get(BOARD, holding="*").status_code == 304
    assert reader.get("/api/v1/plans/nowhere/board", holding="*").status_code == 404
    assert reader.get(f"{BOARD}?revision=nowhere", holding="*").status_code == 400


def test_a_tag_does_not_hide_what_is_wrong_with_the_question(accord, reader: Reader):
    tag = reader.get(BOARD)["ETag"]
    assert reader.get(f"{BOARD}?colour=red", holding=tag).status_code == 400
    assert reader.get(BOARD, holding=tag, accept="image/png").status_code == 406


def test_what_the_program_itself_tells_has_a_tag_too(reader: Reader):
    first = reader.get("/api/v1/codelists/level")
    assert reader.get("/api/v1/codelists/level", holding=first["ETag"]).status_code == 304
    assert reader.get("/api/v1/codelists/stance", holding=first["ETag"]).status_code == 200


def test_another_release_is_another_version_of_the_representation(tmp_path):
    (tmp_path / "rooms").mkdir()
    file = tmp_path / "rooms" / "board.py"
    file.write_text("LEVEL = 1")
    before = fingerprint(tmp_path)
    file.write_text("LEVEL = 2")
    assert fingerprint(tmp_path) != before


@pytest.mark.parametrize("lines", [28, 500])
def test_nothing_new_costs_one_query_however_long_the_plan(db, reader: Reader, lines):
    """One row is read: that of the plan, with the versions of its parties added up; for the list, one a plan.

    No session is looked up though the reader sends one, no permission, no line, no position.
    """
    long_plan(lines)
    work_out()
    reader.client.cookies["sessionid"] = "a" * 32
    for path in (BOARD, PLAN, CHANGES, PLANS, f"{BOARD}?as_of=2026-01-10&level=open"):
        tag = reader.get(path)["ETag"]
        with CaptureQueriesContext(connection) as queries:
            assert reader.get(path, holding=tag).status_code == 304
        assert len(queries) == 1
        assert 'FROM "provisions_plan"' in queries[0]["sql"]


def test_a_board_costs_the_same_queries_however_long_the_plan(db, reader: Reader):
    counts = []
    for name, lines in (("short", 28), ("long", 500)):
        long_plan(lines, plan=name)
        recompute(Plan.objects.get(slug=name).pk, today=DAY)
        with CaptureQueriesContext(connection) as queries:
            assert len(reader.json(f"/api/v1/plans/{name}/board")["results"]) == lines
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_tag_and_body_are_of_one_moment(transactional_db, reader: Reader):
    """A change that arrives while an answer is made is in neither, and is told the next time."""
    plan(lines={"ceasefire": "All fire ceases at noon."})

    def interrupted(asked: Asked):
        with ThreadPoolExecutor(max_workers=1) as editor:
            editor.submit(in_a_connection_of_its_own, a_position).result()
        return BOARD_ENDPOINT.answer(asked)

    class InterruptedView(EndpointView):
        endpoint = replace(BOARD_ENDPOINT, answer=interrupted)

    before = Plan.objects.get(slug=ACCORD).seq
    during = InterruptedView.as_view()(RequestFactory().get(BOARD), plan=ACCORD)
    assert json.loads(during.content)["seq"] == before
    after = reader.get(BOARD, holding=during["ETag"])
    assert (after.status_code, after.json()["seq"]) == (200, before + 1)


def in_a_connection_of_its_own(write: Callable[[], None]) -> None:
    try:
        write()
    finally:
        connection.close()


def test_a_party_that_another_plan_renames_is_told(accord, reader: Reader):
    """Parties are shared: the change is in the other plan's log, and shows on this plan's board."""
    before = reader.get(BOARD)
    a_party_that_another_plan_renames()
    after = reader.get(BOARD, holding=before["ETag"])
    assert after.status_code == 200
    assert after.json()["parties"][0]["name"] == "Kingdom of Arden"
