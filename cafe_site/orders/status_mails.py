"""E-mails that a status change queues, and e-mails that it withdraws."""

import datetime
from collections.abc import Callable

from django.utils.translation import override

from cafe_site.orders.customer_mail import NOT_HELD, queue_counted_mail, withdraw_mails
from cafe_site.orders.mails import (
    MailText,
    cancellation_mail,
    confirmation_mail,
    ready_mail,
    stands_again_mail,
)
from cafe_site.orders.models import Order, OutgoingMail, Status

# Kind of the e-mail that the order is not cancelled after all.
STANDS_AGAIN = "stands_again"


def notify_customer(
    order: Order, to: Status, *, before: Status, hold: datetime.timedelta = NOT_HELD
) -> None:
    """Queue the e-mail that a locked order's change from `before` requires, if any.

    The e-mail is delayed while the change can be undone. Unsent e-mails about an earlier status are
    withdrawn; one that was already sent is corrected. One change queues at most one e-mail, so
    nothing is sent twice.
    """
    if not order.customer_email:
        return
    if before in (Status.READY, Status.CANCELLED):
        withdraw_mails(order, before)
    if to == Status.CANCELLED:
        withdraw_mails(order, STANDS_AGAIN)
    kind, write = _news(order, to, before=before)
    if write is not None:
        # Staff at the board may use another language than the customer.
        with override(order.language):
            queue_counted_mail(order, kind, write(order), hold=hold)


def _news(
    order: Order, to: Status, *, before: Status
) -> tuple[str, Callable[[Order], MailText] | None]:
    """Return the kind of the e-mail that is due and its builder; None if none is."""
    mails = OutgoingMail.objects.about(order)
    if to == Status.CANCELLED:
        return to, cancellation_mail
    if to == Status.READY:
        # Undoing "collected" or "not collected", which was a wrong tap, is not news.
        return to, ready_mail if before == Status.PLACED else None
    if before == Status.UNPAID:
        return to, _paid_mail
    if before == Status.CANCELLED:
        last = mails.of_kinds(before, STANDS_AGAIN).tried().last()
        is_known = last is None or last.kind.startswith(STANDS_AGAIN)
        return STANDS_AGAIN, None if is_known else stands_again_mail
    return to, None


def _paid_mail(order: Order) -> MailText:
    return confirmation_mail(order, list(order.lines.all()), is_paid=True)
