"""The contents of a plan as the entries of plan files: `importing.building` the other way round, with the same classes.

What the format would fill in by itself is left out, so that a file says what a person would have written.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from provisions.agreement.words import Kind, Role, WordingChange
from provisions.contents import (
    ConditionContent,
    FigureContent,
    PlanContents,
    PositionContent,
    ProvisionContent,
    RevisionContent,
    VariantContent,
    WordingContent,
)
from provisions.importing import schema
from provisions.importing.brackets import BadBrackets, names_of, variants_in
from provisions.importing.lineage import words_before
from provisions.models import Basis, ConditionKind

from .whole import Whole


class CannotExport(Exception):
    """The record holds something that plan files have no way to say."""


def entries(found: Whole) -> schema.FileEntry:
    """All of a plan as one file would have it."""
    contents = found.contents
    return schema.FileEntry.model_construct(
        plan=_plan(contents),
        parties=[
            schema.PartyEntry.model_construct(slug=each.slug, name=each.name, short=each.short, note=each.note)
            for each in contents.parties
        ],
        categories=[
            schema.CategoryEntry.model_construct(
                slug=each.slug, order=_order(each.order, place), title=each.title, note=each.note
            )
            for place, each in enumerate(contents.categories, start=1)
        ],
        topics=[schema.TopicEntry.model_construct(slug=each.slug, title=each.title) for each in contents.topics],
        sources=list(_sources(contents)),
        provisions=list(_provisions(contents.provisions)),
        revisions=list(_revisions(contents)),
        positions=_positions(found),
        silence_procedures=list(_silences(contents)),
        companions=list(_companions(contents)),
        events=list(_events(contents)),
        disputes=list(_disputes(contents)),
        relations=[
            schema.RelationEntry.model_construct(
                words=each.wording, other=each.other, kind=each.kind, note=each.note, sources=list(each.sources)
            )
            for each in contents.relations
        ],
        rulings=[
            schema.RulingEntry.model_construct(
                provision=each.provision,
                revision=each.revision,
                level=each.level,
                reason=each.reason,
                sources=list(each.sources),
            )
            for each in contents.rulings
        ],
        implementations=[
            schema.ImplementationEntry.model_construct(
                provision=each.provision,
                since=each.since,
                approximate=each.since.approximate,
                level=int(each.level or 0),
                note=each.note,
                sources=list(each.sources),
            )
            for each in contents.implementations
        ],
    )


def _order(order: int, place: int) -> int | None:
    """A thing's order, where it is not that of the file."""
    return None if order == place else order


def _plan(contents: PlanContents) -> schema.PlanEntry:
    plan = contents.plan
    return schema.PlanEntry.model_construct(
        slug=plan.slug,
        title=plan.title,
        summary=plan.summary,
        principals=list(plan.principals),
        threshold=plan.threshold,
        horizon_days=plan.horizon_days,
        current_revision=plan.current_revision,
        note=plan.note,
    )


def _sources(contents: PlanContents) -> Iterator[schema.SourceEntry]:
    for each in contents.sources:
        yield schema.SourceEntry.model_construct(
            id=each.slug,
            title=each.title,
            publisher=each.publisher,
            url=each.url,
            published=each.published,
            published_basis=each.published_basis,
            accessed=each.accessed,
            kind=each.kind,
            relays=each.relays,
            note=each.note,
        )


# ---- Lines ----


def _provisions(contents: Iterable[ProvisionContent]) -> Iterator[schema.ProvisionEntry]:
    parts: dict[str, list[ProvisionContent]] = defaultdict(list)
    lines: list[ProvisionContent] = []
    for each in contents:
        (parts[each.parent] if each.parent else lines).append(each)
    place = 0
    for line in lines:
        place += 1
        said = _line(line, place=place)
        said["category_basis"] = None if line.category_basis == Basis.ASSIGNED else line.category_basis
        said["kind"] = None if line.kind == Kind.OPERATIVE else line.kind
        below = []
        for part in parts[line.slug]:
            place += 1
            inherited = {name: None for name in ("category", "category_basis", "kind") if _same(part, line, name)}
            below.append(schema.PartEntry.model_construct(**_line(part, place=place) | inherited))
        yield schema.ProvisionEntry.model_construct(**said, parts=below)


def _same(part: ProvisionContent, line: ProvisionContent, name: str) -> bool:
    return getattr(part, name) == getattr(line, name)


def _line(content: ProvisionContent, *, place: int) -> dict[str, Any]:
    roles: dict[str, Any] = {str(role): [party for party, played in content.roles if played == role] for role in Role}
    essential = None
    if content.essential is not None:
        essential = schema.EssentialEntry.model_construct(
            parties=list(content.essential), reason=content.essential_reason
        )
    return {
        "slug": content.slug,
        "order": _order(content.order, place),
        "title": content.title,
        "lead": content.lead,
        "category": content.category,
        "category_basis": content.category_basis,
        "kind": content.kind,
        "topics": list(content.topics),
        "roles": schema.RolesEntry.model_construct(**roles) if content.roles else None,
        "roles_basis": content.roles_basis,
        "essential": essential,
        "pax": list(content.pax),
        "pam": list(content.pam),
        "note": content.note,
    }


# ---- Drafts and their words ----


def _revisions(contents: PlanContents) -> Iterator[schema.RevisionEntry]:
    derived = {each.slug: each.derives_from for each in contents.revisions}
    order = {each.slug: place for place, each in enumerate(contents.provisions)}
    names = names_of(contents.parties)
    line_of = {each.slug: each.parent for each in contents.provisions if each.parent}
    worded = {each.key for each in contents.wordings}
    words: dict[str, list[WordingContent]] = defaultdict(list)
    for each in sorted(contents.wordings, key=lambda each: (each.provision in line_of, order[each.provision])):
        words[each.revision].append(each)
    for place, revision in enumerate(contents.revisions, start=1):
        parts: dict[str, list[schema.PartWordingEntry]] = {}
        entries = []
        for each in words[revision.slug]:
            before = words_before(each.provision, each.revision, derived=derived, worded=worded)
            said = _words(each, before=before, names=names)
            if line := line_of.get(each.provision):
                if line not in parts:
                    raise CannotExport(f"'{each.provision}' has words in '{revision.slug}', and its line has none.")
                parts[line].append(schema.PartWordingEntry.model_construct(**said))
            else:
                entries.append(schema.WordingEntry.model_construct(**said, parts=parts.setdefault(each.provision, [])))
        yield _revision(revision, place=place, wordings=entries)


def _revision(content: RevisionContent, *, place: int, wordings: list[schema.WordingEntry]) -> schema.RevisionEntry:
    return schema.RevisionEntry.model_construct(
        slug=content.slug,
        order=_order(content.order, place),
        title=content.title,
        short=content.short,
        dated=content.dated,
        approximate=content.dated.approximate,
        derives_from=content.derives_from,
        provenance=content.provenance,
        published_on=content.published_on,
        authors=content.authors,
        circulated_to=content.circulated_to,
        made_public=content.made_public,
        point_count=content.point_count,
        summary=content.summary,
        note=content.note,
        sources=list(content.sources),
        wordings=wordings,
        removals=[
            schema.RemovalEntry.model_construct(
                provision=each.provision, outcome=each.outcome, note=each.note, sources=list(each.sources)
            )
            for each in content.removals
        ],
    )


def _words(content: WordingContent, *, before: tuple[str, ...], names: Mapping[str, str]) -> dict[str, Any]:
    stated = content.change in (WordingChange.SPLIT, WordingChange.EDITORIAL)
    return {
        "provision": content.provision,
        "number": content.number,
        "heading": content.heading,
        "gist": content.gist,
        "text": content.text,
        "evidence": content.seen,
        "change": content.change if stated else None,
        "origins": None if content.comes_from == before else list(content.comes_from),
        "reason": content.change_reason,
        "figures": _figures(content.figures),
        "variants": None if content.variants == _bracketed(content.text, names) else _variants(content),
        "sources": list(content.sources),
        "note": content.note,
    }


def _variants(content: WordingContent) -> list[schema.VariantEntry]:
    return [
        schema.VariantEntry.model_construct(
            parties=list(each.parties), text=each.text, figures=_figures(each.figures), sources=list(each.sources)
        )
        for each in content.variants
    ]


def _bracketed(text: str, names: Mapping[str, str]) -> tuple[VariantContent, ...] | None:
    """The rival words that follow from the brackets of a text; nothing can be said of brackets that make no sense."""
    try:
        return variants_in(text, names=names)
    except BadBrackets:
        return None


def _figures(figures: Iterable[FigureContent]) -> list[schema.FigureEntry]:
    return [
        schema.FigureEntry.model_construct(
            name=each.name, label=each.label, value=each.value, unit=each.unit, note=each.note
        )
        for each in figures
    ]


# ---- What was said ----


def _positions(found: Whole) -> list[schema.PositionEntry]:
    """One entry for what one statement says of several lines, wherever the keys on record can be had so."""
    contents = {each.key: each for each in found.contents.positions}
    order = {each.slug: place for place, each in enumerate(found.contents.provisions)}
    statements: dict[str, list[PositionContent]] = defaultdict(list)
    for each in sorted(contents.values(), key=lambda each: order.get(each.provision or "", -1)):
        statements[_statement(each)].append(each)
    apart: set[str] = set()
    while True:
        groups = _grouped(statements, apart=apart, retracted=found.retracted)
        of = {each.key: name for name, group in groups.items() for each in group}
        made = {name: _position(group, name=name, of=of, retracted=found.retracted) for name, group in groups.items()}
        wrong = [
            each
            for each in contents.values()
            if each.follows and not _leads_to(each, made[of[each.key]], made[of[each.follows]])
        ]
        # A statement that cannot be followed as a whole is written line by line, else the one that follows.
        followed = {_statement(contents[each.follows or ""]) for each in wrong}
        more = followed - apart or {_statement(each) for each in wrong} - apart
        if not more:
            break
        apart |= more
    if wrong:
        keys = ", ".join(sorted(each.key for each in wrong))
        raise CannotExport(f"What these follow cannot be said in a plan file: {keys}.")
    return sorted(made.values(), key=lambda each: (each.stated_on.day, each.id))


def _leads_to(content: PositionContent, entry: schema.PositionEntry, followed: schema.PositionEntry) -> bool:
    """Whether the entry of a position, read back, follows what the position follows."""
    return entry.follows == followed.id and followed.key_on(content.provision) == content.follows


def _statement(content: PositionContent) -> str:
    """The id of the entry that would give this key, if it is one of several keys of a statement."""
    stem = content.key.removesuffix(f".{content.provision}")
    return stem if content.provision and stem != content.key else content.key


def _grouped(
    statements: Mapping[str, list[PositionContent]], *, apart: set[str], retracted: Mapping[str, str]
) -> dict[str, list[PositionContent]]:
    """What goes into one entry, by the id that it gets."""
    groups: dict[str, list[PositionContent]] = {}
    for stem, members in statements.items():
        of_lines = all(each.key == f"{stem}.{each.provision}" for each in members)
        alike = len({_of_the_statement(each, retracted) for each in members}) == 1
        if of_lines and alike and stem not in apart:
            groups[stem] = members
        else:
            groups |= {each.key: [each] for each in members}
    return groups


def _of_the_statement(content: PositionContent, retracted: Mapping[str, str]) -> tuple[Any, ...]:
    """What all keys of one statement have in common."""
    followed = content.follows and content.follows.removesuffix(f".{content.provision}")
    return replace(content, key="", provision=None, follows=followed), retracted.get(content.key)


def _position(
    group: list[PositionContent], *, name: str, of: Mapping[str, str], retracted: Mapping[str, str]
) -> schema.PositionEntry:
    content = group[0]
    lines = [each.provision for each in group if each.provision and each.key == f"{name}.{each.provision}"]
    return schema.PositionEntry.model_construct(
        id=name,
        party=content.party,
        asserted_by=None if content.asserted_by == content.party else content.asserted_by,
        speaker=content.speaker,
        speaker_role=content.speaker_role,
        stated_on=content.stated_on,
        approximate=content.stated_on.approximate,
        revision=content.revision,
        provisions=lines,
        line=None if lines else content.provision,
        stance=content.stance,
        authority=content.authority,
        conditions=[_condition(each) for each in content.conditions],
        summary=content.summary,
        evidence=[
            schema.EvidenceEntry.model_construct(source=each.source, grade=each.grade) for each in content.evidence
        ],
        thin=content.thin,
        follows=of[content.follows] if content.follows else None,
        note=content.note,
        retracted=retracted.get(content.key, ""),
    )


def _condition(content: ConditionContent) -> schema.ConditionEntry:
    match content.kind:
        case ConditionKind.PROVISION_REACHES:
            reaches = schema.ReachesEntry.model_construct(provision=content.provision, level=content.level)
            return schema.ConditionEntry.model_construct(reaches=reaches)
        case ConditionKind.EVENT_MET:
            return schema.ConditionEntry.model_construct(event=content.event)
        case _:
            return schema.ConditionEntry.model_construct(absent=content.provision)


# ---- What stands beside ----


def _silences(contents: PlanContents) -> Iterator[schema.SilenceEntry]:
    for each in contents.silence_procedures:
        yield schema.SilenceEntry.model_construct(
            provision=each.provision,
            revision=each.revision,
            addressees=list(each.addressees),
            deadline=each.deadline,
            broken_on=each.broken_on,
            broken_by=each.broken_by,
            sources=list(each.sources),
            note=each.note,
        )


def _companions(contents: PlanContents) -> Iterator[schema.CompanionEntry]:
    for each in contents.companions:
        yield schema.CompanionEntry.model_construct(
            slug=each.slug,
            title=each.title,
            belongs_to=each.belongs_to,
            dated=each.dated,
            approximate=each.dated.approximate,
            parties=list(each.parties),
            status=each.status,
            summary=each.summary,
            provisions=list(each.provisions),
            figures=_figures(each.figures),
            sources=list(each.sources),
        )


def _events(contents: PlanContents) -> Iterator[schema.EventEntry]:
    for each in contents.events:
        yield schema.EventEntry.model_construct(
            slug=each.slug,
            title=each.title,
            dated=each.dated,
            approximate=each.dated.approximate,
            summary=each.summary,
            revisions=list(each.revisions),
            sources=list(each.sources),
            states=[
                schema.StateEntry.model_construct(state=state.state, stated_on=state.stated_on) for state in each.states
            ],
        )


def _disputes(contents: PlanContents) -> Iterator[schema.DisputeEntry]:
    for each in contents.disputes:
        yield schema.DisputeEntry.model_construct(
            slug=each.slug,
            subject=each.subject,
            provisions=list(each.provisions),
            status=each.status,
            assessment=each.assessment,
            claims=[
                schema.ClaimEntry.model_construct(value=claim.value, text=claim.text, sources=list(claim.sources))
                for claim in each.claims
            ],
        )
