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

# The kind of the e-mail that takes a cancellation back.
STANDS_AGAIN = "stands_again"


def tell_customer(
    order: Order, to: Status, *, before: Status, hold: datetime.timedelta = NOT_HELD
) -> None:
    """Write the customer what a locked order's move from `before` means for them, if anything.

    The e-mail is held back for a while in which the move can be undone.
    What was written of a status that was left before it was sent is not sent any more; what has
    left is put right. One move writes one e-mail at the most, so nothing is sent twice.
    """
    if not order.customer_email:
        return
    if before in (Status.READY, Status.CANCELLED):
        withdraw_mails(order, before)
    if to == Status.CANCELLED:
        withdraw_mails(order, STANDS_AGAIN)
    kind, write = _news(order, to, before=before)
    if write is not None:
        # Whoever works at the board may read another language than the customer.
        with override(order.language):
            queue_counted_mail(order, kind, write(order), hold=hold)


def _news(
    order: Order, to: Status, *, before: Status
) -> tuple[str, Callable[[Order], MailText] | None]:
    """Return the kind of e-mail that is due and who writes it; None where none is."""
    mails = OutgoingMail.objects.about(order)
    if to == Status.CANCELLED:
        return to, cancellation_mail
    if to == Status.READY:
        # Back from "collected" or "not collected", which was the wrong button: no news.
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
