"""The timeline: everything dated on one axis, as a list, and as a way to any past day."""

import json
import re
from dataclasses import replace
from datetime import date
from html import unescape

import pytest
from django.test import Client
from django.utils import timezone

from provisions.agreement.words import Authority, Provenance, Stance
from provisions.contents import ConditionContent, EventContent, PartyContent, PlanContent, When
from provisions.drawing import BOLD, HEAD, RIGHT, Drawing, drawing
from provisions.held import held
from provisions.models import Change, ConditionKind, Plan, Resource
from provisions.record import retract_position, writing
from provisions.timeline import PAGE, timeline
from tests import builders
from tests.builders import ACCORD, ARDEN, BREVIA, CALDOR, FIRST_DAY, PARTIES, TESTER, event, revision, says

from .pages import part, seen, words

TIMELINE = f"/plans/{ACCORD}/timeline/"
TODAY = timezone.now().date()


def happened(slug: str, on: date, *, title: str = "", summary: str = "") -> None:
    content = EventContent(slug=slug, title=title or slug.capitalize(), dated=When(on), summary=summary)
    with writing(ACCORD, by=TESTER) as pen:
        pen.put([content])


def entries(client: Client, query: str = "") -> list[str]:
    """The list, entry by entry, as it is read."""
    html = client.get(f"{TIMELINE}{query}").content.decode()
    feed = re.search(r'<ol class="feed".*?</ol>', html, flags=re.DOTALL)
    return [words(each) for each in re.findall(r"<li>.*?</li>", feed.group(), flags=re.DOTALL)] if feed else []


def chart(client: Client, query: str = "") -> str:
    return client.get(f"{TIMELINE}{query}").content.decode().partition('role="img"')[2].partition("</svg></div>")[0]


def told(client: Client) -> list[str]:
    """What the marks of the chart say when they are pointed at."""
    return [unescape(each) for each in re.findall(r"<title>([^<]+)</title>", chart(client))]


def levels(client: Client) -> list[list[str]]:
    """The rows of the table of levels: day, text, lines at each level, points without words."""
    table = part(client.get(TIMELINE).content.decode(), "levels")
    return [[words(cell) for cell in re.findall(r"<t[hd].*?</t[hd]>", row)] for row in table.split("<tr>")[2:]]


def drawn_now() -> Drawing:
    found = drawing(timeline(ACCORD))
    assert found is not None
    return found


@pytest.fixture
def story(accord: Plan) -> Plan:
    """Two texts, what was said of them, and an event."""
    says(ARDEN, Stance.ACCEPT, "ceasefire", on=date(2026, 1, 6))
    says(BREVIA, Stance.REJECT, "ceasefire", on=date(2026, 1, 8))
    happened("talks", date(2026, 1, 9), summary="Both sides met.")
    revision(
        "draft-2",
        words={"ceasefire": "All fire ceases at dusk."},
        derives_from="draft-1",
        dated=date(2026, 1, 10),
        provenance=Provenance.ANNOUNCED,
    )
    return accord


# ---- The list ----


def test_the_latest_stands_first_and_what_follows_from_something_above_it(client: Client, story):
    assert [each.split()[:3] for each in entries(client)] == [
        ["10", "Jan", "2026"],
        ["9", "Jan", "2026"],
        ["8", "Jan", "2026"],
        ["8", "Jan", "2026"],
        ["6", "Jan", "2026"],
        ["6", "Jan", "2026"],
        ["5", "Jan", "2026"],
    ]
    assert "1 Ceasefire: Open to Contested Brevia: rejects." in entries(client)[2]
    assert "Brevia on Ceasefire" in entries(client)[3]


def test_a_text_says_how_it_is_known_and_how_much_of_it(client: Client, story):
    first, last = entries(client, "?kind=text")[-1], entries(client, "?kind=text")[0]
    assert "Draft-1 Official text; 2 lines with words on record." in first
    assert "1 line with words on record." in last


def test_a_statement_says_of_what_by_whom_and_how(client: Client, story):
    assert "Arden on Ceasefire Arden says accept. A spokesperson. Accepts" in entries(client, "?kind=statement")[1]
    html = client.get(f"{TIMELINE}?kind=statement").content.decode()
    assert f'href="/plans/{ACCORD}/provisions/ceasefire/#pos-{ARDEN}"' in html


def test_a_word_on_a_whole_text_leads_to_the_party(client: Client, accord):
    says(ARDEN, Stance.RESERVE, None)
    assert "Arden on the whole of the draft-1" in entries(client, "?kind=statement")[0]
    assert f'href="/plans/{ACCORD}/parties/{ARDEN}/"' in client.get(f"{TIMELINE}?kind=statement").content.decode()


def test_what_is_not_counted_says_why(client: Client, accord):
    says(ARDEN, Stance.ACCEPT, "ceasefire", authority=Authority.ATTRIBUTED, asserted_by=CALDOR, on=date(2026, 1, 6))
    says(BREVIA, Stance.ACCEPT, "ceasefire", authority=Authority.ATTRIBUTED, on=date(2026, 1, 7))
    own, claim = entries(client, "?kind=statement")
    assert "Below the plan's threshold, not counted." in own
    assert "Said by Caldor, not counted." in claim


def test_an_event_that_only_a_condition_names_says_so(client: Client, story):
    event("truce", ("unmet", date(2026, 1, 6)))
    says(
        BREVIA,
        Stance.CONDITIONAL,
        "ceasefire",
        on=date(2026, 1, 12),
        revision="draft-2",
        conditions=(ConditionContent(kind=ConditionKind.EVENT_MET, event="truce"),),
    )
    (awaited,) = entries(client, "?kind=awaited")
    assert "Truce named in a condition" in awaited
    (reported,) = entries(client, "?kind=event")
    assert "9 Jan 2026 Talks Both sides met." in reported


def test_a_retracted_position_is_left_out(client: Client, story):
    retract_position(ACCORD, "p2", by=replace(TESTER, reason="It was another Brevia."))
    assert not any("Brevia" in each for each in entries(client))


def test_the_list_can_be_narrowed_to_a_party(client: Client, story):
    (only,) = entries(client, f"?party={BREVIA}")
    assert "Brevia on Ceasefire" in only
    assert seen(client.get(f"{TIMELINE}?party={CALDOR}")).count("Nothing of this kind is on record") == 1


@pytest.mark.parametrize("query", ["?kind=nonsense", "?party=nobody", "?since=never", "?since=2026-01-06.x.y"])
def test_what_makes_no_sense_in_the_address_is_left_aside(client: Client, story, query):
    assert len(entries(client, query)) == len(entries(client))


def test_a_long_list_is_read_page_by_page_without_a_gap(client: Client, db):
    builders.long_plan(40)
    found, query = [], ""
    while True:
        html = client.get(f"{TIMELINE}{query}").content.decode()
        page = entries(client, query)
        assert len(page) <= PAGE
        found += page
        older = re.search(r'rel="next" href="[^"?]*(\?[^"#]*)', html)
        if not older:
            break
        query = unescape(older.group(1))
    # A text, what each principal said of each line, and a level for each line.
    assert len(found) == 1 + 2 * 40 + 40
    assert f"{len(found)} entries." in seen(client.get(TIMELINE))


# ---- The chart and its table ----


def test_each_text_party_event_and_level_has_its_mark(client: Client, story):
    marks = told(client)
    assert "Draft-1, 5 Jan 2026: Official text" in marks
    assert "Arden, 6 Jan 2026: Accepts (1 statement)" in marks
    assert "9 Jan 2026: Talks" in marks
    assert "8 Jan 2026: Contested: Ceasefire" in marks


def test_what_was_said_alike_on_a_day_is_one_mark_with_a_number(client: Client, accord):
    for line in ("ceasefire", "prisoners"):
        says(ARDEN, Stance.ACCEPT, line, on=date(2026, 1, 6))
    assert "Arden, 6 Jan 2026: Accepts (2 statements)" in told(client)


def test_every_party_has_a_lane_however_many_there_are(client: Client, story):
    lanes = re.findall(r'<text x="0" y="[\d.]+" class="strong">([^<]+)</text>', client.get(TIMELINE).content.decode())
    assert lanes == ["Levels", "Texts", *(each.title() for each in PARTIES), "Events", "Changes"]


def test_long_names_have_room_beside_the_lanes(client: Client, accord):
    def room() -> float:
        (width,) = re.findall(
            r'<div class="tl chart"><svg viewBox="0 0 ([\d.]+) ', client.get(TIMELINE).content.decode()
        )
        return float(width)

    assert room() == HEAD
    with writing(ACCORD, by=TESTER) as pen:
        pen.put([PartyContent(slug=ARDEN, name="Arden", short="Council of all Arden")])
    assert room() >= len("Council of all Arden") * BOLD


@pytest.mark.parametrize(
    ("numbers", "label"),
    [({}, "1, 2"), ({"ceasefire": ""}, "2 +1"), ({"ceasefire": "", "prisoners": ""}, "2 lines")],
)
def test_lines_that_moved_are_named_by_number_and_counted_without(client: Client, accord, numbers, label):
    revision(
        "draft-2",
        words={"ceasefire": "All fire ceases at dusk.", "prisoners": "Some prisoners go home."},
        derives_from="draft-1",
        dated=date(2026, 1, 12),
        numbers=numbers,
    )
    for party in (ARDEN, BREVIA):
        for line in ("ceasefire", "prisoners"):
            says(party, Stance.ACCEPT, line, on=date(2026, 1, 13), revision="draft-2")
    assert label in [mark.label for mark in drawn_now().lanes[-1].marks]


@pytest.mark.parametrize(("years", "label"), [(1, "366 d"), (20, "20 y")])
def test_years_are_told_in_years_where_days_would_not_have_room(client: Client, db, years, label):
    builders.plan(lines={"ceasefire": "All fire ceases."})
    happened("talks", date(FIRST_DAY.year - years, FIRST_DAY.month, FIRST_DAY.day - 1))
    assert drawn_now().breaks[0].label == label


def test_what_is_said_beside_the_last_marks_is_not_cut_off(client: Client, accord):
    for line in ("ceasefire", "prisoners"):
        says(ARDEN, Stance.ACCEPT, line, on=TODAY)
    drawn = drawn_now()
    assert drawn.width >= max(mark.end for lane in drawn.lanes for mark in lane.marks) > drawn.now.x + RIGHT


def test_marks_of_a_lane_do_not_cover_one_another(client: Client, accord):
    for n in range(12):
        says(ARDEN, list(Stance)[n % len(Stance)], "ceasefire", on=date(2026, 1, 5 + n // 6))
    drawn = drawn_now()
    for lane in drawn.lanes:
        places = [(mark.x, mark.y) for mark in lane.marks]
        assert len(places) == len(set(places))


def test_the_levels_are_a_table_too(client: Client, story):
    rows = levels(client)
    assert [row[:2] for row in rows] == [
        ["5 Jan 2026", "draft-1"],
        ["6 Jan 2026", "draft-1"],
        ["8 Jan 2026", "draft-1"],
        ["10 Jan 2026", "draft-2"],
    ]
    assert [sum(map(int, row[2:-1])) for row in rows] == [2, 2, 2, 1]


def test_points_without_words_are_a_field_of_their_own(client: Client, story):
    text = held(story, Resource.REVISION)["draft-2"].content
    with writing(ACCORD, by=TESTER) as pen:
        pen.put([replace(text, point_count=9)])
    assert levels(client)[-1][-1] == "8"
    for day in range(12, 28):
        happened(f"day-{day}", date(2026, 1, day))
    assert "8 of 9 points without words on record" in words(chart(client))


def test_a_quiet_stretch_is_drawn_shorter_and_says_how_long_it_was(client: Client, story):
    quiet = (TODAY - date(2026, 1, 10)).days
    assert f"{quiet} days without an entry, drawn shorter" in told(client)


def test_a_record_of_decades_still_fits_in_a_chart(client: Client, accord):
    for n in range(400):
        happened(f"talks-{n}", date(1990 + n // 12, 1 + n % 12, 3))
    drawn = drawn_now()
    assert drawn.width < 13_000


# ---- Replay ----


def test_replay_stops_on_each_day_on_which_something_came_and_ends_today(client: Client, story):
    html = client.get(TIMELINE).content.decode()
    stops = json.loads(unescape(re.findall(r'data-stops="([^"]*)"', html)[0]))
    assert [stop[0] for stop in stops] == [
        "2026-01-05",
        "2026-01-06",
        "2026-01-08",
        "2026-01-09",
        "2026-01-10",
        TODAY.isoformat(),
    ]
    assert stops[3][1:3] == ["9 Jan 2026", "Talks"]


def test_without_script_a_day_leads_to_the_board_as_of_that_day(client: Client, story):
    html = client.get(TIMELINE).content.decode()
    replay = re.findall(r'<form method="get" action="([^"]+)">.*?type="date" id="as_of" name="as_of"', html, re.DOTALL)
    assert replay == [f"/plans/{ACCORD}/"]
    assert client.get(replay[0], {"as_of": "2026-01-07"}).status_code == 200


def test_only_what_was_known_then(client: Client, story):
    moment = Change.objects.latest("seq").recorded_at
    says(ARDEN, Stance.REJECT, "prisoners", on=date(2026, 1, 7))
    happened("truce", date(2026, 1, 7))
    then = {"known_at": moment.isoformat()}
    page = client.get(TIMELINE, then)
    assert "Looking back: only what was on record by" in seen(page)
    assert "Prisoners" not in seen(page)
    assert "Truce" not in seen(page)
    assert "Arden on Prisoners" in seen(client.get(TIMELINE))
    # Filtering keeps looking back.
    assert f'name="known_at" value="{moment.isoformat()}"' in page.content.decode()


def test_before_anything_was_on_record_the_page_says_when_it_begins(client: Client, story):
    page = client.get(TIMELINE, {"known_at": "2020-01-01"})
    assert page.status_code == 200
    assert "Nothing of this plan was on record then You asked what was known by 1 Jan 2020." in seen(page)


@pytest.mark.parametrize("moment", ["soon", "2999-01-01", "2999-01-01T12:00Z", "2026-13-01"])
def test_a_moment_that_is_not_past_is_said_and_not_taken_for_now(client: Client, story, moment):
    page = seen(client.get(TIMELINE, {"known_at": moment}))
    assert f"“{moment}” is not a past moment" in page
    assert "This is the timeline as it is known now." in page


# ---- Ends ----


def test_events_before_the_first_text_are_drawn_already(client: Client, db):
    with writing(ACCORD, by=TESTER, create=True) as pen:
        pen.put([PartyContent(slug=ARDEN, name="Arden", short="Arden")])
        pen.put([PlanContent(slug=ACCORD, title="An accord", parties=(ARDEN,), principals=(ARDEN,))])
    happened("talks", date(2026, 1, 9))
    assert "9 Jan 2026: Talks" in told(client)
    assert "No text of the plan's own chain has words on record yet." in seen(client.get(TIMELINE))


def test_a_plan_without_anything_dated_says_what_it_needs(client: Client, db):
    with writing("empty", by=TESTER, create=True) as pen:
        pen.put([PartyContent(slug=ARDEN, name="Arden", short="Arden")])
        pen.put([PlanContent(slug="empty", title="An empty plan", parties=(ARDEN,), principals=(ARDEN,))])
    page = seen(client.get("/plans/empty/timeline/"))
    assert "Nothing is dated yet" in page
    assert "A timeline needs a text, a statement or an event with a day." in page


def test_a_plan_that_is_not_there_is_not_found(client: Client, db):
    assert client.get("/plans/nowhere/timeline/").status_code == 404


def test_text_from_the_record_is_shown_and_never_run(client: Client, accord):
    bad = '<script>alert("x")</script>'
    happened("bad", date(2026, 1, 6), title=bad)
    html = client.get(TIMELINE).content.decode()
    assert bad not in html
    assert "&lt;script&gt;" in html


@pytest.mark.parametrize("lines", [5, 40])
def test_a_timeline_costs_the_same_queries_however_long_it_is(client: Client, db, lines, django_assert_num_queries):
    builders.long_plan(lines)
    client.get(TIMELINE)
    # One moment and its end; the plan, its version and parties; words and titles of lines, texts, positions, events,
    # implementation; what the statements say that are listed. The days are kept under the head of the log.
    with django_assert_num_queries(12):
        client.get(TIMELINE)


def test_the_days_are_worked_out_anew_when_the_log_moves(client: Client, story):
    before = levels(client)
    says(ARDEN, Stance.REJECT, "ceasefire", on=FIRST_DAY)
    assert levels(client) != before
