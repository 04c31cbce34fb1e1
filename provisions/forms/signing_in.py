"""Signing in."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.forms import AuthenticationForm
from django.utils.translation import gettext_lazy as _

from .fields import dress, problems


class SignInForm(AuthenticationForm):
    """Name and password, with what to do where one is missing."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].error_messages["required"] = _("Enter your user name.")
        self.fields["password"].error_messages["required"] = _("Enter your password.")
        self.error_messages["invalid_login"] = _(
            "The user name or the password is not right. Both mind capital letters."
        )
        dress(self)

    @property
    def problems(self) -> list[tuple[str, str]]:
        return problems(self)
