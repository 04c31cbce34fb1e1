"""What was found, as readers see it: the thing, where it belongs, the words marked, and where it leads."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from parties.models import Source
from provisions.agreement.words import Precision, Stance
from provisions.contents import When
from provisions.models import (
    Companion,
    Dispute,
    Event,
    PlanParty,
    PlanVersion,
    Position,
    ProvisionVersion,
    RevisionVersion,
    RivalClaim,
    Variant,
    WordingVersion,
)
from provisions.words import day_in_words, listed

from .finding import Find
from .marking import Marker


@dataclass(frozen=True, slots=True)
class Hit:
    """A thing that was found. `aside` says why it does not stand any more, where that is so."""

    title: SafeString
    url: str
    plan: str
    excerpt: SafeString
    facts: tuple[SafeString, ...] = ()
    stance: Stance | None = None
    aside: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """What a row says of its thing: the first of the `texts` that has the words is shown, and each of the facts."""

    title: str
    url: str
    texts: tuple[str, ...]
    plan: str = ""
    facts: tuple[str, ...] = ()
    label: str = ""
    current: bool = True
    stance: Stance | None = None
    aside: str = ""


Teller = Callable[[Iterable[int]], Iterator[tuple[int, Told]]]


def hits(finds: Iterable[Find], marker: Marker) -> list[Hit]:
    """What was found, in words. One query for each kind of row, however many there are."""
    found = list(finds)
    keys: dict[str, list[int]] = {}
    for row in (row for find in found for row in find.rows):
        keys.setdefault(row.model, []).append(row.pk)
    told = {(model, pk): each for model, pks in keys.items() for pk, each in TELLERS[model](pks)}
    plans = _titles({each.plan for each in told.values() if each.plan})
    return [_hit(find, told, plans, marker) for find in found]


def _hit(find: Find, told: Mapping[tuple[str, int], Told], plans: Mapping[str, str], marker: Marker) -> Hit:
    each = [told[row.model, row.pk] for row in find.rows]
    # The words that stand today come before those of other texts.
    best = next((one for one in each if one.current), each[0])
    others = sorted({one.label for one in each if one.label and one.label != best.label})
    also = (_("also in %(texts)s") % {"texts": listed(others)},) if others else ()
    facts = (*best.facts, *(fact for one in each if one is not best and not one.label for fact in one.facts))
    text = next((text for text in best.texts if marker.has(text)), best.texts[0])
    return Hit(
        title=marker.mark(best.title),
        url=best.url,
        plan=plans.get(best.plan, ""),
        excerpt=marker.excerpt(text),
        facts=tuple(marker.mark(fact) for fact in dict.fromkeys((*facts, *also)) if fact),
        stance=best.stance,
        aside=best.aside,
    )


def _titles(plans: set[str]) -> dict[str, str]:
    rows = PlanVersion.objects.standing().filter(plan__slug__in=plans)
    return dict(rows.values_list("plan__slug", "title"))


# ---- What each kind of row says ----


def _line_url(plan: str, line: str, parent: str | None, *, text: str = "", at: str = "") -> str:
    fragment = at or (f"part-{line}" if parent and not text else "wording" if text else "")
    return reverse(
        "provision",
        args=[plan, parent or line],
        query={"compare": text} if text else None,
        fragment=fragment or None,
    )


def _when(day: Any, precision: str, approximate: bool) -> str:
    return day_in_words(When(day, Precision(precision), approximate))


def _provisions(keys: Iterable[int]) -> Iterator[tuple[int, Told]]:
    rows = ProvisionVersion.objects.filter(pk__in=keys).values_list(
        "pk", "provision__plan__slug", "provision__slug", "provision__parent__slug", "title", "lead", "note",
        "category__title", "superseded_at", named=True,
    )  # fmt: skip
    for row in rows:
        plan, line, parent = row.provision__plan__slug, row.provision__slug, row.provision__parent__slug
        yield (
            row.pk,
            Told(
                title=row.title,
                url=_line_url(plan, line, parent, at="history" if row.superseded_at else ""),
                texts=(row.lead, row.note),
                plan=plan,
                facts=(row.category__title,),
                aside=_replaced(row.superseded_at),
            ),
        )


def _wordings(keys: Iterable[int]) -> Iterator[tuple[int, Told]]:
    rows = _current(WordingVersion.objects.filter(pk__in=keys), "revision")
    columns = (
        "pk", "revision__plan__slug", "revision__slug", "wording__provision__slug", "wording__provision__parent__slug",
        "wording__provision__versions__title", "revision__versions__title", "revision__versions__short", "number",
        "heading", "gist", "text", "change_reason", "note", "superseded_at", "current",
    )  # fmt: skip
    named = rows.filter(wording__provision__versions__superseded_at=None, revision__versions__superseded_at=None)
    for row in named.values_list(*columns, named=True):
        plan, line, parent = (
            row.revision__plan__slug,
            row.wording__provision__slug,
            row.wording__provision__parent__slug,
        )
        point = (_("point %(number)s") % {"number": row.number},) if row.number else ()
        yield (
            row.pk,
            Told(
                title=row.wording__provision__versions__title,
                url=_line_url(
                    plan,
                    line,
                    parent,
                    text="" if row.current else row.revision__slug,
                    at="history" if row.superseded_at else "",
                ),
                texts=(row.text, row.gist, row.change_reason, row.note),
                plan=plan,
                facts=(row.revision__versions__title, *point, row.heading),
                label=row.revision__versions__short,
                current=row.current,
                aside=_replaced(row.superseded_at),
            ),
        )


def _variants(keys: Iterable[int]) -> Iterator[tuple[int, Told]]:
    wording = "wording_version__wording"
    rows = _current(Variant.objects.filter(pk__in=keys), "wording_version__revision").filter(
        **{
            f"{wording}__provision__versions__superseded_at": None,
            f"{wording}__revision__versions__superseded_at": None,
        }
    )
    columns = (
        "pk", f"{wording}__revision__plan__slug", f"{wording}__revision__slug", f"{wording}__provision__slug",
        f"{wording}__provision__parent__slug", f"{wording}__provision__versions__title",
        f"{wording}__revision__versions__title", f"{wording}__revision__versions__short", "text", "current",
    )  # fmt: skip
    for pk, plan, text, line, parent, title, text_title, short, words, current in rows.values_list(*columns):
        yield (
            pk,
            Told(
                title=title,
                url=_line_url(plan, line, parent, text="" if current else text),
                texts=(words,),
                plan=plan,
                facts=(text_title, _("rival wording")),
                label=short,
                current=current,
            ),
        )


def _positions(keys: Iterable[int]) -> Iterator[tuple[int, Told]]:
    rows = Position.objects.filter(pk__in=keys).values_list(
        "pk", "plan__slug", "wording__provision__slug", "wording__provision__parent__slug", "party__slug",
        "party__name", "speaker", "speaker_role", "summary", "note", "stance", "stated_on", "precision", "approximate",
        "retraction__reason", named=True,
    )  # fmt: skip
    for row in rows:
        plan, line, party = row.plan__slug, row.wording__provision__slug, row.party__slug
        on_line = _line_url(plan, line, row.wording__provision__parent__slug, at=f"pos-{party}") if line else ""
        yield (
            row.pk,
            Told(
                title=row.party__name,
                url=on_line or reverse("party", args=[plan, party]),
                texts=(row.summary, row.note),
                plan=plan,
                facts=(row.speaker, row.speaker_role, _when(row.stated_on, row.precision, row.approximate)),
                stance=Stance(row.stance),
                aside=_("Retracted: %(reason)s") % {"reason": row.retraction__reason} if row.retraction__reason else "",
            ),
        )


def _revisions(keys: Iterable[int]) -> Iterator[tuple[int, Told]]:
    rows = RevisionVersion.objects.filter(pk__in=keys).select_related("revision__plan")
    for row in rows:
        plan = row.revision.plan.slug
        yield (
            row.pk,
            Told(
                title=row.title,
                url=reverse("timeline", args=[plan], query={"kind": "text"}, fragment="ev"),
                texts=(row.summary, row.authors, row.made_public, row.circulated_to, row.note),
                plan=plan,
                facts=(row.short, _when(row.dated, row.dated_precision, row.dated_approximate)),
                aside=_replaced(row.superseded_at),
            ),
        )


def _disputes(keys: Iterable[int]) -> Iterator[tuple[int, Told]]:
    for row in _with_lines(Dispute.objects.filter(pk__in=keys), ""):
        yield row.pk, _of_dispute(row, (row.assessment,))


def _claims(keys: Iterable[int]) -> Iterator[tuple[int, Told]]:
    for row in _with_lines(RivalClaim.objects.filter(pk__in=keys), "dispute__"):
        yield row.pk, _of_dispute(row.dispute, (row.text,), row.value)


def _with_lines(rows: QuerySet[Any], to_dispute: str) -> QuerySet[Any]:
    return rows.select_related(f"{to_dispute}plan").prefetch_related(f"{to_dispute}provisions__parent")


def _of_dispute(dispute: Dispute, texts: tuple[str, ...], *facts: str) -> Told:
    plan = dispute.plan.slug
    lines = [line.parent or line for line in dispute.provisions.all()]
    at = f"dispute-{dispute.slug}"
    return Told(
        title=dispute.subject,
        url=_line_url(plan, lines[0].slug, None, at=at) if lines else reverse("board", args=[plan]),
        texts=texts,
        plan=plan,
        facts=facts,
    )


def _events(keys: Iterable[int]) -> Iterator[tuple[int, Told]]:
    for row in Event.objects.filter(pk__in=keys).select_related("plan"):
        plan = row.plan.slug
        yield (
            row.pk,
            Told(
                title=row.title,
                url=reverse("events", args=[plan], query={"year": row.dated.year}, fragment=f"event-{row.slug}"),
                texts=(row.summary,),
                plan=plan,
                facts=(_when(row.dated, row.dated_precision, row.dated_approximate),),
            ),
        )


def _companions(keys: Iterable[int]) -> Iterator[tuple[int, Told]]:
    for row in Companion.objects.filter(pk__in=keys).select_related("plan"):
        plan = row.plan.slug
        yield (
            row.pk,
            Told(
                title=row.title,
                url=reverse("events", args=[plan], fragment=f"companion-{row.slug}"),
                texts=(row.summary, row.status),
                plan=plan,
                facts=(_when(row.dated, row.dated_precision, row.dated_approximate),),
            ),
        )


def _sources(keys: Iterable[int]) -> Iterator[tuple[int, Told]]:
    for row in Source.objects.filter(pk__in=keys):
        published = (day_in_words(row.published),) if row.published else ()
        yield (
            row.pk,
            Told(
                title=row.title,
                url=reverse("source", args=[row.slug]),
                texts=(row.note,),
                facts=(row.slug, row.publisher, row.relays, *published),
            ),
        )


def _parties(keys: Iterable[int]) -> Iterator[tuple[int, Told]]:
    for row in PlanParty.objects.filter(pk__in=keys).select_related("party", "plan"):
        party, plan = row.party, row.plan.slug
        short = party.short if party.short != party.name else ""
        url = reverse("party", args=[plan, party.slug])
        yield row.pk, Told(title=party.name, url=url, texts=(party.note,), plan=plan, facts=(short,))


def _current(rows: QuerySet[Any], revision: str) -> QuerySet[Any]:
    """The rows, with whether they belong to the text on the table."""
    on_table = PlanVersion.objects.standing().filter(current_revision=OuterRef(revision))
    return rows.annotate(current=Exists(on_table))


def _replaced(at: Any) -> str:
    return _("As it stood until %(day)s") % {"day": day_in_words(at.date())} if at else ""


TELLERS: Mapping[str, Teller] = {
    "planparty": _parties,
    "provisionversion": _provisions,
    "wordingversion": _wordings,
    "variant": _variants,
    "position": _positions,
    "revisionversion": _revisions,
    "dispute": _disputes,
    "rivalclaim": _claims,
    "event": _events,
    "companion": _companions,
    "source": _sources,
}
