"""Four eyes over changes that go together: a text with its lines, a change that is taken back."""

from dataclasses import replace
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse

from provisions import proposals
from provisions.agreement.words import Stance
from provisions.contents import PositionContent
from provisions.held import held
from provisions.models import Change, DeskRole, Plan, Position, Proposal, ProposalStatus, Resource
from provisions.record import Stale, change
from provisions.several import Several
from provisions.verifying import complaints
from tests.builders import ACCORD, ARDEN, TESTER, revision, says

from .pages import fields, seen
from .test_pages_new_text import HEAD, words
from .test_proposals import line, person


@pytest.fixture
def lead(accord: Plan) -> User:
    """Somebody who may arrange the plan, on which changes take two."""
    lead = person("lea", DeskRole.LEAD)
    proposals.set_four_eyes(ACCORD, on=True, by=lead)
    return lead


@pytest.fixture
def other(accord: Plan) -> User:
    return person("rea", DeskRole.REVIEWER)


def decide(client: Client, by: User, **sent: str) -> Any:
    client.force_login(by)
    where = reverse("proposal", args=[ACCORD, Proposal.objects.latest("number").number])
    return client.post(where, {"decision": "approve", "reason": "I agree."} | sent, follow=True)


def new_text(client: Client, by: User, **changed: Any) -> Any:
    client.force_login(by)
    where = reverse("new-text", args=[ACCORD, "draft-1"])
    page = client.get(where)
    return client.post(where, fields(page) | HEAD | {"reason": "Tabled today."} | changed, follow=True)


def test_a_new_text_is_proposed_as_one_and_approved_as_one(lead, other, client: Client):
    before = Change.objects.count()
    told = seen(
        new_text(client, lead, **{"line-ceasefire-fate": "change", "line-ceasefire-text": "All fire ceases at dusk."})
    )
    assert "Proposed: the text “The second draft”. Somebody else has to approve it." in told
    assert "Ceasefire Modified" in told
    assert "inserted: dusk" in told
    assert "It becomes the text on the table." in told
    assert Change.objects.count() == before
    decide(client, other)
    assert words("draft-2/ceasefire").text == "All fire ceases at dusk."
    plan = Plan.objects.get()
    assert held(plan, Resource.PLAN)[ACCORD].content.current_revision == "draft-2"
    entries = Change.objects.filter(seq__gt=before).exclude(resource=Resource.ASSESSMENT)
    assert {each.actor for each in entries} == {lead}
    assert all("approved by rea: I agree." in each.reason for each in entries)
    assert [each for each in complaints(plan) if "level" not in each] == []


def test_its_author_cannot_approve_it(lead, client: Client):
    new_text(client, lead)
    assert decide(client, lead).status_code == 403
    assert "draft-2" not in held(Plan.objects.get(), Resource.REVISION)


def test_what_else_of_the_plan_was_changed_meanwhile_stays(lead, other, client: Client):
    new_text(client, lead)
    found = held(Plan.objects.get(), Resource.PLAN)[ACCORD]
    change(ACCORD, replace(found.content, title="Moved on."), seen=found.version, by=TESTER)
    decide(client, other)
    plan = held(Plan.objects.get(), Resource.PLAN)[ACCORD].content
    assert (plan.title, plan.current_revision) == ("Moved on.", "draft-2")


def test_a_text_that_somebody_else_made_meanwhile_leaves_it_stale(lead, other, client: Client):
    new_text(client, lead)
    revision("draft-2", words={"ceasefire": "Other words."}, derives_from="draft-1")
    told = seen(client.get(reverse("proposal", args=[ACCORD, 1])))
    assert "Stale. The record has moved on since." in told
    assert "was not applied" in seen(decide(client, other))
    assert words("draft-2/ceasefire").text == "Other words."
    with pytest.raises(ValidationError, match="stays about the same thing"):
        proposals.rebase(ACCORD, 1, line().content, seen=1, by=lead)


def test_an_undo_is_proposed_and_approved(lead, other, client: Client):
    found = line()
    seq = change(ACCORD, replace(found.content, title="A truce"), seen=found.version, by=TESTER)
    client.force_login(lead)
    where = reverse("undo", args=[ACCORD, seq])
    page = client.get(where)
    assert "Propose to undo it" in seen(page)
    told = seen(client.post(where, fields(page) | {"reason": "It was right."}, follow=True))
    assert f"Undo change {seq}" in told
    assert line().content.title == "A truce"
    decide(client, other)
    assert line().content.title == "Ceasefire"
    entry = Change.objects.filter(resource=Resource.PROVISION).latest("seq")
    assert (entry.reverts, entry.actor) == (seq, lead)
    done = client.get(reverse("proposal", args=[ACCORD, Proposal.objects.get().number]))
    assert "Approved , rea: I agree." in seen(done)


def test_a_retraction_that_is_taken_back_comes_under_another_key(lead, other, client: Client):
    key = says(ARDEN, Stance.ACCEPT, "ceasefire")
    proposals.propose_retraction(ACCORD, key, reason="A mistake.", author=lead)
    decide(client, other)
    seq = Change.objects.latest("seq").seq
    proposals.propose_several(
        ACCORD, Several(undone=seq), about=(Resource.POSITION, key), reason="It was none.", author=lead
    )
    decide(client, other)
    assert Position.objects.filter(key=f"{key}-2", retraction=None).exists()


def test_a_change_on_which_another_stands_by_now_is_not_undone(lead, other, client: Client):
    found = line()
    seq = change(ACCORD, replace(found.content, title="A truce"), seen=found.version, by=TESTER)
    proposals.propose_several(
        ACCORD, Several(undone=seq), about=(Resource.PROVISION, "ceasefire"), reason="It was right.", author=lead
    )
    change(ACCORD, replace(found.content, title="A pause"), seen=line().version, by=TESTER)
    assert proposals.is_stale(Proposal.objects.get())
    with pytest.raises(ValidationError, match="stands on it"):
        proposals.approve(ACCORD, 1, by=other, reason="I agree.")
    assert line().content.title == "A pause"


def test_what_cannot_be_undone_is_not_proposed(lead, client: Client):
    seq = Change.objects.filter(resource=Resource.PROVISION).first()
    assert seq
    client.force_login(lead)
    where = reverse("undo", args=[ACCORD, seq.seq])
    assert "cannot be undone" in seen(client.post(where, {"reason": "Away with it."}))
    assert not Proposal.objects.exists()


def test_positions_go_and_come_together(lead, other):
    key = says(ARDEN, Stance.ACCEPT, "ceasefire")
    content = held(Plan.objects.get(), Resource.POSITION, keys=[key])[key].content
    assert isinstance(content, PositionContent)
    anew = replace(content, key="p-anew", summary="Said elsewhere.")
    several = Several(retracted=(key,), added=(anew,))
    assert Several.of(several.as_json()) == several
    proposal = proposals.propose_several(
        ACCORD, several, about=(Resource.POSITION, key), reason="A better source.", author=lead
    )
    with pytest.raises(PermissionDenied):
        proposals.approve(ACCORD, proposal.number, by=lead, reason="Mine.")
    seq = proposals.approve(ACCORD, proposal.number, by=other, reason="I agree.")
    assert Change.objects.get(seq=seq).key == "p-anew"
    assert not Position.objects.filter(key=key, retraction=None).exists()
    with pytest.raises((Stale, ValidationError)):
        proposals.propose_several(ACCORD, several, about=(Resource.POSITION, key), reason="Once more.", author=lead)


def test_the_database_wants_a_change_by_its_author_for_it(lead, other):
    key = says(ARDEN, Stance.ACCEPT, "ceasefire")
    several = Several(retracted=(key,))
    proposals.propose_several(ACCORD, several, about=(Resource.POSITION, key), reason="A mistake.", author=lead)
    with transaction.atomic():
        Proposal.objects.update(
            status=ProposalStatus.APPROVED, decided_by=other, decision="Yes.", decided_at="2026-01-10T00:00Z", seq=1
        )
        with connection.cursor() as cursor, pytest.raises(IntegrityError, match="the log was told of no such change"):
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        transaction.set_rollback(True)
