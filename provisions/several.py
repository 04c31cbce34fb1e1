"""Changes that belong together: a text with its lines, positions read elsewhere, a change that is taken back.

They are put on record as one, at once or after somebody else has approved them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError

from provisions.contents import Content, SourceContent, as_json, from_json
from provisions.drafting import made_current
from provisions.held import held
from provisions.models import Change, Plan, Resource
from provisions.record import Stale, take_back, why_not
from provisions.record.pen import Pen


@dataclass(frozen=True, slots=True, kw_only=True)
class Several:
    """Changes that are put on record together or not at all, in the order in which they are named here."""

    undone: int | None = None
    """The seq of a change that is taken back."""
    retracted: tuple[str, ...] = ()
    """Keys of positions."""
    added: tuple[Content, ...] = ()
    """Things that are not on record yet."""
    current: str = ""
    """Slug of the text that is on the table from then on."""

    def as_json(self) -> dict[str, Any]:
        added = [[each.resource, as_json(each)] for each in self.added]
        return {"undone": self.undone, "retracted": list(self.retracted), "added": added, "current": self.current}

    @classmethod
    def of(cls, told: dict[str, Any]) -> Several:
        added = tuple(from_json(Resource(resource), content) for resource, content in told["added"])
        return cls(undone=told["undone"], retracted=tuple(told["retracted"]), added=added, current=told["current"])

    def check(self, plan: Plan) -> None:
        """Whether all of it can still be done. Raises Stale, ValidationError."""
        if self.undone is not None and (refused := why_not(Change.objects.get(plan=plan, seq=self.undone))):
            raise ValidationError(refused)
        positions = held(plan, Resource.POSITION, keys=self.retracted) if self.retracted else {}
        for key in self.retracted:
            if key not in positions or positions[key].retracted:
                raise ValidationError({"position": f"'{key}' was retracted before."})
        for resource, contents in _by_kind(self.added):
            for key, found in held(plan, resource, keys=[each.key for each in contents]).items():
                raise Stale(resource, key, seen=0, held=found)

    def write(self, pen: Pen, *, reason: str, source: SourceContent | None = None) -> None:
        """Put all of it on record, with a new source that it names. Raises Stale, Unknown, ValidationError."""
        if self.undone is not None:
            take_back(pen, self.undone, reason=reason)
        if self.retracted:
            pen.retract(*self.retracted, reason=reason)
        pen.put_source(source)
        for _resource, contents in _by_kind(self.added):
            pen.put(contents, seen={each.key: 0 for each in contents})
        if self.current:
            plan = held(pen.plan, Resource.PLAN)[pen.plan.slug]
            # Whatever else of the plan was changed meanwhile stays as it is.
            pen.put([made_current(plan.content, self.current)], seen={plan.content.key: plan.version})


def _by_kind(contents: Iterable[Content]) -> Iterable[tuple[Resource, list[Content]]]:
    kinds: dict[Resource, list[Content]] = defaultdict(list)
    for each in contents:
        kinds[each.resource].append(each)
    return kinds.items()
