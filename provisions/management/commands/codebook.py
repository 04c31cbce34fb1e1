"""Write docs/codebook/words.md from the codebook: every word of the record and the rule with its meaning."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.text import capfirst
from django.utils.translation import override

from provisions.agreement.words import RULE
from provisions.codebook import VOCABULARIES
from provisions.codebook.method import Words, class_of, parts

HEAD = f"""# The words of the record and of rule {RULE}

Every word with its meaning, in the order of the rule. The page "Symbols and method" shows the same with the symbols.
Both are written from `provisions/codebook/`: `python manage.py codebook > docs/codebook/words.md` writes this file
anew, and the tests say when it is due. How levels come about in full: [agreement.md](agreement.md). How to code what
was said: [coding.md](coding.md)."""


def document() -> str:
    """docs/codebook/words.md as it should be."""
    with override("en"):
        return "\n".join([HEAD, *_lines()]) + "\n"


def _lines() -> Iterator[str]:
    for part, vocabularies in parts(VOCABULARIES):
        yield f"\n## {part.title}"
        for said in part.says:
            yield f"\n{said}"
        for words in vocabularies:
            yield f"\n### {words.title}\n"
            yield from _table(words)


def _table(words: Words) -> Iterator[str]:
    columns = ["Word", "In files and the API", *(["Meaning"] if words.defined else [])]
    columns += ["Counts as"] if words.name == "reading" else []
    yield f"| {' | '.join(columns)} |"
    yield "|" + "---|" * len(columns)
    for code in words.codes:
        cells = [capfirst(str(code.label)), f"`{code.name}`", *([str(code.definition)] if words.defined else [])]
        cells += [class_of(code.value)] if words.name == "reading" else []
        yield f"| {' | '.join(cells)} |"


class Command(BaseCommand):
    help = "Write docs/codebook/words.md: every word of the record and the rule with its meaning."

    def handle(self, **options: Any) -> None:
        self.stdout.write(document(), ending="")
