"""Companions name the lines that they are about, kept as what else belongs to a companion: see 0014_guards."""

from importlib import import_module

from django.db import migrations, models

guards = import_module("provisions.migrations.0014_guards")

TABLE = "provisions_companion_provisions"


class Migration(migrations.Migration):

    dependencies = [
        ('provisions', '0014_guards'),
    ]

    operations = [
        migrations.AddField(
            model_name='companion',
            name='provisions',
            field=models.ManyToManyField(help_text='The lines that it is about.', related_name='companions', to='provisions.provision'),
        ),
        migrations.RunSQL(
            list(guards.guards_of_a_part(TABLE, guards.one("provisions_companion", "companion_id"))),
            f"DROP FUNCTION IF EXISTS record_part_of_{TABLE} CASCADE",
        ),
    ]
