"""System checks: invalid combinations of settings, reported at start-up."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage, Error, register
from django.db import DatabaseError, connection

from cafe_site.shop.contact import missing_contact_details, missing_hours

CONSOLE = "console.EmailBackend"
SMTP = "smtp.EmailBackend"


@register()
def check_topic(**kwargs: Any) -> list[CheckMessage]:
    """Require a valid topic in production: without one, nobody gets a report."""
    topic = settings.REPORT_TOPIC_ARN
    if settings.REPORT_CHANNEL != "sns":
        return []
    if not topic:
        if not settings.IS_PRODUCTION:
            return []
        return [
            Error(
                "REPORT_TOPIC_ARN is not set, so nobody would get a report.",
                hint="Set it to the ARN of the SNS topic that the owners are subscribed to, "
                "or set REPORT_CHANNEL=email.",
                id="cafe.E001",
            )
        ]
    if topic.count(":") != 5 or not topic.startswith("arn:"):
        return [
            Error(
                f"REPORT_TOPIC_ARN={topic!r} is not the ARN of an SNS topic.",
                hint="It looks like arn:aws:sns:eu-central-1:123456789012:cafe-reports.",
                id="cafe.E002",
            )
        ]
    return []


@register()
def check_production(**kwargs: Any) -> list[CheckMessage]:
    """Refuse development settings in production."""
    if not settings.IS_PRODUCTION:
        return []
    found: list[CheckMessage] = []
    if settings.DEBUG:
        found.append(
            Error(
                "DEBUG is on while SITE_URL is https: errors would expose internals.",
                hint="Leave DEBUG unset in production.",
                id="cafe.E003",
            )
        )
    if "sqlite" in settings.DATABASES["default"]["ENGINE"]:
        found.append(
            Error(
                "The database is SQLite while SITE_URL is https: Lambda keeps no files.",
                hint="Set DATABASE_URL to the MariaDB or MySQL server.",
                id="cafe.E004",
            )
        )
    if settings.EMAIL_BACKEND.endswith(CONSOLE):
        found.append(
            checks.Warning(
                "EMAIL_URL is not set: customers' e-mails go to the log.",
                hint="Set it to the mail server, such as smtp+tls://host:587.",
                id="cafe.W001",
            )
        )
    if settings.SITE_URL.startswith("https://127.") or "localhost" in settings.SITE_URL:
        found.append(
            Error(
                f"SITE_URL={settings.SITE_URL!r} is this machine; links in e-mails would not work.",
                hint="Set it to the address that customers use.",
                id="cafe.E005",
            )
        )
    return found


@register()
def check_report_mail(**kwargs: Any) -> list[CheckMessage]:
    """Require a mail server if reports are sent by e-mail."""
    is_mail = settings.REPORT_CHANNEL == "email"
    if not settings.IS_PRODUCTION or not is_mail or not settings.EMAIL_BACKEND.endswith(CONSOLE):
        return []
    return [
        Error(
            "REPORT_CHANNEL=email is set without EMAIL_URL: the reports would go to the log.",
            hint="Set EMAIL_URL to the mail server, such as smtp+tls://user:password@host:587.",
            id="cafe.E008",
        )
    ]


@register()
def check_payment(**kwargs: Any) -> list[CheckMessage]:
    """Require Stripe's webhook: without it, payments could go unnoticed."""
    if not settings.STRIPE_SECRET_KEY or settings.STRIPE_WEBHOOK_SECRET:
        return []
    return [
        Error(
            "STRIPE_SECRET_KEY is set without STRIPE_WEBHOOK_SECRET: the site would "
            "not notice a customer who pays and closes the page.",
            hint="Add an endpoint at Stripe for <SITE_URL>/payments/stripe/ and set its secret.",
            id="cafe.E007",
        )
    ]


@register()
def check_lease(**kwargs: Any) -> list[CheckMessage]:
    """Require a lease longer than a run: else two runs could publish the same report."""
    if settings.REPORT_LEASE_SECONDS >= 60:
        return []
    return [
        Error(
            f"REPORT_LEASE_SECONDS={settings.REPORT_LEASE_SECONDS} is shorter than a run may take.",
            hint="Set it to the reports function's timeout and 30 seconds more.",
            id="cafe.E006",
        )
    ]


@register()
def check_background(**kwargs: Any) -> list[CheckMessage]:
    """Refuse to send e-mail within the request: customers would wait for the mail server."""
    if settings.BACKGROUND != "inline" or not settings.EMAIL_BACKEND.endswith(SMTP):
        return []
    message = "BACKGROUND=inline: customers wait for the mail server when they order."
    hint = "Leave it unset, which is BACKGROUND=thread; on Lambda, set lambda or schedule."
    if settings.IS_PRODUCTION:
        return [Error(message, hint=hint, id="cafe.E009")]
    return [checks.Warning(message, hint=hint, id="cafe.W003")]


@register()
def check_reports_function(**kwargs: Any) -> list[CheckMessage]:
    """Require the name of the reports function: on Lambda, only that one may publish."""
    if settings.BACKGROUND != "lambda" or settings.REPORTS_FUNCTION:
        return []
    return [
        checks.Warning(
            "REPORTS_FUNCTION is not set: a report that is sent again waits for the schedule.",
            hint="Set it to the name of the reports function, cafe-reports.",
            id="cafe.W002",
        )
    ]


@register()
def check_shop_facts(
    *, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """Warn about missing contact details and opening hours.

    They are in the database. SQLite is always queried, a server only with `--database default`:
    `script/deploy` runs the checks where it cannot reach the server.
    """
    if not databases and connection.vendor != "sqlite":
        return []
    try:
        missing = [*missing_contact_details(), *missing_hours()]
    except DatabaseError:
        # There are no tables before the first migration.
        return []
    return [
        checks.Warning(
            sentence,
            hint="Owners enter it in the admin, under Shop.",
            id="cafe.W004",
        )
        for sentence in missing
    ]
