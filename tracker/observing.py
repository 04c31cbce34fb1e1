"""Reports to Sentry and traces to OpenTelemetry, each where a setting names the address. Otherwise neither is imported.

What leaves is what is named here, and none of it is about a person: no address, account, cookie, header, body, query
string, variable or value of a query. The id of the request is in each, so that the site's own log tells the rest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import structlog
from django.conf import settings

from tracker.env import BadSetting

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import ReadableSpan

INSTALL: Final = "pip install --require-hashes -r requirements-observe.txt"
LONGEST: Final = 300

# Of a report of Sentry: what broke, where in the code, in which version of what.
OF_A_REPORT: Final = frozenset(
    {
        "contexts", "environment", "event_id", "exception", "level", "logger", "modules", "platform", "release", "sdk",
        "server_name", "tags", "timestamp", "transaction", "type",
    }
)  # fmt: skip
CONTEXTS: Final = frozenset({"runtime"})
OF_A_REQUEST: Final = frozenset({"method", "url"})
# Of a span: what was asked for, of whom, how it went. Queries have placeholders where values go.
OF_A_SPAN: Final = frozenset(
    {
        "celery.action", "celery.state", "celery.task_name", "db.name", "db.namespace", "db.operation", "db.query.text",
        "db.statement", "db.system", "db.system.name", "http.method", "http.request.method", "http.route",
        "http.response.status_code", "http.scheme", "http.status_code", "messaging.destination", "request_id",
        "url.scheme",
    }
)  # fmt: skip
# Asked every few seconds, by machines.
NOT_TRACED: Final = "/livez$,/readyz$,/metrics$"


def begin() -> None:
    """Report from here on what the settings ask for. Raises BadSetting where its packages are not there."""
    if settings.SENTRY_DSN:
        _report_errors()
    # What somebody types is not what people wait for.
    if settings.OTEL_ENDPOINT and settings.ROLE != "command":
        _trace()


def reported(event: dict[str, Any], hint: dict[str, Any]) -> dict[str, Any]:
    """What Sentry is sent of an event, and nothing else of it."""
    kept = {key: value for key, value in event.items() if key in OF_A_REPORT}
    kept["contexts"] = {key: value for key, value in event.get("contexts", {}).items() if key in CONTEXTS}
    kept["request"] = {key: value for key, value in event.get("request", {}).items() if key in OF_A_REQUEST}
    for error in kept.get("exception", {}).get("values", []):
        # PostgreSQL says in the lines below which row it refused.
        error["value"] = (str(error.get("value") or "").splitlines() or [""])[0][:LONGEST]
    if said := _in_short(hint.get("log_record")):
        kept["logentry"] = {"message": said}
    if request_id := structlog.contextvars.get_contextvars().get("request_id"):
        kept["tags"] = {**kept.get("tags", {}), "request_id": request_id}
    return kept


def _in_short(record: Any) -> str:
    """What a line of the log says before anything is put into it."""
    said = getattr(record, "msg", "")
    return str(said.get("event", "") if isinstance(said, dict) else said)[:LONGEST]


def _report_errors() -> None:
    try:
        import sentry_sdk
        from sentry_sdk.integrations.celery import CeleryIntegration
        from sentry_sdk.integrations.django import DjangoIntegration
        from sentry_sdk.utils import BadDsn
    except ImportError as error:
        raise _not_installed("SENTRY_DSN", error) from None
    try:
        sentry_sdk.init(
            dsn=settings.SENTRY_DSN,
            integrations=[DjangoIntegration(), CeleryIntegration(propagate_traces=False)],
            auto_enabling_integrations=False,
            send_default_pii=False,
            max_request_body_size="never",
            include_local_variables=False,
            max_breadcrumbs=0,
            auto_session_tracking=False,
            # Nothing of ours goes along with a webhook.
            trace_propagation_targets=[],
            before_send=reported,  # type: ignore[arg-type]
        )
    except BadDsn:
        raise BadSetting("SENTRY_DSN is no address of a Sentry project; write it as Sentry shows it.") from None


def _trace() -> None:
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.instrumentation.celery import CeleryInstrumentor
        from opentelemetry.instrumentation.django import DjangoInstrumentor
        from opentelemetry.instrumentation.psycopg import PsycopgInstrumentor
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError as error:
        raise _not_installed("OTEL_EXPORTER_OTLP_ENDPOINT", error) from None

    class Discreet(BatchSpanProcessor):
        def on_end(self, span: ReadableSpan) -> None:
            super().on_end(traced(span))

    provider = TracerProvider(resource=Resource.create({"service.name": f"tracker-{settings.ROLE}"}))
    provider.add_span_processor(Discreet(OTLPSpanExporter(endpoint=f"{settings.OTEL_ENDPOINT}/v1/traces")))
    DjangoInstrumentor().instrument(
        tracer_provider=provider,
        excluded_urls=NOT_TRACED,
        request_hook=_name_the_request,
        # Behind RequestId, which lets no trace in from outside.
        middleware_position=1,
    )
    CeleryInstrumentor().instrument(tracer_provider=provider)  # type: ignore[no-untyped-call]
    PsycopgInstrumentor().instrument(tracer_provider=provider)


def traced(span: ReadableSpan) -> ReadableSpan:
    """A span as it is sent: without what an error says, which the log has, and without what is about a person."""
    from opentelemetry.sdk.trace import ReadableSpan
    from opentelemetry.trace import Status

    return ReadableSpan(
        name=span.name,
        context=span.context,
        parent=span.parent,
        resource=span.resource,
        attributes={key: value for key, value in (span.attributes or {}).items() if key in OF_A_SPAN},
        links=span.links,
        kind=span.kind,
        status=Status(span.status.status_code),
        start_time=span.start_time,
        end_time=span.end_time,
        instrumentation_scope=span.instrumentation_scope,
    )


def _name_the_request(span: Any, request: Any) -> None:
    span.set_attribute("request_id", structlog.contextvars.get_contextvars()["request_id"])


def _not_installed(name: str, error: ImportError) -> BadSetting:
    return BadSetting(
        f"{name} is set, and what it needs is not installed ({error.name}): {INSTALL}, or leave it empty."
    )
