"""Take words that were just written into the indexes of the search some at a time.

Taken in one by one as in 0006_search they were most of what it cost to save words. Few wait, so that whoever searches
reads through a handful of pages besides the index, and whoever fills the list has little to put away.
"""

from importlib import import_module

from django.db import migrations

search = import_module("provisions.migrations.0006_search")

INDEXES = [
    *(f"{table}_search" for table in search.TABLES),
    *(f"{table}_search_past" for table in search.VERSIONS),
]
KILOBYTES = 64


class Migration(migrations.Migration):

    dependencies = [
        ('provisions', '0030_parts_by_id'),
    ]

    operations = [
        migrations.RunSQL(
            [
                f"ALTER INDEX {index} SET (fastupdate = on, gin_pending_list_limit = {KILOBYTES})"
                for index in INDEXES
            ],
            [
                f"ALTER INDEX {index} SET (fastupdate = off); ALTER INDEX {index} RESET (gin_pending_list_limit)"
                for index in INDEXES
            ],
        ),
    ]
