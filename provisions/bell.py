"""The doorbell: tells a worker that a plan has something to recompute. The log is the queue, so a lost ring is late,
not lost: the sweep finds it."""

import structlog
from celery import current_app
from kombu.exceptions import OperationalError

log = structlog.get_logger(__name__)

RECOMPUTE = "provisions.tasks.recompute"


def ring(plan_pk: int) -> None:
    """Ask for a recomputation. Never fails: without a broker the sweep makes up for it."""
    try:
        current_app.send_task(RECOMPUTE, args=[plan_pk], retry=False)
    except (OperationalError, OSError) as error:
        log.warning("bell_not_heard", plan=plan_pk, error=str(error))
