"""Programs that read the API without a client of ours, each as it asks, against the running site."""

from __future__ import annotations

import base64
import csv
import io
import json
import shutil
import subprocess
from typing import Any
from urllib.parse import urljoin
from urllib.request import Request, urlopen

import pytest
from django.contrib.auth.models import User

from tests.builders import ACCORD, long_plan
from tracker.models import ApiKey

POSITIONS = f"/api/v1/plans/{ACCORD}/positions"


@pytest.fixture
def site(transactional_db, live_server) -> str:
    long_plan(30)
    return str(live_server.url)


def asked(address: str, **headers: str) -> Any:
    with urlopen(Request(address, headers=headers)) as answer:  # noqa: S310
        return answer.headers, answer.read()


def test_grafana_infinity_follows_next_in_the_answer_to_its_end(site):
    """It takes `results` as rows and `next` as the address of the next page."""
    rows, keys, following = [], set(), f"{POSITIONS}?limit=7"
    while following:
        page = json.loads(asked(urljoin(site, following))[1])
        rows += page["results"]
        keys |= {tuple(row) for row in page["results"]}
        following = page["next"]
    assert len(rows) == len({row["id"] for row in rows}) == 60
    assert len(keys) == 1, "a page had other columns than the one before"


def test_power_query_reads_csv_with_a_key_as_the_password(site):
    """It sends Basic, follows the header Link, and takes the first line of each page as the columns."""
    text = ApiKey.make(User.objects.create_user("ada"), name="a sheet", scopes=["read"])[1]
    basic = {"Authorization": "Basic " + base64.b64encode(f"excel:{text}".encode()).decode()}
    rows, columns, following = [], set(), f"{POSITIONS}.csv?limit=25"
    while following:
        headers, body = asked(urljoin(site, following), **basic)
        first, *page = csv.reader(io.StringIO(body.decode("utf-8-sig")))
        columns.add(tuple(first))
        rows += page
        links = [link for link in headers.get("Link", "").split(", ") if 'rel="next"' in link]
        following = links[0].partition(">")[0].lstrip("<") if links else ""
    _, nothing = asked(f"{site}{POSITIONS}.csv?q=nobodysaidthis", **basic)
    (columns_of_nothing,) = csv.reader(io.StringIO(nothing.decode("utf-8-sig")))
    assert len(rows) == 60
    assert columns == {tuple(columns_of_nothing)}


@pytest.mark.skipif(not (shutil.which("curl") and shutil.which("jq")), reason="takes curl and jq")
def test_curl_and_jq_read_a_line_a_row(site):
    board = f"{site}/api/v1/plans/{ACCORD}/board"
    fetched = subprocess.run(["curl", "--silent", "--fail", board], capture_output=True, check=True).stdout
    rows = ["jq", "--raw-output", ".results[] | [.provision, .level] | @tsv"]
    told = subprocess.run(rows, input=fetched, capture_output=True, check=True).stdout.decode().splitlines()
    assert len(told) == 30
    assert all(line.count("\t") == 1 for line in told)
