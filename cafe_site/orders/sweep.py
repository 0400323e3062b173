"""Sweep of unfinished work on orders, called by the schedule."""

import datetime

from cafe_site.once.services import forget_old_forms
from cafe_site.orders.customer_mail import send_waiting_mails
from cafe_site.orders.payments.card_refunds import send_waiting_card_refunds
from cafe_site.orders.payments.services import settle_due_payments


def sweep_orders(*, now: datetime.datetime) -> dict[str, int]:
    """Send what waits and settle payments whose time is over; return how many of each.

    Safe to repeat and to run at once with itself.
    """
    return {
        "payments": settle_due_payments(now=now),
        "card_refunds": send_waiting_card_refunds(),
        # Last: the others may have written some.
        "mails": send_waiting_mails(),
        "forgotten_forms": forget_old_forms(now=now),
    }
