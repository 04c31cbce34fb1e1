"""The log of a plan, told in sentences: newest first, page by page."""

from __future__ import annotations

import json
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from provisions.codebook import Code, code
from provisions.codebook.code import Text
from provisions.contents import When
from provisions.models import Change, ChangeKind, PlanParty, ProvisionVersion, Resource, RevisionVersion
from provisions.record import undoable
from provisions.redline import Piece, redline
from provisions.words import day_in_words

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which changes are asked for: of one kind of thing, by one author or door, about one line or party."""

    resource: str = ""
    who: str = ""
    via: str = ""
    line: str = ""
    party: str = ""

    @property
    def asked(self) -> dict[str, str]:
        """What is asked for, as an address has it."""
        return {name: value for name in self.__slots__ if (value := getattr(self, name))}

    def among(self, rows: QuerySet[Change]) -> QuerySet[Change]:
        """Those of the changes that are asked for."""
        for name, column in (("resource", "resource"), ("who", "actor__username"), ("via", "via")):
            if value := getattr(self, name):
                rows = rows.filter(**{column: value})
        if self.line:
            rows = rows.filter(
                Q(resource=Resource.PROVISION, key=self.line)
                | Q(after__provision=self.line)
                | Q(before__provision=self.line)
                | Q(resource=Resource.ASSESSMENT, after__levels__has_key=self.line)
            )
        if self.party:
            of_party = Q(after__party=self.party) | Q(before__party=self.party)
            rows = rows.filter(of_party | Q(resource=Resource.PARTY, key=self.party))
        return rows


@dataclass(frozen=True, slots=True)
class Shift:
    """A line whose level moved, or would."""

    line: str
    title: str
    before: Code | None
    after: Code | None

    @property
    def in_words(self) -> str:
        """Prisoners moved from Open to Contested."""
        if self.after is None:
            return _("%(line)s is no longer judged") % {"line": self.title}
        names = {"line": self.title, "before": self.before.label if self.before else "", "after": self.after.label}
        return (
            _("%(line)s moved from %(before)s to %(after)s") if self.before else _("%(line)s set to %(after)s")
        ) % names


@dataclass(frozen=True, slots=True)
class Difference:
    """A field that a change changed. Where both are plain words, `words` says so: they can be read as a redline."""

    field: str
    before: str
    after: str
    words: bool

    @property
    def redline(self) -> list[Piece]:
        """What became of the words before."""
        return redline(self.before, self.after)


@dataclass(frozen=True, slots=True)
class Entry:
    """One change of the log. `line` is the line that it is about, where it is about one."""

    seq: int
    recorded_at: datetime
    who: str
    via: Code
    reason: str
    resource: Code
    kind: str
    what: str
    said: str
    line: str | None
    stance: Code | None
    shifts: tuple[Shift, ...]
    differences: tuple[Difference, ...]
    before: str
    after: str
    undoes: int | None
    can_be_undone: bool = False

    @property
    def only_shift(self) -> Shift | None:
        """The line that moved, where it is the only one."""
        return self.shifts[0] if len(self.shifts) == 1 else None

    @property
    def headline(self) -> str:
        """The change in a line."""
        if self.only_shift:
            return self.only_shift.in_words
        return capfirst(self.what)


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the log, and from where the next one goes on (None at the end)."""

    entries: list[Entry]
    older: int | None


def chronicle(
    plan: str,
    *,
    before: int | None = None,
    wanted: Wanted | None = None,
    limit: int = 50,
    undo: Container[str] = (),
    names: Names | None = None,
) -> Page:
    """The changes of a plan below `before`, of those that are wanted.

    `undo` names the kinds of thing of which the reader may undo changes; each entry says whether it can be undone.

    Costs the same number of queries however long the log is.
    """
    rows = (wanted or Wanted()).among(Change.objects.filter(plan__slug=plan))
    if before is not None:
        rows = rows.filter(seq__lt=before)
    found = list(rows.select_related("actor").order_by("-seq")[: limit + 1])
    shown = found[:limit]
    entries = _Teller(names or names_in(plan)).tell(shown, only=wanted.line or None if wanted else None)
    if theirs := [change for change in shown if change.resource in undo]:
        can = undoable(theirs)
        entries = [replace(entry, can_be_undone=entry.seq in can) for entry in entries]
    return Page(entries, shown[-1].seq if len(found) > limit else None)


def told(change: Change, *, names: Names) -> Entry:
    """One change in sentences."""
    return _Teller(names).tell([change])[0]


def authors(plan: str) -> list[str]:
    """Who ever changed a plan's record, by name."""
    theirs = Change.objects.filter(plan__slug=plan, actor=OuterRef("pk"))
    return list(User.objects.filter(Exists(theirs)).order_by("username").values_list("username", flat=True))


@dataclass(frozen=True, slots=True)
class Names:
    """What a log speaks of, by slug: titles of lines and names of parties in the plan's order, names of texts."""

    plan: str
    lines: Mapping[str, str]
    parties: Mapping[str, str]
    revisions: Mapping[str, str]


def names_in(plan: str) -> Names:
    """The names that a plan's log speaks of; three queries."""
    lines = ProvisionVersion.objects.standing().filter(provision__plan__slug=plan).order_by("provision__order")
    parties = PlanParty.objects.filter(plan__slug=plan).order_by("order")
    revisions = RevisionVersion.objects.standing().filter(revision__plan__slug=plan)
    return Names(
        plan=plan,
        lines=dict(lines.values_list("provision__slug", "title")),
        parties=dict(parties.values_list("party__slug", "party__name")),
        revisions=dict(revisions.values_list("revision__slug", "short")),
    )


def chronicle_of_line(
    plan: str, line: str, *, positions: Iterable[str], names: Names, until: datetime | None = None, limit: int = 20
) -> list[Entry]:
    """The latest changes that touched a line, or the latest `until` a moment: its words, its positions, its level."""
    touching: QuerySet[Change] = Change.objects.filter(
        Q(resource=Resource.PROVISION, key=line)
        | Q(resource__in=(Resource.WORDING, Resource.RULING, Resource.SILENCE_PROCEDURE), key__endswith=f"/{line}")
        | Q(resource=Resource.POSITION, key__in=positions)
        | Q(resource=Resource.LOOK, key__endswith=f" on {line}")
        | Q(resource=Resource.IMPLEMENTATION, key__startswith=f"{line}/")
        | Q(resource=Resource.ASSESSMENT, after__levels__has_key=line),
        plan__slug=plan,
    )
    if until is not None:
        touching = touching.filter(recorded_at__lte=until)
    return _Teller(names).tell(touching.select_related("actor").order_by("-seq")[:limit], only=line)


class _Teller:
    """Tells of changes, by the names that they speak of."""

    def __init__(self, names: Names) -> None:
        self.plan, self.lines, self.parties, self.revisions = names.plan, names.lines, names.parties, names.revisions

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
            kind=change.kind,
            what=self._what(change, content or {}),
            said=(content or {}).get("summary", "") if change.resource == Resource.POSITION else "",
            line=self._line(change),
            stance=code(stance, vocabulary="stance") if stance else None,
            shifts=tuple(self._shifts(change, only)),
            differences=tuple(differences(change.before, change.after)),
            before=_pretty(change.before),
            after=_pretty(change.after),
            undoes=change.reverts,
        )

    def _what(self, change: Change, content: Json) -> str:
        done = code(change.kind, vocabulary="change_kind").label
        match change.resource:
            case Resource.ASSESSMENT:
                return _("Levels worked out")
            case Resource.POSITION:
                return f"{self._position(content)} {done}"
            case Resource.LOOK:
                line = content.get("provision", "")
                names = {"position": content.get("position", ""), "line": self.lines.get(line, line)}
                return _("Looked for a newer word than %(position)s on %(line)s: nothing new") % names
            case Resource.WORDING | Resource.RULING | Resource.SILENCE_PROCEDURE:
                revision, _slash, line = change.key.partition("/")
                names = {
                    "thing": code(change.resource, vocabulary="resource").label,
                    "line": self.lines.get(line, line),
                    "text": self.revisions.get(revision, revision),
                    "done": done,
                }
                return _("%(thing)s of %(line)s in the %(text)s %(done)s") % names
            case Resource.RELATION if change.key.partition(" to ")[0].count("/") == 1:
                revision, _slash, line = change.key.partition(" to ")[0].partition("/")
                names = {
                    "line": self.lines.get(line, line),
                    "text": self.revisions.get(revision, revision),
                    "other": self._words(change.key.partition(" to ")[2]),
                    "done": done,
                }
                return _("Relation of %(line)s in the %(text)s to %(other)s %(done)s") % names
            case Resource.IMPLEMENTATION:
                return self._implementation(content, done=done)
        name = content.get("title") or content.get("name") or content.get("subject") or change.key
        return f"{code(change.resource, vocabulary='resource').label} {name} {done}"

    def _implementation(self, content: Json, *, done: Text) -> str:
        line, since, level = content.get("provision", ""), content.get("since", {}), content.get("level")
        names = {"line": self.lines.get(line, line), "day": _plain(since), "done": done}
        if level is None:
            return _("Implementation of %(line)s from %(day)s: withdrawn") % names
        word = str(code(level, vocabulary="implementation").label).lower()
        names |= {"level": level, "word": word}
        return _("Implementation of %(line)s from %(day)s: level %(level)s, %(word)s, %(done)s") % names

    def _words(self, key: str) -> str:
        """Words on record by the names of their line and text, those of another plan by their key."""
        plan, _slash, words = key.partition("/")
        revision, _slash, line = words.partition("/")
        if plan != self.plan or revision not in self.revisions or line not in self.lines:
            return key
        return _("%(line)s in the %(text)s") % {"line": self.lines[line], "text": self.revisions[revision]}

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


# What says which thing it is, and never changes.
_NAMES = {"key", "slug"}


def differences(before: Json | None, after: Json | None) -> Iterable[Difference]:
    """The fields that differ between two contents; none where a thing came or went as a whole."""
    if before is None or after is None:
        return
    for name in {**before, **after}:
        was, now = before.get(name), after.get(name)
        if was != now and name not in _NAMES:
            words = isinstance(was, str) and isinstance(now, str) and " " in f"{was}{now}"
            yield Difference(name.replace("_", " "), _plain(was), _plain(now), words)


def _plain(value: Any) -> str:
    match value:
        case None | "" | []:
            return "–"
        case {"day": str() as day, "approximate": approximate}:
            return day_in_words(When.parse(day, approximate=approximate))
        case str() | int() | float():
            return str(value)
        case _:
            return json.dumps(value, ensure_ascii=False)


def _pretty(content: Any) -> str:
    return "" if content is None else json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True)
