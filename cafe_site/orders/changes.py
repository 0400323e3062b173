"""Status changes and cancellations of placed orders, one transaction each."""

import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from cafe_site.accounts.models import User
from cafe_site.menu.models import Product
from cafe_site.once.services import FormKey, use_key
from cafe_site.orders.checkout import longest_lead
from cafe_site.orders.errors import StatusRefused
from cafe_site.orders.models import Order, Payment, Status
from cafe_site.orders.payments.services import settle_payment
from cafe_site.orders.refunds import refused, write_refund
from cafe_site.orders.status_changes import lock_order, move_order
from cafe_site.outbox.background import run_after_commit
from cafe_site.shop.contact import with_how_to_reach_us
from cafe_site.shop.dates import local_date
from cafe_site.shop.money import ZERO
from cafe_site.shop.opening import pickup_rules, service_day_of, shop_calendar


def change_status(
    order_id: int,
    to: Status,
    *,
    by: User | None,
    now: datetime.datetime,
    once: FormKey | None = None,
) -> Order:
    """Change an order's status and record who did it.

    Setting the current status changes nothing. Raises StatusRefused, also for "cancelled", which
    `cancel_order` handles, and AlreadyDone for a form that was sent before.
    """
    with transaction.atomic():
        order = lock_order(order_id)
        use_key(once)
        if order.status == to:
            return order
        if to not in order.next_statuses:
            raise StatusRefused(
                _("Order %(number)s is %(status)s and cannot become %(to)s.")
                % {"number": order.pk, "status": order.get_status_display(), "to": to.label}
            )
        if to == Status.NOT_COLLECTED and now < order.pickup_at:
            raise StatusRefused(
                _(
                    "The pickup time of order %(number)s is %(time)s. Before then it cannot be "
                    "marked as not collected."
                )
                % {
                    "number": order.pk,
                    "time": local_date(shop_calendar().local(order.pickup_at), "j F, H:i"),
                }
            )
        move_order(order, to, by=by, now=now)
    return order


def cancel_order(
    order_id: int,
    *,
    refund_amount: Decimal | None,
    reason: str,
    by: User | None,
    now: datetime.datetime,
    once: FormKey | None = None,
) -> Order:
    """Cancel an open order and refund all or part of an online payment, tax included.

    `refund_amount` is None for a full refund. The paid amount is read here, under the order's lock,
    because a payment may arrive after the caller has read it.
    An order that is already cancelled stays as it is, so a form sent twice refunds once. If staff
    cancel, the customer's e-mail is delayed so that they can undo it. Raises StatusRefused,
    RefundRefused if the refund exceeds the payment, and AlreadyDone.
    """
    with transaction.atomic():
        order = lock_order(order_id)
        use_key(once)
        if order.status == Status.CANCELLED:
            return order
        if not order.is_open and not order.is_unpaid:
            raise StatusRefused(
                _("Order %(number)s is %(status)s: refund it instead of cancelling it.")
                % {"number": order.pk, "status": order.get_status_display()}
            )
        paid = order.total_amount if order.is_paid_online else ZERO
        if refund_amount is None:
            refund_amount = paid
        if not 0 <= refund_amount <= paid:
            raise refused(refund_amount, paid)
        order.kept_amount = paid - refund_amount
        order.save(update_fields=["kept_amount", "updated_at"])
        if refund_amount:
            write_refund(order, refund_amount, reason=reason, by=by, now=now)
        move_order(order, Status.CANCELLED, by=by, now=now, reason=reason)
        _close_payment_page(order)
    return order


def _close_payment_page(order: Order) -> None:
    """Close the payment page, so that nobody pays for a cancelled order."""
    open_payment = Payment.objects.filter(order=order, state=Payment.State.OPEN).first()
    if open_payment is not None:
        run_after_commit(settle_payment, open_payment.pk)


def cancel_by_customer(
    order_id: int, *, now: datetime.datetime, once: FormKey | None = None
) -> Order:
    """Cancel an order for the customer who placed it, with a full refund.

    Raises StatusRefused if it is too late, and AlreadyDone for a form that was sent before.
    """
    with transaction.atomic():
        order = lock_order(order_id)
        use_key(once)
        if not can_cancel(order, now=now):
            raise StatusRefused(
                with_how_to_reach_us(
                    _("Order %(number)s can no longer be cancelled here.") % {"number": order.pk}
                )
            )
        return cancel_order(
            order_id, refund_amount=None, reason=_("Cancelled by the customer"), by=None, now=now
        )


def can_cancel(order: Order, *, now: datetime.datetime) -> bool:
    """Whether a customer may still cancel: work has not begun, and orders are still taken."""
    if order.status == Status.UNPAID:
        return True
    if order.status not in (Status.PLACED, Status.CANCELLED):
        return False
    return now < cancel_until(order)


def cancel_until(order: Order) -> datetime.datetime:
    """Return the instant until which a customer may cancel: the day's cut-off or the lead time."""
    products = Product.objects.filter(order_lines__order=order)
    lead = longest_lead(products, rules=pickup_rules())
    until = service_day_of(order.pickup_at).orders_until
    return min(filter(None, [until, order.pickup_at - lead]))
