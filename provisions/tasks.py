"""The jobs. Each is a doorbell: it takes an id or nothing, and calls one function of the domain."""

from celery import shared_task
from django.utils import timezone

from provisions import assessing, intake, status


@shared_task
def recompute(plan_pk: int) -> None:
    """Bring one plan's levels up to the head of its log."""
    assessing.recompute(plan_pk)


@shared_task(soft_time_limit=270, time_limit=285)
def go_on_with_import(import_pk: int) -> None:
    """Read an upload, or apply it: a large one takes minutes."""
    intake.step(import_pk)


@shared_task
def sweep() -> None:
    """Find the plans whose bell was not heard, or whose levels are of an earlier day; and imports that wait."""
    status.note_sweep()
    for plan_pk in assessing.due(today=timezone.now().date()):
        recompute.delay(plan_pk)
    for import_pk in intake.unfinished():
        go_on_with_import.delay(import_pk)
