"""The jobs. Each is a doorbell: it takes an id or nothing, and calls one function of the domain."""

from celery import shared_task
from django.utils import timezone

from provisions import assessing, status


@shared_task
def recompute(plan_pk: int) -> None:
    """Bring one plan's levels up to the head of its log."""
    assessing.recompute(plan_pk)


@shared_task
def sweep() -> None:
    """Find the plans whose bell was not heard, or whose levels are of an earlier day."""
    status.note_sweep()
    for plan_pk in assessing.due(today=timezone.now().date()):
        recompute.delay(plan_pk)
