"""Words that are spelt alike, for those that nothing on record has."""

from __future__ import annotations

from django.db import connection

from .asking import Asked, Term

NEIGHBOURS = 3
# Shorter words have too few letters to be alike by.
SHORTEST = 4
# How many letters may be missing or too many.
DIFFERENCE = 2

# The words on record are kept by PostgreSQL beside the columns that are searched. Letters alone are asked for, so none
# of them means anything to LIKE.
ALIKE = """
    SELECT typed, near.word FROM unnest(%s::text[]) typed CROSS JOIN LATERAL (
        SELECT word, similarity(search_spelt(word), search_spelt(typed)) AS alike
        FROM search_word
        WHERE search_spelt(word) %% search_spelt(typed) AND abs(length(word) - length(typed)) <= %s
        GROUP BY word ORDER BY alike DESC, word LIMIT %s
    ) near
    WHERE NOT EXISTS (SELECT FROM search_word WHERE word LIKE typed || '%%')
    ORDER BY typed, near.alike DESC, near.word
"""


def alike(asked: Asked) -> Asked | None:
    """The same question, with words on record for those that are misspelt. None where there are no such words."""
    typed = sorted({word for term in asked.terms for word in term.words if len(word) >= SHORTEST and word.isalpha()})
    with connection.cursor() as cursor:
        cursor.execute(ALIKE, [typed, DIFFERENCE, NEIGHBOURS])
        rows = cursor.fetchall()
    near: dict[str, list[str]] = {}
    for word, neighbour in rows:
        near.setdefault(word, []).append(neighbour)
    return Asked(tuple(_meant(terms, near) for terms in asked.alternatives), cut=asked.cut) if near else None


def _meant(terms: tuple[Term, ...], near: dict[str, list[str]]) -> tuple[Term, ...]:
    """What may have been meant by a word, or by several in quotes, of which each may be misspelt."""
    (term,) = terms
    if not any(word in near for word in term.words):
        return terms
    best = tuple(near.get(word, [word])[0] for word in term.words)
    others = (Term((word,), open=False) for word in near.get(term.words[0], ())[1:] if len(term.words) == 1)
    return (Term(best, open=False), *others)
