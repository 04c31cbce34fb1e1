"""Look up what a part belongs to by its id, where the guards of 0014_guards read through all that is on record.

They refuse what they refused. PostgreSQL joined the rows that were touched with the whole table, so that each import took
longer than the one before it; OFFSET 0 keeps it from that, as in 0024_told_by_name.
"""

from importlib import import_module

from django.db import migrations

guards = import_module("provisions.migrations.0014_guards")
companions = import_module("provisions.migrations.0015_companions_about_lines")
implementations = import_module("provisions.migrations.0026_implementations")

PARTS = [
    *guards.PARTS.items(),
    (companions.TABLE, guards.one("provisions_companion", "companion_id")),
    (implementations.SOURCES, guards.one(implementations.VERSIONS, "implementationversion_id")),
]


def guard(table, written):
    function = next(iter(guards.guards_of_a_part(table, written)))
    return function.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")


class Migration(migrations.Migration):

    dependencies = [
        ('provisions', '0029_imported_files'),
    ]

    operations = [
        migrations.RunSQL(
            [guard(table, f"{written} OFFSET 0") for table, written in PARTS],
            [guard(table, written) for table, written in PARTS],
        ),
    ]
