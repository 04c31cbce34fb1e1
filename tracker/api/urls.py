"""Every address of the API."""

from __future__ import annotations

from typing import Any

from django.urls import URLPattern, include, path, re_path

from provisions.api import ENDPOINTS, Endpoint
from provisions.api.writing import DEEDS, Deed

from . import guide
from .atom import ChangesFeed
from .forms import Form, forms_of
from .subscriptions import SecretView, SubscriptionsView, SubscriptionView
from .views import DeedView, EndpointView, NothingHere

app_name = "api"


def address(endpoint: Endpoint, form: Form) -> URLPattern:
    name = endpoint.name + form.suffix.replace(".", "-")
    parts = {"endpoint": endpoint, "form": form, "renderer_classes": [form.renderer()]}
    if not form.is_table:
        parts |= _writing(deeds.pop(endpoint.path, []))
    view: type[EndpointView] = type(f"{name.title()}View", (EndpointView,), parts)
    return path(endpoint.path + form.suffix, view.as_view(), name=name)


def _writing(here: list[Deed]) -> dict[str, Any]:
    """What makes a view one at which these can be done."""
    return {"deeds": {deed.method: deed for deed in here}, **{deed.method.lower(): DeedView.write for deed in here}}


def writing(address: str, here: list[Deed]) -> URLPattern:
    """An address at which something can only be written."""
    view: type[DeedView] = type(f"{here[0].name.title()}View", (DeedView,), _writing(here))
    return path(address, view.as_view(), name=here[0].name)


# By address; those at which something can be read as well are taken out as they get their view.
deeds: dict[str, list[Deed]] = {}
for each in DEEDS:
    deeds.setdefault(each.path, []).append(each)

v1 = [
    *(address(endpoint, form) for endpoint in ENDPOINTS for form in forms_of(endpoint)),
    *(writing(address, here) for address, here in deeds.items()),
    path("plans/<slug:plan>/changes.atom", ChangesFeed.as_view(), name="changes-atom"),
    path("subscriptions", SubscriptionsView.as_view(), name="subscriptions"),
    path("subscriptions/<slug:subscription>", SubscriptionView.as_view(), name="subscription"),
    path("subscriptions/<slug:subscription>/secret", SecretView.as_view(), name="subscription-secret"),
    path("openapi.json", guide.openapi_json, name="openapi"),
    re_path(r"^docs/?$", guide.docs, name="docs"),
]

urlpatterns = [
    path("v1/", include(v1)),
    # Without it Django would make the site's page of what is not found, for a reader that is no person.
    re_path("", NothingHere.as_view()),
]
