"""Every address of the site."""

from django.contrib import admin
from django.contrib.auth.views import LoginView, LogoutView
from django.templatetags.static import static
from django.urls import include, path
from django.utils.functional import lazy
from django.views.generic import RedirectView

from provisions.forms import SignInForm
from tracker import health

urlpatterns = [
    path("accounts/login/", LoginView.as_view(authentication_form=SignInForm), name="login"),
    path("accounts/logout/", LogoutView.as_view(), name="logout"),
    path("admin/", admin.site.urls),
    path("api/", include("tracker.api.urls")),
    path("livez", health.livez, name="livez"),
    path("readyz", health.readyz, name="readyz"),
    # Browsers ask for it where an answer names no icon, as those of the API do.
    path("favicon.ico", RedirectView.as_view(url=lazy(static, str)("icon.svg"), permanent=False)),
    path("", include("provisions.urls")),
]

handler500 = "provisions.views.failures.server_error"
