"""Pages of a past day, of what was known at a moment, and of another text."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from django.test import Client
from django.utils import timezone

from provisions.agreement.words import Stance
from provisions.assessing import recompute
from provisions.held import held
from provisions.models import Plan, Resource
from provisions.record import retract_position, writing
from tests.builders import ACCORD, ARDEN, BREVIA, TESTER, revision, says

from .pages import part, rows, seen

BOARD = f"/plans/{ACCORD}/"
HTMX = {"HX-Request": "true"}


def now() -> str:
    """This moment as an address says it."""
    return timezone.now().isoformat().replace("+00:00", "Z")


@pytest.fixture
def change_of_mind(accord: Plan) -> None:
    """Both accept the ceasefire in January; in February Arden rejects it."""
    says(ARDEN, Stance.ACCEPT, "ceasefire", on="2026-01-06")
    says(BREVIA, Stance.ACCEPT, "ceasefire", on="2026-01-06")
    says(ARDEN, Stance.REJECT, "ceasefire", on="2026-02-01")
    recompute(accord.pk)


@pytest.fixture
def two_texts(change_of_mind: None) -> None:
    """In March a second draft has other words of the ceasefire, and nothing of the prisoners."""
    revision("draft-2", words={"ceasefire": "All fire ceases."}, derives_from="draft-1", dated=date(2026, 3, 1))
    recompute(Plan.objects.get(slug=ACCORD).pk)


# ---- The board ----


def test_the_board_of_a_past_day_says_so_and_leads_back(client: Client, change_of_mind):
    page = client.get(f"{BOARD}?as_of=2026-01-10")
    assert "Agreed" in seen(page, within="row-ceasefire")
    assert "Looking back: how it stood on 10 Jan 2026, by all that is on record now." in seen(page)
    assert f'id="back-to-now" href="{BOARD}?"' in page.content.decode()
    assert "worked out for 10 Jan 2026" in seen(page, within="state")
    assert "As of 10 Jan 2026" in seen(page, within="head")


def test_the_board_of_today_says_nothing_of_the_past(client: Client, change_of_mind):
    page = client.get(BOARD)
    assert "Contested" in seen(page, within="row-ceasefire")
    assert "looking-back" not in page.content.decode()


def test_a_past_board_shows_the_text_that_was_on_the_table(client: Client, two_texts):
    page = client.get(f"{BOARD}?as_of=2026-02-10")
    assert "Text shown Draft-1, 5 Jan 2026" in seen(page, within="head")
    assert "Withdrawn" not in seen(page, within="row-prisoners")
    assert "Withdrawn" in seen(client.get(BOARD), within="row-prisoners")


def test_what_was_not_yet_on_record_is_left_out_where_only_the_known_counts(client: Client, accord):
    says(ARDEN, Stance.ACCEPT, "ceasefire", on="2026-01-06")
    then = now()
    says(ARDEN, Stance.REJECT, "ceasefire", on="2026-01-07")
    page = client.get(f"{BOARD}?known_at={then}")
    assert "Accepts" in seen(page, within="row-ceasefire")
    assert "Rejects" in seen(client.get(f"{BOARD}?as_of=2026-01-08"), within="row-ceasefire")
    assert "by what was on record at" in seen(page, within="looking-back")


def test_words_are_shown_as_they_were_known(client: Client, accord):
    then = now()
    with writing(ACCORD, by=TESTER) as pen:
        pen.put([replace(held(pen.plan, Resource.WORDING)["draft-1/ceasefire"].content, text="Fire ceases, perhaps.")])
    opened = client.get(f"{BOARD}?known_at={then}&open=ceasefire")
    assert "All fire ceases at noon." in seen(opened, within="d-ceasefire")
    assert "Fire ceases, perhaps." in seen(client.get(f"{BOARD}?open=ceasefire"), within="d-ceasefire")


def test_another_text_can_be_read_and_says_which(client: Client, two_texts):
    page = client.get(f"{BOARD}?revision=draft-1")
    assert rows(page) == ["ceasefire", "prisoners"]
    assert "Another text: how it stands, read on the Draft-1." in seen(page)
    assert "Contested" in seen(page, within="row-ceasefire")


def test_day_moment_and_text_can_be_asked_for_together(client: Client, two_texts):
    page = client.get(f"{BOARD}?as_of=2026-01-10&known_at={now()}&revision=draft-1")
    notice = seen(page, within="looking-back")
    assert "how it stood on 10 Jan 2026, by what was on record at" in notice
    assert "read on the Draft-1" in notice
    assert "Agreed" in seen(page, within="row-ceasefire")


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("as_of=yesterday", "“yesterday” is not a past day"),
        ("as_of=2026-13-01", "“2026-13-01” is not a past day"),
        ("as_of=2999-01-01", "“2999-01-01” is not a past day"),
        ("known_at=soon", "“soon” is not a past moment"),
        ("known_at=2999-01-01", "“2999-01-01” is not a past moment"),
        ("known_at=then", "“then” is not a past moment"),
        ("revision=draft-9", "“draft-9” is not a text of this plan"),
    ],
)
def test_what_cannot_be_asked_of_the_past_is_said_so_that_nobody_takes_now_for_then(
    client: Client, change_of_mind, query, said
):
    for address in (BOARD, f"{BOARD}provisions/ceasefire/"):
        page = client.get(f"{address}?{query}")
        assert page.status_code == 200
        assert said in seen(page, within="past-wrong")
        assert "This page shows how it stands now." in seen(page, within="past-wrong")


def test_a_moment_before_the_record_says_when_it_begins(client: Client, change_of_mind):
    page = client.get(f"{BOARD}?known_at=2020-01-01")
    assert "Nothing of this plan was on record then" in seen(page)
    assert client.get("/plans/nowhere/?known_at=2020-01-01").status_code == 404


def test_every_way_on_from_a_past_board_stays_in_the_past(client: Client, change_of_mind):
    query = "?as_of=2026-01-10"
    html = client.get(f"{BOARD}{query}").content.decode()
    row = part(html, "row-ceasefire")
    assert f'href="{BOARD}provisions/ceasefire/{query}"' in row
    assert f'href="{BOARD}provisions/ceasefire/{query}#pos-arden"' in row
    assert f'hx-get="{BOARD}provisions/ceasefire/row/{query}"' in row
    assert '<input type="hidden" name="as_of" value="2026-01-10" data-keep>' in part(html, "filters")
    assert "?as_of=2026-01-10&amp;sort=title" in html


def test_a_past_board_asks_for_no_news_and_offers_no_edits(client: Client, change_of_mind):
    html = client.get(f"{BOARD}?as_of=2026-01-10&open=ceasefire").content.decode()
    assert "data-poll" not in html
    assert "data-adds" not in html
    assert "Add a position" not in part(html, "d-ceasefire")
    assert "Add a position" in part(client.get(f"{BOARD}?open=ceasefire").content.decode(), "d-ceasefire")


def test_a_row_of_a_past_board_opens_to_the_past(client: Client, change_of_mind):
    address = f"{BOARD}provisions/ceasefire/row/?as_of=2026-01-10"
    assert "Agreed, provisional." in seen(client.get(address, headers=HTMX), within="")
    assert "Contested, provisional." in seen(client.get(address.partition("?")[0], headers=HTMX), within="")
    assert client.get(address)["Location"] == f"{BOARD}?as_of=2026-01-10&open=ceasefire#row-ceasefire"


def test_a_filter_of_a_past_board_keeps_the_day_in_the_address(client: Client, change_of_mind):
    answer = client.get(f"{BOARD}?as_of=2026-01-10&level=agreed", headers=HTMX)
    assert rows(answer) == ["ceasefire"]
    assert answer["HX-Push-Url"] == f"{BOARD}?level=agreed&as_of=2026-01-10"


# ---- A line ----


LINE = f"{BOARD}provisions/ceasefire/"


def test_a_line_of_a_past_day_shows_what_had_been_said_and_leads_back(client: Client, change_of_mind):
    page = client.get(f"{LINE}?as_of=2026-01-10")
    assert "Looking back: how it stood on 10 Jan 2026" in seen(page, within="looking-back")
    assert f'id="back-to-now" href="{LINE}?"' in page.content.decode()
    assert "Agreed" in seen(page, within="level")
    assert "Rejects" not in seen(page, within="pos-arden")
    assert "Read then as" in seen(page, within="positions")


def test_a_past_line_has_no_later_text_in_its_lineage(client: Client, two_texts):
    revision("beside", words={"ceasefire": "Fire may cease."}, dated=date(2026, 3, 5))
    with writing(ACCORD, by=TESTER) as pen:
        pen.put([replace(held(pen.plan, Resource.PLAN)[ACCORD].content, current_revision="draft-2")])
    then = client.get(f"{LINE}?as_of=2026-02-10").content.decode()
    assert "Draft-1" in then
    assert "Draft-2" not in then
    assert "Beside" not in then
    assert "All fire ceases at noon." in seen(client.get(f"{LINE}?as_of=2026-02-10"), within="wording")


def test_a_line_as_it_was_known_has_the_words_and_the_log_of_then(client: Client, accord):
    key = says(ARDEN, Stance.ACCEPT, "ceasefire", on="2026-01-06")
    then = now()
    retract_position(ACCORD, key, by=replace(TESTER, reason="It was another Arden."))
    says(BREVIA, Stance.REJECT, "ceasefire", on="2026-01-06")
    with writing(ACCORD, by=TESTER) as pen:
        pen.put([replace(held(pen.plan, Resource.WORDING)["draft-1/ceasefire"].content, text="Fire ceases, perhaps.")])
    page = client.get(f"{LINE}?known_at={then}")
    assert "All fire ceases at noon." in seen(page, within="wording")
    assert "Accepts" in seen(page, within="pos-arden")
    assert "Retracted" not in seen(page, within="pos-arden")
    assert "Nothing of its own is on record." in seen(page, within="pos-brevia")
    assert "perhaps" not in seen(page, within="history")


def test_a_line_can_be_read_on_another_text(client: Client, two_texts):
    page = client.get(f"{LINE}?revision=draft-1")
    assert "read on the Draft-1" in seen(page, within="looking-back")
    assert "All fire ceases at noon." in seen(page, within="wording")


def test_nothing_is_added_to_a_past_line(client: Client, change_of_mind, django_user_model):
    client.force_login(django_user_model.objects.create_superuser("chief"))
    assert "Retract" in seen(client.get(LINE), within="pos-arden")
    page = client.get(f"{LINE}?as_of=2026-01-10")
    assert "Add a position" not in seen(page)
    assert "Retract" not in seen(page)
    assert "data-poll" not in page.content.decode()


def test_every_way_on_from_a_past_line_stays_in_the_past(client: Client, two_texts):
    html = client.get(f"{LINE}?as_of=2026-03-10").content.decode()
    assert f'href="{BOARD}?as_of=2026-03-10"' in html
    assert "?as_of=2026-03-10&amp;compare=draft-1#wording" in html
    assert '<input type="hidden" name="as_of" value="2026-03-10">' in part(html, "wording")


def test_a_line_that_the_text_of_then_did_not_have_says_so(client: Client, two_texts):
    revision("draft-3", words={"parade": "A parade is held."}, derives_from="draft-2", dated=date(2026, 3, 10))
    page = client.get(f"{BOARD}provisions/parade/?as_of=2026-02-10")
    assert page.status_code == 404
    assert "have no words of this line" in seen(page, within="not-then")
    assert client.get(f"{BOARD}provisions/nothing/?as_of=2026-02-10").status_code == 404


def test_a_line_of_a_moment_before_the_record_says_when_it_begins(client: Client, change_of_mind):
    assert "Nothing of this plan was on record then" in seen(client.get(f"{LINE}?known_at=2020-01-01"))


def test_a_state_of_the_record_can_be_asked_for_by_its_number(client: Client, accord):
    says(ARDEN, Stance.ACCEPT, "ceasefire", on="2026-01-06")
    seq = Plan.objects.get(slug=ACCORD).seq
    says(ARDEN, Stance.REJECT, "ceasefire", on="2026-01-07")
    assert "Accepts" in seen(client.get(f"{BOARD}?seq={seq}"), within="row-ceasefire")
    assert "Rejects" in seen(client.get(f"{BOARD}?as_of=2026-01-07"), within="row-ceasefire")
    assert "“999” is not a state of this plan." in seen(client.get(f"{BOARD}?seq=999"), within="past-wrong")


# ---- Lines that are gone ----


def test_a_line_that_is_gone_shows_what_each_party_said_of_it_last(client: Client, accord):
    says(ARDEN, Stance.ACCEPT, "prisoners", on="2026-01-06")
    says(ARDEN, Stance.RESERVE, "prisoners", on="2026-01-08")
    says(BREVIA, Stance.IN_PRINCIPLE, None, on="2026-01-07")
    revision("draft-2", words={"ceasefire": "All fire ceases."}, derives_from="draft-1", dated=date(2026, 1, 20))
    recompute(accord.pk)
    page = client.get(f"{BOARD}?open=prisoners")
    assert "last said: Reserves Jan 2026 last said: In principle Jan 2026 no word" in seen(page, within="row-prisoners")
    opened = seen(page, within="d-prisoners")
    assert "What each said last Arden Reserves" in opened
    assert "8 Jan 2026, on the draft-1" in opened
    assert "7 Jan 2026, on the draft-1 as a whole" in opened


def test_on_a_past_day_a_line_that_is_gone_shows_what_had_been_said_by_then(client: Client, accord):
    says(ARDEN, Stance.ACCEPT, "prisoners", on="2026-01-06")
    says(ARDEN, Stance.REJECT, "prisoners", on="2026-02-20")
    revision("draft-2", words={"ceasefire": "All fire ceases."}, derives_from="draft-1", dated=date(2026, 1, 20))
    recompute(accord.pk)
    assert "last said: Accepts" in seen(client.get(f"{BOARD}?as_of=2026-02-01"), within="row-prisoners")
    assert "last said: Rejects" in seen(client.get(BOARD), within="row-prisoners")
