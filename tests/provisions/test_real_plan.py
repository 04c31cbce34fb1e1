"""The plan that the project began with: what the record holds, and five lines worked out by hand from its sources.

Each hand-check names the readings of the essential parties as a reader of the fixtures finds them, and the clause of
rule AS-1 (section 3) that fits first. The day is 20 February 2026.
"""

from datetime import date
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command

from provisions.assessing import recompute
from provisions.board import Row, board
from provisions.models import Dispute, Plan, Provision, Revision, Wording

PLAN = "28-point-framework"
FIXTURES = Path(settings.BASE_DIR) / "fixtures"
DAY = date(2026, 2, 20)

pytestmark = pytest.mark.django_db


@pytest.fixture
def framework() -> Plan:
    call_command("import_plan", str(FIXTURES / PLAN), verbosity=0)
    plan = Plan.objects.get(slug=PLAN)
    recompute(plan.pk, today=DAY)
    return plan


def line(slug: str) -> Row:
    return next(row for row in board(PLAN).rows if row.slug == slug)


def essential(row: Row) -> dict[str, str]:
    return {cell.party.slug: str(cell.reading) for cell in row.cells if cell.essential}


def test_the_28_points_and_the_one_that_was_added_are_on_the_board(framework):
    shown = board(PLAN)
    first = [row.first_number for row in shown.rows if row.first_number]
    assert sorted(first, key=int) == [str(number) for number in range(1, 29)]
    assert [row.slug for row in shown.rows if row.first_number is None] == ["free-trade"]
    assert [party.slug for party in shown.parties] == ["us", "ua", "ru", "eu"]
    assert [len([row for row in category.rows if row.first_number]) for category in shown.categories] == [11, 7, 5, 5]
    assert sum(row.live for row in shown.rows) == 20


def test_the_record_holds_ten_drafts_of_which_counter_proposals_stand_beside_the_chain(framework):
    assert Revision.objects.filter(plan=framework).count() == 10
    assert [draft.slug for draft in board(PLAN).chain] == ["us-28", "geneva-19", "us-ua-20"]


def test_armed_forces_is_open_because_russias_consent_was_to_other_words(framework):
    # Kyiv presented 800,000 as agreed on 24 December; Moscow's word of 19 December was on the first draft's 600,000.
    row = line("armed-forces")
    assert essential(row) == {"ua": "accept", "ru": "stale"}
    assert (row.level, row.interval) == ("open", ("1/2", "2/2"))


def test_the_nuclear_plant_is_contested_because_rosatom_rejects_the_words(framework):
    # Head of Rosatom (negotiator) on 25 December: only the Russian operator can run it. Kyiv asks for other words.
    row = line("znpp")
    assert essential(row) == {"us": "stale", "ua": "reserve", "ru": "reject"}
    assert row.level == "contested"


def test_education_is_agreed_conditionally_because_russia_ties_it_to_language_and_church(framework):
    # Kyiv accepts; Lavrov tied a settlement to Russian-language and religious rights on 5 February.
    row = line("education-language")
    assert essential(row) == {"ua": "accept", "ru": "conditional"}
    assert row.level == "agreed_conditionally"


def test_non_nuclear_status_is_agreed_in_principle_because_the_words_never_changed(framework):
    # Moscow called the first draft as a whole a basis; these words are the same to the letter, so that is carried.
    row = line("non-nuclear")
    assert essential(row) == {"ua": "accept", "ru": "in_principle"}
    assert {cell.party.slug: str(cell.carried) for cell in row.cells if cell.essential} == {
        "ua": "same",
        "ru": "identical",
    }
    assert row.level == "agreed_in_principle"


def test_free_trade_is_open_because_washington_is_only_said_to_accept(framework):
    # Only the United States and Ukraine are bound. Kyiv accepts and says that Washington does, too: a claim.
    row = line("free-trade")
    assert essential(row) == {"us": "claimed", "ua": "accept"}
    assert row.level == "open"


def test_amnesty_is_withdrawn_without_alarm_because_it_was_never_agreed(framework):
    row = line("amnesty")
    assert (row.level, row.alarm) == ("withdrawn", None)


def test_russia_is_shown_to_refuse_the_text_as_a_whole_and_no_line_is_worse_for_it(framework):
    shown = board(PLAN)
    assert [(refusal.party.slug, str(refusal.stated_on)) for refusal in shown.refusals] == [("ru", "2025-12-26")]
    assert shown.vector == {"contested": 4, "open": 12, "agreed_in_principle": 1, "agreed_conditionally": 3}
    assert shown.closed == "0/20"
    assert shown.phase == "under_negotiation"


def test_the_claims_of_the_overview_article_are_rival_claims_with_their_source(framework):
    claims = Dispute.objects.filter(claims__value="400000", claims__sources__slug="seed")
    assert claims.exists()
    assert not Wording.objects.filter(versions__figures__value=400000).exists()


def test_lettered_parts_are_provisions_with_a_parent(framework):
    parts = Provision.objects.filter(plan=framework, parent__slug="article-5")
    assert parts.filter(wordings__versions__number="10a").exists()


def test_the_european_text_is_a_plan_of_its_own(framework):
    call_command("import_plan", str(FIXTURES / "european-24-point-text"), verbosity=0)
    recompute(Plan.objects.get(slug="european-24-point-text").pk, today=DAY)
    shown = board("european-24-point-text")
    assert shown.current.slug == "eu-24"
    assert len(shown.rows) == 19
    assert shown.phase == "tabled"


def test_a_second_import_leaves_the_log_as_it_was(framework):
    framework.refresh_from_db()
    before = framework.seq
    call_command("import_plan", str(FIXTURES / PLAN), verbosity=0)
    framework.refresh_from_db()
    assert framework.seq == before
