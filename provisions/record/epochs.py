"""What has to happen to the record after the database went back in time."""

from django.db import transaction

from provisions.models import Plan
from provisions.models.plan import new_epoch


@transaction.atomic
def draw_new_epochs() -> int:
    """Give every plan a new feed epoch, so that no reader trusts a number that is given a second time; how many."""
    plans = Plan.every.select_for_update().order_by("pk")
    for plan in plans:
        Plan.every.filter(pk=plan.pk).update(epoch=new_epoch())
    return len(plans)
