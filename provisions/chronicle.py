"""The log of a plan, told in sentences: newest first, page by page."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from provisions.codebook import Code, code
from provisions.models import Change, ChangeKind, PlanParty, ProvisionVersion, Resource, RevisionVersion

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Shift:
    """A line whose level moved."""

    line: str
    title: str
    before: Code | None
    after: Code | None


@dataclass(frozen=True, slots=True)
class Entry:
    """One change of the log. `line` is the line that it is about, where it is about one."""

    seq: int
    recorded_at: datetime
    who: str
    via: Code
    reason: str
    resource: Code
    what: str
    said: str
    line: str | None
    stance: Code | None
    shifts: tuple[Shift, ...]
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the log, and from where the next one goes on (None at the end)."""

    entries: list[Entry]
    older: int | None


def chronicle(plan: str, *, before: int | None = None, resource: str = "", limit: int = 50) -> Page:
    """The changes of a plan below `before`. Costs the same number of queries however long the log is."""
    rows = Change.objects.filter(plan__slug=plan)
    if before is not None:
        rows = rows.filter(seq__lt=before)
    if resource:
        rows = rows.filter(resource=resource)
    found = list(rows.select_related("actor").order_by("-seq")[: limit + 1])
    entries = _Teller(plan).tell(found[:limit])
    return Page(entries, found[limit - 1].seq if len(found) > limit else None)


def chronicle_of_line(plan: str, line: str, *, positions: Iterable[str], limit: int = 20) -> list[Entry]:
    """The latest changes that touched a line: its words, its positions, its level."""
    touching: QuerySet[Change] = Change.objects.filter(
        Q(resource=Resource.PROVISION, key=line)
        | Q(resource__in=(Resource.WORDING, Resource.RULING, Resource.SILENCE_PROCEDURE), key__endswith=f"/{line}")
        | Q(resource=Resource.POSITION, key__in=positions)
        | Q(resource=Resource.ASSESSMENT, after__levels__has_key=line),
        plan__slug=plan,
    )
    return _Teller(plan).tell(touching.select_related("actor").order_by("-seq")[:limit], only=line)


class _Teller:
    """Knows the names that a log speaks of."""

    def __init__(self, plan: str) -> None:
        self.lines = dict(
            ProvisionVersion.objects.standing()
            .filter(provision__plan__slug=plan)
            .order_by("provision__order")
            .values_list("provision__slug", "title")
        )
        self.parties = dict(PlanParty.objects.filter(plan__slug=plan).values_list("party__slug", "party__name"))
        self.revisions = dict(
            RevisionVersion.objects.standing().filter(revision__plan__slug=plan).values_list("revision__slug", "short")
        )

    def tell(self, changes: Iterable[Change], *, only: str | None = None) -> list[Entry]:
        return [self._entry(change, only) for change in changes]

    def _entry(self, change: Change, only: str | None) -> Entry:
        content = change.after if change.after is not None else change.before
        stance = (content or {}).get("stance") if change.resource == Resource.POSITION else None
        return Entry(
            seq=change.seq,
            recorded_at=change.recorded_at,
            who=change.actor.get_username() if change.actor else "",
            via=code(change.via, vocabulary="via"),
            reason=change.reason,
            resource=code(change.resource, vocabulary="resource"),
            what=self._what(change, content or {}),
            said=(content or {}).get("summary", "") if change.resource == Resource.POSITION else "",
            line=self._line(change),
            stance=code(stance, vocabulary="stance") if stance else None,
            shifts=tuple(self._shifts(change, only)),
            before=_pretty(change.before),
            after=_pretty(change.after),
        )

    def _what(self, change: Change, content: Json) -> str:
        done = code(change.kind, vocabulary="change_kind").label
        match change.resource:
            case Resource.ASSESSMENT:
                return _("Levels worked out")
            case Resource.POSITION:
                return f"{self._position(content)} {done}"
            case Resource.WORDING | Resource.RULING | Resource.SILENCE_PROCEDURE:
                revision, _slash, line = change.key.partition("/")
                names = {
                    "thing": code(change.resource, vocabulary="resource").label,
                    "line": self.lines.get(line, line),
                    "text": self.revisions.get(revision, revision),
                    "done": done,
                }
                return _("%(thing)s of %(line)s in the %(text)s %(done)s") % names
        name = content.get("title") or content.get("name") or content.get("subject") or change.key
        return f"{code(change.resource, vocabulary='resource').label} {name} {done}"

    def _position(self, content: Json) -> str:
        line = content.get("provision")
        about = (
            self.lines.get(line, line)
            if line
            else _("the whole of the %(text)s")
            % {"text": self.revisions.get(content.get("revision", ""), content.get("revision", ""))}
        )
        names = {
            "party": self.parties.get(content.get("party", ""), content.get("party", "")),
            "by": self.parties.get(content.get("asserted_by", ""), content.get("asserted_by", "")),
            "about": about,
        }
        if content.get("asserted_by") == content.get("party"):
            return _("Position of %(party)s on %(about)s") % names
        return _("Claim of %(by)s about %(party)s on %(about)s") % names

    def _line(self, change: Change) -> str | None:
        """The line that a reader would want to open."""
        content = change.after or change.before or {}
        line = change.key if change.resource == Resource.PROVISION else content.get("provision")
        return line if line in self.lines else None

    def _shifts(self, change: Change, only: str | None) -> Iterable[Shift]:
        if change.kind != ChangeKind.ASSESSED:
            return
        was, now = (change.before or {}).get("levels", {}), (change.after or {}).get("levels", {})
        for line in self.lines if only is None else (only,):
            if line in now and was.get(line) != now[line]:
                yield Shift(line, self.lines.get(line, line), _level(was.get(line)), _level(now[line]))


def _level(word: str | None) -> Code | None:
    if word is None:
        return None
    return code(word, vocabulary="gone" if word in ("withdrawn", "succeeded") else "level")


def _pretty(content: Any) -> str:
    return "" if content is None else json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True)
