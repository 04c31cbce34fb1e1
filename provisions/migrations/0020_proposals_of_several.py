"""A proposal may be of several changes: a text with its lines, a change that is taken back.

The log then has to tell of a change by its author that was written with the decision; of one thing it is that thing's.
"""

from django.db import migrations, models

BECAME = """
    CREATE OR REPLACE FUNCTION record_became_a_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF NOT EXISTS (
            SELECT FROM provisions_change AS entry
            WHERE (entry.plan_id, entry.seq, entry.actor_id) = (NEW.plan_id, NEW.seq, NEW.author_id)
                AND record_written_now(entry.xmin){of_the_thing}
        ) THEN
            RAISE EXCEPTION 'Cannot approve proposal %: the log was told of no such change', NEW.number
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN NULL;
    END;
    $$
"""
OF_THE_THING = "\n                AND (entry.resource, entry.key) = (NEW.resource, NEW.key)"
OF_IT_OR_SEVERAL = (
    "\n                AND (NEW.several IS NOT NULL OR (entry.resource, entry.key) = (NEW.resource, NEW.key))"
)


class Migration(migrations.Migration):

    dependencies = [
        ('provisions', '0019_drafts'),
    ]

    operations = [
        migrations.AddField(
            model_name='proposal',
            name='several',
            field=models.JSONField(help_text='Changes that are put on record together.', null=True),
        ),
        migrations.RunSQL(
            BECAME.format(of_the_thing=OF_IT_OR_SEVERAL), BECAME.format(of_the_thing=OF_THE_THING)
        ),
    ]
