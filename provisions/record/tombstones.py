"""The last entry of a plan's log, and the one that takes it back. Nothing is erased: the plan is read no more."""

from __future__ import annotations

from typing import Any, cast

from provisions.contents import PlanContent, as_json, from_json
from provisions.held import held
from provisions.models import Change, ChangeKind, Plan, PlanVersion, Resource

from .pen import Author, Pen, writing
from .rows import sayings


def entomb(pen: Pen, *, export: dict[str, Any]) -> None:
    """Close the version of the plan that stands, with no other after it; the log keeps which `export` was taken."""
    slug = pen.plan.slug
    found = held(pen.plan, Resource.PLAN)[slug]
    PlanVersion.objects.standing().filter(plan=pen.plan).update(superseded_at=pen.now)
    version = _next_version(pen)
    pen.note(
        ChangeKind.RETRACTED,
        Resource.PLAN,
        slug,
        version=version,
        before=as_json(found.content),
        after={"export": export},
    )


def bring_back(plan: str, *, by: Author) -> int:
    """Have a deleted plan stand again as it stood; the seq of the change. Raises Plan.DoesNotExist where it is not."""
    with writing(plan, by=by, deleted=True) as pen:
        last = Change.objects.filter(plan=pen.plan, resource=Resource.PLAN, key=plan).latest("seq")
        content = cast("PlanContent", from_json(Resource.PLAN, last.before or {}))
        pen.book.look_up([content])
        version = _next_version(pen)
        # Its parties kept their places.
        stands = next(sayings(content, book=pen.book, of=pen.plan, stamp={"version": version, "recorded_at": pen.now}))
        stands.save(force_insert=True)
        pen.reverting = {(Resource.PLAN, plan): last.seq}
        pen.note(ChangeKind.ADDED, Resource.PLAN, plan, version=version, after=as_json(content))
        return pen.seq


def _next_version(pen: Pen) -> int:
    version = pen.plan.version + 1
    Plan.every.filter(pk=pen.plan.pk).update(version=version)
    return version
