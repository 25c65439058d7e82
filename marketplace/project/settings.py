"""
Every setting, once. Production differs by its environment only: .env.example lists the names.

Without DATABASE_URL the project runs on its embedded database, makes its own secrets under
.local/ and speaks plain HTTP to this machine alone. With it, nothing is guessed.
"""

import os
import sys
from urllib.parse import urlsplit

from django.utils.translation import gettext_lazy as _

from marketplace.project import content_policy, database, logs, secrets
from marketplace.project.embedded import ROOT
from marketplace.project.env import env_bool, env_int, env_list, env_secret, env_str
from marketplace.project.version import version

EMBEDDED = database.is_embedded()
DEBUG = env_bool("DEBUG", False)
VERSION = version()
SITE_URL = env_str("SITE_URL", "http://127.0.0.1:8000" if EMBEDDED else None)
SECURE = SITE_URL.startswith("https://")

if EMBEDDED:
    SECRET_KEY = env_secret("SECRET_KEY", secrets.kept("secret_key"))
    BID_SEAL_KEY = env_secret("BID_SEAL_KEY", secrets.kept("bid_seal_key"))
    RECEIPT_KEY = env_secret("RECEIPT_KEY", secrets.kept("receipt_key"))
    LOG_KEY = env_secret("LOG_KEY", secrets.kept("log_key"))
else:
    SECRET_KEY = env_secret("SECRET_KEY")
    BID_SEAL_KEY = env_secret("BID_SEAL_KEY")
    RECEIPT_KEY = env_secret("RECEIPT_KEY")
    LOG_KEY = env_secret("LOG_KEY")
# Each 32 bytes as base64, and never in the database: one wraps the keys of sealed bids, the others
# are the Ed25519 seeds that sign receipts and the log's checkpoints.
# Keys of seals before this one, still readable while `manage.py rotate_bid_keys` runs.
BID_SEAL_KEYS_BEFORE = [key for key in env_secret("BID_SEAL_KEYS_BEFORE", "").split(",") if key]
for _key in (BID_SEAL_KEY, *BID_SEAL_KEYS_BEFORE):
    secrets.require_key("BID_SEAL_KEY", _key)
# What receipts were signed with before; read for as long as bids with such receipts lie sealed.
RECEIPT_KEYS_BEFORE = [key for key in env_secret("RECEIPT_KEYS_BEFORE", "").split(",") if key]
for _key in (RECEIPT_KEY, *RECEIPT_KEYS_BEFORE):
    secrets.require_key("RECEIPT_KEY", _key)
secrets.require_key("LOG_KEY", LOG_KEY)

ALLOWED_HOSTS = env_list("ALLOWED_HOSTS", [urlsplit(SITE_URL).hostname or ""])
if EMBEDDED:
    ALLOWED_HOSTS = [*ALLOWED_HOSTS, "localhost", "127.0.0.1", "[::1]"]

INSTALLED_APPS = [
    "frontend",
    "api",
    "ledger",
    "bids",
    "marketplace",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.admin",
    "allauth",
    "allauth.account",
    "csp",
    "django_cotton",
    "django_htmx",
    "django_prometheus",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "heroicons",
    "procrastinate.contrib.django",
    "rest_framework",
]

MIDDLEWARE = [
    "django_prometheus.middleware.PrometheusBeforeMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "marketplace.project.health.HealthMiddleware",
    "csp.middleware.CSPMiddleware",
    "marketplace.project.headers.HeadersMiddleware",
    "marketplace.project.clock.ReceivedAtMiddleware",
    "marketplace.project.logs.RequestLogMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "marketplace.project.sessions.SessionAgeMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "frontend.appearance.AppearanceMiddleware",
    "frontend.signed_out.SignedOutMiddleware",
    "marketplace.asking.ReadingMiddleware",
    "frontend.rendering.RefusalMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_prometheus.middleware.PrometheusAfterMiddleware",
]

ROOT_URLCONF = "marketplace.project.urls"
WSGI_APPLICATION = "marketplace.project.wsgi.application"
ASGI_APPLICATION = "marketplace.project.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,  # django-cotton puts its own loader before these
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "frontend.navigation.frame",
            ],
        },
    }
]
COTTON_DIR, FORM_RENDERER = "frontend/components", "frontend.widgets.HouseRenderer"

# --- Database, jobs ---------------------------------------------------------------------------
DATABASES = {"default": database.configuration(env_str("DATABASE_ROLE", "web"))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = ""
PROCRASTINATE_IMPORT_PATHS = ["marketplace.project.tasks"]
# What the clock does, by the chapters of the story. Named, because a lower app knows no later one.
# What the others recorded is sealed last, and at once.
DUTIES = [
    *("marketplace.duties.run", "bids.duties.run", "ledger.duties.run"),
    "marketplace.duties.seal",
]
# What must be so before a process serves or works; each refuses with the reason.
AT_START = ["bids.rotation.register_key"]
# What may take a minute: the others do not wait for it.
LONG_DUTIES = ["ledger.duties.check", "ledger.paying_duties.run"]
LONG_DUTIES += ["ledger.exchange.report_runs.make_due_reports"]
DUTIES_EVERY_SECONDS = env_int("DUTIES_EVERY_SECONDS", 5)
# What speaks to other systems, which may take their time.
OUTWARD_DUTIES = ["marketplace.duties.send_webhooks"]
# What reads all again that another system may have told us of; it knows itself when that is due.
POLLING_DUTIES = ["ledger.paying_duties.poll_when_due"]
# Networks of our own that webhooks may be sent into; any other private address is refused.
WEBHOOK_NETWORKS = env_list("WEBHOOK_NETWORKS")
API_REQUESTS_PER_MINUTE = env_int("API_REQUESTS_PER_MINUTE", 600)

# --- People -----------------------------------------------------------------------------------
AUTH_USER_MODEL = "marketplace.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "marketplace.project.accounts.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 15 * 60
ACCOUNT_PREVENT_ENUMERATION = True

SESSION_COOKIE_AGE = 60 * 60  # since the last request …
SESSION_AGE_MAX_SECONDS = 12 * 60 * 60  # … and since signing in
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
SESSION_COOKIE_NAME = "__Host-session" if SECURE else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if SECURE else "csrf"
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_NAME = "language"
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SECURE = SECURE
CSRF_TRUSTED_ORIGINS = env_list("CSRF_TRUSTED_ORIGINS", [SITE_URL] if SECURE else [])

# --- What a browser may do with our pages -----------------------------------------------------
CONTENT_SECURITY_POLICY = content_policy.POLICY
SECURE_SSL_REDIRECT = SECURE and env_bool("SECURE_SSL_REDIRECT", True)
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = SECURE
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if env_bool("BEHIND_PROXY", False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
METRICS_TOKEN = env_secret("METRICS_TOKEN", "")  # without one there is no /metrics
PROMETHEUS_EXPORT_MIGRATIONS = False
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
# What is uploaded is a sealed bid's: it touches no disk before it is encrypted, or is too large.
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]
FILE_UPLOAD_MAX_MEMORY_SIZE = 10_600_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000

# --- Language, time ---------------------------------------------------------------------------
USE_I18N = True
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("de", _("German"))]
LOCALE_PATHS = [
    ROOT / app / "locale" for app in ("frontend", "marketplace", "bids", "ledger", "api")
]
USE_TZ = True
TIME_ZONE = env_str("TIME_ZONE", "UTC")

# --- Files that browsers fetch ----------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = env_str("STATIC_ROOT", str(ROOT / ".local" / "static"))
# Whoever reads a release of ours may read what its own fields mean: no sign-in, no code.
STATICFILES_DIRS = [("ocds", ROOT / "ledger" / "exchange" / "ocds" / "extension")]
STATICFILES_FINDERS = [
    "frontend.static_bundle.JoinedFinder",
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
]
# Collected files carry a hash in their name. From a checkout they are served as they lie there.
COLLECTED = env_bool("COLLECTED_STATIC", not EMBEDDED)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if COLLECTED
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = not COLLECTED
MEDIA_ROOT = env_str("MEDIA_ROOT", str(ROOT / ".local" / "media"))

# --- Mail, logs -------------------------------------------------------------------------------
EMAIL_HOST = env_str("EMAIL_HOST", "")
EMAIL_PORT = env_int("EMAIL_PORT", 587)
EMAIL_HOST_USER = env_str("EMAIL_USER", "")
EMAIL_HOST_PASSWORD = env_secret("EMAIL_PASSWORD", "")
EMAIL_USE_TLS = env_bool("EMAIL_TLS", True)
EMAIL_TIMEOUT = 10
# Without a mail server mail is written down: from a checkout into files, else to the log.
_BACKEND = "smtp" if EMAIL_HOST else "filebased" if EMBEDDED else "console"
EMAIL_BACKEND = f"django.core.mail.backends.{_BACKEND}.EmailBackend"
EMAIL_FILE_PATH = str(ROOT / ".local" / "mail")
DEFAULT_FROM_EMAIL = env_str("EMAIL_FROM", "Choicebook <choicebook@localhost>")
LOGGING = logs.configuration(
    level=env_str("LOG_LEVEL", "INFO"),
    as_json=env_bool("LOG_JSON", not EMBEDDED),
)

# --- The sealed log ---------------------------------------------------------------------------
# What the log is called in its checkpoints; its keys bear that name, so it should never change.
LOG_ORIGIN = env_str("LOG_ORIGIN", f"{urlsplit(SITE_URL).hostname}/log")
# Verifier keys of keys that signed before LOG_KEY, so that old checkpoints can still be checked.
LOG_KEYS_BEFORE = env_list("LOG_KEYS_BEFORE")
# Where copies of checkpoints go, out of the reach of whoever holds this database and this key.
LOG_COPIES_BY_MAIL = env_bool("LOG_COPIES_BY_MAIL", True)
_LOG = ROOT / ".local" / env_str("EMBEDDED_NAME", "run") / "log"  # goes with that database
LOG_COPIES_FOLDER = env_str("LOG_COPIES_FOLDER", str(_LOG) if EMBEDDED else "")
LOG_COPIES_ADDRESSES = env_list("LOG_COPIES_ADDRESSES")

# --- Open contracting (OCDS) ------------------------------------------------------------------
# A prefix of one's own is registered with the Open Contracting Partnership; six letters or digits.
OCDS_PREFIX = env_str("OCDS_PREFIX", "ocds-choice")
OCDS_PUBLISHER = env_str("OCDS_PUBLISHER", "Choicebook")

# --- Stripe -----------------------------------------------------------------------------------
# Without a key the product runs, and vendors are paid by hand.
STRIPE_API_KEY = env_secret("STRIPE_API_KEY", "")
# Two with a comma between them, while one replaces the other.
STRIPE_WEBHOOK_SECRETS = list(filter(None, env_secret("STRIPE_WEBHOOK_SECRET", "").split(",")))
STRIPE_API_BASE = env_str("STRIPE_API_BASE", "")  # another address than Stripe's own, for trying

# --- API --------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "api.authentication.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "api.bounds.Described",
    "EXCEPTION_HANDLER": "api.problems.handler",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Choicebook",
    "DESCRIPTION": "Jobs, bids, choices, charges and ratings, for machines.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    **dict.fromkeys(("SWAGGER_UI_DIST", "SWAGGER_UI_FAVICON_HREF"), "SIDECAR"),
    "COMPONENT_SPLIT_REQUEST": True,
    # What has one set of answers under several names.
    "ENUM_NAME_OVERRIDES": {"MailingEnum": "marketplace.models.mailing.Mailing"},
    "POSTPROCESSING_HOOKS": [
        *("drf_spectacular.hooks.postprocess_schema_enums", "api.examples.with_examples")
    ],
    # Closed chapters and a filter: with all open, the reference draws only the first of them.
    "SWAGGER_UI_SETTINGS": {"docExpansion": "none", "filter": True, "deepLinking": True},
}

TESTING = "pytest" in sys.modules and "PYTEST_VERSION" in os.environ
if TESTING:
    # Signing in is not what most tests are about; a strong hash would cost them minutes.
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
