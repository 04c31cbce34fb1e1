"""What the interface says, found in code and templates, and its translations. For developers and tests: needs babel."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract, extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

OURS = ("parties", "provisions", "tracker")
KEYWORDS = {
    **DEFAULT_KEYWORDS,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
}
WIDTH = 120
NO_DATE = datetime(2026, 1, 1, tzinfo=UTC)
# Heads of a file that say when and by what it was written.
BY_ITSELF = (b'"POT-', b'"PO-', b'"Project-', b'"Report-', b'"Last-', b'"Language-Team', b'"Generated-')


def said() -> Catalog:
    """Everything that the interface says, in English."""
    catalog = Catalog(charset="utf-8")
    for file, extractor in _files():
        with file.open("rb") as opened:
            for _line, words, comments, context in extract(extractor, opened, KEYWORDS):
                catalog.add(words, context=context, auto_comments=comments)
    return catalog


def _files() -> Iterator[tuple[Path, Any]]:
    root = Path(settings.BASE_DIR)
    for app in OURS:
        for file in sorted((root / app).rglob("*.py")):
            if "migrations" not in file.parts:
                yield file, "python"
    for file in sorted((root / "templates").rglob("*.html")):
        yield file, _extract_template


def _extract_template(
    opened: BinaryIO, keywords: dict[str, Any], comment_tags: Collection[str], options: Any
) -> Iterable[Any]:
    """Django turns a template into calls of gettext with filler between, which need no indentation."""
    calls = templatize(opened.read().decode())
    lines = "\n".join(line.lstrip() for line in calls.splitlines())
    return extract_python(BytesIO(lines.encode()), keywords, comment_tags, options)


def file_of(language: str) -> Path:
    """The translations into a language, as people write them; compiled, they lie beside."""
    return Path(settings.LOCALE_PATHS[0]) / language / "LC_MESSAGES" / "django.po"


def translations(language: str) -> Catalog:
    """The translations that are there."""
    with file_of(language).open("rb") as opened:
        return read_po(opened, locale=language)


def update(language: str) -> Catalog:
    """Bring the file up to what the interface says: new words without translation, those that are gone left out."""
    catalog = translations(language)
    catalog.update(said(), no_fuzzy_matching=True)
    file_of(language).write_bytes(written(catalog))
    file_of(language).with_suffix(".mo").write_bytes(compiled(catalog))
    return catalog


def written(catalog: Catalog) -> bytes:
    """The translations for people: in the order of the alphabet, without anything that changes by itself."""
    file = BytesIO()
    write_po(file, catalog, width=WIDTH, no_location=True, sort_output=True, ignore_obsolete=True)
    lines = file.getvalue().splitlines(keepends=True)
    return b"".join(line for line in lines if not line.startswith(BY_ITSELF))


def compiled(catalog: Catalog) -> bytes:
    """The translations as gettext reads them; the same as long as they are."""
    catalog.creation_date = catalog.revision_date = NO_DATE
    file = BytesIO()
    write_mo(file, catalog)
    return file.getvalue()


def missing(catalog: Catalog) -> list[str]:
    """What has no translation, or one that nobody looked at."""
    return [
        str(message.id) for message in catalog if message.id and (message.fuzzy or not _is_complete(message.string))
    ]


def _is_complete(string: Any) -> bool:
    return all(string) if isinstance(string, tuple | list) else bool(string)
