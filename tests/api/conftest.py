"""A reader of the API: asks over HTTP, as a dashboard does."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from provisions.agreement.words import Level, Role, Stance
from provisions.assessing import recompute
from provisions.contents import (
    CompanionContent,
    DisputeContent,
    FigureContent,
    ImplementationContent,
    RemovalContent,
    RivalClaimContent,
    RulingContent,
    SilenceProcedureContent,
    TopicContent,
    VariantContent,
    When,
)
from provisions.held import held
from provisions.models import DisputeStatus, ImplementationLevel, Outcome, Plan, Resource
from provisions.record import writing
from tests.builders import ACCORD, ARDEN, BREVIA, CALDOR, TESTER, event, revision, says, sign, the_accord
from tests.remembered import remembered
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
def everything(db: None) -> Plan:
    """A plan with at least one thing of every kind on record, and levels."""
    if not Plan.objects.filter(slug=ACCORD).exists():
        the_accord_with_everything()
    else:
        everything_else()
    return Plan.objects.get(slug=ACCORD)


@remembered
def the_accord_with_everything() -> None:
    the_accord()
    everything_else()


def everything_else() -> None:
    """What the accord does not have yet."""
    says(ARDEN, Stance.ACCEPT, "ceasefire", on="2026-01-06")
    says(BREVIA, Stance.REJECT, "prisoners", on="2026-01-07")
    says(BREVIA, Stance.RESERVE, None, on="2026-01-08")
    says(CALDOR, Stance.ACCEPT, "ceasefire", on="2026-01-07")
    words = {"ceasefire": "All fire ceases at dusk."}
    revision("draft-2", words=words, derives_from="draft-1", dated=date(2026, 1, 9))
    event("truce", ("unmet", date(2026, 1, 6)))
    sign()
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
            ImplementationContent(
                provision="ceasefire",
                since=When.parse("2026-01"),
                level=ImplementationLevel.MINIMUM,
                note="Fire ceased for an hour.",
                sources=("S1",),
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
    recompute(Plan.objects.get(slug=ACCORD).pk, today=date(2026, 1, 20))


def hang_much_on(plan: Plan) -> None:
    """Let things of a plan with everything have all that things can have."""
    figure = FigureContent(name="hours", label="Hours of rest", value=Decimal("12.5"), unit="hours")
    rival = VariantContent(parties=(ARDEN,), text="Fire ceases.", figures=(figure,), sources=("S1",))
    removal = RemovalContent(provision="prisoners", outcome=Outcome.REMOVED, sources=("S1",))
    said = held(plan, Resource.POSITION, keys=["p1"])["p1"].content
    line = held(plan, Resource.PROVISION, keys=["prisoners"])["prisoners"].content
    more: tuple[tuple[Resource, str, Mapping[str, Any]], ...] = (
        (Resource.PROVISION, "ceasefire", {"topics": ("arms",), "roles": ((CALDOR, Role.GUARANTOR),)}),
        (Resource.WORDING, "draft-2/ceasefire", {"figures": (figure,), "variants": (rival,), "sources": ("S1",)}),
        (Resource.REVISION, "draft-2", {"removals": (removal,), "sources": ("S1",)}),
        (Resource.EVENT, "truce", {"revisions": ("draft-1", "draft-2"), "sources": ("S1",)}),
        (Resource.COMPANION, "annex", {"figures": (figure,), "sources": ("S1",), "parties": (ARDEN, CALDOR)}),
        (
            Resource.SILENCE_PROCEDURE,
            "draft-2/ceasefire",
            {"broken_on": date(2026, 1, 12), "broken_by": BREVIA, "sources": ("S1",)},
        ),
    )
    with writing(plan.slug, by=TESTER) as pen:
        for resource, key, fields in more:
            pen.put([replace(held(plan, resource, keys=[key])[key].content, **fields)])
        pen.put([replace(said, key="p9", follows="p1", stated_on=When.parse("2026-01-11"))])
        pen.put([replace(line, slug="prisoners-a", parent="prisoners", order=9)])


def cost(reader: Reader, path: str) -> int:
    """How many queries an answer costs, beside those that begin and end a transaction."""
    with CaptureQueriesContext(connection) as queries:
        assert reader.json(path)["results"]
    return len([each for each in queries if each["sql"].startswith("SELECT")])


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
        "since": "2026-01",
    }.items():
        path = path.replace(f"{{{name}}}", value)
    return path


def expandable() -> dict[str, list[str]]:
    """The words by which things can be asked for in full, by the addresses that take them."""
    return {
        path: parameter["schema"]["items"]["enum"]
        for path, described in readable().items()
        for parameter in described["parameters"]
        if parameter["name"] == "expand"
    }


def questions(*in_full: str) -> list[str]:
    """Something at every address, and the lists of these names with all in full that they name; without names, all."""
    lists = {path.rpartition("/")[2]: (path, words) for path, words in expandable().items() if path[-1] != "}"}
    chosen = [lists[name] for name in in_full or lists]
    return [*map(somewhere, readable()), *(f"{somewhere(path)}?expand={','.join(words)}" for path, words in chosen)]
