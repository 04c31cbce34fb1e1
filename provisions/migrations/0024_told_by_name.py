"""Ask the log for one entry by its name, where the guards of 0014_guards read through all entries of the kind.

They refuse what they refused. Of the words of a plan each one was held against the entries of all of them, because the
name is put together from two tables and nothing told PostgreSQL to do that first; OFFSET 0 does.
"""

from importlib import import_module

from django.db import migrations

guards = import_module("provisions.migrations.0014_guards")
looks = import_module("provisions.migrations.0017_looks")


def guarded():
    """Each table with the suffix of a guard, the kind, a query for plan and name, and what holds for the version."""
    for table, (resource, names) in [*guards.THINGS.items(), (looks.TABLE, ("look", looks.NAMED))]:
        for suffix in ("new", "changed"):
            yield table, suffix, resource, names, "entry.version = NEW.version"
    for table, (resource, names) in guards.VERSIONS.items():
        yield table, "new", resource, names, "entry.version = NEW.version"
        yield table, "closed", resource, names, "entry.version > NEW.version"
    yield "provisions_position", "new", "position", "SELECT NEW.plan_id, NEW.key", "entry.version = 1"
    yield "provisions_retraction", "new", "position", guards.POSITION, "entry.version = 2"
    for suffix in ("new", "closed"):
        yield "provisions_lineassessment", suffix, "assessment", guards.LINE, "true"


def by_name(table, suffix, resource, names, version):
    return f"""
        CREATE OR REPLACE FUNCTION record_told_{suffix}_{table}() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF NOT EXISTS (
                SELECT FROM ({names}) AS named(plan_id, key), LATERAL (
                    SELECT FROM provisions_change AS entry
                    WHERE entry.plan_id = named.plan_id AND entry.resource = '{resource}' AND entry.key = named.key
                        AND {version} AND record_written_now(entry.xmin)
                    OFFSET 0
                ) AS told
            ) THEN
                RAISE EXCEPTION 'Cannot keep this in {table}: the log was told of no such change of the {resource}'
                    USING ERRCODE = 'integrity_constraint_violation';
            END IF;
            RETURN NULL;
        END;
        $$
    """


def as_before(table, suffix, resource, names, version):
    function, _trigger = guards.told(table, suffix, resource, names, version=version, when="")
    return function.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")


class Migration(migrations.Migration):

    dependencies = [
        ('provisions', '0023_saved_filters'),
    ]

    operations = [
        migrations.RunSQL([by_name(*each) for each in guarded()], [as_before(*each) for each in guarded()]),
    ]
