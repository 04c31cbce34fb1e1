"""The addresses of an account: those of django-allauth that are in use here."""

from allauth import urls as allauth_urls
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import include, path, re_path

# Of what allauth has besides: accounts that people make for themselves, and all that goes by mail.
CLOSED = r"^(?:signup|email|confirm-email|password/(?:set|reset)|login/code|reauthenticate/code)/"


def closed(request: HttpRequest) -> HttpResponse:
    """Not in use here."""
    raise Http404


urlpatterns = [
    re_path(CLOSED, closed),
    # allauth reverses the names of what is closed as well.
    path("", include(allauth_urls)),
]
