"""Every address of the site."""

from django.contrib import admin
from django.contrib.auth.views import LoginView, LogoutView
from django.templatetags.static import static
from django.urls import include, path
from django.utils.functional import lazy
from django.views.decorators.csrf import csrf_exempt
from django.views.generic import RedirectView
from django.views.i18n import set_language

from provisions.forms import SignInForm
from tracker import health
from tracker.metrics import metrics

urlpatterns = [
    path("accounts/login/", LoginView.as_view(authentication_form=SignInForm), name="login"),
    path("accounts/logout/", LogoutView.as_view(), name="logout"),
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
