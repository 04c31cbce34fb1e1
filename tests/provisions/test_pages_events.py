"""Events, what conditions wait for, and the documents beside a plan."""

import re
from datetime import date
from decimal import Decimal

import pytest
from django.test import Client

from provisions.agreement.words import Stance
from provisions.contents import CompanionContent, ConditionContent, EventContent, FigureContent, SourceContent, When
from provisions.models import ConditionKind, Plan
from provisions.record import retract_position, writing
from tests import builders
from tests.builders import ACCORD, ARDEN, BREVIA, CALDOR, TESTER, event, says

from .pages import seen, words

EVENTS = f"/plans/{ACCORD}/events/"


def happened(slug: str, on: date | str, **fields) -> None:
    content = EventContent(slug=slug, title=slug.capitalize(), dated=When.parse(str(on)), **fields)
    with writing(ACCORD, by=TESTER) as pen:
        pen.put([content])


def beside(slug: str, on: str = "2026-01-06", **fields) -> None:
    content = CompanionContent(slug=slug, title=slug.capitalize(), dated=When.parse(on), **fields)
    with writing(ACCORD, by=TESTER) as pen:
        pen.put([content])


def section(client: Client, which: str, query: str = "") -> str:
    html = client.get(f"{EVENTS}{query}").content.decode()
    return words(re.findall(rf'<section aria-labelledby="{which}".*?</section>', html, flags=re.DOTALL)[0])


def waits_for(event: str, *, on: str = "2026-01-07", line: str | None = "ceasefire", **fields) -> str:
    condition = ConditionContent(kind=ConditionKind.EVENT_MET, event=event)
    return says(BREVIA, Stance.CONDITIONAL, line, on=on, conditions=(condition,), **fields)


def test_an_event_says_what_happened_about_which_text_and_where_we_read_it(client: Client, accord):
    happened("talks", "2026-01-06", summary="Both sides met.", revisions=("draft-1",), sources=("S1",))
    text = section(client, "happened")
    assert "6 Jan 2026 Talks Both sides met. About the draft-1. Sources: The Daily Record" in text
    assert f'href="/sources/S1/?plan={ACCORD}"' in client.get(EVENTS).content.decode()


def test_a_day_that_is_not_known_is_shown_as_exactly_as_it_is(client: Client, accord):
    happened("talks", "2026-02")
    assert "Feb 2026 Talks" in section(client, "happened")


def test_the_latest_year_is_shown_and_others_are_a_step_away(client: Client, accord):
    happened("talks", "2025-12-30")
    happened("truce", "2026-01-06")
    assert "Truce" in section(client, "happened")
    assert "Talks" not in section(client, "happened")
    assert "Talks" in section(client, "happened", "?year=2025")
    html = client.get(f"{EVENTS}?year=2025").content.decode()
    assert '<a class="btn small" href="?year=2025" aria-current="true">2025</a>' in html


@pytest.mark.parametrize("query", ["?year=soon", "?year=1999", "?year=-1", "?year=99999999999999999999"])
def test_what_makes_no_sense_in_the_address_is_left_aside(client: Client, accord, query):
    happened("truce", "2026-01-06")
    assert "Truce" in section(client, "happened", query)


def test_what_a_condition_waits_for_says_who_named_it_and_how_it_stands(client: Client, accord):
    event("truce", ("unmet", date(2026, 1, 6)), ("met", date(2026, 1, 9)))
    waits_for("truce")
    waits_for("truce", on="2026-01-08", line=None)
    text = section(client, "awaited")
    assert "Named by Brevia on Ceasefire , 7 Jan 2026; Brevia on the whole text , 8 Jan 2026." in text
    assert "met, 9 Jan 2026" in text
    assert "Truce" not in section(client, "happened")


def test_a_condition_that_others_claim_says_so_and_a_retracted_one_is_gone(client: Client, accord):
    event("truce", ("unmet", date(2026, 1, 6)))
    waits_for("truce", authority=0, asserted_by=CALDOR)
    assert "Named by Brevia on Ceasefire , 7 Jan 2026 (claimed by others)." in section(client, "awaited")
    retract_position(ACCORD, "p1", by=TESTER)
    assert "Named by" not in section(client, "awaited")


def test_a_companion_says_whose_it_is_beside_which_text_and_what_it_holds(client: Client, accord):
    beside(
        "annex",
        belongs_to="draft-1",
        parties=(ARDEN, BREVIA),
        status="signed",
        summary="Who pays what.",
        figures=(
            FigureContent(name="funds", label="Funds", value=Decimal(200_000_000_000), unit="USD", note="At most."),
        ),
        sources=("S1",),
    )
    text = section(client, "companions")
    assert "Annex signed 6 Jan 2026 ; Arden , Brevia ; beside the Draft-1 Who pays what." in text
    assert "Funds USD 200 billion At most." in text
    assert "Sources: The Daily Record" in text


def test_a_companion_leads_to_the_lines_that_it_is_about(client: Client, accord):
    beside("annex", provisions=("prisoners", "ceasefire"))
    beside("other")
    assert "About: Ceasefire , Prisoners" in section(client, "companions")
    assert section(client, "companions").count("About:") == 1
    assert f'<a href="/plans/{ACCORD}/provisions/prisoners/">Prisoners</a>' in client.get(EVENTS).content.decode()


def test_companions_stand_whatever_year_is_shown(client: Client, accord):
    beside("annex", on="2024-05")
    happened("truce", "2026-01-06")
    assert "Annex May 2024" in section(client, "companions")


def test_a_plan_with_nothing_beside_it_says_so(client: Client, accord):
    page = seen(client.get(EVENTS))
    assert "No event is on record" in page
    assert "No condition names an event of this year." in page
    assert "No document beside the text is on record." in page


def test_a_plan_that_is_not_there_is_not_found(client: Client, db):
    assert client.get("/plans/nowhere/events/").status_code == 404


def test_text_from_the_record_is_shown_and_never_run(client: Client, accord):
    happened("bad", "2026-01-06", summary="<script>alert(1)</script>")
    html = client.get(EVENTS).content.decode()
    assert "<script>alert" not in html
    assert "&lt;script&gt;" in html


@pytest.mark.parametrize("number", [3, 40])
def test_the_page_costs_the_same_queries_however_much_happened(
    client: Client, accord: Plan, number, django_assert_num_queries
):
    with writing(ACCORD, by=TESTER) as pen:
        pen.put([SourceContent(slug=f"S{n + 2}", title=f"Paper {n}", kind="news") for n in range(number)])
    for n in range(number):
        happened(f"talks-{n}", date(2026, 1, 1 + n % 28), sources=(f"S{n + 2}",), revisions=("draft-1",))
        event(f"awaited-{n}", ("unmet", date(2026, 1, 6)))
        beside(f"annex-{n}", sources=(f"S{n + 2}",), provisions=("ceasefire",))
    builders.says(ARDEN, Stance.ACCEPT, "ceasefire")
    # One moment and its end; the plan, its version, parties and texts; the years, the year's events by name, and these
    # with their states; companions; the sources; titles; conditions.
    with django_assert_num_queries(14):
        client.get(EVENTS)
