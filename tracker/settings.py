"""Every setting of the project, read from top to bottom. What varies comes from the environment, safe by default."""

from pathlib import Path
from typing import Any

from csp.constants import NONE, SELF

from provisions import replica
from tracker import env, logs

BASE_DIR = Path(__file__).resolve().parent.parent

# Who reads this: a web process, a worker or beat, or a command that somebody typed.
ROLE = env.choice("TRACKER_ROLE", "command", among=("web", "worker", "command"))

# ---- Safety ----

DEBUG = env.flag("DEBUG", default=False)
# A made-up key will do on a laptop, and nowhere else.
SECRET_KEY = env.text(
    "SECRET_KEY",
    "laptop-only" if DEBUG else None,
    hint="give it a long random text, or start everything with run.py, which makes one",
)
# Keys that were replaced: what was signed or encrypted with them can still be read.
SECRET_KEY_FALLBACKS = env.words("SECRET_KEY_FALLBACKS")
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
CSRF_TRUSTED_ORIGINS = env.words("CSRF_TRUSTED_ORIGINS")

# Say yes where readers come by https, be it through a proxy that sets X-Forwarded-Proto.
HTTPS = env.flag("HTTPS", default=False)
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
# Our scripts take the token from the form that they send.
CSRF_COOKIE_HTTPONLY = True
MESSAGE_STORAGE = "tracker.cookies.Messages"
MESSAGE_COOKIE_NAME = "__Host-messages" if HTTPS else "messages"
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
if HTTPS:
    # By these names browsers take the cookies from this host alone, by https alone, for the whole site.
    SESSION_COOKIE_NAME = "__Host-sessionid"
    CSRF_COOKIE_NAME = "__Host-csrftoken"
    LANGUAGE_COOKIE_NAME = "__Host-language"
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    # Probes come from inside, by plain http.
    SECURE_REDIRECT_EXEMPT = [r"^livez$", r"^readyz$"]
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
# A form that is too old to be sent loses nothing that was typed.
CSRF_FAILURE_VIEW = "provisions.views.keeping.too_old_to_be_sent"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "object-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "connect-src": [SELF],
        "font-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

# ---- What it is made of ----

INSTALLED_APPS = [
    # Before ours, which takes some of its models out of the admin.
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
    "tracker",
    "provisions",
    "parties",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "pgtrigger",
    "django_htmx",
    "template_partials",
    "csp",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    # Whitenoise serves our files under runserver too, as it does everywhere else.
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "tracker.logs.RequestId",
    # Outside compression and sessions: what it sets is what readers of the API get.
    "tracker.api.door.ApiDoor",
    "tracker.headers.CloseTheRest",
    "django.middleware.security.SecurityMiddleware",
    # Above WhiteNoise, because a picture can be opened by itself as well.
    "csp.middleware.CSPMiddleware",
    # Above WhiteNoise, so that style and script travel compressed as well.
    "django_http_compression.middleware.HttpCompressionMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "tracker.nulls.WithoutNulls",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "tracker.accounts.factors.SecondFactorFirst",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "provisions.views.ending.Tombstones",
]

ROOT_URLCONF = "tracker.urls"
WSGI_APPLICATION = "tracker.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "provisions.views.asking.powers",
            ],
        },
    }
]

# ---- PostgreSQL ----

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# A reader waits seconds at the most; a worker or a command may take its time.
STATEMENT_TIMEOUT = env.number("STATEMENT_TIMEOUT", 15 if ROLE == "web" else 300)
_postgres_options = {
    "statement_timeout": f"{STATEMENT_TIMEOUT}s",
    "lock_timeout": "3s",
    "idle_in_transaction_session_timeout": "30s",
}

DATABASES: dict[str, dict[str, Any]] = {"default": env.database("DATABASE_URL")}
# A connection is checked before each use, so that a restart of PostgreSQL goes unseen.
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DATABASES["default"]["OPTIONS"] |= {
    "options": " ".join(f"-c {name}={value}" for name, value in _postgres_options.items()),
    "application_name": f"tracker-{ROLE}",
}
if ROLE == "web":
    # A web process keeps a few connections open.
    DATABASES["default"]["OPTIONS"]["pool"] = {
        "min_size": 1,
        "max_size": env.number("DATABASE_POOL_SIZE", 8, at_least=1),
        "timeout": 5,
    }
    if env.text("REPLICA_URL", ""):
        DATABASES[replica.ALIAS] = replica.beside(DATABASES["default"], env.database("REPLICA_URL"))
        DATABASE_ROUTERS = ["provisions.replica.Router"]
elif ROLE == "worker":
    DATABASES["default"]["CONN_MAX_AGE"] = 600

# ---- What a process keeps ----

_nowhere = "django.core.cache.backends.dummy.DummyCache"
_in_memory = "django.core.cache.backends.locmem.LocMemCache"
CACHES: dict[str, dict[str, Any]] = {
    # Counts of attempts to sign in: they have to be the same in every process, with or without Valkey.
    "default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "tracker_attempts"},
    # Rows of boards as they are shown. A developer's templates change under a server that runs, so there none are kept.
    "rows": {"BACKEND": _nowhere if DEBUG else _in_memory, "LOCATION": "rows", "OPTIONS": {"MAX_ENTRIES": 8000}},
}

# ---- Celery: a doorbell, never the only place where something is written down ----

CELERY_BROKER_URL = env.redis("REDIS_URL")
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BROKER_TRANSPORT_OPTIONS = {
    # Longer than any task may take: what a dead worker held comes back after this.
    "visibility_timeout": 300,
    "socket_timeout": 5,
    "socket_connect_timeout": 5,
    "socket_keepalive": True,
    "health_check_interval": 5,
    # Who rings while Valkey is down is told at once; by itself Celery would hold an editor's request for seconds.
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0.1,
    "interval_max": 0.1,
}
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_SERIALIZER = "json"
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_SOFT_TIME_LIMIT = 90
CELERY_TASK_TIME_LIMIT = 120
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_MAX_TASKS_PER_CHILD = 1000
CELERY_WORKER_MAX_MEMORY_PER_CHILD = 400_000  # kilobytes
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_TIMEZONE = "UTC"

SWEEP_SECONDS = env.number("SWEEP_SECONDS", 5, at_least=1)
# The schedule is this file alone, so beat keeps nothing on disk.
CELERY_BEAT_SCHEDULER = "celery.beat:Scheduler"
CELERY_BEAT_SCHEDULE = {
    "sweep": {
        "task": "provisions.tasks.sweep",
        "schedule": SWEEP_SECONDS,
        # Sweeps that nobody could answer do not pile up.
        "options": {"expires": SWEEP_SECONDS},
    },
    "webhooks": {
        "task": "tracker.tasks.deliver_all",
        "schedule": SWEEP_SECONDS,
        "options": {"expires": SWEEP_SECONDS},
    },
    "forget": {"task": "tracker.tasks.forget", "schedule": 3600, "options": {"expires": 3600}},
}

# ---- The API ----

# Requests a minute, by address and by key; 0 is no limit.
API_LIMITS = {
    "anonymous": env.number("API_LIMIT_ANONYMOUS", 120),
    "key": env.number("API_LIMIT_KEY", 1200),
}
# So many proxies of ours pass a request on; what they say of its address is believed, and nobody else.
PROXIES = env.number("PROXIES", 0)

# So many readers of a web process may wait for something to happen; each takes one of its threads meanwhile.
API_WAITERS = env.number("API_WAITERS", 4)

# Where readers find the site: what webhooks lead to.
SITE_ADDRESS = env.text("SITE_ADDRESS", "http://127.0.0.1:8000").rstrip("/")
# Names to which webhooks may be sent though they are in our own network, also by plain http.
WEBHOOK_PRIVATE_HOSTS = env.words("WEBHOOK_PRIVATE_HOSTS")

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    # A view is closed unless it says otherwise; those that read do.
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_PARSER_CLASSES": ["tracker.api.parsing.Parser"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_SCHEMA_CLASS": "tracker.api.schema.EndpointSchema",
    "EXCEPTION_HANDLER": "tracker.api.problems.answer",
    # `format` is a parameter like any other: unknown, where an endpoint does not have it.
    "URL_FORMAT_OVERRIDE": None,
}

SPECTACULAR_SETTINGS = {
    "TITLE": "Provision Tracker",
    "DESCRIPTION": "What was proposed, what each party said of it, and what is agreed. How to poll: docs/api.md.",
    "VERSION": "1.0",
    "OAS_VERSION": "3.1.0",
    "LICENSE": {"name": "Apache 2.0", "identifier": "Apache-2.0"},
    "SERVE_PUBLIC": True,
    "TAGS": [
        {"name": "board", "description": "Where every line stands."},
        {"name": "plans", "description": "The settlement texts under negotiation."},
        {"name": "changes", "description": "The log, as a feed."},
        {"name": "codelists", "description": "Every vocabulary with its definitions."},
        {"name": "writing", "description": "With a key, by the same writers as the pages."},
        {"name": "webhooks", "description": "With a key for webhooks: be told of each change."},
    ],
    "APPEND_COMPONENTS": {
        "securitySchemes": {
            "bearer": {"type": "http", "scheme": "bearer", "description": "An API key."},
            "basic": {"type": "http", "scheme": "basic", "description": "The key as password, with any name."},
        }
    },
}

# ---- Signing in ----

LOGIN_URL = "/accounts/login/"
LOGIN_REDIRECT_URL = "/"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
ACCOUNT_ADAPTER = "tracker.accounts.adapters.AccountAdapter"
ACCOUNT_FORMS = {"login": "tracker.accounts.forms.SignInForm"}
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_AUTHENTICATED_LOGIN_REDIRECTS = False
# "key" is the name together with the address that it is tried from: see AccountAdapter.
ACCOUNT_RATE_LIMITS = {"login_failed": "20/m/ip,5/5m/key"}
MFA_ADAPTER = "tracker.accounts.adapters.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Provision Tracker"
# Codes of a clock that is half a minute off are right as well.
MFA_TOTP_TOLERANCE = 1
# Browsers give passkeys to https, and to a laptop's own localhost.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not HTTPS
SOCIALACCOUNT_ADAPTER = "tracker.accounts.adapters.OrganisationAdapter"
SOCIALACCOUNT_PROVIDERS: dict[str, Any] = {}
if _organisation := env.text("OIDC_URL", ""):
    # The sign-in of an organisation, by OpenID Connect.
    SOCIALACCOUNT_PROVIDERS["openid_connect"] = {
        "APPS": [
            {
                "provider_id": "organisation",
                "name": env.text("OIDC_NAME", "your organisation"),
                "client_id": env.text("OIDC_CLIENT_ID"),
                "secret": env.text("OIDC_SECRET"),
                # What comes back is worth something only to who began.
                "settings": {"server_url": _organisation, "oauth_pkce_enabled": True},
            }
        ]
    }
    # The form that leads there is sent to us, and browsers mind where it is sent on to.
    CONTENT_SECURITY_POLICY["DIRECTIVES"]["form-action"].append("/".join(_organisation.split("/", 3)[:3]))
AUTH_PASSWORD_VALIDATORS: list[dict[str, Any]] = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]
AUTH_PASSWORD_VALIDATORS.append(
    {"NAME": "tracker.accounts.passwords.NoWordOfTheSite", "OPTIONS": {"more": env.words("PASSWORD_WORDS")}}
)
# Say yes where everybody who may change anything is to have one.
SECOND_FACTOR = env.flag("SECOND_FACTOR", default=False)
SESSION_ENGINE = "tracker.accounts.sessions"
# So long after the last page, and so long after the sign-in whatever happens. In seconds, as Django has it.
SESSION_COOKIE_AGE = env.number("SESSION_IDLE_HOURS", 24, at_least=1) * 3600
SESSION_LONGEST = env.number("SESSION_DAYS", 7, at_least=1) * 86_400

# ---- Languages and time ----

LANGUAGE_CODE = "en"
# Each by its own name, as a reader looks for it.
LANGUAGES = [("en", "English"), ("uk", "Українська")]
LANGUAGE_COOKIE_SECURE = HTTPS
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_AGE = 31_536_000
# What is on record is not translated; pages in other languages mark it as what it is.
RECORD_LANGUAGE = env.text("RECORD_LANGUAGE", "en")
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "UTC"
USE_TZ = True

# ---- Files of the site ----

STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = env.text("STATIC_ROOT", str(BASE_DIR / "staticfiles"))
# Names with a hash of the content, kept by browsers for good; they come from `manage.py collectstatic`.
STATIC_HASHED = env.flag("STATIC_HASHED", default=not DEBUG)
_static_storage = (
    "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"
    if STATIC_HASHED
    else "django.contrib.staticfiles.storage.StaticFilesStorage"
)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": _static_storage},
}
WHITENOISE_USE_FINDERS = not STATIC_HASHED
WHITENOISE_AUTOREFRESH = DEBUG
# Pages from elsewhere have no use for our style and script.
WHITENOISE_ALLOW_ALL_ORIGINS = False

# ---- Logs and figures ----

# Whoever sends it as a Bearer token may read /metrics; without it there is no such page.
METRICS_TOKEN = env.text("METRICS_TOKEN", "")

LOGGING = logs.configuration(
    json=env.flag("LOG_JSON", default=not DEBUG),
    level=env.choice("LOG_LEVEL", "INFO", among=("DEBUG", "INFO", "WARNING", "ERROR")),
)

# Where errors are reported to and traces sent, by what requirements-observe.txt installs. See tracker/observing.py.
SENTRY_DSN = env.text("SENTRY_DSN", "")
OTEL_ENDPOINT = env.text("OTEL_EXPORTER_OTLP_ENDPOINT", "").rstrip("/")
