"""What a Prometheus reads at /metrics: how requests fare, and how far the jobs are behind.

Off unless METRICS_TOKEN is set. With several web processes each writes its counts into PROMETHEUS_MULTIPROC_DIR, so
that whichever of them is asked tells of all.
"""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

if TYPE_CHECKING:
    from prometheus_client.metrics_core import Metric

SHARED = "PROMETHEUS_MULTIPROC_DIR"
SECONDS = (0.001, 0.005, 0.025, 0.1, 0.3, 1.0, 5.0, 15.0)

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """The figures, for whoever knows the token; to everybody else there is no such page."""
    expected = f"Bearer {settings.METRICS_TOKEN}"
    if not settings.METRICS_TOKEN or not secrets.compare_digest(
        request.headers.get("Authorization", "").encode(), expected.encode()
    ):
        raise Http404
    from prometheus_client import CollectorRegistry, generate_latest
    from prometheus_client.exposition import CONTENT_TYPE_PLAIN_1_0_0
    from prometheus_client.multiprocess import MultiProcessCollector

    registry = CollectorRegistry()
    registry.register(Jobs())
    told = generate_latest(registry)
    if SHARED in os.environ:
        requests = CollectorRegistry()
        MultiProcessCollector(requests)  # type: ignore[no-untyped-call]
        told += generate_latest(requests)
    else:
        told += generate_latest()
    return HttpResponse(told, content_type=CONTENT_TYPE_PLAIN_1_0_0)


class Jobs:
    """How the jobs fare, as the Jobs page shows it to the staff."""

    def collect(self) -> Iterator[Metric]:
        from prometheus_client.metrics_core import GaugeMetricFamily

        from provisions.status import status

        found = status()
        waited = [(found.now - each.since).total_seconds() for each in found.waiting]
        gauges = {
            "tracker_plans_waiting": ("Plans whose levels lag behind their log.", len(found.waiting)),
            "tracker_changes_behind": ("Changes that levels do not know yet.", sum(w.behind for w in found.waiting)),
            "tracker_longest_wait_seconds": ("How long the oldest of them waits.", max(waited, default=0)),
            "tracker_plans_given_up": ("Plans that failed for good.", sum(s.retry_at is None for s in found.setbacks)),
            "tracker_last_sweep_timestamp_seconds": ("When lost doorbells were last looked for.", found.swept_at),
            "tracker_last_backup_timestamp_seconds": ("When a backup was last written.", found.backed_up_at),
        }
        for name, (told, value) in gauges.items():
            if value is not None:
                number = value.timestamp() if isinstance(value, datetime) else value
                yield GaugeMetricFamily(name, told, float(number))


def measured(application: Wsgi) -> Wsgi:
    """The application with its requests counted and timed, where metrics are on; else the application itself."""
    if not settings.METRICS_TOKEN:
        return application
    if folder := os.environ.get(SHARED):
        # The client library looks for it as soon as it is imported.
        Path(folder).mkdir(parents=True, exist_ok=True)
    from prometheus_client import Histogram

    took = Histogram("tracker_request_seconds", "How long requests took.", ["door", "status"], buckets=SECONDS)

    def counted(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        began = time.perf_counter()
        door = "api" if environ.get("PATH_INFO", "").startswith("/api/") else "page"

        def started(status: str, *rest: Any) -> Any:
            took.labels(door, status[:3]).observe(time.perf_counter() - began)
            return start_response(status, *rest)

        return application(environ, started)

    return counted
