"""Sweep of unfinished work on orders, called by the schedule."""

import datetime

from cafe_site.once.services import forget_old_forms
from cafe_site.orders.customer_mail import send_waiting_mails
from cafe_site.orders.payments.card_refunds import send_waiting_card_refunds
from cafe_site.orders.payments.services import settle_due_payments


def sweep_orders(*, now: datetime.datetime) -> dict[str, int]:
    """Send due e-mails and refunds and settle expired payments; return the counts by kind.

    Safe to repeat and to run concurrently.
    """
    return {
        "payments": settle_due_payments(now=now),
        "card_refunds": send_waiting_card_refunds(),
        # Last, because the others may have queued some.
        "mails": send_waiting_mails(),
        "forgotten_forms": forget_old_forms(now=now),
    }
