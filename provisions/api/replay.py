"""Asking for a past day, for what was known at a moment, or for another revision."""

from __future__ import annotations

from datetime import date

from provisions.models import Plan, PlanVersion, RevisionVersion

from .asking import Asked, BadValue, Day, Moment, Name, one_of

REPLAY = (
    Day(name="as_of", does="Show where everything stood on this day, by all that is on record now."),
    # Before the record begins, nothing can be counted.
    Moment(name="known_at", does="Count only what was on record at this moment.", checked_further=True),
    Name(name="revision", does="Evaluate this revision of the plan, be it an older draft or a counter-proposal."),
)


def replayed_day(plan: Plan, asked: Asked) -> date | None:
    """The day as of which a replay is worked out; None where no replay is asked for. Raises BadValue.

    It never is the clock's: the same asking has the same answer until the plan changes.
    """
    _refuse_what_is_not_there(plan, asked)
    if asked["as_of"] is not None:
        day: date = asked["as_of"]
        return day
    if asked["known_at"] is not None:
        return asked["known_at"].date()
    if asked["revision"] is not None:
        return plan.assessed_on or plan.changes.latest("seq").recorded_at.date()
    return None


def _refuse_what_is_not_there(plan: Plan, asked: Asked) -> None:
    if (moment := asked["known_at"]) is not None:
        begun = PlanVersion.objects.filter(plan=plan).order_by("version").values_list("recorded_at", flat=True)[0]
        if moment < begun:
            raise BadValue("known_at", f"known_at: the record of this plan begins at {begun.isoformat()}.")
    if (revision := asked["revision"]) is not None:
        versions = RevisionVersion.objects.filter(revision__plan=plan)
        standing = versions.standing() if moment is None else versions.known_at(moment)
        known = list(standing.order_by("revision__order").values_list("revision__slug", flat=True))
        if revision not in known:
            then = " as it was known then" if moment else ""
            raise BadValue("revision", f"revision: '{revision}' is not one of this plan{then}; {one_of(known)}.")
