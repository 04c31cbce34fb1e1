"""Celery, which is a doorbell here: the log of a plan is the queue."""

import os

import structlog
from celery import Celery, Task
from celery.signals import task_postrun, task_prerun

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tracker.settings")

app = Celery("tracker")
# The app is the current one in this thread only; the web server's threads would ring at a broker that nobody set.
app.set_default()
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@task_prerun.connect
def bind_request(task: Task, **_: object) -> None:
    """Let every log line of a job name the request that rang for it."""
    if request_id := (task.request.headers or {}).get("request_id") or task.request.get("request_id"):
        structlog.contextvars.bind_contextvars(request_id=request_id)


@task_postrun.connect
def unbind_request(**_: object) -> None:
    structlog.contextvars.unbind_contextvars("request_id")
