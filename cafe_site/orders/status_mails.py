"""Which e-mails a change of status brings, and which it takes back."""

from collections.abc import Callable

from django.utils.translation import override

from cafe_site.orders.mails import (
    MailText,
    cancellation_mail,
    confirmation_mail,
    ready_mail,
    stands_again_mail,
)
from cafe_site.orders.models import Order, OutgoingMail, Status
from cafe_site.orders.outbox import queue_counted_mail, withdraw_mails

# The kind of the e-mail that takes a cancellation back.
STANDS_AGAIN = "stands_again"


def tell_customer(order: Order, to: Status, *, before: Status) -> None:
    """Write the customer what a locked order's move from `before` means for them, if anything.

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
            queue_counted_mail(order, kind, write(order))


def _news(
    order: Order, to: Status, *, before: Status
) -> tuple[str, Callable[[Order], MailText] | None]:
    """Return the kind of e-mail that is due and who writes it; None where none is."""
    mails = OutgoingMail.objects.about(order)
    if to == Status.CANCELLED:
        return to, cancellation_mail
    if to == Status.READY:
        # Back from "collected", which was the wrong button: the customer was called before.
        is_known = before != Status.PLACED and mails.of_kinds(to).not_withdrawn().exists()
        return to, None if is_known else ready_mail
    if before == Status.UNPAID:
        return to, _paid_mail
    if before == Status.CANCELLED:
        last = mails.of_kinds(before, STANDS_AGAIN).tried().last()
        is_known = last is None or last.kind.startswith(STANDS_AGAIN)
        return STANDS_AGAIN, None if is_known else stands_again_mail
    return to, None


def _paid_mail(order: Order) -> MailText:
    return confirmation_mail(order, list(order.lines.all()), is_paid=True)
