"""Four eyes: a change is proposed on the version that its author saw, and somebody else puts it on record.

Nobody approves their own, administrators included; the database holds that too. A proposal whose thing has moved on is
stale: it is never applied, and its author brings it up to date.
"""

from __future__ import annotations

from typing import cast

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from provisions.contents import Content, SourceContent, as_json, from_json
from provisions.held import held
from provisions.models import FourEyes, Plan, Proposal, ProposalStatus, Resource, Via
from provisions.policy import Act, Person, may
from provisions.record import Author, Stale, writing
from provisions.record.pen import Pen
from provisions.several import Several


def takes_two(plan: str) -> bool:
    """Whether what people change on a plan takes two of them."""
    return FourEyes.objects.filter(plan__slug=plan).exists()


def must_propose(user: Person, plan: str) -> bool:
    """Whether somebody proposes a change rather than making it."""
    return not may(user, Act.RECORD, plan) or takes_two(plan)


def set_four_eyes(plan: str, *, on: bool, by: User) -> None:
    """Have changes of a plan take two people, or one again. Raises PermissionDenied."""
    if not may(by, Act.ARRANGE, plan):
        raise PermissionDenied
    if on:
        FourEyes.objects.get_or_create(
            plan=Plan.objects.get(slug=plan), defaults={"set_by": by, "set_at": timezone.now()}
        )
    else:
        FourEyes.objects.filter(plan__slug=plan).delete()


@transaction.atomic
def propose(
    plan: str, content: Content, *, seen: int, reason: str, author: User, source: SourceContent | None = None
) -> Proposal:
    """Propose that a thing say this from now on. Raises PermissionDenied, ValidationError, Stale."""
    return _proposed(plan, content.resource, content.key, seen, reason, author, content=content, source=source)


@transaction.atomic
def propose_retraction(plan: str, key: str, *, reason: str, author: User) -> Proposal:
    """Propose that a position be withdrawn from the record. Raises PermissionDenied, ValidationError."""
    return _proposed(plan, Resource.POSITION, key, 1, reason, author)


@transaction.atomic
def propose_several(
    plan: str,
    several: Several,
    *,
    about: tuple[Resource, str],
    reason: str,
    author: User,
    source: SourceContent | None = None,
) -> Proposal:
    """Propose changes `about` a thing that go together. Raises PermissionDenied, ValidationError, Stale."""
    resource, key = about
    return _proposed(plan, resource, key, 0, reason, author, source=source, several=several)


def _proposed(
    plan: str,
    resource: Resource,
    key: str,
    seen: int,
    reason: str,
    author: User,
    *,
    content: Content | None = None,
    source: SourceContent | None = None,
    several: Several | None = None,
) -> Proposal:
    if not may(author, Act.PROPOSE, plan):
        raise PermissionDenied
    if not reason.strip():
        raise ValidationError({"reason": "Say why."})
    locked = Plan.objects.select_for_update().get(slug=plan)
    if several:
        several.check(locked)
    else:
        _check_version(locked, resource, key, seen=seen)
    latest = Proposal.objects.filter(plan=locked).order_by("-number").first()
    return Proposal.objects.create(
        plan=locked,
        number=latest.number + 1 if latest else 1,
        resource=resource,
        key=key,
        base_version=seen,
        content=as_json(content) if content else None,
        source=as_json(source) if source else None,
        several=several.as_json() if several else None,
        reason=reason,
        author=author,
        proposed_at=timezone.now(),
    )


def is_stale(proposal: Proposal) -> bool:
    """Whether the thing has moved on since the proposal was made, so that it cannot be approved."""
    if proposal.status != ProposalStatus.OPEN:
        return False
    try:
        if proposal.several:
            Several.of(proposal.several).check(proposal.plan)
            return False
        _check_version(proposal.plan, Resource(proposal.resource), proposal.key, seen=proposal.base_version)
    except (Stale, ValidationError):
        return True
    return False


def _check_version(plan: Plan, resource: Resource, key: str, *, seen: int) -> None:
    found = held(plan, resource, keys=[key]).get(key)
    if found and found.retracted:
        raise ValidationError({"position": f"'{key}' was retracted before."})
    if (found.version if found else 0) != seen:
        raise Stale(resource, key, seen=seen, held=found)


def several_of(proposal: Proposal) -> Several | None:
    """The changes that it is of, where they are several."""
    return Several.of(proposal.several) if proposal.several else None


def content_of(proposal: Proposal) -> Content | None:
    """What the thing would say; none where it would be retracted, or several things change."""
    return from_json(Resource(proposal.resource), proposal.content) if proposal.content else None


def approve(plan: str, number: int, *, by: User, reason: str) -> int:
    """Put a proposal on record as its author's change; the seq. Raises PermissionDenied, Stale, ValidationError."""
    _needs(reason)
    proposal = Proposal.objects.select_related("author").get(plan__slug=plan, number=number)
    told = f"{proposal.reason} (Proposal {number}, approved by {by.get_username()}: {reason})"
    undone = proposal.several["undone"] if proposal.several else None
    author = Author(actor=proposal.author, via=Via.PAGE, reason=told, approved=True, reverts=undone)
    with writing(plan, by=author) as pen:
        # Under the plan's lock: of two who decide at once the second finds it decided.
        proposal = _open(pen.plan, number)
        if by.pk == proposal.author_id or not may(by, Act.APPROVE, plan):
            raise PermissionDenied
        _write(pen, proposal, reason=told)
        _decide(proposal, ProposalStatus.APPROVED, by=by, reason=reason, seq=pen.seq)
        return pen.seq


@transaction.atomic
def reject(plan: str, number: int, *, by: User, reason: str) -> None:
    """Turn down somebody else's proposal. Raises PermissionDenied, ValidationError."""
    _needs(reason)
    proposal = _open(Plan.objects.select_for_update().get(slug=plan), number)
    if by.pk == proposal.author_id or not may(by, Act.APPROVE, plan):
        raise PermissionDenied
    _decide(proposal, ProposalStatus.REJECTED, by=by, reason=reason)


@transaction.atomic
def withdraw(plan: str, number: int, *, by: User, reason: str) -> None:
    """Take back one's own proposal. Raises PermissionDenied, ValidationError."""
    _needs(reason)
    proposal = _open(Plan.objects.select_for_update().get(slug=plan), number)
    if by.pk != proposal.author_id:
        raise PermissionDenied
    _decide(proposal, ProposalStatus.WITHDRAWN, by=by, reason=reason)


@transaction.atomic
def rebase(plan: str, number: int, content: Content, *, seen: int, by: User) -> None:
    """Bring one's own proposal up to the version that was seen. Raises PermissionDenied, Stale, ValidationError."""
    locked = Plan.objects.select_for_update().get(slug=plan)
    proposal = _open(locked, number)
    if by.pk != proposal.author_id:
        raise PermissionDenied
    if proposal.several or (content.resource, content.key) != (proposal.resource, proposal.key):
        raise ValidationError("A proposal stays about the same thing.")
    _check_version(locked, content.resource, content.key, seen=seen)
    proposal.content, proposal.base_version, proposal.proposed_at = as_json(content), seen, timezone.now()
    proposal.save(update_fields=["content", "base_version", "proposed_at"])


def _needs(reason: str) -> None:
    if not reason.strip():
        raise ValidationError({"reason": "Say why."})


def _open(plan: Plan, number: int) -> Proposal:
    proposal = Proposal.objects.get(plan=plan, number=number)
    if proposal.status != ProposalStatus.OPEN:
        raise ValidationError(f"Proposal {number} is {proposal.get_status_display()} already.")
    return proposal


def _write(pen: Pen, proposal: Proposal, *, reason: str) -> None:
    source = cast("SourceContent", from_json(Resource.SOURCE, proposal.source)) if proposal.source else None
    if (several := several_of(proposal)) is not None:
        several.check(pen.plan)
        several.write(pen, reason=reason, source=source)
        return
    content = content_of(proposal)
    if content is None:
        pen.retract(proposal.key, reason=reason)
        return
    pen.put_source(source)
    if not pen.put([content], seen={content.key: proposal.base_version}):
        raise ValidationError("The record says this already, so there is nothing to approve.")


def _decide(proposal: Proposal, status: ProposalStatus, *, by: User, reason: str, seq: int | None = None) -> None:
    proposal.status, proposal.decided_by, proposal.decided_at = status, by, timezone.now()
    proposal.decision, proposal.seq = reason, seq
    proposal.save(update_fields=["status", "decided_by", "decided_at", "decision", "seq"])
