"""Signing in: by password with a second factor, by the sign-in of an organisation; and what guessing leads to."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth.models import User
from django.test import Client

from tests.provisions.pages import seen

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


def test_a_new_password_ends_nothing_here_and_takes_the_old_one(ana, client: Client):
    try_to_sign_in(client)
    fields = {"password1": "another long password", "password2": "another long password"}
    page = client.post("/accounts/password/change/", {**fields, "oldpassword": "wrong"})
    assert "There is a problem" in seen(page)
    client.post("/accounts/password/change/", {**fields, "oldpassword": PASSWORD})
    assert is_signed_in(client)
    assert try_to_sign_in(Client(), password="another long password").status_code == 302


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
        "openid_connect": {"APPS": [{**app, "settings": {"server_url": server.url}}]},
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


def test_a_stranger_whom_the_organisation_knows_gets_no_account(ana, organisation, client: Client):
    come_back_from(client.post(START), client)
    assert not is_signed_in(client)
    assert list(User.objects.all()) == [ana]


def test_without_such_a_setting_the_page_does_not_speak_of_it(ana, client: Client):
    assert "Sign in by" not in seen(client.get(LOGIN))
    assert client.post(START).status_code == 404
