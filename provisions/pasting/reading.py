"""What each row of a pasted list says, and what of it could not be read, with what to do about it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from django.utils import timezone
from django.utils.translation import gettext as _

from provisions.agreement.words import Authority, Stance
from provisions.codebook import VOCABULARIES, code
from provisions.days import read_day

from .columns import MOST_ROWS, Column, Row, Table, TooMuch, table
from .register import Register, words_for

MOST_SOURCES = 8
# As long as the form takes them.
LONGEST = {Column.SUMMARY: 4000, Column.SPEAKER: 200, Column.OFFICE: 200}
ABOUT = re.compile(r"^(?:~|c\.|ca\.|about|близько|бл\.) ?", re.IGNORECASE)
QUOTED = re.compile(r"[“”„«»]|\"[^\"]{12,}\"")


class NotRead(ValueError):
    """A cell that could not be read; says what to write instead."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What of a row could not be read, and the remedy."""

    column: Column
    remedy: str


@dataclass(slots=True)
class Statement:
    """What a row says, as far as it could be read."""

    row: Row
    day: str = ""
    approximate: bool = False
    party: str = ""
    line: str = ""
    stance: Stance | None = None
    text: str = ""
    summary: str = ""
    sources: list[str] = field(default_factory=list)
    new_source: str = ""
    speaker: str = ""
    office: str = ""
    authority: Authority | None = None
    # What these are called.
    party_name: str = ""
    line_name: str = ""
    text_name: str = ""
    faults: list[Fault] = field(default_factory=list)

    @property
    def placed(self) -> bool:
        """Whether it is known who spoke of which words, so that there is a form to go on in."""
        of_other_words = any(fault.column == Column.TEXT for fault in self.faults)
        return bool(self.party and self.line and self.text) and not of_other_words

    @property
    def mark(self) -> str:
        """The same for the same row, whenever it is pasted."""
        return hashlib.sha256(self.row.raw.strip().encode()).hexdigest()[:12]


@dataclass(frozen=True, slots=True)
class Pasted:
    """A list as it was read."""

    table: Table
    statements: tuple[Statement, ...]

    @property
    def placed(self) -> list[Statement]:
        return [each for each in self.statements if each.placed]

    @property
    def left(self) -> list[Statement]:
        """The rows of which nothing can be made before they are mended."""
        return [each for each in self.statements if not each.placed]

    @property
    def whole(self) -> int:
        """How many rows were read to the last cell."""
        return sum(each.placed and not each.faults for each in self.statements)

    @property
    def rest(self) -> str:
        """The rows that are left, with the head, as they were pasted."""
        head = [self.table.head.raw] if self.table.head else []
        return "\n".join([*head, *(each.row.raw for each in self.left)]) if self.left else ""


def read(plan: str, text: str) -> Pasted:
    """Read a pasted list, a long one by as many queries as a short one. Raises TooMuch, PlanVersion.DoesNotExist."""
    found = table(text)
    if len(found.rows) > MOST_ROWS:
        raise TooMuch(_("Paste at most %(most)s rows at once.") % {"most": MOST_ROWS})
    told = {row.number: found.told(row) for row in found.rows}
    addresses = {name for cells in told.values() for name in _addresses(cells.get(Column.SOURCE, ""))}
    register = Register(plan, addresses=addresses)
    return Pasted(found, tuple(_statement(row, told[row.number], register) for row in found.rows))


def _statement(row: Row, cells: Mapping[Column, str], register: Register) -> Statement:
    said = Statement(row)
    # The text goes before the line: numbers are those of a text.
    for column, reader in READERS.items():
        try:
            reader(said, cells.get(column, ""), register)
        except NotRead as problem:
            said.faults.append(Fault(column, str(problem)))
    return said


def _addresses(cell: str) -> list[str]:
    return [name for each in cell.split() if (name := each.strip(",;<>"))]


# ---- One reader a column: each notes what it read, or raises NotRead ----


def _text(said: Statement, cell: str, register: Register) -> None:
    if not cell:
        return
    found = register.text(cell)
    if found is None:
        raise NotRead(_("No text is called “%(name)s”; write one of: %(known)s.") % {
            "name": cell, "known": ", ".join(list(register.texts)[:8]),
        })  # fmt: skip
    said.text = found


def _line(said: Statement, cell: str, register: Register) -> None:
    if not cell:
        raise NotRead(_("Name the line, by its number in the text or its name in addresses."))
    text = said.text
    line = register.line(cell, text=text or None)
    if line is None:
        of = register.texts.get(text or register.current or "", "")
        raise NotRead(_("No line “%(name)s” in the %(text)s.") % {"name": cell, "text": of or "–"})
    if text and not register.is_worded(line, text):
        raise NotRead(_("The %(text)s has no words of this line.") % {"text": register.texts[text]})
    said.line, said.line_name = line, register.lines[line]
    said.text = text or register.words_of(line) or ""
    if not said.text:
        raise NotRead(_("No text has words of this line, so nothing can be said of them."))
    said.text_name = register.texts[said.text]


def _party(said: Statement, cell: str, register: Register) -> None:
    found = register.party(cell)
    if found is None:
        known = ", ".join(register.parties.values())
        told = _("No party is called “%(name)s”; write one of: %(known)s.") if cell else _("Name the party: %(known)s.")
        raise NotRead(told % {"name": cell, "known": known})
    said.party, said.party_name = found, register.parties[found]


def _day(said: Statement, cell: str, register: Register) -> None:
    bare = ABOUT.sub("", cell)
    when = read_day(bare)
    if when is None:
        raise NotRead(
            _("Write the day as 24 Dec 2025 or 2025-12-24; if only the month or year is known, Dec 2025 or 2025.")
        )
    if when.day > timezone.now().date():
        raise NotRead(_("The day must be today or earlier."))
    said.day, said.approximate = str(when), bare != cell


def _stance(said: Statement, cell: str, register: Register) -> None:
    found = words_for("stance").get(cell.casefold())
    if found is None:
        raise NotRead(_("Write one of: %(known)s.") % {"known": ", ".join(_words("stance"))})
    said.stance = Stance(found)


def _authority(said: Statement, cell: str, register: Register) -> None:
    known = {str(int(each)): each for each in Authority} | dict(words_for("authority"))
    if cell and cell.casefold() not in known:
        numbered = (f"{int(each)} {code(each).label}".lower() for each in Authority)
        raise NotRead(_("Write one of: %(known)s.") % {"known": ", ".join(numbered)})
    said.authority = known[cell.casefold()] if cell else None


def _words(vocabulary: str) -> list[str]:
    return [str(each.brief).lower() for each in VOCABULARIES[vocabulary]]


def _summary(said: Statement, cell: str, register: Register) -> None:
    said.summary = cell[: LONGEST[Column.SUMMARY]]
    if not cell:
        raise NotRead(_("Say in a sentence what was said."))
    if len(cell) > LONGEST[Column.SUMMARY]:
        raise NotRead(_("It was cut, because it is too long; say it in one or two sentences."))
    if QUOTED.search(cell):
        raise NotRead(_("It seems to quote; say it in your own words."))


def _source(said: Statement, cell: str, register: Register) -> None:
    names = _addresses(cell)
    if not names:
        raise NotRead(_("Name the source, by its number or the address of its page."))
    known = {name: register.source(name) for name in names}
    said.sources = list(dict.fromkeys(slug for slug in known.values() if slug))[:MOST_SOURCES]
    pages = [name for name, slug in known.items() if slug is None and _is_address(name)]
    said.new_source = pages[0] if pages else ""
    if unread := [name for name, slug in known.items() if slug is None and name != said.new_source]:
        told = _("“%(name)s” is not on record; a form takes one new source, by its full address.")
        raise NotRead(told % {"name": unread[0][:80]})
    if said.new_source:
        raise NotRead(_("This source is not on record yet: its title and kind are to be filled in."))


def _is_address(name: str) -> bool:
    try:
        parts = urlsplit(name)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.netloc)


def _plainly(column: Column) -> Callable[[Statement, str, Register], None]:
    def reader(said: Statement, cell: str, register: Register) -> None:
        most = LONGEST[column]
        setattr(said, column.value, cell[:most])
        if len(cell) > most:
            raise NotRead(_("It was cut, because it is too long."))

    return reader


READERS: Mapping[Column, Callable[[Statement, str, Register], None]] = {
    Column.TEXT: _text,
    Column.LINE: _line,
    Column.PARTY: _party,
    Column.DAY: _day,
    Column.STANCE: _stance,
    Column.SUMMARY: _summary,
    Column.SOURCE: _source,
    Column.SPEAKER: _plainly(Column.SPEAKER),
    Column.OFFICE: _plainly(Column.OFFICE),
    Column.AUTHORITY: _authority,
}
