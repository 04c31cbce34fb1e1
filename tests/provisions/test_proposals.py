"""Four eyes: proposals, and six people who edit, propose, approve, reject, rebase, undo, import, retract at random."""

import os
from dataclasses import replace
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from provisions import proposals
from provisions.agreement.words import Stance
from provisions.assessing import recompute
from provisions.contents import ProvisionContent
from provisions.held import held
from provisions.models import (
    Change,
    ChangeKind,
    DeskRole,
    Membership,
    Plan,
    Position,
    Proposal,
    ProposalStatus,
    ProvisionVersion,
    Resource,
    Via,
)
from provisions.policy import Act, may
from provisions.record import Author, NeedsApproval, Stale, change, retract_position, revert, writing
from provisions.several import Several
from provisions.verifying import complaints
from tests import builders
from tests.builders import ACCORD, ARDEN, says

from .pages import fields, seen

LINES = ("ceasefire", "prisoners")
ROLES = (DeskRole.CONTRIBUTOR, DeskRole.CONTRIBUTOR, DeskRole.ANALYST, DeskRole.REVIEWER, DeskRole.LEAD, None)


def person(name: str, role: DeskRole | None) -> User:
    user = User.objects.create_user(name, is_superuser=role is None)
    if role:
        plan = Plan.objects.get(slug=ACCORD)
        Membership.objects.create(plan=plan, user=user, role=role, recorded_at=timezone.now())
    return user


def line(slug: str = "ceasefire") -> Any:
    return held(Plan.objects.get(slug=ACCORD), Resource.PROVISION, keys=[slug])[slug]


@pytest.fixture
def con(accord: Plan) -> User:
    return person("con", DeskRole.CONTRIBUTOR)


@pytest.fixture
def rea(accord: Plan) -> User:
    return person("rea", DeskRole.REVIEWER)


def proposed(by: User, *, title: str = "A truce") -> int:
    found = line()
    content: ProvisionContent = replace(found.content, title=title)
    return proposals.propose(ACCORD, content, seen=found.version, reason="Better.", author=by).number


# ---- The rules ----


def test_an_approved_proposal_is_its_authors_change_and_says_who_approved(con, rea):
    number = proposed(con)
    assert line().content.title == "Ceasefire"
    seq = proposals.approve(ACCORD, number, by=rea, reason="I agree.")
    entry = Change.objects.get(seq=seq)
    assert (entry.actor, entry.reason) == (con, f"Better. (Proposal {number}, approved by rea: I agree.)")
    assert line().content.title == "A truce"
    done = Proposal.objects.get(number=number)
    assert (done.status, done.decided_by, done.seq) == (ProposalStatus.APPROVED, rea, seq)


@pytest.mark.parametrize("role", [DeskRole.REVIEWER, DeskRole.LEAD, DeskRole.ADMINISTRATOR, None])
def test_nobody_decides_their_own_administrators_included(accord, role):
    me = person("me", role)
    number = proposed(me)
    for decide in (proposals.approve, proposals.reject):
        with pytest.raises(PermissionDenied):
            decide(ACCORD, number, by=me, reason="Mine.")
    assert line().content.title == "Ceasefire"


def test_the_database_holds_that_too(con):
    proposed(con)
    with pytest.raises(IntegrityError), transaction.atomic():
        Proposal.objects.update(status=ProposalStatus.REJECTED, decided_by=con, decision="Mine.")


def test_a_stale_proposal_is_never_applied_and_is_rebased_by_its_author(con, rea):
    number = proposed(con)
    found = line()
    change(ACCORD, replace(found.content, lead="Moved on."), seen=found.version, by=builders.TESTER)
    assert proposals.is_stale(Proposal.objects.get())
    with pytest.raises(Stale):
        proposals.approve(ACCORD, number, by=rea, reason="I agree.")
    with pytest.raises(PermissionDenied):
        proposals.rebase(ACCORD, number, line().content, seen=line().version, by=rea)
    proposals.rebase(ACCORD, number, replace(line().content, title="A truce"), seen=line().version, by=con)
    proposals.approve(ACCORD, number, by=rea, reason="I agree.")
    assert (line().content.title, line().content.lead) == ("A truce", "Moved on.")


def test_what_is_decided_stays_so(con, rea):
    number = proposed(con)
    proposals.reject(ACCORD, number, by=rea, reason="No.")
    for again in (proposals.approve, proposals.reject):
        with pytest.raises(ValidationError, match="is rejected already"):
            again(ACCORD, number, by=rea, reason="Yes.")


def test_with_four_eyes_nobody_writes_alone_but_imports_and_jobs_go_on(accord):
    lead = person("lea", DeskRole.LEAD)
    proposals.set_four_eyes(ACCORD, on=True, by=lead)
    found = line()
    for via in (Via.PAGE, Via.API):
        with pytest.raises(NeedsApproval):
            change(ACCORD, replace(found.content, title="Alone"), seen=found.version, by=Author(actor=lead, via=via))
    with writing(ACCORD, by=Author(via=Via.IMPORT)) as pen:
        pen.put([replace(found.content, title="Imported")])
    assert line().content.title == "Imported"


def test_a_retraction_is_proposed_and_approved(con, rea):
    key = says(ARDEN, Stance.ACCEPT, "ceasefire")
    proposal = proposals.propose_retraction(ACCORD, key, reason="A mistake.", author=con)
    proposals.approve(ACCORD, proposal.number, by=rea, reason="So it was.")
    assert "So it was" in Position.objects.get(key=key).retraction.reason


# ---- On the pages ----


def test_a_contributor_proposes_in_the_same_form_and_a_reviewer_approves_on_the_page(con, rea, client: Client):
    client.force_login(con)
    where = reverse("edit-thing", args=[ACCORD, "provision", "ceasefire"])
    page = client.get(where)
    assert "Somebody else has to approve it" in seen(page)
    answer = client.post(where, fields(page) | {"title": "A truce", "reason": "Better."})
    number = Proposal.objects.get().number
    assert answer["Location"] == reverse("proposal", args=[ACCORD, number])
    mine = client.get(answer["Location"])
    assert "Title Ceasefire A truce" in seen(mine)
    assert 'value="approve"' not in mine.content.decode()
    assert client.post(answer["Location"], {"decision": "approve", "reason": "Mine."}).status_code == 403
    client.force_login(rea)
    assert 'value="approve"' in client.get(answer["Location"]).content.decode()
    refused = client.post(answer["Location"], {"decision": "approve", "reason": ""})
    assert "Say why." in seen(refused)
    client.post(answer["Location"], {"decision": "approve", "reason": "I agree."})
    assert line().content.title == "A truce"


def test_a_stale_proposal_is_brought_up_to_date_field_by_field(con, rea, client: Client):
    number = proposed(con)
    found = line()
    change(ACCORD, replace(found.content, title="A pause"), seen=found.version, by=builders.TESTER)
    client.force_login(rea)
    where = reverse("proposal", args=[ACCORD, number])
    assert "The thing has moved on, so this was not applied." in seen(
        client.post(where, {"decision": "approve", "reason": "I agree."})
    )
    client.force_login(con)
    edit = reverse("edit-thing", args=[ACCORD, "provision", "ceasefire"]) + f"?proposal={number}"
    both = client.get(edit)
    assert "A pause A truce" in seen(both)
    client.post(edit, fields(both) | {"title": "A lasting truce"})
    again = Proposal.objects.get()
    assert again.content
    assert (again.number, again.base_version, again.content["title"]) == (number, found.version + 1, "A lasting truce")


def test_with_four_eyes_an_analysts_position_and_retraction_are_proposals(accord, client: Client):
    lead = person("lea", DeskRole.LEAD)
    client.force_login(lead)
    client.post(reverse("four-eyes", args=[ACCORD]), {"on": "yes"})
    key = says(ARDEN, Stance.ACCEPT, "ceasefire")
    client.force_login(person("ana", DeskRole.ANALYST))
    client.post(reverse("retract-position", args=[ACCORD, key]), {"reason": "A mistake."})
    proposal = Proposal.objects.get()
    assert (proposal.resource, proposal.key, proposal.content) == ("position", key, None)
    page = client.get(reverse("proposal", args=[ACCORD, proposal.number]))
    assert "Retract" in seen(page)
    assert client.post(reverse("four-eyes", args=[ACCORD]), {"on": "no"}).status_code == 403


# ---- Six people at random ----


class Desk(RuleBasedStateMachine):
    """Six people do what they may and may not; whatever they do, the record holds what it promises."""

    people: list[User]

    @initialize()
    def begin(self) -> None:
        self.outer = transaction.atomic()
        self.outer.__enter__()
        builders.plan(lines={name: f"Words of {name}." for name in LINES})
        self.people = [person(f"p{n}", role) for n, role in enumerate(ROLES)]
        self.began = Plan.objects.get().seq
        self.count = 0

    def teardown(self) -> None:
        try:
            plan = Plan.objects.get()
            recompute(plan.pk)
            assert list(complaints(plan)) == []
        finally:
            transaction.set_rollback(True)
            self.outer.__exit__(None, None, None)

    who = st.integers(0, len(ROLES) - 1)
    where = st.sampled_from(LINES)
    nth = st.integers(0, 5)

    def _title(self) -> str:
        self.count += 1
        return f"Title {self.count}"

    def _one(self, nth: int) -> Proposal | None:
        rows = list(Proposal.objects.order_by("number"))
        return rows[-1 - nth] if nth < len(rows) else None

    @rule(who=who, where=where, behind=st.integers(0, 1))
    def edit(self, who: int, where: str, behind: int) -> None:
        found, me = line(where), self.people[who]
        alone = not proposals.takes_two(ACCORD)
        with transaction.atomic():
            if not may(me, Act.RECORD, ACCORD):
                return
            seen_at = found.version - behind
            try:
                by = Author(actor=me, via=Via.PAGE, reason="An edit.")
                change(ACCORD, replace(found.content, title=self._title()), seen=seen_at, by=by)
            except NeedsApproval:
                assert not alone
            except Stale:
                assert behind
            else:
                assert alone
                assert not behind

    @rule(who=who, where=where)
    def propose(self, who: int, where: str) -> None:
        found = line(where)
        content = replace(found.content, title=self._title())
        proposals.propose(ACCORD, content, seen=found.version, reason="A proposal.", author=self.people[who])

    @rule(who=who, nth=nth)
    def approve(self, who: int, nth: int) -> None:
        proposal, me = self._one(nth), self.people[who]
        if proposal is None:
            return
        stale, seq = proposals.is_stale(proposal), Plan.objects.get().seq
        allowed = me.pk != proposal.author_id and may(me, Act.APPROVE, ACCORD)
        try:
            proposals.approve(ACCORD, proposal.number, by=me, reason="Yes.")
        except PermissionDenied:
            assert not allowed
        except Stale:
            assert stale
        except ValidationError:
            assert proposal.status != ProposalStatus.OPEN or stale
        else:
            assert allowed
            assert not stale
            assert Plan.objects.get().seq == seq + 1
            return
        assert Plan.objects.get().seq == seq

    @rule(who=who, nth=nth)
    def reject(self, who: int, nth: int) -> None:
        proposal, me = self._one(nth), self.people[who]
        if proposal is None:
            return
        try:
            proposals.reject(ACCORD, proposal.number, by=me, reason="No.")
        except PermissionDenied:
            assert me.pk == proposal.author_id or not may(me, Act.APPROVE, ACCORD)
        except ValidationError:
            assert proposal.status != ProposalStatus.OPEN

    @rule(who=who, nth=nth)
    def rebase(self, who: int, nth: int) -> None:
        proposal, me = self._one(nth), self.people[who]
        if proposal is None or proposal.resource != Resource.PROVISION:
            return
        found = line(proposal.key)
        try:
            content = replace(found.content, title=self._title())
            proposals.rebase(ACCORD, proposal.number, content, seen=found.version, by=me)
        except PermissionDenied:
            assert me.pk != proposal.author_id
        except ValidationError:
            assert proposal.status != ProposalStatus.OPEN or proposal.several
        else:
            assert not proposals.is_stale(Proposal.objects.get(pk=proposal.pk))

    @rule(who=who)
    def undo(self, who: int) -> None:
        latest = Change.objects.filter(resource=Resource.PROVISION, kind=ChangeKind.CHANGED).order_by("-seq").first()
        if latest is None or not may(self.people[who], Act.RECORD, ACCORD):
            return
        try:
            by = Author(actor=self.people[who], via=Via.PAGE, reason="Undone.")
            with transaction.atomic():
                revert(ACCORD, latest.seq, by=by)
        except NeedsApproval:
            assert proposals.takes_two(ACCORD)
            about = (Resource.PROVISION, latest.key)
            undone = Several(undone=latest.seq)
            proposals.propose_several(ACCORD, undone, about=about, reason="Undone.", author=self.people[who])

    @rule(where=where)
    def import_(self, where: str) -> None:
        with writing(ACCORD, by=Author(via=Via.IMPORT, reason="An import.")) as pen:
            pen.put([replace(line(where).content, title=self._title())])

    @rule(who=who)
    def retract(self, who: int) -> None:
        key = says(ARDEN, Stance.ACCEPT, "ceasefire")
        me = self.people[who]
        if proposals.must_propose(me, ACCORD):
            proposals.propose_retraction(ACCORD, key, reason="A mistake.", author=me)
        else:
            retract_position(ACCORD, key, by=Author(actor=me, via=Via.PAGE, reason="A mistake."))

    @precondition(lambda self: hasattr(self, "people"))
    @rule(on=st.booleans())
    def four_eyes(self, on: bool) -> None:
        proposals.set_four_eyes(ACCORD, on=on, by=self.people[4])

    @invariant()
    def versions_are_log_entries(self) -> None:
        if not hasattr(self, "people"):
            return
        plan = Plan.objects.get()
        assert plan.seq == Change.objects.count()
        changed = Change.objects.filter(resource=Resource.PROVISION).count()
        assert ProvisionVersion.objects.count() == changed

    @invariant()
    def every_decision_has_its_reason_and_nobody_decided_their_own(self) -> None:
        if not hasattr(self, "people"):
            return
        for each in Proposal.objects.exclude(status=ProposalStatus.OPEN):
            assert each.decision
            assert each.decided_by_id != each.author_id
            if each.seq is not None:
                entry = Change.objects.get(seq=each.seq)
                assert (entry.actor_id, entry.key) == (each.author_id, each.key)
                assert each.several or entry.version == each.base_version + 1
                assert "approved by" in entry.reason


def test_six_people_at_random(db: None):
    examples = int(os.environ.get("DESK_EXAMPLES", "12"))
    run_state_machine_as_test(
        Desk,
        settings=settings(
            max_examples=examples,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
