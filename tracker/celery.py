"""Celery, which is a doorbell here: the log of a plan is the queue."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tracker.settings")

app = Celery("tracker")
# The app is the current one in this thread only; the web server's threads would ring at a broker that nobody set.
app.set_default()
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
