"""Headers that close what the site never uses, beside those that Django and django-csp set."""

from collections.abc import Callable
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.utils.cache import add_never_cache_headers

# What a page might ask of a device. None of ours asks for any.
FEATURES: Final = (
    "accelerometer",
    "autoplay",
    "camera",
    "display-capture",
    "encrypted-media",
    "fullscreen",
    "geolocation",
    "gyroscope",
    "magnetometer",
    "microphone",
    "midi",
    "payment",
    "screen-wake-lock",
    "usb",
    "xr-spatial-tracking",
)
POLICY: Final = ", ".join(f"{feature}=()" for feature in FEATURES)


ACCOUNTS: Final = "/accounts/"


class CloseTheRest:
    """Lets no page of ours use a device, no page of others embed what is ours, and no browser keep pages of an account.

    The API is for everybody.
    """

    def __init__(self, answer: Callable[[HttpRequest], HttpResponse]) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.answer(request)
        response.headers.setdefault("Permissions-Policy", POLICY)
        ours = "cross-origin" if request.path.startswith("/api/") else "same-origin"
        response.headers.setdefault("Cross-Origin-Resource-Policy", ours)
        if request.path.startswith(ACCOUNTS):
            add_never_cache_headers(response)
        return response
