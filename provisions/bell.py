"""The doorbell: tells a worker that a plan has something to recompute. The log is the queue, so a lost ring is late,
not lost: the sweep finds it."""

import structlog
from celery import current_app
from kombu.exceptions import OperationalError

log = structlog.get_logger(__name__)

RECOMPUTE = "provisions.tasks.recompute"
GO_ON = "provisions.tasks.go_on_with_import"


def ring(plan_pk: int) -> None:
    """Ask for a recomputation. Never fails: without a broker the sweep makes up for it."""
    _ring(RECOMPUTE, plan_pk)


def ring_for_import(import_pk: int) -> None:
    """Ask for the next step of an import. Never fails either."""
    _ring(GO_ON, import_pk)


def _ring(task: str, pk: int) -> None:
    try:
        # The worker's log lines then name the request that they come from.
        request_id = structlog.contextvars.get_contextvars().get("request_id", "")
        current_app.send_task(task, args=[pk], headers={"request_id": request_id}, retry=False)
    except (OperationalError, OSError) as error:
        log.warning("bell_not_heard", task=task, pk=pk, error=str(error))
