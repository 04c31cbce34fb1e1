"""Lines carry codes of two collections of peace agreements. Code of before may go on writing: there is a default."""

import django.contrib.postgres.fields
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('provisions', '0021_plan_every'),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='provisionversion',
            name='no_edit',
        ),
        migrations.AddField(
            model_name='provisionversion',
            name='pam',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.SlugField(max_length=60), blank=True, db_default=[], default=list, help_text='Provision types of the Peace Accords Matrix.', size=None),
        ),
        migrations.AddField(
            model_name='provisionversion',
            name='pax',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.SlugField(max_length=60), blank=True, db_default=[], default=list, help_text='Issue codes of the Peace Agreements Database.', size=None),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='provisionversion',
            trigger=pgtrigger.compiler.Trigger(name='no_edit', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."category_id" IS DISTINCT FROM (NEW."category_id") OR OLD."category_basis" IS DISTINCT FROM (NEW."category_basis") OR OLD."essential" IS DISTINCT FROM (NEW."essential") OR OLD."essential_reason" IS DISTINCT FROM (NEW."essential_reason") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."kind" IS DISTINCT FROM (NEW."kind") OR OLD."lead" IS DISTINCT FROM (NEW."lead") OR OLD."note" IS DISTINCT FROM (NEW."note") OR OLD."pam" IS DISTINCT FROM (NEW."pam") OR OLD."pax" IS DISTINCT FROM (NEW."pax") OR OLD."provision_id" IS DISTINCT FROM (NEW."provision_id") OR OLD."recorded_at" IS DISTINCT FROM (NEW."recorded_at") OR OLD."roles_basis" IS DISTINCT FROM (NEW."roles_basis") OR OLD."title" IS DISTINCT FROM (NEW."title") OR OLD."topics" IS DISTINCT FROM (NEW."topics") OR OLD."version" IS DISTINCT FROM (NEW."version"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='f7b0dfaaec64e2ddc25ebec5b8e8997d6ee77de1', operation='UPDATE', pgid='pgtrigger_no_edit_de410', table='provisions_provisionversion', when='BEFORE')),
        ),
    ]
