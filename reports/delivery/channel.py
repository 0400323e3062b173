"""Choice of the delivery channel of the reports: an SNS topic, or SMTP."""

import logging

from django.conf import settings

from reports.delivery.email_publisher import EmailPublisher
from reports.delivery.email_recipients import EmailRecipients, addresses_for, note_refused
from reports.delivery.publishers import Publisher
from reports.delivery.recipients import RecipientBook, note_recipients
from reports.delivery.sns_publisher import SnsPublisher
from reports.delivery.sns_recipients import SnsRecipients

logger = logging.getLogger(__name__)

EMAIL = "email"


def is_set_up() -> bool:
    """Whether reports can be sent; without a topic they are issued and wait."""
    return settings.REPORT_CHANNEL == EMAIL or bool(settings.REPORT_TOPIC_ARN)


def report_publisher() -> Publisher | None:
    """Return the publisher of this deployment, or None without a topic: a dry run."""
    if settings.REPORT_CHANNEL == EMAIL:
        return EmailPublisher(addresses_for, note_refused)
    return SnsPublisher(settings.REPORT_TOPIC_ARN) if settings.REPORT_TOPIC_ARN else None


def recipient_book() -> RecipientBook | None:
    """Return the recipient list of this deployment, or None without a topic."""
    if settings.REPORT_CHANNEL == EMAIL:
        return EmailRecipients()
    return SnsRecipients(settings.REPORT_TOPIC_ARN) if settings.REPORT_TOPIC_ARN else None


def look_for_recipients() -> None:
    """Save the number of recipients, for the dashboard.

    Called after publishing; a failure here does not fail the run.
    """
    book = recipient_book()
    if book is None:
        return
    try:
        note_recipients(book.all())
    except Exception:
        logger.exception("recipients_unknown")
