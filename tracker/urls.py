"""Every address of the site."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.templatetags.static import static
from django.urls import include, path
from django.utils.functional import lazy
from django.views.decorators.csrf import csrf_exempt
from django.views.generic import RedirectView
from django.views.i18n import set_language

from tracker import health
from tracker.metrics import metrics

# The admin asks for a second factor, and counts guesses, as every other page does.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]

urlpatterns = [
    path("accounts/", include("tracker.accounts.urls")),
    # It changes nothing but a cookie of the reader, and pages without a form of their own stay free of tokens.
    path("language/", csrf_exempt(set_language), name="set_language"),
    path("admin/", admin.site.urls),
    path("api/", include("tracker.api.urls")),
    path("livez", health.livez, name="livez"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", metrics, name="metrics"),
    # Browsers ask for it where an answer names no icon, as those of the API do.
    path("favicon.ico", RedirectView.as_view(url=lazy(static, str)("icon.svg"), permanent=False)),
    path("", include("provisions.urls")),
]

handler500 = "provisions.views.failures.server_error"
