"""Delivery of the customer e-mails: claim, send, record; the process may end after each step."""

import datetime
import logging
from smtplib import SMTPException, SMTPRecipientsRefused
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db.models.functions import Now

from cafe_site.orders.mails import MailText, html_of
from cafe_site.orders.models import Order, OutgoingMail
from cafe_site.outbox.background import run_after_commit
from cafe_site.shop.contact import read_contact

logger = logging.getLogger(__name__)

NOT_HELD = datetime.timedelta(0)


def queue_order_mail(order: Order, kind: str, mail: MailText) -> OutgoingMail:
    """Queue an e-mail about an order, once per kind; see queue_mail."""
    return queue_mail(kind, mail, to=order.customer_email, order=order)


def queue_counted_mail(
    order: Order, kind: str, mail: MailText, *, hold: datetime.timedelta = NOT_HELD
) -> OutgoingMail:
    """Queue an e-mail about a locked order that may be repeated: `ready`, `ready-2` and so on.

    Each kind is unique, so that one change cannot queue two e-mails.
    """
    written = OutgoingMail.objects.about(order).of_kinds(kind).count()
    kind = f"{kind}-{written + 1}" if written else kind
    return queue_mail(kind, mail, to=order.customer_email, order=order, hold=hold)


def withdraw_mails(order: Order, kind: str) -> None:
    """Withdraw the unsent mails of a kind about a locked order, including their retries.

    A mail that is being sent may still arrive: it counts as tried.
    """
    state = OutgoingMail.State
    mails = OutgoingMail.objects.about(order).of_kinds(kind)
    unsent = mails.filter(state__in=(state.QUEUED, state.IN_FLIGHT))
    # By id: an UPDATE by state would also lock mails to other customers.
    mail_ids = list(unsent.values_list("pk", flat=True))
    OutgoingMail.objects.filter(pk__in=mail_ids, state__in=(state.QUEUED, state.IN_FLIGHT)).update(
        state=state.FAILED, last_error="Undone", lease_expires_at=None
    )


def queue_mail(
    kind: str,
    mail: MailText,
    *,
    to: str,
    order: Order | None = None,
    hold: datetime.timedelta = NOT_HELD,
) -> OutgoingMail:
    """Queue an e-mail, to be sent after the surrounding transaction commits.

    A delayed one is sent by the first sweep after that time.
    """
    row = OutgoingMail.objects.create(
        order=order,
        kind=kind,
        to=to,
        subject=mail.subject,
        text=mail.text,
        not_before=Now() + hold if hold else None,
    )
    if not hold:
        run_after_commit(send_mail, row.pk)
    return row


def send_waiting_mails() -> int:
    """Send all due e-mails; return how many were sent."""
    return sum(send_mail(pk) for pk in OutgoingMail.objects.waiting(200))


def send_mail(mail_id: int) -> bool:
    """Send one e-mail, unless it was sent or is being sent; return whether this call sent it.

    If the process dies between sending and recording, the mail is sent again with the same
    Message-ID, by which mail programs detect the copy.
    """
    mail = OutgoingMail.objects.claim(mail_id, lease=OutgoingMail.LEASE)
    if mail is None:
        return False
    try:
        _message(mail).send()
    except (SMTPRecipientsRefused, ValueError) as error:
        # Permanently refused, or it cannot be built at all: a retry would fail the same way.
        OutgoingMail.objects.give_up(mail, type(error).__name__)
        _log_failed(mail, error)
    except (SMTPException, OSError) as error:
        if OutgoingMail.objects.try_later(mail, type(error).__name__):
            logger.warning(
                "mail_delayed mail=%s attempt=%s error=%r", mail.pk, mail.fence, type(error)
            )
        else:
            _log_failed(mail, error)
    else:
        OutgoingMail.objects.settle(mail, state=OutgoingMail.State.SENT, sent_at=Now())
        logger.info("mail_sent mail=%s kind=%s attempt=%s", mail.pk, mail.kind, mail.fence)
        return True
    return False


def _message(mail: OutgoingMail) -> EmailMultiAlternatives:
    host = urlsplit(settings.SITE_URL).hostname
    message = EmailMultiAlternatives(
        mail.subject,
        mail.text,
        to=[mail.to],
        headers={"Message-ID": f"<{mail.kind}.{mail.pk}@{host}>"},
    )
    contact = read_contact()
    html = html_of(mail.text, phone=contact.phone, email=contact.email)
    message.attach_alternative(html, "text/html")
    return message


def _log_failed(mail: OutgoingMail, error: Exception) -> None:
    logger.error("mail_failed mail=%s attempt=%s error=%r", mail.pk, mail.fence, type(error))
