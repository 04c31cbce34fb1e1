"""Taking a change back, on its page."""

from dataclasses import replace
from datetime import date

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client

from provisions.agreement.words import Level, Stance
from provisions.assessing import recompute
from provisions.contents import RulingContent
from provisions.held import held
from provisions.models import Change, Plan, Position, Resource
from provisions.record import change, retract_position, revert
from tests import builders
from tests.builders import ACCORD, ARDEN, BREVIA, TESTER, says

from .pages import part, seen

CHANGES = f"/plans/{ACCORD}/changes/"


def person(client: Client, role: str) -> User:
    user = User.objects.create_user(role)
    user.groups.add(Group.objects.create(name=role))
    client.force_login(user)
    return user


@pytest.fixture
def analyst(client: Client, db) -> User:
    return person(client, "analyst")


def latest() -> Change:
    return Change.objects.latest("seq")


def undo(seq: int | None = None) -> str:
    return f"{CHANGES}{seq or latest().seq}/undo/"


def words(text: str) -> int:
    found = held(Plan.objects.get(slug=ACCORD), Resource.WORDING)["draft-1/ceasefire"]
    return change(ACCORD, replace(found.content, text=text), seen=found.version, by=TESTER)


def test_it_says_what_the_change_did_and_what_undoing_will_do(client: Client, accord, analyst):
    says(ARDEN, Stance.ACCEPT, "ceasefire")
    says(BREVIA, Stance.REJECT, "ceasefire")
    page = seen(client.get(undo()))
    assert "What the change did" in page
    assert "Position of Brevia on Ceasefire added Brevia says reject." in page
    assert "The position is retracted: it stays readable with your reason, and counts nowhere." in page
    assert "Levels that would move, as the record is now: Ceasefire moved from Contested to Open" in page


def test_looking_changes_nothing(client: Client, accord, analyst):
    says(ARDEN, Stance.ACCEPT, "ceasefire")
    before = (latest().seq, Plan.objects.get().seq)
    client.get(undo())
    assert (latest().seq, Plan.objects.get().seq) == before
    assert not Position.objects.exclude(retraction=None).exists()


def test_with_a_reason_it_is_undone_and_the_log_says_by_whom_and_why(client: Client, accord, analyst):
    key = says(ARDEN, Stance.ACCEPT, "ceasefire")
    undone = latest().seq
    answer = client.post(undo(), {"reason": "It was another Arden."}, follow=True)
    assert answer.redirect_chain == [(f"{CHANGES}#change-{undone + 1}", 302)]
    assert Position.objects.get(key=key).retraction.reason == "It was another Arden."
    assert (latest().actor, latest().reverts) == (analyst, undone)
    assert f"Undone: change {undone}." in seen(answer)
    entry = seen(answer, within=f"change-{undone + 1}")
    assert f"analyst, by page: It was another Arden. Undoes change {undone}" in entry


def test_changed_words_read_as_before(client: Client, accord, analyst):
    seq = words("All fire ceases at dawn.")
    page = seen(client.get(undo()))
    assert "deleted: noon (end) inserted: dawn (end)" in page
    assert "Every field above reads again as it did before." in page
    client.post(undo(seq), {"reason": "A slip."})
    assert held(accord, Resource.WORDING)["draft-1/ceasefire"].content.text == "All fire ceases at noon."


def test_a_retraction_and_a_ruling_say_what_becomes_of_them(client: Client, accord, analyst):
    retract_position(ACCORD, says(ARDEN, Stance.ACCEPT, "ceasefire"), by=TESTER)
    assert "put on record again, under a new id" in seen(client.get(undo()))
    ruling = RulingContent(
        provision="ceasefire", revision="draft-1", level=Level.OPEN, reason="So it seems.", sources=("S1",)
    )
    change(ACCORD, ruling, seen=0, by=TESTER)
    page = seen(client.get(undo()))
    assert "The ruling is withdrawn; it stays in the history." in page
    # It counts nowhere, so nothing follows from it.
    assert "No level moves." in page


def test_without_a_reason_nothing_is_undone_and_the_summary_leads_to_the_field(client: Client, accord, analyst):
    says(ARDEN, Stance.ACCEPT, "ceasefire")
    before = latest().seq
    answer = client.post(undo(), {"reason": " "})
    assert latest().seq == before
    html = answer.content.decode()
    assert "<title>Error: Undo change" in html
    assert '<a href="#id_reason">Say why it is undone.</a>' in html


def test_what_something_later_stands_on_is_refused_with_the_reason_and_without_a_form(client: Client, accord, analyst):
    first, second = words("All fire ceases at dawn."), words("All fire ceases at dusk.")
    answer = client.get(undo(first))
    assert f"Change {first} cannot be undone" in seen(answer)
    assert f"Change {second} stands on it. Undo that one first." in seen(answer)
    assert "<textarea" not in part(answer.content.decode(), "main")
    assert 'name="reason"' not in answer.content.decode()


def test_what_came_in_between_is_said_when_the_form_is_sent(client: Client, accord, analyst):
    first = words("All fire ceases at dawn.")
    client.get(undo(first))
    second = words("All fire ceases at dusk.")
    answer = client.post(undo(first), {"reason": "A slip."})
    assert f"Change {second} stands on it." in seen(answer)
    assert latest().seq == second


def test_levels_and_what_others_may_stand_on_are_never_undone(client: Client, accord, analyst):
    recompute(accord.pk, today=date(2026, 1, 10))
    assert "Levels follow from the record. Undo what moved them." in seen(client.get(undo()))
    line = Change.objects.get(resource="provision", key="ceasefire")
    assert "correct it instead" in seen(client.get(undo(line.seq)))


def test_without_a_text_on_the_table_no_line_is_judged(client: Client, accord):
    person(client, "lead")
    plan = Change.objects.filter(resource="plan").latest("seq")
    assert "Ceasefire is no longer judged Prisoners is no longer judged" in seen(client.get(undo(plan.seq)))


def test_what_only_leads_arrange_only_leads_undo(client: Client, accord, analyst):
    plan = Change.objects.filter(resource="plan").latest("seq")
    assert client.get(undo(plan.seq)).status_code == 403
    assert client.post(undo(plan.seq), {"reason": "No."}).status_code == 403


@pytest.mark.parametrize("role", ["viewer", "contributor"])
def test_who_may_not_record_may_not_undo(client: Client, accord, role):
    says(ARDEN, Stance.ACCEPT, "ceasefire")
    before = latest().seq
    assert client.get(undo()).status_code == 302
    person(client, role)
    assert client.post(undo(before), {"reason": "No."}).status_code == 403
    assert latest().seq == before
    assert "/undo/" not in client.get(CHANGES).content.decode()


def test_what_is_not_in_the_log_is_not_found(client: Client, accord, analyst):
    assert client.get(undo(latest().seq + 1)).status_code == 404
    assert client.get(f"/plans/nowhere/changes/{latest().seq}/undo/").status_code == 404


def test_the_log_offers_an_undo_where_one_is_possible(client: Client, accord, analyst):
    first, second = words("All fire ceases at dawn."), words("All fire ceases at dusk.")
    html = client.get(CHANGES).content.decode()
    assert undo(second) in html
    assert undo(first) not in html
    revert(ACCORD, second, by=replace(TESTER, reason="A slip."))
    html = client.get(CHANGES).content.decode()
    assert undo(second) not in html
    assert undo(second + 1) in html


def test_where_what_arranges_the_plan_is_concerned_only_leads_are_offered_it(client: Client, accord, analyst):
    plan = Change.objects.filter(resource="plan").latest("seq")
    assert undo(plan.seq) not in client.get(CHANGES).content.decode()


@pytest.mark.parametrize("lines", [5, 60])
def test_the_log_of_an_analyst_costs_the_same_queries_however_long_it_is(
    client: Client, db, lines, django_assert_num_queries
):
    builders.long_plan(lines)
    person(client, "analyst")
    # Who asks: session, user, groups and the role in this plan; the plan; lines, parties and texts by name; authors;
    # the entries; which of them can be undone; the filters that they keep.
    with django_assert_num_queries(12):
        client.get(CHANGES)
