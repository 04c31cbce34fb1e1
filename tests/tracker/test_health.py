import time

import pytest
from django.db import OperationalError, connection

ALL_WELL = {"database": "answers", "valkey": "answers"}


def test_a_process_that_answers_is_alive(client):
    answer = client.get("/livez")
    assert (answer.status_code, answer.content) == (200, b"alive\n")


@pytest.mark.django_db
def test_it_is_ready_when_both_engines_answer(client):
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()) == (200, ALL_WELL)
    assert "no-store" in answer.headers["Cache-Control"]


@pytest.mark.django_db
def test_it_can_serve_readers_while_valkey_is_down(client, valkey):
    valkey.kill()
    began = time.monotonic()
    answer = client.get("/readyz")
    assert time.monotonic() - began < 2
    assert (answer.status_code, answer.json()) == (200, ALL_WELL | {"valkey": "silent"})
    valkey.start()
    assert client.get("/readyz").json() == ALL_WELL


@pytest.mark.django_db
def test_it_is_not_ready_without_its_database(client):
    def gone(*_):
        raise OperationalError

    with connection.execute_wrapper(gone):
        answer = client.get("/readyz")
    assert (answer.status_code, answer.json()) == (503, ALL_WELL | {"database": "silent"})


def test_every_answer_names_its_request(client):
    first, second = client.get("/livez"), client.get("/livez", headers={"X-Request-ID": "from-outside"})
    ids = {first.headers["X-Request-ID"], second.headers["X-Request-ID"]}
    assert len(ids) == 2
    assert "from-outside" not in ids
