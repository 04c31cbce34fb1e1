"""The Django admin: keys to look at and to revoke. They are made by `manage.py api_key`, which shows them once."""

from __future__ import annotations

from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialApp, SocialToken
from allauth.usersessions.models import UserSession
from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tracker.models import ApiKey

# There are no addresses to confirm, sessions are ended by their owners, and an organisation is named by the settings.
for _model in (EmailAddress, SocialApp, SocialToken, UserSession):
    admin.site.unregister(_model)


@admin.register(ApiKey)
class ApiKeyAdmin(admin.ModelAdmin):
    list_display = ["start", "name", "user", "scopes", "created_at", "expires_at", "last_used_at", "revoked_at"]
    list_select_related = ["user"]
    actions = ["revoke"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        # The list and its action are open to whoever may see keys; no field can be typed into.
        return obj is None and self.has_view_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    @admin.action(description=gettext_lazy("Revoke the chosen keys"), permissions=["change"])
    def revoke(self, request: HttpRequest, keys: QuerySet[ApiKey]) -> None:
        ended = keys.filter(revoked_at=None).update(revoked_at=timezone.now())
        self.message_user(request, _("%(ended)s revoked.") % {"ended": ended})
