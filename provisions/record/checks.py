"""What must hold before a content is written, said in a sentence for the field at fault.

The database keeps the same promises by constraint and trigger; these checks are there so that a person reads a remedy.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.db import models
from django.utils.translation import gettext as _

from provisions.agreement import normalise
from provisions.agreement.words import Authority, Stance, WordingChange
from provisions.codebook import VOCABULARIES
from provisions.contents import (
    ImplementationContent,
    PlanContent,
    PositionContent,
    ProvisionContent,
    RelationContent,
    RevisionContent,
    RulingContent,
    SourceContent,
    WordingContent,
)
from provisions.implementing import SignedLines, left_unsigned
from provisions.models import Plan, Provision, Resource, RevisionVersion, Wording

from .book import Book

SEVERAL_PARENTS = 2


def check(contents: list[Any], *, book: Book, today: date) -> None:
    """Refuse what contradicts the record; the contents are of one kind. Raises ValidationError by field."""
    match contents[0]:
        case PositionContent():
            parts = _parts_among(contents, book=book)
            for content in contents:
                _check_position(content, book=book, parts=parts, today=today)
        case WordingContent():
            _check_wordings(contents, book=book)
        case RulingContent():
            _check_rulings(contents, book=book)
        case RelationContent():
            _check_relations(contents, book=book)
        case ImplementationContent():
            _check_implementations(contents, book=book, today=today)
        case RevisionContent():
            _check_derivation(contents, book=book)
        case PlanContent() | SourceContent() | ProvisionContent() as content:
            _OF_THEMSELVES[type(content)](contents)
        case _:
            pass


def check_lengths(rows: Iterable[models.Model]) -> None:
    """Refuse what is longer than its column. An update of several rows casts, and a cast cuts without a word."""
    for row in rows:
        for field in row._meta.concrete_fields:
            if isinstance(field, models.CharField) and field.max_length:
                try:
                    MaxLengthValidator(field.max_length)(getattr(row, field.attname) or "")
                except ValidationError as error:
                    raise ValidationError({field.name: error}) from error


def _check_principals(contents: list[PlanContent]) -> None:
    for content in contents:
        if not set(content.principals) <= set(content.parties):
            raise ValidationError({"principals": _("Principals must be among the parties of the plan.")})


def _check_codes(contents: list[ProvisionContent]) -> None:
    for name in ("pax", "pam"):
        known = {each.name for each in VOCABULARIES[name]}
        for content in contents:
            if unknown := [given for given in getattr(content, name) if given not in known]:
                raise ValidationError({name: _("Not among the codes: %(codes)s.") % {"codes": ", ".join(unknown)}})


def _check_addresses(contents: list[SourceContent]) -> None:
    """Pages make links of them."""
    for content in contents:
        if content.url and urlsplit(content.url).scheme not in ("http", "https"):
            raise ValidationError({"url": "Addresses begin with https:// or http://."})


_OF_THEMSELVES: Mapping[type, Callable[[Any], None]] = {
    PlanContent: _check_principals,
    ProvisionContent: _check_codes,
    SourceContent: _check_addresses,
}


def _parts_among(contents: Sequence[PositionContent | ImplementationContent], *, book: Book) -> set[str]:
    lines = {content.provision for content in contents}
    found = Provision.objects.filter(plan=book.plan, slug__in=lines - {None}, parent__isnull=False)
    return set(found.values_list("slug", flat=True))


def _check_position(content: PositionContent, *, book: Book, parts: set[str], today: date) -> None:
    errors: dict[str, str] = {}
    if content.provision in parts:
        errors["provision"] = _("A position is given on a whole line; say in the summary which part it is about.")
    elif content.provision and not book.knows(Resource.WORDING, f"{content.revision}/{content.provision}"):
        errors["revision"] = _("'%(line)s' has no words in '%(text)s'.") % {
            "line": content.provision,
            "text": content.revision,
        }
    if content.stated_on.day > today:
        errors["stated_on"] = _("The day must be today or earlier.")
    if content.authority >= Authority.REPORTED and not content.evidence:
        errors["evidence"] = _("Name at least one source.")
    if content.asserted_by != content.party and content.authority != Authority.ATTRIBUTED:
        errors["authority"] = _("What one party says of another is attributed.")
    if content.conditions and content.stance != Stance.CONDITIONAL:
        errors["conditions"] = _("Only a conditional stance has conditions.")
    if not content.speaker.strip():
        errors["speaker"] = _("Say who spoke.")
    if not content.summary.strip():
        errors["summary"] = _("Say in a sentence what was said.")
    if errors:
        raise ValidationError(errors)


def _check_rulings(contents: list[RulingContent], *, book: Book) -> None:
    for content in contents:
        errors: dict[str, str] = {}
        if not book.knows(Resource.WORDING, content.key):
            errors["revision"] = _("'%(line)s' has no words in '%(text)s'.") % {
                "line": content.provision,
                "text": content.revision,
            }
        if not content.reason.strip():
            errors["reason"] = _("Say why.")
        if content.level and not content.sources:
            errors["sources"] = _("Name at least one source.")
        if errors:
            raise ValidationError(errors)


def _check_relations(contents: list[RelationContent], *, book: Book) -> None:
    ids = {book.id(Resource.WORDING, key) for content in contents for key in (content.wording, content.other)}
    parts = Wording.objects.filter(pk__in=ids, provision__parent__isnull=False).values_list("pk", flat=True)
    for content in contents:
        errors: dict[str, str] = {}
        if not {book.id(Resource.WORDING, key) for key in (content.wording, content.other)}.isdisjoint(parts):
            errors["other"] = _("A relation is between whole lines; say in the note which part is meant.")
        elif content.other.startswith(f"{book.plan.slug}/{content.revision}/"):
            errors["other"] = _("Words are related to those of another text.")
        if errors:
            raise ValidationError(errors)


def check_signatures(plan: Plan, *, field: str) -> None:
    """Refuse what takes away a signature on which levels rest. Raises ValidationError on the field."""
    if resting := left_unsigned(plan):
        told = _("Levels of implementation rest on this signature: %(levels)s. Withdraw them first.")
        raise ValidationError({field: told % {"levels": ", ".join(resting)}})


def _check_implementations(contents: list[ImplementationContent], *, book: Book, today: date) -> None:
    parts = _parts_among(contents, book=book)
    signed = SignedLines(book.plan, [content.provision for content in contents if content.level is not None])
    for content in contents:
        errors: dict[str, str] = {}
        if content.provision in parts:
            errors["provision"] = _("A level is given to a whole line; say in the note which part is meant.")
        elif content.level is not None and book.knows(Resource.PROVISION, content.provision):
            errors |= signed.why_not(content.provision, content.since)
        if content.since.day > today:
            errors["since"] = _("The day must be today or earlier.")
        if not content.note.strip():
            errors["note"] = _("Say what was done and what was not, in a sentence.")
        if content.level is not None and not content.sources:
            errors["sources"] = _("Name at least one source.")
        if errors:
            raise ValidationError(errors)


def _check_wordings(contents: list[WordingContent], *, book: Book) -> None:
    texts = book.words({key for content in contents for key in content.comes_from})
    texts |= {content.key: content for content in contents}
    for content in contents:
        if not content.text.strip():
            raise ValidationError({"text": _("The words are missing.")})
        if content.change != settled_change(content, before=texts):
            raise ValidationError({"change": why_not(content)})


def settled_change(content: WordingContent, *, before: Mapping[str, WordingContent]) -> WordingChange:
    """The change that the text itself decides: added, identical, merged; else the one that is stated.

    `before` holds the words that it comes from, by key.
    """
    if not content.comes_from:
        return WordingChange.ADDED
    if len(content.comes_from) >= SEVERAL_PARENTS:
        return WordingChange.MERGED
    earlier = before.get(content.comes_from[0])
    stated = content.change
    if stated == WordingChange.SPLIT:
        return stated
    if earlier and _same_words(earlier, content):
        return WordingChange.IDENTICAL
    return stated if stated == WordingChange.EDITORIAL else WordingChange.SUBSTANTIVE


def _same_words(one: WordingContent, other: WordingContent) -> bool:
    # What is alike to the letter need not be normalised, and most words are carried over so.
    if (one.text, one.number) == (other.text, other.number):
        return True
    return normalise(one.text, one.number) == normalise(other.text, other.number)


def why_not(content: WordingContent) -> str:
    """Why the change that a wording states is not the one that its text decides, and what would be."""
    origins = len(content.comes_from)
    if not origins:
        return _("There are no words before these; they are added.")
    if origins >= SEVERAL_PARENTS:
        return _("Words that come from several others are merged.")
    match content.change:
        case WordingChange.ADDED:
            return _("Words that come from others are not added.")
        case WordingChange.MERGED:
            return _("Only words that come from several others are merged; name them all.")
        case WordingChange.IDENTICAL:
            return _("The words differ from those before; say whether the change is editorial or substantive.")
    return _("The words are those before, to the letter: the change is identical.")


def _check_derivation(contents: list[RevisionContent], *, book: Book) -> None:
    derives: dict[str, str | None] = {}
    if book.may_have(Resource.REVISION):
        standing = RevisionVersion.objects.standing().filter(revision__plan=book.plan)
        derives |= dict(standing.values_list("revision__slug", "derives_from__slug"))
    derives |= {content.slug: content.derives_from for content in contents}
    for start in derives:
        seen, here = {start}, derives[start]
        while here is not None:
            if here in seen:
                raise ValidationError({"derives_from": _("'%(text)s' would derive from itself.") % {"text": start}})
            seen.add(here)
            here = derives.get(here)
