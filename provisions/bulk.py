"""Several positions at once: retracted, or put on record anew with another source. Looked at first, all or nothing.

Positions are never edited: another source means that each is retracted, and that one which says the same is added.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import reduce
from hashlib import sha256
from operator import or_
from typing import Any

from django.contrib.auth.models import User
from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from provisions.contents import EvidenceContent, PositionContent, SourceContent
from provisions.foresight import Foresight, foresee
from provisions.held import Held, held
from provisions.models import Plan, Position, Proposal, Resource
from provisions.proposals import propose_several
from provisions.record import Author, writing
from provisions.several import Several

# As many as the list shows on a page, and as somebody can look through before saving.
MOST = 100
# Leaves room for "-123" in a key.
KEY_STEM = 126


class Deed(StrEnum):
    """What can be done to several positions."""

    RETRACT = "retract"
    SOURCE = "source"


class Refusal(models.TextChoices):
    """Why nothing can be done to one of them."""

    UNKNOWN = "unknown", _("not on the record of this plan")
    RETRACTED = "retracted", _("retracted already")
    ELSEWHERE = "elsewhere", _("does not rest on that source")
    SAME = "same", _("rests on just these sources already")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What somebody wants done; `evidence` takes the place of that from `instead_of`, or of all of it."""

    plan: str
    deed: Deed
    keys: tuple[str, ...]
    evidence: tuple[EvidenceContent, ...] = ()
    instead_of: str = ""


@dataclass(frozen=True, slots=True)
class Chosen:
    """A position that was chosen, and why nothing can be done to it, or what would stand in its place."""

    key: str
    content: PositionContent | None
    refused: Refusal | None = None
    anew: PositionContent | None = None


@dataclass(frozen=True, slots=True)
class Preview:
    """What a wish would do, were it done now."""

    chosen: tuple[Chosen, ...]
    foreseen: Foresight
    asked: str
    """A fingerprint of what was wished."""
    shown: str
    """A fingerprint of what it would do."""

    @property
    def done(self) -> tuple[Chosen, ...]:
        return tuple(each for each in self.chosen if not each.refused)

    @property
    def refused(self) -> tuple[Chosen, ...]:
        return tuple(each for each in self.chosen if each.refused)

    @property
    def mark(self) -> str:
        """Goes with the page, and says when it is sent what whoever sends it had seen."""
        return f"{self.asked}.{self.shown}"


class SeenOtherwise(Exception):
    """It would not do what was shown: the record has moved on, or something else is wished now."""

    def __init__(self, now: Preview, *, seen: str) -> None:
        super().__init__("this would not do what was shown")
        self.now = now
        self.moved_on = seen.partition(".")[0] == now.asked


def preview(wish: Wish) -> Preview:
    """What a wish would do. Raises Plan.DoesNotExist. The number of queries does not grow with the positions."""
    chosen = tuple(_chosen(wish))
    done = [each for each in chosen if not each.refused]
    foreseen = foresee(
        wish.plan,
        [each.anew for each in done if each.anew],
        without={each.content.key for each in done if each.content},
    )
    shown = [[(each.key, each.refused) for each in chosen], foreseen.levels, foreseen.readings, foreseen.phase_then]
    return Preview(chosen, foreseen, _mark(wish), _mark(shown))


def carry_out(wish: Wish, *, seen: str, by: Author, source: SourceContent | None = None) -> int:
    """Do it as one set of changes, if it does what was `seen`; to how many.

    Raises SeenOtherwise, ValidationError, Unknown, Stale; then nothing is written.
    """
    with writing(wish.plan, by=by) as pen:
        done = _as_seen(wish, seen=seen)
        _several(done).write(pen, reason=by.reason, source=source)
        return len(done)


@transaction.atomic
def propose_together(
    wish: Wish, *, seen: str, reason: str, author: User, source: SourceContent | None = None
) -> Proposal:
    """Propose it as one, if it does what was `seen`.

    Raises SeenOtherwise, PermissionDenied, ValidationError, Stale; then nothing is proposed.
    """
    Plan.objects.select_for_update().get(slug=wish.plan)
    done = _as_seen(wish, seen=seen)
    about = (Resource.POSITION, done[0].key)
    return propose_several(wish.plan, _several(done), about=about, reason=reason, author=author, source=source)


def _several(done: Iterable[Chosen]) -> Several:
    """What is done, as changes that belong together."""
    return Several(retracted=tuple(each.key for each in done), added=tuple(each.anew for each in done if each.anew))


def _as_seen(wish: Wish, *, seen: str) -> tuple[Chosen, ...]:
    """Under the plan's lock, so that what is seen is what happens."""
    now = preview(wish)
    if now.mark != seen or not now.done:
        raise SeenOtherwise(now, seen=seen)
    return now.done


def _mark(said: Any) -> str:
    return sha256(repr(said).encode()).hexdigest()[:16]


def _chosen(wish: Wish) -> Iterator[Chosen]:
    plan = Plan.objects.get(slug=wish.plan)
    found = held(plan, Resource.POSITION, keys=wish.keys)
    refused = {key: _refusal(wish, found.get(key)) for key in wish.keys}
    going = [key for key in wish.keys if refused[key] is None]
    anew = dict(zip(going, _free_keys(plan, going), strict=True)) if wish.deed == Deed.SOURCE else {}
    for key in wish.keys:
        content = found[key].content if key in found else None
        instead = _anew(wish, content, keys=anew) if content and key in anew else None
        yield Chosen(key, content, refused[key], instead)


def _refusal(wish: Wish, found: Held | None) -> Refusal | None:
    if found is None:
        return Refusal.UNKNOWN
    if found.retracted:
        return Refusal.RETRACTED
    if wish.deed == Deed.SOURCE:
        evidence = found.content.evidence
        if wish.instead_of and wish.instead_of not in {each.source for each in evidence}:
            return Refusal.ELSEWHERE
        if set(_evidence(wish, evidence)) == set(evidence):
            return Refusal.SAME
    return None


def _evidence(wish: Wish, before: Iterable[EvidenceContent]) -> tuple[EvidenceContent, ...]:
    kept = tuple(each for each in before if wish.instead_of and each.source != wish.instead_of)
    there = {each.source for each in kept}
    return (*kept, *(each for each in wish.evidence if each.source not in there))


def _anew(wish: Wish, content: PositionContent, *, keys: Mapping[str, str]) -> PositionContent:
    """A position that says the same, read elsewhere. What it follows may be told anew together with it."""
    return replace(
        content,
        key=keys[content.key],
        evidence=_evidence(wish, content.evidence),
        follows=content.follows and keys.get(content.follows, content.follows),
    )


def _free_keys(plan: Plan, keys: Iterable[str]) -> Iterator[str]:
    """For each key one that is like it, and that no position has. One query."""
    stems = [key[:KEY_STEM] for key in keys]
    if not stems:
        return
    alike = reduce(or_, (Q(key__startswith=stem) for stem in stems))
    taken = set(Position.objects.filter(alike, plan=plan).values_list("key", flat=True))
    for stem in stems:
        number = 2
        while (free := f"{stem}-{number}") in taken:
            number += 1
        taken.add(free)
        yield free
