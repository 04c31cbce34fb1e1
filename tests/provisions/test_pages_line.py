"""The page of a line as people read it."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from django.test import Client

from provisions.agreement.words import Authority, EventState, Level, Stance, WordingChange
from provisions.assessing import recompute
from provisions.contents import (
    CompanionContent,
    ConditionContent,
    DisputeContent,
    FigureContent,
    ProvisionContent,
    RivalClaimContent,
    RulingContent,
    VariantContent,
    When,
    WordingContent,
)
from provisions.held import held
from provisions.models import ConditionKind, DisputeStatus, Plan, Resource
from provisions.record import change, retract_position, writing
from tests import builders
from tests.builders import ACCORD, ARDEN, BREVIA, CALDOR, TESTER, event, revision, says

from .pages import part, seen, words

PAGE = f"/plans/{ACCORD}/provisions/ceasefire/"
DAY = date(2026, 1, 10)


def work_out(day: date = DAY) -> None:
    recompute(Plan.objects.get(slug=ACCORD).pk, today=day)


def wording(key: str) -> WordingContent:
    content: WordingContent = held(Plan.objects.get(slug=ACCORD), Resource.WORDING)[key].content
    return content


def second_draft(text: str = "All fire ceases at dawn.") -> None:
    words = {"ceasefire": text, "prisoners": "All prisoners return home."}
    revision("draft-2", words=words, derives_from="draft-1", dated=date(2026, 1, 7))


def test_the_wording_is_marked_against_the_first_text_unless_another_is_asked_for(client: Client, accord):
    second_draft("All fire ceases at dawn.")
    revision("draft-3", words={"ceasefire": "All fire ceases at dusk."}, derives_from="draft-2")
    assert "ceases at deleted: noon (end) inserted: dusk (end) ." in seen(client.get(PAGE), within="wording")
    assert "ceases at deleted: dawn (end) inserted: dusk (end) ." in seen(
        client.get(f"{PAGE}?compare=draft-2"), within="wording"
    )
    assert "All fire ceases at dusk." in seen(client.get(f"{PAGE}?compare=none"), within="wording")


def test_the_line_of_today_leads_to_itself_as_json_and_the_line_of_a_past_day_does_not(client: Client, accord):
    assert f'href="/api/v1/plans/{ACCORD}/provisions/ceasefire"' in client.get(PAGE).content.decode()
    assert client.get(f"/api/v1/plans/{ACCORD}/provisions/ceasefire").json()["slug"] == "ceasefire"
    assert 'id="as-data"' not in client.get(f"{PAGE}?as_of=2026-01-10").content.decode()


def test_the_lineage_shows_every_text_with_the_lines_number_in_it(client: Client, accord):
    second_draft()
    ribbon = words(part(client.get(PAGE).content.decode(), "main").partition('class="ribbon"')[2].partition("</ol>")[0])
    assert "1 Draft-1 5 Jan 2026" in ribbon
    assert "1 Draft-2 7 Jan 2026, current Modified" in ribbon


def test_each_party_has_its_whole_history_with_day_speaker_and_source(client: Client, accord):
    says(ARDEN, Stance.REJECT, "ceasefire", on="2026-01-05")
    says(ARDEN, Stance.ACCEPT, "ceasefire", on="2026-01-06")
    work_out()
    voice = seen(client.get(PAGE), within="pos-arden")
    assert voice.startswith("Arden principal Accepts Authoritative Arden says accept. 6 Jan 2026 , A spokesperson.")
    assert "The Daily Record" in voice
    assert "1 other entry 5 Jan 2026 Rejects , on the draft-1" in voice


def test_essential_parties_stand_before_the_others(client: Client, accord):
    work_out()
    text = seen(client.get(PAGE), within="positions")
    order = [
        "Essential here",
        "Arden principal",
        "Brevia principal",
        "Other parties",
        "Caldor no role",
        "Dorne no role",
    ]
    assert [text.index(each) for each in order] == sorted(text.index(each) for each in order)


def test_a_claim_stands_under_the_party_it_is_about_and_is_not_counted(client: Client, accord):
    says(BREVIA, Stance.ACCEPT, "ceasefire", authority=Authority.ATTRIBUTED, asserted_by=CALDOR)
    says(BREVIA, Stance.ACCEPT, "ceasefire", authority=Authority.REPORTED)
    work_out()
    voice = seen(client.get(PAGE), within="pos-brevia")
    assert "Claimed, only others say so" in voice
    assert "Said by Caldor: Brevia says accept." in voice
    assert "Reported, below the plan’s threshold: Brevia says accept." in voice
    assert voice.count("Not counted.") == 2


def test_a_retracted_position_stays_readable_with_its_reason(client: Client, accord):
    key = says(ARDEN, Stance.REJECT, "ceasefire")
    retract_position(ACCORD, key, by=replace(TESTER, reason="It was another Arden."))
    work_out()
    voice = seen(client.get(PAGE), within="pos-arden")
    assert "Silent" in voice
    assert "Retracted: It was another Arden." in voice


def test_stances_stand_text_by_text_beside_how_the_party_reads_now(client: Client, accord):
    says(ARDEN, Stance.ACCEPT, "ceasefire")
    says(BREVIA, Stance.IN_PRINCIPLE, None)
    second_draft()
    says(BREVIA, Stance.RESERVE, "ceasefire", revision="draft-2", on="2026-01-08")
    work_out()
    table = words(part(client.get(PAGE).content.decode(), "positions").partition("<tbody>")[2].partition("</tbody>")[0])
    assert "Arden Accepts no word Stale" in table
    assert "Brevia In principle Reserves Reserves" in table
    assert "Caldor not essential no word no word Silent" in table


def test_why_is_told_in_sentences_with_the_clause_of_the_rule(client: Client, accord):
    says(ARDEN, Stance.REJECT, "ceasefire", on="2026-01-06")
    says(BREVIA, Stance.ACCEPT, "ceasefire", on="2026-01-05", authority=Authority.NEGOTIATOR)
    work_out()
    proof = seen(client.get(PAGE), within="proof")
    assert "Why “Contested” Support 1 of 2 now, 1 of 2 at most" in proof
    assert "Arden rejects these words, 6 Jan 2026, authoritative." in proof
    assert "Brevia accepts these words, 5 Jan 2026, negotiator." in proof
    assert "Caldor and Dorne are not essential here." in proof
    assert "first clause that fits: some essential party rejects." in proof


def test_an_objection_to_earlier_words_stands_and_says_so(client: Client, accord):
    says(ARDEN, Stance.REJECT, "ceasefire", on="2026-01-06")
    second_draft()
    work_out()
    proof = seen(client.get(PAGE), within="proof")
    assert "Arden rejects the words of the draft-1, 6 Jan 2026" in proof
    assert "an objection stands until it is taken back" in proof
    assert "On earlier wording Arden." in proof


def test_consent_known_only_to_the_month_says_when_it_counts(client: Client, accord):
    says(ARDEN, Stance.REJECT, "ceasefire", on="2026-01")
    work_out()
    assert (
        "Jan 2026, authoritative. The day is not known; an objection counts from the first day of its period."
        in seen(client.get(PAGE), within="proof")
    )


def test_what_would_lift_a_line_is_told_as_moves(client: Client, accord):
    says(ARDEN, Stance.REJECT, "ceasefire")
    says(BREVIA, Stance.RESERVE, "ceasefire")
    work_out()
    proof = seen(client.get(PAGE), within="proof")
    assert "To a higher level: Arden withdraws its objection To agreed: 2 moves in all." in proof
    assert "Arden withdraws its objection Brevia lifts its reserve Agreed" in proof


def test_conditions_are_told_with_their_state_and_link_the_other_line(client: Client, accord):
    event("withdrawal", (EventState.UNMET, date(2026, 1, 5)))
    conditions = (
        ConditionContent(kind=ConditionKind.PROVISION_REACHES, provision="prisoners", level="agreed"),
        ConditionContent(kind=ConditionKind.EVENT_MET, event="withdrawal"),
    )
    says(ARDEN, Stance.CONDITIONAL, "ceasefire", conditions=conditions)
    says(BREVIA, Stance.ACCEPT, "ceasefire")
    work_out()
    proof = seen(client.get(PAGE), within="proof")
    assert "on a condition: Withdrawal (not met yet) and 2 Prisoners reaches agreed (not met yet), 5 Jan 2026" in proof
    assert "It happens: Withdrawal" in proof
    assert "2 Prisoners reaches agreed" in proof
    other = seen(client.get(f"/plans/{ACCORD}/provisions/prisoners/"), within="proof")
    assert "Linked conditions 1 Ceasefire Arden ties that line to this" in other


def test_confidence_gives_its_reasons(client: Client, accord):
    says(ARDEN, Stance.ACCEPT, "ceasefire", grade="C3")
    says(BREVIA, Stance.ACCEPT, "ceasefire")
    work_out()
    proof = seen(client.get(PAGE), within="proof")
    assert "Confidence: low" in proof
    assert "The deciding evidence is graded below B2 (one step)." in proof
    assert "A deciding word rests on one source (one step)." in proof


def test_rival_words_stand_side_by_side_with_their_figures(client: Client, accord):
    figure = FigureContent(name="troops", label="Troops", value=Decimal(600000), unit="personnel", note="At peace.")
    rival = VariantContent(parties=(BREVIA,), text="All fire ceases at dusk.", figures=(figure,), sources=("S1",))
    own = FigureContent(name="fund", label="Fund", value=Decimal(200_000_000_000), unit="USD")
    content = replace(wording("draft-1/ceasefire"), variants=(rival,), figures=(own,))
    change(ACCORD, content, seen=1, by=TESTER)
    page = client.get(PAGE)
    assert "Wording of Brevia All fire ceases at dusk." in seen(page)
    assert "Draft-1, Brevia wording 5 Jan 2026 Troops 600,000 personnel At peace." in seen(page)
    assert "Draft-1 5 Jan 2026 Fund USD 200 billion" in seen(page)


def test_lettered_parts_stand_under_the_words_of_their_line(client: Client, accord):
    with writing(ACCORD, by=TESTER) as pen:
        pen.put(
            [ProvisionContent(slug="ceasefire-at-sea", order=9, parent="ceasefire", title="At sea", category="peace")]
        )
        text = "Ships stop where they are."
        pen.put(
            [
                WordingContent(
                    provision="ceasefire-at-sea",
                    revision="draft-1",
                    number="1a",
                    text=text,
                    change=WordingChange.ADDED,
                )
            ]
        )
    assert "1a At sea Ships stop where they are." in seen(client.get(PAGE), within="wording")
    part_page = client.get(f"/plans/{ACCORD}/provisions/ceasefire-at-sea/")
    assert part_page["Location"] == f"{PAGE}#part-ceasefire-at-sea"


def test_claims_that_do_not_fit_together_stand_side_by_side(client: Client, accord):
    claims = (
        RivalClaimContent(value="noon", text="It was to be noon.", sources=("S1",)),
        RivalClaimContent(value="dusk", text="It was to be dusk.", sources=("S1",)),
    )
    with writing(ACCORD, by=TESTER) as pen:
        pen.put(
            [
                DisputeContent(
                    slug="hour",
                    subject="The hour",
                    status=DisputeStatus.OPEN,
                    assessment="Nobody knows.",
                    provisions=("ceasefire",),
                    claims=claims,
                )
            ]
        )
    dispute = seen(client.get(PAGE), within="dispute-hour")
    assert dispute.startswith("The hour open")
    assert "It was to be noon. noon The Daily Record It was to be dusk. dusk" in dispute
    assert dispute.endswith("Nobody knows.")


def test_an_analysts_ruling_stands_beside_the_level_and_counts_nowhere(client: Client, accord):
    with writing(ACCORD, by=TESTER) as pen:
        ruling = RulingContent(
            provision="ceasefire", revision="draft-1", level=Level.AGREED, reason="Both said so to us.", sources=("S1",)
        )
        pen.put([ruling])
    work_out()
    page = client.get(PAGE)
    assert "Unaddressed" in seen(page, within="level")
    proof = seen(page, within="proof")
    assert "Analyst’s ruling Agreed beside the computed level, counts nowhere Both said so to us." in proof


def test_a_ruling_on_words_that_changed_in_substance_has_lapsed_and_says_so(client: Client, accord):
    with writing(ACCORD, by=TESTER) as pen:
        ruling = RulingContent(
            provision="ceasefire", revision="draft-1", level=Level.AGREED, reason="Both said so to us.", sources=("S1",)
        )
        pen.put([ruling])
    second_draft()
    work_out()
    told = seen(client.get(PAGE), within="rulings")
    assert "None holds for these words. 1 earlier ruling Agreed" in told
    assert "on the draft-1: Both said so to us. The Daily Record Lapsed: the words have changed in substance" in told


def test_a_ruling_that_was_replaced_stays_readable(client: Client, accord):
    for reason, version in (("At first sight.", 0), ("On second thoughts.", 1)):
        ruling = RulingContent(
            provision="ceasefire", revision="draft-1", level=Level.AGREED, reason=reason, sources=("S1",)
        )
        change(ACCORD, ruling, seen=version, by=TESTER)
    work_out()
    told = seen(client.get(PAGE), within="rulings")
    assert "counts nowhere On second thoughts." in told
    assert "Holds for these words, and lapses when they change in substance." in told
    assert "At first sight. The Daily Record Replaced" in told.partition("1 earlier ruling")[2]


def test_figures_that_moved_are_drawn_and_said_in_words_and_stand_in_a_table(client: Client, accord):
    second_draft()
    for draft, hours in (("draft-1", 12), ("draft-2", 18)):
        figure = FigureContent(name="hours", label="Hours of rest", value=Decimal(hours), unit="hours")
        with writing(ACCORD, by=TESTER) as pen:
            pen.put([replace(wording(f"{draft}/ceasefire"), figures=(figure,))])
    page = client.get(PAGE)
    chart = part(part(page.content.decode(), "figures"), "svg")
    assert 'aria-label="Hours of rest. draft-1: 12 hours; draft-2: 18 hours"' in chart
    assert words(chart).count("12 hours") == 2
    table = seen(page, within="figures-table")
    assert "Draft-1 5 Jan 2026 Hours of rest 12 hours" in table
    assert "Draft-2 7 Jan 2026 Hours of rest 18 hours" in table


def test_companions_that_name_a_figure_of_the_line_are_listed(client: Client, accord):
    figure = FigureContent(name="hours", label="Hours of rest", value=Decimal(12), unit="hours")
    with writing(ACCORD, by=TESTER) as pen:
        pen.put([replace(wording("draft-1/ceasefire"), figures=(figure,))])
        pen.put(
            [
                CompanionContent(
                    slug="annex",
                    title="Annex on rest",
                    dated=When(DAY),
                    status="a draft",
                    figures=(figure,),
                    sources=("S1",),
                ),
                CompanionContent(slug="other", title="Annex on ships", dated=When(DAY), sources=("S1",)),
            ]
        )
    told = seen(client.get(PAGE), within="companions")
    assert "Annex on rest 10 Jan 2026, a draft; Hours of rest: 12 hours. The Daily Record" in told
    assert "ships" not in told
    assert "companions" not in client.get(f"/plans/{ACCORD}/provisions/prisoners/").content.decode()


def test_companions_that_are_about_the_line_or_a_part_of_it_are_listed(client: Client, accord):
    part_of = ProvisionContent(slug="truce", order=9, title="Truce", category="peace", parent="ceasefire")
    with writing(ACCORD, by=TESTER) as pen:
        pen.put([part_of])
        pen.put(
            [
                CompanionContent(slug="annex", title="Annex on noon", dated=When(DAY), provisions=("ceasefire",)),
                CompanionContent(slug="protocol", title="Protocol", dated=When(DAY), provisions=("truce",)),
                CompanionContent(slug="other", title="Annex on ships", dated=When(DAY), provisions=("prisoners",)),
            ]
        )
    told = seen(client.get(PAGE), within="companions")
    assert "Annex on noon 10 Jan 2026" in told
    assert "Protocol" in told
    assert "ships" not in told


def test_the_history_shows_word_by_word_what_was_edited(client: Client, accord):
    change(ACCORD, replace(wording("draft-1/ceasefire"), text="All fire ceases at dawn."), seen=1, by=TESTER)
    assert "All fire ceases at deleted: noon (end) inserted: dawn (end) ." in seen(client.get(PAGE), within="history")


def test_a_line_that_is_gone_shows_its_last_words_and_takes_no_position(client: Client, accord):
    says(ARDEN, Stance.REJECT, "ceasefire")
    revision("draft-2", words={"prisoners": "All prisoners return home."}, derives_from="draft-1")
    work_out()
    page = client.get(PAGE)
    assert "Last wording All fire ceases at noon." in seen(page, within="wording")
    assert "The line has no words in the current text, so nobody is read on it." in seen(page)
    proof = seen(page, within="proof")
    assert "Why “Withdrawn”" in proof
    assert "Last words: draft-1, contested. Contested So it stands by the same rule in the Draft-1" in proof
    assert "Why “Contested”" in seen(client.get(f"{PAGE}?revision=draft-1"), within="proof")
    assert "Add a position" not in seen(page)
    assert "5 Jan 2026 Rejects , on the draft-1" in seen(page, within="pos-arden")


def test_the_history_tells_what_was_added_and_when_the_level_moved(client: Client, accord):
    says(ARDEN, Stance.REJECT, "ceasefire")
    work_out()
    history = seen(client.get(PAGE), within="history")
    assert "Level set to Contested. Computed, rule AS-1" in history
    assert "Position of Arden on Ceasefire added: rejects. shell: a test tells a story" in history
    assert history.index("Level set") < history.index("Position of Arden")
    assert "Prisoners" not in history


def test_the_citation_names_plan_point_day_state_and_rule(client: Client, accord):
    work_out()
    seq = Plan.objects.get(slug=ACCORD).seq
    assert seen(client.get(PAGE), within="cite") == (
        f"Provision Tracker, An accord, point 1 (Ceasefire), as of 10 Jan 2026, state {seq}, rule AS-1."
        f" http://testserver{PAGE}?as_of=2026-01-10&seq={seq}"
    )


def test_the_link_that_is_cited_shows_the_same_whatever_is_added_later(client: Client, accord):
    says(ARDEN, Stance.ACCEPT, "ceasefire")
    says(BREVIA, Stance.ACCEPT, "ceasefire")
    work_out()
    link = seen(client.get(PAGE), within="permalink")
    says(BREVIA, Stance.REJECT, "ceasefire", on="2026-01-09")
    second_draft()
    work_out()
    assert "Stale" in seen(client.get(PAGE), within="pos-arden")
    cited = client.get(link)
    assert "Agreed" in seen(cited, within="level")
    assert "All fire ceases at noon." in seen(cited, within="wording")
    assert "Rejects" not in seen(cited, within="pos-brevia")
    assert "worked out for 10 Jan 2026" in seen(cited, within="state")


def test_a_link_from_a_past_page_keeps_its_day_and_the_text_it_compares_with(client: Client, accord):
    second_draft()
    link = seen(client.get(f"{PAGE}?as_of=2026-01-08&compare=none"), within="permalink")
    assert link == f"http://testserver{PAGE}?as_of=2026-01-08&compare=none"


def test_a_number_leads_to_the_line_that_has_it(client: Client, accord):
    revision(
        "draft-2",
        words={"prisoners": "All prisoners return home.", "ceasefire": "All fire ceases at noon."},
        derives_from="draft-1",
    )
    assert client.get(f"/plans/{ACCORD}/provisions/1/")["Location"] == f"/plans/{ACCORD}/provisions/prisoners/"
    assert client.get(f"/plans/{ACCORD}/provisions/1/?text=draft-1")["Location"] == PAGE
    assert client.get(f"/plans/{ACCORD}/provisions/99/").status_code == 404


def test_a_page_that_is_open_learns_of_a_new_level(client: Client, accord):
    says(ARDEN, Stance.ACCEPT, "ceasefire")
    work_out()
    poll = part(client.get(PAGE).content.decode(), "poll")
    address = poll.partition('hx-get="')[2].partition('"')[0]
    assert client.get(address).status_code == 204
    says(BREVIA, Stance.REJECT, "ceasefire")
    work_out()
    news = client.get(address).content.decode()
    assert "Contested" in words(part(news, "level"))
    assert "Brevia says reject." in words(part(news, "positions"))
    assert words(part(news, "live")) == "The page was updated. Level: Contested."


@pytest.mark.parametrize("lines", [2, 60])
def test_a_page_costs_the_same_queries_however_long_the_plan_and_the_history(
    client: Client, db, lines, django_assert_num_queries
):
    builders.long_plan(lines)
    for _n in range(lines // 2):
        says(ARDEN, Stance.ACCEPT, "line-1", on="2026-01-06")
    work_out()
    # Two to have one moment of the record, six for the board. Then one each: the line with its parts and roles, the
    # texts with what they removed, the words with where they come from, their figures and rival words, what was said
    # with evidence and conditions, disputes, companions, rulings, all sources by name, the log. None is asked for an
    # entry, or another line; the plan and its names are those of the board.
    with django_assert_num_queries(2 + 6 + 9):
        assert client.get(f"/plans/{ACCORD}/provisions/line-1/").status_code == 200


def test_a_page_whose_board_is_kept_costs_at_most_fourteen_queries(
    client: Client, accord, django_assert_max_num_queries
):
    figure = FigureContent(name="hours", label="Hours of rest", value=Decimal(12), unit="hours")
    about = ("ceasefire",)
    with writing(ACCORD, by=TESTER) as pen:
        rival = VariantContent(parties=(ARDEN,), text="Fire ceases.", figures=(figure,), sources=("S1",))
        pen.put([replace(wording("draft-1/ceasefire"), figures=(figure,), variants=(rival,), sources=("S1",))])
        pen.put([CompanionContent(slug="annex", title="Annex", dated=When(DAY), provisions=about, figures=(figure,))])
        claim = RivalClaimContent(text="At noon.", sources=("S1",))
        pen.put(
            [DisputeContent(slug="hour", subject="When", status=DisputeStatus.OPEN, provisions=about, claims=(claim,))]
        )
    event("truce", (EventState.UNMET, DAY))
    awaits = ConditionContent(kind=ConditionKind.EVENT_MET, event="truce")
    says(ARDEN, Stance.CONDITIONAL, "ceasefire", conditions=(awaits,))
    work_out()
    client.get(PAGE)
    # One for the state of the board that is kept; what came to the page above: the rival claims, titles of events.
    with django_assert_max_num_queries(2 + 12):
        assert "Annex" in seen(client.get(PAGE))
