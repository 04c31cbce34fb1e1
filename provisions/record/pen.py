"""The pen: holds a plan's row lock, compares versions, writes, and numbers the changes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models, transaction
from django.utils.translation import gettext as _

from parties.models import Source
from provisions.bell import ring
from provisions.contents import Content, SourceContent, as_json
from provisions.held import Held, held
from provisions.models import (
    Change,
    ChangeKind,
    FourEyes,
    Plan,
    PlanVersion,
    Position,
    Resource,
    Retraction,
    Via,
    moment_after_the_log,
)

from .additions import add, named_by, new
from .book import SHARED, Book, references
from .checks import check, check_lengths, check_signatures
from .rows import LAYERS, OF_A_WORDING, REPLACED, VERSIONS, Stamp, sayings, thing

if TYPE_CHECKING:
    from django.contrib.auth.models import User

# Of these one names another in its own row, so that the other has to have an id before. Any others may come together.
NAME_IN_THEIR_OWN_ROW = {Resource.PROVISION, Resource.POSITION}

# What of a plan's row moves with its log.
HEAD = ("seq", "assessed_seq", "assessed_on")

# The doors of people who act by themselves. Imports are previewed, jobs follow from the record.
ALONE = (Via.PAGE, Via.API)


@dataclass(frozen=True, slots=True, kw_only=True)
class Author:
    """Who makes a change, by which door, and why."""

    actor: User | None = None
    via: Via
    reason: str = ""
    request_id: str = ""
    reverts: int | None = None
    # Whether somebody else has looked at it, where a plan asks for that.
    approved: bool = False


class NeedsApproval(ValidationError):
    """The plan takes two people for what one of them would do alone."""

    def __init__(self) -> None:
        told = "Changes of this plan take two people: propose it in the form of the thing; somebody else approves it."
        super().__init__({NON_FIELD_ERRORS: told})


class Stale(Exception):
    """Somebody changed the thing after the caller read it."""

    def __init__(self, resource: Resource, key: str, *, seen: int, held: Held | None) -> None:
        now_at = f"now at {held.version}" if held else "not there"
        super().__init__(f"{resource.label} '{key}' was read at version {seen} and is {now_at}")
        self.resource, self.key, self.seen, self.held = resource, key, seen, held


class Deleted(Plan.DoesNotExist):
    """The plan was deleted: nobody writes to it any more, unless it is brought back."""


@contextmanager
def writing(plan: str, *, by: Author, create: bool = False, deleted: bool = False) -> Iterator[Pen]:
    """One transaction under the plan's row lock. Everything written in it is kept together or not at all.

    Raises Plan.DoesNotExist, unless `create` says that the plan begins now, NeedsApproval, and Deleted unless that is
    the kind of plan to write to.
    """
    with transaction.atomic():
        locked = _locked(plan, create=create)
        # Asked under the lock: whoever held it before may have deleted the plan.
        if is_deleted(locked) != deleted:
            raise Deleted(plan) if not deleted else Plan.DoesNotExist(plan)
        if by.via in ALONE and not by.approved and FourEyes.objects.filter(plan=locked).exists():
            raise NeedsApproval
        pen = Pen(locked, by=by, now=moment_after_the_log(locked))
        yield pen
        pen.close()


def _locked(slug: str, *, create: bool) -> Plan:
    """The plan's row, nobody else's until the transaction ends. Raises Plan.DoesNotExist."""
    rows = Plan.every.select_for_update().filter(slug=slug)
    return (rows.first() or _begun(slug) or rows.get()) if create else rows.get()


def _begun(slug: str) -> Plan | None:
    """The row of a plan that begins now; nothing where somebody else begins it at this moment."""
    plan = Plan(slug=slug)
    add([plan], unless_there=True)
    return plan if plan.pk else None


def is_deleted(plan: Plan) -> bool:
    """Whether a plan has versions, and none of them stands. One query, unless nothing was ever written of it."""
    if not plan.seq:
        return False
    newest = PlanVersion.objects.filter(plan=plan).order_by("-version").values_list("superseded_at", flat=True)[:1]
    return any(moment is not None for moment in newest)


class Pen:
    """Writes to one plan whose row is locked. Every thing that really changes gets one Change."""

    def __init__(self, plan: Plan, *, by: Author, now: datetime) -> None:
        self.plan = plan
        self.by = by
        self.now = now
        self.book = Book(plan)
        self.reverting: Mapping[tuple[str, str], int] = {}
        """The seq of the change that is undone, for each of several things that are undone together."""
        self.shared: dict[Resource, dict[str, int]] = {resource: {} for resource in SHARED}
        """By key the versions at which this pen found or left parties and sources that it was given."""
        self._looked_at: dict[Resource, dict[str, Held | None]] = {}
        self._changes: list[Change] = []
        self._head = _head(plan)

    @property
    def seq(self) -> int:
        """The number of the latest change, those of this pen included."""
        return self.plan.seq + len(self._changes)

    @property
    def changes(self) -> Sequence[Change]:
        """What this pen has written so far."""
        return tuple(self._changes)

    def shared_things(self, resource: Resource, keys: Iterable[str]) -> Mapping[str, Held]:
        """The parties or sources that are on record under these keys. They are not read again to be written over."""
        found = held(self.plan, resource, keys=set(keys))
        self._looked_at[resource] = {key: found.get(key) for key in keys}
        return found

    def put_source(self, source: SourceContent | None) -> None:
        """Put a new source on record before what rests on it; one that somebody put there meanwhile stays as it is."""
        if source and not Source.objects.filter(slug=source.slug).exists():
            self.put([source], seen={source.key: 0})

    def put(self, contents: Sequence[Content], *, seen: Mapping[str, int] | None = None) -> int:
        """Put things of one kind on record as they are given; how many were added or changed.

        `seen` holds, by key, the version that the caller read; 0 for a thing that must be new.
        Raises Stale, Unknown, ValidationError; then nothing is written.
        """
        if not contents:
            return 0
        resource = contents[0].resource
        before = self._before(resource, contents)
        for key, version in (seen or {}).items():
            if ((found := before.get(key)) is None and version) or (found and found.version != version):
                raise Stale(resource, key, seen=version, held=found)
        for key, each in before.items():
            self.book.note(resource, key, each.pk)
        moved = [content for content in contents if _differs(content, before)]
        # All of them before any is written anew: two lines may have swapped their numbers.
        self._supersede(resource, [before[content.key].pk for content in moved if content.key in before])
        if resource == Resource.WORDING:
            self.book.note_words(each.content for each in before.values())
        if resource in SHARED:
            self.shared[resource] |= {key: each.version for key, each in before.items()}
            self.shared[resource] |= {content.key: _next_version(content, before) for content in moved}
        for wave in _waves(moved):
            self._put(resource, wave, before)
        if resource == Resource.PLAN and before:
            check_signatures(self.plan, field="principals")
        return len(moved)

    def retract(self, *keys: str, reason: str) -> None:
        """Withdraw positions from the record. They stay readable, and count nowhere from now on."""
        if not reason.strip():
            raise ValidationError({"reason": _("Say why it is retracted.")})
        found = held(self.plan, Resource.POSITION, keys=keys)
        for key in keys:
            if key not in found:
                raise ValidationError({"position": _("There is no position '%(key)s'.") % {"key": key}})
            if found[key].retracted:
                raise ValidationError({"position": _("'%(key)s' was retracted before.") % {"key": key}})
        Retraction.objects.bulk_create(
            Retraction(position=Position(pk=found[key].pk), reason=reason, recorded_at=self.now) for key in keys
        )
        if any(found[key].content.provision is None for key in keys):
            check_signatures(self.plan, field="position")
        for key in keys:
            before = as_json(found[key].content)
            self.note(ChangeKind.RETRACTED, Resource.POSITION, key, version=2, before=before, after=None)

    def note(
        self, kind: ChangeKind, resource: Resource, key: str, *, version: int, before: Any = None, after: Any = None
    ) -> None:
        """Append one change to the log. Only the record's own writers call this."""
        self._changes.append(
            new(
                Change,
                plan_id=self.plan.pk,
                seq=self.seq + 1,
                kind=kind,
                resource=resource,
                key=key,
                version=version,
                actor_id=self.by.actor and self.by.actor.pk,
                via=self.by.via,
                reason=self.by.reason,
                before=before,
                after=after,
                reverts=self.reverting.get((resource, key), self.by.reverts),
                recorded_at=self.now,
                request_id=self.by.request_id,
            )
        )

    def close(self) -> None:
        """Append the changes, move the head of the log, and ring the bell once it is committed."""
        seq, self._changes, changes = self.seq, [], self._changes
        if changes:
            add(changes, named=False)
        self.plan.seq = seq
        if _head(self.plan) != self._head:
            self.plan.save(update_fields=HEAD)
        if changes and self.plan.assessed_seq < seq:
            plan_pk = self.plan.pk
            transaction.on_commit(lambda: ring(plan_pk))

    def _before(self, resource: Resource, contents: Sequence[Content]) -> dict[str, Held]:
        if self._is_first(resource):
            return {}
        keys = {content.key for content in contents}
        before = self._found_before(resource, keys)
        if resource in SHARED and any(content.key in before and _differs(content, before) for content in contents):
            # Another plan's writer has another lock, and may be about to change the same party or source.
            list(SHARED[resource].objects.select_for_update().filter(slug__in=keys).order_by("slug"))
            before = held(self.plan, resource, keys=keys)
        return before

    def _found_before(self, resource: Resource, keys: set[str]) -> dict[str, Held]:
        """What is on record under these keys, as it was just looked at or as it is now."""
        looked_at = self._looked_at.pop(resource, {})
        if keys <= looked_at.keys():
            return {key: found for key in keys if (found := looked_at[key])}
        return held(self.plan, resource, keys=keys)

    def _is_first(self, resource: Resource) -> bool:
        """Whether nothing of the kind is on record: PostgreSQL keeps nothing of a plan that its log was not told of."""
        return not (self.plan.seq or resource in SHARED or any(each.resource == resource for each in self._changes))

    def _put(self, resource: Resource, moved: list[Content], before: Mapping[str, Held]) -> None:
        self.book.look_up(moved)
        self.book.note_words(moved)
        check(moved, book=self.book, today=self.now.date())
        self._write(resource, moved, before)
        for content in moved:
            was = before.get(content.key)
            self.note(
                ChangeKind.CHANGED if was else ChangeKind.ADDED,
                resource,
                content.key,
                version=was.version + 1 if was else 1,
                before=as_json(was.content) if was else None,
                after=as_json(content),
            )

    def _write(self, resource: Resource, moved: Sequence[Content], before: Mapping[str, Held]) -> None:
        things = [self._thing(content, before) for content in moved]
        if added := [row for row in things if row.pk is None]:
            # Two plans' writers who brought the same in different orders would wait for each other for ever.
            add(sorted(added, key=attrgetter("slug")) if resource in SHARED else added)
        if known := [row for row, content in zip(things, moved, strict=True) if content.key in before]:
            self._replace(resource, known)
        layers: dict[type[models.Model], list[models.Model]] = defaultdict(list)
        for row, content in zip(things, moved, strict=True):
            self.book.note(resource, content.key, row.pk)
            stamp: Stamp = {"version": _next_version(content, before), "recorded_at": self.now}
            for said in sayings(content, book=self.book, of=row, stamp=stamp):
                layers[type(said)].append(said)
        for model in LAYERS:
            if rows := layers.get(model):
                add(rows, named=any(model in named_by(other) for other in layers))

    def _thing(self, content: Content, before: Mapping[str, Held]) -> models.Model:
        """The thing's own row, with its id if it is there already."""
        row = thing(content, book=self.book, version=_next_version(content, before), now=self.now)
        if found := before.get(content.key):
            row.pk = found.pk
        elif isinstance(row, Plan):
            row.pk = self.plan.pk
        return row

    def _supersede(self, resource: Resource, ids: Sequence[int]) -> None:
        if ids and resource in VERSIONS:
            model, field = VERSIONS[resource]
            standing = model._base_manager.filter(**{f"{field}__in": ids}, superseded_at=None)
            standing.update(superseded_at=self.now)

    def _replace(self, resource: Resource, known: Sequence[models.Model]) -> None:
        if resource in OF_A_WORDING:
            return
        check_lengths(known)
        # The plan's own counters belong to `close`.
        fields = ["version"] if resource == Resource.PLAN else _own_fields(known[0])
        type(known[0])._base_manager.bulk_update(known, fields, batch_size=1000)
        # Afterwards: PostgreSQL lets go what belongs to a version only in the transaction that writes another.
        for model, field in REPLACED.get(resource, ()):
            model._base_manager.filter(**{f"{field}__in": [row.pk for row in known]}).delete()


def _head(plan: Plan) -> list[Any]:
    return [getattr(plan, name) for name in HEAD]


def _differs(content: Content, before: Mapping[str, Held]) -> bool:
    found = before.get(content.key)
    if found is not None and content.resource == Resource.POSITION and found.content != content:
        raise ValidationError(
            {"key": f"'{content.key}' is on record with other words. Retract it, and add another under a new id."}
        )
    return found is None or found.content != content


def _next_version(content: Content, before: Mapping[str, Held]) -> int:
    found = before.get(content.key)
    return found.version + 1 if found else 1


def _own_fields(row: models.Model) -> list[str]:
    return [field.name for field in row._meta.concrete_fields if not field.primary_key and field.name != "plan"]


def _waves(contents: Iterable[Content]) -> Iterator[list[Content]]:
    """Contents in such order that what another of them names is written before it, as many at a time as can be."""
    left = {content.key: content for content in contents}
    names = {
        key: {named for resource, named in references(content) if resource == content.resource and named != key}
        for key, content in left.items()
    }
    together: list[Content] = []
    while left:
        wave = [content for key, content in left.items() if names[key].isdisjoint(left)]
        if not wave:
            raise ValidationError(f"These name each other in a circle: {', '.join(sorted(left))}.")
        for content in wave:
            del left[content.key]
        if wave[0].resource in NAME_IN_THEIR_OWN_ROW:
            yield wave
        else:
            together += wave
    if together:
        yield together
