"""The log may tell of implementations: one more word in its constraint, which is asked of old rows by the next one."""

from importlib import import_module

from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models

looks = import_module("provisions.migrations.0017_looks")

KINDS = [*looks.KINDS[:-1], ('implementation', 'implementation of a line'), looks.KINDS[-1]]


class Migration(migrations.Migration):

    dependencies = [
        ('provisions', '0026_implementations'),
    ]

    operations = [
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
    ]
