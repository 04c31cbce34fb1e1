"""The log as people read it."""

import re
from dataclasses import replace
from datetime import date

import pytest
from django.contrib.auth.models import User
from django.test import Client

from provisions.agreement.words import Authority, Stance
from provisions.assessing import recompute
from provisions.contents import RelationContent
from provisions.held import held
from provisions.models import Plan, RelationKind, Resource, Via
from provisions.record import Author, change, retract_position
from tests import builders
from tests.builders import ACCORD, ARDEN, BREVIA, CALDOR, TESTER, says

from .pages import seen

CHANGES = f"/plans/{ACCORD}/changes/"


def entry(client: Client, seq: int, *, query: str = "") -> str:
    return seen(client.get(f"{CHANGES}{query}"), within=f"change-{seq}")


def head() -> int:
    return Plan.objects.get(slug=ACCORD).seq


def test_an_entry_says_what_happened_by_whom_by_which_door_and_why(client: Client, accord):
    ana = User.objects.create_user("ana")
    says(ARDEN, Stance.REJECT, "ceasefire", by=Author(actor=ana, via=Via.PAGE, reason="It was in the papers."))
    text = entry(client, head())
    assert "Position of Arden on Ceasefire added Arden says reject." in text
    assert "ana, by page: It was in the papers." in text
    assert "Rejects" in text


def test_a_claim_and_a_word_on_a_whole_text_are_told_apart(client: Client, accord):
    says(ARDEN, Stance.ACCEPT, None, authority=Authority.ATTRIBUTED, asserted_by=CALDOR)
    assert "Claim of Caldor about Arden on the whole of the draft-1 added" in entry(client, head())


def test_related_words_are_told_by_their_line_and_text_and_those_of_another_plan_by_their_key(client: Client, accord):
    builders.revision("draft-2", derives_from="draft-1", words={"ceasefire": "All fire ceases at noon and at night."})
    builders.plan("rival", lines={"truce": "All fire ceases for a week."})
    for other in (f"{ACCORD}/draft-1/ceasefire", "rival/draft-1/truce"):
        related = RelationContent(
            provision="ceasefire", revision="draft-2", other=other, kind=RelationKind.BROADER, note="", sources=()
        )
        change(ACCORD, related, seen=0, by=TESTER)
    assert "Relation of Ceasefire in the draft-2 to Ceasefire in the draft-1 added" in entry(client, head() - 1)
    assert "Relation of Ceasefire in the draft-2 to rival/draft-1/truce added" in entry(client, head())


def test_a_retraction_shows_what_was_there_before(client: Client, accord):
    key = says(ARDEN, Stance.REJECT, "ceasefire")
    retract_position(ACCORD, key, by=replace(TESTER, reason="It was another Arden."))
    text = entry(client, head())
    assert "Position of Arden on Ceasefire retracted" in text
    assert "It was another Arden." in text
    assert "Before and after Before" in text
    assert "After" not in text.partition("Before and after")[2]


def test_levels_that_moved_are_listed_with_where_they_came_from(client: Client, accord):
    plan = Plan.objects.get(slug=ACCORD)
    recompute(plan.pk, today=date(2026, 1, 10))
    says(BREVIA, Stance.REJECT, "prisoners")
    recompute(plan.pk, today=date(2026, 1, 10))
    text = entry(client, head())
    assert "Prisoners moved from Unaddressed to Contested" in text
    assert "Ceasefire" not in text.partition("Before and after")[0]


def test_the_newest_stands_first_and_the_older_are_a_page_away(client: Client, db):
    builders.long_plan(30)
    found: list[int] = []
    address = CHANGES
    while address:
        html = client.get(address).content.decode()
        found += [int(seq) for seq in re.findall(r'id="change-(\d+)"', html)]
        older = re.search(r'rel="next" href="([^"]+)"', html)
        address = older.group(1).replace("&amp;", "&") if older else ""
    assert found == list(range(head(), 0, -1))


def test_the_log_can_be_narrowed_to_one_kind(client: Client, accord):
    says(ARDEN, Stance.REJECT, "ceasefire")
    page = seen(client.get(f"{CHANGES}?resource=position"))
    assert "Position of Arden" in page
    assert "Wording of" not in page
    assert "No changes of this kind" in seen(client.get(f"{CHANGES}?resource=event"))


@pytest.mark.parametrize("query", ["?before=soon", "?before=-1", "?resource=nonsense"])
def test_what_makes_no_sense_in_the_address_is_left_aside(client: Client, accord, query):
    assert "Position" in seen(client.get(f"{CHANGES}{query}"))


def test_text_from_the_record_is_shown_and_never_run(client: Client, accord):
    reason = '<script>alert("x")</script>'
    says(ARDEN, Stance.REJECT, "ceasefire", by=replace(TESTER, reason=reason))
    html = client.get(CHANGES).content.decode()
    assert reason not in html
    assert "&lt;script&gt;" in html


@pytest.mark.parametrize("lines", [5, 60])
def test_a_page_of_the_log_costs_the_same_queries_however_long_it_is(
    client: Client, db, lines, django_assert_num_queries
):
    builders.long_plan(lines)
    # The plan; the names that the log speaks of: lines, parties, texts; its authors; the entries with who made them.
    with django_assert_num_queries(6):
        client.get(CHANGES)


def test_the_fields_that_changed_stand_side_by_side_and_words_as_a_redline(client: Client, accord):
    words = held(accord, Resource.WORDING)["draft-1/ceasefire"].content
    change(ACCORD, replace(words, text="All fire ceases at dawn."), seen=1, by=TESTER)
    text = entry(client, head())
    assert "Wording of Ceasefire in the draft-1 changed" in text
    assert "text All fire ceases at noon. All fire ceases at deleted: noon (end) inserted: dawn (end) ." in text
    assert "provision ceasefire" not in text


NOTHING = "No changes of this kind Nothing on record answers to all that is chosen above."


@pytest.mark.parametrize(
    ("query", "shown", "hidden"),
    [
        ("?line=prisoners", "Position of Brevia on Prisoners", "on Ceasefire"),
        ("?party=brevia", "Position of Brevia on Prisoners", "Position of Arden"),
        ("?who=ana", "Position of Arden on Ceasefire", "Position of Brevia"),
        ("?via=shell", "Position of Brevia on Prisoners", "Position of Arden"),
        ("?who=ana&party=arden", "Position of Arden on Ceasefire", "Brevia on Prisoners"),
    ],
)
def test_the_log_can_be_narrowed_to_an_author_a_door_a_line_or_a_party(client: Client, accord, query, shown, hidden):
    ana = User.objects.create_user("ana")
    says(ARDEN, Stance.REJECT, "ceasefire", by=Author(actor=ana, via=Via.PAGE, reason="It was in the papers."))
    says(BREVIA, Stance.REJECT, "prisoners")
    page = client.get(f"{CHANGES}{query}").content.decode().partition('class="feed-day"')[2]
    assert shown in page
    assert hidden not in page
    assert NOTHING in seen(client.get(f"{CHANGES}{query}&resource=dispute"))


def test_a_level_that_moved_alone_is_the_headline(client: Client, accord):
    recompute(accord.pk, today=date(2026, 1, 10))
    says(BREVIA, Stance.REJECT, "prisoners")
    recompute(accord.pk, today=date(2026, 1, 10))
    assert "UTC Prisoners moved from Unaddressed to Contested by job: Rule AS-1" in entry(client, head())
    assert "Prisoners moved from Unaddressed to Contested" in entry(client, head(), query="?line=prisoners")


def test_readers_without_a_role_are_offered_no_undo_and_cost_no_query_for_it(client: Client, accord):
    says(ARDEN, Stance.REJECT, "ceasefire")
    assert "/undo/" not in client.get(CHANGES).content.decode()


def test_the_page_names_its_feed_with_the_filters_that_are_on(client: Client, accord):
    html = client.get(f"{CHANGES}?line=ceasefire&before=1000").content.decode()
    feed = f"/api/v1/plans/{ACCORD}/changes.atom?line=ceasefire"
    assert re.search(
        rf'<link rel="alternate" type="application/atom\+xml" title="[^"]+" href="{re.escape(feed)}">', html
    )
    assert client.get(feed).status_code == 200
