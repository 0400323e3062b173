"""Refund of an order, in part or in full."""

import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from cafe_site.accounts.models import User
from cafe_site.once.services import FormKey, use_key
from cafe_site.orders.errors import RefundRefused
from cafe_site.orders.models import NOT_COUNTED, Order, OrderEvent, OrderLine
from cafe_site.orders.payments.card_refunds import queue_card_refund
from cafe_site.orders.pricing import (
    AMOUNTS,
    LineAmounts,
    line_columns,
    refund_line,
    spread,
    sum_amounts,
)
from cafe_site.orders.status_changes import lock_order
from cafe_site.shop.money import ZERO
from cafe_site.shop.opening import shop_currency


def refund_order(
    order_id: int,
    total_amount: Decimal,
    *,
    reason: str,
    by: User | None,
    now: datetime.datetime,
    once: FormKey | None = None,
) -> Order:
    """Refund part or all of an order, tax included, spread over its lines.

    An online payment is refunded to the card. Raises RefundRefused if the amount is zero or exceeds
    the remaining total, or if the order is not a sale, and AlreadyDone for a form that was sent
    before.
    """
    with transaction.atomic():
        order = lock_order(order_id)
        use_key(once)
        left = ZERO if order.status in NOT_COUNTED else order.total_amount
        if not 0 < total_amount <= left:
            raise refused(total_amount, left)
        for name, amount in _refund_lines(order, total_amount).items():
            setattr(order, name, amount)
        order.save(update_fields=[*AMOUNTS, "updated_at"])
        write_refund(order, total_amount, reason=reason, by=by, now=now)
    return order


def refused(amount: Decimal, left: Decimal) -> RefundRefused:
    currency = shop_currency()
    return RefundRefused(
        _("%(amount)s cannot be refunded: the order total is %(total)s.")
        % {"amount": currency.text(amount), "total": currency.text(left)}
    )


def write_refund(
    order: Order, amount: Decimal, *, reason: str, by: User | None, now: datetime.datetime
) -> None:
    """Record a refund with its reason and author; queue the card refund if it was paid online."""
    OrderEvent.objects.create(
        order=order,
        kind=OrderEvent.Kind.REFUNDED,
        status=order.status,
        amount=amount,
        reason=reason,
        by=by,
        at=now,
    )
    if order.is_paid_online:
        queue_card_refund(order.payment, amount)


def _refund_lines(order: Order, total_amount: Decimal) -> dict[str, Decimal]:
    """Spread a refund over an order's lines; return the order's new amounts."""
    currency = shop_currency()
    lines = list(order.lines.order_by("pk"))
    totals = [line.amounts.total_amount for line in lines]
    left = []
    for line, share in zip(lines, spread(total_amount, totals, currency), strict=True):
        amounts = refund_line(line.amounts, share, line.tax_rate, currency)
        _set_amounts(line, amounts)
        left.append(amounts)
    OrderLine.objects.bulk_update(lines, AMOUNTS)
    return sum_amounts(left)


def _set_amounts(line: OrderLine, amounts: LineAmounts) -> None:
    for name, amount in line_columns(amounts).items():
        setattr(line, name, amount)
