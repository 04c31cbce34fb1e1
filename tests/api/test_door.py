"""Headers that caches, browsers and polite pollers go by."""

from __future__ import annotations

import pytest

from tests.api.conftest import BOARD, CHANGES, Reader

CODELIST = "/api/v1/codelists/level"


@pytest.mark.parametrize("path", [BOARD, CHANGES, "/api/v1/plans", CODELIST])
def test_an_answer_says_how_long_it_keeps_and_when_to_ask_again(accord, reader: Reader, path):
    first = reader.get(path, accept_encoding="gzip", origin="https://dashboard.example")
    again = reader.get(path, accept_encoding="gzip", holding=first["ETag"])
    assert (first.status_code, again.status_code) == (200, 304)
    for answer in (first, again):
        assert answer["Cache-Control"] == "public, max-age=5, stale-while-revalidate=60, stale-if-error=86400"
        assert answer["Vary"] == "Accept, Accept-Encoding, Authorization, Origin"
        assert answer["X-Poll-Interval"] == "10"
        assert answer["Access-Control-Allow-Origin"] == "*"
        exposed = answer["Access-Control-Expose-Headers"].split(", ")
        assert {"ETag", "Link", "Retry-After", "RateLimit", "RateLimit-Policy", "X-Poll-Interval"} <= set(exposed)
        assert not answer.cookies


def test_a_page_from_elsewhere_may_send_a_tag(accord, reader: Reader):
    answer = reader.client.options(
        BOARD,
        headers={
            "Origin": "https://dashboard.example",
            "Access-Control-Request-Method": "GET",
            "Access-Control-Request-Headers": "if-none-match",
        },
    )
    assert answer.status_code == 204
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert "GET" in answer["Access-Control-Allow-Methods"]
    assert "If-None-Match" in answer["Access-Control-Allow-Headers"]


def test_a_problem_can_be_read_from_elsewhere_too(accord, reader: Reader):
    answer = reader.get(f"{BOARD}?colour=red", origin="https://dashboard.example")
    assert answer["Access-Control-Allow-Origin"] == "*"


def test_the_methods_can_be_asked_for(accord, reader: Reader):
    answer = reader.client.options(BOARD)
    assert (answer.status_code, answer["Allow"]) == (204, "GET, HEAD, OPTIONS")


def test_the_head_is_that_of_the_answer_without_its_body(accord, reader: Reader):
    told, head = reader.get(BOARD), reader.client.head(BOARD)
    assert (head.status_code, head.content) == (200, b"")
    assert head["ETag"] == told["ETag"]
    assert reader.client.head(BOARD, headers={"If-None-Match": told["ETag"]}).status_code == 304


def test_the_rest_of_the_site_is_not_open_to_pages_from_elsewhere(db, reader: Reader):
    answer = reader.get("/livez", origin="https://dashboard.example")
    assert "Access-Control-Allow-Origin" not in answer


@pytest.mark.parametrize("path", ["/api/v1/plans", "/api/v1/openapi.json"])
def test_by_plain_http_a_program_is_refused_and_not_sent_on(accord, reader: Reader, settings, path):
    settings.HTTPS = settings.SECURE_SSL_REDIRECT = True
    refused = reader.client.get(path, headers={"Authorization": "Bearer pt_anything"})
    assert (refused.status_code, refused.json()["code"]) == (403, "https-only")
    assert reader.client.get(path, secure=True).status_code == 200


def test_people_are_sent_on_to_https_from_the_page_of_the_api(db, client, settings):
    settings.HTTPS = settings.SECURE_SSL_REDIRECT = True
    assert client.get("/api/v1/docs/")["Location"] == "https://testserver/api/v1/docs/"


def test_the_log_tells_of_a_key_that_was_refused(accord, reader: Reader, caplog):
    refused = reader.client.post(
        f"{BOARD.removesuffix('board')}positions",
        "{}",
        content_type="application/json",
        headers={"Authorization": "Bearer pt_made-up"},
    )
    assert refused.status_code == 401
    told = [each.getMessage() for each in caplog.records if each.name == "tracker.api.problems"]
    assert told == [f"the API refused user None at {refused.json()['instance']}: unauthorized"]
    assert "made-up" not in caplog.text
