"""Every address of the API."""

from __future__ import annotations

from django.urls import URLPattern, include, path, re_path

from provisions.api import ENDPOINTS, Endpoint

from . import guide
from .atom import ChangesFeed
from .forms import Form, forms_of
from .views import EndpointView, NothingHere

app_name = "api"


def address(endpoint: Endpoint, form: Form) -> URLPattern:
    name = endpoint.name + form.suffix.replace(".", "-")
    parts = {"endpoint": endpoint, "form": form, "renderer_classes": [form.renderer()]}
    view: type[EndpointView] = type(f"{name.title()}View", (EndpointView,), parts)
    return path(endpoint.path + form.suffix, view.as_view(), name=name)


v1 = [
    *(address(endpoint, form) for endpoint in ENDPOINTS for form in forms_of(endpoint)),
    path("plans/<slug:plan>/changes.atom", ChangesFeed.as_view(), name="changes-atom"),
    path("openapi.json", guide.openapi_json, name="openapi"),
    re_path(r"^docs/?$", guide.docs, name="docs"),
]

urlpatterns = [
    path("v1/", include(v1)),
    # Without it Django would make the site's page of what is not found, for a reader that is no person.
    re_path("", NothingHere.as_view()),
]
