"""A reader of the API: asks over HTTP, as a dashboard does."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client

from provisions.agreement.words import Level, Stance
from provisions.assessing import recompute
from provisions.contents import (
    CompanionContent,
    DisputeContent,
    RivalClaimContent,
    RulingContent,
    SilenceProcedureContent,
    TopicContent,
    When,
)
from provisions.models import DisputeStatus, Plan
from provisions.record import writing
from tests.builders import ACCORD, ARDEN, BREVIA, CALDOR, TESTER, event, revision, says
from tracker.api.schema import openapi
from tracker.models import ApiKey

BOARD = f"/api/v1/plans/{ACCORD}/board"
CHANGES = f"/api/v1/plans/{ACCORD}/changes"


class Reader:
    """Asks the API. What it gets is an answer of Django's test client."""

    def __init__(self) -> None:
        self.client = Client(raise_request_exception=False)

    def get(self, path: str, *, holding: str | None = None, **headers: str) -> Any:
        """Ask for `path`; `holding` is the ETag of the answer that the reader has."""
        if holding is not None:
            headers["if_none_match"] = holding
        return self.client.get(path, headers={name.replace("_", "-"): value for name, value in headers.items()})

    def json(self, path: str) -> Any:
        """What is told at `path`, which must be answered."""
        answer = self.get(path)
        assert answer.status_code == 200, answer.content
        return answer.json()

    def problem(self, path: str) -> Any:
        """What is wrong with asking for `path`."""
        answer = self.get(path)
        assert answer["Content-Type"] == "application/problem+json", answer.content
        told = answer.json()
        assert told["status"] == answer.status_code
        return told


class Writer:
    """A program that writes with a key."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.client = Client(raise_request_exception=False)

    def send(self, method: str, path: str, body: Any, **headers: str) -> Any:
        given = {"authorization": f"Bearer {self.text}", **headers}
        return self.client.generic(
            method,
            path,
            body if isinstance(body, bytes) else json.dumps(body),
            content_type=given.pop("content_type", "application/json"),
            headers={name.replace("_", "-"): value for name, value in given.items()},
        )

    def post(self, path: str, body: Any, **headers: str) -> Any:
        return self.send("POST", path, body, **headers)

    def patch(self, path: str, body: Any, **headers: str) -> Any:
        return self.send("PATCH", path, body, **headers)


def person(name: str, group: str | None) -> User:
    user = User.objects.create_user(name)
    if group:
        user.groups.add(Group.objects.get_or_create(name=group)[0])
    return user


@pytest.fixture
def analyst(db) -> User:
    return person("ana", "analyst")


@pytest.fixture
def writer(accord, analyst) -> Writer:
    return Writer(ApiKey.make(analyst, name="the wire", scopes=["edit"])[1])


def refused(answer: Any, status: int, code: str) -> Any:
    told = answer.json()
    assert (answer.status_code, told["code"], answer["Content-Type"]) == (status, code, "application/problem+json"), (
        told
    )
    assert answer["Cache-Control"] == "no-store"
    return told


@pytest.fixture
def reader() -> Reader:
    return Reader()


@pytest.fixture
def everything(accord: Plan) -> Plan:
    """A plan with at least one thing of every kind on record, and levels."""
    says(ARDEN, Stance.ACCEPT, "ceasefire", on="2026-01-06")
    says(BREVIA, Stance.REJECT, "prisoners", on="2026-01-07")
    says(BREVIA, Stance.RESERVE, None, on="2026-01-08")
    says(CALDOR, Stance.ACCEPT, "ceasefire", on="2026-01-07")
    words = {"ceasefire": "All fire ceases at dusk."}
    revision("draft-2", words=words, derives_from="draft-1", dated=date(2026, 1, 9))
    event("truce", ("unmet", date(2026, 1, 6)))
    claim = RivalClaimContent(value="400 000", text="So says Arden.", sources=("S1",))
    with writing(ACCORD, by=TESTER) as pen:
        for content in (
            TopicContent(slug="arms", title="Arms"),
            RulingContent(
                provision="prisoners", revision="draft-1", level=Level.OPEN, reason="It is tactical.", sources=("S1",)
            ),
            SilenceProcedureContent(
                provision="ceasefire", revision="draft-2", addressees=(BREVIA,), deadline=date(2026, 2, 1)
            ),
            CompanionContent(
                slug="annex",
                title="Annex",
                dated=When.parse("2026-01"),
                belongs_to="draft-1",
                provisions=("ceasefire",),
            ),
            DisputeContent(
                slug="troops",
                subject="How many troops",
                status=DisputeStatus.OPEN,
                provisions=("ceasefire",),
                claims=(claim,),
            ),
        ):
            pen.put([content])
    recompute(accord.pk, today=date(2026, 1, 20))
    accord.refresh_from_db()
    return accord


def readable() -> dict[str, Any]:
    """What is described of reading, by the addresses at which anybody can read something."""
    described = {path: each["get"] for path, each in openapi()["paths"].items() if "get" in each}
    return {path: each for path, each in described.items() if each["security"] == [{}]}


def somewhere(path: str) -> str:
    """The address of something that is there, once everything is; names stand in braces."""
    for name, value in {
        "plan": ACCORD,
        "name": "level",
        "revision": "draft-1" if "rulings" in path else "draft-2",
        "provision": "prisoners" if "rulings" in path else "ceasefire",
        "position": "p1",
        "event": "truce",
        "companion": "annex",
        "dispute": "troops",
        "category": "peace",
        "topic": "arms",
        "party": ARDEN,
        "source": "S1",
    }.items():
        path = path.replace(f"{{{name}}}", value)
    return path
