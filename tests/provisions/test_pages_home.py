"""The list of plans says of each which text is on the table and how far it is agreed."""

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from provisions.agreement.words import Stance
from provisions.assessing import recompute
from provisions.board import board
from provisions.plans import plans
from tests import builders
from tests.builders import ACCORD, ARDEN, BREVIA, says

from .pages import seen

HOME = reverse("home")


def rival(slug: str = "rival") -> None:
    builders.plan(slug, lines={"truce": "All fire ceases for a week."})


def test_the_only_plan_is_shown_at_once(accord, client):
    assert client.get(HOME).headers["Location"] == reverse("board", args=[ACCORD])


def test_each_plan_is_shown_with_its_text_phase_and_levels(accord, client):
    rival()
    for party in (ARDEN, BREVIA):
        says(party, Stance.ACCEPT, "ceasefire")
    says(ARDEN, Stance.REJECT, "prisoners")
    recompute(accord.pk)
    page = client.get(HOME)
    first = seen(page, within=f"plan-{ACCORD}")
    assert "Arden · Brevia · Caldor · Dorne" in first
    assert "Phase: Under negotiation . Draft-1, 5 Jan 2026" in first
    assert "1 agreed 1 contested" in first
    assert "Closed, ad referendum or better: 1 of 2" in first
    assert "No level has been worked out yet." in seen(page, within="plan-rival")


def test_the_vector_is_that_of_the_board(accord, client):
    says(ARDEN, Stance.ACCEPT, "ceasefire")
    recompute(accord.pk)
    (card,) = plans()
    shown = board(ACCORD)
    assert (dict(card.vector), card.closed) == (dict(shown.vector), shown.closed)


def test_more_plans_cost_no_more_queries(accord, client):
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            client.get(HOME)
        return len(queries)

    rival()
    few = asked()
    for number in range(3):
        rival(f"rival-{number}")
    assert asked() == few


def test_on_the_first_run_an_administrator_is_led_to_the_import_and_a_reader_is_not(db, client, admin_client):
    assert reverse("imports") not in client.get(HOME).content.decode()
    assert f'<a class="btn" href="{reverse("imports")}">Import</a>' in admin_client.get(HOME).content.decode()
