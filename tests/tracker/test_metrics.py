"""A Prometheus with the token reads how requests and jobs fare; for everybody else there is no such page."""

from collections.abc import Callable

import pytest
from django.test import Client, RequestFactory

from provisions.agreement.words import Stance
from provisions.models import Setback
from provisions.status import note_backup, note_sweep
from tests.builders import ARDEN, says
from tracker import metrics


@pytest.fixture
def figures(client: Client, settings) -> Callable[[], str]:
    """`figures()` is what a Prometheus reads."""
    settings.METRICS_TOKEN = "made-up"

    def read() -> str:
        return client.get("/metrics", headers={"Authorization": "Bearer made-up"}).content.decode()

    return read


def test_without_the_token_there_is_no_such_page(db, client: Client, settings):
    assert client.get("/metrics").status_code == 404
    settings.METRICS_TOKEN = "made-up"
    assert client.get("/metrics").status_code == 404
    assert client.get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404
    assert client.get("/metrics", headers={"Authorization": "Bearer made-up"}).status_code == 200


def test_it_tells_how_far_the_jobs_are_behind(accord, figures):
    says(ARDEN, Stance.ACCEPT, "ceasefire")
    accord.refresh_from_db()
    told = figures()
    assert "tracker_plans_waiting 1.0" in told
    assert f"tracker_changes_behind {float(accord.seq)}" in told
    assert "tracker_plans_given_up 0.0" in told
    assert "tracker_last_backup_timestamp_seconds" not in told
    note_sweep()
    note_backup()
    Setback.objects.create(
        plan=accord, seq=1, tries=8, reason="BadRecord", failed_at=accord.changes.first().recorded_at
    )
    told = figures()
    assert "tracker_plans_given_up 1.0" in told
    assert "tracker_last_sweep_timestamp_seconds" in told
    assert "tracker_last_backup_timestamp_seconds" in told


def test_requests_are_counted_by_door_and_status_where_metrics_are_on(db, figures, settings):
    def site(environ, start_response):
        start_response("304 Not Modified" if environ["PATH_INFO"].startswith("/api/") else "200 OK", [])
        return [b""]

    counted = metrics.measured(site)
    for path in ("/api/v1/plans", "/api/v1/plans", "/"):
        counted(RequestFactory().get(path).environ, lambda *_: None)
    told = figures()
    assert 'tracker_request_seconds_count{door="api",status="304"} 2.0' in told
    assert 'tracker_request_seconds_count{door="page",status="200"} 1.0' in told


def test_without_a_token_requests_cost_nothing_more():
    def site(environ, start_response):
        return [b""]

    assert metrics.measured(site) is site
