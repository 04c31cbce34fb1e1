"""Cookies that Django does not let the settings name."""

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.contrib.messages.storage.fallback import FallbackStorage
from django.contrib.messages.storage.session import SessionStorage


class _Cookie(CookieStorage):
    cookie_name = settings.MESSAGE_COOKIE_NAME


class Messages(FallbackStorage):
    """What was just done, told on the next page: in a cookie of this host alone, and in the session what is longer."""

    storage_classes = (_Cookie, SessionStorage)
