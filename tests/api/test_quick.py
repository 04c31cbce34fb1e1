"""What is answered in front of Django: the same as Django would say, and never what is no longer true."""

from __future__ import annotations

import base64
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.utils import timezone

from provisions.agreement.words import Stance
from provisions.assessing import recompute
from provisions.contents import SourceContent
from provisions.models import Plan
from provisions.models.plan import new_epoch
from provisions.record import writing
from tests.api.conftest import BOARD, CHANGES, questions
from tests.api.test_conditional import (
    WRITES,
    a_new_day,
    a_party_that_another_plan_renames,
    a_position,
    a_restore,
    a_retraction,
    work_out,
)
from tests.api.wire import Web
from tests.builders import ACCORD, BREVIA, TESTER, plan, says
from tracker.api.shelf import FRAME_BYTES, LARGEST_BYTES, Shelf
from tracker.api.telling import BODIES
from tracker.embedded import Engines
from tracker.models import ApiKey, Scope

pytestmark = pytest.mark.django_db(transaction=True)

ENCODINGS = ["identity", "gzip", "br", "zstd"]
# What differs from one answer to the next.
OF_ONE_REQUEST = {"x-request-id", "ratelimit"}


@pytest.fixture
def web() -> Iterator[Web]:
    process = Web()
    yield process
    process.end()


@pytest.fixture
def other_web() -> Iterator[Web]:
    process = Web()
    yield process
    process.end()


def a_source_that_another_plan_corrects() -> None:
    plan("pact-on-water", lines={"river": "The river is shared."})
    with writing("pact-on-water", by=TESTER) as pen:
        pen.put([SourceContent(slug="S1", title="The Daily Record, corrected", kind="news")])


def a_key(*, name: str = "dashboard", scopes: tuple[str, ...] = (Scope.READ,), days: int = 9) -> tuple[ApiKey, str]:
    """A key that was used just now, and its text."""
    owner, _ = User.objects.get_or_create(username="owner")
    key, text = ApiKey.make(owner, name=name, scopes=list(scopes), days=days)
    key.note_use()
    return key, text


def bearing(text: str) -> dict[str, str]:
    return {"authorization": f"Bearer {text}"}


def basic(text: str) -> dict[str, str]:
    return {"authorization": "Basic " + base64.b64encode(f"excel:{text}".encode()).decode()}


def signed_in() -> dict[str, str]:
    """The headers of a browser in which an analyst has signed in."""
    user, _ = User.objects.get_or_create(username="analyst")
    client = Client()
    client.force_login(user)
    return {"cookie": f"sessionid={client.cookies['sessionid'].value}"}


def test_the_same_question_again_never_gets_to_django(everything, web):
    first = web.get(BOARD)
    asked = web.to_django
    assert web.get(BOARD).content == first.content
    assert web.get(BOARD, holding=first["ETag"]).status_code == 304
    assert web.to_django == asked == 1


def test_what_is_answered_here_is_to_the_header_what_django_answers(everything, web):
    for path in questions():
        for encoding in ENCODINGS:
            told = web.get(path, accept_encoding=encoding)
            again = web.get(path, accept_encoding=encoding)
            tag = told["ETag"]
            here = web.get(path, accept_encoding=encoding, holding=tag)
            fresh = Web()
            there = fresh.get(path, accept_encoding=encoding, holding=tag)
            fresh.end()
            assert (again.status_code, again.content) == (200, told.content)
            for one, other in ((told, again), (there, here)):
                assert {name: value for name, value in one.headers.items() if name not in OF_ONE_REQUEST} == {
                    name: value for name, value in other.headers.items() if name not in OF_ONE_REQUEST
                }, path
                assert one["X-Request-ID"] != other["X-Request-ID"]


def test_what_did_not_change_is_not_told_again_whoever_asks_and_however(everything, web, other_web):
    """Every address, in every encoding, with strong and weakened tags, in every process, whoever asks: nobody known,
    somebody signed in, a program with the key that followed a revoked one, as a bearer's or as a password.
    """
    old, old_text = a_key()
    _, new_text = a_key(name="rotated", scopes=(Scope.READ, Scope.EDIT))
    ApiKey.objects.filter(pk=old.pk).update(revoked_at=timezone.now())
    readers = ({}, signed_in(), bearing(new_text), basic(new_text))
    for path in questions():
        tags = {
            process.get(path, accept_encoding=encoding, **reader)["ETag"]
            for process in (web, other_web)
            for encoding in ENCODINGS
            for reader in readers
        }
        (tag,) = tags
        asked = web.to_django
        for reader in readers:
            for encoding in ENCODINGS:
                for form in ("{}", "W/{}", '"other", W/{}'):
                    again = web.get(path, holding=form.format(tag), accept_encoding=encoding, **reader)
                    assert (again.status_code, again.content, again["ETag"]) == (304, b"", tag)
        assert web.to_django == asked
        assert web.get(path, holding=tag, **bearing(old_text)).status_code == 401


def test_a_key_that_may_not_be_used_any_more_is_refused_at_once(everything, web):
    """Whatever was answered to it a moment before, with the whole body or with 304."""
    owner_away = {"is_active": False}
    for end in (
        lambda key: ApiKey.objects.filter(pk=key.pk).update(revoked_at=timezone.now()),
        lambda key: ApiKey.objects.filter(pk=key.pk).update(expires_at=timezone.now()),
        lambda key: ApiKey.objects.filter(pk=key.pk).delete(),
        lambda key: User.objects.filter(pk=key.user_id).update(**owner_away),
    ):
        key, text = a_key()
        first = web.get(BOARD, **bearing(text))
        asked = web.to_django
        assert web.get(BOARD, **bearing(text)).content == first.content
        assert web.get(BOARD, holding=first["ETag"], **bearing(text)).status_code == 304
        assert web.to_django == asked
        end(key)
        assert web.get(BOARD, **bearing(text)).status_code == 401
        assert web.get(BOARD, holding=first["ETag"], **bearing(text)).status_code == 401


@pytest.mark.parametrize("sent", ["Bearer", "Bearer pt_nobody", "Basic ?", "Digest x", "Bearer \u0436", "Basic /w=="])
def test_what_is_no_key_is_refused_beside_what_is_kept(everything, web, sent):
    tag = web.get(BOARD)["ETag"]
    for holding in (None, tag):
        assert web.get(BOARD, holding=holding, authorization=sent).status_code == 401


def test_the_use_of_a_key_is_noted_now_and_then(everything, web):
    key, text = a_key()
    long_ago = timezone.now() - timedelta(minutes=5)
    web.get(BOARD, **bearing(text))
    ApiKey.objects.filter(pk=key.pk).update(last_used_at=long_ago)
    web.get(BOARD, **bearing(text))
    key.refresh_from_db()
    assert key.last_used_at > long_ago


def test_no_change_is_ever_hidden_in_whichever_process_it_was_made_or_is_asked_for(everything, web, other_web):
    """After each kind of write, and after levels were worked out: a 304 is only ever given for the same body."""
    paths = questions("positions", "provisions")
    held = {path: (web.get(path), other_web.get(path)) for path in paths}
    steps = [step for write in WRITES if write is not a_retraction for step in (write, work_out)]
    more = (a_new_day, a_party_that_another_plan_renames, a_source_that_another_plan_corrects, a_restore)
    for step in (a_retraction, *steps, *more):
        step()
        fresh = Web()
        for path in paths:
            truth = fresh.get(path)
            for n, process in enumerate((web, other_web)):
                answer = process.get(path, holding=held[path][n]["ETag"])
                if answer.status_code == 304:
                    assert held[path][n].content == truth.content, (path, step)
                else:
                    assert (answer.status_code, answer.content) == (200, truth.content), (path, step)
                    held[path] = (answer, held[path][1]) if n == 0 else (held[path][0], answer)
        fresh.end()


def test_nothing_is_kept_that_valkey_could_lose_or_tell_too_late(everything, web, valkey):
    tag = web.get(BOARD)["ETag"]
    valkey.kill()
    assert web.get(BOARD, holding=tag).status_code == 304
    a_position()
    assert web.get(BOARD, holding=tag).status_code == 200
    valkey.start()
    assert web.get(BOARD, holding=tag).status_code == 200


def test_a_writer_that_dies_after_its_commit_has_hidden_nothing(everything, web, monkeypatch):
    """Nobody has to be told of a commit: not even the doorbell, which is the first thing to happen after it."""
    tag = web.get(BOARD)["ETag"]

    def dies(plan_pk: int) -> None:
        raise SystemExit

    monkeypatch.setattr("provisions.record.pen.ring", dies)
    with pytest.raises(SystemExit):
        says(BREVIA, Stance.REJECT, "ceasefire", on=date(2026, 1, 10))
    assert web.get(BOARD, holding=tag).status_code == 200


def test_a_change_that_is_not_committed_is_not_told(everything, web):
    tag = web.get(BOARD)["ETag"]
    with writing(ACCORD, by=TESTER) as pen:
        pen.put([SourceContent(slug="S9", title="The Evening Record", kind="news")])
        assert in_another_thread(lambda: web.get(BOARD, holding=tag).status_code) == 304
    assert web.get(BOARD, holding=tag).status_code == 200


def test_it_finds_its_way_back_after_postgresql_was_away(everything, web, engines: Engines):
    tag = web.get(BOARD)["ETag"]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE pid <> pg_backend_pid() AND datname = current_database()"
        )
    assert web.get(BOARD, holding=tag).status_code == 304
    a_position()
    assert web.get(BOARD, holding=tag).status_code == 200


def test_without_a_database_it_is_django_that_says_so(everything, web, monkeypatch):
    from tracker.api import heads

    tag = web.get(BOARD)["ETag"]
    web.application.heads.close()
    monkeypatch.setattr(heads, "_address", lambda: b"host=127.0.0.1 port=1 connect_timeout=1")
    asked = web.to_django
    assert web.get(BOARD, holding=tag).status_code == 304
    assert web.to_django == asked + 1


@pytest.mark.parametrize(
    "asked",
    [
        {"path": f"{BOARD}?colour=red"},
        {"path": "/api/v1/plans/nowhere/board"},
        {"path": BOARD, "accept": "image/png"},
        {"path": BOARD, "host": "elsewhere.example"},
        {"path": BOARD, "method": "POST"},
        {"path": f"{CHANGES}?since=ab.1"},
    ],
)
def test_a_problem_is_never_kept(everything, web, asked):
    answers = [web.get(**asked) for _ in range(2)]
    assert answers[0].status_code == answers[1].status_code >= 400
    assert web.to_django == 2


def test_readers_by_another_name_of_the_site_get_addresses_by_that_name(everything, web):
    for host in ("localhost", "127.0.0.1:8000"):
        for _ in range(2):
            assert web.get(f"/api/v1/plans/{ACCORD}", host=host).json()["url"].startswith(f"http://{host}/api/")


def test_however_many_ask_at_once_an_answer_is_made_once(everything, web, monkeypatch):
    made = []
    all_here = threading.Barrier(8, timeout=30)
    put = BODIES.put

    def counted(question, body, *, size):
        made.append(body)
        put(question, body, size=size)

    def ask(_: int) -> bytes:
        try:
            all_here.wait()
            return web.get(BOARD).content
        finally:
            connection.close()

    old = web.get(BOARD).content
    a_position()
    monkeypatch.setattr(BODIES, "put", counted)
    with ThreadPoolExecutor(max_workers=8) as pool:
        (body,) = set(pool.map(ask, range(8)))
    assert len(made) == 1
    assert body != old


def in_another_thread(work: Callable[[], int]) -> int:
    def and_close() -> int:
        try:
            return work()
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=1) as pool:
        return pool.submit(and_close).result()


def test_a_plan_that_came_back_under_its_old_name_is_another_plan(everything, web):
    tag = web.get(BOARD)["ETag"]
    Plan.objects.filter(slug=ACCORD).update(epoch=new_epoch(), seq=everything.seq)
    assert web.get(BOARD, holding=tag).status_code == 200


def test_levels_of_a_new_day_are_told(everything, web):
    tag = web.get(BOARD)["ETag"]
    recompute(everything.pk, today=date(2026, 1, 21))
    assert web.get(BOARD, holding=tag).json()["assessed_on"] == "2026-01-21"


def test_a_shelf_holds_no_more_than_its_room(db):
    shelf: Shelf[str] = Shelf(room=3 * (FRAME_BYTES + 10))
    for name in "abc":
        shelf.put(name, name.upper(), size=10)
    shelf.put("a", "A again", size=10)
    shelf.put("d", "D", size=10)
    assert [shelf.get(name) for name in "abcd"] == ["A again", None, "C", "D"]
    shelf.put("a", "much", size=LARGEST_BYTES)
    assert shelf.get("a") is None
