"""Publisher that sends reports by SMTP, for a café without AWS."""

import logging
from collections.abc import Callable, Mapping
from smtplib import (
    SMTPAuthenticationError,
    SMTPException,
    SMTPRecipientsRefused,
    SMTPResponseException,
    SMTPSenderRefused,
)
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection

from reports.delivery.problems import Problem
from reports.delivery.publishers import (
    Publication,
    PublishAmbiguous,
    PublishError,
    PublishRefused,
    PublishThrottled,
    check_publication,
)
from reports.messages.html import render_html
from reports.models import Report

logger = logging.getLogger(__name__)


class EmailPublisher:
    """Sends a message to all recipients of its kind, with one SMTP transaction per call."""

    def __init__(
        self,
        addresses_for: Callable[[str], list[str]],
        note_refused: Callable[[Mapping[str, str], list[str]], None],
    ) -> None:
        self._addresses_for = addresses_for
        self._note_refused = note_refused

    def publish(self, publication: Publication) -> str:
        check_publication(publication)
        message_id = _message_id_of(publication)
        kind = publication.attributes["kind"]
        addresses = self._addresses_for(
            str(Report.Kind.DAILY) if kind == Report.Kind.DIGEST else kind
        )
        if not addresses:
            if kind in (Report.Kind.WEEKLY, Report.Kind.MONTHLY):
                # Nobody chose this kind. A topic would also accept it and deliver it to nobody.
                logger.warning("report_without_recipient kind=%s", kind)
                return message_id
            raise PublishThrottled(
                "Nobody gets the daily report. Add a recipient.", Problem.NO_RECIPIENT
            )
        refused = _send(_mail_of(publication, addresses, message_id))
        self._note_refused(refused, addresses)
        return message_id


def _message_id_of(publication: Publication) -> str:
    """Return a delivery's Message-ID: always the same, so that mail programs detect copies."""
    host = urlsplit(settings.SITE_URL).hostname
    attributes = publication.attributes
    return f"<report.{attributes['report_id']}.{attributes['delivery_id']}@{host}>"


def _mail_of(
    publication: Publication, addresses: list[str], message_id: str
) -> EmailMultiAlternatives:
    message = EmailMultiAlternatives(
        publication.message.subject,
        publication.message.text,
        to=addresses,
        headers={"Message-ID": message_id},
    )
    message.attach_alternative(render_html(publication.message.text), "text/html")
    return message


def _send(message: EmailMultiAlternatives) -> dict[str, str]:
    """Send a message; return the refused recipients with the server's replies."""
    connection: Any = get_connection()
    refused: dict[str, str] = {}
    try:
        connection.open()
    except (SMTPException, OSError) as error:
        raise _unsent(error) from error
    try:
        _listen_for_refusals(connection, refused)
        connection.send_messages([message])
    except (SMTPRecipientsRefused, SMTPResponseException) as error:
        # The server replied that it does not accept the message.
        raise _unsent(error) from error
    except (SMTPException, OSError) as error:
        raise PublishAmbiguous(f"The mail server gave no answer: {error!r}") from error
    finally:
        connection.close()
    return refused


def _listen_for_refusals(connection: Any, refused: dict[str, str]) -> None:
    """Record the refused recipients that smtplib returns and Django discards."""
    smtp = getattr(connection, "connection", None)
    if smtp is None or not hasattr(smtp, "sendmail"):
        return
    send = smtp.sendmail

    def sendmail(*arguments: Any, **named: Any) -> dict[str, tuple[int, bytes]]:
        answer: dict[str, tuple[int, bytes]] = send(*arguments, **named)
        for address, (code, words) in answer.items():
            refused[address] = f"{code} {words.decode(errors='replace')}"
        return answer

    smtp.sendmail = sendmail


def _unsent(error: Exception) -> PublishError:
    """Return the error for a message that was certainly not sent (RFC 5321, 4.2.1)."""
    what = f"The mail server did not take it: {error}"
    if isinstance(error, SMTPRecipientsRefused):
        codes = [code for code, _words in error.recipients.values()]
    elif isinstance(error, SMTPResponseException):
        codes = [error.smtp_code]
    else:
        return PublishThrottled(f"The mail server was not reached: {error}")
    # 5yz codes are permanent, 4yz codes transient.
    if not all(code >= 500 for code in codes):
        return PublishThrottled(what, Problem.BUSY)
    return PublishRefused(what, _refused_problem(error))


def _refused_problem(error: Exception) -> Problem:
    if isinstance(error, SMTPRecipientsRefused):
        return Problem.ADDRESSES
    if isinstance(error, SMTPAuthenticationError | SMTPSenderRefused):
        return Problem.NOT_ALLOWED
    # 552, exceeded storage allocation: the message is too long (RFC 1870).
    return Problem.TOO_LONG if getattr(error, "smtp_code", 0) == 552 else Problem.REFUSED
