"""A bad record is told where it is bad."""

from copy import deepcopy
from typing import Any

import pytest

from provisions.agreement import BadRecord, assess
from provisions.agreement.words import Level, Role, Stance
from tests.agreement.builders import (
    ACCEPT,
    CONDITIONAL,
    Json,
    event,
    happens,
    line,
    moment,
    reaches,
    record,
    revision,
    same,
    says,
    silence,
)


def good() -> Json:
    return record(
        line("troops", obligor=("ua",), essential=("ua", "ru")),
        revision("r1", "troops"),
        revision("r2", same("troops"), after="r1"),
        says("ua", ACCEPT, "r1/troops"),
        says("ru", CONDITIONAL, "r1/troops", given=(reaches("troops", "agreed"), happens("vote"))),
        says("ru", ACCEPT, "r2"),
        silence("r1/troops", "ru", until="2026-02-10", broken_on="2026-02-09", broken_by="ru"),
        event("vote", "met", "2026-02-01"),
    )


def spoilt(*path: str | int, value: Any) -> Json:
    """A good record but for one value."""
    made = good()
    inside: Any = made
    for step in path[:-1]:
        inside = inside[step]
    inside[path[-1]] = value
    return made


def without(*path: str | int) -> Json:
    """A good record but for one value that is missing."""
    made = good()
    inside: Any = made
    for step in path[:-1]:
        inside = inside[step]
    del inside[path[-1]]
    return made


def told(record: Any, **asked: Any) -> str:
    with pytest.raises(BadRecord) as caught:
        assess(record, **asked)
    return str(caught.value)


def test_the_record_that_these_tests_spoil_is_good():
    assert assess(good())["revision"] == "r2"


def test_a_bad_record_is_a_bad_value():
    assert issubclass(BadRecord, ValueError)


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        (("rule",), "AS-2.0", "rule: 'AS-2.0' is not AS-1.0"),
        (("as_of",), "yesterday", "as_of: 'yesterday' is not a day"),
        (("as_of",), "20260301", "as_of: '20260301' is not a day"),
        (("as_of",), "2026-W09-7", "as_of: '2026-W09-7' is not a day"),
        (("as_of",), "2026-02-30", "as_of: '2026-02-30' is not a day"),
        (("as_of",), 20260301, "as_of: 20260301 is not a text"),
        (("known_at",), "noon", "known_at: 'noon' is not a moment"),
        (("known_at",), "2026-03-01T12:00:00", "known_at: '2026-03-01T12:00:00' carries no time zone"),
        (("plan",), [], "plan: missing"),
        (("plan",), None, "plan: None is not an object"),
        (("plan",), [None], "plan[0]: None is not an object"),
        (("plan", "slug"), "", "plan.slug: '' is not a text"),
        (("plan", "principals"), [], "plan.principals: names nobody"),
        (("plan", "principals"), ["ua", "xx"], "plan.principals[1]: 'xx' is not a party"),
        (("plan", "principals"), [["ua"]], "plan.principals[0]: ['ua'] is not a party"),
        (("plan", "principals"), "ua", "plan.principals: 'ua' is not a list"),
        (("plan", "threshold"), 5, "plan.threshold: 5 is not a whole number, 0 to 4"),
        (("plan", "threshold"), -1, "plan.threshold: -1 is not a whole number, 0 to 4"),
        (("plan", "threshold"), True, "plan.threshold: True is not a whole number, 0 to 4"),
        (("plan", "threshold"), "2", "plan.threshold: '2' is not a whole number, 0 to 4"),
        (("plan", "horizon_days"), -1, "plan.horizon_days: -1 is not a whole number, 0 or more"),
        (("plan", "revision"), "r9", "plan.revision: 'r9' is not a revision"),
        (("plan", "recorded_at"), "2026-03-01", "plan.recorded_at: '2026-03-01' carries no time zone"),
        (("plan", "superseded_at"), "never", "plan.superseded_at: 'never' is not a moment"),
        (("parties",), {}, "parties: {} is not a list"),
        (("parties",), ["ua", "ru", ""], "parties[2]: '' is not a text"),
        (("parties",), ["ua", 7], "parties[1]: 7 is not a text"),
        (("parties",), ["ua"], "plan.principals[1]: 'ru' is not a party"),
        (("categories", 0, "slug"), None, "categories[0].slug: None is not a text"),
        (("categories", 0), "peace", "categories[0]: 'peace' is not an object"),
        (("revisions", 1, "slug"), 2, "revisions[1].slug: 2 is not a text"),
        (("revisions", 1, "derives_from"), "r0", "revisions[1].derives_from: 'r0' is not a revision"),
        (
            ("revisions", 0, "provenance"),
            "secret",
            "revisions[0].provenance: 'secret' is none of official, leaked, read_out, reported, announced",
        ),
        (("provisions", 0, "slug"), "", "provisions[0].slug: '' is not a text"),
        (("provisions", 0, "category"), "war", "provisions[0].category: 'war' is not a category"),
        (("provisions", 0, "kind"), "odd", "provisions[0].kind: 'odd' is none of operative, preambular"),
        (("provisions", 0, "roles", 0, "party"), "xx", "provisions[0].roles[0].party: 'xx' is not a party"),
        (
            ("provisions", 0, "roles", 0, "role"),
            "king",
            f"provisions[0].roles[0].role: 'king' is none of {', '.join(Role)}",
        ),
        (
            ("provisions", 0, "essential_override"),
            ["ua"],
            "provisions[0].essential_override: ['ua'] is not an object",
        ),
        (
            ("provisions", 0, "essential_override", "parties"),
            [],
            "provisions[0].essential_override.parties: names nobody",
        ),
        (
            ("provisions", 0, "essential_override", "parties", 1),
            "xx",
            "provisions[0].essential_override.parties[1]: 'xx' is not a party",
        ),
        (("wordings", 1, "id"), None, "wordings[1].id: None is not a text"),
        (("wordings", 1, "provision"), "jets", "wordings[1].provision: 'jets' is not a provision"),
        (("wordings", 1, "revision"), "r9", "wordings[1].revision: 'r9' is not a revision"),
        (("wordings", 1, "from"), ["r0/troops"], "wordings[1].from[0]: 'r0/troops' is not a wording"),
        (
            ("wordings", 1, "change"),
            "bold",
            "wordings[1].change: 'bold' is none of added, identical, editorial, substantive, split, merged",
        ),
        (("wordings", 1, "text_sha256"), "", "wordings[1].text_sha256: '' is not a text"),
        (("positions", 0, "id"), 17, "positions[0].id: 17 is not a text"),
        (("positions", 0, "party"), "xx", "positions[0].party: 'xx' is not a party"),
        (("positions", 0, "party"), ["ua"], "positions[0].party: ['ua'] is not a text"),
        (("positions", 0, "wording"), "x/1", "positions[0].wording: 'x/1' is not a wording"),
        (("positions", 2, "revision"), "r9", "positions[2].revision: 'r9' is not a revision"),
        (("positions", 0, "wording"), None, "positions[0].wording: a position is on a wording or on a whole revision"),
        (("positions", 0, "revision"), "r1", "positions[0].wording: a position is on a wording or on a whole revision"),
        (
            ("positions", 0, "stance"),
            "yes",
            f"positions[0].stance: 'yes' is none of {', '.join(Stance)}",
        ),
        (("positions", 0, "stance"), [], "positions[0].stance: [] is not a text"),
        (("positions", 0, "authority"), 5, "positions[0].authority: 5 is not a whole number, 0 to 4"),
        (("positions", 0, "asserted_by"), "press", "positions[0].asserted_by: 'press' is not a party"),
        (("positions", 0, "stated_on"), "2026-2-1", "positions[0].stated_on: '2026-2-1' is not a day"),
        (("positions", 0, "precision"), "hour", "positions[0].precision: 'hour' is none of day, month, year"),
        (("positions", 0, "conditions"), None, "positions[0].conditions: None is not a list"),
        (
            ("positions", 0, "conditions"),
            [{"kind": "event_met", "event": "vote"}],
            "positions[0].conditions: a position with stance accept has none",
        ),
        (
            ("positions", 1, "conditions", 0, "kind"),
            "luck",
            "positions[1].conditions[0].kind: 'luck' is none of provision_reaches, event_met, provision_absent",
        ),
        (
            ("positions", 1, "conditions", 0, "provision"),
            "jets",
            "positions[1].conditions[0].provision: 'jets' is not a provision",
        ),
        (
            ("positions", 1, "conditions", 0, "level"),
            "open",
            f"positions[1].conditions[0].level: 'open' is none of {', '.join(list(Level)[4:])}",
        ),
        (("positions", 1, "conditions", 1, "event"), "", "positions[1].conditions[1].event: '' is not a text"),
        (
            ("positions", 0, "evidence", 1, "grade"),
            "A7",
            "positions[0].evidence[1].grade: 'A7' is not a grade from A1 to F6",
        ),
        (("positions", 0, "evidence", 1, "grade"), 1, "positions[0].evidence[1].grade: 1 is not a grade from A1 to F6"),
        (
            ("positions", 0, "evidence", 1, "grade"),
            ["A1"],
            "positions[0].evidence[1].grade: ['A1'] is not a grade from A1 to F6",
        ),
        (("positions", 0, "evidence", 0, "source"), None, "positions[0].evidence[0].source: None is not a text"),
        (("positions", 0, "evidence", 0), "S001", "positions[0].evidence[0]: 'S001' is not an object"),
        (("silence_procedures", 0, "wording"), "x/1", "silence_procedures[0].wording: 'x/1' is not a wording"),
        (("silence_procedures", 0, "addressees"), ["xx"], "silence_procedures[0].addressees[0]: 'xx' is not a party"),
        (("silence_procedures", 0, "deadline"), None, "silence_procedures[0].deadline: None is not a text"),
        (("silence_procedures", 0, "broken_on"), "soon", "silence_procedures[0].broken_on: 'soon' is not a day"),
        (("silence_procedures", 0, "broken_by"), "xx", "silence_procedures[0].broken_by: 'xx' is not a party"),
        (("events", 0, "slug"), None, "events[0].slug: None is not a text"),
        (("events", 0, "state"), "done", "events[0].state: 'done' is none of failed, unmet, unknown, met"),
        (("events", 0, "stated_on"), "soon", "events[0].stated_on: 'soon' is not a day"),
        (("events", 0, "recorded_at"), 0, "events[0].recorded_at: 0 is not a text"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(path, value, message):
    assert told(spoilt(*path, value=value)) == message


@pytest.mark.parametrize(
    ("path", "message"),
    [
        (("as_of",), "as_of: missing"),
        (("known_at",), "known_at: missing"),
        (("parties",), "parties: missing"),
        (("categories",), "categories: missing"),
        (("revisions",), "revisions: missing"),
        (("provisions",), "provisions: missing"),
        (("wordings",), "wordings: missing"),
        (("positions",), "positions: missing"),
        (("silence_procedures",), "silence_procedures: missing"),
        (("events",), "events: missing"),
        (("positions", 0, "recorded_at"), "positions[0].recorded_at: missing"),
        (("positions", 0, "conditions"), "positions[0].conditions: missing"),
        (("positions", 0, "authority"), "positions[0].authority: None is not a whole number, 0 to 4"),
        (("wordings", 0, "from"), "wordings[0].from: missing"),
        (("events", 0, "slug"), "events[0].slug: missing"),
    ],
)
def test_what_is_missing_is_named_with_its_place(path, message):
    assert told(without(*path)) == message


@pytest.mark.parametrize(
    "path",
    [
        ("rule",),
        ("plan", "threshold"),
        ("plan", "horizon_days"),
        ("plan", "superseded_at"),
        ("revisions", 0, "derives_from"),
        ("provisions", 0, "essential_override"),
        ("positions", 0, "revision"),
        ("positions", 0, "superseded_at"),
        ("positions", 0, "evidence", 0, "grade"),
    ],
)
def test_what_may_be_null_may_be_missing(path):
    null = spoilt(*path, value=None)
    assert assess(without(*path)) == assess(null)


def test_what_the_rule_does_not_read_may_be_there():
    assert assess(spoilt("positions", 0, "note", value="by telephone")) == assess(good())


def test_a_record_is_an_object():
    assert told([]) == "record: [] is not an object"


def test_a_revision_that_is_asked_for_is_in_the_record():
    assert told(good(), revision="r9") == "revision: 'r9' is not a revision"


def test_a_moment_that_is_asked_for_has_its_time_zone():
    assert told(good(), known_at=moment("2026-03-01T12:00:00")) == (
        "known_at: '2026-03-01T12:00:00' carries no time zone"
    )


def test_the_record_is_left_as_it_was():
    made = good()
    before = deepcopy(made)
    assess(made)
    assert made == before
