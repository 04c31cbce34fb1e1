"""Ask the log once for a thing and for the version of it that is written along with it.

The guards of 0014_guards refuse what they refused. A thing's own row, where this transaction wrote it at that very version,
has a guard that asks the log for the entry; asking again for the row of the version told nothing new. Where the thing's row
says something else, as in a dump of old versions, the log is asked as before. And the words of a line are named by the two
rows that they name themselves.
"""

from importlib import import_module

from django.db import migrations

guards = import_module("provisions.migrations.0014_guards")
by_name = import_module("provisions.migrations.0024_told_by_name").by_name

# Of a plan the thing's row is written for other reasons, too.
WITH_THEIR_THING = {
    "provisions_revisionversion": ("provisions_revision", "revision_id"),
    "provisions_provisionversion": ("provisions_provision", "provision_id"),
    "provisions_wordingversion": ("provisions_wording", "wording_id"),
}
NAMED_BY_ITS_OWN = """
    SELECT revision.plan_id, revision.slug || '/' || provision.slug
    FROM provisions_revision AS revision, provisions_provision AS provision
    WHERE revision.id = NEW.revision_id AND provision.id = NEW.provision_id
"""
SAME = "entry.version = NEW.version"


def as_before():
    for table in WITH_THEIR_THING:
        resource, names = guards.VERSIONS[table]
        yield by_name(table, "new", resource, names, SAME)
    resource, names = guards.THINGS["provisions_wording"]
    for suffix in ("new", "changed"):
        yield by_name("provisions_wording", suffix, resource, names, SAME)


def asked_once():
    for table, (thing, column) in WITH_THEIR_THING.items():
        resource, names = guards.VERSIONS[table]
        yield by_name(table, "new", resource, names, SAME).replace(
            "BEGIN",
            f"""BEGIN
            IF EXISTS (
                SELECT FROM {thing} AS thing
                WHERE thing.id = NEW.{column} AND thing.version = NEW.version AND record_written_now(thing.xmin)
            ) THEN
                RETURN NULL;
            END IF;""",
            1,
        )
    resource, _names = guards.THINGS["provisions_wording"]
    for suffix in ("new", "changed"):
        yield by_name("provisions_wording", suffix, resource, NAMED_BY_ITS_OWN, SAME)


class Migration(migrations.Migration):

    dependencies = [
        ('provisions', '0031_search_in_batches'),
    ]

    operations = [
        migrations.RunSQL(list(asked_once()), list(as_before())),
    ]
