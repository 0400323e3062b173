"""Settings of the site and of the reports. Facts about a deployment come from env.py."""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from csp.constants import NONE, SELF

from cafe_site.env import (
    env,
    read_choice,
    read_database,
    read_day_start,
    read_flag,
    read_mail_server,
    read_number,
    read_site_url,
    read_zone,
)

BASE_DIR = Path(__file__).resolve().parent.parent

SECRET_KEY = env("SECRET_KEY")
DEBUG = read_flag("DEBUG")

# One fact decides what "in production" means: customers reach the site over https.
SITE_URL = read_site_url("SITE_URL")
IS_PRODUCTION = SITE_URL.startswith("https://")
ALLOWED_HOSTS = [urlsplit(SITE_URL).hostname or "", *env("ALLOWED_HOSTS")]

INSTALLED_APPS = [
    "cafe_site.apps.CafeSiteConfig",
    "cafe_site.accounts.apps.CafeAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "axes",
    "csp",
    "cafe_site.accounts",
    "cafe_site.shop",
    "cafe_site.once",
    "cafe_site.menu",
    "cafe_site.stock",
    "cafe_site.orders",
    "cafe_site.till",
    "reports",
    "cafe_site.dashboard",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    # After whitenoise, whose files are already compressed. It pads each response at random, so that
    # the length of a page does not reveal its token (BREACH).
    "django.middleware.gzip.GZipMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    # Closed by default: a view is open only where it says @login_not_required.
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "cafe_site.urls"
WSGI_APPLICATION = "cafe_site.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "cafe_site" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "cafe_site.storefront.context_processors.shop",
            ],
        },
    },
]

# --- Database ---------------------------------------------------------------------------------

DATABASES: dict[str, dict[str, Any]] = {"default": read_database("DATABASE_URL")}
if "sqlite" in DATABASES["default"]["ENGINE"]:
    if DATABASES["default"]["NAME"] != ":memory:":
        # Relative to the project, not to the current directory.
        DATABASES["default"]["NAME"] = BASE_DIR / DATABASES["default"]["NAME"]
        (BASE_DIR / "var").mkdir(exist_ok=True)
    DATABASES["default"]["OPTIONS"] = {
        # IMMEDIATE: a transaction takes the write lock at its start and waits for it, instead of
        # failing later with "database is locked".
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
else:
    DATABASES["default"]["CONN_MAX_AGE"] = 300
    # After a freeze, a Lambda may hold a connection that the server has closed.
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    DATABASES["default"]["OPTIONS"] = {
        "charset": "utf8mb4",
        # Shorter than the limits of a Lambda's start and of a request.
        "connect_timeout": 5,
        # An offset, not a zone name, because RDS may have no zone tables. NOW() is then UTC.
        "init_command": "SET time_zone='+00:00', sql_mode='STRICT_TRANS_TABLES'",
        **DATABASES["default"].get("OPTIONS", {}),
    }
    if env("DATABASE_CA_FILE"):
        # Only VERIFY_* refuses a server without TLS; "REQUIRED" or a CA alone fall back to plain
        # text.
        DATABASES["default"]["OPTIONS"]["ssl_mode"] = "VERIFY_IDENTITY"
        # A relative path works both here and on Lambda, where the package contains the file.
        DATABASES["default"]["OPTIONS"]["ssl"] = {"ca": str(BASE_DIR / env("DATABASE_CA_FILE"))}

# --- The shop ---------------------------------------------------------------------------------

SHOP_NAME = env("SHOP_NAME")
SHOP_ZONE = read_zone("SHOP_TIME_ZONE")
SHOP_COUNTRY = env("SHOP_COUNTRY").upper()
SHOP_CURRENCY = env("SHOP_CURRENCY").upper()
SHOP_DAY_STARTS_AT = read_day_start("SHOP_DAY_STARTS_AT")
SHOP_PRICES_INCLUDE_TAX = read_flag("SHOP_PRICES_INCLUDE_TAX")

# --- Payment online: only with a key ------------------------------------------------------------

STRIPE_SECRET_KEY = env("STRIPE_SECRET_KEY")
STRIPE_WEBHOOK_SECRET = env("STRIPE_WEBHOOK_SECRET")
STRIPE_API_BASE = env("STRIPE_API_BASE").rstrip("/")

# --- Reports ----------------------------------------------------------------------------------

REPORT_CHANNEL = read_choice("REPORT_CHANNEL", ("sns", "email"))
REPORT_TOPIC_ARN = env("REPORT_TOPIC_ARN")
REPORT_LANGUAGE = read_choice("REPORT_LANGUAGE", ("en", "zh-hans"))
REPORT_GRACE_MINUTES = read_number("REPORT_GRACE_MINUTES", least=0)
REPORT_LEASE_SECONDS = read_number("REPORT_LEASE_SECONDS", least=1)
REPORT_HISTORY_URL = f"{SITE_URL}/dashboard/reports/"

# --- Mail and work behind the request ---------------------------------------------------------

vars().update(read_mail_server("EMAIL_URL"))
DEFAULT_FROM_EMAIL = env("EMAIL_FROM")
EMAIL_TIMEOUT = 10
BACKGROUND = read_choice("BACKGROUND", ("thread", "lambda", "schedule", "inline"))
REPORTS_FUNCTION = env("REPORTS_FUNCTION")

# --- Sign-in ----------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
LOGIN_URL = "sign_in"
LOGIN_REDIRECT_URL = "dashboard:today"
LOGOUT_REDIRECT_URL = "menu:menu"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
# Sign-in links of customers: one use, 15 minutes, and only the newest token version.
SESAME_ONE_TIME = True
SESAME_MAX_AGE = 15 * 60
SESAME_TOKENS = ["sesame.tokens_v2"]
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_TEMPLATE = "accounts/locked_out.html"
AXES_CLIENT_IP_CALLABLE = "cafe_site.accounts.addresses.client_address"
AXES_USERNAME_CALLABLE = "cafe_site.accounts.addresses.user_name_of"
AXES_DISABLE_ACCESS_LOG = True

# --- Sessions, cookies, headers ---------------------------------------------------------------

SESSION_COOKIE_AGE = 14 * 24 * 3600
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_PRODUCTION
CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_NAME = "__Host-session" if IS_PRODUCTION else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if IS_PRODUCTION else "csrf"
LANGUAGE_COOKIE_NAME = "__Host-language" if IS_PRODUCTION else "language"
LANGUAGE_COOKIE_SECURE = IS_PRODUCTION
LANGUAGE_COOKIE_HTTPONLY = True
CSRF_TRUSTED_ORIGINS = [SITE_URL] if IS_PRODUCTION else []
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if IS_PRODUCTION else 0
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
    },
}

# --- Static files -----------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "var" / "static"
STATICFILES_DIRS = [BASE_DIR / "cafe_site" / "static"]
# Photos and files of exports. A view serves the photos, because the content security policy allows
# only the site's own address. The folder itself is not served.
MEDIA_ROOT = BASE_DIR / "var" / "media"
STORAGES: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": (
            "django.contrib.staticfiles.storage.StaticFilesStorage"
            if DEBUG
            else "cafe_site.static_storage.StaticStorage"
        ),
    },
}
if env("MEDIA_BUCKET"):
    STORAGES["default"] = {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": env("MEDIA_BUCKET"),
            # Links to exports are signed. Newer buckets refuse the older signature version, and
            # only the regional endpoint works in a bucket's first hour.
            "signature_version": "s3v4",
            "addressing_style": "virtual",
            # Larger files are buffered on disk: an export does not fit in memory.
            "max_memory_size": 8 * 1024 * 1024,
        },
    }
# Zappa's package is read-only and its files are dated 1980, so skip the refresh.
WHITENOISE_AUTOREFRESH = False
# Pages refer to hashed files only; the others would double the package's static files.
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
WHITENOISE_USE_FINDERS = DEBUG

# --- Languages and time -----------------------------------------------------------------------

LANGUAGE_CODE = "en"
# Each in its own language, for people who read no other.
LANGUAGES = [("en", "English"), ("zh-hans", "简体中文")]
# The second replaces Django's own messages, in English too.
LOCALE_PATHS = [BASE_DIR / "cafe_site" / "locale", BASE_DIR / "cafe_site" / "django_words"]
USE_TZ = True
# Instants are stored in UTC; pages show them in the shop's zone.
TIME_ZONE = SHOP_ZONE.key

# --- Logs: one line per event, to standard error, which Lambda collects --------------------------

LOG_LEVEL = read_choice("LOG_LEVEL", ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"))
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"format": "{levelname} {name} {message}", "style": "{"},
        "bare": {"format": "{message}", "style": "{"},
    },
    "handlers": {
        "stderr": {"class": "logging.StreamHandler", "formatter": "line"},
        "bare": {"class": "logging.StreamHandler", "formatter": "bare"},
    },
    "root": {"handlers": ["stderr"], "level": LOG_LEVEL},
    "loggers": {
        # Axes logs every start, and the names of those who tried to sign in.
        "axes": {"level": "ERROR"},
        "botocore": {"level": "WARNING"},
        # Metrics for CloudWatch, which parses only lines that are pure JSON.
        "reports.emf": {"handlers": ["bare"], "level": LOG_LEVEL, "propagate": False},
    },
}

SILENCED_SYSTEM_CHECKS = [
    # API Gateway offers https only, so there is no http to redirect from.
    "security.W008",
    # Subdomains may belong to the owner's other services, so they are not included or preloaded.
    "security.W005",
    "security.W021",
]
