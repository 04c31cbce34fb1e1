"""Giving somebody a role in a plan."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from provisions.models import DeskRole

from .fields import dress, offer, problems


class RoleForm(forms.Form):
    """Who, and which role. None takes back the one that somebody has."""

    username = forms.CharField(
        max_length=150,
        label=_("User name"),
        help_text=_("As the person signs in."),
        error_messages={"required": _("Enter the user name.")},
    )
    role = forms.ChoiceField(required=False, label=_("Role in this plan"), help_text=_("None takes the role back."))

    def __init__(self, data: Mapping[str, Any] | None = None, *, roles: Iterable[DeskRole]) -> None:
        super().__init__(data)
        offer(self, "role", [("", _("None")), *((role.value, role.label) for role in roles)], choose=False)
        dress(self)

    def clean_username(self) -> str:
        name = str(self.cleaned_data["username"]).strip()
        self.user = User.objects.filter(username=name, is_active=True).first()
        if self.user is None:
            raise ValidationError(_("Nobody signs in as “%(name)s”."), params={"name": name})
        return name

    @property
    def asked(self) -> DeskRole | None:
        """The role that is asked for."""
        return DeskRole(self.cleaned_data["role"]) if self.cleaned_data["role"] else None

    @property
    def problems(self) -> list[tuple[str, str]]:
        return problems(self)
