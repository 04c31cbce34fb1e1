"""What templates need to speak of the record: the words of the codebook, days as exactly as they are known, symbols."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django import template
from django.conf import settings
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from parties.models import Source
from provisions.agreement.words import Gone, Level, Phase, Precision, Reading
from provisions.board import Board, LastWord, Row
from provisions.codebook import VOCABULARIES, Code
from provisions.codebook import code as code_of
from provisions.codebook.code import Text
from provisions.codebook.method import class_of
from provisions.codebook.rule import CLAUSES
from provisions.contents import FigureContent, PositionContent, When
from provisions.dossier import Dossier
from provisions.figures import Quantity
from provisions.models import Position
from provisions.sheet import Sheet
from provisions.telling import (
    SLOT,
    after_the_last_words,
    closed_of,
    counted,
    holding_back,
    in_a_sentence,
    last_text,
    row_flags,
    segments,
    support_in_words,
    support_slots,
    vector_in_words,
)
from provisions.words import (
    day_in_words,
    listed,
    moment_in_words,
    month_in_words,
    quantity_in_words,
    whole_month_in_words,
)
from provisions.words import grouped as with_grouped_numbers

register = template.Library()

PHASES_OF_THE_RULE = 6


@register.filter
def code(value: Any, vocabulary: str = "") -> Code:
    """The words for a value: `{{ row.level|code }}`, or `{{ flag|code:"flag" }}` where the value is plain text."""
    return code_of(value, vocabulary=vocabulary)


@register.filter
def day(value: When | date | None) -> str:
    """24 Dec 2025, Dec 2025 or 2025; an approximate day says so."""
    return day_in_words(value) if value else ""


@register.filter
def timestamp(value: datetime) -> str:
    """A moment as the attribute `datetime` takes it; it knows no microseconds."""
    return value.isoformat(timespec="seconds")


@register.simple_tag
def icon(symbol: str) -> SafeString:
    """A symbol of the sprite. It says nothing by itself: its word stands beside it."""
    return format_html('<svg class="g" aria-hidden="true" focusable="false"><use href="#{}"/></svg>', symbol)


@register.simple_tag
def of_record() -> SafeString:
    """Says in mark-up that what follows is in the language of the record, where a page speaks another."""
    if get_language() == settings.RECORD_LANGUAGE:
        return SafeString("")
    return format_html(' lang="{}"', settings.RECORD_LANGUAGE)


@register.inclusion_tag("components/_bar.html")
def bar(vector: Mapping[str, int], name: str, width: int) -> dict[str, Any]:
    """A distribution bar: how many lines stand at each level, the closest first."""
    return {"segments": segments(vector, width=width), "width": width, "label": f"{name}: {vector_in_words(vector)}"}


register.filter(counted)
register.filter(after_the_last_words)
register.filter(holding_back)
register.filter(row_flags)
register.filter(support_in_words)
register.filter(vector_in_words)
register.filter(in_a_sentence)
register.filter(last_text)


@register.filter
def vocabulary(name: str) -> tuple[Code, ...]:
    """All the words of a vocabulary, in their order."""
    return VOCABULARIES[name]


@register.filter
def phases(current: Phase) -> list[Code]:
    """The phases that the rule computes, and the one that an analyst recorded beyond them."""
    ladder = list(VOCABULARIES["phase"][:PHASES_OF_THE_RULE])
    return ladder if any(each.value == current for each in ladder) else [*ladder, code_of(current)]


@register.filter
def level_code(value: str) -> Code:
    """The words for a level, or for what became of a line that is gone."""
    return code_of(value, vocabulary="gone" if value in set(Gone) else "level")


@register.filter
def title_of(slug: str, board: Board) -> str:
    """The title of a line of a board."""
    return next((row.title for row in board.rows if row.slug == slug), slug)


@register.filter
def short_name(slug: str, board: Board) -> str:
    """The short name of a party of a board."""
    return next((party.short for party in board.parties if party.slug == slug), slug)


register.filter(closed_of)
register.filter("month", month_in_words)
register.filter("moment", moment_in_words)
register.filter("whole_month", whole_month_in_words)


@register.filter
def last_words_of(row: Row, board: Board) -> list[LastWord | None]:
    """What each party of the board said last of a line that is gone; None for those that never spoke of it."""
    said = {each.party.slug: each for each in row.last_words}
    return [said.get(party.slug) for party in board.parties]


@register.filter
def party_name(slug: str, board: Board) -> str:
    """The name of a party of a board."""
    return next((party.name for party in board.parties if party.slug == slug), slug)


@register.filter
def party_names(slugs: Iterable[str], board: Board) -> str:
    """Parties by name, as one says them."""
    return listed(party_name(slug, board) for slug in slugs)


@register.filter
def with_figures(quantities: Iterable[Quantity]) -> list[Quantity]:
    """Those that are a figure, without the texts that have none."""
    return [each for each in quantities if each.figure]


@register.filter
def category_title(slug: str, board: Board) -> str:
    """The title of a category of a board."""
    return next((category.title for category in board.categories if category.slug == slug), slug)


@register.filter
def authority_code(value: int) -> Code:
    """The words for an authority, which the database and the rule keep as a number."""
    return code_of(value, vocabulary="authority")


@register.filter
def level_of(value: str) -> Level:
    """A level by its word."""
    return Level(value)


@register.filter
def evidence_of(content: PositionContent) -> list[str]:
    """The sources of a position."""
    return [each.source for each in content.evidence]


@register.filter
def sources_of(slugs: Iterable[str], page: Sheet | Dossier) -> list[Source]:
    """The sources behind slugs, as a page holds them."""
    return [page.sources[slug] for slug in slugs if slug in page.sources]


@register.filter
def quantity(figure: FigureContent) -> str:
    """A figure's value with its unit, or that it is not known."""
    return quantity_in_words(figure)


@register.filter
def grouped(text: str) -> str:
    """A text with its long numbers in the reader's form."""
    return with_grouped_numbers(text)


@register.inclusion_tag("components/_support.html")
def support(row: Row) -> dict[str, Any]:
    """How many essential parties consent, may still, or reject."""
    slots = support_slots(row)
    return {"slots": slots, "width": SLOT * len(slots), "label": support_in_words(row)}


@register.filter
def position_day(position: Position) -> str:
    """The day of a position as exactly as it is known."""
    return day_in_words(When(position.stated_on, Precision(position.precision), position.approximate))


@register.filter
def at(named: Mapping[str, Any], key: str) -> Any:
    """What stands under a key."""
    return named[key]


@register.filter
def clause(level: Level) -> Text:
    """The clause of the rule by which a line stands at a level, in the reader's language."""
    return CLAUSES[level]


@register.filter
def reading_class(reading: Reading) -> Code:
    """The class that a reading counts in."""
    return code_of(class_of(reading))


RESOURCE_SYMBOLS = {
    "position": "i-say",
    "assessment": "t-open",
    "ruling": "i-flag",
    "revision": "i-doc",
    "wording": "i-edit",
}


@register.filter
def resource_symbol(code: Code) -> str:
    """The symbol for a kind of thing in the log."""
    return RESOURCE_SYMBOLS.get(code.value, "i-doc")
