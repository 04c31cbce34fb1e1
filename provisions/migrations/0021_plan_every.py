"""What Django itself reads of plans are all of them, also those that were deleted. Nothing changes in the database."""

import django.db.models.manager
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('provisions', '0020_proposals_of_several'),
    ]

    operations = [
        migrations.AlterModelManagers(
            name='plan',
            managers=[
                ('every', django.db.models.manager.Manager()),
            ],
        ),
    ]
