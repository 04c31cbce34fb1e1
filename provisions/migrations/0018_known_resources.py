"""Every change that is on record is of a kind that is known: asked apart, so that nobody waits for the answer."""

from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('provisions', '0017_looks'),
    ]

    operations = [
        ValidateConstraint(model_name='change', name='change_resource_is_known'),
    ]
