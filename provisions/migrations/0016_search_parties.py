"""Parties are found by name: a column of words for them, too, kept by PostgreSQL as those of 0006_search are.

Without an index: there are so few that reading them all is quicker.
"""

from django.db import migrations

TRIGGER = """
    CREATE TRIGGER search_{name} AFTER {event} ON parties_party REFERENCING NEW TABLE AS written
    FOR EACH STATEMENT EXECUTE FUNCTION search_note_words()
"""
KNOWN_SO_FAR = """
    INSERT INTO search_word (word) SELECT DISTINCT lexeme FROM parties_party, unnest(search)
    WHERE length(lexeme) BETWEEN 3 AND 40 AND lexeme !~ '[0-9]'
        AND NOT EXISTS (SELECT FROM search_word WHERE word = lexeme)
"""


class Migration(migrations.Migration):

    dependencies = [
        ('parties', '0001_initial'),
        ('provisions', '0015_companions_about_lines'),
    ]

    operations = [
        migrations.RunSQL(
            [
                "ALTER TABLE parties_party ADD COLUMN search tsvector "
                "GENERATED ALWAYS AS (search_words(name || ' ' || short, '', '', note)) STORED",
                TRIGGER.format(name='insert', event='INSERT'),
                TRIGGER.format(name='update', event='UPDATE'),
                KNOWN_SO_FAR,
            ],
            [
                'DROP TRIGGER search_update ON parties_party',
                'DROP TRIGGER search_insert ON parties_party',
                'ALTER TABLE parties_party DROP COLUMN search',
            ],
        ),
    ]
