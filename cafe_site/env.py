"""Every fact about a deployment, declared once: its name, its type and its default.

Only settings.py reads these. README lists each of them, and a test holds the two together.
A variable without a default has to be set; the start stops and names it.
"""

import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import environ
from django.core.exceptions import ImproperlyConfigured

env = environ.Env(
    SECRET_KEY=str,
    DEBUG=(bool, False),
    SITE_URL=(str, "http://127.0.0.1:8000"),
    ALLOWED_HOSTS=(list, []),
    DATABASE_URL=(str, "sqlite:///var/cafe.sqlite3"),
    DATABASE_CA_FILE=(str, ""),
    EMAIL_URL=(str, "consolemail://"),
    EMAIL_FROM=(str, "orders@localhost"),
    BACKGROUND=(str, "thread"),
    MEDIA_BUCKET=(str, ""),
    STRIPE_SECRET_KEY=(str, ""),
    STRIPE_WEBHOOK_SECRET=(str, ""),
    STRIPE_API_BASE=(str, "https://api.stripe.com"),
    LOG_LEVEL=(str, "INFO"),
    SHOP_NAME=(str, "Café"),
    SHOP_TIME_ZONE=(str, "Europe/Berlin"),
    SHOP_COUNTRY=(str, ""),
    SHOP_CURRENCY=(str, "EUR"),
    SHOP_DAY_STARTS_AT=(str, "00:00"),
    SHOP_PRICES_INCLUDE_TAX=(bool, True),
    REPORT_CHANNEL=(str, "sns"),
    REPORTS_FUNCTION=(str, ""),
    REPORT_TOPIC_ARN=(str, ""),
    REPORT_LANGUAGE=(str, "en"),
    REPORT_GRACE_MINUTES=(int, 30),
    REPORT_LEASE_SECONDS=(int, 150),
)


def read_zone(name: str) -> ZoneInfo:
    """Return the IANA zone that a variable names; a name that does not exist stops the start."""
    value = env(name)
    try:
        return ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ImproperlyConfigured(
            f"{name}={value!r} is no IANA time zone; use a name such as Europe/Berlin."
        ) from error


def read_day_start(name: str) -> datetime.time:
    """Return the time at which a business day starts: a night's end, 06:00 at the latest."""
    value = env(name)
    try:
        starts_at = datetime.time.fromisoformat(value)
    except ValueError as error:
        raise ImproperlyConfigured(
            f"{name}={value!r} is no time of day; write it as 03:00."
        ) from error
    if starts_at > datetime.time(6):
        raise ImproperlyConfigured(f"{name}={value!r} is too late for a night; use 00:00 to 06:00.")
    return starts_at


def read_choice(name: str, choices: tuple[str, ...]) -> str:
    """Return a variable that takes one of a few words."""
    value: str = env(name)
    if value not in choices:
        raise ImproperlyConfigured(
            f"{name}={value!r} is not known; use one of: {', '.join(choices)}."
        )
    return value
