"""The re-confirmation queue: what the record can no longer lean on."""

import re
from datetime import date
from html import unescape

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client

from provisions.agreement.words import Stance
from provisions.assessing import recompute
from provisions.board import board
from provisions.models import Plan
from tests import builders
from tests.builders import ACCORD, ARDEN, BREVIA, CALDOR, revision, says

from .pages import cost, seen, words

QUEUE = f"/plans/{ACCORD}/queue/"
DAY = date(2026, 1, 20)


def work_out(day: date = DAY) -> None:
    recompute(Plan.objects.get(slug=ACCORD).pk, today=day)


def rows(client: Client, kind: str, query: str = "") -> list[str]:
    """The rows of one kind, as they are read."""
    html = client.get(f"{QUEUE}{query}").content.decode()
    found = re.findall(rf'<section class="sec" id="q-{kind}".*?</section>', html, flags=re.DOTALL)
    return [words(row) for row in re.findall(r"<tr><th scope=\"row\".*?</tr>", found[0], flags=re.DOTALL)]


@pytest.fixture
def doubtful(accord: Plan) -> Plan:
    """Arden and Caldor accepted words that changed since; Brevia objected to them, and objections stand."""
    says(ARDEN, Stance.ACCEPT, "ceasefire")
    says(CALDOR, Stance.ACCEPT, "ceasefire")
    says(BREVIA, Stance.REJECT, "ceasefire")
    revision(
        "draft-2",
        words={"ceasefire": "All fire ceases at dusk.", "prisoners": "All prisoners return home."},
        derives_from="draft-1",
        dated=date(2026, 1, 10),
    )
    work_out()
    return accord


def test_consent_to_earlier_words_is_listed_with_what_was_said_and_how_it_reads_now(client: Client, doubtful):
    arden, _caldor = rows(client, "stale")
    assert "1 Ceasefire Arden deciding Arden says accept. 5 Jan 2026 , A spokesperson, on the draft-1 Stale" in arden
    assert "Contested" in arden


def test_objections_stand_by_themselves_and_are_not_listed(client: Client, doubtful):
    assert not any("Brevia" in row for row in rows(client, "stale"))


def test_those_that_the_level_needs_come_first(client: Client, doubtful):
    arden, caldor = rows(client, "stale")
    assert "deciding" in arden
    assert "Caldor Caldor says accept." in caldor


def test_words_older_than_the_horizon_are_listed_with_their_age(client: Client, accord):
    says(ARDEN, Stance.ACCEPT, "ceasefire")
    work_out(date(2026, 6, 1))
    (old,) = rows(client, "aged")
    assert "1 Ceasefire Arden deciding Arden says accept. 5 Jan 2026 , A spokesperson, 147 days old Accepts" in old
    assert "Positions older than 60 days" in seen(client.get(QUEUE))


def test_records_that_disagree_are_listed(client: Client, accord):
    says(ARDEN, Stance.ACCEPT, "ceasefire", on="2026-01-06")
    says(ARDEN, Stance.REJECT, "ceasefire", on="2026-01-06")
    work_out()
    (disputed,) = rows(client, "disputed")
    assert "1 Ceasefire Arden deciding" in disputed
    # Until it is settled the less consenting one is read.
    assert "Rejects" in disputed


def test_a_doubt_is_in_the_queue_once_under_its_most_pressing_kind(client: Client, doubtful):
    work_out(date(2026, 6, 1))
    assert len(rows(client, "stale")) == 2
    assert not any("Arden" in row or "Caldor" in row for row in rows(client, "aged"))


def test_the_tally_counts_each_kind(client: Client, doubtful):
    html = client.get(QUEUE).content.decode()
    tally = re.findall(r'<ul class="tally".*?</ul>', html, flags=re.DOTALL)[0]
    assert words(tally) == "0 disputed records 2 consents on earlier words 0 positions older than 60 days"


def test_what_is_settled_leaves_the_queue(client: Client, doubtful):
    says(ARDEN, Stance.ACCEPT, "ceasefire", on="2026-01-12", revision="draft-2")
    work_out()
    (only,) = rows(client, "stale")
    assert "Caldor" in only


def test_an_empty_queue_says_so(client: Client, accord):
    work_out()
    assert seen(client.get(QUEUE)).count("None today.") == 3


def test_the_queue_of_one_party(client: Client, doubtful):
    (only,) = rows(client, "stale", f"?party={CALDOR}")
    assert "Caldor" in only
    assert "The whole queue" in seen(client.get(f"{QUEUE}?party={CALDOR}"))


@pytest.mark.parametrize("query", ["?only=nonsense", "?since=nowhere", "?only=stale&since=nowhere"])
def test_what_makes_no_sense_in_the_address_is_left_aside(client: Client, doubtful, query):
    assert len(rows(client, "stale", query)) == 2


def test_each_row_leads_to_the_form_for_that_party_and_line(client: Client, doubtful):
    html = client.get(QUEUE).content.decode()
    form = f"/plans/{ACCORD}/provisions/ceasefire/positions/{ARDEN}/add/"
    assert f'href="{form}" aria-label="Add a position: Arden on Ceasefire"' in html


def test_who_may_only_read_is_offered_no_form(client: Client, doubtful):
    viewer = User.objects.create_user("viewer")
    viewer.groups.add(Group.objects.create(name="viewer"))
    client.force_login(viewer)
    assert "Add a position" not in seen(client.get(QUEUE))


def test_a_long_queue_shows_a_few_of_each_kind_and_the_rest_page_by_page(client: Client, db):
    plan = builders.long_plan(80)
    recompute(plan.pk, today=date(2026, 6, 1))
    assert len(rows(client, "aged")) == 10
    assert "Show all 160" in seen(client.get(QUEUE))
    found, query = [], "?only=aged"
    while query:
        found += rows(client, "aged", query)
        html = client.get(f"{QUEUE}{query}").content.decode()
        following = re.search(r'rel="next" href="[^"?]*(\?[^"]*)"', html)
        query = unescape(following.group(1)) if following else ""
    assert len(found) == len(set(found)) == 160


def test_a_plan_that_is_not_there_is_not_found(client: Client, db):
    assert client.get("/plans/nowhere/queue/").status_code == 404


@pytest.mark.parametrize("lines", [5, 60])
def test_a_queue_costs_the_same_queries_however_long_it_is(client: Client, db, lines):
    plan = builders.long_plan(lines)
    recompute(plan.pk, today=date(2026, 6, 1))
    client.get(QUEUE)
    # Beside the board, which is kept: one moment and its end; the horizon; the words that the doubts are about.
    assert cost(lambda: client.get(QUEUE)) == cost(lambda: board(ACCORD)) + 4
