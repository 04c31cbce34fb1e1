"""The re-confirmation queue: what the record can no longer lean on."""

import re
from datetime import date, timedelta
from html import unescape

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from django.utils import timezone

from provisions.agreement.words import Stance
from provisions.assessing import recompute
from provisions.board import board
from provisions.held import held
from provisions.models import FourEyes, Look, Plan, Proposal, Resource
from provisions.words import day_in_words
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
    form = f"/plans/{ACCORD}/provisions/ceasefire/positions/{ARDEN}/add/?queue=stale"
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


# ---- What can be noted from the queue ----


@pytest.fixture
def analyst(client: Client, doubtful: Plan) -> User:
    user = User.objects.create_user("ana")
    user.groups.add(Group.objects.get_or_create(name="analyst")[0])
    client.force_login(user)
    return user


def look_after(client: Client, position: str = "p1", line: str = "ceasefire", **sent: str):
    return client.post(f"{QUEUE}nothing-new/", {"position": position, "line": line, "kind": "stale", **sent})


def rule(client: Client, version: int = 1, reason: str = "Only the hour has another name.", query: str = ""):
    sent = {"wording": "draft-2/ceasefire", "version": version, "reason": reason}
    return client.post(f"{QUEUE}editorial/{query}", sent)


def test_a_search_that_found_nothing_new_is_on_record_with_its_day_and_moves_no_level(client: Client, analyst):
    recompute(Plan.objects.get(slug=ACCORD).pk)
    before = board(ACCORD).vector
    answer = client.post(f"{QUEUE}nothing-new/?party=arden", {"position": "p1", "line": "ceasefire"}, follow=True)
    assert answer.redirect_chain == [(f"{QUEUE}?party=arden", 302)]
    assert "Noted: nothing new by today." in seen(answer)
    change = Plan.objects.get(slug=ACCORD).changes.get(resource="look")
    today = timezone.now().date()
    assert (change.actor, change.after) == (
        analyst,
        {"position": "p1", "provision": "ceasefire", "looked_on": today.isoformat()},
    )
    assert board(ACCORD).vector == before
    history = seen(client.get(f"/plans/{ACCORD}/provisions/ceasefire/"), within="history")
    assert "Looked for a newer word than p1 on Ceasefire: nothing new" in history


def test_what_was_looked_after_comes_last_says_so_and_is_not_counted_on_the_board(client: Client, analyst):
    recompute(Plan.objects.get(slug=ACCORD).pk)
    assert "3 positions to re-confirm" in seen(client.get(f"/plans/{ACCORD}/"), within="head")
    look_after(client)
    caldor, arden = rows(client, "stale")
    assert "Caldor says accept." in caldor
    assert f"Nothing new by {day_in_words(timezone.now().date())}" in arden
    assert "2 consents on earlier words; 1 looked after, nothing new" in seen(client.get(QUEUE))
    assert "2 positions to re-confirm" in seen(client.get(f"/plans/{ACCORD}/"), within="head")


def test_a_look_grows_old_as_words_do_and_is_of_one_position_on_one_line(client: Client, analyst):
    look_after(client)
    look_after(client)
    later = timezone.now().date() + timedelta(days=61)
    recompute(Plan.objects.get(slug=ACCORD).pk, today=later)
    assert "Nothing new" not in "".join(row.replace("Nothing new", "", 1) for row in rows(client, "stale"))
    assert Look.objects.count() == 1


def test_nobody_looks_after_what_is_not_on_record(client: Client, analyst):
    assert look_after(client, position="nobody").status_code == 404
    assert look_after(client, line="nowhere").status_code == 404
    assert look_after(client, kind="nonsense").status_code == 302
    assert Look.objects.count() == 1


def test_one_is_enough_to_look_where_changes_take_two(client: Client, analyst):
    FourEyes.objects.create(plan=Plan.objects.get(slug=ACCORD), set_by=analyst, set_at=timezone.now())
    assert look_after(client).status_code == 302
    assert Look.objects.count() == 1


def test_a_change_that_altered_no_meaning_is_ruled_editorial_from_its_row(client: Client, analyst):
    assert "Rule the change in the draft-2 editorial" in rows(client, "stale")[0]
    assert "Ruled editorial." in seen(client.post(f"{QUEUE}editorial/", {
        "wording": "draft-2/ceasefire", "version": "1", "reason": "Only the hour has another name.",
    }, follow=True))  # fmt: skip
    work_out()
    words = held(Plan.objects.get(slug=ACCORD), Resource.WORDING)["draft-2/ceasefire"].content
    assert (words.change, words.change_reason) == ("editorial", "Only the hour has another name.")
    assert rows(client, "stale") == []


def test_a_ruling_without_a_reason_or_on_words_that_moved_is_not_saved_and_keeps_what_was_typed(
    client: Client, analyst
):
    assert "Say why the change altered no meaning." in seen(rule(client, reason=" "))
    moved = rule(client, version=7)
    assert moved.status_code == 409
    assert "Somebody changed these words after you opened the queue." in seen(moved)
    assert "Only the hour has another name." in seen(moved)
    assert held(Plan.objects.get(slug=ACCORD), Resource.WORDING)["draft-2/ceasefire"].version == 1


def test_a_contributor_proposes_the_ruling_and_notes_no_look(client: Client, doubtful):
    user = User.objects.create_user("cora")
    user.groups.add(Group.objects.get_or_create(name="contributor")[0])
    client.force_login(user)
    assert rule(client, query="?only=stale")["Location"] == f"{QUEUE}?only=stale"
    assert Proposal.objects.get().key == "draft-2/ceasefire"
    assert look_after(client).status_code == 403
    assert "Nothing new" not in seen(client.get(QUEUE))


def test_who_only_reads_is_offered_neither(client: Client, doubtful):
    page = client.get(QUEUE).content.decode()
    assert "nothing-new" not in page
    assert "editorial/" not in page


# ---- The next in the queue ----

SAID = {
    "stance": "accept",
    "stated_on": "12 Jan 2026",
    "speaker": "The president",
    "authority": "3",
    "given_on": "draft-2/ceasefire",
    "summary": "The new words are accepted too.",
    "reason": "It was in the papers.",
    "condition-TOTAL_FORMS": "1",
    "condition-INITIAL_FORMS": "0",
    "evidence-TOTAL_FORMS": "1",
    "evidence-INITIAL_FORMS": "0",
    "evidence-0-source": "S1",
    "evidence-0-grade": "B2",
}


def confirm(client: Client, party: str, query: str) -> str:
    """Save a newer word of a party on the ceasefire; where that leads."""
    form = f"/plans/{ACCORD}/provisions/ceasefire/positions/{party}/add/{query}"
    answer = client.post(form, SAID | {"asserted_by": party})
    assert answer.status_code == 302
    return answer["Location"]


def test_saving_from_the_queue_leads_to_the_next_of_its_kind_and_then_back_with_the_filter_kept(client, analyst):
    form = f"/plans/{ACCORD}/provisions/ceasefire/positions/{CALDOR}/add/"
    assert confirm(client, ARDEN, "?only=stale&queue=stale") == f"{form}?only=stale&queue=stale"
    page = client.get(f"{form}?only=stale&queue=stale")
    assert "Saved: a position of Arden" in seen(page)
    assert confirm(client, CALDOR, "?only=stale&queue=stale") == f"{QUEUE}?only=stale"


def test_the_next_in_the_queue_of_one_party_is_never_that_of_another(client: Client, analyst):
    assert confirm(client, ARDEN, f"?party={ARDEN}&queue=stale") == f"{QUEUE}?party={ARDEN}"


def test_what_somebody_looked_after_is_not_the_next(client: Client, analyst):
    look_after(client, position="p2")
    work_out(timezone.now().date())
    assert confirm(client, ARDEN, "?queue=stale") == QUEUE


def test_who_did_not_come_from_the_queue_stays_with_the_line(client: Client, analyst):
    assert confirm(client, ARDEN, "?queue=nonsense") == f"/plans/{ACCORD}/provisions/ceasefire/"
