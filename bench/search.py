"""How fast is the search over many wordings? Run it as `python -m bench.search`; it starts and removes its own engines.

Makes plans with 1,000 lines in ten texts each, of made-up words that occur as unevenly as words do, and searches them
for what people type. Prints the median and the 95th percentile of each sort of search, and of all together: by the
clock, and by the time of the processors that it takes here and in PostgreSQL, whatever else the machine is at.
"""

from __future__ import annotations

import argparse
import random
import statistics
import time
from collections.abc import Iterable, Iterator
from itertools import product
from pathlib import Path
from typing import Any

from bench.stage import stage

LINES, TEXTS, LENGTH = 1000, 10, 40
VOCABULARY = 20_000
DICE = random.Random(7)

# Each plan is put in by PostgreSQL itself, with the columns of the record as they are. No log tells of it, so those
# guards that ask for one are lifted first.
LIFT = """
    DO $$
    DECLARE
        guard regprocedure;
    BEGIN
        FOR guard IN SELECT oid::regprocedure FROM pg_proc WHERE proname LIKE 'record\\_told\\_%' LOOP
            EXECUTE format('DROP FUNCTION %s CASCADE', guard);
        END LOOP;
    END;
    $$
"""
PLAN = """
    INSERT INTO provisions_plan (slug, version, epoch, seq, assessed_seq) VALUES (%(plan)s, 1, 'bench', 0, 0);
    INSERT INTO provisions_category (plan_id, slug, title, note, "order", version)
        SELECT id, 'all', 'All lines', '', 1, 1 FROM provisions_plan WHERE slug = %(plan)s;
    INSERT INTO provisions_revision (plan_id, slug, "order", version)
        SELECT id, 'draft-' || n, n, 1 FROM provisions_plan, generate_series(1, %(texts)s) n WHERE slug = %(plan)s;
    INSERT INTO provisions_revisionversion (revision_id, version, recorded_at, title, short, dated, dated_precision,
            dated_approximate, provenance, authors, circulated_to, made_public, summary, note)
        SELECT r.id, 1, now(), r.slug, r.slug, '2026-01-01', 'day', false, 'official', '', '', '', '', ''
        FROM provisions_revision r JOIN provisions_plan p ON p.id = plan_id WHERE p.slug = %(plan)s;
    INSERT INTO provisions_planversion (plan_id, version, recorded_at, title, summary, note, principals, threshold,
            horizon_days, current_revision_id)
        SELECT p.id, 1, now(), p.slug, '', '', '{a}', 2, 60, r.id
        FROM provisions_plan p JOIN provisions_revision r ON r.plan_id = p.id AND r."order" = %(texts)s
        WHERE p.slug = %(plan)s;
    INSERT INTO provisions_provision (plan_id, slug, "order", version)
        SELECT id, 'line-' || n, n, 1 FROM provisions_plan, generate_series(1, %(lines)s) n WHERE slug = %(plan)s;
    INSERT INTO provisions_provisionversion (provision_id, version, recorded_at, title, lead, category_id,
            category_basis, kind, topics, roles_basis, essential_reason, note)
        SELECT v.id, 1, now(), t.words, '', c.id, 'assigned', 'operative', '{}', 'assigned', '', ''
        FROM provisions_provision v JOIN provisions_plan p ON p.id = plan_id
        JOIN provisions_category c ON c.plan_id = p.id
        JOIN title t ON t.n = v."order" WHERE p.slug = %(plan)s;
    INSERT INTO provisions_wording (provision_id, revision_id, version)
        SELECT v.id, r.id, 1 FROM provisions_provision v JOIN provisions_plan p ON p.id = plan_id
        JOIN provisions_revision r ON r.plan_id = p.id WHERE p.slug = %(plan)s;
    INSERT INTO provisions_wordingversion (wording_id, revision_id, version, recorded_at, number, heading, gist, text,
            seen, change, change_reason, note)
        SELECT w.id, w.revision_id, 1, now(), v."order", '', '', t.words, 'seen', 'added', '', ''
        FROM provisions_wording w JOIN provisions_provision v ON v.id = provision_id
        JOIN provisions_plan p ON p.id = plan_id JOIN provisions_revision r ON r.id = w.revision_id
        JOIN words t ON t.n = (r."order" - 1) * %(lines)s + v."order" WHERE p.slug = %(plan)s;
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--wordings", type=int, default=300_000)
    parser.add_argument("--searches", type=int, default=60, help="of each sort")
    asked = parser.parse_args()
    with stage():
        measure(asked.wordings, asked.searches)


def measure(wordings: int, searches: int) -> None:
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    words = vocabulary()
    fill(words, plans=max(wordings // (LINES * TEXTS), 1))
    ask(words, searches)


def vocabulary() -> list[str]:
    """Made-up words of two to four syllables, in Latin and every tenth in Cyrillic letters."""
    latin = ["".join(pair) for pair in product("bdfgklmnprstvz", "aeiou")]
    cyrillic = ["".join(pair) for pair in product("бвгдклмнпрст", "аеиоу")]
    words: dict[str, None] = {}
    while len(words) < VOCABULARY:
        syllables = cyrillic if len(words) % 10 == 9 else latin
        words["".join(DICE.choices(syllables, k=DICE.choice((2, 3, 3, 4))))] = None
    return list(words)


def fill(words: list[str], *, plans: int) -> None:
    from django.db import connection

    began = time.perf_counter()
    with connection.cursor() as cursor:
        cursor.execute(LIFT)
        for table in ("title", "words"):
            cursor.execute(f"CREATE TEMPORARY TABLE {table} (n integer PRIMARY KEY, words text NOT NULL)")
        for number in range(plans):
            bring(cursor, "title", texts(words, LINES, length=4))
            bring(cursor, "words", texts(words, LINES * TEXTS, length=LENGTH))
            for statement in PLAN.split(";\n")[:-1]:
                cursor.execute(statement, {"plan": f"plan-{number}", "texts": TEXTS, "lines": LINES})
        cursor.execute("ANALYZE")
        cursor.execute("SELECT count(*), pg_size_pretty(pg_database_size(current_database())) FROM provisions_wording")
        count, size = cursor.fetchone()
    print(f"{count:,} wordings in {time.perf_counter() - began:.0f} s, {size} in all", flush=True)


def texts(words: list[str], times: int, *, length: int) -> Iterator[str]:
    """Made-up texts. The cube of a random number: the first words come often, the last seldom."""
    for _ in range(times):
        yield " ".join(words[int(DICE.random() ** 3 * len(words))] for _ in range(length))


def bring(cursor: Any, table: str, texts: Iterable[str]) -> None:
    cursor.execute(f"TRUNCATE {table}")
    with cursor.copy(f"COPY {table} FROM STDIN") as copy:
        for row in enumerate(texts, start=1):
            copy.write_row(row)
    cursor.execute(f"ANALYZE {table}")


def ask(words: list[str], searches: int) -> None:
    from provisions.models import Plan
    from provisions.search import search

    plan = Plan.objects.get(slug="plan-0")
    common, middling, rare = words[:40], words[2000:4000], words[-4000:]
    sorts = {
        "a rare word": lambda: search(DICE.choice(rare)),
        "a middling word": lambda: search(DICE.choice(middling)),
        "a common word": lambda: search(DICE.choice(common)),
        "three common words": lambda: search(" ".join(DICE.sample(common, 3))),
        "two words side by side": lambda: search(f'"{DICE.choice(common)} {DICE.choice(common)}"'),
        "the first letters of a word": lambda: search(DICE.choice(middling)[:3]),
        "a misspelt word": lambda: search(misspelt(DICE.choice(rare))),
        "a word, in one plan": lambda: search(DICE.choice(middling), plan=plan),
    }
    took: dict[str, list[tuple[float, float]]] = {name: [] for name in sorts}
    for n in range(searches + 3):
        for name, searched in sorts.items():
            began, spent = time.perf_counter(), processor_seconds()
            searched()
            # The first ones warm up.
            if n >= 3:
                took[name].append((time.perf_counter() - began, processor_seconds() - spent))
    together = [each for times in took.values() for each in times]
    for name, times in {**took, "all together": together}.items():
        clock, processor = ([seconds * 1000 for seconds in which] for which in zip(*times, strict=True))
        print(
            f"{name}: median {statistics.median(clock):.0f} ms, 95th percentile {percentile(clock):.0f} ms;"
            f" of the processor {statistics.median(processor):.0f} and {percentile(processor):.0f} ms"
        )


def processor_seconds() -> float:
    """The time that this process and its PostgreSQL backend have taken of a processor so far."""
    from django.db import connection

    if connection.connection is None:
        connection.connect()
    backend = Path(f"/proc/{connection.connection.info.backend_pid}/schedstat")
    return time.process_time() + int(backend.read_text().split()[0]) / 1e9


def misspelt(word: str) -> str:
    """The word with a letter doubled that is not doubled."""
    at = DICE.randrange(1, len(word))
    return word[:at] + word[at - 1] + word[at:]


def percentile(times: list[float]) -> float:
    return statistics.quantiles(times, n=20)[-1]


if __name__ == "__main__":
    main()
