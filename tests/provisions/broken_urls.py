"""The addresses of the site, and one where something of ours fails."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

from tracker import urls

handler500 = urls.handler500


def fail(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("the disk is on fire")


urlpatterns = [*urls.urlpatterns, path("fail/", fail)]
