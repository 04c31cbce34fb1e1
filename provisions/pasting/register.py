"""The names by which a pasted list may call what is on record."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from functools import cache
from types import MappingProxyType
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.utils import translation

from parties.models import Source
from provisions.codebook import VOCABULARIES
from provisions.models import PlanParty, PlanVersion, ProvisionVersion, RevisionVersion, WordingVersion

# What may stand before the number of a line: point 7, п. 7, № 7, 7.
BEFORE_A_NUMBER = re.compile(r"^(?:point|line|no|пункт|положення|п)?\.? ?[#№]? ?(?P<number>.+?)\.?$")


class Register:
    """The parties, texts and lines of a plan, and sources, by whatever they are called. Five queries, and no more."""

    def __init__(self, plan: str, *, addresses: Collection[str]) -> None:
        """`addresses` are the sources that are asked for, by number or address. Raises PlanVersion.DoesNotExist."""
        head = PlanVersion.objects.standing().select_related("current_revision").get(plan__slug=plan)
        parties = PlanParty.objects.filter(plan__slug=plan).values_list("party__slug", "party__name", "party__short")
        self.parties = {slug: name for slug, name, _short in parties}
        self._parties = _called(parties)
        texts = RevisionVersion.objects.standing().filter(revision__plan__slug=plan).order_by("revision__order")
        named = list(texts.values_list("revision__slug", "title", "short"))
        self.texts = {slug: title for slug, title, _short in named}
        self._texts = _called(named)
        self.current = head.current_revision.slug if head.current_revision else None
        lines = ProvisionVersion.objects.standing().filter(provision__plan__slug=plan, provision__parent=None)
        titled = list(lines.values_list("provision__slug", "title"))
        self.lines = dict(titled)
        self._lines = _called(titled)
        self._numbers: dict[str, dict[str, str]] = defaultdict(dict)
        self._worded: dict[str, set[str]] = defaultdict(set)
        words = WordingVersion.objects.standing().filter(revision__plan__slug=plan, wording__provision__parent=None)
        for text, line, number in words.values_list("revision__slug", "wording__provision__slug", "number"):
            self._worded[line].add(text)
            if number:
                self._numbers[text][number.casefold()] = line
        self._sources = _sources(addresses)

    def party(self, name: str) -> str | None:
        return self._parties.get(_plain(name))

    def text(self, name: str) -> str | None:
        return self._texts.get(_plain(name))

    def line(self, name: str, *, text: str | None) -> str | None:
        """The line with this slug or title, or with this number in a text, or else in the current one."""
        plain = _plain(name)
        if found := self._lines.get(plain):
            return found
        bare = BEFORE_A_NUMBER.match(plain)
        number = bare["number"] if bare else plain
        return self._numbers.get(text or self.current or "", {}).get(number)

    def is_worded(self, line: str, text: str) -> bool:
        """Whether a text has words of a line."""
        return text in self._worded.get(line, ())

    def words_of(self, line: str) -> str | None:
        """The text that a statement on a line is about where it names none: the current one, or else the last."""
        if self.current and self.is_worded(line, self.current):
            return self.current
        return next((text for text in reversed(self.texts) if self.is_worded(line, text)), None)

    def source(self, name: str) -> str | None:
        """The source on record with this number or address."""
        return next((found for each in _spellings(name) if (found := self._sources.get(each))), None)


def _plain(name: str) -> str:
    return " ".join(name.casefold().split())


def _called(rows: Iterable[tuple[str, ...]]) -> dict[str, str]:
    """Slugs, the first of each row, by all that a row calls them. What two things are called names neither."""
    found: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        for name in row:
            found[_plain(name)].add(row[0])
    certain = {name: min(slugs) for name, slugs in found.items() if len(slugs) == 1}
    return certain | {_plain(row[0]): row[0] for row in rows}


def _spellings(name: str) -> tuple[str, ...]:
    """A number or an address, and others of the same page: without the place in it, with or without a last slash."""
    bare = name.partition("#")[0]
    other = bare.rstrip("/") if bare.endswith("/") else f"{bare}/"
    secure = [each.replace("http://", "https://", 1) for each in (bare, other)]
    plain = [each.replace("https://", "http://", 1) for each in (bare, other)]
    return tuple(dict.fromkeys([name, bare, other, *secure, *plain, name.upper()]))


def _sources(addresses: Collection[str]) -> dict[str, str]:
    wanted = {each for name in addresses for each in _spellings(name)}
    rows = Source.objects.filter(Q(slug__in=wanted) | Q(url__in=wanted)) if wanted else Source.objects.none()
    return {key: slug for slug, url in rows.values_list("slug", "url") for key in (slug, url) if key}


@cache
def words_for(vocabulary: str) -> Mapping[str, Any]:
    """The values of a vocabulary by what they are called, in every language of the site."""
    found: dict[str, set[Any]] = defaultdict(set)
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            for each in VOCABULARIES[vocabulary]:
                for word in (each.name, str(each.label), str(each.brief)):
                    found[_plain(word)].add(each.value)
    return MappingProxyType({word: min(values) for word, values in found.items() if len(values) == 1})
