"""Every write to an order that was placed, one transaction each."""

import datetime
from collections import Counter
from decimal import Decimal

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from cafe_site.accounts.models import User
from cafe_site.menu.models import Product
from cafe_site.orders.checkout import longest_lead
from cafe_site.orders.errors import RefundRefused, StatusRefused, VoucherRefused
from cafe_site.orders.mails import cancellation_mail, ready_mail
from cafe_site.orders.models import (
    NEXT_STATUSES,
    Order,
    OrderEvent,
    OrderLine,
    PickupSlot,
    Status,
)
from cafe_site.orders.outbox import queue_order_mail
from cafe_site.orders.pricing import (
    AMOUNTS,
    LineAmounts,
    line_columns,
    refund_line,
    spread,
    sum_amounts,
)
from cafe_site.orders.vouchers import give_back_use, use_voucher
from cafe_site.shop.money import ZERO
from cafe_site.shop.opening import opening_day, pickup_rules, shop_currency
from cafe_site.stock.services import SoldOut, prepare_stock, release, reserve


def change_status(order_id: int, to: Status, *, by: User | None, now: datetime.datetime) -> Order:
    """Move an order to another status and write down who did it.

    Asking for the status that it has already changes nothing. Raises StatusRefused.
    """
    with transaction.atomic():
        order = Order.objects.select_for_update().get(pk=order_id)
        if order.status == to:
            return order
        if to not in NEXT_STATUSES[order.status]:
            raise StatusRefused(
                _("Order %(number)s is %(status)s and cannot become %(to)s.")
                % {"number": order.pk, "status": order.get_status_display(), "to": to.label}
            )
        before, order.status = order.status, to
        order.save(update_fields=["status", "updated_at"])
        if Status.CANCELLED in (before, to):
            order.lines.update(counted=to != Status.CANCELLED)
        OrderEvent.objects.create(
            order=order, kind=OrderEvent.Kind.STATUS, status=to, by=by, at=now
        )
        _tell_customer(order, to)
        # Last, as always, what others may be waiting for.
        if to == Status.CANCELLED:
            _give_back(order)
        elif before == Status.CANCELLED:
            _take_again(order, now=now)
    return order


def _tell_customer(order: Order, status: Status) -> None:
    """Write the customer once that the order is ready, or once that it is cancelled."""
    mails = {Status.READY: ready_mail, Status.CANCELLED: cancellation_mail}
    if status not in mails or not order.customer_email:
        return
    if not order.mails.filter(kind=status).exists():
        queue_order_mail(order, status, mails[status](order))


def cancel_by_customer(order_id: int, *, now: datetime.datetime) -> Order:
    """Cancel an order for the customer who placed it; raise StatusRefused when it is too late."""
    order = Order.objects.get(pk=order_id)
    if not can_cancel(order, now=now):
        raise StatusRefused(
            _("Order %(number)s can no longer be cancelled here. Please call us.")
            % {"number": order.pk}
        )
    return change_status(order_id, Status.CANCELLED, by=None, now=now)


def can_cancel(order: Order, *, now: datetime.datetime) -> bool:
    """Whether a customer may still cancel: nobody has begun, and orders were still taken."""
    if order.status not in (Status.PLACED, Status.CANCELLED):
        return False
    return now < cancel_until(order)


def cancel_until(order: Order) -> datetime.datetime:
    """Return the instant until which a customer may cancel: the day's cut-off or the lead time."""
    products = Product.objects.filter(order_lines__order=order)
    lead = longest_lead(products, rules=pickup_rules())
    until = opening_day(order.business_day).orders_until
    return min(filter(None, [until, order.pickup_at - lead]))


def _give_back(order: Order) -> None:
    """Return a cancelled order's place and products; only orders of the web site took any."""
    if order.channel == Order.Channel.WEB:
        slot = PickupSlot.objects.filter(start=order.pickup_at, taken__gt=0)
        slot.update(taken=F("taken") - 1)
        if order.voucher_id is not None:
            give_back_use(order.voucher_id)
        release(_quantities_of(order), order.business_day)


def _take_again(order: Order, *, now: datetime.datetime) -> None:
    """Take a cancelled order's place and products once more; raise StatusRefused if they went."""
    if order.channel != Order.Channel.WEB:
        return
    slot = PickupSlot.objects.filter(start=order.pickup_at)
    capacity = pickup_rules().slot_capacity
    if capacity is not None and not slot.filter(taken__lt=capacity).exists():
        raise StatusRefused(
            _("The pickup slot of order %(number)s is full.") % {"number": order.pk}
        )
    slot.update(taken=F("taken") + 1)
    quantities = _quantities_of(order)
    prepare_stock(quantities.keys(), order.business_day)
    try:
        if order.voucher is not None:
            use_voucher(order.voucher)
        reserve(quantities, order.business_day, now=now)
    except (SoldOut, VoucherRefused) as error:
        raise StatusRefused(str(error)) from error


def _quantities_of(order: Order) -> dict[int, int]:
    """Return how many of each product an order holds, by the product's number."""
    quantities: Counter[int] = Counter()
    for product_id, quantity in order.lines.values_list("product_id", "quantity"):
        quantities[product_id] += quantity
    return dict(quantities)


def refund_order(
    order_id: int,
    total_amount: Decimal,
    *,
    reason: str,
    by: User | None,
    now: datetime.datetime,
) -> Order:
    """Give back part or all of what an order came to, tax included, spread over its lines.

    Raises RefundRefused when that is nothing, more than is left, or the order is cancelled.
    """
    currency = shop_currency()
    with transaction.atomic():
        order = Order.objects.select_for_update().get(pk=order_id)
        if order.status == Status.CANCELLED or not 0 < total_amount <= order.total_amount:
            raise RefundRefused(
                _("%(amount)s cannot be refunded: the order comes to %(total)s.")
                % {
                    "amount": currency.text(total_amount),
                    "total": currency.text(
                        ZERO if order.status == Status.CANCELLED else order.total_amount
                    ),
                }
            )
        for name, amount in _refund_lines(order, total_amount).items():
            setattr(order, name, amount)
        order.save(update_fields=[*AMOUNTS, "updated_at"])
        OrderEvent.objects.create(
            order=order,
            kind=OrderEvent.Kind.REFUNDED,
            status=order.status,
            amount=total_amount,
            reason=reason,
            by=by,
            at=now,
        )
    return order


def _refund_lines(order: Order, total_amount: Decimal) -> dict[str, Decimal]:
    """Spread a refund over an order's lines; return what the order's amounts are then."""
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
