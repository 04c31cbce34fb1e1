"""The sources of all plans, and one of them with what rests on it."""

import re
from dataclasses import replace
from datetime import date
from html import unescape

import pytest
from django.test import Client

from provisions.agreement.words import Level, Stance
from provisions.contents import (
    CompanionContent,
    DisputeContent,
    EventContent,
    RivalClaimContent,
    RulingContent,
    SourceContent,
    When,
)
from provisions.held import held
from provisions.models import DisputeStatus, Plan, Resource
from provisions.record import retract_position, writing
from provisions.sources import PAGE
from tests import builders
from tests.builders import ACCORD, ARDEN, BREVIA, TESTER, says

from .pages import part, seen, words

SOURCES = "/sources/"


def source(slug: str, *, plan: str = ACCORD, title: str = "", kind: str = "news", **fields) -> None:
    with writing(plan, by=TESTER) as pen:
        pen.put([SourceContent(slug=slug, title=title or f"Title of {slug}", kind=kind, **fields)])


def listed(client: Client, query: str = "") -> list[str]:
    """The rows of the list, as they are read."""
    html = client.get(f"{SOURCES}{query}").content.decode()
    return [words(row) for row in re.findall(r"<tr id=.*?</tr>", html, flags=re.DOTALL)]


def slugs(client: Client, query: str = "") -> list[str]:
    return [row.split()[0] for row in listed(client, query)]


# ---- The list ----


def test_a_source_says_when_it_came_out_where_whom_it_relays_and_what_it_is_used_for(client: Client, accord):
    source("S2", published=date(2026, 1, 6), published_basis="url", publisher="The Herald", relays="A wire")
    for line in ("ceasefire", "prisoners"):
        builders.says(ARDEN, Stance.ACCEPT, line)
    first, second = listed(client)
    assert first == "S2 6 Jan 2026 Title of S2 The Herald A wire News – nothing yet"
    assert second == "S1 – The Daily Record – – News A1 2 positions"


def test_the_best_and_the_worst_grade_are_given(client: Client, accord):
    says(ARDEN, Stance.ACCEPT, "ceasefire", grade="C4")
    says(BREVIA, Stance.ACCEPT, "ceasefire", grade="B2")
    assert "B2–C4" in listed(client)[0]


def test_what_was_retracted_no_longer_rests_on_it(client: Client, accord):
    key = says(ARDEN, Stance.ACCEPT, "ceasefire")
    retract_position(ACCORD, key, by=TESTER)
    assert "– nothing yet" in listed(client)[0]


def test_the_latest_published_stands_first_and_the_undated_last(client: Client, accord):
    source("S2", published=date(2026, 1, 6), published_basis="url")
    source("S3", published=date(2026, 2, 6), published_basis="url")
    source("S4")
    assert slugs(client) == ["S3", "S2", "S1", "S4"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?q=herald", ["S2"]),
        ("?q=WIRE", ["S2"]),
        ("?q=s3", ["S3"]),
        ("?kind=primary_official", ["S3"]),
        ("?q=title&kind=primary_official", ["S3"]),
        ("?kind=nonsense", ["S1", "S2", "S3"]),
        ("?plan=nowhere", ["S1", "S2", "S3"]),
        ("?after=S999", ["S1", "S2", "S3"]),
    ],
)
def test_the_list_can_be_searched_and_narrowed(client: Client, accord, query, found):
    source("S2", publisher="The Herald", relays="A wire")
    source("S3", kind="primary_official")
    assert slugs(client, query) == found


def test_the_list_of_one_plan_has_only_what_it_rests_on(client: Client, accord):
    builders.plan("pact", lines={"border": "The border is open."})
    source("S2")
    says(ARDEN, Stance.ACCEPT, "ceasefire")
    with writing("pact", by=TESTER) as pen:
        pen.put([EventContent(slug="talks", title="Talks", dated=When(date(2026, 1, 6)), sources=("S2",))])
    assert slugs(client, f"?plan={ACCORD}") == ["S1"]
    assert slugs(client, "?plan=pact") == ["S2"]
    assert slugs(client) == ["S1", "S2"]


def test_a_long_list_is_read_page_by_page_without_a_gap(client: Client, accord):
    with writing(ACCORD, by=TESTER) as pen:
        pen.put(
            [
                SourceContent(
                    slug=f"N{n:03}",
                    title=f"Paper {n}",
                    kind="news",
                    published=date(2026, 1, 1 + n % 5) if n % 3 else None,
                    published_basis="url" if n % 3 else "none",
                )
                for n in range(2 * PAGE + 7)
            ]
        )
    found, query = [], ""
    while True:
        found += slugs(client, query)
        following = re.search(r'rel="next" href="[^"?]*(\?[^"]*)"', client.get(f"{SOURCES}{query}").content.decode())
        if not following:
            break
        query = unescape(following.group(1))
    assert len(found) == len(set(found)) == 2 * PAGE + 8
    assert f"{PAGE} of {len(found)} sources shown." in seen(client.get(SOURCES))


def test_nothing_found_says_what_to_try(client: Client, accord):
    assert "No source matches Try another word, or all kinds." in seen(client.get(f"{SOURCES}?q=nothing+of+the+kind"))


def test_without_any_source_the_page_says_where_they_come_from(client: Client, db):
    page = seen(client.get(SOURCES))
    assert "No source is on record yet Sources come with an import" in page


@pytest.mark.parametrize("number", [3, 60])
def test_the_list_costs_the_same_queries_however_long_it_is(client: Client, accord, number, django_assert_num_queries):
    for n in range(number):
        says(ARDEN, Stance.ACCEPT, "ceasefire", on=date(2026, 1, 1 + n % 28))
        source(f"N{n:03}")
    # The plans; how many there are, which stand on this page, and these with what rests on them.
    with django_assert_num_queries(4):
        client.get(SOURCES)


# ---- One source ----


def sheet(client: Client, slug: str = "S1", query: str = "") -> str:
    return seen(client.get(f"{SOURCES}{slug}/{query}"))


@pytest.fixture
def used(accord: Plan) -> Plan:
    """Something of every kind rests on S1."""
    says(ARDEN, Stance.ACCEPT, "ceasefire")
    wording = held(accord, Resource.WORDING)["draft-1/ceasefire"].content
    text = held(accord, Resource.REVISION)["draft-1"].content
    claim = RivalClaimContent(value="400 000", text="So says Arden.", sources=("S1",))
    day = When(date(2026, 1, 6))
    with writing(ACCORD, by=TESTER) as pen:
        for content in (
            replace(wording, sources=("S1",)),
            replace(text, sources=("S1",)),
            EventContent(slug="talks", title="Talks", dated=day, sources=("S1",)),
            CompanionContent(slug="annex", title="Annex", dated=day, sources=("S1",)),
            DisputeContent(
                slug="troops",
                subject="How many troops",
                status=DisputeStatus.OPEN,
                provisions=("ceasefire",),
                claims=(claim,),
            ),
            RulingContent(
                provision="prisoners", revision="draft-1", level=Level.OPEN, reason="It is tactical.", sources=("S1",)
            ),
        ):
            pen.put([content])
    return accord


def test_its_page_has_all_that_is_known_of_it(client: Client, accord):
    source(
        "S2",
        publisher="The Herald",
        relays="A wire",
        published=date(2026, 1, 6),
        published_basis="url",
        accessed=date(2026, 2, 1),
        url="https://herald.example/1",
        note="Only the first page was seen.",
    )
    page = sheet(client, "S2")
    assert "Title of S2 Publisher The Herald Relays A wire Kind News Published 6 Jan 2026," in page
    assert "Consulted 1 Feb 2026 Address https://herald.example/1 Used by nothing yet" in page
    assert "Only the first page was seen." in page
    assert "Nothing rests on this source yet" in page
    html = client.get(f"{SOURCES}S2/").content.decode()
    assert '<a href="https://herald.example/1" rel="noreferrer">' in html


def test_everything_that_rests_on_it_is_there_with_the_way_to_it(client: Client, used):
    page = sheet(client)
    for found in (
        "Statements 5 Jan 2026 Arden: Arden says accept. A1 Accepts",
        "Wordings Ceasefire , draft-1",
        "Texts Draft-1 , 5 Jan 2026",
        "Events Talks , 6 Jan 2026",
        "Companions Annex , 6 Jan 2026",
        "Conflicting claims So says Arden.",
        "Rulings Prisoners , draft-1",
        "Used by 1 position, 1 wording, 1 text, 1 event, 1 companion, 1 conflicting claim, 1 ruling",
    ):
        assert found in page
    html = client.get(f"{SOURCES}S1/").content.decode()
    for address in re.findall(rf'href="(/plans/{ACCORD}/[^"]*)"', part(html, "main")):
        assert client.get(unescape(address)).status_code == 200, address


def test_many_statements_come_page_by_page(client: Client, db):
    builders.long_plan(60)
    found, query = 0, ""
    while True:
        html = client.get(f"{SOURCES}S1/{query}").content.decode()
        found += html.count('<time datetime="2026-01-05"')
        following = re.search(r'rel="next" href="[^"?]*(\?[^"]*)"', html)
        if not following:
            break
        query = unescape(following.group(1))
    assert found == 120


def test_the_head_of_the_page_leads_to_the_only_plan_or_to_the_one_that_one_came_from(client: Client, accord):
    board = f'href="/plans/{ACCORD}/"'
    assert board in client.get(f"{SOURCES}S1/").content.decode()
    builders.plan("pact", lines={"border": "The border is open."})
    assert board not in client.get(f"{SOURCES}S1/").content.decode()
    assert board in client.get(f"{SOURCES}S1/?plan={ACCORD}").content.decode()


def test_a_source_that_is_not_there_is_not_found(client: Client, accord):
    assert client.get(f"{SOURCES}S999/").status_code == 404


@pytest.mark.parametrize("lines", [5, 60])
def test_its_page_costs_the_same_queries_however_much_rests_on_it(client: Client, db, lines, django_assert_num_queries):
    builders.long_plan(lines)
    # One moment and its end; the source, and again with its uses; the statements; which plans stand,
    # those that the statements are from, and all titles.
    with django_assert_num_queries(8):
        client.get(f"{SOURCES}S1/")
