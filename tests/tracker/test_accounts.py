"""Signing in: by password with a second factor, by the sign-in of an organisation; and what guessing leads to."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from structlog.testing import capture_logs

from tests.provisions.pages import seen
from tests.tracker.test_settings import setting
from tracker.accounts.passwords import NoWordOfTheSite
from tracker.tasks import forget

PASSWORD = "a long password"
LOGIN = "/accounts/login/"
# RFC 5737 keeps these addresses for examples.
HERE, ELSEWHERE = "192.0.2.1", "198.51.100.7"


@pytest.fixture
def ana(db: None) -> User:
    return User.objects.create_superuser("ana", password=PASSWORD)


def try_to_sign_in(client: Client, *, password: str = PASSWORD, name: str = "ana", address: str = HERE) -> Any:
    return client.post(LOGIN, {"login": name, "password": password}, REMOTE_ADDR=address)


def is_signed_in(client: Client) -> bool:
    return "Sign out" in seen(client.get("/"), within="header")


# ---- Guesses ----


def test_five_wrong_passwords_from_one_address_lock_that_name_for_that_address_only(ana, client: Client):
    for _ in range(5):
        assert "password is not right" in seen(try_to_sign_in(client, password="wrong"))
    assert "Those were too many attempts" in seen(try_to_sign_in(client))
    assert not is_signed_in(client)
    assert try_to_sign_in(Client(), address=ELSEWHERE).status_code == 302


def test_an_address_that_tries_many_names_is_stopped_as_well(ana, client: Client):
    for number in range(20):
        try_to_sign_in(client, name=f"nobody-{number}")
    assert "Those were too many attempts" in seen(try_to_sign_in(client))


def test_only_failures_are_counted(ana, client: Client):
    for _ in range(8):
        assert try_to_sign_in(client).status_code == 302


def test_the_admin_has_no_other_way_in(ana, client: Client):
    assert client.get("/admin/login/?next=/admin/", follow=True).redirect_chain[-1][0].startswith(LOGIN)
    client.post("/admin/login/", {"username": "ana", "password": PASSWORD})
    assert not is_signed_in(client)


@pytest.mark.parametrize(
    "path", ["signup/", "email/", "password/reset/", "password/set/", "login/code/confirm/", "confirm-email/x/"]
)
def test_nobody_makes_an_account_for_themselves_and_nothing_goes_by_mail(db, client: Client, path):
    assert client.get(f"/accounts/{path}").status_code == 404
    assert client.post(f"/accounts/{path}", {}).status_code == 404


# ---- A second factor ----


def show_who_you_are(client: Client) -> None:
    """Sign in, and give the password once more, as for everything that guards the account."""
    try_to_sign_in(client)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})


def code_of(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


@pytest.fixture
def secret(ana, client: Client) -> str:
    """The secret of Ana's authenticator app, which is set up; she is signed in."""
    show_who_you_are(client)
    page = client.get("/accounts/2fa/totp/activate/")
    secret = page.context["form"].secret
    assert secret in page.content.decode()
    client.post("/accounts/2fa/totp/activate/", {"code": code_of(secret)})
    return secret


def test_with_an_authenticator_app_a_password_alone_opens_nothing(secret, client: Client):
    stranger = Client()
    page = stranger.post(LOGIN, {"login": "ana", "password": PASSWORD}, follow=True)
    assert page.redirect_chain[-1][0] == "/accounts/2fa/authenticate/"
    assert not is_signed_in(stranger)
    assert "Incorrect code" in seen(stranger.post("/accounts/2fa/authenticate/", {"code": "000000"}))
    assert not is_signed_in(stranger)
    # The code that set the app up was used; an app shows another one half a minute later, which is near enough.
    later = format_hotp_value(hotp_value(secret, int(time.time()) // 30 + 1))
    stranger.post("/accounts/2fa/authenticate/", {"code": later})
    assert is_signed_in(stranger)


def test_a_recovery_code_opens_once(secret, client: Client):
    codes = Authenticator.objects.get(type=Authenticator.Type.RECOVERY_CODES).wrap().get_unused_codes()
    assert codes[0] in client.get("/accounts/2fa/recovery-codes/").content.decode()
    for expected in (True, False):
        other = Client()
        try_to_sign_in(other)
        other.post("/accounts/2fa/authenticate/", {"code": codes[0]})
        assert is_signed_in(other) == expected


def test_who_reads_the_database_does_not_have_the_secret(secret):
    assert secret not in json.dumps(list(Authenticator.objects.values_list("data", flat=True)))


def test_a_secret_can_be_read_after_the_secret_key_was_replaced(secret, settings):
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another one, which is as long as a key of this kind should be"
    client = Client()
    client.post(LOGIN, {"login": "ana", "password": PASSWORD})
    later = format_hotp_value(hotp_value(secret, int(time.time()) // 30 + 1))
    client.post("/accounts/2fa/authenticate/", {"code": later})
    assert is_signed_in(client)


def test_the_picture_for_the_app_breaks_no_policy(ana, client: Client):
    show_who_you_are(client)
    page = client.get("/accounts/2fa/totp/activate/").content.decode()
    assert "<svg" in page
    assert "style=" not in page
    assert "data:" not in page


def test_before_anything_that_guards_the_account_changes_the_password_is_asked_for_once_more(ana, client: Client):
    try_to_sign_in(client)
    answer = client.get("/accounts/2fa/totp/activate/")
    assert answer["Location"].startswith("/accounts/reauthenticate/")
    assert client.post(answer["Location"], {"password": PASSWORD})["Location"] == "/accounts/2fa/totp/activate/"
    assert client.get("/accounts/2fa/totp/activate/").status_code == 200


# ---- Sessions ----


def test_other_sessions_are_seen_and_ended(ana, client: Client):
    other = Client(headers={"user-agent": "A browser elsewhere"})
    try_to_sign_in(other, address=ELSEWHERE)
    try_to_sign_in(client)
    page = seen(client.get("/accounts/sessions/"))
    assert "A browser elsewhere" in page
    assert ELSEWHERE in page
    client.post("/accounts/sessions/")
    assert is_signed_in(client)
    assert not is_signed_in(other)


def test_whoever_forgot_the_old_password_is_sent_to_nobody_who_is_not_there(ana, client: Client):
    client.force_login(ana)
    page = client.get("/accounts/password/change/")
    assert "An administrator resets passwords that were forgotten." in seen(page)
    assert "/accounts/password/reset/" not in page.content.decode()


def test_a_new_password_ends_nothing_here_and_takes_the_old_one(ana, client: Client):
    other = Client()
    try_to_sign_in(other)
    try_to_sign_in(client)
    fields = {"password1": "another long password", "password2": "another long password"}
    page = client.post("/accounts/password/change/", {**fields, "oldpassword": "wrong"})
    assert "There is a problem" in seen(page)
    client.post("/accounts/password/change/", {**fields, "oldpassword": PASSWORD})
    assert is_signed_in(client)
    assert not is_signed_in(other)
    assert try_to_sign_in(Client(), password="another long password").status_code == 302


def later(monkeypatch, **much: float) -> None:
    """So much time goes by."""
    moment = timezone.now() + timedelta(**much)
    monkeypatch.setattr(timezone, "now", lambda: moment)
    monkeypatch.setattr(time, "time", moment.timestamp)


def test_who_does_not_come_back_for_a_day_is_signed_out(ana, client: Client, monkeypatch):
    try_to_sign_in(client)
    later(monkeypatch, hours=23)
    assert is_signed_in(client)
    later(monkeypatch, hours=23)
    assert is_signed_in(client)
    later(monkeypatch, hours=25)
    assert not is_signed_in(client)


def test_after_a_week_whoever_signed_in_signs_in_again_however_busy(ana, client: Client, monkeypatch):
    try_to_sign_in(client)
    for _ in range(8):
        later(monkeypatch, hours=20)
        assert is_signed_in(client)
    later(monkeypatch, hours=9)
    assert not is_signed_in(client)


def test_using_a_session_writes_nothing_for_some_minutes(ana, client: Client):
    try_to_sign_in(client)
    with CaptureQueriesContext(connection) as asked:
        client.get("/accounts/sessions/")
    assert not [each["sql"] for each in asked if 'UPDATE "django_session"' in each["sql"]]


def test_an_account_that_is_closed_is_signed_out_everywhere(ana, client: Client):
    try_to_sign_in(client)
    User.objects.filter(pk=ana.pk).update(is_active=False)
    assert not is_signed_in(client)
    assert try_to_sign_in(client)["Location"] == "/accounts/inactive/"
    assert not is_signed_in(client)


def test_a_session_gets_another_name_by_signing_in_and_is_gone_after_signing_out(ana, client: Client):
    client.get("/accounts/login/")
    client.post("/language/", {"language": "uk"})
    try_to_sign_in(client)
    held = client.cookies["sessionid"].value
    assert Session.objects.filter(pk=held).exists()
    client.post("/accounts/logout/")
    assert not Session.objects.filter(pk=held).exists()
    client.cookies["sessionid"] = held
    assert not is_signed_in(client)


def test_old_sessions_are_let_go(ana, client: Client, monkeypatch):
    try_to_sign_in(client)
    later(monkeypatch, days=2)
    forget()
    assert not Session.objects.exists()


# ---- Passwords ----


@pytest.mark.parametrize(
    ("password", "said"),
    [
        ("short7!", "too short"),
        ("trustno1", "too common"),
        ("Provision-2026!", "belong to this site"),
        ("trackertracker", "belong to this site"),
        ("anaana1234", "too similar"),
    ],
)
def test_a_password_that_somebody_would_guess_is_refused(ana, client: Client, password, said):
    try_to_sign_in(client)
    ana.username = "anaana"
    ana.save()
    fields = {"oldpassword": PASSWORD, "password1": password, "password2": password}
    assert said in seen(client.post("/accounts/password/change/", fields))
    ana.refresh_from_db()
    assert ana.check_password(PASSWORD)


@pytest.mark.parametrize(
    "password", ["a tracker of seven swans", "ÄpfelundBirnen", "aaaa bbbb cccc " * 10, " with a space at each end "]
)
def test_any_other_is_taken_to_the_letter(ana, client: Client, password):
    try_to_sign_in(client)
    fields = {"oldpassword": PASSWORD, "password1": password, "password2": password}
    client.post("/accounts/password/change/", fields)
    ana.refresh_from_db()
    assert ana.check_password(password)
    assert not ana.check_password(password.strip() + "x")


def test_an_organisation_adds_words_of_its_own():
    with pytest.raises(ValidationError):
        NoWordOfTheSite(more=["Ministry"]).validate("ministry2026")
    NoWordOfTheSite().validate("ministry2026")


# ---- What the log is told ----


def test_the_log_tells_who_came_from_where_and_who_was_refused(ana, client: Client):
    with capture_logs() as told:
        try_to_sign_in(client, name="my password, typed in the wrong place")
        try_to_sign_in(client, password="wrong")
        try_to_sign_in(client)
        client.post("/accounts/logout/")
    assert [(each["event"], each["user"]) for each in told if "user" in each] == [
        ("sign_in_refused", None),
        ("sign_in_refused", ana.pk),
        ("signed_in", ana.pk),
        ("signed_out", ana.pk),
    ]
    assert {each["address"] for each in told if each["event"] == "signed_in"} == {HERE}
    assert "typed in the wrong place" not in str(told)


def test_the_log_tells_of_a_locked_name_and_of_what_guards_an_account(
    ana, client: Client, django_capture_on_commit_callbacks
):
    with capture_logs() as told, django_capture_on_commit_callbacks(execute=True):
        show_who_you_are(client)
        page = client.get("/accounts/2fa/totp/activate/")
        client.post("/accounts/2fa/totp/activate/", {"code": code_of(page.context["form"].secret)})
        other = Client()
        try_to_sign_in(other)
        other.post("/accounts/2fa/authenticate/", {"code": "000000"})
        fields = {"password1": "another long password", "password2": "another long password"}
        client.post("/accounts/password/change/", {**fields, "oldpassword": PASSWORD})
        for _ in range(6):
            try_to_sign_in(Client(), password="wrong")
    events = {each["event"] for each in told}
    assert {"second_factor_added", "second_factor_refused", "password_changed", "sign_in_locked"} <= events
    assert page.context["form"].secret not in str(told)


def test_the_log_tells_who_was_not_allowed_what(accord, client: Client):
    reader = User.objects.create_user("reader")
    client.force_login(reader)
    with capture_logs() as told:
        assert client.get("/plans/accord/people/").status_code == 403
    (refused,) = (each for each in told if each["event"] == "not_allowed")
    assert (refused["user"], refused["plan"]) == (reader.pk, "accord")


# ---- A second factor for all who change anything ----


def test_where_the_site_asks_for_a_second_factor_nobody_gets_to_the_desk_without_one(
    accord, ana, client: Client, settings
):
    settings.SECOND_FACTOR = True
    try_to_sign_in(client)
    for path in ("/plans/accord/people/", "/admin/"):
        assert client.get(path)["Location"] == "/accounts/2fa/"
    assert "asks for a second factor" in seen(client.get("/accounts/2fa/"))
    assert client.get("/plans/accord/").status_code == 200
    Authenticator.objects.create(user=ana, type=Authenticator.Type.TOTP, data={})
    assert client.get("/plans/accord/people/").status_code == 200


def test_where_it_does_not_ask_a_password_is_enough(accord, ana, client: Client):
    try_to_sign_in(client)
    assert client.get("/plans/accord/people/").status_code == 200


# ---- The sign-in of an organisation ----


class Organisation(ThreadingHTTPServer):
    """A server that speaks OpenID Connect, and knows one person."""

    person = {"sub": "4711", "email": "ana@example.org", "email_verified": True, "name": "Ana"}

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Answers(BaseHTTPRequestHandler):
    server: Organisation

    def do_GET(self) -> None:
        site = self.server.url
        if self.path == "/.well-known/openid-configuration":
            self.tell(
                issuer=site,
                authorization_endpoint=f"{site}/authorize",
                token_endpoint=f"{site}/token",
                userinfo_endpoint=f"{site}/userinfo",
                jwks_uri=f"{site}/keys",
                token_endpoint_auth_methods_supported=["client_secret_post"],
            )
        else:
            self.tell(**self.server.person)

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        claims = {"iss": self.server.url, "aud": "tracker", "exp": time.time() + 60, "iat": time.time()}
        token = jwt.encode({**claims, **self.server.person}, "a secret of the organisation, long enough", "HS256")
        self.tell(access_token="a-token", token_type="Bearer", id_token=token)

    def tell(self, **what: Any) -> None:
        body = json.dumps(what).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *parts: Any) -> None:
        """Say nothing."""


@pytest.fixture
def organisation(settings) -> Iterator[Organisation]:
    server = Organisation(("127.0.0.1", 0), Answers)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    app = {"provider_id": "organisation", "name": "the ministry", "client_id": "tracker", "secret": "x"}
    settings.SOCIALACCOUNT_PROVIDERS = {
        "openid_connect": {"APPS": [{**app, "settings": {"server_url": server.url, "oauth_pkce_enabled": True}}]},
    }
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def come_back_from(page: Any, client: Client) -> Any:
    """Go where a form of ours leads to, and come back as somebody whom the organisation knows."""
    asked = parse_qs(urlsplit(page["Location"]).query)
    back = urlsplit(asked["redirect_uri"][0]).path
    return client.get(back, {"code": "a-code", "state": asked["state"][0]}, follow=True)


START = "/accounts/oidc/organisation/login/"


def test_who_connected_the_two_accounts_signs_in_by_the_organisation(ana, organisation, client: Client):
    try_to_sign_in(client)
    come_back_from(client.post(f"{START}?process=connect"), client)
    assert SocialAccount.objects.get().user == ana
    assert "the ministry" in seen(client.get("/accounts/3rdparty/"))
    other = Client()
    assert "Sign in by the ministry" in seen(other.get(LOGIN))
    come_back_from(other.post(START), other)
    assert is_signed_in(other)


def test_the_sign_in_of_an_organisation_proves_that_it_began_here(ana, organisation, client: Client):
    asked = parse_qs(urlsplit(client.post(START)["Location"]).query)
    assert asked["code_challenge_method"] == ["S256"]
    SocialAccount.objects.create(user=ana, provider="organisation", uid="4711")
    back = urlsplit(asked["redirect_uri"][0]).path
    for state in ("made-up", asked["state"][0]):
        stranger = Client()
        stranger.get(back, {"code": "a-code", "state": state})
        assert not is_signed_in(stranger)
    client.get(back, {"code": "a-code", "state": asked["state"][0]})
    assert is_signed_in(client)
    organisations = "settings.SOCIALACCOUNT_PROVIDERS['openid_connect']['APPS']"
    named = {"OIDC_URL": "https://id.example.org", "OIDC_CLIENT_ID": "tracker", "OIDC_SECRET": "x"}
    assert setting(f"{organisations}[0]['settings']['oauth_pkce_enabled']", **named) == "True"


def test_a_stranger_whom_the_organisation_knows_gets_no_account(ana, organisation, client: Client):
    come_back_from(client.post(START), client)
    assert not is_signed_in(client)
    assert list(User.objects.all()) == [ana]


def test_without_such_a_setting_the_page_does_not_speak_of_it(ana, client: Client):
    assert "Sign in by" not in seen(client.get(LOGIN))
    assert client.post(START).status_code == 404
