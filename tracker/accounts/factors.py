"""Where SECOND_FACTOR asks for it, whoever may change anything has a second factor before changing it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from provisions.policy import Act
from provisions.views.asking import act_of

FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
ADMIN = "/admin/"


class SecondFactorFirst:
    """Leads people without a second factor from the desk and the admin to where they set one up."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponse]) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.answer(request)

    def process_view(self, request: HttpRequest, view: Any, *_args: Any) -> HttpResponse | None:
        if not settings.SECOND_FACTOR or not (request.path.startswith(ADMIN) or act_of(view) != Act.READ):
            return None
        if not request.user.is_authenticated or _is_known(request):
            return None
        messages.info(request, _("This site asks for a second factor before you change anything. Set one up here."))
        return redirect("mfa_index")


def _is_known(request: HttpRequest) -> bool:
    """By an authenticator of ours, or by the organisation, which asks for what it holds to be enough."""
    ways = {way["method"] for way in request.session.get("account_authentication_methods", [])}
    return "socialaccount" in ways or Authenticator.objects.filter(user=request.user, type__in=FACTORS).exists()
