"""Records with everything that an export may meet, built from numbers that hypothesis draws."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal

from hypothesis import strategies as st

from provisions.agreement.words import Authority, Level, Role, Stance
from provisions.contents import (
    ConditionContent,
    EvidenceContent,
    FigureContent,
    ImplementationContent,
    PositionContent,
    ProvisionContent,
    RelationContent,
    RulingContent,
    SourceContent,
    VariantContent,
    When,
    WordingContent,
)
from provisions.held import held
from provisions.models import ConditionKind, ImplementationLevel, Plan, Position, RelationKind, Resource
from provisions.record import retract_position, writing
from tests import builders
from tests.builders import ACCORD, PARTIES, TESTER

LINES = ("ceasefire", "forces", "prisoners")
DRAFTS = ("draft-1", "draft-2", "side-draft")
# Words that YAML could take for something else, and letters that people write.
texts = st.one_of(
    st.sampled_from(
        [
            *("no", "1.10", "null", "~", "2026-01-05", "- a", "a: b", "#1", "'", '"', "{x}", "=", "0x1f", "a\nb"),
            *("Fire [Arden: stops | Brevia, Caldor: goes on].", "[Arden: stops", "[sic] as [Dorne: said"),
        ]
    ),
    st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Co", "Cn")), min_size=1, max_size=200),
    st.text("ab \n:#-'\"", min_size=1, max_size=200),
).map(str.strip).filter(bool)  # fmt: skip

moves = st.lists(st.tuples(st.integers(0, 8), st.integers(0, 10_000), texts), max_size=14)


def build(steps: list[tuple[int, int, str]]) -> Plan:
    """A negotiation of two drafts and one beside them, in which these things happened."""
    builders.plan(lines={line: f"Words of {line}." for line in LINES})
    builders.event("withdrawal", ("unmet", date(2026, 2, 1)))
    builders.revision("draft-2", words={line: f"New words of {line}." for line in LINES}, derives_from="draft-1")
    builders.sign()
    builders.revision("side-draft", words={line: f"Other words of {line}." for line in LINES})
    for kind, number, text in steps:
        MOVES[kind](number, text)
    return Plan.objects.get(slug=ACCORD)


def _chosen(number: int) -> tuple[str, str]:
    return DRAFTS[number % 3], LINES[number // 3 % 3]


def _positions(number: int, text: str) -> None:
    """A statement on one line, several, or a whole draft, under a key of one shape or another."""
    draft, line = _chosen(number)
    lines = [None] if number % 4 == 0 else LINES if number % 4 == 1 else [line]
    earlier = list(Position.objects.order_by("pk").values_list("key", flat=True))
    stem = f"{PARTIES[number % 4]}-{len(earlier) + 1}"
    stance = [Stance.ACCEPT, Stance.CONDITIONAL, Stance.REJECT][number % 3]
    with writing(ACCORD, by=TESTER) as pen:
        pen.put(
            [
                PositionContent(
                    key=f"{stem}.{each}" if each and number % 5 else f"{stem}{f'.{each}-2' if each else ''}",
                    party=PARTIES[number % 4],
                    asserted_by=PARTIES[number % 4],
                    revision=draft,
                    provision=each,
                    stance=stance,
                    authority=Authority.REPORTED,
                    stated_on=When.parse(["2026-01-05", "2026-02", "2026"][number % 3], approximate=number % 7 == 0),
                    speaker="A minister",
                    summary=text,
                    thin=number % 2 == 0,
                    conditions=_conditions(number) if stance == Stance.CONDITIONAL else (),
                    evidence=(EvidenceContent(source="S1", grade="B2" if number % 2 else ""),),
                    follows=earlier[number % len(earlier)] if earlier and number % 3 else None,
                    note=text if number % 6 == 0 else "",
                )
                for each in lines
            ]
        )


def _conditions(number: int) -> tuple[ConditionContent, ...]:
    return (
        ConditionContent(kind=ConditionKind.EVENT_MET, event="withdrawal"),
        ConditionContent(kind=ConditionKind.PROVISION_ABSENT, provision=LINES[number % 3]),
        ConditionContent(kind=ConditionKind.PROVISION_REACHES, provision=LINES[number % 3], level="agreed"),
    )[number % 3 :]


def _retract(number: int, text: str) -> None:
    # The signatures stay: levels may rest on them.
    standing = list(Position.objects.filter(retraction=None).order_by("pk").values_list("key", flat=True))[2:]
    if standing:
        retract_position(ACCORD, standing[number % len(standing)], by=replace(TESTER, reason=text))


def _rule(number: int, text: str) -> None:
    draft, line = _chosen(number)
    level = None if number % 5 == 0 else Level.OPEN
    _put(RulingContent(provision=line, revision=draft, level=level, reason=text, sources=("S1",)))


def _reword(number: int, text: str) -> None:
    """Rival words, figures and a part, in the last draft so that no words after them change their kind."""
    words = _held(Resource.WORDING, f"side-draft/{LINES[number % 3]}")
    figure = FigureContent(
        name="cap", label=text[:100], value=Decimal(number) / 4 if number % 2 else None, unit="men", note=text[:100]
    )
    rival = VariantContent(parties=(PARTIES[number % 4],), text=text, figures=(figure,), sources=("S1",))
    _put(replace(words, text=text, figures=(figure,), variants=(rival,), note=text, gist=text[:40].strip()))


def _part(number: int, text: str) -> None:
    line = LINES[number % 3]
    slug = f"{line}-part"
    content = ProvisionContent(
        slug=slug,
        order=number % 50 + 1,
        parent=line,
        title=text[:200].strip(),
        category="peace",
        roles=((PARTIES[number % 4], Role.OBLIGOR),),
        essential=(PARTIES[0],) if number % 2 else None,
        essential_reason=text if number % 2 else "",
    )
    _put(content)
    words = WordingContent(provision=slug, revision="draft-1", text=text, change="added")  # type: ignore[arg-type]
    _put(words)


def _relate(number: int, text: str) -> None:
    line, other = LINES[number % 3], LINES[number // 3 % 3]
    there = f"{ACCORD}/side-draft/{other}"
    _put(RelationContent(provision=line, revision="draft-1", other=there, kind=RelationKind.BROADER, note=text))


def _reorder(number: int, text: str) -> None:
    line = _held(Resource.PROVISION, LINES[number % 3])
    _put(replace(line, order=number % 9 + 1, lead=text))


def _source(number: int, text: str) -> None:
    _put(SourceContent(slug=f"N{number}", title=text, kind="news"))


def _carry_out(number: int, text: str) -> None:
    """A level of a line of the first draft, which was signed; or that there is none after all."""
    since = ["2026-01-05", "2026-02", "2026", "2026-03-01"][number % 4]
    content = ImplementationContent(
        provision=LINES[number % 3],
        since=When.parse(since, approximate=number % 7 == 0),
        level=None if number % 5 == 0 else ImplementationLevel(number % 4),
        note=text,
        sources=("S1",),
    )
    _put(content)


MOVES: tuple[Callable[[int, str], None], ...] = (
    _positions, _retract, _rule, _reword, _part, _relate, _reorder, _source,
    _carry_out,
)  # fmt: skip


def _held(resource: Resource, key: str):
    return held(Plan.objects.get(slug=ACCORD), resource)[key].content


def _put(content) -> None:
    with writing(ACCORD, by=TESTER) as pen:
        pen.put([content])
