"""Two guards look at all rows of a statement at once, and the head of a plan is asked for by its id alone."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations

HEAD_OF = """
    CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        head bigint := (SELECT seq FROM provisions_plan WHERE id = NEW.{plan});
        last bigint := (SELECT COALESCE(max(seq), 0) FROM provisions_change WHERE plan_id = NEW.{plan});
    BEGIN
        IF head <> last THEN
            RAISE EXCEPTION 'Cannot keep % as the head of plan %: the last entry of its log is %', head, NEW.{plan}, last
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN NULL;
    END;
    $$
"""


def asks(function):
    """The trigger that holds an entry against the head of its plan."""
    return [
        "DROP TRIGGER record_head ON provisions_change",
        "CREATE CONSTRAINT TRIGGER record_head AFTER INSERT ON provisions_change DEFERRABLE INITIALLY DEFERRED"
        f" FOR EACH ROW EXECUTE FUNCTION {function}()",
    ]


class Migration(migrations.Migration):

    dependencies = [
        ('provisions', '0024_told_by_name'),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='change',
            name='seq_without_gaps',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='wordingversion',
            name='revision_of_its_wording',
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='change',
            trigger=pgtrigger.compiler.Trigger(name='seq_without_gaps', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE stray record;', func="\n                    SELECT * INTO stray FROM (\n                        SELECT plan_id, min(seq) AS first, max(seq) AS last, count(*) AS entries\n                        FROM written GROUP BY plan_id\n                    ) AS added\n                    WHERE entries <> last - first + 1\n                        OR last <> (SELECT max(seq) FROM provisions_change AS entry WHERE entry.plan_id = added.plan_id)\n                        OR first <> 1 + COALESCE(\n                            (SELECT max(seq) FROM provisions_change AS entry\n                            WHERE entry.plan_id = added.plan_id AND entry.seq < added.first), 0)\n                    LIMIT 1;\n                    IF FOUND THEN\n                        RAISE EXCEPTION 'change % of plan % leaves a gap', stray.first, stray.plan_id\n                            USING ERRCODE = 'check_violation';\n                    END IF;\n                    RETURN NULL;\n                ", hash='be64943229075020482f7977ef585131d3ef0c66', level='STATEMENT', operation='INSERT', pgid='pgtrigger_seq_without_gaps_7550f', referencing='REFERENCING NEW TABLE AS written ', table='provisions_change', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='wordingversion',
            trigger=pgtrigger.compiler.Trigger(name='revision_of_its_wording', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF EXISTS (\n                        SELECT FROM written JOIN provisions_wording AS words ON words.id = written.wording_id\n                        WHERE words.revision_id <> written.revision_id\n                    ) THEN\n                        RAISE EXCEPTION 'a wording version carries the revision of its wording';\n                    END IF;\n                    RETURN NULL;\n                ", hash='935a93b169bad8c9af78a9fe6c77674b539bfc60', level='STATEMENT', operation='INSERT', pgid='pgtrigger_revision_of_its_wording_b6f8c', referencing='REFERENCING NEW TABLE AS written ', table='provisions_wordingversion', when='AFTER')),
        ),
        migrations.RunSQL(
            [HEAD_OF.format(name="record_head_of_entry", plan="plan_id"), *asks("record_head_of_entry")],
            [*asks("record_head"), "DROP FUNCTION record_head_of_entry"],
        ),
    ]
