"""What a row of the board opens to: how the words of a line changed."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from provisions.board import Board, RevisionHead
from provisions.models import WordingVersion
from provisions.redline import Piece, redline


@dataclass(frozen=True, slots=True)
class Detail:
    """A line's words in the text that is shown, against the first text of its chain that has the line.

    `before` is missing where the line has words in one text only; `after` is then the text that they stand in.
    """

    before: RevisionHead | None
    after: RevisionHead | None
    pieces: list[Piece]


def details(board: Board, lines: Collection[str]) -> dict[str, Detail]:
    """The details of these lines, by slug: one query, or none where no line is asked for."""
    if not lines:
        return {}
    chain = {revision.slug: revision for revision in board.chain}
    versions = WordingVersion.objects
    rows = (
        (versions.known_at(board.known_at) if board.known_at else versions.standing())
        .filter(revision__plan__slug=board.plan, revision__slug__in=chain, wording__provision__slug__in=lines)
        .values_list("wording__provision__slug", "wording__revision__slug", "text")
    )
    texts: dict[str, dict[str, str]] = {line: {} for line in lines}
    for line, revision, text in rows:
        texts[line][revision] = text
    return {line: _detail(found, chain) for line, found in texts.items()}


def _detail(texts: dict[str, str], chain: dict[str, RevisionHead]) -> Detail:
    have = [slug for slug in chain if slug in texts]
    if not have:
        return Detail(None, None, [])
    first, last = have[0], have[-1]
    if first == last:
        return Detail(None, chain[last], redline(texts[last], texts[last]))
    return Detail(chain[first], chain[last], redline(texts[first], texts[last]))


def lines_with_words(board: Board, words: str) -> set[str]:
    """The lines whose words contain these, in any text of the chain, those of lettered parts included."""
    rows = WordingVersion.objects.standing().filter(
        revision__plan__slug=board.plan,
        revision__slug__in=[revision.slug for revision in board.chain],
        text__icontains=words,
    )
    found = rows.values_list("wording__provision__slug", "wording__provision__parent__slug")
    return {slug for pair in found for slug in pair if slug}
