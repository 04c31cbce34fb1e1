"""A process of the site in which a page and a job break, for test_observing: it reports by its settings, and ends."""

import json

import sentry_sdk
from celery import shared_task
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory, override_settings
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from tracker import urls

SECRETS = {
    name: f"{name}-of-a-person" for name in ("query", "body", "header", "cookie", "value", "variable", "row", "job")
}
ADDRESS = "203.0.113.77"
TRACE = "0af7651916cd43dd8448eb211c80319c"


@csrf_exempt
def fail(request: HttpRequest, line: str) -> HttpResponse:
    variable = SECRETS["variable"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s", [SECRETS["value"]])
    raise RuntimeError(f"the disk is on fire\nDETAIL: {SECRETS['row']}" + variable[:0])


@shared_task
def break_down(word: str) -> None:
    raise ValueError("the job is too heavy")


urlpatterns = [*urls.urlpatterns, path("fail/<slug:line>/", fail)]
handler500 = urls.handler500


@override_settings(ROOT_URLCONF=__name__, ALLOWED_HOSTS=["*"])
def main() -> None:
    from tracker.wsgi import application

    browser = RequestFactory(REMOTE_ADDR=ADDRESS)
    browser.cookies["other"] = SECRETS["cookie"]
    page = browser.post(
        f"/fail/ceasefire/?q={SECRETS['query']}",
        {"word": SECRETS["body"]},
        headers={"Authorization": f"Bearer {SECRETS['header']}", "traceparent": f"00-{TRACE}-b7ad6b7169203331-01"},
    )
    said: list[tuple[str, dict[str, str]]] = []
    for request in (page, browser.get("/livez")):
        b"".join(application(request.environ, lambda status, headers, *_: said.append((status, dict(headers)))))
    break_down.apply((SECRETS["job"],))
    # What is sent at the end of a process is given two seconds by Sentry, which a busy machine may need.
    sentry_sdk.flush(timeout=60)
    status, headers = said[0]
    print(json.dumps({"status": status, "request_id": headers["X-Request-ID"]}))
