"""How far the lines of a signed text were carried out: guarded as other things, see 0014_guards and 0024."""

from importlib import import_module

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

guards = import_module("provisions.migrations.0014_guards")
by_name = import_module("provisions.migrations.0024_told_by_name").by_name

TABLE = "provisions_implementation"
VERSIONS = "provisions_implementationversion"
SOURCES = "provisions_implementationversion_sources"
STAY = ["plan_id", "provision_id", "since", "precision"]


def named(row, rows=""):
    """How the log names an assessment: its line, and its day as exactly as it is known."""
    form = f"CASE {row}.precision WHEN 'year' THEN 'YYYY' WHEN 'month' THEN 'YYYY-MM' ELSE 'YYYY-MM-DD' END"
    return f"""
        SELECT {row}.plan_id, line.slug || '/' || to_char({row}.since, {form})
        FROM provisions_provision AS line{rows} WHERE line.id = {row}.provision_id
    """


OF_A_VERSION = named("assessed", f", {TABLE} AS assessed") + " AND assessed.id = NEW.implementation_id"

SAME, LATER = "entry.version = NEW.version", "entry.version > NEW.version"
TOLD = [
    (TABLE, "new", "implementation", named("NEW"), SAME),
    (TABLE, "changed", "implementation", named("NEW"), SAME),
    (VERSIONS, "new", "implementation", OF_A_VERSION, SAME),
    (VERSIONS, "closed", "implementation", OF_A_VERSION, LATER),
]


class Migration(migrations.Migration):

    dependencies = [
        ('parties', '0001_initial'),
        ('provisions', '0025_guards_at_once'),
    ]

    operations = [
        migrations.CreateModel(
            name='Implementation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('since', models.DateField(help_text='The first day of the period that is known.')),
                ('precision', models.CharField(choices=[('day', 'day'), ('month', 'month'), ('year', 'year')], default='day', max_length=5)),
                ('version', models.PositiveIntegerField(default=1)),
                ('plan', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='implementations', to='provisions.plan')),
                ('provision', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='implementations', to='provisions.provision')),
            ],
            options={
                'ordering': ['since', 'pk'],
                'constraints': [
                    models.UniqueConstraint(fields=('provision', 'since', 'precision'), name='one_implementation_of_a_line_from_a_day'),
                    models.CheckConstraint(condition=models.Q(('precision__in', ['day', 'month', 'year'])), name='implementation_precision_is_known'),
                ],
            },
        ),
        migrations.CreateModel(
            name='ImplementationVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField()),
                ('recorded_at', models.DateTimeField()),
                ('superseded_at', models.DateTimeField(blank=True, null=True)),
                ('approximate', models.BooleanField(default=False)),
                ('level', models.PositiveSmallIntegerField(blank=True, choices=[(0, 'not implemented'), (1, 'minimum'), (2, 'intermediate'), (3, 'full')], null=True)),
                ('note', models.TextField(help_text='What was done, and what was not.')),
                ('implementation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='versions', to='provisions.implementation')),
                ('sources', models.ManyToManyField(related_name='implementations', to='parties.source')),
            ],
            options={
                'constraints': [
                    models.UniqueConstraint(fields=('implementation', 'version'), name='one_implementation_of_each_version'),
                    models.UniqueConstraint(condition=models.Q(('superseded_at', None)), fields=('implementation',), name='one_standing_implementation_version'),
                    models.CheckConstraint(condition=models.Q(('superseded_at', None), ('superseded_at__gte', models.F('recorded_at')), _connector='OR'), name='implementation_superseded_after_recorded'),
                    models.CheckConstraint(condition=models.Q(('level', None), ('level__in', [0, 1, 2, 3]), _connector='OR'), name='implementation_level_is_known'),
                    models.CheckConstraint(condition=models.Q(('note', ''), _negated=True), name='implementation_has_a_note'),
                ],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='implementationversion',
            trigger=pgtrigger.compiler.Trigger(name='no_edit', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."approximate" IS DISTINCT FROM (NEW."approximate") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."implementation_id" IS DISTINCT FROM (NEW."implementation_id") OR OLD."level" IS DISTINCT FROM (NEW."level") OR OLD."note" IS DISTINCT FROM (NEW."note") OR OLD."recorded_at" IS DISTINCT FROM (NEW."recorded_at") OR OLD."version" IS DISTINCT FROM (NEW."version"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='f3d5a113135a3caa963744ae9ad63f22b5782383', operation='UPDATE', pgid='pgtrigger_no_edit_4904a', table='provisions_implementationversion', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='implementationversion',
            trigger=pgtrigger.compiler.Trigger(name='no_second_close', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."superseded_at" IS NOT NULL)', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='163904bd2fc6ae0acd2426d96c112bf0951f1331', operation='UPDATE', pgid='pgtrigger_no_second_close_d18f5', table='provisions_implementationversion', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='implementationversion',
            trigger=pgtrigger.compiler.Trigger(name='no_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='629469fa84476cbd77a97d7c436a9849d3124924', operation='DELETE', pgid='pgtrigger_no_delete_f3641', table='provisions_implementationversion', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='implementationversion',
            trigger=pgtrigger.compiler.Trigger(name='no_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'Cannot truncate %: it is part of the record', TG_TABLE_NAME;", hash='0c9a48058810916bdf488e79a18b79c39e76c48f', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_no_truncate_254db', table='provisions_implementationversion', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='implementationversion',
            trigger=pgtrigger.compiler.Trigger(name='evidence_required', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NEW."level" IS NOT NULL)', constraint='CONSTRAINT', func="\n                    IF NOT EXISTS (\n                        SELECT FROM provisions_implementationversion_sources WHERE implementationversion_id = NEW.id\n                    ) THEN\n                        RAISE EXCEPTION 'an implementation level has no evidence' USING ERRCODE = 'check_violation';\n                    END IF;\n                    RETURN NULL;\n                ", hash='63a68c9d40cbb327e4f563c91f4e8d261268d660', operation='INSERT', pgid='pgtrigger_evidence_required_c36eb', table='provisions_implementationversion', timing='DEFERRABLE INITIALLY DEFERRED', when='AFTER')),
        ),
        migrations.RunSQL(
            [
                *guards.guards_of_a_thing(TABLE, 'implementation', named("NEW"), STAY),
                *guards.guards_of_a_version(VERSIONS, 'implementation', OF_A_VERSION),
                *guards.guards_of_a_part(SOURCES, guards.one(VERSIONS, "implementationversion_id")),
                *(by_name(*each) for each in TOLD),
            ],
            f"""
            DROP FUNCTION IF EXISTS record_told_new_{TABLE}, record_told_changed_{TABLE}, record_told_new_{VERSIONS},
                record_told_closed_{VERSIONS}, record_part_of_{SOURCES} CASCADE
            """,
        ),
    ]
