"""What goes wrong is told in one shape, and says what to do instead."""

from __future__ import annotations

import re

import pytest
from django.db import OperationalError

from provisions.api import ENDPOINTS, Endpoint
from tests.api.conftest import BOARD, CHANGES, Reader, somewhere
from tracker.api.views import EndpointView

KEYS = {"type", "title", "status", "detail", "instance", "code", "request_id", "errors"}


def test_an_unknown_parameter_is_named_with_those_that_there_are(accord, reader: Reader):
    told = reader.problem(f"{CHANGES}?sinse=now")
    assert (told["status"], told["code"], told["type"]) == (400, "unknown-parameter", "/problems/unknown-parameter")
    assert told["detail"] == "There is no parameter 'sinse' here. Known are: since, limit, wait."
    assert told["errors"] == [{"pointer": "/query/sinse", "code": "unknown-parameter", "detail": told["detail"]}]
    assert told["instance"] == CHANGES


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda endpoint: endpoint.name)
def test_no_address_ignores_what_it_does_not_know(everything, reader: Reader, endpoint: Endpoint):
    path = somewhere("/api/v1/" + re.sub("<[a-z]+:([a-z]+)>", r"{\1}", endpoint.path))
    assert reader.get(path).status_code == 200
    for query in ("?colour=red", "?format=json", "?page=2", "?"):
        assert reader.get(path + query).status_code == (200 if query == "?" else 400)


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("level=agred", "level: 'agred' cannot be used; use one of: rejected, contested, unaddressed, open, agreed_in"),
        ("level=", "level: '' cannot be used; use one of"),
        ("stance=silent", "use one of: reject, reserve, in_principle, conditional, no_objection, accept, abstain."),
        ("flag=red", "flag: 'red' cannot be used; use one of: stale,"),
        ("category=war", "category: 'war' is not in this plan; use one of: peace."),
        ("party=zembla", "party: 'zembla' is not in this plan; use one of: arden, brevia, caldor, dorne."),
        ("party=%00", "a name is made of letters, digits, hyphens and underscores."),
        ("revision=draft-9", "revision: 'draft-9' is not one of this plan; use one of: draft-1."),
        ("as_of=yesterday", "write a day as 2026-01-15"),
        ("as_of=2026-02-30", "write a day as 2026-01-15"),
        ("as_of=0001-01-01", "from 1900 to 2999"),
        ("as_of=2026-01-10&as_of=2026-01-11", "as_of is given 2 times; give it once."),
        ("known_at=2026-01-15T12:00:00", "write a moment with its time zone, as 2026-01-15T12:00:00Z"),
        ("known_at=2026-01-15T12:00:00+02:00", "write a moment with its time zone"),
        ("known_at=9999-12-31T23:59:59-12:00", "write a moment with its time zone"),
        ("known_at=1999-01-01T00:00:00Z", "known_at: the record of this plan begins at 20"),
    ],
)
def test_a_value_that_cannot_be_used_is_named_with_a_remedy(accord, reader: Reader, query, says):
    told = reader.problem(f"{BOARD}?{query}")
    assert (told["status"], told["code"]) == (400, "bad-value")
    assert says in told["detail"]
    assert told["errors"][0]["pointer"] == f"/query/{query.partition('=')[0]}"


@pytest.mark.parametrize("limit", ["0", "-1", "1001", "ten", "1.0", "１", "9" * 30])
def test_a_limit_is_a_whole_number_within_bounds(accord, reader: Reader, limit):
    assert "write a whole number from 1 to 1000" in reader.problem(f"{CHANGES}?limit={limit}")["detail"]


def test_a_long_value_is_not_thrown_back_in_full(accord, reader: Reader):
    assert len(reader.problem(f"{BOARD}?level={'x' * 5000}")["detail"]) < 500
    assert len(reader.problem(f"{BOARD}?{'x' * 5000}=1")["detail"]) < 500


@pytest.mark.parametrize(
    "path",
    ["/api/v1/plans/nowhere", "/api/v1/plans/nowhere/board", "/api/v1/plans/nowhere/changes", "/api/v1/codelists/x"],
)
def test_what_is_not_on_record_is_not_found(db, reader: Reader, path):
    told = reader.problem(path)
    assert (told["status"], told["code"]) == (404, "not-found")
    assert told["detail"].startswith("There is no ")


@pytest.mark.parametrize("path", ["/api/", "/api/v1/", "/api/v1/nothing", "/api/v1/plans/", "/api/v2/plans"])
def test_an_address_that_there_is_not_is_told_in_the_same_shape(db, reader: Reader, path):
    told = reader.problem(path)
    assert (told["status"], told["code"]) == (404, "not-found")
    assert set(told) == KEYS


def test_reading_is_all_there_is(accord, reader: Reader):
    for ask in (reader.client.post, reader.client.put, reader.client.patch, reader.client.delete):
        answer = ask(BOARD, data="{}", content_type="application/json")
        assert (answer.status_code, answer["Content-Type"]) == (405, "application/problem+json")
        assert answer["Allow"] == "GET, HEAD, OPTIONS"
        assert answer.json()["code"] == "method-not-allowed"


def test_a_format_that_there_is_not_is_refused(accord, reader: Reader):
    answer = reader.get(BOARD, accept="application/xml")
    assert (answer.status_code, answer["Content-Type"]) == (406, "application/problem+json")
    assert answer.json()["code"] == "not-acceptable"


def test_a_problem_carries_the_id_of_the_request_and_is_kept_by_nobody(db, reader: Reader):
    answer = reader.get("/api/v1/plans/nowhere/board")
    assert answer.json()["request_id"] == answer["X-Request-ID"] != ""
    assert answer["Cache-Control"] == "no-store"
    assert "ETag" not in answer


def test_a_host_that_is_not_ours_is_a_bad_request(db, reader: Reader):
    answer = reader.get(BOARD, host="evil.example")
    assert (answer.status_code, answer.json()["code"]) == (400, "bad-request")
    assert "evil" not in answer.content.decode()


def broken(asked: object) -> dict[str, object]:
    raise RuntimeError("the secret of the house")


def away(asked: object) -> dict[str, object]:
    raise OperationalError("password of the house")


class BrokenView(EndpointView):
    endpoint = Endpoint(
        name="broken", path="broken", about="board", summary="", description="", shape=dict, answer=broken
    )


class AwayView(EndpointView):
    endpoint = Endpoint(name="away", path="away", about="board", summary="", description="", shape=dict, answer=away)


def test_what_breaks_tells_its_request_id_and_nothing_else(reader: Reader, settings):
    settings.ROOT_URLCONF = "tests.api.broken_urls"
    answer = reader.get("/api/v1/broken")
    assert answer.json() == {
        "type": "/problems/server-error",
        "title": "Something broke here",
        "status": 500,
        "detail": "It was noted under the request id.",
        "instance": "/api/v1/broken",
        "code": "server-error",
        "request_id": answer["X-Request-ID"],
        "errors": [],
    }


def test_without_a_database_readers_are_asked_to_come_again(reader: Reader, settings):
    settings.ROOT_URLCONF = "tests.api.broken_urls"
    answer = reader.get("/api/v1/away")
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert answer.json()["code"] == "unavailable"
    assert "password" not in answer.content.decode()
