"""docs/plan-files.md is true: its example can be imported, and it names every key and word of the format."""

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import get_args

import pytest

from parties.models import PublishedBasis, SourceKind
from provisions.agreement.words import EventState, Kind, Provenance, Role, Stance
from provisions.importing import apply, read_plan
from provisions.importing.entries import Entry
from provisions.importing.fields import AUTHORITIES
from provisions.importing.schema import REACHABLE, FileEntry
from provisions.models import Basis, Change, DisputeStatus, Outcome, RelationKind, Seen, Via
from provisions.record import Author

DOCS = (Path(__file__).parents[2] / "docs" / "plan-files.md").read_text()


def entries(kind: type[Entry]) -> Iterator[type[Entry]]:
    """A kind of block and all kinds that can stand inside it."""
    yield kind
    for field in kind.model_fields.values():
        for inside in _entries_in(field.annotation):
            yield from entries(inside)


def _entries_in(hint: object) -> Iterator[type[Entry]]:
    if isinstance(hint, type) and issubclass(hint, Entry):
        yield hint
    for part in get_args(hint):
        yield from _entries_in(part)


@pytest.mark.django_db
def test_the_example_can_be_imported(tmp_path):
    (example,) = re.findall(r"```yaml\n(.*?)```", DOCS, re.DOTALL)
    (tmp_path / "example.yaml").write_text(example)
    file = read_plan(tmp_path / "example.yaml", today=date(2026, 6, 1))
    apply(file, by=Author(via=Via.IMPORT))
    assert Change.objects.count() > 20
    assert all(getattr(file.contents, key) for key in FileEntry.model_fields if key not in ("plan", "parties"))


def test_every_key_is_explained():
    keys = {field.alias or name for kind in entries(FileEntry) for name, field in kind.model_fields.items()}
    explained = set(re.findall(r"`([a-z_]+)`", DOCS)) | set(re.findall(r"^#+ (.*)$", DOCS, re.MULTILINE))
    named = explained | {word for line in explained for word in re.split(r"\W+", line)}
    assert keys - named == set()


@pytest.mark.parametrize(
    "vocabulary",
    [
        *(Basis, DisputeStatus, EventState, Kind, Outcome, Provenance, PublishedBasis),
        *(RelationKind, Role, Seen, SourceKind, Stance, AUTHORITIES, REACHABLE),
    ],
)
def test_every_word_of_a_vocabulary_is_named(vocabulary):
    assert {str(word) for word in vocabulary if f"`{word}`" not in DOCS} == set()
