"""The environment variables: their names, types and defaults.

Only settings.py reads them. README lists all of them, which a test checks. If a variable without a
default is not set, the start stops and names it.
"""

import datetime
import os
import warnings
from typing import Any
from urllib.parse import urlsplit
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
    EMAIL_USER=(str, ""),
    EMAIL_PASSWORD=(str, ""),
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


class _AsTheyAre:
    """os.environ with "$" escaped: environ would resolve a value like $word as a variable."""

    def __getitem__(self, name: str) -> str:
        return os.environ[name].replace("$", r"\$")


# environ unescapes the sign and resolves nothing.
env.ENVIRON, env.escape_proxy = _AsTheyAre(), True

FALSE_WORDS = ("false", "off", "no", "n", "0", "")


def read_zone(name: str) -> ZoneInfo:
    """Return the IANA zone of a variable; raise ImproperlyConfigured for an unknown name."""
    value = env(name)
    try:
        return ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ImproperlyConfigured(
            f"{name}={value!r} is not an IANA time zone; use a name such as Europe/Berlin."
        ) from error


def read_day_start(name: str) -> datetime.time:
    """Return the time at which a business day starts, 06:00 at the latest."""
    value = env(name)
    try:
        starts_at = datetime.time.fromisoformat(value)
    except ValueError as error:
        raise ImproperlyConfigured(
            f"{name}={value!r} is not a time of day; write it as 03:00."
        ) from error
    if starts_at.tzinfo is not None:
        raise ImproperlyConfigured(
            f"{name}={value!r} has an offset; write it as 03:00, in the shop's own time."
        )
    if starts_at > datetime.time(6):
        raise ImproperlyConfigured(f"{name}={value!r} is too late; use 00:00 to 06:00.")
    return starts_at


def read_site_url(name: str) -> str:
    """Return the site's address without a trailing slash."""
    value: str = env(name).rstrip("/")
    try:
        parts = urlsplit(value)
        is_address = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
        is_address = is_address and not any(character.isspace() for character in value)
    except ValueError:
        is_address = False
    if not is_address:
        raise ImproperlyConfigured(
            f"{name}={value!r} is not an address; write it as https://cafe.example."
        )
    return value


def read_flag(name: str) -> bool:
    """Return a boolean variable; environ would read any unknown word as false."""
    value = env.str(name, default="true" if env.scheme[name][1] else "false").lower()
    if value not in (*env.BOOLEAN_TRUE_STRINGS, *FALSE_WORDS):
        raise ImproperlyConfigured(f"{name}={value!r} is not known; use true or false.")
    return value in env.BOOLEAN_TRUE_STRINGS


def read_number(name: str, *, least: int) -> int:
    """Return a variable that is a whole number of at least `least`."""
    value = env.str(name, default=str(env.scheme[name][1]))
    try:
        number = int(value)
    except ValueError:
        number = least - 1
    if number < least:
        raise ImproperlyConfigured(
            f"{name}={value!r} is not a whole number of at least {least}; write it as 30."
        )
    return number


def read_database(name: str) -> dict[str, Any]:
    """Return Django's settings of a database; errors never contain its password."""
    try:
        # environ's warning about an unknown address contains the password.
        with warnings.catch_warnings(action="ignore"):
            settings = dict(env.db(name))
    except (ValueError, ImproperlyConfigured):
        settings = {}
    # environ reads a text that is not an address as one without an engine.
    is_file = "sqlite" in settings.get("ENGINE", "")
    if "ENGINE" not in settings or not (is_file or settings["HOST"]):
        raise ImproperlyConfigured(
            f"{name} is not the address of a database; write mysql://user:password@host/cafe. "
            "In the password, percent-encode all characters except letters and digits, "
            "such as %2F for a slash."
        )
    return settings


def read_mail_server(name: str) -> dict[str, Any]:
    """Return Django's settings of the mail server; user and password are separate variables.

    In an address, a password has to be encoded, and half of all SES passwords contain a slash.
    Errors never contain the address.
    """
    url: str = env(name)
    if "@" in url:
        raise ImproperlyConfigured(
            f"{name} contains a user or a password. Write it as smtp+tls://host:587, and put the "
            "user into EMAIL_USER and the password into EMAIL_PASSWORD, unencoded."
        )
    try:
        settings = dict(env.email(name))
    except (ValueError, KeyError, ImproperlyConfigured):
        raise ImproperlyConfigured(
            f"{name} is not the address of a mail server; write it as smtp+tls://host:587."
        ) from None
    if "smtp" in settings["EMAIL_BACKEND"] and not settings["EMAIL_HOST"]:
        raise ImproperlyConfigured(f"{name} has no host; write it as smtp+tls://host:587.")
    user, password = env("EMAIL_USER"), env("EMAIL_PASSWORD")
    if bool(user) != bool(password):
        missing = "EMAIL_PASSWORD" if user else "EMAIL_USER"
        raise ImproperlyConfigured(f"{missing} is missing; set both or neither.")
    return settings | {"EMAIL_HOST_USER": user, "EMAIL_HOST_PASSWORD": password}


def read_choice(name: str, choices: tuple[str, ...]) -> str:
    """Return a variable that has to be one of the choices."""
    value: str = env(name)
    if value not in choices:
        raise ImproperlyConfigured(
            f"{name}={value!r} is not known; use one of: {', '.join(choices)}."
        )
    return value
