"""What bodies may say: as described, and nothing else; whatever is sent, it is never ours to mend (tests/fuzz)."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from provisions.api.bodies import read_body
from provisions.api.writing import DEEDS, Deed
from provisions.assessing import recompute
from provisions.contents import TopicContent
from provisions.models import Change, Event, Plan, Position
from provisions.record import writing
from provisions.verifying import complaints
from tests.api.conftest import Writer, refused
from tests.api.test_openapi import followed
from tests.api.test_writing import PLAN, POSITION
from tests.builders import ACCORD, TESTER, event
from tracker.api.schema import openapi

EVENT = {"slug": "truce", "title": "A truce", "dated": "2026-01"}
LINE = f"{PLAN}/provisions/ceasefire"
WORDS = f"{PLAN}/wordings/draft-1/ceasefire"
FIGURE = {"name": "troops", "label": "Troops", "unit": "people"}


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 100_000,
        b'{"party": ' * 100_000,
        b'{"party": ' + b"[" * 30 + b"]" * 30 + b"}",
    ],
)
def test_a_body_that_is_nested_without_end_is_refused(writer: Writer, body):
    refused(writer.post(f"{PLAN}/positions", body), 400, "bad-request")


@pytest.mark.parametrize(
    "body",
    [
        b'{"slug": "truce", "title": "A\\u0000", "dated": "2026"}',
        b'{"slug": "truce", "title": "A\\ud800", "dated": "2026"}',
        b'{"slug": "truce", "title": "A", "dated": "2026", "\\ud800": 1}',
        b'{"slug": "truce", "title": "A", "dated": "2026", "reason": "\\u0000"}',
    ],
)
def test_what_postgresql_cannot_keep_is_refused(writer: Writer, body):
    refused(writer.post(f"{PLAN}/events", body), 400, "bad-body")
    assert not Event.objects.exists()


@pytest.mark.parametrize("slug", ["", "a b", "a/b", "Ä", "-a", "a" * 61, None, 7])
def test_a_new_thing_gets_a_name_that_addresses_can_have(writer: Writer, slug):
    refused(writer.post(f"{PLAN}/events", {**EVENT, "slug": slug}), 400, "bad-body")
    refused(writer.post(f"{PLAN}/positions", {**POSITION, "id": f"{slug} /"}), 400, "bad-body")
    assert not Event.objects.exists()
    assert not Position.objects.exists()


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"order": -1}, "/body/order"),
        ({"order": 10**20}, "/body/order"),
        ({"order": "5"}, "/body/order"),
        ({"version": 10**20}, "/body/version"),
        ({"title": " "}, "/body/title"),
        ({"title": "a" * 201}, "/body/title"),
        ({"roles": [["caldor", "guarantor"]]}, "/body/roles/0"),
        ({"roles": [{"party": "caldor", "role": "guarantor", "since": "2026"}]}, "/body/roles/0/since"),
        ({"slug": "other"}, "/body/slug"),
    ],
)
def test_a_line_takes_what_its_description_says(writer: Writer, changes, pointer):
    told = refused(writer.patch(LINE, {"version": 1, **changes}), 400, "bad-body")
    assert [error["pointer"] for error in told["errors"]] == [pointer]


@pytest.mark.parametrize("value", ["400", True, 1e300, 0.00001])
def test_the_value_of_a_figure_is_a_number_that_can_be_kept(writer: Writer, value):
    body = {"figures": [{**FIGURE, "value": value}], "version": 1}
    told = refused(writer.patch(WORDS, body), 400, "bad-body")
    assert told["errors"][0]["pointer"] == "/body/figures/0/value"


def test_figures_and_variants_are_written(writer: Writer):
    figure = {**FIGURE, "value": 0.5, "note": None}
    variant = {"parties": ["arden"], "text": "At dusk.", "figures": [figure], "sources": ["S1"]}
    told = writer.patch(WORDS, {"figures": [figure], "variants": [variant], "version": 1}).json()
    assert (told["figures"], told["variants"]) == ([figure], [variant])


@pytest.mark.parametrize(
    "changes",
    [
        {"authority": "4"},
        {"authority": 9},
        {"thin": "yes"},
        {"stated_on": 2026},
        {"stated_on": "2026-02-30"},
        {"stated_on_approximate": "perhaps"},
        {"stated_on_precision": "week"},
        {"evidence": [{"source": "S1", "grade": "Z9"}]},
        {"reason": None},
    ],
)
def test_nothing_is_understood_as_something_else(writer: Writer, changes):
    refused(writer.post(f"{PLAN}/positions", {**POSITION, **changes}), 400, "bad-body")


def test_a_whole_number_may_be_written_with_a_point(writer: Writer):
    """To JSON it is the same number."""
    assert writer.patch(LINE, {"order": 5.0, "version": 1.0}).json()["order"] == 5
    assert writer.post(f"{PLAN}/positions", {**POSITION, "authority": 4.0}).json()["authority"] == 4
    refused(writer.patch(LINE, {"order": 5.5, "version": 2}), 400, "bad-body")


def test_a_precision_alone_is_of_the_day_that_is_there(writer: Writer):
    event("truce")
    told = writer.patch(f"{PLAN}/events/truce", {"dated_precision": "month", "version": 1}).json()
    assert (told["dated"][-2:], told["dated_precision"]) == ("01", "month")
    told = writer.patch(f"{PLAN}/events/truce", {"dated_approximate": True, "version": 2}).json()
    assert (told["dated_precision"], told["dated_approximate"]) == ("month", True)


def test_what_breaks_a_promise_of_the_database_is_told_its_name(writer: Writer):
    before = Change.objects.count()
    told = refused(writer.patch(LINE, {"essential": ["arden"], "version": 1}), 422, "not-valid")
    assert "essential override names parties and reason" in told["detail"]
    assert Change.objects.count() == before
    said = {"essential": ["arden"], "essential_reason": "It is alone in it.", "version": 1}
    assert writer.patch(LINE, said).status_code == 200


def test_what_is_written_is_what_the_log_tells(writer: Writer):
    """Repeated, out of order, in odd forms: the record and its log say the same."""
    with writing(ACCORD, by=TESTER) as pen:
        pen.put([TopicContent(slug="arms", title="Arms")])
    figures = [{**FIGURE, "value": value} for value in (1000, 0.5, 10**15, 123456789012345.1, None, -0.0)]
    variant = {"parties": ["brevia", "arden", "brevia"], "text": " x ", "figures": figures, "sources": ["S1", "S1"]}
    for path, body in (
        (WORDS, {"figures": figures, "variants": [variant, variant], "sources": ["S1", "S1"], "number": " 7 "}),
        (WORDS, {"number": None, "heading": "", "gist": " ", "note": None, "figures": [], "variants": []}),
        (LINE, {"topics": ["arms", "arms"], "roles": 2 * [{"party": "caldor", "role": "guarantor"}]}),
        (LINE, {"essential": ["brevia", "arden", "brevia"], "essential_reason": " .", "order": 32767, "lead": ""}),
    ):
        version = writer.send("GET", path, {}).json()["version"]
        answer = writer.patch(path, {**body, "version": version})
        assert answer.status_code == 200, answer.content
    days = ("2026-01-09", "0001-01-01", "2026-01-09", "2026-01-08")
    states = [{"state": state, "stated_on": day} for state, day in zip(("met", "unmet") * 2, days, strict=True)]
    told = writer.post(f"{PLAN}/events", {**EVENT, "states": states, "sources": ["S1", "S1"]}).json()
    assert told["states"] == [states[1], states[3], states[0], states[2]]
    odd = {"speaker": " A ", "note": "", "stated_on": "1000", "stated_on_precision": "year", "stance": "conditional"}
    condition = {"kind": "provision_reaches", "provision": "prisoners", "level": "agreed"}
    assert writer.post(f"{PLAN}/positions", {**POSITION, **odd, "conditions": [condition] * 2}).status_code == 201
    plan = Plan.objects.get(slug=ACCORD)
    recompute(plan.pk, today=date(2026, 1, 20))
    assert list(complaints(plan)) == []


@pytest.mark.parametrize("number", ["", " "])
def test_a_line_has_a_number_or_none(writer: Writer, number):
    refused(writer.patch(WORDS, {"number": number, "version": 1}), 400, "bad-body")


def test_an_empty_idempotency_key_is_refused(writer: Writer):
    """Whoever sends it takes itself for safe."""
    refused(writer.post(f"{PLAN}/positions", POSITION, idempotency_key=""), 400, "bad-request")


def bodies() -> dict[str, Any]:
    """What is described of bodies, by the operation."""
    found = {}
    for operations in openapi()["paths"].values():
        for operation in operations.values():
            if "requestBody" in operation:
                found[operation["operationId"]] = operation["requestBody"]["content"]["application/json"]
    return found


@pytest.mark.parametrize("deed", DEEDS, ids=lambda deed: deed.name)
def test_each_example_is_as_described(deed: Deed):
    described = bodies()[deed.name]
    schema = {**followed(openapi(), described["schema"]), "components": openapi()["components"]}
    Draft202012Validator(schema).validate(described["example"])
    assert read_body(deed.body, described["example"]).reason


def test_a_pattern_of_several_is_of_the_whole():
    described = openapi()["paths"]["/api/v1/plans/{plan}/changes"]["get"]["parameters"]
    pattern = next(each["schema"]["pattern"] for each in described if each["name"] == "since")
    assert re.search(pattern, "now")
    assert not re.search(pattern, "nowhere")
    assert not re.search(pattern, "!ab.1")
