"""System checks: mixes of settings that would hurt, told before anybody is hurt by them."""

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
    """In production a report without a topic is a report that nobody gets."""
    topic = settings.REPORT_TOPIC_ARN
    if settings.REPORT_CHANNEL != "sns":
        return []
    if not topic:
        if not settings.IS_PRODUCTION:
            return []
        return [
            Error(
                "REPORT_TOPIC_ARN is not set, so no report would reach anybody.",
                hint="Set it to the ARN of the SNS topic that the owners are subscribed to, "
                "or set REPORT_CHANNEL=email.",
                id="cafe.E001",
            )
        ]
    if topic.count(":") != 5 or not topic.startswith("arn:"):
        return [
            Error(
                f"REPORT_TOPIC_ARN={topic!r} is no ARN of an SNS topic.",
                hint="It looks like arn:aws:sns:eu-central-1:123456789012:cafe-reports.",
                id="cafe.E002",
            )
        ]
    return []


@register()
def check_production(**kwargs: Any) -> list[CheckMessage]:
    """What is handy at home and harmful in public."""
    if not settings.IS_PRODUCTION:
        return []
    found: list[CheckMessage] = []
    if settings.DEBUG:
        found.append(
            Error(
                "DEBUG is on while SITE_URL is https: errors would show the site's inside.",
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
    """A report that goes to a log is a report that nobody gets."""
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
    """Money that comes without being noticed is worse than no payment online at all."""
    if not settings.STRIPE_SECRET_KEY or settings.STRIPE_WEBHOOK_SECRET:
        return []
    return [
        Error(
            "STRIPE_SECRET_KEY is set without STRIPE_WEBHOOK_SECRET: nobody would hear of a "
            "customer who pays and closes the page.",
            hint="Add an endpoint at Stripe for <SITE_URL>/payments/stripe/ and set its secret.",
            id="cafe.E007",
        )
    ]


@register()
def check_lease(**kwargs: Any) -> list[CheckMessage]:
    """A lease that ends while its holder may still publish makes two e-mails of one."""
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
    """A mail server that hangs must not be what a customer waits for."""
    if settings.BACKGROUND != "inline" or not settings.EMAIL_BACKEND.endswith(SMTP):
        return []
    message = "BACKGROUND=inline: whoever orders waits for the mail server, long if it hangs."
    hint = "Leave it unset, which is BACKGROUND=thread; on Lambda, set lambda or schedule."
    if settings.IS_PRODUCTION:
        return [Error(message, hint=hint, id="cafe.E009")]
    return [checks.Warning(message, hint=hint, id="cafe.W003")]


@register()
def check_reports_function(**kwargs: Any) -> list[CheckMessage]:
    """The site may not publish on Lambda; without the other function's name it can ask nobody."""
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
    """A shop that nobody can find or call is open for orders all the same.

    What owners have entered is in the database. SQLite is always asked. A server is asked only
    with `--database default`: `script/deploy` checks the settings of one that it cannot reach.
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
