"""Every change that is on record is of a kind that is known, see 0018_known_resources."""

from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('provisions', '0027_known_implementations'),
    ]

    operations = [
        ValidateConstraint(model_name='change', name='change_resource_is_known'),
    ]
