"""Looks for news that found none: guarded as other things of the record, see 0014_guards.

A look says nothing of any party, so it never takes two people.
"""

from importlib import import_module

import django.db.models.deletion
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models

guards = import_module("provisions.migrations.0014_guards")

TABLE = "provisions_look"
NAMED = """
    SELECT NEW.plan_id, position.key || ' on ' || line.slug
    FROM provisions_position AS position, provisions_provision AS line
    WHERE position.id = NEW.position_id AND line.id = NEW.provision_id
"""
ALONE = "NEW.via IN ('page', 'api')"
STAY = ["plan_id", "position_id", "provision_id"]
KINDS = [
    ('plan', 'plan'),
    ('party', 'party'),
    ('source', 'source'),
    ('category', 'category'),
    ('topic', 'topic'),
    ('revision', 'revision'),
    ('provision', 'provision'),
    ('wording', 'wording'),
    ('event', 'event'),
    ('position', 'position'),
    ('look', 'look for news'),
    ('ruling', 'ruling'),
    ('silence_procedure', 'silence procedure'),
    ('companion', 'companion'),
    ('dispute', 'disputed fact'),
    ('relation', 'relation of words'),
    ('assessment', 'assessment'),
]


def takes_two(condition):
    """The trigger that asks for two people, for changes of which this holds."""
    when = guards.deferred("INSERT", "provisions_change", condition)
    return [
        "DROP TRIGGER record_takes_two ON provisions_change",
        f"CREATE CONSTRAINT TRIGGER record_takes_two AFTER {when} EXECUTE FUNCTION record_takes_two()",
    ]


class Migration(migrations.Migration):

    dependencies = [
        ('provisions', '0016_search_parties'),
    ]

    operations = [
        migrations.CreateModel(
            name='Look',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('looked_on', models.DateField()),
                ('version', models.PositiveIntegerField(default=1)),
                ('plan', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='looks', to='provisions.plan')),
                ('position', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='looks', to='provisions.position')),
                ('provision', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='looks', to='provisions.provision')),
            ],
            options={
                'ordering': ['pk'],
                'constraints': [models.UniqueConstraint(fields=('position', 'provision'), name='one_look_at_a_position_on_a_line')],
            },
        ),
        migrations.AlterField(
            model_name='change', name='resource', field=models.CharField(choices=KINDS, max_length=17),
        ),
        migrations.AlterField(
            model_name='opened', name='resource', field=models.CharField(choices=KINDS, max_length=17),
        ),
        migrations.AlterField(
            model_name='proposal', name='resource', field=models.CharField(choices=KINDS, max_length=17),
        ),
        migrations.RemoveConstraint(model_name='change', name='change_resource_is_known'),
        AddConstraintNotValid(
            model_name='change',
            constraint=models.CheckConstraint(
                condition=models.Q(('resource__in', [kind for kind, _label in KINDS])), name='change_resource_is_known'
            ),
        ),
        migrations.RunSQL(
            list(guards.guards_of_a_thing(TABLE, 'look', NAMED, STAY)),
            f"DROP FUNCTION IF EXISTS record_told_new_{TABLE}, record_told_changed_{TABLE} CASCADE",
        ),
        migrations.RunSQL(takes_two(f"{ALONE} AND NEW.resource <> 'look'"), takes_two(ALONE)),
    ]
