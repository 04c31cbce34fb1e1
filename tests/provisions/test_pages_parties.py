"""The sheet of a party: what it holds, what is asked of it, what it asks, and where it moved."""

import re
from datetime import date

import pytest
from django.test import Client

from provisions.agreement.words import Authority, Role, Stance
from provisions.assessing import recompute
from provisions.board import board
from provisions.contents import ConditionContent, PartyContent, PlanContent
from provisions.models import ConditionKind, Plan
from provisions.record import writing
from tests import builders
from tests.builders import ACCORD, ARDEN, BREVIA, CALDOR, DORNE, TESTER, event, line, revision, says

from .pages import cost, part, seen, words

DAY = date(2026, 1, 20)


def sheet_of(party: str) -> str:
    return f"/plans/{ACCORD}/parties/{party}/"


def work_out(day: date = DAY) -> None:
    recompute(Plan.objects.get(slug=ACCORD).pk, today=day)


def section(client: Client, party: str, heading: str) -> str:
    """The words of a part of the sheet, by the id of its heading."""
    html = client.get(sheet_of(party)).content.decode()
    return words(re.findall(rf'<section[^>]*aria-labelledby="{heading}".*?</section>', html, flags=re.DOTALL)[0])


def lines_of(client: Client, party: str) -> list[str]:
    body = part(client.get(sheet_of(party)).content.decode(), "main").partition("<tbody>")[2].partition("</tbody>")[0]
    return [words(row) for row in body.split("</tr>") if row.strip()]


@pytest.fixture
def story(accord: Plan) -> Plan:
    """Arden accepts the ceasefire and then rejects it; it has yet to speak of the prisoners, which Brevia accepts."""
    says(ARDEN, Stance.ACCEPT, "ceasefire", on=date(2026, 1, 6))
    says(ARDEN, Stance.REJECT, "ceasefire", on=date(2026, 1, 9))
    says(BREVIA, Stance.ACCEPT, "ceasefire", on=date(2026, 1, 7))
    says(BREVIA, Stance.ACCEPT, "prisoners", on=date(2026, 1, 8))
    work_out()
    return accord


def test_the_first_party_of_the_plans_own_order_opens(client: Client, accord):
    assert client.get(f"/plans/{ACCORD}/parties/").headers["Location"] == sheet_of(ARDEN)


def test_every_live_line_says_how_the_party_reads_by_which_words_and_what_level_follows(client: Client, story):
    ceasefire, prisoners = lines_of(client, ARDEN)
    assert ceasefire == "1 Ceasefire Rejects Arden says reject. 9 Jan 2026 , A spokesperson Contested"
    assert prisoners == "2 Prisoners Silent No word of its own. Open"


def test_the_tally_counts_readings_and_leads_to_those_lines_on_the_board(client: Client, story):
    html = client.get(sheet_of(ARDEN)).content.decode()
    tally = re.findall(r'<ul class="tally".*?</ul>', html, flags=re.DOTALL)[0]
    assert words(tally) == "1 Silent 1 Rejects"
    assert f'href="/plans/{ACCORD}/?party={ARDEN}&amp;stance=reject&amp;rows=current"' in tally


def test_a_party_that_the_line_does_not_need_is_told_apart_in_words(client: Client, story):
    assert lines_of(client, CALDOR)[0] == "1 Ceasefire , not essential Silent No word of its own. Contested"
    assert "Essential on 0 of 2 lines" in seen(client.get(sheet_of(CALDOR)))
    assert "Principal Essential on 2 of 2 lines" in seen(client.get(sheet_of(ARDEN)))


def test_consent_to_earlier_words_says_on_which(client: Client, story):
    revision("draft-2", words={"prisoners": "Most prisoners return."}, derives_from="draft-1")
    work_out()
    (only,) = lines_of(client, BREVIA)
    assert "Stale Brevia says accept. 8 Jan 2026 , A spokesperson, on the draft-1" in only


def test_old_words_say_that_they_are_older_than_the_horizon(client: Client, story):
    work_out(date(2026, 6, 1))
    assert "A spokesperson, older than the horizon" in lines_of(client, BREVIA)[0]


def test_words_on_the_whole_text_say_so_and_stand_by_themselves_too(client: Client, story):
    says(ARDEN, Stance.RESERVE, None, on=date(2026, 1, 10))
    work_out()
    assert "Arden says reserve. Reserves, 10 Jan 2026 , A spokesperson, on the draft-1" in section(client, ARDEN, "ow")
    assert "Its reserve on the whole text, 10 Jan 2026, marks the plan" in seen(client.get(sheet_of(ARDEN)))


def test_a_refusal_of_the_whole_text_marks_the_plan_and_no_line(client: Client, story):
    says(BREVIA, Stance.REJECT, None, on=date(2026, 1, 10))
    work_out()
    page = seen(client.get(sheet_of(BREVIA)))
    assert "Its refusal of the whole text, 10 Jan 2026, marks the plan and is not spread over the lines." in page
    assert not any("Rejects" in each for each in lines_of(client, BREVIA))


def test_where_it_moved_has_each_change_of_mind_with_both_days(client: Client, story):
    moved = section(client, ARDEN, "mv")
    assert "9 Jan 2026 Ceasefire : Accepts → to Rejects Arden says reject." in moved
    assert "on the draft-1; before that 6 Jan 2026" in moved
    assert "It has said nothing that differs from what it said before" in section(client, BREVIA, "mv")


def test_the_same_said_again_is_no_move(client: Client, story):
    says(BREVIA, Stance.ACCEPT, "ceasefire", on=date(2026, 1, 12))
    assert "It has said nothing that differs" in section(client, BREVIA, "mv")


def test_what_the_text_asks_of_it_is_told_apart_from_what_it_gets(client: Client, accord):
    line("corridor", roles={ARDEN: Role.OBLIGOR, BREVIA: Role.BENEFICIARY, CALDOR: Role.VERIFIER})
    revision("draft-2", words={"corridor": "Arden opens a corridor."}, derives_from="draft-1")
    work_out()
    assert "1 Corridor (bound by it)" in section(client, ARDEN, "du")
    assert "1 Corridor (verifier)" in section(client, CALDOR, "du")
    brevia = section(client, BREVIA, "du")
    assert "No line binds it, and it vouches for none." in brevia
    assert "1 line that touches it otherwise 1 Corridor (beneficiary)" in brevia


def test_what_it_asks_has_its_conditions_and_whether_they_are_met(client: Client, story):
    event("truce", ("unmet", date(2026, 1, 6)))
    says(
        ARDEN,
        Stance.CONDITIONAL,
        "prisoners",
        on=date(2026, 1, 11),
        conditions=(ConditionContent(kind=ConditionKind.EVENT_MET, event="truce"),),
    )
    work_out()
    asks = section(client, ARDEN, "as")
    assert "2 Prisoners : Arden says conditional. Conditional, 11 Jan 2026 , A spokesperson Truce" in asks
    assert "not met" in asks
    assert "It sets no condition, and objects to no line." in section(client, BREVIA, "as")


def test_what_others_say_about_it_stands_apart_and_is_not_counted(client: Client, story):
    says(ARDEN, Stance.ACCEPT, "prisoners", authority=Authority.ATTRIBUTED, asserted_by=CALDOR, on=date(2026, 1, 12))
    work_out()
    claim = section(client, ARDEN, "cl")
    assert "Prisoners : Arden says accept. 12 Jan 2026 , A spokesperson, said by Caldor. Not counted." in claim
    assert lines_of(client, ARDEN)[1] == "2 Prisoners Claimed No word of its own. Open"


def test_lines_that_wait_on_it_alone_are_named(client: Client, story):
    waiting = section(client, ARDEN, "wt")
    assert "Arden is essential on 2 lines and consents to 0 of them." in waiting
    assert "On 2 lines every other essential party already consents: 1 Ceasefire 2 Prisoners" in waiting
    assert "No line waits on it alone." in section(client, BREVIA, "wt")


def test_a_long_history_keeps_its_tail_one_step_away(client: Client, accord):
    for day in range(5, 20):
        says(ARDEN, Stance.ACCEPT if day % 2 else Stance.REJECT, "ceasefire", on=date(2026, 1, day))
    work_out()
    assert "6 earlier moves" in section(client, ARDEN, "mv")


def test_before_levels_are_worked_out_the_page_says_so(client: Client, accord):
    says(ARDEN, Stance.RESERVE, None)
    page = seen(client.get(sheet_of(ARDEN)))
    assert "Nothing is read yet Levels have not been worked out, or no line has words in the current text." in page
    assert "Arden says reserve." in page


@pytest.mark.parametrize("address", ["/plans/nowhere/parties/", f"/plans/nowhere/parties/{ARDEN}/", sheet_of("nobody")])
def test_what_is_not_there_is_not_found(client: Client, accord, address):
    assert client.get(address).status_code == 404


def test_a_party_of_another_plan_has_no_sheet_in_this_one(client: Client, accord):
    with writing("pact", by=TESTER, create=True) as pen:
        pen.put([PartyContent(slug="elsa", name="Elsa", short="Elsa")])
        pen.put([PlanContent(slug="pact", title="A pact", parties=("elsa",), principals=("elsa",))])
    assert client.get(sheet_of("elsa")).status_code == 404
    # One party alone is enough for a sheet, before there is any text.
    assert client.get("/plans/pact/parties/elsa/").status_code == 200


def test_every_party_has_the_same_sheet_in_the_order_of_the_plan(client: Client, story):
    html = client.get(sheet_of(DORNE)).content.decode()
    switch = re.findall(r'<nav class="btn-group.*?</nav>', html, flags=re.DOTALL)[0]
    assert words(switch) == "Arden Brevia Caldor Dorne"
    assert re.findall(r'<a [^>]*aria-current="page">([^<]+)', switch) == ["Dorne"]


@pytest.mark.parametrize("lines", [5, 60])
def test_a_sheet_costs_the_same_queries_however_much_is_on_record(client: Client, db, lines):
    plan = builders.long_plan(lines)
    recompute(plan.pk, today=DAY)
    client.get(sheet_of(ARDEN))
    # Beside the board, which is kept: one moment and its end; the plan and its version; texts, titles and all that was
    # said; roles; the note on the party.
    assert cost(lambda: client.get(sheet_of(ARDEN))) == cost(lambda: board(ACCORD)) + 9
