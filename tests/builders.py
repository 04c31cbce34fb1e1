"""Plain builders for tests: a made-up negotiation, put on record as any door would put it.

The cast: Arden and Brevia are the principals of the accord, Caldor mediates, Dorne looks on.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date

from django.db import connection

from provisions.agreement.words import Authority, Kind, Provenance, Role, Stance, WordingChange
from provisions.contents import (
    CategoryContent,
    ConditionContent,
    EventContent,
    EventStateContent,
    EvidenceContent,
    ImplementationContent,
    PartyContent,
    PlanContent,
    PositionContent,
    ProvisionContent,
    RevisionContent,
    SourceContent,
    When,
    WordingContent,
)
from provisions.held import held
from provisions.models import ImplementationLevel, Plan, Provision, Resource, Revision, Via
from provisions.record import Author, change, record_position, writing
from provisions.record.checks import settled_change
from tests.remembered import remembered

ACCORD = "accord"
ARDEN, BREVIA, CALDOR, DORNE = "arden", "brevia", "caldor", "dorne"
PARTIES = (ARDEN, BREVIA, CALDOR, DORNE)
TESTER = Author(via=Via.SHELL, reason="a test tells a story")
FIRST_DAY = date(2026, 1, 5)


def plan(
    slug: str = ACCORD,
    *,
    lines: Mapping[str, str] | None = None,
    principals: tuple[str, ...] = (ARDEN, BREVIA),
    provenance: Provenance = Provenance.OFFICIAL,
) -> Plan:
    """A plan with one revision, `draft-1`, whose `lines` are given as {slug: words}."""
    _begin(slug, lines=lines or {}, principals=principals, provenance=provenance)
    return Plan.objects.get(slug=slug)


@remembered
def _begin(slug: str, *, lines: Mapping[str, str], principals: tuple[str, ...], provenance: Provenance) -> None:
    with writing(slug, by=TESTER, create=True) as pen:
        pen.put([PartyContent(slug=name, name=name.title(), short=name.title()) for name in PARTIES])
        pen.put([SourceContent(slug="S1", title="The Daily Record", kind="news")])
        pen.put([CategoryContent(slug="peace", title="Achieving peace", order=1)])
        pen.put([PlanContent(slug=slug, title="An accord", parties=PARTIES, principals=principals)])
    revision("draft-1", dated=FIRST_DAY, words=lines, plan=slug, provenance=provenance)


def the_accord() -> Plan:
    """Arden and Brevia negotiate about a ceasefire and prisoners; Caldor mediates."""
    return plan(lines={"ceasefire": "All fire ceases at noon.", "prisoners": "All prisoners return home."})


def line(
    slug: str,
    *,
    plan: str = ACCORD,
    roles: Mapping[str, str] | None = None,
    essential: tuple[str, ...] | None = None,
    kind: Kind = Kind.OPERATIVE,
) -> None:
    """A line in the category `peace`, without words; `roles` maps parties to roles."""
    with writing(plan, by=TESTER) as pen:
        pen.put([_line(pen.plan, slug, roles=roles, essential=essential, kind=kind)])


def _line(
    plan: Plan,
    slug: str,
    *,
    order: int | None = None,
    roles: Mapping[str, str] | None = None,
    essential: tuple[str, ...] | None = None,
    kind: Kind = Kind.OPERATIVE,
) -> ProvisionContent:
    return ProvisionContent(
        slug=slug,
        order=order or Provision.objects.filter(plan=plan).count() + 1,
        title=slug.replace("-", " ").capitalize(),
        category="peace",
        kind=kind,
        roles=tuple((party, Role(role)) for party, role in (roles or {}).items()),
        essential=essential,
        essential_reason="The words bind these." if essential else "",
    )


def revision(
    slug: str,
    *,
    words: Mapping[str, str],
    dated: date = FIRST_DAY,
    derives_from: str | None = None,
    provenance: Provenance = Provenance.OFFICIAL,
    numbers: Mapping[str, str] | None = None,
    comes_from: Mapping[str, tuple[str, ...]] | None = None,
    editorial: Iterable[str] = (),
    plan: str = ACCORD,
) -> None:
    """A draft that becomes the current one; a line's words come from its words in `derives_from`, if it has some there.

    `comes_from` names other origins, as in {"new-line": ("draft-1/old-line",)}; `editorial` the lines ruled editorial.
    """
    with writing(plan, by=TESTER) as pen:
        there = set(Provision.objects.filter(plan=pen.plan).values_list("slug", flat=True))
        pen.put([_line(pen.plan, name, order=len(there) + n) for n, name in enumerate(words, 1) if name not in there])
        order = Revision.objects.filter(plan=pen.plan).count() + 1
        pen.put(
            [
                RevisionContent(
                    slug=slug,
                    order=order,
                    title=slug.capitalize(),
                    short=slug,
                    dated=When(dated),
                    derives_from=derives_from,
                    provenance=provenance,
                )
            ]
        )
        before = {key: each.content for key, each in held(pen.plan, Resource.WORDING).items()}
        contents = []
        for n, (name, text) in enumerate(words.items(), start=1):
            own = f"{derives_from}/{name}"
            origins = (comes_from or {}).get(name, (own,) if own in before else ())
            content = WordingContent(
                provision=name,
                revision=slug,
                number=(numbers or {}).get(name, str(n)),
                text=text,
                change=WordingChange.EDITORIAL if name in editorial else WordingChange.SUBSTANTIVE,
                change_reason="Only the style changed." if name in editorial else "",
                comes_from=origins,
            )
            contents.append(with_settled_change(content, before))
        pen.put(contents)
        head = held(pen.plan, Resource.PLAN)[plan].content
        pen.put([replace(head, current_revision=slug)])


def with_settled_change(content: WordingContent, before: Mapping[str, WordingContent]) -> WordingContent:
    """The wording with the change that its text decides."""
    return replace(content, change=settled_change(content, before=before))


def says(
    party: str,
    stance: Stance | str,
    line: str | None,
    *,
    on: date | str = FIRST_DAY,
    authority: int = Authority.AUTHORITATIVE,
    revision: str = "draft-1",
    asserted_by: str | None = None,
    conditions: tuple[ConditionContent, ...] = (),
    grade: str = "A1",
    summary: str = "",
    plan: str = ACCORD,
    by: Author = TESTER,
) -> str:
    """A position of `party` on a line's words, or without a line on the whole revision; its key."""
    number = Plan.objects.get(slug=plan).positions.count() + 1
    key = f"p{number}"
    record_position(
        plan,
        PositionContent(
            key=key,
            party=party,
            asserted_by=asserted_by or party,
            revision=revision,
            provision=line,
            stance=Stance(stance),
            authority=Authority(authority),
            stated_on=When.parse(str(on)),
            speaker="A spokesperson",
            summary=summary or f"{party.title()} says {stance}.",
            conditions=conditions,
            evidence=(EvidenceContent(source="S1", grade=grade),),
        ),
        by=by,
    )
    return key


def event(slug: str, *states: tuple[str, date], plan: str = ACCORD) -> None:
    """An event with its states in order, as in ("met", day)."""
    with writing(plan, by=TESTER) as pen:
        stated = tuple(EventStateContent(state, day) for state, day in states)  # type: ignore[arg-type]
        pen.put([EventContent(slug=slug, title=slug.capitalize(), dated=When(FIRST_DAY), states=stated)])


def sign(*parties: str, revision: str = "draft-1", on: date | str = FIRST_DAY, plan: str = ACCORD) -> None:
    """The principals, or these parties, sign the whole of a text."""
    for party in parties or (ARDEN, BREVIA):
        says(party, Stance.ACCEPT, None, on=on, authority=Authority.FORMAL, revision=revision, plan=plan)


def carried_out(
    line: str,
    level: int | None,
    *,
    since: str,
    note: str = "As was seen.",
    sources: tuple[str, ...] = ("S1",),
    approximate: bool = False,
    seen: int = 0,
    plan: str = ACCORD,
    by: Author = TESTER,
) -> str:
    """How far a line was carried out from a day on, or without a level that this is withdrawn; the key."""
    content = ImplementationContent(
        provision=line,
        since=replace(When.parse(since), approximate=approximate),
        level=None if level is None else ImplementationLevel(level),
        note=note,
        sources=sources,
    )
    change(plan, content, seen=seen, by=by)
    return content.key


short_plan = plan


def long_plan(lines: int, *, plan: str = ACCORD) -> Plan:
    """A plan of many lines on which both principals have spoken, put on record at once."""
    made = short_plan(plan, lines={f"line-{n}": f"Words of line {n}." for n in range(1, lines + 1)})
    with writing(plan, by=TESTER) as pen:
        pen.put(
            [
                PositionContent(
                    key=f"{party}-{n}",
                    party=party,
                    asserted_by=party,
                    revision="draft-1",
                    provision=f"line-{n}",
                    stance=Stance.ACCEPT if (n + len(party)) % 3 else Stance.REJECT,
                    authority=Authority.AUTHORITATIVE,
                    stated_on=When(FIRST_DAY),
                    speaker="A spokesperson",
                    summary=f"{party.title()} on line {n}.",
                    evidence=(EvidenceContent(source="S1", grade="A1"),),
                )
                for n in range(1, lines + 1)
                for party in (ARDEN, BREVIA)
            ]
        )
    # As PostgreSQL does by itself a minute later: until then it plans for the few rows of the tests before.
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    made.refresh_from_db()
    return made
