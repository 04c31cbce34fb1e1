"""The site's own settings, with REST framework as it comes."""

from tracker.settings import *  # noqa: F403

ROOT_URLCONF = "bench.peers.stock"
REST_FRAMEWORK = {"DEFAULT_PERMISSION_CLASSES": []}
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    # Without it the accounts refuse to start; it does nothing but catch what they raise.
    "allauth.account.middleware.AccountMiddleware",
]
