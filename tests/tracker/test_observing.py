"""Errors go to Sentry and traces to OpenTelemetry where the settings say so, and nothing about a person goes along."""

import gzip
import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import brotli  # type: ignore[import-untyped]
import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from tests.tracker.test_settings import ROOT, run
from tracker.env import BadSetting
from tracker.observing import begin, reported
from tracker.settings import MIDDLEWARE

PACKAGES = ("sentry_sdk", "opentelemetry")
SET_UP = "import django, sys; django.setup()"
LOADED = f"{SET_UP}; print([name for name in {PACKAGES} if name in sys.modules])"


class Received:
    """What arrived, by the last word of the address that it was sent to."""

    port = 0

    def __init__(self) -> None:
        self.bodies: dict[str, list[bytes]] = {"envelope": [], "traces": []}

    def events(self) -> dict[str, dict]:
        """The events of Sentry, by what they are called."""
        items = [line for body in self.bodies["envelope"] for line in body.splitlines() if line.startswith(b"{")]
        events = [found for found in map(json.loads, items) if "exception" in found]
        return {found["exception"]["values"][-1]["type"]: found for found in events}

    def spans(self) -> dict[str, dict[str, object]]:
        """The attributes of the spans, by their names."""
        sent = [ExportTraceServiceRequest.FromString(body) for body in self.bodies["traces"]]
        return {
            span.name: {each.key: each.value.string_value or each.value.int_value for each in span.attributes}
            for request in sent
            for resource in request.resource_spans
            for scope in resource.scope_spans
            for span in scope.spans
        }


@pytest.fixture(scope="module")
def received() -> Iterator[Received]:
    """Receives what is reported, on this machine."""
    found = Received()

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            opened = {"gzip": gzip.decompress, "br": brotli.decompress}.get(self.headers["Content-Encoding"], bytes)
            found.bodies[self.path.rstrip("/").rpartition("/")[2]].append(opened(body))
            self.send_response(200)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    found.port = server.server_address[1]
    yield found
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def said(received, engines) -> dict[str, object]:
    """What a process said of itself in which a page and a job broke."""
    settings = {
        **engines.variables,
        "SECRET_KEY": "k",
        "STATIC_HASHED": "no",
        "TRACKER_ROLE": "web",
        "DJANGO_SETTINGS_MODULE": "tracker.settings",
        "SENTRY_DSN": f"http://key@127.0.0.1:{received.port}/1",
        "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{received.port}",
    }
    command = [sys.executable, "-c", f"{SET_UP}; from tests.tracker.observed import main; main()"]
    done = subprocess.run(command, cwd=ROOT, env=settings, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_sentry_is_told_what_broke_where_and_in_which_request(said, received):
    event = received.events()["RuntimeError"]
    assert said["status"] == "500 Internal Server Error"
    assert event["tags"]["request_id"] == said["request_id"]
    assert event["exception"]["values"][-1]["value"] == "the disk is on fire"
    assert event["exception"]["values"][-1]["stacktrace"]["frames"][-1]["function"] == "fail"
    assert event["request"] == {"method": "POST", "url": "http://testserver/fail/ceasefire/"}


def test_sentry_is_told_of_a_job_that_broke(said, received):
    event = received.events()["ValueError"]
    assert event["transaction"] == "tests.tracker.observed.break_down"


def test_a_page_its_queries_and_a_job_are_traced(said, received):
    spans = received.spans()
    page = spans["POST fail/<slug:line>/"]
    assert (page["http.status_code"], page["request_id"]) == (500, said["request_id"])
    assert spans["SELECT"]["db.statement"] == "SELECT %s"
    assert "run/tests.tracker.observed.break_down" in spans
    assert not [name for name in spans if "livez" in name]


def test_nothing_about_a_person_leaves(said, received):
    from tests.tracker.observed import ADDRESS, SECRETS, TRACE

    sent = b"".join(body for bodies in received.bodies.values() for body in bodies)
    assert b"the disk is on fire" in sent
    assert b"run/tests.tracker.observed.break_down" in sent
    assert not {name for name, secret in SECRETS.items() if secret.encode() in sent}
    assert ADDRESS.encode() not in sent
    assert bytes.fromhex(TRACE) not in sent


def test_where_no_setting_asks_for_them_neither_is_imported():
    variables = {"DJANGO_SETTINGS_MODULE": "tracker.settings", "TRACKER_ROLE": "web"}
    assert run([sys.executable, "-c", LOADED], **variables).stdout == "[]\n"
    assert not [name for name in MIDDLEWARE if "telemetry" in name]


def test_a_command_is_not_traced():
    variables = {"DJANGO_SETTINGS_MODULE": "tracker.settings", "OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9"}
    assert run([sys.executable, "-c", LOADED], **variables).stdout == "[]\n"


@pytest.mark.parametrize(
    ("name", "setting", "package"),
    [
        ("SENTRY_DSN", "SENTRY_DSN", "sentry_sdk"),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_ENDPOINT", "opentelemetry.exporter.otlp.proto.http.trace_exporter"),
    ],
)
def test_a_setting_without_its_packages_is_told_of_in_one_sentence(settings, monkeypatch, name, setting, package):
    setattr(settings, setting, "http://key@127.0.0.1:9/1")
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(BadSetting) as told:
        begin()
    assert str(told.value) == (
        f"{name} is set, and what it needs is not installed ({package}): "
        "pip install --require-hashes -r requirements-observe.txt, or leave it empty."
    )


def test_a_wrong_address_of_sentry_ends_the_start_with_one_sentence():
    ended = run([sys.executable, "manage.py", "check"], SENTRY_DSN="sentry")
    assert ended.returncode == 1
    assert ended.stderr == ("SENTRY_DSN is no address of a Sentry project; write it as Sentry shows it.\n")


def test_of_an_event_only_what_is_named_is_kept():
    event = {
        "level": "error",
        "user": {"id": 1, "ip_address": "203.0.113.77"},
        "extra": {"sys.argv": ["manage.py", "word"]},
        "breadcrumbs": {"values": [{"message": "word"}]},
        "contexts": {"runtime": {"name": "CPython"}, "celery": {"args": ["word"]}},
        "request": {
            "method": "GET",
            "url": "https://tracker.example.org/",
            "headers": {"Cookie": "word"},
            "data": "word",
        },
    }
    assert reported(event, {}) == {
        "level": "error",
        "contexts": {"runtime": {"name": "CPython"}},
        "request": {"method": "GET", "url": "https://tracker.example.org/"},
    }
