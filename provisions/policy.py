"""Who may do what. Pages, API and templates ask here, and docs/roles.md is written from here.

Each role may do what those before it may, and more. A role is given for one plan, or for all of them by a group of that
name. Reading needs no account.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from functools import cached_property

from django.contrib.auth.models import AnonymousUser, User
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from provisions.models import DeskRole, Membership

Person = User | AnonymousUser


class Rank(IntEnum):
    """The roles, each above those before it. Readers without an account are the lowest."""

    READER = 0
    VIEWER = 1
    CONTRIBUTOR = 2
    ANALYST = 3
    REVIEWER = 4
    LEAD = 5
    ADMINISTRATOR = 6

    @property
    def title(self) -> str:
        return _("no account") if self is Rank.READER else str(DeskRole(self.name.lower()).label)


class Act(StrEnum):
    """What can be done, from what anybody may to what hardly anybody may."""

    READ = "read"
    KEEP = "keep"
    PROPOSE = "propose"
    RECORD = "record"
    APPROVE = "approve"
    ARRANGE = "arrange"
    APPOINT = "appoint"
    IMPORT = "import"
    DELETE = "delete"
    OPERATE = "operate"


@dataclass(frozen=True, slots=True)
class Rule:
    """The lowest role that may do something, and what that is, in words."""

    least: Rank
    what: str | Promise


RULES: dict[Act, Rule] = {
    Act.READ: Rule(Rank.READER, gettext_lazy("Read every page, the log and the API")),
    Act.KEEP: Rule(Rank.VIEWER, gettext_lazy("Keep filters of lists for oneself")),
    Act.PROPOSE: Rule(Rank.CONTRIBUTOR, gettext_lazy("Propose a change, change and withdraw one's own proposals")),
    Act.RECORD: Rule(
        Rank.ANALYST,
        gettext_lazy(
            "Put on record: positions, words, rulings, roles, events, sources and what stands beside; retract and undo"
        ),
    ),
    Act.APPROVE: Rule(Rank.REVIEWER, gettext_lazy("Approve or reject what somebody else proposed")),
    Act.ARRANGE: Rule(
        Rank.LEAD,
        gettext_lazy("Arrange the plan: its principals and current text, categories, a new text, four eyes"),
    ),
    Act.APPOINT: Rule(Rank.LEAD, gettext_lazy("Give roles below one's own in the plan, and take them back")),
    Act.IMPORT: Rule(Rank.ADMINISTRATOR, gettext_lazy("Import plan files")),
    Act.DELETE: Rule(Rank.ADMINISTRATOR, gettext_lazy("Delete a plan, after an export; and bring it back")),
    Act.OPERATE: Rule(Rank.ADMINISTRATOR, gettext_lazy("Look after the jobs and the site")),
}

# As groups were called before there were roles for a plan.
GROUPS = {**{role.value: Rank[role.name] for role in DeskRole}, "admin": Rank.ADMINISTRATOR}


def rank_of(user: Person, plan: str | None = None) -> Rank:
    """The highest role that somebody has on a plan, or without one on all of them. Two queries at the most."""
    if not user.is_authenticated:
        return Rank.READER
    if not user.is_active:
        return Rank.VIEWER
    if user.is_superuser:
        return Rank.ADMINISTRATOR
    ranks = [GROUPS[name] for name in user.groups.values_list("name", flat=True) if name in GROUPS]
    if plan is not None:
        given = Membership.objects.standing().filter(user=user, plan__slug=plan).values_list("role", flat=True)
        ranks += [Rank[role.upper()] for role in given]
    return max(ranks, default=Rank.VIEWER)


def may(user: Person, act: Act, plan: str | None = None) -> bool:
    """Whether somebody may do something to a plan, or without one to all of them."""
    return RULES[act].least == Rank.READER or rank_of(user, plan) >= RULES[act].least


class Powers:
    """What somebody may do to a plan, for templates: `may.record`. Asks when it is asked, and once.

    `offering` says what to offer: also to the signed-out, who may turn out to be allowed once they sign in.
    """

    def __init__(self, user: Person, plan: str | None = None, *, offering: bool = False) -> None:
        self._user, self._plan = user, plan
        self._signed_out = offering and not user.is_authenticated

    @cached_property
    def rank(self) -> Rank:
        return rank_of(self._user, self._plan)

    def __getitem__(self, act: str) -> bool:
        """Raises KeyError where there is no such act: a misspelt one is not a refusal."""
        if act not in RULES:
            raise KeyError(act)
        return self._signed_out or self.rank >= RULES[Act(act)].least


def may_appoint(user: Person, role: DeskRole, *, plan: str, instead_of: DeskRole | None = None) -> bool:
    """Whether somebody may give a role in a plan: one below their own, and to nobody who stands as high as they do."""
    rank = rank_of(user, plan)
    if rank < RULES[Act.APPOINT].least:
        return False
    highest = max(Rank[each.name] for each in (role, instead_of) if each is not None)
    return highest < rank or rank == Rank.ADMINISTRATOR


def matrix() -> Iterator[str]:
    """Who may do what, as a table in Markdown."""
    yield "| | " + " | ".join(rank.title for rank in Rank) + " |"
    yield "|---|" + "---|" * len(Rank)
    for rule in RULES.values():
        yield f"| {rule.what} | " + " | ".join("yes" if rank >= rule.least else "–" for rank in Rank) + " |"
