import json
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib import messages
from django.contrib.messages.storage import default_storage
from django.db import connection
from django.http import HttpResponse

ROOT = Path(__file__).resolve().parents[2]


def setting(expression: str, **variables: str) -> str:
    """What a fresh process with these variables makes of an expression over the settings."""
    code = f"from tracker import settings; print({expression})"
    return run([sys.executable, "-c", code], **variables).stdout.strip()


def run(command: list[str], **variables: str) -> subprocess.CompletedProcess[str]:
    addresses = {"DATABASE_URL": "postgresql://h/db", "REDIS_URL": "redis://h", "SECRET_KEY": "k"}
    return subprocess.run(command, cwd=ROOT, env=addresses | variables, capture_output=True, text=True, check=False)


def test_no_page_may_run_or_draw_anything_but_our_own_files(client):
    policy = client.get("/livez").headers["Content-Security-Policy"]
    assert dict(part.strip().split(" ", 1) for part in policy.split(";")) == {
        "default-src": "'none'",
        "object-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self'",
        "connect-src": "'self'",
        "font-src": "'self'",
        "form-action": "'self'",
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
    }


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "value"),
    [("statement_timeout", "15s"), ("lock_timeout", "3s"), ("idle_in_transaction_session_timeout", "30s")],
)
def test_a_web_process_waits_for_postgresql_only_so_long(name, value):
    with connection.cursor() as cursor:
        cursor.execute(f"SHOW {name}")
        assert cursor.fetchone() == (value,)


def test_a_worker_has_no_pool_and_more_patience():
    options = "settings.DATABASES['default']['OPTIONS']"
    assert setting(f"'pool' in {options}", TRACKER_ROLE="web") == "True"
    assert setting(f"('pool' in {options}, settings.STATEMENT_TIMEOUT)", TRACKER_ROLE="worker") == "(False, 300)"


def test_celery_keeps_to_what_was_measured():
    assert settings.CELERY_TASK_ACKS_LATE
    assert settings.CELERY_TASK_REJECT_ON_WORKER_LOST
    assert settings.CELERY_TASK_IGNORE_RESULT
    assert settings.CELERY_ACCEPT_CONTENT == ["json"]
    assert settings.CELERY_WORKER_PREFETCH_MULTIPLIER == 1
    # Otherwise a task that still runs would be handed out a second time.
    hard_limit, handed_out_again = settings.CELERY_TASK_TIME_LIMIT, settings.CELERY_BROKER_TRANSPORT_OPTIONS
    assert settings.CELERY_TASK_SOFT_TIME_LIMIT < hard_limit < handed_out_again["visibility_timeout"]


def test_cookies_are_for_https_alone_where_the_site_is_served_so():
    cookies = "(settings.SESSION_COOKIE_SECURE, settings.CSRF_COOKIE_SECURE)"
    assert setting(cookies) == "(False, False)"
    assert setting(cookies, HTTPS="yes") == "(True, True)"


def test_every_cookie_has_a_name_by_which_browsers_keep_it_to_this_host():
    names = "[getattr(settings, f'{of}_COOKIE_NAME') for of in ('SESSION', 'CSRF', 'MESSAGE', 'LANGUAGE')]"
    assert setting(names, HTTPS="yes").count("'__Host-") == 4


def test_a_message_is_told_by_a_cookie_that_no_script_reads(rf):
    request = rf.get("/")
    request.session = {}
    said = default_storage(request)
    said.add(messages.SUCCESS, "Saved.")
    response = HttpResponse()
    said.update(response)
    cookie = response.cookies[settings.MESSAGE_COOKIE_NAME]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", "/")


def test_the_token_of_forms_is_kept_from_scripts(client, db):
    assert client.get("/accounts/login/").cookies[settings.CSRF_COOKIE_NAME]["httponly"]


@pytest.mark.parametrize("path", ["/static/icon.svg", "/static/css/app.css", "/favicon.ico", "/livez", "/nowhere/"])
def test_files_and_errors_have_the_policy_and_a_charset_too(client, db, path):
    told = client.get(path).headers
    assert "frame-ancestors 'none'" in told["Content-Security-Policy"]
    assert told["X-Content-Type-Options"] == "nosniff"
    assert "Access-Control-Allow-Origin" not in told
    assert told["Content-Type"].lower().replace('"', "").endswith(("charset=utf-8", "svg+xml"))


@pytest.mark.parametrize("path", ["/accounts/login/", "/accounts/2fa/", "/accounts/password/change/"])
def test_no_browser_keeps_a_page_of_an_account(client, django_user_model, db, path):
    client.force_login(django_user_model.objects.create_user("ana"))
    assert "no-store" in client.get(path).headers["Cache-Control"]


@pytest.mark.parametrize("path", ["/accounts/login/", "/api/v1/plans", "/static/css/app.css"])
def test_what_leads_elsewhere_does_not_tell_from_where(client, db, path):
    assert client.get(path).headers["Referrer-Policy"] == "same-origin"


def test_nobody_writes_a_line_into_the_log():
    typed = '"a\\nlevel=critical all is lost\\u2028x"'
    code = f"import django, structlog; django.setup(); structlog.get_logger('x').warning('seen', typed={typed})"
    told = run([sys.executable, "-c", code], DJANGO_SETTINGS_MODULE="tracker.settings").stderr
    assert len(told.splitlines()) == 1
    assert json.loads(told)["level"] == "warning"


@pytest.mark.parametrize("path", ["/", "/accounts/login/", "/admin/", "/api/v1/plans", "/livez"])
def test_what_was_sent_is_not_sent_back(client, db, path):
    assert client.generic("TRACE", path).status_code in {302, 405}


def test_debug_is_off_unless_somebody_says_so():
    assert setting("settings.DEBUG") == "False"
    assert setting("settings.DEBUG", DEBUG="yes") == "True"


def test_a_wrong_variable_ends_a_command_with_one_sentence():
    ended = run([sys.executable, "manage.py", "check"], DEBUG="1")
    assert (ended.returncode, ended.stderr) == (1, "DEBUG is '1'; write yes or no.\n")
