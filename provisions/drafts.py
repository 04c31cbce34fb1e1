"""Drafts: what somebody typed into a form and did not save, kept for them alone until they save or discard it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Count, QuerySet, Sum
from django.db.models.functions import Coalesce, Length
from django.utils import timezone
from django.utils.translation import gettext as _

from provisions.models import Draft

# Of one person in one plan: so many drafts, so long each, and so long together.
MOST = 500
MOST_CHARS = 200_000
MOST_CHARS_IN_ALL = 5_000_000


class NoRoom(Exception):
    """There would be more drafts than we keep, or longer ones. Says so in a sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """A form that was begun: where it is, what is typed in it, and the pasted row that this was read from."""

    place: str
    typed: str
    pasted: str = ""


def drafts_of(user: User, plan: str) -> QuerySet[Draft]:
    """Somebody's drafts in a plan, the latest first."""
    return Draft.objects.filter(user=user, plan=plan)


def draft_at(user: User, place: str) -> Draft | None:
    """What somebody has begun at a form."""
    return Draft.objects.filter(user=user, place=place).first()


@transaction.atomic
def keep(user: User, plan: str, begun: Sequence[Begun]) -> list[Draft]:
    """Keep what was typed, instead of what was kept at the same forms before. All of it or nothing: raises NoRoom."""
    # The same person in two tabs: the second counts after the first.
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    _check_room(user, plan, begun)
    now = timezone.now()
    rows = [
        Draft(user=user, plan=plan, place=each.place, typed=each.typed, pasted=each.pasted, kept_at=now)
        for each in begun
    ]
    return Draft.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["user", "place"], update_fields=["plan", "typed", "kept_at"]
    )


def discard(drafts: QuerySet[Draft]) -> int:
    """Throw drafts away; how many."""
    gone, _each = drafts.delete()
    return gone


def room(user: User, plan: str) -> int:
    """How many more drafts somebody can keep in a plan."""
    return max(0, MOST - drafts_of(user, plan).count())


def _check_room(user: User, plan: str, begun: Sequence[Begun]) -> None:
    if any(len(each.typed) > MOST_CHARS for each in begun):
        raise NoRoom(_("This is too long to be kept as a draft on the server."))
    others = drafts_of(user, plan).exclude(place__in=[each.place for each in begun]).order_by()
    held = others.aggregate(number=Count("pk"), chars=Coalesce(Sum(Length("typed")), 0))
    if held["number"] + len(begun) > MOST:
        told = _("There would be more than %(most)s drafts in this plan. Save or discard some of them first.")
        raise NoRoom(told % {"most": MOST})
    if held["chars"] + sum(len(each.typed) for each in begun) > MOST_CHARS_IN_ALL:
        raise NoRoom(_("Your drafts in this plan are too long together. Save or discard some of them first."))
