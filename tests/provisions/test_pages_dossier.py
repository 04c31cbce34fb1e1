"""The dossier: a plan in full, to print."""

from datetime import date

from django.test import Client

from provisions.assessing import recompute
from provisions.models import Plan, Position
from tests import builders
from tests.builders import ACCORD, ARDEN, BREVIA, revision, says

from .pages import cost, seen

PAGE = f"/plans/{ACCORD}/dossier/"
DAY = date(2026, 1, 10)


def work_out() -> None:
    recompute(Plan.objects.get(slug=ACCORD).pk, today=DAY)


def test_each_line_stands_with_its_words_its_level_and_what_each_party_said(client: Client, accord):
    says(ARDEN, "reject", "ceasefire")
    revision("draft-2", words={"ceasefire": "All fire ceases at dusk."}, derives_from="draft-1", dated=date(2026, 1, 7))
    says(BREVIA, "accept", "ceasefire", revision="draft-2")
    work_out()
    entry = seen(client.get(PAGE), within="line-ceasefire")
    assert "ceases at deleted: noon (end) inserted: dusk (end) ." in entry
    said = Position.objects.get(party__slug=BREVIA)
    assert said.summary in entry
    assert said.speaker in entry
    assert "essential" in entry
    assert "By the clause:" in entry


def test_what_is_named_as_source_is_listed_with_its_address_at_the_end(client: Client, accord):
    key = says(ARDEN, "accept", "ceasefire")
    work_out()
    (source,) = [each.source for each in Position.objects.get(key=key).evidence.all()]
    page = client.get(PAGE)
    assert f'href="#source-{source.slug}"' in page.content.decode()
    assert source.title in seen(page, within=f"source-{source.slug}")


def test_a_line_that_left_the_text_is_in_it_with_its_last_words(client: Client, accord):
    revision("draft-2", words={"ceasefire": "All fire ceases at noon."}, derives_from="draft-1", dated=date(2026, 1, 7))
    work_out()
    entry = seen(client.get(PAGE), within="line-prisoners")
    assert "Withdrawn" in entry
    assert "All prisoners return home." in entry
    assert "Why" not in entry


def test_a_past_day_has_a_dossier_of_its_own(client: Client, accord):
    says(ARDEN, "accept", "ceasefire", on=date(2026, 1, 8))
    work_out()
    said = Position.objects.get().summary
    assert said in seen(client.get(PAGE))
    assert said not in seen(client.get(f"{PAGE}?as_of=2026-01-07"))


def test_what_it_asks_of_the_database_does_not_grow_with_the_plan(client: Client, accord):
    says(ARDEN, "accept", "ceasefire")
    work_out()
    few = cost(lambda: client.get(PAGE))
    builders.plan("treaty", lines={f"line-{n}": f"Words {n}." for n in range(20)})
    for n in range(20):
        says(ARDEN, "accept", f"line-{n}", plan="treaty")
    recompute(Plan.objects.get(slug="treaty").pk, today=DAY)
    assert cost(lambda: client.get("/plans/treaty/dossier/")) == few


def test_a_plan_without_lines_says_so_and_one_that_is_not_there_is_not_found(client: Client, db):
    builders.plan(lines={})
    assert "The plan has no lines yet." in seen(client.get(PAGE))
    assert client.get("/plans/nowhere/dossier/").status_code == 404


def test_the_board_leads_to_it(client: Client, accord):
    assert f'href="{PAGE}"' in client.get(f"/plans/{ACCORD}/").content.decode()
