"""What can be written through the API: by the same writers as on the pages, in the words in which it is read.

Nothing here speaks HTTP.
"""

from __future__ import annotations

import dataclasses
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from django.contrib.auth.models import User
from typing_extensions import TypedDict

from provisions.contents import Content, PositionContent, as_json, from_json
from provisions.held import held
from provisions.models import Change, Plan, Proposal, ProposalStatus, Resource
from provisions.policy import Act
from provisions.proposals import propose, propose_retraction
from provisions.record import Author, Stale, change, retract_position

from .asking import Asked, NotOnRecord, Refused
from .beside import EVENTS
from .bodies import (
    OTHER_NAMES,
    VERSION,
    BadBody,
    Body,
    EventBody,
    ImplementationBody,
    Json,
    PositionBody,
    ProvisionBody,
    RetractionBody,
    RulingBody,
    WordingBody,
    fields_of,
    patch_of,
    read_body,
)
from .entries import Kind, the_plan
from .implementing import IMPLEMENTATIONS
from .said import POSITIONS, RULINGS
from .shape import documented
from .texts import PROVISIONS, WORDINGS

POST, PATCH = "POST", "PATCH"


class VersionMissing(Refused):
    """An edit that does not say on which version it was made."""


class EditConflict(Refused):
    """Somebody changed the thing after the caller read it; with what each side holds of it."""

    def __init__(self, stale: Stale, *, told: Json) -> None:
        super().__init__(f"{str(stale)[:1].upper()}{str(stale)[1:]}.")
        self.told = told


@documented
class ProposalShape(TypedDict):
    """A change that waits for somebody else to approve it, on the pages."""

    proposal: int
    """Its number in the plan."""
    status: ProposalStatus
    resource: Resource
    id: str
    base_version: int
    """The version that it was made on; 0 for a new thing."""


@dataclass(frozen=True, slots=True)
class Written:
    """What a deed did: the thing as it is told now and the number of the change; without one it is proposed."""

    told: Mapping[str, Any]
    seq: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Hand:
    """Who writes, what version they have seen, and whether they propose it rather than do it."""

    by: Author
    seen: int
    proposing: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """One thing that can be written at one address."""

    name: str
    method: Literal["POST", "PATCH"]
    path: str
    summary: str
    description: str
    kind: Kind
    act: Act
    body: type[Body]
    # A body, for the description.
    example: Json
    do: Callable[[Asked, Body, Hand], Written]

    @property
    def versioned(self) -> bool:
        """Whether it states the version that it was made on."""
        return self.method == PATCH


# ---- What is done ----


def _told(kind: Kind, asked: Asked, key: str) -> Mapping[str, Any]:
    """The thing as answers tell it."""
    names = [part.partition(":")[2].rstrip(">") for part in kind.address.split("/")]
    here = dataclasses.replace(
        asked, names={"plan": asked.names["plan"], **dict(zip(names, key.split("/"), strict=True))}
    )
    return kind.told_one(here)


def _add_position(asked: Asked, body: Body, hand: Hand) -> Written:
    fields = fields_of(body)
    party = fields["party"]
    fields["key"] = fields.get("key") or f"{party}-{secrets.token_hex(4)}"
    fields["asserted_by"] = fields.get("asserted_by") or party
    return _put(POSITIONS, asked, PositionContent(**fields), hand)


def _retract(asked: Asked, body: Body, hand: Hand) -> Written:
    plan, key = asked.names["plan"], asked.names["position"]
    _told(POSITIONS, asked, key)
    if hand.proposing:
        return _proposed(propose_retraction(plan, key, reason=hand.by.reason, author=_person(hand)))
    seq = retract_position(plan, key, by=hand.by)
    return Written(_told(POSITIONS, asked, key), seq)


def _adding(kind: Kind) -> Callable[[Asked, Body, Hand], Written]:
    def add(asked: Asked, body: Body, hand: Hand) -> Written:
        return _put(kind, asked, body.says(**fields_of(body)), hand)

    return add


def _editing(kind: Kind) -> Callable[[Asked, Body, Hand], Written]:
    def edit(asked: Asked, body: Body, hand: Hand) -> Written:
        key = "/".join(value for name, value in asked.names.items() if name != "plan")
        base: Any = _at(the_plan(asked), kind, key, hand.seen)
        return _put(kind, asked, dataclasses.replace(base, **fields_of(body, base=base)), hand, base=base)

    return edit


def _put(kind: Kind, asked: Asked, said: Any, hand: Hand, *, base: Content | None = None) -> Written:
    """Put it on record, or propose it. Raises EditConflict where it was made on what is no longer there."""
    plan = asked.names["plan"]
    try:
        if hand.proposing:
            return _proposed(propose(plan, said, seen=hand.seen, reason=hand.by.reason, author=_person(hand)))
        seq = change(plan, said, seen=hand.seen, by=hand.by)
    except Stale as stale:
        raise EditConflict(stale, told=_conflict(kind, asked, stale, said, base)) from None
    return Written(_told(kind, asked, said.key), seq)


def _person(hand: Hand) -> User:
    if hand.by.actor is None:
        raise TypeError("somebody proposes")
    return hand.by.actor


def _proposed(made: Proposal) -> Written:
    told: ProposalShape = {
        "proposal": made.number,
        "status": ProposalStatus(made.status),
        "resource": Resource(made.resource),
        "id": made.key,
        "base_version": made.base_version,
    }
    return Written(told, None)


def _at(plan: Plan, kind: Kind, key: str, version: int) -> Content:
    """The thing as it was at a version. Raises NotOnRecord."""
    found = held(plan, kind.resource, keys=[key]).get(key)
    if found is None:
        raise NotOnRecord(f"There is no {kind.name} '{key}' in this plan.")
    if found.version == version:
        content: Content = found.content
        return content
    then = Change.objects.filter(plan=plan, resource=kind.resource, key=key, version=version).first()
    if then is None or then.after is None:
        raise BadBody([(VERSION, f"it never had a version {version}; it is at {found.version}")])
    return from_json(kind.resource, then.after)


def _conflict(kind: Kind, asked: Asked, stale: Stale, yours: Any, base: Content | None) -> Json:
    plan = the_plan(asked)
    now = stale.held
    latest = (
        Change.objects.filter(plan=plan, resource=kind.resource, key=stale.key)
        .select_related("actor")
        .order_by("-seq")
        .first()
    )
    sides = [as_json(side) if side is not None else {} for side in (base, now.content if now else None, yours)]
    before, theirs, own = sides
    return {
        "current": _told(kind, asked, stale.key) if now else None,
        "changed_by": latest.actor.get_username() if latest and latest.actor else None,
        "changed_at": latest.recorded_at if latest else None,
        "changed_seq": latest.seq if latest else None,
        "differences": [
            {"field": OTHER_NAMES.get(name, name), "base": before.get(name), "theirs": theirs.get(name), "yours": value}
            for name, value in own.items()
            if not before.get(name) == theirs.get(name) == value
        ],
    }


DEEDS = (
    Deed(
        name="add_position",
        method="POST",
        path="plans/<slug:plan>/positions",
        summary="Put a position on record",
        description="What a party said of the words of a line, or of a whole revision, with where it was read. "
        "Without an id it gets one; without `asserted_by` the party speaks for itself.",
        kind=POSITIONS,
        act=Act.RECORD,
        body=PositionBody,
        example={
            "party": "ua",
            "revision": "us-ua-20",
            "provision": "ceasefire",
            "stance": "accept",
            "authority": 3,
            "stated_on": "2026-01-10",
            "speaker": "A spokesperson",
            "summary": "Accepts the point.",
            "evidence": [{"source": "S001", "grade": "B2"}],
            "reason": "New statement.",
        },
        do=_add_position,
    ),
    Deed(
        name="retract_position",
        method="POST",
        path="plans/<slug:plan>/positions/<str:position>/retraction",
        summary="Retract a position",
        description="It stays readable and counts nowhere from now on.",
        kind=POSITIONS,
        act=Act.RECORD,
        body=RetractionBody,
        example={"reason": "It was said of another draft."},
        do=_retract,
    ),
    Deed(
        name="rule",
        method="POST",
        path="plans/<slug:plan>/rulings",
        summary="Say an own status on words",
        description="An analyst's ruling. Where there is one already, `version` says which one was read; without a "
        "level it is withdrawn.",
        kind=RULINGS,
        act=Act.RECORD,
        body=RulingBody,
        example={
            "provision": "ceasefire",
            "revision": "us-ua-20",
            "level": "open",
            "reason": "The refusal is about the order of the steps only.",
            "sources": ["S001"],
        },
        do=_adding(RULINGS),
    ),
    Deed(
        name="say_what_was_carried_out",
        method="POST",
        path="plans/<slug:plan>/implementations",
        summary="Say how far a line was carried out",
        description="A level of implementation from a day on, of a line of a text that was signed; it moves no level "
        "of agreement. Where the line has one from that day already, `version` says which one was read; without a "
        "level it is withdrawn. A reversal is worked out and never written.",
        kind=IMPLEMENTATIONS,
        act=Act.RECORD,
        body=ImplementationBody,
        example={
            "provision": "ceasefire",
            "since": "2026-03",
            "level": 2,
            "note": "Fire ceased, but on the lake.",
            "sources": ["S001"],
            "reason": "The monitors reported.",
        },
        do=_adding(IMPLEMENTATIONS),
    ),
    Deed(
        name="add_event",
        method="POST",
        path="plans/<slug:plan>/events",
        summary="Put an event on record",
        description="A dated happening, with its states where a condition names it.",
        kind=EVENTS,
        act=Act.RECORD,
        body=EventBody,
        example={
            "slug": "talks-resume",
            "title": "Talks resume",
            "dated": "2026-02",
            "states": [{"state": "unmet", "stated_on": "2026-01-20"}],
            "reason": "A condition names it.",
        },
        do=_adding(EVENTS),
    ),
    Deed(
        name="edit_event",
        method="PATCH",
        path="plans/<slug:plan>/events/<slug:event>",
        summary="Change an event",
        description="The keys that are given are changed, all others stay.",
        kind=EVENTS,
        act=Act.RECORD,
        body=patch_of(EventBody, but=("slug",)),
        example={"title": "The draft is known", "version": 1, "reason": "Shorter."},
        do=_editing(EVENTS),
    ),
    Deed(
        name="edit_wording",
        method="PATCH",
        path="plans/<slug:plan>/wordings/<slug:revision>/<slug:provision>",
        summary="Change words",
        description="The keys that are given are changed, all others stay.",
        kind=WORDINGS,
        act=Act.RECORD,
        body=patch_of(WordingBody),
        example={"gist": "At once, once accepted", "version": 1, "reason": "Shorter."},
        do=_editing(WORDINGS),
    ),
    Deed(
        name="edit_provision",
        method="PATCH",
        path="plans/<slug:plan>/provisions/<slug:provision>",
        summary="Change a line",
        description="Title, category, roles, whose consent it needs. The keys that are given are changed.",
        kind=PROVISIONS,
        act=Act.RECORD,
        body=patch_of(ProvisionBody),
        example={"lead": "When and how the firing ends.", "version": 1, "reason": "Clearer."},
        do=_editing(PROVISIONS),
    ),
)


def perform(
    deed: Deed, asked: Asked, body: Any, *, by: Callable[[str], Author], seen: int | None, proposing: bool
) -> Written:
    """Do it, or propose it. `seen` is the version that a header named, if one did.

    Raises BadBody, VersionMissing, EditConflict, NotOnRecord, and what the record refuses.
    """
    the_plan(asked)
    said = read_body(deed.body, body)
    version = seen if seen is not None else getattr(said, VERSION, None)
    if deed.versioned and version is None:
        raise VersionMissing(
            "Say which version you have read: as `version` in the body, or by If-Match with the ETag that came with it."
        )
    return deed.do(asked, said, Hand(by=by(said.reason), seen=version or 0, proposing=proposing))
