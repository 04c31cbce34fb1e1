"""Full-text search over the record, kept by PostgreSQL itself: a column of words in each table, worked out from its row.

The columns are unknown to the models, so that nobody who reads a row drags its words along; provisions/search.py asks
for them by name. A column that one of them is made of cannot change its type while it stands: a migration that needs to
drops the `search` column first and adds it again.
"""

from django.contrib.postgres.operations import TrigramExtension
from django.db import migrations

# What each table is searched by, weightiest first: names, what sums it up, what it says, what is noted beside it.
TABLES = {
    'provisions_provisionversion': ("title", "lead", "''", "note"),
    'provisions_wordingversion': ("number || ' ' || heading", "gist", "text", "change_reason || ' ' || note"),
    'provisions_variant': ("''", "''", "text", "''"),
    'provisions_revisionversion': (
        "title || ' ' || short", "authors", "summary", "made_public || ' ' || circulated_to || ' ' || note",
    ),
    'provisions_position': ("''", "speaker || ' ' || speaker_role", "summary", "note"),
    'provisions_companion': ("title", "''", "summary", "status"),
    'provisions_event': ("title", "''", "summary", "''"),
    'provisions_dispute': ("subject", "''", "assessment", "''"),
    'provisions_rivalclaim': ("''", "value", "text", "''"),
    'parties_source': ("title || ' ' || slug", "publisher || ' ' || relays", "''", "note"),
}
VERSIONS = ('provisions_provisionversion', 'provisions_wordingversion', 'provisions_revisionversion')
# Rows of these are edited in place, so their words come anew.
EDITED = ('provisions_companion', 'provisions_event', 'provisions_dispute', 'parties_source')

# Small letters without accents, and a space for whatever is neither letter nor figure. Cyrillic й and ї are letters of
# their own, no и and і with a mark; ё is written е as often as not. provisions/search.py does the same in Python.
PLAIN = r"""
CREATE FUNCTION search_plain(said text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN
    regexp_replace(
        normalize(
            translate(
                regexp_replace(
                    replace(
                        replace(normalize(lower(said), NFKD), U&'\0438\0306', U&'\0439'),
                        U&'\0456\0308', U&'\0457'
                    ),
                    U&'[\0300-\036F]', '', 'g'
                ),
                U&'\0142\00F8\0111\0131', 'lodi'
            ),
            NFC
        ),
        '[^[:alnum:]]+', ' ', 'g'
    );
"""

# A column of words has to stay below a megabyte, or PostgreSQL would refuse the row: nobody reads on so far.
WORDS = """
CREATE FUNCTION search_words(names text, lead text, said text, beside text) RETURNS tsvector
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN
    setweight(to_tsvector('simple', left(search_plain(names), 4000)), 'A')
    || setweight(to_tsvector('simple', left(search_plain(lead), 20000)), 'B')
    || setweight(to_tsvector('simple', left(search_plain(said), 150000)), 'C')
    || setweight(to_tsvector('simple', left(search_plain(beside), 40000)), 'D');
"""

# A word in Latin letters, near enough to compare spellings: in the C locale of our engines pg_trgm reads no others. Of
# letters that names are written with by turns, as in Lavrov and Lawrow, one stands for both.
SPELT = """
CREATE FUNCTION search_spelt(word text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN
    translate(word, 'wjqiабвгґдеєжзиіїйклмнопрстуфхцчшщыэюяьъ', 'vykyabvhgdeezzyyyyklmnoprstufxccssyeua');
"""

# Every word that was ever written, to find the one that a misspelt word was meant to be. Not unique: two writers that
# bring the same new word need not wait for each other, and whoever reads does not mind.
VOCABULARY = """
CREATE TABLE search_word (word text NOT NULL);
CREATE INDEX search_word_itself ON search_word (word text_pattern_ops);
CREATE INDEX search_word_alike ON search_word USING gin (search_spelt(word) gin_trgm_ops);
CREATE FUNCTION search_note_words() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO search_word (word)
    SELECT DISTINCT lexeme FROM written, unnest(written.search)
    WHERE length(lexeme) BETWEEN 3 AND 40 AND lexeme !~ '[0-9]'
        AND NOT EXISTS (SELECT FROM search_word WHERE word = lexeme);
    RETURN NULL;
END;
$$;
"""


def column(table, parts):
    index = f'CREATE INDEX {table}_search ON {table} USING gin (search) WITH (fastupdate = off)'
    indexes = [f'{index} WHERE superseded_at IS NULL'] if table in VERSIONS else [index]
    if table in VERSIONS:
        indexes.append(f"{index.replace('_search', '_search_past')} WHERE superseded_at IS NOT NULL")
    return migrations.RunSQL(
        [
            f"ALTER TABLE {table} ADD COLUMN search tsvector GENERATED ALWAYS AS (search_words({', '.join(parts)})) STORED",
            *indexes,
            *(note(table, event) for event in (['INSERT', 'UPDATE'] if table in EDITED else ['INSERT'])),
            f"""
            INSERT INTO search_word (word) SELECT DISTINCT lexeme FROM {table}, unnest(search)
            WHERE length(lexeme) BETWEEN 3 AND 40 AND lexeme !~ '[0-9]'
                AND NOT EXISTS (SELECT FROM search_word WHERE word = lexeme)
            """,
        ],
        [
            f'DROP TRIGGER IF EXISTS search_update ON {table}',
            f'DROP TRIGGER search_insert ON {table}',
            f'ALTER TABLE {table} DROP COLUMN search',
        ],
    )


def note(table, event):
    return f"""
    CREATE TRIGGER search_{event.lower()} AFTER {event} ON {table} REFERENCING NEW TABLE AS written
    FOR EACH STATEMENT EXECUTE FUNCTION search_note_words()
    """


class Migration(migrations.Migration):

    dependencies = [
        ('parties', '0001_initial'),
        ('provisions', '0005_change_reverts'),
    ]

    operations = [
        TrigramExtension(),
        migrations.RunSQL(PLAIN, 'DROP FUNCTION search_plain'),
        migrations.RunSQL(WORDS, 'DROP FUNCTION search_words'),
        migrations.RunSQL(SPELT, 'DROP FUNCTION search_spelt'),
        migrations.RunSQL(VOCABULARY, 'DROP FUNCTION search_note_words; DROP TABLE search_word'),
        *(column(table, parts) for table, parts in TABLES.items()),
    ]
